//! A field for one number. What is typed stays as it is, and only what can be read as it stands becomes the number.

use leptos::prelude::*;

use super::field_faults::report_fault;
use super::field_label::{FieldLabel, hint_id};
use crate::format;
use crate::t;

/// The numbers that a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum NumberRange {
    /// Every number.
    #[default]
    Any,
    /// Numbers over this one.
    Over(f64),
    /// This number and larger ones.
    From(f64),
    /// The numbers between two, and both.
    Between(f64, f64),
    /// Whole numbers from this one on.
    Whole(u32),
    /// The whole numbers between two, and both.
    WholeBetween(u32, u32),
    /// The seeds of random numbers: whole numbers that a number of 64 bits holds exactly.
    Seed,
}

/// The largest count: the settings hold 32 bits.
const LARGEST_COUNT: f64 = u32::MAX as f64;
/// The largest seed: 2 to the power of 53, up to which an f64 holds every whole number.
const LARGEST_SEED: f64 = 9_007_199_254_740_992.0;

impl NumberRange {
    /// Reads a number as a person types it.
    ///
    /// # Errors
    /// Returns what is wrong, as the end of a sentence.
    pub fn read(self, text: &str) -> Result<f64, String> {
        let text = text.trim();
        if text.is_empty() {
            return Err(t!("widgets-is-empty"));
        }
        let number =
            format::read_number(text).ok_or_else(|| t!("widgets-no-number", text = text.to_owned()))?;
        let at_least = |least: f64| t!("widgets-at-least", least = least.to_string());
        let between =
            |least: f64, most: f64| t!("widgets-between", least = least.to_string(), most = most.to_string());
        let refused = match self {
            Self::Any => None,
            Self::Over(least) => (number <= least).then(|| t!("widgets-over", least = least.to_string())),
            Self::From(least) => (number < least).then(|| at_least(least)),
            Self::Between(least, most) => (!(least..=most).contains(&number)).then(|| between(least, most)),
            Self::Whole(_) | Self::WholeBetween(..) | Self::Seed if number.fract() != 0.0 => {
                Some(t!("widgets-whole-number"))
            }
            Self::Whole(least) if number < f64::from(least) => Some(at_least(f64::from(least))),
            Self::Whole(_) => {
                (number > LARGEST_COUNT).then(|| t!("widgets-at-most", most = LARGEST_COUNT.to_string()))
            }
            Self::WholeBetween(least, most) => {
                let (least, most) = (f64::from(least), f64::from(most));
                (!(least..=most).contains(&number)).then(|| between(least, most))
            }
            Self::Seed => (!(0.0..=LARGEST_SEED).contains(&number)).then(|| between(0.0, LARGEST_SEED)),
        };
        refused.map_or(Ok(number), Err)
    }
}

/// A text field that calls `set` with every number that is typed and that the field takes.
#[component]
pub fn NumberField(
    /// The label.
    #[prop(into)]
    label: String,
    /// The term of the glossary that stands in the label.
    #[prop(optional)]
    term: &'static str,
    /// A few words on its effect.
    #[prop(optional, into)]
    hint: String,
    /// For tests.
    testid: &'static str,
    /// The numbers that it takes.
    #[prop(optional)]
    range: NumberRange,
    /// The current number.
    #[prop(into)]
    value: Signal<f64>,
    /// Called with a new number.
    set: Callback<f64>,
    /// Whether a number counts only once the field is left, because each one is measured or sent away.
    #[prop(optional)]
    when_left: bool,
) -> impl IntoView {
    let text = RwSignal::new(value.get_untracked().to_string());
    // The field follows the number and not what else changes with it: a text that cannot be read stays until there is another number.
    let number = Memo::new(move |_| value.get().to_bits());
    Effect::new(move |_| {
        let value = f64::from_bits(number.get());
        let typed = range.read(&text.read_untracked()).ok();
        if typed.is_none_or(|typed| typed.to_bits() != value.to_bits()) {
            text.set(value.to_string());
        }
    });
    let fault = Memo::new(move |_| range.read(&text.read()).err());
    report_fault(testid, label.clone(), move || fault.get());
    let name = label.clone();
    let note_id = hint_id();
    // An element that is not in the page describes nothing.
    let (described, has_hint) = (note_id.clone(), !hint.is_empty());
    let described = move || (has_hint || fault.read().is_some()).then(|| described.clone());
    let note = move || {
        match fault.get() {
        Some(fault) => {
            view! { <span id=note_id.clone() class="warning small hint-line" role="alert">{t!("sentence", text = fault)}</span> }
                .into_any()
        }
        None if hint.is_empty() => ().into_any(),
        None => view! { <span id=note_id.clone() class="quiet small hint-line">{hint.clone()}</span> }.into_any(),
    }
    };
    view! {
        <label class="field">
            <span class="label"><FieldLabel label term /></span>
            // The web view would put the number and the hint into a name that it makes of the label's text.
            <input type="text" inputmode="decimal" autocomplete="off" data-testid=testid aria-label=name prop:value=text
                aria-describedby=described
                aria-invalid=move || fault.read().is_some().to_string()
                on:input=move |event| {
                    let typed = event_target_value(&event);
                    let number = range.read(&typed);
                    text.set(typed);
                    if let Ok(number) = number
                        && !when_left
                    {
                        set.run(number);
                    }
                }
                on:change=move |event| {
                    if let Ok(number) = range.read(&event_target_value(&event))
                        && when_left
                    {
                        set.run(number);
                    }
                } />
            {note}
        </label>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_field_does_not_take_is_no_number() {
        assert_eq!(NumberRange::Whole(1).read(" 20 "), Ok(20.0));
        assert_eq!(NumberRange::Over(0.0).read("0,05"), Ok(0.05));
        assert_eq!(NumberRange::Any.read("\u{2212}1"), Ok(-1.0));
        assert_eq!(NumberRange::WholeBetween(1, 64).read("64"), Ok(64.0));
        for (range, text, why) in [
            (NumberRange::Any, "abc", "\u{201c}abc\u{201d} is not a number"),
            (NumberRange::Any, " ", "it is empty"),
            (NumberRange::Whole(1), "3.7", "it must be a whole number"),
            (NumberRange::Whole(1), "0", "it must be at least 1"),
            (NumberRange::Whole(0), "1e12", "it must be at most 4294967295"),
            (NumberRange::WholeBetween(1, 64), "25.5", "it must be a whole number"),
            (NumberRange::WholeBetween(1, 64), "100", "it must be between 1 and 64"),
            (NumberRange::Seed, "-3", "it must be between 0 and 9007199254740992"),
            (NumberRange::Over(0.0), "0", "it must be over 0"),
            (NumberRange::From(0.0), "-1", "it must be at least 0"),
            (NumberRange::Between(0.0, 100.0), "101", "it must be between 0 and 100"),
        ] {
            assert_eq!(range.read(text), Err(why.to_owned()), "{text}");
        }
    }
}

//! The form that says how the tokens of a column's answers are sampled.

use ipc::conversation::SamplingSettings;
use leptos::prelude::*;

use crate::t;
use crate::widgets::{NumberField, NumberRange, Term, roving};

/// A setting that has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named {
    Exact,
    Lively,
}

impl Named {
    const ALL: [Self; 2] = [Self::Exact, Self::Lively];

    fn settings(self) -> SamplingSettings {
        match self {
            Self::Exact => SamplingSettings::exact(),
            Self::Lively => SamplingSettings::lively(),
        }
    }

    fn testid(self) -> &'static str {
        match self {
            Self::Exact => "sampling-exact",
            Self::Lively => "sampling-lively",
        }
    }

    fn name(self) -> String {
        match self {
            Self::Exact => t!("chat-sampling-exact"),
            Self::Lively => t!("chat-sampling-lively"),
        }
    }

    fn meaning(self) -> String {
        match self {
            Self::Exact => t!("chat-sampling-exact-meaning"),
            Self::Lively => t!("chat-sampling-lively-meaning"),
        }
    }

    /// Returns settings with these values. Seed, length and stop words stay, because they belong to no name.
    fn applied_to(self, settings: &SamplingSettings) -> SamplingSettings {
        SamplingSettings {
            seed: settings.seed,
            max_new_tokens: settings.max_new_tokens,
            stop: settings.stop.clone(),
            ..self.settings()
        }
    }

    fn of(settings: &SamplingSettings) -> Option<Self> {
        Self::ALL.into_iter().find(|named| named.applied_to(settings) == *settings)
    }
}

/// The form. Each field that can be read calls `set` with the whole settings.
#[component]
pub fn SamplingForm(
    /// The settings.
    #[prop(into)]
    value: Signal<SamplingSettings>,
    /// Called with new settings.
    set: Callback<SamplingSettings>,
) -> impl IntoView {
    let named = Memo::new(move |_| value.with(Named::of));
    let choice = move |one: Named| {
        view! {
            <button type="button" data-testid=one.testid() aria-pressed=move || (named.get() == Some(one)).to_string()
                on:click=move |_| set.run(value.with_untracked(|now| one.applied_to(now)))>
                <b>{one.name()}</b><span class="quiet small">{one.meaning()}</span>
            </button>
        }
    };
    view! {
        <div class="sampling fields" data-testid="sampling">
            <div use:roving class="choices" role="group" aria-label=t!("sampling")>{Named::ALL.map(choice)}</div>
            <Numbers value set />
            <StopWords value set />
        </div>
    }
}

/// The fields for numbers.
#[component]
fn Numbers(value: Signal<SamplingSettings>, set: Callback<SamplingSettings>) -> impl IntoView {
    let read = move |of: fn(&SamplingSettings) -> f64| Signal::derive(move || value.with(of));
    let write = move |to: fn(&mut SamplingSettings, f64)| {
        Callback::new(move |number: f64| {
            let mut settings = value.get_untracked();
            to(&mut settings, number);
            set.run(settings);
        })
    };
    view! {
        <div class="two top">
            <NumberField label=t!("chat-temperature") term="Temperature" hint=t!("chat-temperature-hint") testid="sampling-temperature" range=NumberRange::Between(0.0, 10.0)
                value=read(|now| as_typed(now.temperature)) set=write(|now, number| now.temperature = number as f32) />
            <NumberField label=t!("chat-top-k") term="Top-k" hint=t!("chat-zero-is-all") testid="sampling-top-k" range=NumberRange::Whole(0)
                value=read(|now| f64::from(now.top_k)) set=write(|now, number| now.top_k = number as u32) />
            <NumberField label=t!("chat-top-p") term="Top-p" hint=t!("chat-one-is-all") testid="sampling-top-p" range=NumberRange::Between(0.001, 1.0)
                value=read(|now| as_typed(now.top_p)) set=write(|now, number| now.top_p = number as f32) />
            <NumberField label=t!("chat-min-p") term="Min-p" hint=t!("chat-zero-is-all") testid="sampling-min-p" range=NumberRange::Between(0.0, 1.0)
                value=read(|now| as_typed(now.min_p)) set=write(|now, number| now.min_p = number as f32) />
            <NumberField label=t!("chat-repetition-penalty") term="Repetition penalty" hint=t!("chat-repetition-penalty-hint") testid="sampling-repeat-penalty" range=NumberRange::Between(0.1, 10.0)
                value=read(|now| as_typed(now.repeat_penalty)) set=write(|now, number| now.repeat_penalty = number as f32) />
            <NumberField label=t!("chat-repetition-window") hint=t!("chat-repetition-window-hint") testid="sampling-repeat-last-n" range=NumberRange::Whole(0)
                value=read(|now| f64::from(now.repeat_last_n)) set=write(|now, number| now.repeat_last_n = number as u32) />
            <NumberField label=t!("seed") term="Seed" hint=t!("chat-seed-hint") testid="sampling-seed" range=NumberRange::Seed
                value=read(|now| now.seed as f64) set=write(|now, number| now.seed = number as u64) />
            <NumberField label=t!("chat-longest-answer") hint=t!("chat-longest-answer-hint") testid="sampling-max-new-tokens" range=NumberRange::Whole(1)
                value=read(|now| f64::from(now.max_new_tokens)) set=write(|now, number| now.max_new_tokens = number as u32) />
        </div>
    }
}

/// The field for stop words. What is typed stays as it is.
#[component]
fn StopWords(value: Signal<SamplingSettings>, set: Callback<SamplingSettings>) -> impl IntoView {
    let stop = Memo::new(move |_| value.with(|now| now.stop.clone()));
    let text = RwSignal::new(write_stop_words(&stop.read_untracked()));
    Effect::new(move |_| {
        let stop = stop.get();
        if read_stop_words(&text.read_untracked()) != stop {
            text.set(write_stop_words(&stop));
        }
    });
    let typed = move |event| {
        text.set(event_target_value(&event));
        let mut settings = value.get_untracked();
        settings.stop = read_stop_words(&text.read_untracked());
        set.run(settings);
    };
    view! {
        <label class="field">
            <span class="label"><Term name="Stop word" text=t!("chat-stop-words") /></span>
            <textarea rows="2" dir="auto" spellcheck="false" data-testid="sampling-stop" aria-label=t!("chat-stop-words") prop:value=text on:input=typed></textarea>
            <span class="quiet small hint-line">{t!("chat-stop-words-hint")}</span>
        </label>
    }
}

/// Returns the number that a person types for an f32: 0.8 and not 0.800000011920929.
fn as_typed(value: f32) -> f64 {
    value.to_string().parse().unwrap_or_else(|_| f64::from(value))
}

/// Reads stop words, one a line, in which `\n`, `\t` and `\\` stand for a line break, a tab and a backslash.
fn read_stop_words(text: &str) -> Vec<String> {
    text.lines().filter(|line| !line.is_empty()).map(unescaped).collect()
}

fn unescaped(line: &str) -> String {
    let mut word = String::with_capacity(line.len());
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match (letter, letters.clone().next()) {
            ('\\', Some(name @ ('n' | 't' | '\\'))) => {
                letters.next();
                word.push(match name {
                    'n' => '\n',
                    't' => '\t',
                    other => other,
                });
            }
            _ => word.push(letter),
        }
    }
    word
}

/// Writes stop words as they are typed.
fn write_stop_words(words: &[String]) -> String {
    let escaped = |word: &String| word.replace('\\', "\\\\").replace('\n', "\\n").replace('\t', "\\t");
    words.iter().map(escaped).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_chosen_while_its_values_are_and_keeps_seed_length_and_stop_words() {
        let mut own = SamplingSettings {
            seed: 3,
            max_new_tokens: 5,
            stop: vec!["a".into()],
            ..SamplingSettings::lively()
        };
        assert_eq!(Named::of(&own), Some(Named::Lively));
        own = Named::Exact.applied_to(&own);
        assert_eq!((own.seed, own.max_new_tokens, own.stop.len(), own.temperature), (3, 5, 1, 0.0));
        assert_eq!(Named::of(&own), Some(Named::Exact));
        own.top_k = 3;
        assert_eq!(Named::of(&own), None);
    }

    #[test]
    fn numbers_of_32_bits_are_shown_as_they_were_typed() {
        for typed in [0.0, 0.8, 0.95, 0.05, 1.1, 0.001, 10.0] {
            assert_eq!(as_typed(typed as f32).to_bits(), f64::to_bits(typed));
        }
    }

    #[test]
    fn stop_words_are_read_as_they_are_written() {
        assert_eq!(read_stop_words("\\n\\nUser:\n\n a \n\\q\\\\n"), ["\n\nUser:", " a ", "\\q\\n"]);
        for word in ["a", "\n", "\t\\", "\\n", "\\", "\u{505c}\u{6b62} "] {
            assert_eq!(read_stop_words(&write_stop_words(&[word.to_owned()])), [word]);
        }
        assert_eq!(read_stop_words(&write_stop_words(&[])), Vec::<String>::new());
    }
}

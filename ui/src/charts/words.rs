//! The words over a chart: titles, names of axes, and what stands at the pointer. The page writes them, because it has the fonts
//! of every script, and the canvas has one.

use leptos::prelude::*;

/// What words over a chart are, from which follows how they stand at their place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    not(target_arch = "wasm32"),
    expect(dead_code, reason = "only the canvas makes them, and it is in the page")
)]
pub enum Kind {
    /// The title of one of several charts, from its upper left corner.
    Title,
    /// The name of the horizontal axis, centred over its place.
    Across,
    /// The name of the vertical axis, turned and centred on its place.
    Upright,
    /// What stands at the pointer: a name, and lines about it.
    Tip,
}

/// Words over a chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Words {
    /// What they are.
    pub kind: Kind,
    /// Their place, as shares of the canvas' width and height.
    pub at: [f32; 2],
    /// The share of the canvas' width that a title has: that of its own chart.
    pub width: Option<f32>,
    /// The words; lines are broken where they are.
    pub text: String,
}

/// The share of the canvas beyond which a tip stands on the other side of the pointer.
const FAR: f32 = 0.55;

impl Words {
    fn class(&self) -> String {
        let kind = match self.kind {
            Kind::Title => "title",
            Kind::Across => "across",
            Kind::Upright => "upright",
            Kind::Tip => "tip",
        };
        let side = |is_far: bool, class: &str| if is_far { format!(" {class}") } else { String::new() };
        format!("{kind}{}{}", side(self.at[0] > FAR, "leftward"), side(self.at[1] > FAR, "upward"))
    }
}

/// Writes words over the canvas of a chart. A screen reader has the table instead.
#[component]
pub(super) fn ChartWords(
    /// What the drawing of the last frame put there.
    words: RwSignal<Vec<Words>>,
) -> impl IntoView {
    let share = |share: f32| format!("{:.2}%", 100.0 * share);
    let one = move |words: Words| {
        let (class, [x, y]) = (words.class(), words.at);
        let width = words.width.map(share);
        view! { <span class=class style:left=share(x) style:top=share(y) style:max-width=width>{words.text}</span> }
    };
    view! { <div class="chart-words" aria-hidden="true">{move || words.get().into_iter().map(one).collect_view()}</div> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tip_stands_on_the_side_that_has_room() {
        let tip = |at| Words { kind: Kind::Tip, at, width: None, text: String::new() }.class();
        assert_eq!(tip([0.1, 0.1]), "tip");
        assert_eq!(tip([0.9, 0.1]), "tip leftward");
        assert_eq!(tip([0.9, 0.9]), "tip leftward upward");
    }
}

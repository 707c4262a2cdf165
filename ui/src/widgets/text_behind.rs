//! The text behind a field for several lines, which makes the field as high as its text.
//!
//! A text area does not grow by itself. The style sheet lays the same text into the same cell of a grid, where nobody sees it. The cell
//! has the height of that text, whatever changes it: a letter, the width of the window, or the size of all letters.

use leptos::prelude::*;

/// The text behind a field. It stands before the text area, in a box of the class `text-field`.
#[component]
pub fn TextBehind(
    /// The text of the field.
    children: Children,
) -> impl IntoView {
    // A last line that is empty needs something in it to have a height.
    view! { <div class="behind" aria-hidden="true" dir="auto">{children()} "\u{200b}"</div> }
}

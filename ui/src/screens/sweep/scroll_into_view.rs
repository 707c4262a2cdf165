//! A section that scrolls into view when it opens. What a click on a chart opens lies below the chart.

use leptos::html;
use leptos::prelude::*;
use web_sys::{ScrollBehavior, ScrollIntoViewOptions, ScrollLogicalPosition};

/// A part of the page that scrolls into view when it opens, and again whenever `content` changes.
#[component]
pub(super) fn ScrollIntoView(
    /// What may make it larger.
    #[prop(into)]
    content: Signal<usize>,
    children: Children,
) -> impl IntoView {
    let section = NodeRef::<html::Section>::new();
    Effect::new(move |_| {
        content.track();
        let Some(section) = section.get() else { return };
        // After the frame that lays it out.
        request_animation_frame(move || {
            let how = ScrollIntoViewOptions::new();
            how.set_block(ScrollLogicalPosition::Nearest);
            how.set_behavior(ScrollBehavior::Smooth);
            section.scroll_into_view_with_scroll_into_view_options(&how);
        });
    });
    view! { <section class="reveal" node_ref=section>{children()}</section> }
}

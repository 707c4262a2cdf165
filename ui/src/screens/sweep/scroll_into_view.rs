//! A section that scrolls into view when it opens, because the section that a click on a chart opens lies below the
//! chart.

use leptos::html;
use leptos::prelude::*;
use web_sys::{ScrollBehavior, ScrollIntoViewOptions, ScrollLogicalPosition};

/// A part of the page that scrolls into view when it opens, and again whenever `content` changes.
#[component]
pub(super) fn ScrollIntoView(
    /// A value whose changes may change the height.
    #[prop(into)]
    content: Signal<usize>,
    children: Children,
) -> impl IntoView {
    let section = NodeRef::<html::Section>::new();
    Effect::new(move |_| {
        content.track();
        let Some(section) = section.get() else { return };
        // This runs after the frame that lays the section out.
        request_animation_frame(move || {
            let how = ScrollIntoViewOptions::new();
            how.set_block(ScrollLogicalPosition::Nearest);
            how.set_behavior(ScrollBehavior::Smooth);
            section.scroll_into_view_with_scroll_into_view_options(&how);
        });
    });
    view! { <section class="reveal" node_ref=section>{children()}</section> }
}

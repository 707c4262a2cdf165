//! Makes a field for several lines as high as its text.

use leptos::html;
use leptos::prelude::*;

/// The borders of a field, above and below its text, in pixels.
const BORDERS: i32 = 2;

/// Keeps a field as high as its text. The style sheet says how low and how high it may become.
pub fn grow_with(field: NodeRef<html::Textarea>, text: RwSignal<String>) {
    Effect::new(move |_| {
        text.track();
        let Some(field) = field.get() else { return };
        // The field has the text only in the next frame.
        request_animation_frame(move || fit(&field));
    });
}

fn fit(field: &web_sys::HtmlTextAreaElement) {
    // A field that is higher than its text says its own height.
    let _ = field.set_attribute("style", "height: 0");
    let height = field.scroll_height() + BORDERS;
    let _ = field.set_attribute("style", &format!("height: {height}px"));
}

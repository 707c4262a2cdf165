//! Copies a text that no field shows.

use leptos::prelude::document;
use wasm_bindgen::JsCast as _;
use web_sys::{HtmlElement, HtmlTextAreaElement};

use super::copy_field::copy_selected;
use super::focus;

/// Copies a text, and returns whether the page may do that. The focus stays where it is.
pub fn copy_text(text: &str) -> bool {
    let before = focus::focused();
    let field = document().create_element("textarea").ok().and_then(|field| field.dyn_into().ok());
    let Some(field): Option<HtmlTextAreaElement> = field else { return false };
    // Outside of an open sheet nothing can be selected.
    let sheet = before.as_ref().and_then(|element| element.closest("dialog[open]").ok().flatten());
    let sheet = sheet.and_then(|sheet| sheet.dyn_into::<HtmlElement>().ok());
    let Some(place) = sheet.or_else(|| document().body()) else { return false };
    field.set_class_name("out-of-sight");
    let _ = field.set_attribute("aria-hidden", "true");
    field.set_value(text);
    if place.append_child(&field).is_err() {
        return false;
    }
    field.select();
    let is_copied = copy_selected();
    field.remove();
    if let Some(before) = before {
        let _ = before.focus();
    }
    is_copied
}

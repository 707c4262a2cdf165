//! Recognizes a pasted table, which is imported instead of a file.

use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, HtmlElement};

/// Returns the text of a paste that is meant as pairs: it has more than one line, or does not go into a text field.
#[must_use]
pub fn pasted_table(event: &ClipboardEvent) -> Option<String> {
    let text = event.clipboard_data()?.get_data("text/plain").ok()?;
    let target = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    let tag = target.map(|element| element.tag_name()).unwrap_or_default();
    takes(&text, &tag).then_some(text)
}

/// Returns whether a text that is pasted into an element of this kind is a table. Texts of several lines belong into a
/// text area; a field for one line has no place for them.
fn takes(text: &str, tag: &str) -> bool {
    let lines = text.lines().filter(|line| !line.trim().is_empty()).count();
    match tag {
        "TEXTAREA" => false,
        "INPUT" => lines > 1,
        _ => lines > 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_distinguished_from_a_text_for_a_field() {
        assert!(takes("a\tb\n1\t2\n", "INPUT") && takes("{}", "DIV"));
        assert!(!takes("/a/path.csv\n", "INPUT") && !takes("a\nb", "TEXTAREA") && !takes(" \n", "DIV"));
    }
}

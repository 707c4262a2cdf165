//! The page's texts in the person's language: every sentence stands in the Fluent files of `ui/locales`, under the same id in
//! each language.

mod bundles;
#[cfg(test)]
mod outside_tests;
mod phrases;
#[cfg(test)]
mod source;
#[cfg(test)]
mod tests;

pub use bundles::{message, set_spoken, spoken};
pub use phrases::said;
pub use texts::{Argument, Language};

/// Returns the English text of a message while another language is spoken: what is sought by its words is found by these as well.
#[must_use]
pub fn english(id: &str, values: &[(&'static str, Argument)]) -> Option<String> {
    (spoken() != Language::English).then(|| bundles::written(Language::English, id, values)).flatten()
}

/// Returns the text of a message in the language that is spoken: `t!("pairs-delete")`, or with values for its variables
/// `t!("pairs-deleted", count = 3, name = name)`. A number chooses between singular and plural; a text stands as it is.
///
/// It is read once. A view is made anew when the language changes, so that a text in it needs no closure of its own.
#[macro_export]
macro_rules! t {
    ($id:literal) => {
        $crate::text::message($id, &[])
    };
    ($id:literal, $($name:ident = $value:expr),+ $(,)?) => {
        $crate::text::message($id, &[$((stringify!($name), $crate::text::Argument::from($value))),+])
    };
}

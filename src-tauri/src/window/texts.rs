//! The texts that the window itself shows, in the person's language: dialogs of the desktop, and why no window can be opened. The
//! page says which language it speaks; it is kept in the data folder, so that the next start speaks it before the page has loaded.

use std::fs;
use std::path::Path;
use std::sync::{PoisonError, RwLock};

use ipc::project::Language as Choice;
use tauri::Runtime;
use tauri::plugin::{self, TauriPlugin};
use texts::{Argument, Language, Messages};

/// The file in the data folder that holds the language's tag.
const FILE: &str = "language";

const ENGLISH: &str = include_str!("../../../ui/locales/en/native.ftl");
const CHINESE: &str = include_str!("../../../ui/locales/zh-CN/native.ftl");

/// The language that is spoken: the process has one window.
static SPOKEN: RwLock<Language> = RwLock::new(Language::English);

/// Returns the text of a message in the language that is spoken: `t!("native-allow")`, or with values for its variables, as in the
/// page.
macro_rules! t {
    ($id:literal) => {
        $crate::window::texts::message($id, &[])
    };
    ($id:literal, $($name:ident = $value:expr),+ $(,)?) => {
        $crate::window::texts::message($id, &[$((stringify!($name), ::texts::Argument::from($value))),+])
    };
}
pub(super) use t;

/// Returns the text of a message in the language that is spoken; its id if there is none, which a test rules out.
pub(super) fn message(id: &str, values: &[(&'static str, Argument)]) -> String {
    written(spoken(), id, values).unwrap_or_else(|| id.to_owned())
}

/// Returns the text of a message in a language. The few messages are read anew for each: a person opens a dialog now and then.
fn written(language: Language, id: &str, values: &[(&'static str, Argument)]) -> Option<String> {
    let file = match language {
        Language::English => ENGLISH,
        Language::Chinese => CHINESE,
    };
    Messages::new(language, &[file]).write(id, values)
}

fn spoken() -> Language {
    *SPOKEN.read().unwrap_or_else(PoisonError::into_inner)
}

/// Speaks the language that was spoken last, or the system's, until the page says which one.
pub(super) fn begin(data: &Path) {
    let language = kept(data).unwrap_or_else(|| Language::of(Choice::System, &of_system()));
    *SPOKEN.write().unwrap_or_else(PoisonError::into_inner) = language;
}

/// Speaks the language of the page, and keeps it for the next start.
pub(super) fn speak(language: Choice, data: &Path) {
    let language = Language::of(language, &of_system());
    *SPOKEN.write().unwrap_or_else(PoisonError::into_inner) = language;
    if kept(data) != Some(language)
        && let Err(error) = fs::write(data.join(FILE), language.tag())
    {
        tracing::warn!("the language could not be kept for the next start: {error}");
    }
}

/// Returns the language that was spoken last with this data folder.
fn kept(data: &Path) -> Option<Language> {
    Language::of_tag(fs::read_to_string(data.join(FILE)).ok()?.trim())
}

/// Tells the page the language that was spoken last, for what it says before it has the settings. Without one it takes the
/// system's.
pub(super) fn said_to_the_page<R: Runtime>(data: &Path) -> TauriPlugin<R> {
    let builder = plugin::Builder::new("language");
    match kept(data) {
        Some(language) => builder.js_init_script(format!("window.tillerLanguage = {:?};", language.tag())),
        None => builder,
    }
    .build()
}

/// Returns the languages of the system, the preferred one first.
#[cfg(target_os = "linux")]
fn of_system() -> Vec<String> {
    gtk::glib::language_names().into_iter().map(Into::into).collect()
}

/// Returns none: the page knows the system's language, and says it at once.
#[cfg(not(target_os = "linux"))]
fn of_system() -> Vec<String> {
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_its_value_in_each_language() {
        let said = |language| written(language, "native-no-window", &[("error", "why".into())]);
        assert_eq!(
            said(Language::English).as_deref(),
            Some("Tiller\u{2019}s window could not be opened: why")
        );
        let chinese = said(Language::Chinese).expect("a message");
        assert!(chinese.ends_with("\u{ff1a}why"), "{chinese}");
    }

    #[test]
    fn the_language_of_the_page_is_that_of_the_next_start() {
        let data = tempfile::tempdir().expect("a folder");
        assert_eq!(kept(data.path()), None);
        for (choice, language) in [(Choice::Chinese, Language::Chinese), (Choice::English, Language::English)]
        {
            speak(choice, data.path());
            assert_eq!((spoken(), kept(data.path())), (language, Some(language)));
        }
        fs::write(data.path().join(FILE), "tlh").expect("a file");
        assert_eq!(kept(data.path()), None, "nobody speaks it");
    }
}

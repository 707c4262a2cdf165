//! Tells a person who looks elsewhere what is under way: the window's title, and notifications of the desktop.

use ipc::command::Notify;
use tauri::{Runtime, WebviewWindow};

/// The name of the program, which every title ends with.
const NAME: &str = "Tiller";

/// The most letters of a title or a notification that come from the page.
const MOST_LETTERS: usize = 200;

/// Sets the window's title to the work under way, or to the name alone.
pub(super) fn set_title<R: Runtime>(window: &WebviewWindow<R>, work: Option<&str>) {
    if let Err(error) = window.set_title(&title(work)) {
        tracing::warn!("the window's title could not be set: {error}");
    }
}

fn title(work: Option<&str>) -> String {
    work.map_or_else(|| NAME.to_owned(), |work| format!("{} \u{b7} {NAME}", shortened(work)))
}

/// Returns the first line of a text, and no more of it than a title bar has room for.
fn shortened(text: &str) -> String {
    text.lines().next().unwrap_or_default().chars().take(MOST_LETTERS).collect()
}

/// Shows a notification, unless the window is in front. A desktop without notifications is none the worse: the window has the
/// same notice.
pub(super) async fn notify<R: Runtime>(window: &WebviewWindow<R>, notice: Notify) {
    if window.is_focused().unwrap_or(false) {
        return;
    }
    let (title, text) = (shortened(&notice.title), shortened(&notice.text));
    if let Err(error) = show(window, title, text).await {
        tracing::info!("the desktop showed no notification: {error}");
    }
}

/// Calls the desktop's notification service, which the specification of freedesktop.org describes.
#[cfg(target_os = "linux")]
async fn show<R: Runtime>(_: &WebviewWindow<R>, title: String, text: String) -> Result<(), String> {
    // The bus answers only after a while where it must start the service first.
    let shown = tauri::async_runtime::spawn_blocking(move || call_service(&title, &text)).await;
    shown.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
}

#[cfg(target_os = "linux")]
fn call_service(title: &str, text: &str) -> Result<(), gtk::glib::Error> {
    use std::collections::HashMap;

    use gtk::gio::{BusType, Cancellable, DBusCallFlags, bus_get_sync};
    use gtk::glib::prelude::ToVariant as _;
    use gtk::glib::{Variant, markup_escape_text};

    const SERVICE: &str = "org.freedesktop.Notifications";
    const OBJECT: &str = "/org/freedesktop/Notifications";
    const TIME_LIMIT_MS: i32 = 5000;
    let (replaced, icon, seconds) = (0_u32, "", -1_i32);
    let (actions, hints) = (Vec::<String>::new(), HashMap::<String, Variant>::new());
    // The text is markup, and so is what a person has named a vector.
    let text = markup_escape_text(text).to_string();
    let call = (NAME, replaced, icon, title, text, actions, hints, seconds).to_variant();
    let bus = bus_get_sync(BusType::Session, Cancellable::NONE)?;
    bus.call_sync(
        Some(SERVICE),
        OBJECT,
        SERVICE,
        "Notify",
        Some(&call),
        None,
        DBusCallFlags::NONE,
        TIME_LIMIT_MS,
        Cancellable::NONE,
    )?;
    Ok(())
}

/// Lets the taskbar or the dock mark the window.
#[cfg(not(target_os = "linux"))]
async fn show<R: Runtime>(window: &WebviewWindow<R>, _: String, _: String) -> Result<(), String> {
    let marked = window.request_user_attention(Some(tauri::UserAttentionType::Informational));
    marked.map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_says_the_work_before_the_name_in_one_line() {
        assert_eq!(title(None), "Tiller");
        assert_eq!(title(Some("38 %\nmore")), "38 % \u{b7} Tiller");
        assert_eq!(shortened(&"x".repeat(1000)).len(), MOST_LETTERS);
    }
}

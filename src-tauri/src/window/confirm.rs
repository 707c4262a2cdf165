//! Asks a person, in a dialog of the desktop, whether a request may reach something outside the store. The page cannot answer
//! it.

use app::{NeedsPermission, Permission};
use ipc::{Command, Failure};
use tauri::{Runtime, WebviewWindow};
use tauri_plugin_dialog::{DialogExt as _, MessageDialogButtons, MessageDialogKind};
use tokio::sync::{Mutex, oneshot};

use super::environment;
use super::opened::Side;
use super::texts::t;

/// Shows a permission to a person, and sends the answer.
type Ask<R> = dyn Fn(&WebviewWindow<R>, &Permission, oneshot::Sender<bool>) + Send + Sync;

/// Asks a person about what a request reaches outside the store.
pub struct Confirm<R: Runtime> {
    ask: Box<Ask<R>>,
    /// Held while a dialog is open, so that a page cannot pile them up.
    one_at_a_time: Mutex<()>,
}

impl<R: Runtime> Confirm<R> {
    /// Asks in this way.
    pub fn new(
        ask: impl Fn(&WebviewWindow<R>, &Permission, oneshot::Sender<bool>) + Send + Sync + 'static,
    ) -> Self {
        Self { ask: Box::new(ask), one_at_a_time: Mutex::new(()) }
    }

    /// Asks in a dialog of the desktop.
    #[must_use]
    pub fn on_the_desktop() -> Self {
        Self::new(|window, permission, answer| {
            // Nobody receives the answer if the window was closed meanwhile.
            let answer = move |given| {
                let _ = answer.send(given);
            };
            if let Some(given) = environment::answer_of_a_test() {
                return answer(given);
            }
            let buttons = MessageDialogButtons::OkCancelCustom(t!("native-allow"), t!("native-refuse"));
            let dialog = window.dialog().message(question(permission)).title("Tiller").parent(window);
            dialog.kind(MessageDialogKind::Warning).buttons(buttons).show(answer);
        })
    }

    /// Asks about everything that a request reaches and that nobody confirmed yet.
    ///
    /// # Errors
    /// Returns an error if a person refuses, or the request cannot be understood.
    pub(super) async fn confirm(
        &self,
        window: &WebviewWindow<R>,
        side: &Side,
        request: &(impl Command + NeedsPermission),
    ) -> Result<(), Failure> {
        if side.unconfirmed(request).await?.is_empty() {
            return Ok(());
        }
        let _open = self.one_at_a_time.lock().await;
        // Another request may have asked about the same meanwhile.
        for permission in side.unconfirmed(request).await? {
            let (answer, given) = oneshot::channel();
            (self.ask)(window, &permission, answer);
            if !given.await.unwrap_or(false) {
                return Err(permission.refused().into());
            }
            side.confirm(permission);
        }
        Ok(())
    }
}

/// Returns what the dialog asks, with the whole path or address.
fn question(permission: &Permission) -> String {
    let place = permission.place();
    match permission {
        Permission::Read(_) => t!("native-ask-read", place = place),
        Permission::Write(_) => t!("native-ask-write", place = place),
        Permission::Delete(_) => t!("native-ask-delete", place = place),
        Permission::Send(_) => t!("native-ask-send", place = place),
        Permission::Publish(_) => t!("native-ask-publish", place = place),
        Permission::Download(_) => t!("native-ask-download", place = place),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_shows_the_place_as_it_is_between_its_two_sentences() {
        let question = question(&Permission::Read("/home/me/\u{202e}vsc.yek\n\nAllow { $place }".into()));
        let parts: Vec<&str> = question.split("\n\n").collect();
        assert_eq!(parts.len(), 3, "{question}");
        assert_eq!(parts[1], "/home/me/\\u{202e}vsc.yek\\n\\nAllow { $place }");
    }

    #[test]
    fn only_a_deletion_says_that_it_cannot_be_undone() {
        let length = |permission: Permission| question(&permission).rsplit("\n\n").next().map(str::len);
        let deletion = length(Permission::Delete("/models/a.gguf".into()));
        let others = [Permission::Read("/models/a.gguf".into()), Permission::Write("/a".into())];
        assert!(others.into_iter().all(|other| length(other) < deletion));
    }
}

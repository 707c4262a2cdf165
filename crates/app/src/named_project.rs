//! The project that a command of another process names. What the command makes belongs to it, and the window goes on showing
//! the project that is open.

use ipc::Id;

tokio::task_local! {
    static NAMED: Id;
}

/// Runs a command in the project that it names, or else in the open one.
pub(crate) async fn within<F: Future>(project: Option<Id>, command: F) -> F::Output {
    match project {
        Some(project) => NAMED.scope(project, command).await,
        None => command.await,
    }
}

/// Returns the project that the command under way names.
pub(crate) fn named() -> Option<Id> {
    NAMED.try_with(|project| *project).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_command_has_the_project_that_it_names_and_no_other_has_it() {
        let other = tokio::spawn(async { named() });
        assert_eq!(within(Some(3), async { named() }).await, Some(3));
        assert_eq!((within(None, async { named() }).await, named()), (None, None));
        assert_eq!(other.await.expect("an end"), None);
    }
}

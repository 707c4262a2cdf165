//! A panel that writes or reads one file of the Chat screen, beside what it is about.

use ipc::files::FilePurpose;
use ipc::{Command, Failure};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::bridge;
use crate::t;
use crate::widgets::{Checkbox, FailureCard, PathField, focus};

/// How far the work with the file is. Copies point to the same signals.
#[derive(Clone, Copy)]
pub(super) struct FileTask {
    failure: RwSignal<Option<Failure>>,
    done: RwSignal<String>,
    is_busy: RwSignal<bool>,
}

impl FileTask {
    /// Nothing was begun.
    pub(super) fn new() -> Self {
        Self { failure: RwSignal::new(None), done: RwSignal::default(), is_busy: RwSignal::new(false) }
    }

    fn clear(self) {
        self.failure.try_set(None);
        self.done.try_set(String::new());
    }

    /// Calls a command, and shows what `done` says of its answer.
    pub(super) fn run<C: Command + 'static>(
        self,
        request: C,
        done: impl FnOnce(C::Answer) -> String + 'static,
    ) {
        self.clear();
        self.is_busy.set(true);
        spawn_local(async move {
            match bridge::call(request).await {
                Ok(answer) => drop(self.done.try_set(done(answer))),
                Err(refused) => drop(self.failure.try_set(Some(refused))),
            }
            self.is_busy.try_set(false);
        });
    }
}

/// The panel: a file's path, and a button. Escape closes it.
#[component]
pub(super) fn FilePanel(
    /// What it is about.
    #[prop(into)]
    title: Signal<String>,
    /// For tests: the panel, the path, and the button.
    testids: [&'static str; 3],
    /// The text of the button.
    action: String,
    /// Says what the file is for, when the dialog opens.
    purpose: Callback<(), FilePurpose>,
    /// Whether a file that is there may be replaced. `None` where the file is read.
    #[prop(optional)]
    replace: Option<RwSignal<bool>>,
    /// How far the work is.
    task: FileTask,
    /// Begins the work with this path.
    act: Callback<String>,
    /// Closes the panel.
    close: Callback<()>,
    /// More fields.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let [panel_testid, path_testid, button_testid] = testids;
    let (path, form) = (RwSignal::new(String::new()), NodeRef::<html::Form>::new());
    Effect::new(move |_| {
        if let Some(form) = form.get() {
            focus::give_to_first(&form, "input[type=text]");
        }
    });
    let on_key = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" {
            // Behind the panel it stops the answers.
            event.stop_propagation();
            event.prevent_default();
            close.run(());
        }
    };
    view! {
        <form class="file-panel" data-testid=panel_testid aria-label=title node_ref=form on:keydown=on_key
            on:submit=move |event| { event.prevent_default(); act.run(path.get_untracked()); }>
            <b class="ellipsis" dir="auto" title=title>{title}</b>
            {children.map(|children| children())}
            <PathField label=t!("file") testid=path_testid path purpose failure=task.failure changed=Callback::new(move |()| task.clear()) />
            {replace.map(|value| view! { <Checkbox testid="file-panel-replace" value label=t!("replace-file") /> })}
            <FailureCard failure=task.failure />
            <p class="quiet small" role="status" data-testid="file-panel-done">{task.done}</p>
            <div class="row">
                <span class="grow"></span>
                <button class="button" type="button" data-testid="file-panel-close" on:click=move |_| close.run(())>{t!("close")}</button>
                <button class="button primary" type="submit" data-testid=button_testid
                    disabled=move || task.is_busy.get() || path.read().trim().is_empty()>{action}</button>
            </div>
        </form>
    }
}

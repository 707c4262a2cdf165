//! The list of downloads that run, wait or have failed. A finished download is in the list of models.

use ipc::command::{ControlJob, ForgetDownload};
use ipc::download::{Download, Hub};
use ipc::job::{Job, JobAction, JobState};
use ipc::{Code, Failure, Id};
use leptos::prelude::*;

use super::hub_token::{TokenField, read_hub};
use super::library::parts;
use crate::format;
use crate::job_kinds::progress;
use crate::t;
use crate::widgets::{AskFirst, FailureNote};

#[component]
pub(super) fn Downloads() -> impl IntoView {
    let (store, _) = parts();
    let open = Memo::new(move |_| {
        let downloads = store.downloads.read();
        downloads
            .iter()
            .filter(|download| download.state != JobState::Done)
            .map(|download| download.id)
            .collect::<Vec<_>>()
    });
    move || {
        let open = open.get();
        (!open.is_empty()).then(|| {
            view! {
                <div class="downloads" data-testid="downloads">
                    <h3>{t!("models-downloads")}</h3>
                    {open.into_iter().map(|id| view! { <Row id /> }).collect_view()}
                </div>
            }
        })
    }
}

#[component]
fn Row(id: Id) -> impl IntoView {
    let (store, _) = parts();
    let download =
        Memo::new(move |_| store.downloads.read().iter().find(|download| download.id == id).cloned());
    let state = Memo::new(move |_| download.read().as_ref().map(|download| download.state.clone()));
    let job = Memo::new(move |_| {
        let wanted = download.read().as_ref().map(|download| download.job);
        store.jobs.read().iter().find(|job| Some(job.id) == wanted).cloned()
    });
    let act = move |action| {
        if let Some(download) = download.get_untracked() {
            store.send(ControlJob { job: download.job, action });
        }
    };
    let forget = move |()| store.send(ForgetDownload { download: id });
    let is = move |wanted: fn(&JobState) -> bool| state.read().as_ref().is_some_and(wanted);
    let share = move || job.read().as_ref().map_or(0.0, share);
    let failure = move || match state.get() {
        Some(JobState::Failed { failure }) => Some(failure),
        _ => None,
    };
    view! {
        <div class="download" data-testid="download">
            <div class="row">
                <b class="ellipsis grow">{move || download.get().map(|download| download.repository)}</b>
                <Show when=move || is(|state| matches!(state, JobState::Running | JobState::Queued))>
                    <button class="button" data-testid="download-pause" on:click=move |_| act(JobAction::Pause)>{t!("pause")}</button>
                </Show>
                <Show when=move || is(|state| matches!(state, JobState::Paused | JobState::Failed { .. }))>
                    <button class="button" data-testid="download-resume" on:click=move |_| act(JobAction::Resume)>{t!("resume")}</button>
                </Show>
                <Show when=move || is(|state| matches!(state, JobState::Running | JobState::Queued)) fallback=move || view! {
                    <AskFirst label=t!("models-remove") lost=t!("models-download-lost") sure=t!("models-download-remove-sure") testid="download-forget" act=Callback::new(forget) />
                }>
                    <button class="button" data-testid="download-stop" on:click=move |_| act(JobAction::Stop)>{t!("stop")}</button>
                </Show>
            </div>
            <div class="bar" role="progressbar" aria-label=t!("models-download-do") aria-valuemin="0" aria-valuemax="100" aria-valuenow=move || format::number(format::in_percent(share()), 0)>
                <div style:width=move || format!("{:.1}%", format::in_percent(share()))></div>
            </div>
            <span class="quiet small" data-testid="download-status">{move || download.get().map(|download| progress_line(&download, job.get().as_ref()))}</span>
            {move || failure().map(|failure| view! { <Failed failure resume=Callback::new(move |()| act(JobAction::Resume)) /> })}
        </div>
    }
}

/// Says why a download failed. Where the hub asks for an access token, it shows a field for one.
#[component]
fn Failed(failure: Failure, resume: Callback<()>) -> impl IntoView {
    let hub = RwSignal::new(None::<Hub>);
    let wants_token = failure.code == Code::TokenWanted;
    if wants_token {
        read_hub(hub, RwSignal::new(None));
    }
    view! {
        <FailureNote failure />
        {wants_token.then(|| view! { <TokenField hub kept=resume /> })}
    }
}

fn share(job: &Job) -> f64 {
    f64::from(job.progress.done) / f64::from(job.progress.total.max(1))
}

fn progress_line(download: &Download, job: Option<&Job>) -> String {
    let (size, host) = (format::bytes(download.bytes), download.host.clone());
    match (&download.state, job) {
        (JobState::Running | JobState::Queued | JobState::Paused, Some(job)) => {
            t!("models-download-running", progress = progress(job), host = host)
        }
        (JobState::Stopped, _) => t!("models-download-stopped", size = size, host = host),
        (JobState::Failed { .. }, _) => t!("models-download-failed", size = size, host = host),
        _ => t!("models-download-from", size = size, host = host),
    }
}

//! Opens the application without a window, with fixtures for the tests of models.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use crate::support::{HELD_OUT_PAIRS, TRAIN_PAIRS, app_paths, paths_without_model, starter_model};
use app::{App, AppPaths, NeedsPermission};
use hub::HubEnvironment;
use ipc::Id;
use ipc::command::*;
use ipc::data::{Pair, Split};
use ipc::download::Download;
use ipc::event::Event;
use ipc::files::{Access, FileRef};
use ipc::job::JobState;
use ipc::list::PairChange;
use ipc::model::{Model, ModelState};
use ipc::project::Overview;

/// The maximum time to wait for an event.
pub(crate) const TIME_LIMIT: Duration = Duration::from_mins(3);

/// The open application and its events.
pub(crate) struct Opened {
    pub(crate) app: App,
    events: Receiver<Event>,
    pub(crate) picture: Overview,
}

impl Opened {
    pub(crate) async fn with(paths: &AppPaths, hub: HubEnvironment) -> Self {
        let app = App::open_with(paths, hub).await.expect("the application opens");
        let (sender, events) = channel();
        app.subscribe("test", Box::new(move |event| sender.send(event).is_ok()))
            .await
            .expect("a subscription");
        let Event::Overview(picture) = events.recv().expect("the picture") else {
            panic!("the picture comes first")
        };
        Self { app, events, picture: *picture }
    }

    /// Opens it with the starter model loaded.
    pub(crate) async fn ready(data: &Path) -> Self {
        let opened = Self::with(&app_paths(data), HubEnvironment::inside(data)).await;
        let is_ready = |model: &Model| matches!(model.state, ModelState::Ready { .. });
        if !opened.picture.models.iter().any(is_ready) {
            opened.model(|model| is_ready(model) && model.fingerprint.is_some());
        }
        opened
    }

    /// Opens it without a model file, which is quick.
    pub(crate) async fn without_model(data: &Path, hub: HubEnvironment) -> Self {
        Self::with(&paths_without_model(data), hub).await
    }

    /// Chooses a file or folder to be read, as a person does in a dialog.
    pub(crate) fn read(&self, path: &Path) -> FileRef {
        self.app.choose(path, Access::Read).into()
    }

    /// Allows what a request reaches outside the store, as a person does in a dialog.
    pub(crate) async fn allow(&self, request: &impl NeedsPermission) {
        for permission in self.app.unconfirmed(request).await.expect("what it reaches") {
            self.app.confirm(permission);
        }
    }

    /// Waits for an event that `find` accepts. Where it does not come, the failure that came instead is told.
    pub(crate) fn wait<T>(&self, mut find: impl FnMut(Event) -> Option<T>) -> T {
        let until = Instant::now() + TIME_LIMIT;
        let mut failed = None;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let Ok(event) = self.events.recv_timeout(left) else { panic!("it does not happen: {failed:?}") };
            match &event {
                Event::Model(Model { state: ModelState::Failed { failure }, .. }) => {
                    failed = Some(failure.clone());
                }
                Event::Job(job) => {
                    if let JobState::Failed { failure } = &job.state {
                        failed = Some(failure.clone());
                    }
                }
                _ => {}
            }
            if let Some(found) = find(event) {
                return found;
            }
        }
    }

    /// Waits until a model meets a condition.
    pub(crate) fn model(&self, is_so: impl Fn(&Model) -> bool) -> Model {
        self.wait(|event| match event {
            Event::Model(model) if is_so(&model) => Some(model),
            _ => None,
        })
    }

    pub(crate) fn download(&self, is_so: impl Fn(&JobState) -> bool) -> Download {
        self.wait(|event| match event {
            Event::Download(download) if is_so(&download.state) => Some(download),
            _ => None,
        })
    }

    pub(crate) async fn start(&self, address: &str) -> Download {
        let address = address.to_owned();
        let listing = self.app.list_repository(ListRepository { address }).await.expect("a listing");
        let files = listing.choices[listing.suggested.expect("a choice") as usize].files.clone();
        let request = StartDownload { repository: listing.repository, commit: listing.commit, files };
        self.app.start_download(request).await.expect("a download")
    }
}

pub(crate) fn is_ready(id: Id) -> impl Fn(&Model) -> bool {
    move |model| model.id == id && matches!(model.state, ModelState::Ready { .. })
}

pub(crate) fn is_away(id: Id) -> impl Fn(&Model) -> bool {
    move |model| model.id == id && model.state == ModelState::Unloaded
}

/// Reduces a data set to the pairs that a small run needs: the first ones of each split.
pub(crate) async fn keep_few_pairs(app: &App, data_set: Id) {
    let mut left = [(Split::Train, TRAIN_PAIRS), (Split::HeldOut, HELD_OUT_PAIRS)];
    let is_one_too_many = |pair: &Pair| {
        let (_, room) = left.iter_mut().find(|(split, _)| *split == pair.content.split).expect("one of two");
        let is_full = *room == 0;
        *room -= usize::from(!is_full);
        is_full
    };
    let pairs = app.list_pairs(ListPairs { data_set }).await.expect("the pairs").into_iter();
    let pairs = pairs.filter(is_one_too_many).map(|pair| pair.id).collect();
    let delete = ChangePairs { data_set, pairs, change: PairChange::Delete };
    app.change_pairs(delete).await.expect("a deletion");
}

/// Links or copies the starter model to another path.
pub(crate) fn second_model(folder: &Path) -> PathBuf {
    let path = folder.join("second.gguf");
    if fs::hard_link(starter_model(), &path).is_err() {
        fs::copy(starter_model(), &path).expect("a copy");
    }
    path
}

pub(crate) async fn add(opened: &Opened, path: &Path) -> Model {
    opened.app.add_model(AddModel { file: opened.read(path) }).await.expect("a model")
}

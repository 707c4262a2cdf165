//! What can be done with the things of a project: a table for each kind, with what the buttons of a thing do.

use ipc::Id;
use ipc::command::{
    ControlJob, DeleteConversation, DeleteDataSet, DeletePreset, DeleteRun, DeleteSweep, DeleteVector,
    PinConversation,
};
use ipc::job::{JobAction, JobState};
use ipc::model::{ModelOrigin, ModelState};
use leptos::prelude::*;

use super::target::Screens;
use crate::actions::{Screen, Sheet, VectorPage};
use crate::screens::next_steps::go_with;

/// A kind of thing.
#[derive(Debug)]
pub(super) struct Kind {
    /// The message of its name.
    pub(super) name: &'static str,
    /// Shows one of them.
    pub(super) show: fn(Screens, Id),
    /// What else can be done with one.
    pub(super) acts: &'static [Act],
}

/// Something that can be done with a thing.
#[derive(Debug)]
pub(super) struct Act {
    /// The message of its line, with the thing's `$name`. No two acts have the same.
    pub(super) label: &'static str,
    /// Whether it can be done now.
    pub(super) is_possible: fn(Screens, Id) -> bool,
    /// Does it.
    pub(super) run: fn(Screens, Id),
}

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl PartialEq for Act {
    fn eq(&self, other: &Self) -> bool {
        self.label == other.label
    }
}

const fn act(label: &'static str, is_possible: fn(Screens, Id) -> bool, run: fn(Screens, Id)) -> Act {
    Act { label, is_possible, run }
}

/// Something that can be done at any time.
const fn always(label: &'static str, run: fn(Screens, Id)) -> Act {
    act(label, |_, _| true, run)
}

/// All kinds.
#[cfg(test)]
pub(super) static KINDS: [&Kind; 8] =
    [&DATA_SET, &RUN, &SWEEP, &VECTOR, &MODEL, &CONVERSATION, &PRESET, &JOB];

pub(super) static DATA_SET: Kind = Kind {
    name: "data-set",
    show: Screens::use_data_set,
    acts: &[
        always("shell-palette-rename-data-set", |on, id| on.open_with(id, Sheet::DataSet)),
        always("shell-palette-duplicate-data-set", Screens::duplicate_data_set),
        always("shell-palette-export-data-set", |on, id| on.open_with(id, Sheet::ExportPairs)),
        always("shell-palette-split-data-set", |on, id| on.open_with(id, Sheet::Split)),
        always("shell-palette-versions-data-set", |on, id| on.open_with(id, Sheet::Versions)),
        always("shell-palette-delete-data-set", |on, id| on.store.delete(DeleteDataSet { data_set: id })),
    ],
};

pub(super) static RUN: Kind = Kind {
    name: "shell-kind-run",
    show: |on, id| {
        on.train.show_run(id);
        on.store.go(Screen::Train);
    },
    acts: &[
        always("shell-palette-rename-run", |on, id| {
            on.store.go(Screen::Train);
            on.train.rename(id);
        }),
        act(
            "shell-palette-overlay-run",
            |on, id| !on.train.is_shown(on.store, id) && !on.train.is_overlaid(id),
            Screens::overlay_run,
        ),
        act(
            "shell-palette-take-off-run",
            |on, id| !on.train.is_shown(on.store, id) && on.train.is_overlaid(id),
            Screens::overlay_run,
        ),
        act(
            "shell-palette-compare-run",
            |on, id| !on.train.is_shown(on.store, id),
            |on, id| {
                on.train.compare_with(id);
                on.store.go(Screen::Train);
            },
        ),
        always("shell-palette-repeat-run", |on, id| {
            on.train.repeat(on.store, id);
            on.store.go(Screen::Train);
        }),
        always("shell-palette-export-run", |on, id| {
            on.store.go(Screen::Train);
            on.train.export_plan(id);
        }),
        act(
            "shell-palette-delete-run",
            |on, id| on.store.runs.read().iter().any(|run| run.id == id && run.state.is_over()),
            |on, id| on.store.delete(DeleteRun { run: id }),
        ),
    ],
};

pub(super) static SWEEP: Kind = Kind {
    name: "shell-screen-sweep",
    show: |on, id| {
        on.sweep.show(id);
        on.store.go(Screen::Sweep);
    },
    acts: &[
        always("shell-palette-rename-sweep", |on, id| {
            on.store.go(Screen::Sweep);
            on.sweep.rename(id);
        }),
        act(
            "shell-palette-overlay-sweep",
            |on, id| !on.sweep.is_shown(on.store, id) && !on.sweep.is_overlaid(id),
            Screens::overlay_sweep,
        ),
        act(
            "shell-palette-take-off-sweep",
            |on, id| !on.sweep.is_shown(on.store, id) && on.sweep.is_overlaid(id),
            Screens::overlay_sweep,
        ),
        always("shell-palette-duplicate-sweep", |on, id| {
            on.sweep.duplicate(on.store, id);
            on.store.go(Screen::Sweep);
        }),
        always("shell-palette-repeat-sweep", |on, id| {
            on.sweep.run_again(on.store, id);
            on.store.go(Screen::Sweep);
        }),
        act(
            "shell-palette-go-on-sweep",
            |on, id| on.sweep.can_go_on(on.store, id),
            |on, id| {
                on.sweep.go_on(on.store, id);
                on.store.go(Screen::Sweep);
            },
        ),
        act(
            "shell-palette-rate-sweep",
            |on, id| on.sweep.has_answers(on.store, id),
            |on, id| {
                on.sweep.rate(id);
                on.store.go(Screen::Sweep);
            },
        ),
        always("shell-palette-export-sweep", |on, id| {
            on.store.go(Screen::Sweep);
            on.sweep.export(id);
        }),
        act(
            "shell-palette-delete-sweep",
            |on, id| {
                let sweeps = on.store.sweeps.read();
                sweeps.iter().any(|sweep| sweep.id == id && sweep.state != JobState::Running)
            },
            |on, id| on.store.delete(DeleteSweep { sweep: id }),
        ),
    ],
};

pub(super) static VECTOR: Kind = Kind {
    name: "vector",
    show: |on, id| {
        on.vectors.show(id);
        on.store.go(Screen::Vectors);
    },
    acts: &[
        always("shell-palette-rename-vector", |on, id| {
            on.store.go(Screen::Vectors);
            on.vectors.rename(id);
        }),
        always("shell-palette-use-vector", |on, id| {
            on.store.change_settings(|settings| settings.vector = Some(id));
        }),
        always("shell-palette-sweep-vector", |on, id| go_with(on.store, on.chat, id, Screen::Sweep)),
        always("shell-palette-chat-with", |on, id| go_with(on.store, on.chat, id, Screen::Chat)),
        act(
            "shell-palette-add-vector",
            |on, id| on.chat.can_add(id),
            |on, id| {
                on.store.go(Screen::Chat);
                on.chat.add_vector(id);
            },
        ),
        always("shell-palette-export-vector", |on, id| on.open_page(id, VectorPage::File)),
        always("shell-palette-passport", |on, id| on.open_page(id, VectorPage::Passport)),
        act("shell-palette-bake", Screens::is_direction, |on, id| on.open_page(id, VectorPage::IntoModel)),
        act("shell-palette-distil", Screens::is_direction, |on, id| on.open_page(id, VectorPage::Distil)),
        always("shell-palette-hand-over", |on, id| on.open_page(id, VectorPage::HandOver)),
        always("shell-palette-publish", |on, id| on.open_page(id, VectorPage::Publish)),
        always("shell-palette-delete-vector", |on, id| on.store.delete(DeleteVector { vector: id })),
    ],
};

pub(super) static MODEL: Kind = Kind {
    name: "model",
    show: |on, id| {
        on.models.chosen.set(Some(id));
        on.store.go(Screen::Models);
    },
    acts: &[
        act(
            "shell-palette-load-model",
            |on, id| on.is_in(id, |state| matches!(state, ModelState::Unloaded | ModelState::Failed { .. })),
            |on, id| on.models.load(id),
        ),
        act(
            "shell-palette-stop-loading-model",
            |on, id| on.is_in(id, |state| matches!(state, ModelState::Loading { .. })),
            |on, id| on.models.unload(id),
        ),
        act(
            "shell-palette-unload-model",
            |on, id| on.is_in(id, |state| matches!(state, ModelState::Ready { .. })),
            |on, id| on.models.unload(id),
        ),
        act(
            "shell-palette-remove-model",
            |on, id| {
                let models = on.store.models.read();
                models.iter().any(|model| model.id == id && model.origin != ModelOrigin::Starter)
            },
            |on, id| on.models.forget(id, false),
        ),
    ],
};

pub(super) static CONVERSATION: Kind = Kind {
    name: "shell-kind-conversation",
    show: |on, id| {
        on.store.turns.open.set(Some(id));
        on.store.go(Screen::Chat);
    },
    acts: &[
        always("shell-palette-rename-conversation", |on, id| {
            on.store.go(Screen::Chat);
            on.chat.rename(id);
        }),
        act(
            "shell-palette-pin-conversation",
            |on, id| !on.is_pinned(id),
            |on, id| on.store.send(PinConversation { conversation: id, pinned: true }),
        ),
        act("shell-palette-unpin-conversation", Screens::is_pinned, |on, id| {
            on.store.send(PinConversation { conversation: id, pinned: false });
        }),
        always("shell-palette-export-conversation", |on, id| {
            on.store.go(Screen::Chat);
            on.chat.export(id);
        }),
        always("shell-palette-delete-conversation", |on, id| {
            on.store.delete(DeleteConversation { conversation: id });
        }),
    ],
};

pub(super) static PRESET: Kind = Kind {
    name: "shell-kind-preset",
    show: |on, id| {
        on.store.go(Screen::Chat);
        on.chat.apply_kept(id);
    },
    acts: &[always("shell-palette-delete-preset", |on, id| on.store.delete(DeletePreset { preset: id }))],
};

pub(super) static JOB: Kind = Kind {
    name: "shell-kind-job",
    show: Screens::go_to_job,
    acts: &[
        act(
            "shell-palette-pause-job",
            |on, id| on.has_job(id, |state| matches!(state, JobState::Running | JobState::Queued)),
            |on, id| on.store.send(ControlJob { job: id, action: JobAction::Pause }),
        ),
        act(
            "shell-palette-resume-job",
            |on, id| on.has_job(id, |state| *state == JobState::Paused),
            |on, id| on.store.send(ControlJob { job: id, action: JobAction::Resume }),
        ),
        always("shell-palette-stop-job", |on, id| {
            on.store.send(ControlJob { job: id, action: JobAction::Stop });
        }),
    ],
};

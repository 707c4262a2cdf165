//! The state of the Start screen. It outlives the screen.

use ipc::answer::{AnswerEnd, Question, TrialSubject};
use ipc::behaviour::STARTER_BEHAVIOURS;
use ipc::command::{StopAnswers, TrySteering};
use ipc::{Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::starter_vector::StarterVector;
use crate::bridge;
use crate::latest::Latest;
use crate::state::Store;
use crate::widgets::forget_with;

/// The most tokens of an answer: enough to see the effect, few enough for seconds on two cores.
pub(super) const MOST_TOKENS: u32 = 60;

/// The behaviour that is chosen at first.
const FIRST: usize = 0;

/// The state of the screen. Copies point to the same signals.
#[derive(Clone, Copy)]
pub struct Start {
    store: Store,
    /// The chosen behaviour, as an index into [`STARTER_BEHAVIOURS`].
    pub(super) behaviour: RwSignal<usize>,
    pub(super) question: RwSignal<String>,
    /// The multiplier of the steered answers, and its negative.
    pub(super) multiplier: RwSignal<f64>,
    /// Whether the chosen behaviour's vector can steer.
    pub(super) vector: Memo<StarterVector>,
    /// Whether answers are wanted as soon as the vector can steer.
    pub(super) is_wanted: RwSignal<bool>,
    /// The trial that is shown, and the behaviour that it shows.
    pub(super) shown: RwSignal<Option<(Id, usize)>>,
    pub(super) failure: RwSignal<Option<Failure>>,
    latest: Latest,
    /// The sentence that names the behaviour of an own vector.
    pub(super) sentence: RwSignal<String>,
    /// The run that was started here last, and the question that its epochs answer.
    pub(super) run: RwSignal<Option<(Id, String)>>,
    /// The reason why it could not be started.
    pub(super) run_failure: RwSignal<Option<Failure>>,
}

impl Start {
    /// Makes the state, which asks what is wanted as soon as the vector can steer.
    #[must_use]
    pub fn new(store: Store) -> Self {
        let behaviour = RwSignal::new(FIRST);
        let vector = Memo::new(move |_| {
            let used = store.model();
            let of = &STARTER_BEHAVIOURS[behaviour.get()];
            StarterVector::find(of, &store.models.read(), used.as_ref(), &store.vectors.read())
        });
        let start = Self {
            store,
            behaviour,
            question: RwSignal::new(STARTER_BEHAVIOURS[FIRST].question.to_owned()),
            multiplier: RwSignal::new(STARTER_BEHAVIOURS[FIRST].multiplier),
            vector,
            is_wanted: RwSignal::new(false),
            shown: RwSignal::new(None),
            failure: RwSignal::new(None),
            latest: Latest::new(),
            sentence: RwSignal::default(),
            run: RwSignal::new(None),
            run_failure: RwSignal::new(None),
        };
        let used = move || store.model().map(|model| model.id);
        forget_with(start.failure, move || (behaviour.get(), start.question.get(), used()));
        let data_set = move || store.data_set().map(|set| set.id);
        forget_with(start.run_failure, move || (start.sentence.get(), data_set(), used()));
        Effect::new(move |_| {
            if let (true, StarterVector::Ready { vector }) = (start.is_wanted.get(), vector.get()) {
                start.is_wanted.set(false);
                untrack(|| start.ask(vector));
            }
        });
        start
    }

    /// Chooses a behaviour. A question of the person's own stays; answers that are shown follow the choice.
    pub(super) fn choose(self, place: usize) {
        let before = &STARTER_BEHAVIOURS[self.behaviour.get_untracked()];
        let now = &STARTER_BEHAVIOURS[place];
        if self.question.read_untracked().as_str() == before.question {
            self.question.set(now.question.to_owned());
        }
        self.multiplier.set(now.multiplier);
        self.behaviour.set(place);
        self.show_again();
    }

    /// Asks for answers where some are shown or awaited already.
    pub(super) fn show_again(self) {
        if self.shown.get_untracked().is_some() {
            self.show();
        }
    }

    /// Asks for answers now, or as soon as the model is loaded.
    pub(super) fn show(self) {
        self.failure.set(None);
        if !self.question.read_untracked().trim().is_empty() {
            self.is_wanted.set(true);
        }
    }

    fn ask(self, vector: Id) {
        let (behaviour, multiplier) = (self.behaviour.get(), self.multiplier.get());
        // The answers that are still growing would only delay the new ones.
        if let Some(open) = self.trial().filter(is_open) {
            self.store.send(StopAnswers { question: open.id });
        }
        let turn = self.latest.begin();
        let request = TrySteering {
            text: self.question.get(),
            subject: TrialSubject::Vector { vector },
            multipliers: vec![-multiplier, 0.0, multiplier],
            max_new_tokens: MOST_TOKENS,
        };
        spawn_local(async move {
            match bridge::call(request).await {
                Ok(trial) if turn.is_current() => self.shown.set(Some((trial.id, behaviour))),
                // A later one is shown instead.
                Ok(trial) => self.store.send(StopAnswers { question: trial.id }),
                Err(refused) => self.failure.set(Some(refused)),
            }
        });
    }

    /// Returns the trial that is shown.
    pub(super) fn trial(self) -> Option<Question> {
        let (id, _) = self.shown.get()?;
        self.store.trials.read().iter().find(|trial| trial.id == id).cloned()
    }
}

/// Returns whether an answer to a question still grows.
pub(super) fn is_open(question: &Question) -> bool {
    question.answers.iter().any(|answer| answer.end == AnswerEnd::Open)
}

//! The state of the Chat screen. It outlives the screen.

use std::collections::{BTreeMap, BTreeSet};

use ipc::command::{BeginConversation, EditTurn, Say, StopAnswering};
use ipc::conversation::Desk;
use ipc::vector::Vector;
use ipc::{Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::asked::ListAct;
use super::change_acts::Acts;
use super::desk_changes::{add_column, first_desk};
use super::desk_edits::DeskEdits;
use super::faults::Part;
use super::observed::Tint;
use crate::actions::ChatAction;
use crate::bridge;
use crate::screens::sweep;
use crate::state::Store;
use crate::widgets::forget_with;

/// The width of the window, in pixels, from which on the list of conversations is shown at first.
const WIDE: f64 = 1200.0;

/// What is done later. A `Callback` would be gone with the component in whose event it was made.
pub(super) type Later = Box<dyn FnOnce() + Send + Sync>;

/// What is typed for a conversation and not sent yet.
#[derive(Debug, Clone, Default)]
struct Unsent {
    text: String,
    prefill: String,
    has_prefill: bool,
}

/// The state of the screen. Copies point to the same signals.
#[derive(Clone, Copy)]
pub struct Chat {
    pub(super) store: Store,
    /// The form of the Sweep screen, which takes the setting of an answer.
    pub(super) sweep: sweep::Form,
    /// The desk as it is shown.
    pub(super) desk: Memo<Desk>,
    /// The desk of the conversation that has not begun, once a person has changed it.
    pub(super) new_desk: RwSignal<Option<Desk>>,
    pub(super) edits: RwSignal<DeskEdits>,
    /// What waits until the desk is stored.
    pub(super) after_edits: StoredValue<Vec<Later>>,
    /// The message that is being typed.
    pub(super) text: RwSignal<String>,
    /// The beginning of the answers.
    pub(super) prefill: RwSignal<String>,
    /// Whether the field for it is shown.
    pub(super) has_prefill: RwSignal<bool>,
    /// The conversation that these three are typed for; `None` for the one that has not begun.
    typed_for: StoredValue<Option<Id>>,
    /// What is typed for the other conversations.
    unsent: StoredValue<BTreeMap<Option<Id>, Unsent>>,
    /// The messages that the typed one replaces: the last one of each column, while it is corrected.
    pub(super) correcting: RwSignal<Vec<Id>>,
    /// Whether a message is on its way.
    pub(super) is_sending: RwSignal<bool>,
    /// Why the last thing that was asked for could not be done.
    pub(super) failure: RwSignal<Option<Failure>>,
    /// What asks once more for what was refused last, because the conversation is longer than the context.
    pub(super) refused: StoredValue<Option<Later>>,
    /// How the tokens of observed answers are tinted.
    pub(super) tint: RwSignal<Tint>,
    /// The parts of the screen in which a field cannot be read.
    pub(super) unread: RwSignal<BTreeSet<Part>>,
    pub(super) has_list: RwSignal<bool>,
    /// What the list is still to do.
    pub(super) asked_of_list: RwSignal<Option<ListAct>>,
    pub(super) has_desk: RwSignal<bool>,
    /// Since when a change of the desk acts.
    pub(super) acts: RwSignal<Acts>,
    /// Whether the drift of the conversation is shown.
    pub(super) has_drift: RwSignal<bool>,
    /// Counts up when the focus goes to the field for the message.
    pub(super) to_composer: RwSignal<u32>,
    /// The answers that were seen to grow since the model in memory was loaded. Any other one may be another model's.
    pub(super) made: RwSignal<BTreeSet<Id>>,
}

impl Chat {
    /// Makes the state, which keeps up with the conversation that is open.
    #[must_use]
    pub fn new(store: Store, sweep: sweep::Form) -> Self {
        let (new_desk, edits) = (RwSignal::new(None::<Desk>), RwSignal::new(DeskEdits::default()));
        let desk = Memo::new(move |_| shown_desk(store, new_desk, edits, store.turns.open.get()));
        let chat = Self {
            store,
            sweep,
            desk,
            new_desk,
            edits,
            after_edits: StoredValue::default(),
            text: RwSignal::default(),
            prefill: RwSignal::default(),
            has_prefill: RwSignal::new(false),
            typed_for: StoredValue::new(store.turns.open.get_untracked()),
            unsent: StoredValue::default(),
            correcting: RwSignal::default(),
            is_sending: RwSignal::new(false),
            failure: RwSignal::new(None),
            refused: StoredValue::new(None),
            tint: RwSignal::new(Tint::Probability),
            unread: RwSignal::default(),
            has_list: RwSignal::new(width().is_some_and(|width| width >= WIDE)),
            asked_of_list: RwSignal::new(None),
            has_desk: RwSignal::new(true),
            acts: RwSignal::new(Acts::FromNextToken),
            has_drift: RwSignal::new(false),
            to_composer: RwSignal::new(0),
            made: RwSignal::default(),
        };
        chat.keep_up();
        store.on_chat.set_value(Some(Callback::new(move |action| chat.act(action))));
        let change = move |(conversation, change)| chat.change_shown(conversation, change);
        store.on_desk.set_value(Some(Callback::new(change)));
        chat
    }

    fn keep_up(self) {
        let store = self.store;
        // In a window that becomes narrow the list would lie over the columns.
        let was_wide = StoredValue::new(self.has_list.get_untracked());
        let resized = window_event_listener(leptos::ev::resize, move |_| {
            let is_wide = width().is_some_and(|width| width >= WIDE);
            if was_wide.get_value() != is_wide {
                was_wide.set_value(is_wide);
                self.has_list.set(is_wide);
            }
        });
        on_cleanup(move || resized.remove());
        Effect::new(move |_| {
            let open = store.turns.open.get();
            store.turns.follow(store);
            self.take_typed(open);
            self.correcting.set(vec![]);
            self.refused.set_value(None);
            self.failure.set(None);
        });
        // What another model could not do, this one may, and so may one that has been loaded since.
        forget_with(self.failure, move || (store.model().map(|model| model.id), store.model_is_ready()));
        let model = Memo::new(move |_| store.model().filter(|_| store.model_is_ready()));
        Effect::new(move |_| {
            model.with(|_| ());
            self.made.set(BTreeSet::new());
        });
        Effect::new(move |_| {
            let growing = store.turns.tree.read().open_answers();
            let made = self.made;
            if made.with_untracked(|made| !growing.is_subset(made)) {
                made.update(|made| made.extend(growing));
            }
        });
        Effect::new(move |_| {
            let all = store.conversations.read();
            if !self.edits.read_untracked().is_empty() {
                self.edits.update(|edits| all.iter().for_each(|known| edits.settle(known.id, &known.desk)));
            }
        });
    }

    /// Shows what is typed for the conversation that is open now, and keeps what is typed for the one before.
    fn take_typed(self, open: Option<Id>) {
        let before = self.typed_for.get_value();
        if before == open {
            return;
        }
        self.typed_for.set_value(open);
        // A correction is left with its conversation.
        let is_correction = !self.correcting.read_untracked().is_empty();
        let left = Unsent {
            text: if is_correction { String::new() } else { self.text.get_untracked() },
            prefill: self.prefill.get_untracked(),
            has_prefill: self.has_prefill.get_untracked(),
        };
        let now = self.unsent.try_update_value(|unsent| {
            unsent.insert(before, left);
            unsent.remove(&open)
        });
        let now = now.flatten().unwrap_or_default();
        self.text.set(now.text);
        self.prefill.set(now.prefill);
        self.has_prefill.set(now.has_prefill);
    }

    /// Lays a new conversation open, with this vector against, without and with it.
    pub fn begin_with(self, vector: Id) {
        let vectors = self.store.vectors.read_untracked();
        let sampling = self.store.settings.read_untracked().chat.sampling();
        let desk = vectors.iter().find(|known| known.id == vector);
        let desk = desk.map(|vector| first_desk(Some(vector), &sampling));
        drop(vectors);
        self.store.turns.open.set(None);
        self.lay_new(desk);
        self.write();
    }

    /// Says something to every column, in a new conversation where none is open. `taken` runs once it was said.
    pub(super) fn say(self, text: String, taken: Later) {
        let prefill =
            if self.has_prefill.get_untracked() { self.prefill.get_untracked() } else { String::new() };
        self.say_to(vec![], text, prefill, taken);
    }

    /// Says something to these columns, or to all of them where none is named.
    fn say_to(self, columns: Vec<u32>, text: String, prefill: String, taken: Later) {
        self.forget_failure();
        self.is_sending.set(true);
        self.after_edits(move || {
            spawn_local(async move {
                match self.say_now(columns.clone(), text.clone(), prefill.clone()).await {
                    Ok(()) => taken(),
                    Err((conversation, failure)) => {
                        let columns =
                            if columns.is_empty() { self.columns_of(conversation) } else { columns };
                        let again = move || self.say_to(self.still_there(columns), text, prefill, taken);
                        self.refuse(conversation, failure, Box::new(again));
                    }
                }
                self.is_sending.set(false);
            });
        });
    }

    /// Gives turns of the open conversation another text. `taken` runs once that was done.
    pub(super) fn edit(self, turns: Vec<Id>, text: String, taken: Later) {
        let Some(conversation) = self.store.turns.open.get_untracked() else { return };
        self.forget_failure();
        self.is_sending.set(true);
        self.after_edits(move || {
            spawn_local(async move {
                let request = EditTurn { conversation, turns: turns.clone(), text: text.clone() };
                match bridge::call(request).await {
                    Ok(()) => taken(),
                    Err(failure) => {
                        let again = move || self.edit(turns, text, taken);
                        self.refuse(Some(conversation), failure, Box::new(again));
                    }
                }
                self.is_sending.set(false);
            });
        });
    }

    /// Says something now. A failure comes with the conversation in which it was, if one had begun.
    async fn say_now(
        self,
        columns: Vec<u32>,
        text: String,
        prefill: String,
    ) -> Result<(), (Option<Id>, Failure)> {
        let conversation = match self.store.turns.open.get_untracked() {
            Some(open) => open,
            None => self.begin().await.map_err(|failure| (None, failure))?,
        };
        let said = bridge::call(Say { conversation, text, columns, prefill }).await;
        said.map_err(|failure| (Some(conversation), failure))
    }

    /// Returns the columns of a conversation as they are shown.
    fn columns_of(self, conversation: Option<Id>) -> Vec<u32> {
        let desk = untrack(|| shown_desk(self.store, self.new_desk, self.edits, conversation));
        desk.columns.iter().map(|column| column.id).collect()
    }

    /// Returns those of these columns that were not closed.
    fn still_there(self, mut columns: Vec<u32>) -> Vec<u32> {
        self.desk.with_untracked(|desk| columns.retain(|id| desk.column(*id).is_some()));
        columns
    }

    /// Begins the conversation whose desk is shown, and opens it.
    async fn begin(self) -> Result<Id, Failure> {
        let desk = self.desk.get_untracked();
        let begun = bridge::call(BeginConversation { desk: desk.clone() }).await?;
        if self.store.turns.open.get_untracked().is_some() {
            // The person has opened another conversation meanwhile.
            return Ok(begun.id);
        }
        let shown = self.desk.get_untracked();
        self.edits.update(|edits| edits.begun(begun.id, begun.desk));
        self.store.new_desk_has_begun(begun.id);
        // What is typed belongs to the conversation that it has begun.
        self.typed_for.set_value(Some(begun.id));
        self.store.turns.open.set(Some(begun.id));
        self.store.turns.follow(self.store);
        self.new_desk.set(None);
        if shown != desk {
            self.set_desk(shown);
        }
        Ok(begun.id)
    }

    /// Stops the growing answers of a column, or of all columns.
    pub(super) fn stop(self, column: Option<u32>) {
        if let Some(conversation) = self.store.turns.open.get_untracked() {
            self.store.send(StopAnswering { conversation, column });
        }
    }

    /// Moves the focus to the field for the message.
    pub(super) fn write(self) {
        self.to_composer.update(|count| *count += 1);
    }

    fn act(self, action: ChatAction) {
        match action {
            ChatAction::New => {
                self.lay_new(None);
                self.store.turns.open.set(None);
                self.write();
            }
            ChatAction::Stop => self.stop(None),
            ChatAction::Write => self.write(),
            ChatAction::AddColumn => self.add_column(),
            ChatAction::Desk => self.has_desk.update(|has| *has = !*has),
            ChatAction::List => self.has_list.update(|has| *has = !*has),
            ChatAction::Import => self.ask_list(ListAct::Import),
            ChatAction::Drift => self.has_drift.update(|has| *has = !*has),
        }
    }

    /// Adds a column.
    pub(super) fn add_column(self) {
        let tree = self.store.turns.tree.get_untracked();
        self.change(|desk| add_column(desk, tree.columns()));
    }
}

/// Returns the desk of a conversation as a person sees it, or with `None` that of the one that has not begun.
pub(super) fn shown_desk(
    store: Store,
    new_desk: RwSignal<Option<Desk>>,
    edits: RwSignal<DeskEdits>,
    conversation: Option<Id>,
) -> Desk {
    let Some(id) = conversation else {
        let first = || first_desk(usual_vector(store).as_ref(), &store.settings.read().chat.sampling());
        return new_desk.get().unwrap_or_else(first);
    };
    let all = store.conversations.read();
    let stored = || all.iter().find(|known| known.id == id).map(|known| known.desk.clone());
    edits.read().shown(id).cloned().or_else(stored).unwrap_or_default()
}

/// Returns the width of the window in pixels.
fn width() -> Option<f64> {
    window().inner_width().ok()?.as_f64()
}

/// Returns the vector of a new conversation: the one in use, unless it belongs to another model than the one in use; then the
/// newest of that one.
fn usual_vector(store: Store) -> Option<Vector> {
    let model = store.model().map(|model| model.id);
    let fits = |vector: &Vector| model.is_none_or(|model| vector.model == model);
    store.vector().filter(fits).or_else(|| store.vectors.read().iter().find(|vector| fits(vector)).cloned())
}

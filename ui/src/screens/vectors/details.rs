//! Shows the chosen vector: its tags and note, its facts, and where it comes from.

use std::time::Duration;

use ipc::command::{DeleteVector, DescribeVector, RenameVector};
use ipc::data::tag;
use ipc::steering::InterventionOp;
use ipc::vector::{Projection, Projections, Vector};
use ipc::{Failure, Id};
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::filter::tags;
use super::library::{NAME_FIELD, VectorLibrary};
use crate::actions::{Screen, Sheet, VectorPage};
use crate::bridge;
use crate::format;
use crate::screens::chat;
use crate::screens::next_steps::go_with;
use crate::state::{UndoDelete, store};
use crate::t;
use crate::text::said;
use crate::widgets::AskFirst;
use crate::widgets::CopyField;
use crate::widgets::FailureCard;
use crate::widgets::Term;
use crate::widgets::VectorNote;

/// The pause between the last key and saving the note.
const PAUSE: Duration = Duration::from_millis(400);

/// The tab "Vector".
#[component]
pub(super) fn Details(id: Id) -> impl IntoView {
    let store = store();
    let failure = RwSignal::new(None::<Failure>);
    let vector = Memo::new(move |_| store.vectors.read().iter().find(|vector| vector.id == id).cloned());
    let rename = move |event| {
        let name = event_target_value(&event);
        if vector.read_untracked().as_ref().is_some_and(|vector| vector.name == name) {
            return;
        }
        spawn_local(async move {
            let refused = bridge::call(RenameVector { vector: id, name }).await.err();
            failure.try_set(refused);
        });
    };
    view! {
        <label class="field">
            <span class="label">{t!("name")}</span>
            <input type="text" id=NAME_FIELD data-testid="vector-name" aria-label=t!("name") dir="auto" prop:value=move || vector.get().map(|v| v.name).unwrap_or_default() on:change=rename />
        </label>
        <TagsAndNote vector failure />
        <FailureCard failure />
        <VectorNote vector=vector />
        {move || vector.get().map(|vector| view! { <FactTable vector /> })}
        <VectorActions id failure />
    }
}

/// Tags and note, which are saved as they are typed.
#[component]
fn TagsAndNote(vector: Memo<Option<Vector>>, failure: RwSignal<Option<Failure>>) -> impl IntoView {
    let store = store();
    let typed = RwSignal::new(String::new());
    let tags_now =
        Memo::new(move |_| vector.read().as_ref().map(|vector| vector.tags.clone()).unwrap_or_default());
    let note =
        RwSignal::new(vector.with_untracked(|v| v.as_ref().map(|v| v.note.clone()).unwrap_or_default()));
    let save_tags = move |tags: Vec<String>| {
        let Some(id) = vector.try_get_untracked().flatten().map(|vector| vector.id) else { return };
        let note = note.try_get_untracked().unwrap_or_default();
        spawn_local(async move {
            let refused = bridge::call(DescribeVector { vector: id, tags, note }).await.err();
            failure.try_set(refused);
        });
    };
    let add = move || {
        if let Some(tag) = tag(&typed.get_untracked()) {
            let mut all = tags_now.get_untracked();
            if !all.contains(&tag) {
                all.push(tag);
                save_tags(all);
            }
        }
        typed.set(String::new());
    };
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let save_note = move || {
        if let Some(waiting) = waiting.try_update_value(Option::take).flatten() {
            waiting.clear();
        }
        // The view may be closing, but the typed text is saved all the same.
        let (vector, note) = (vector.try_get_untracked().flatten(), note.try_get_untracked());
        if let (Some(vector), Some(note)) = (vector, note)
            && vector.note != note
        {
            save_tags(vector.tags);
        }
    };
    let type_note = move |event| {
        note.set(event_target_value(&event));
        if let Some(waiting) = waiting.try_update_value(Option::take).flatten() {
            waiting.clear();
        }
        waiting.set_value(set_timeout_with_handle(save_note, PAUSE).ok());
    };
    on_cleanup(save_note);
    let remove = move |gone: &str| {
        let Some(before) = vector.get_untracked() else { return };
        let Some(place) = before.tags.iter().position(|tag| tag == gone) else { return };
        save_tags(before.tags.iter().filter(|tag| *tag != gone).cloned().collect());
        let undo = UndoDelete::Tag { vector: before.id, place, tag: gone.to_owned() };
        store.was_deleted(t!("vectors-tag-of", tag = gone.to_owned(), vector = before.name), undo);
    };
    let chip = move |tag: String| {
        let own = tag.clone();
        view! {
            <span class="tag" data-testid="vector-tag">{tag.clone()}
                <button aria-label=t!("vectors-tag-remove", tag = tag) title=t!("remove") data-testid="vector-tag-remove" data-once="true"
                    on:click=move |_| remove(&own)>"\u{00d7}"</button>
            </span>
        }
    };
    view! {
        <div class="row wrap tags">
            <span class="strong">{t!("tags")}</span>
            {move || tags_now.get().into_iter().map(chip).collect_view()}
            <input type="text" class="tag-new" data-testid="vector-tag-new" list="vector-tags-known" placeholder=t!("vectors-tag-add") aria-label=t!("vectors-tag-add") autocomplete="off"
                prop:value=typed on:input=move |event| typed.set(event_target_value(&event)) on:change=move |_| add()
                on:keydown=move |event| if (event.key() == "Enter" || event.key() == ",") && !event.is_composing() { event.prevent_default(); add(); } />
            <datalist id="vector-tags-known">{move || tags(&store.vectors.read()).into_iter().map(|tag| view! { <option value=tag></option> }).collect_view()}</datalist>
        </div>
        <label class="field">
            <span class="label">{t!("note")}</span>
            <textarea rows="2" data-testid="vector-note" aria-label=t!("note") dir="auto" placeholder=t!("vectors-note-placeholder") prop:value=note on:input=type_note on:change=move |_| save_note()></textarea>
        </label>
    }
}

#[component]
fn FactTable(vector: Vector) -> impl IntoView {
    let store = store();
    let model =
        store.models.read().iter().find(|model| model.id == vector.model).map(|model| model.name.clone());
    let set =
        store.data_sets.read().iter().find(|set| Some(set.id) == vector.data_set).map(|set| set.name.clone());
    let run = store.runs.read().iter().find(|run| Some(run.id) == vector.run).cloned();
    let norm = match vector.residual_norm {
        Some(residual) => t!(
            "vectors-norm-there",
            norm = format::number(vector.norm, 3),
            share = format::percent(vector.norm / residual),
            residual = format::number(residual, 1)
        ),
        None => format::number(vector.norm, 3),
    };
    let is_imported = vector.derivation.is_none() && vector.data_hash.is_none();
    let made = vector.derivation.as_ref().map(|made| {
        let from = made.from.iter().map(|source| {
            view! { <span class="quiet small">{t!("vectors-source", name = source.name.clone(), hash = short(&source.hash))}</span> }
        });
        let map = made.map.as_ref().map(|map| {
            view! { <span class="quiet small" data-testid="vector-map">{format::true_minus(&said(&map.description()))}</span> }
        });
        view! {
            <dt>{t!("vectors-made-as")}</dt>
            <dd data-testid="vector-made"><span>{format::true_minus(&said(&made.description()))}</span><div class="stack">{map}{from.collect_view()}</div></dd>
        }
    });
    let data = vector.data_hash.as_ref().map(|hash| {
        let name = set.unwrap_or_else(|| t!("vectors-data-gone"));
        view! { <dt>{t!("vectors-data")}</dt><dd>{name}" "<span class="quiet small" title=hash.clone()>{t!("vectors-data-content", hash = short(hash))}</span></dd> }
    });
    let trained = run.as_ref().map(|run| {
        let s = &run.settings;
        if !s.method.has_steps() {
            return t!("vectors-trained-without-steps", seed = s.seed.to_string());
        }
        let settings = t!(
            "vectors-trained",
            epochs = t!("vectors-count-epochs", count = s.epochs),
            rate = s.learning_rate.to_string(),
            beta = s.beta.to_string(),
            pairs = t!("count-pairs", count = s.batch_pairs),
            seed = s.seed.to_string()
        );
        match vector.epoch {
            Some(epoch) => t!("vectors-trained-until", settings = settings, epoch = epoch),
            None => settings,
        }
    });
    let positions = format::positions_name(vector.intervention.positions);
    let intervention = match (&vector.adapter, vector.intervention.op) {
        (Some(_), _) => t!("vectors-acts-adapter"),
        (None, InterventionOp::Add) => t!("vectors-acts-added", positions = positions),
        (None, InterventionOp::ProjectOut) => t!("vectors-acts-projected-out", positions = positions),
        (None, InterventionOp::Cap { at }) => {
            t!("vectors-acts-capped", positions = positions, at = format::number(at, 2))
        }
    };
    let norm = if vector.adapter.is_some() { t!("vectors-norm-adapter", norm = norm) } else { norm };
    let verb =
        if vector.derivation.is_some() || !is_imported { t!("vectors-made") } else { t!("vectors-imported") };
    view! {
        <dl class="details" data-testid="vector-facts">
            <dt>{t!("method")}</dt><dd>{format::made_by(&vector)}</dd>
            {made}
            <dt>{t!("model")}</dt><dd>{model}</dd>
            <dt><Term name="Layer" text=if vector.layers.len() == 1 { t!("layer") } else { t!("layers") } /></dt><dd>{place(&vector)}</dd>
            <dt><Term name="Intervention" text=t!("vectors-acts") /></dt><dd>{intervention}</dd>
            <dt>{t!("vectors-size")}</dt><dd>{size(&vector)}</dd>
            <dt><Term name="Norm" text=t!("norm") /></dt><dd>{norm}</dd>
            {data}
            {trained.map(|text| view! { <dt>{t!("vectors-trained-with")}</dt><dd>{text}</dd> })}
            <dt>{t!("vectors-content")}</dt><dd><CopyField testid="vector-hash" label=t!("vectors-content-label") text=vector.hash.clone() /></dd>
            <dt>{verb}</dt><dd>{t!("vectors-made-by", date = format::date(vector.created), version = vector.app_version)}</dd>
        </dl>
    }
}

/// Returns the layers where the vector acts.
fn place(vector: &Vector) -> String {
    match &vector.adapter {
        Some(adapter) if adapter.on == Projections::default() => {
            t!("vectors-inside-usual", blocks = adapter.blocks)
        }
        Some(adapter) => {
            let names: Vec<&str> = adapter.on.iter().map(Projection::name).collect();
            t!("vectors-inside", blocks = adapter.blocks, names = names.join(&t!("list-separator")))
        }
        None => {
            t!("vectors-after", count = vector.layers.len(), layers = format::layers(&vector.layers))
        }
    }
}

fn size(vector: &Vector) -> String {
    if let Some(adapter) = &vector.adapter {
        return t!(
            "vectors-size-adapter",
            numbers = format::whole(adapter.numbers()),
            rank = adapter.rank,
            alpha = adapter.alpha.to_string()
        );
    }
    match vector.layers.len() {
        1 => t!("vectors-size-one", size = vector.size),
        layers => t!("vectors-size-several", layers = layers, size = vector.size),
    }
}

/// Returns the beginning of a hash: enough to tell contents apart by eye.
fn short(hash: &str) -> String {
    hash.chars().take(12).collect()
}

#[component]
fn VectorActions(id: Id, failure: RwSignal<Option<Failure>>) -> impl IntoView {
    let (store, library) = (store(), expect_context::<VectorLibrary>());
    let chat = expect_context::<chat::Chat>();
    let delete = move |()| {
        store.delete_then(DeleteVector { vector: id }, move |done| match done {
            Ok(()) => library.ticked.update(|all| all.retain(|ticked| *ticked != id)),
            Err(refused) => drop(failure.try_set(Some(refused))),
        });
    };
    let use_in = move |screen| go_with(store, chat, id, screen);
    view! {
        <div class="row wrap">
            <button class="button" data-testid="vector-sweep" on:click=move |_| use_in(Screen::Sweep)>{t!("vectors-sweep")}</button>
            <button class="button" data-testid="vector-chat" on:click=move |_| use_in(Screen::Chat)>{t!("vectors-chat")}</button>
            <button class="button" data-testid="vector-export" on:click=move |_| store.sheet.set(Some(Sheet::ExportVector(id, VectorPage::File)))>{t!("export-more")}</button>
            <span class="grow"></span>
            <AskFirst label=t!("delete") lost=t!("vectors-delete-note") sure=t!("vectors-delete-sure") testid="vector-delete" can_undo=true act=Callback::new(delete) />
        </div>
    }
}

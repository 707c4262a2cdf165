//! The list of models, in the order of a column.

use std::cmp::Ordering;

use ipc::Id;
use ipc::model::{FileState, Model, ModelFacts, ModelState};
use leptos::prelude::*;

use super::library::parts;
use crate::format;
use crate::sorting::{Order, SortHead};

/// What the list can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// The name.
    Name,
    /// The architecture.
    Family,
    /// The file's size.
    Size,
    /// The number of blocks.
    Layers,
    /// The width of the residual stream.
    Width,
    /// How the weights are stored.
    Stored,
    /// What training takes.
    Train,
    /// Whether it is in memory.
    State,
}

impl Column {
    const ALL: [Self; 8] = [
        Self::Name,
        Self::Family,
        Self::Size,
        Self::Layers,
        Self::Width,
        Self::Stored,
        Self::Train,
        Self::State,
    ];

    fn label(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::Family => "Family",
            Self::Size => "Size",
            Self::Layers => "Layers",
            Self::Width => "Width",
            Self::Stored => "Stored as",
            Self::Train => "To train",
            Self::State => "State",
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Family => "family",
            Self::Size => "size",
            Self::Layers => "layers",
            Self::Width => "width",
            Self::Stored => "stored",
            Self::Train => "train",
            Self::State => "state",
        }
    }

    fn is_number(self) -> bool {
        matches!(self, Self::Size | Self::Layers | Self::Width | Self::Train)
    }

    /// Ascending; models with equal values by name.
    fn compare(self, a: &Model, b: &Model) -> Ordering {
        let number = |read: fn(&ModelFacts) -> u64| {
            let of = |model: &Model| model.facts.as_ref().map(read);
            of(a).cmp(&of(b))
        };
        let text = |read: fn(&ModelFacts) -> &str| {
            let of = |model: &Model| model.facts.as_ref().map(|facts| read(facts).to_owned());
            of(a).cmp(&of(b))
        };
        let own = match self {
            Self::Name => Ordering::Equal,
            Self::Family => text(|facts| &facts.family),
            Self::Size => number(|facts| facts.file_bytes),
            Self::Layers => number(|facts| u64::from(facts.blocks)),
            Self::Width => number(|facts| u64::from(facts.hidden_size)),
            Self::Stored => text(|facts| &facts.quantization),
            Self::Train => a.need().map(|need| need.train).cmp(&b.need().map(|need| need.train)),
            Self::State => rank(a).cmp(&rank(b)),
        };
        own.then_with(|| a.name.to_lowercase().cmp(&b.name.to_lowercase())).then(a.id.cmp(&b.id))
    }
}

fn sort(models: &mut [Model], order: Order<Column>) {
    models.sort_by(|a, b| order.of(order.column.compare(a, b)));
}

/// In memory first.
fn rank(model: &Model) -> u8 {
    match (&model.state, model.file) {
        (ModelState::Ready { .. }, _) => 0,
        (ModelState::Loading { .. }, _) => 1,
        (ModelState::Failed { .. }, _) => 5,
        (ModelState::Unloaded, FileState::Present) => 2,
        (ModelState::Unloaded, FileState::Changed) => 3,
        (ModelState::Unloaded, FileState::Gone) => 4,
    }
}

/// Whether a model has all the words.
fn has_words(model: &Model, words: &[String]) -> bool {
    let facts = model.facts.as_ref();
    let kind = facts
        .map(|facts| format!("{} {} {}", facts.family, facts.architecture, facts.quantization))
        .unwrap_or_default();
    let text = format!("{} {} {kind}", model.name, model.path).to_lowercase();
    words.iter().all(|word| text.contains(word))
}

/// What a model's row says of its state, and the colour of the dot before it.
#[must_use]
pub fn state(model: &Model) -> (&'static str, String) {
    match (&model.state, model.file) {
        (ModelState::Loading { .. }, _) if model.waits_for.is_some() => ("loading", "waits".into()),
        (ModelState::Loading { fraction }, _) => {
            ("loading", format!("loading {}", format::percent(*fraction)))
        }
        (ModelState::Ready { device }, FileState::Present) => ("ready", format!("in memory, {device}")),
        (ModelState::Ready { .. }, FileState::Gone) => ("loading", "in memory, file gone".into()),
        (ModelState::Ready { .. }, FileState::Changed) => ("loading", "in memory, file changed".into()),
        (_, FileState::Gone) => ("failed", "file gone".into()),
        (ModelState::Failed { .. }, _) => ("failed", "cannot be used".into()),
        (ModelState::Unloaded, FileState::Changed) => ("loading", "file changed".into()),
        (ModelState::Unloaded, FileState::Present) => ("unloaded", "on disk".into()),
    }
}

#[component]
pub(super) fn List(shown: Memo<Option<Id>>) -> impl IntoView {
    let (store, library) = parts();
    let models = Memo::new(move |_| {
        let words: Vec<String> =
            library.filter.read().to_lowercase().split_whitespace().map(str::to_owned).collect();
        let mut models: Vec<Model> =
            store.models.read().iter().filter(|model| has_words(model, &words)).cloned().collect();
        sort(&mut models, library.order.get());
        models
    });
    let head = move |column: Column| {
        let testid = format!("models-by-{}", column.key());
        view! { <SortHead order=library.order column label=column.label() is_number=column.is_number() testid /> }
    };
    view! {
        <table class="models-table" data-testid="models-table">
            <thead><tr>{Column::ALL.map(head)}</tr></thead>
            <tbody>{move || models.get().into_iter().map(|model| view! { <Row model shown /> }).collect_view()}</tbody>
        </table>
        <Show when=move || models.read().is_empty()>
            <div class="empty">
                <p>{move || if library.filter.read().trim().is_empty() { "No models yet. Add a file, or download one from the hub." } else { "No model has these words." }}</p>
            </div>
        </Show>
    }
}

/// The last part of a path, on every system.
fn file_name(path: &str) -> String {
    path.rsplit(['/', '\\']).next().unwrap_or(path).to_owned()
}

#[component]
fn Row(model: Model, shown: Memo<Option<Id>>) -> impl IntoView {
    let (store, library) = parts();
    let id = model.id;
    let (dot, state) = state(&model);
    let fact = |read: fn(&ModelFacts) -> String| model.facts.as_ref().map(read);
    let train = model.need().map(|need| need.train);
    // Models of one name are told apart by their files.
    let (name, file) = (model.name.clone(), file_name(&model.path));
    let is_shared =
        Memo::new(move |_| store.models.read().iter().any(|other| other.id != id && other.name == name));
    let is_too_much = move || {
        let free = library.machine.read().as_ref().map(|machine| machine.free_bytes);
        train.zip(free).is_some_and(|(train, free)| train > free)
    };
    view! {
        <tr class="link-row" data-testid="model-row" tabindex="0" aria-selected=move || (shown.get() == Some(id)).to_string()
            on:click=move |_| library.chosen.set(Some(id))
            on:keydown=move |event| if event.key() == "Enter" { library.chosen.set(Some(id)); }>
            <td class="name"><div class="ellipsis" title=model.path.clone()>{model.name.clone()}</div>
                {move || is_shared.get().then(|| view! { <div class="ellipsis quiet small">{file.clone()}</div> })}</td>
            <td>{fact(|facts| facts.family.clone())}</td>
            <td class="number">{fact(|facts| format::bytes(facts.file_bytes))}</td>
            <td class="number">{fact(|facts| facts.blocks.to_string())}</td>
            <td class="number">{fact(|facts| facts.hidden_size.to_string())}</td>
            <td>{fact(|facts| facts.quantization.clone())}</td>
            <td class="number" class:warning=is_too_much>{train.map(format::bytes)}</td>
            <td class="state"><span class=format!("dot {dot}")></span>{state}</td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use ipc::model::{ModelOrigin, Precision};

    use super::*;

    fn model(id: Id, name: &str, blocks: u32) -> Model {
        let facts = ModelFacts {
            family: "Llama".into(),
            architecture: "llama".into(),
            quantization: "Q4_1".into(),
            blocks,
            hidden_size: 64,
            vocabulary: 10,
            context_length: 10,
            parameters: 10,
            file_bytes: 10,
            weight_bytes: 10,
            feed_forward: 10,
            heads: 1,
            kv_heads: 1,
            head_size: 64,
        };
        Model {
            id,
            name: name.into(),
            path: format!("/models/{name}.gguf"),
            facts: Some(facts),
            state: ModelState::Unloaded,
            file: FileState::Present,
            origin: ModelOrigin::File,
            fingerprint: None,
            precision: Precision::Quantized,
            in_memory: None,
            template: None,
            needs: vec![],
            waits_for: None,
        }
    }

    #[test]
    fn a_column_orders_both_ways_and_names_break_ties() {
        let mut models = vec![model(1, "b", 30), model(2, "C", 30), model(3, "a", 32)];
        let names = |models: &[Model]| models.iter().map(|model| model.name.clone()).collect::<Vec<_>>();
        let order = Order::by(Column::Name);
        sort(&mut models, order);
        assert_eq!(names(&models), ["a", "b", "C"]);
        let by_layers = order.clicked(Column::Layers);
        sort(&mut models, by_layers);
        assert_eq!(names(&models), ["b", "C", "a"]);
        sort(&mut models, by_layers.clicked(Column::Layers));
        assert_eq!(names(&models), ["a", "C", "b"]);
        let gone = Model { file: FileState::Gone, ..model(4, "z", 1) };
        assert!(rank(&gone) > rank(&models[0]));
    }

    #[test]
    fn a_file_has_the_last_name_of_its_path() {
        assert_eq!(file_name("/models/\u{4ef7}.gguf"), "\u{4ef7}.gguf");
        assert_eq!((file_name("C:\\models\\a.gguf"), file_name("a")), ("a.gguf".into(), "a".into()));
    }

    #[test]
    fn words_are_found_in_name_kind_and_path() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert!(has_words(&model(1, "Smol", 1), &words("smol q4 llama models/")));
        assert!(!has_words(&model(1, "Smol", 1), &words("smol qwen")));
    }
}

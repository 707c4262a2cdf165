//! The columns of the list of models, and how each of them sorts it.

use std::cmp::Ordering;

use ipc::model::{FileState, Model, ModelFacts, ModelState};

use crate::t;
use crate::widgets::SortOrder;

/// A column of the list of models.
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
    /// The format of the stored weights.
    Stored,
    /// The memory that training takes.
    Train,
    /// Whether it is in memory.
    State,
}

impl Column {
    pub(super) const ALL: [Self; 8] = [
        Self::Name,
        Self::Family,
        Self::Size,
        Self::Layers,
        Self::Width,
        Self::Stored,
        Self::Train,
        Self::State,
    ];

    /// Returns the head of the column.
    pub(super) fn label(self) -> String {
        match self {
            Self::Name => t!("name"),
            Self::Family => t!("models-family"),
            Self::Size => t!("models-size"),
            Self::Layers => t!("models-layers"),
            Self::Width => t!("models-width"),
            Self::Stored => t!("models-stored-as"),
            Self::Train => t!("models-to-train"),
            Self::State => t!("models-state"),
        }
    }

    /// Returns the term of the glossary that the head is; empty for none.
    pub(super) fn term(self) -> &'static str {
        match self {
            Self::Layers => "Block",
            Self::Width => "Hidden size",
            Self::Stored => "Quantization",
            Self::Name | Self::Family | Self::Size | Self::Train | Self::State => "",
        }
    }

    /// Returns the key of the column in the page.
    pub(super) fn key(self) -> &'static str {
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

    /// Returns whether the cells are numbers.
    pub(super) fn is_number(self) -> bool {
        matches!(self, Self::Size | Self::Layers | Self::Width | Self::Train)
    }

    /// Compares two models in ascending order; models with equal values stand by name.
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

/// Sorts models by a column; models with equal values stand by name.
pub(super) fn sort(models: &mut [Model], order: SortOrder<Column>) {
    models.sort_by(|a, b| order.apply(order.column.compare(a, b)));
}

/// Returns the place of a model's state in the order of states: models in memory come first.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::model;

    #[test]
    fn a_column_orders_both_ways_and_names_break_ties() {
        let mut models = vec![model(1, "b", 30), model(2, "C", 30), model(3, "a", 32)];
        let names = |models: &[Model]| models.iter().map(|model| model.name.clone()).collect::<Vec<_>>();
        let order = SortOrder::by(Column::Name);
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
    fn the_terms_of_heads_are_defined() {
        for term in Column::ALL.map(Column::term) {
            assert!(term.is_empty() || crate::glossary::entry(term).is_some(), "{term}");
        }
    }
}

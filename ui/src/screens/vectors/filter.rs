//! Filters and sorts the list of vectors.

use std::cmp::Ordering;

use ipc::Id;
use ipc::model::Model;
use ipc::train::Method;
use ipc::vector::Vector;

use crate::format;
use crate::t;
use crate::widgets::SortOrder;

/// The filter of the list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Filter {
    /// Words that must all occur in name, note, tags, method or model.
    pub(super) words: String,
    /// Only vectors of this method; `Some(None)` for vectors without one.
    #[expect(clippy::option_option, reason = "three cases: every method, one of them, none")]
    pub(super) method: Option<Option<Method>>,
    /// Only vectors of this model.
    pub(super) model: Option<Id>,
    /// Only vectors with this tag.
    pub(super) tag: Option<String>,
}

impl Filter {
    fn lets_through(&self, vector: &Vector, model: &str) -> bool {
        let of_kind = self.method.is_none_or(|method| vector.method == method)
            && self.model.is_none_or(|model| vector.model == model)
            && self.tag.as_ref().is_none_or(|tag| vector.tags.contains(tag));
        let made = format::made_by(vector);
        let text = format!("{} {} {} {made} {model}", vector.name, vector.note, vector.tags.join(" "));
        let text = text.to_lowercase();
        of_kind && self.words.to_lowercase().split_whitespace().all(|word| text.contains(word))
    }
}

/// A column by which the list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Name,
    Method,
    Model,
    Layer,
    Norm,
    Created,
}

impl Column {
    pub(super) fn label(self) -> String {
        match self {
            Self::Name => t!("name"),
            Self::Method => t!("method"),
            Self::Model => t!("model"),
            Self::Layer => t!("layers"),
            Self::Norm => t!("norm"),
            Self::Created => t!("vectors-made"),
        }
    }

    /// Returns the term of the glossary that the head is; empty for none.
    pub(super) fn term(self) -> &'static str {
        match self {
            Self::Layer => "Layer",
            Self::Norm => "Norm",
            Self::Name | Self::Method | Self::Model | Self::Created => "",
        }
    }

    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Method => "method",
            Self::Model => "model",
            Self::Layer => "layer",
            Self::Norm => "norm",
            Self::Created => "created",
        }
    }

    pub(super) fn is_number(self) -> bool {
        matches!(self, Self::Layer | Self::Norm)
    }
}

/// The order at the beginning: the newest first.
pub(super) const NEWEST_FIRST: SortOrder<Column> = SortOrder { column: Column::Created, is_descending: true };

/// Returns the vectors that pass the filter, sorted; equal ones stand by name, then the newest first.
pub(super) fn filtered(
    vectors: &[Vector],
    models: &[Model],
    filter: &Filter,
    order: SortOrder<Column>,
) -> Vec<Vector> {
    let model = |vector: &Vector| {
        let found = models.iter().find(|model| model.id == vector.model);
        found.map(|model| model.name.clone()).unwrap_or_default()
    };
    let mut all: Vec<Vector> =
        vectors.iter().filter(|vector| filter.lets_through(vector, &model(vector))).cloned().collect();
    let by_column = |a: &Vector, b: &Vector| match order.column {
        Column::Name => Ordering::Equal,
        Column::Method => format::made_by(a).cmp(&format::made_by(b)),
        Column::Model => model(a).cmp(&model(b)),
        Column::Layer => a.layers.cmp(&b.layers),
        Column::Norm => a.norm.total_cmp(&b.norm),
        Column::Created => a.created.cmp(&b.created).then(a.id.cmp(&b.id)),
    };
    let by_name = |a: &Vector, b: &Vector| a.name.to_lowercase().cmp(&b.name.to_lowercase());
    all.sort_by(|a, b| {
        let ascending = by_column(a, b).then_with(|| by_name(a, b));
        order.apply(ascending).then(b.id.cmp(&a.id))
    });
    all
}

/// Returns every tag that a vector has, in order.
pub(super) fn tags(vectors: &[Vector]) -> Vec<String> {
    let mut all: Vec<String> = vectors.iter().flat_map(|vector| vector.tags.iter().cloned()).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Returns every method that a vector has, in order; `None` where a vector has none.
pub(super) fn methods(vectors: &[Vector]) -> Vec<Option<Method>> {
    let mut all: Vec<Option<Method>> = vectors.iter().map(|vector| vector.method).collect();
    all.sort_by_key(|method| method.map(format::method));
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::named_vector as vector;

    fn names(vectors: &[Vector]) -> Vec<&str> {
        vectors.iter().map(|vector| vector.name.as_str()).collect()
    }

    #[test]
    fn words_tags_and_methods_narrow_the_list() {
        let all = vec![
            Vector { tags: vec!["钱".into()], note: "keeps it short".into(), ..vector(1, "Wealth", 1.0) },
            Vector { method: None, ..vector(2, "Power", 2.0) },
        ];
        let find = |filter: Filter| names(&filtered(&all, &[], &filter, NEWEST_FIRST)).join(" ");
        assert_eq!(find(Filter::default()), "Power Wealth");
        assert_eq!(find(Filter { words: "wea SHORT".into(), ..Filter::default() }), "Wealth");
        assert_eq!(find(Filter { words: "钱".into(), ..Filter::default() }), "Wealth");
        assert_eq!(find(Filter { method: Some(None), ..Filter::default() }), "Power");
        assert_eq!(find(Filter { tag: Some("x".into()), ..Filter::default() }), "");
        assert_eq!((tags(&all), methods(&all).len()), (vec!["钱".to_owned()], 2));
    }

    #[test]
    fn a_column_sorts_both_ways() {
        let all = vec![vector(1, "b", 3.0), vector(2, "A", 1.0), vector(3, "c", 2.0)];
        let by = |order: SortOrder<Column>| names(&filtered(&all, &[], &Filter::default(), order)).join("");
        let order = NEWEST_FIRST.clicked(Column::Norm);
        assert_eq!((by(order), by(order.clicked(Column::Norm))), ("Acb".into(), "bcA".into()));
        assert_eq!(by(order.clicked(Column::Name)), "Abc");
    }

    #[test]
    fn the_terms_of_heads_are_defined() {
        for column in [Column::Layer, Column::Norm] {
            assert!(crate::glossary::entry(column.term()).is_some(), "{column:?}");
        }
    }
}

//! Column heads that sort their table when they are clicked.

use std::cmp::Ordering;

use leptos::prelude::*;

use super::term::definition_id;
use crate::glossary;

/// The column by which a table is sorted, and the direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SortOrder<C> {
    /// The column.
    pub column: C,
    /// Whether the largest value comes first.
    pub is_descending: bool,
}

impl<C: Copy + PartialEq> SortOrder<C> {
    /// Sorts by a column, the smallest value first.
    #[must_use]
    pub fn by(column: C) -> Self {
        Self { column, is_descending: false }
    }

    /// Returns the order after a click on the head of a column: a second click turns the direction around.
    #[must_use]
    pub fn clicked(self, column: C) -> Self {
        Self { column, is_descending: self.column == column && !self.is_descending }
    }

    /// Turns an ascending comparison of two rows into one of this order.
    #[must_use]
    pub fn apply(self, ascending: Ordering) -> Ordering {
        if self.is_descending { ascending.reverse() } else { ascending }
    }
}

/// The head of a column; a click sorts the table by it.
#[component]
pub fn SortHead<C: Copy + PartialEq + Send + Sync + 'static>(
    /// The table's order.
    order: RwSignal<SortOrder<C>>,
    /// The column.
    column: C,
    /// The text of the head.
    #[prop(into)]
    label: String,
    /// The term of the glossary that the label is. A click on it sorts all the same.
    #[prop(optional)]
    term: &'static str,
    /// A sentence that explains the column, where the label does not.
    #[prop(optional, into)]
    hint: String,
    /// Whether its cells are numbers.
    #[prop(optional)]
    is_number: bool,
    /// For tests.
    #[prop(optional, into)]
    testid: String,
) -> impl IntoView {
    let sorted = move || {
        let order = order.get();
        match (order.column == column, order.is_descending) {
            (false, _) => "none",
            (true, false) => "ascending",
            (true, true) => "descending",
        }
    };
    let arrow = move || match sorted() {
        "ascending" => " \u{2191}",
        "descending" => " \u{2193}",
        _ => "",
    };
    let entry = glossary::entry(term);
    let hint = if hint.is_empty() { entry.map_or("", |entry| entry.definition).to_owned() } else { hint };
    let description = entry.map(|entry| definition_id(entry.term));
    view! {
        <th class:number=is_number aria-sort=sorted>
            <button class="head" class:term=entry.is_some() title=hint aria-describedby=description data-testid=testid on:click=move |_| order.update(|order| *order = order.clicked(column))>{label}<span aria-hidden="true">{arrow}</span></button>
        </th>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_click_turns_the_order_around() {
        let order = SortOrder::by("name");
        assert_eq!(order.clicked("size"), SortOrder::by("size"));
        let turned = order.clicked("name");
        assert!(turned.is_descending && !turned.clicked("name").is_descending);
        assert_eq!(
            (order.apply(Ordering::Less), turned.apply(Ordering::Less)),
            (Ordering::Less, Ordering::Greater)
        );
    }
}

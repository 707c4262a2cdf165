//! What a table of a project file is: its columns, and the statements that make it and fill it.

use super::json_columns::Json;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The row's own id, which is made anew where the row goes.
    Id,
    /// The id of a row of this table.
    Ref(&'static str),
    /// The id of a pair of the row's data set, which may have been deleted.
    Pair,
    /// An integer.
    Int,
    /// A finite number.
    Real,
    /// A text.
    Text,
    /// Bytes.
    Blob,
    /// A value of a type as JSON.
    Json(Json),
}

/// A column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// Whether it may be NULL.
    pub(crate) is_optional: bool,
}

/// A table.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    /// What a person calls its rows; empty for rows that are a part of something else.
    pub(crate) label: &'static str,
    pub(crate) columns: &'static [Column],
    /// Selects the rows of the project `?1` in the store.
    pub(crate) of_project: &'static str,
    /// The order in which rows are read: rows come after those of their table that they refer to.
    pub(crate) order: &'static str,
}

impl Table {
    /// Returns the place of a column.
    pub(crate) fn place(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|known| known.name == column)
    }

    /// Returns the statement that makes the table in a file.
    pub(crate) fn definition(&self) -> String {
        let column = |column: &Column| {
            let kind = match column.kind {
                Kind::Id => "INTEGER PRIMARY KEY",
                Kind::Ref(_) | Kind::Pair | Kind::Int => "INTEGER",
                Kind::Real => "REAL",
                Kind::Text | Kind::Json(_) => "TEXT",
                Kind::Blob => "BLOB",
            };
            let rule = if column.is_optional || column.kind == Kind::Id { "" } else { " NOT NULL" };
            format!("{} {kind}{rule}", column.name)
        };
        let columns: Vec<String> = self.columns.iter().map(column).collect();
        format!("CREATE TABLE {} ({}) STRICT", self.name, columns.join(", "))
    }

    /// Returns the statement that adds a row.
    pub(crate) fn insertion(&self, schema: &str) -> String {
        let names: Vec<&str> = self.columns.iter().map(|column| column.name).collect();
        let values = vec!["?"; names.len()].join(", ");
        format!("INSERT INTO {schema}.{} ({}) VALUES ({values})", self.name, names.join(", "))
    }
}

pub(super) const fn column(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, is_optional: false }
}

pub(super) const fn optional(column: Column) -> Column {
    Column { is_optional: true, ..column }
}

/// The id of a row.
pub(super) const ID: Column = column("id", Kind::Id);
/// When a row was made.
pub(super) const CREATED: Column = int("created");

pub(super) const fn int(name: &'static str) -> Column {
    column(name, Kind::Int)
}

pub(super) const fn real(name: &'static str) -> Column {
    column(name, Kind::Real)
}

pub(super) const fn text(name: &'static str) -> Column {
    column(name, Kind::Text)
}

pub(super) const fn blob(name: &'static str) -> Column {
    column(name, Kind::Blob)
}

pub(super) const fn json(name: &'static str, json: Json) -> Column {
    column(name, Kind::Json(json))
}

pub(super) const fn refers(name: &'static str, table: &'static str) -> Column {
    column(name, Kind::Ref(table))
}

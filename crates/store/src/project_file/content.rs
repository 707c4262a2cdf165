//! What a project holds, row by row, as it was read from the store or from a file.

use ipc::{Id, Millis};
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{AssertSqlSafe, Row as _, Sqlite, SqliteConnection, ValueRef as _};

use super::error::ProjectFileError;
use super::table::{Column, Kind, Table};
use super::tables::{TABLES, selected_by, table};
use crate::StoreError;

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
    Blob(Vec<u8>),
}

impl Value {
    pub(crate) fn int(&self) -> Option<i64> {
        if let Self::Int(number) = self { Some(*number) } else { None }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub(crate) fn bytes(&self) -> Option<&[u8]> {
        if let Self::Blob(bytes) = self { Some(bytes) } else { None }
    }
}

/// The cells of a row, in the order of its table's columns.
pub(crate) type Row = Vec<Value>;

/// Binds the cells of a row to a statement, in their order.
pub(crate) fn with_cells<'q>(mut query: Insertion<'q>, cells: &'q Row) -> Insertion<'q> {
    for cell in cells {
        query = match cell {
            Value::Null => query.bind(None::<i64>),
            Value::Int(number) => query.bind(number),
            Value::Real(number) => query.bind(number),
            Value::Text(text) => query.bind(text),
            Value::Blob(bytes) => query.bind(bytes),
        };
    }
    query
}

/// A statement that adds a row.
type Insertion<'q> = Query<'q, Sqlite, SqliteArguments>;

/// A row with its table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RowOf<'a> {
    pub(crate) table: &'static Table,
    pub(crate) row: &'a Row,
}

impl<'a> RowOf<'a> {
    /// Returns a cell; NULL for a column that the table does not have.
    pub(crate) fn get(self, column: &str) -> &'a Value {
        self.table.place(column).and_then(|place| self.row.get(place)).unwrap_or(&Value::Null)
    }

    /// Returns an integer; 0 for NULL.
    pub(crate) fn int(self, column: &str) -> i64 {
        self.get(column).int().unwrap_or(0)
    }

    /// Returns a text; an empty one for NULL.
    pub(crate) fn text(self, column: &str) -> &'a str {
        self.get(column).text().unwrap_or_default()
    }

    /// Returns the row's id.
    pub(crate) fn id(self) -> Id {
        self.int("id")
    }

    /// Iterates over the columns with their cells.
    pub(crate) fn cells(self) -> impl Iterator<Item = (&'static Column, &'a Value)> {
        self.table.columns.iter().zip(self.row)
    }
}

/// All rows of a project.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Content {
    /// The project's name.
    pub(crate) name: String,
    /// The version of Tiller that wrote it.
    pub(crate) written_by: String,
    /// The time at which the project was made.
    pub(crate) created: Millis,
    /// The rows, table by table.
    pub(crate) tables: Vec<Vec<Row>>,
}

impl Content {
    /// Returns a project without content.
    #[cfg(test)]
    pub(crate) fn empty(name: &str) -> Self {
        let tables = TABLES.iter().map(|_| Vec::new()).collect();
        Self { name: name.to_owned(), written_by: String::new(), created: 0, tables }
    }

    /// Iterates over the rows of a table.
    pub(crate) fn rows(&self, name: &'static str) -> impl Iterator<Item = RowOf<'_>> + Clone {
        let found = table(name);
        let rows = found.and_then(|(place, table)| self.tables.get(place).map(|rows| (table, rows)));
        rows.into_iter().flat_map(|(table, rows)| rows.iter().map(move |row| RowOf { table, row }))
    }

    /// Returns the rows of a table, to be changed.
    pub(crate) fn rows_mut(&mut self, name: &str) -> &mut [Row] {
        table(name).and_then(|(place, _)| self.tables.get_mut(place)).map_or(&mut [], Vec::as_mut_slice)
    }

    /// Reads a project from the store. Call this in a transaction, so that all of it is of one moment.
    pub(crate) async fn of_store(db: &mut SqliteConnection, project: Id) -> Result<Self, StoreError> {
        let found: Option<(String, String, Millis)> =
            sqlx::query_as("SELECT name, app_version, created FROM projects WHERE id = ?")
                .bind(project)
                .fetch_optional(&mut *db)
                .await?;
        let (name, written_by, created) = found.ok_or(StoreError::Gone("project"))?;
        let mut tables = Vec::with_capacity(TABLES.len());
        for table in TABLES {
            let condition = format!("{} IN {}", selected_by(table), table.of_project);
            let query = select(table, &condition);
            let rows = sqlx::query(AssertSqlSafe(query)).bind(project).fetch_all(&mut *db).await?;
            let rows: Result<Vec<Row>, sqlx::Error> = rows.iter().map(|row| read(table, row)).collect();
            tables.push(rows?);
        }
        Ok(Self { name, written_by, created, tables })
    }

    /// Reads a project from a file that is known to have these tables.
    pub(crate) async fn of_file(db: &mut SqliteConnection) -> Result<Self, ProjectFileError> {
        let all: Vec<(String, String, Millis)> =
            sqlx::query_as("SELECT name, app_version, created FROM main.project LIMIT 2")
                .fetch_all(&mut *db)
                .await?;
        let [(name, written_by, created)] = <[_; 1]>::try_from(all)
            .map_err(|_| ProjectFileError::unsound("projects", "there must be one"))?;
        let mut tables = Vec::with_capacity(TABLES.len());
        for table in TABLES {
            let rows = sqlx::query(AssertSqlSafe(select(table, "true"))).fetch_all(&mut *db).await?;
            let rows: Result<Vec<Row>, sqlx::Error> = rows.iter().map(|row| read(table, row)).collect();
            tables.push(rows.map_err(|error| ProjectFileError::unsound(table.name, error.to_string()))?);
        }
        Ok(Self { name, written_by, created, tables })
    }
}

fn select(table: &Table, condition: &str) -> String {
    let name = |column: &Column| match (table.name, column.name) {
        // The starter model's is known before its file was read.
        ("models", "fingerprint") if condition != "true" => {
            "coalesce(fingerprint, expected_fingerprint)".to_owned()
        }
        (_, name) => name.to_owned(),
    };
    let columns: Vec<String> = table.columns.iter().map(name).collect();
    format!(
        "SELECT {} FROM main.{} WHERE {condition} ORDER BY {}",
        columns.join(", "),
        table.name,
        table.order
    )
}

fn read(table: &Table, row: &SqliteRow) -> Result<Row, sqlx::Error> {
    let cell = |(place, column): (usize, &Column)| {
        if row.try_get_raw(place)?.is_null() {
            return Ok(Value::Null);
        }
        Ok(match column.kind {
            Kind::Id | Kind::Ref(_) | Kind::Pair | Kind::Int => Value::Int(row.try_get(place)?),
            Kind::Real => Value::Real(row.try_get(place)?),
            Kind::Text | Kind::Json(_) => Value::Text(row.try_get(place)?),
            Kind::Blob => Value::Blob(row.try_get(place)?),
        })
    };
    table.columns.iter().enumerate().map(cell).collect()
}

//! Hands a table from its reader to whoever wants its rows: the columns first, then one row at a time.
//!
//! No reader keeps a table. It asks the sink which columns are needed, makes no value of the others, and forgets a row
//! when it has handed it on.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::{Cells, DataFileError, Report};

/// The header of a table.
#[derive(Debug)]
pub(super) struct Header {
    /// The columns' names in the file's order.
    pub(super) columns: Vec<String>,
    /// Whether the file is one JSON list.
    pub(super) is_list: bool,
}

/// The columns that a sink needs.
#[derive(Debug)]
pub(super) enum Needed {
    /// All of them, under their own names.
    All,
    /// None of them.
    None,
    /// Some: the name in the file, and the name under which its cells are handed on.
    Some(BTreeMap<String, String>),
}

impl Needed {
    /// The name under which a column's cells are handed on; `None` where nobody needs them.
    pub(super) fn name<'a>(&'a self, column: &'a str) -> Option<&'a str> {
        match self {
            Self::All => Some(column),
            Self::None => None,
            Self::Some(names) => names.get(column).map(String::as_str),
        }
    }
}

/// Takes a table from its reader.
pub(super) trait Sink {
    /// Takes the header, before the first row that could be read, and says which columns are needed.
    fn header(&mut self, header: Header) -> Result<Needed, DataFileError>;

    /// Takes a column that the header does not name: rows of JSON may have further ones.
    fn later_column(&mut self, name: String);

    /// Takes a row: its line, from 1, and the cells of needed columns or the reason why it cannot be read. Says whether
    /// more rows are wanted.
    fn row(&mut self, line: usize, cells: Result<Cells, String>) -> Result<ControlFlow<()>, DataFileError>;

    /// What is told of the file.
    fn report(&mut self) -> &mut Report;
}

#[cfg(test)]
pub(super) mod testing {
    //! A sink that keeps everything, for the tests of readers.

    use super::{Cells, ControlFlow, DataFileError, Header, Needed, Report, Sink};

    /// Everything that a reader handed on.
    #[derive(Debug, Default)]
    pub(in super::super) struct Everything {
        pub(in super::super) columns: Vec<String>,
        pub(in super::super) rows: Vec<(usize, Result<Cells, String>)>,
        pub(in super::super) report: Report,
    }

    impl Sink for Everything {
        fn header(&mut self, header: Header) -> Result<Needed, DataFileError> {
            self.columns = header.columns;
            Ok(Needed::All)
        }

        fn later_column(&mut self, name: String) {
            self.columns.push(name);
        }

        fn row(
            &mut self,
            line: usize,
            cells: Result<Cells, String>,
        ) -> Result<ControlFlow<()>, DataFileError> {
            self.rows.push((line, cells));
            Ok(ControlFlow::Continue(()))
        }

        fn report(&mut self) -> &mut Report {
            &mut self.report
        }
    }

    /// What a reader hands on.
    pub(in super::super) fn everything(
        read: impl FnOnce(&mut dyn Sink) -> Result<(), DataFileError>,
    ) -> Result<Everything, DataFileError> {
        let mut sink = Everything::default();
        read(&mut sink).map(|()| sink)
    }
}

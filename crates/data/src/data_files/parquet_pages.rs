//! Looks at the index and at the headers of the pages of a Parquet file before the library reads them: it makes room for
//! what they promise.

use super::thrift::{Field, STRUCT, Thrift};

/// How deep groups of columns may lie in each other: the library calls itself for each.
const DEEPEST: usize = 32;

/// What a page's header promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Page {
    /// Its bytes when it is unpacked.
    pub(super) unpacked: u64,
    /// Its values; none for a dictionary.
    pub(super) values: u64,
}

/// The pages of a column's part in a row group, from their headers; a `None` among them is damage.
pub(super) struct Pages<'a> {
    bytes: &'a [u8],
}

impl<'a> Pages<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    fn page(&mut self) -> Option<Page> {
        let mut thrift = Thrift::new(self.bytes);
        let (mut unpacked, mut packed, mut values) = (None, None, 0);
        thrift.structure(&mut |thrift, number, field| {
            match (number, field) {
                (2, Field::Whole(size)) => unpacked = Some(u64::try_from(*size).ok()?),
                (3, Field::Whole(size)) => packed = Some(usize::try_from(*size).ok()?),
                // The headers of a data page, of either version, begin with the number of its values.
                (5 | 8, Field::Struct) => {
                    thrift.structure(&mut |_, number, field| {
                        if let (1, Field::Whole(count)) = (number, field) {
                            values = u64::try_from(*count).ok()?;
                        }
                        Some(false)
                    })?;
                    return Some(true);
                }
                _ => {}
            }
            Some(false)
        })?;
        let (unpacked, packed, behind) = (unpacked?, packed?, thrift.left());
        self.bytes = self.bytes.get(self.bytes.len() - behind..)?.get(packed..)?;
        Some(Page { unpacked, values })
    }
}

impl Iterator for Pages<'_> {
    type Item = Option<Page>;

    fn next(&mut self) -> Option<Option<Page>> {
        if self.bytes.is_empty() {
            return None;
        }
        let page = self.page();
        if page.is_none() {
            self.bytes = &[];
        }
        Some(page)
    }
}

/// Walks over the index: `None` where a list in it is longer than any table's, where its schema promises more elements than
/// there are, or where groups lie too deep in each other.
pub(super) fn check_index(index: &[u8]) -> Option<()> {
    let mut children = Vec::new();
    Thrift::new(index).structure(&mut |thrift, number, field| {
        // The schema is flat: each element says how many of the next ones lie in it.
        let (2, Field::List { items, kind: STRUCT }) = (number, field) else { return Some(false) };
        for _ in 0..*items {
            let mut inside = 0;
            thrift.structure(&mut |_, number, field| {
                if let (5, Field::Whole(count)) = (number, field) {
                    inside = usize::try_from(*count).ok()?;
                }
                Some(false)
            })?;
            children.push(inside);
        }
        Some(true)
    })?;
    let mut open: Vec<usize> = Vec::new();
    for (place, inside) in children.iter().enumerate() {
        while open.last() == Some(&0) {
            open.pop();
        }
        if let Some(left) = open.last_mut() {
            *left -= 1;
        }
        if *inside > children.len() - place || open.len() > DEEPEST {
            return None;
        }
        open.push(*inside);
    }
    Some(())
}

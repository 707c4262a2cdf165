//! Walks over Thrift's compact protocol, in which Parquet writes its index and the headers of its pages, and makes nothing
//! of it: only to see that the numbers in it are those of an honest file before the library makes room for them.

/// The most items of a list in an index: of row groups, of columns, of a schema's elements.
const MOST_ITEMS: usize = 64 << 10;
/// How deep structures lie in each other; those of Parquet are not half as deep.
const DEEPEST: usize = 16;

/// Reads bytes from their beginning.
#[derive(Debug, Clone)]
pub(super) struct Thrift<'a> {
    bytes: &'a [u8],
    depth: usize,
}

/// A field's value: a whole number is told, a list and a structure are to be walked over by whoever wants their inside.
pub(super) enum Field {
    Whole(i64),
    Struct,
    List { items: usize, kind: u8 },
    Other,
}

/// The kinds of values, as the protocol numbers them.
const TRUE: u8 = 1;
const FALSE: u8 = 2;
const BYTE: u8 = 3;
const WHOLE: [u8; 3] = [4, 5, 6];
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const SET: u8 = 10;
pub(super) const STRUCT: u8 = 12;

impl<'a> Thrift<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, depth: 0 }
    }

    /// The number of bytes that are not read yet.
    pub(super) fn left(&self) -> usize {
        self.bytes.len()
    }

    /// Walks over a structure. `take` is told each field's number and value; it says whether it has walked over the inside
    /// of a structure or a list itself. `None` where the bytes are no such structure.
    pub(super) fn structure(
        &mut self,
        take: &mut dyn FnMut(&mut Self, i64, &Field) -> Option<bool>,
    ) -> Option<()> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let mut number = 0_i64;
        loop {
            let head = self.byte()?;
            if head == 0 {
                self.depth -= 1;
                return Some(());
            }
            number = match head >> 4 {
                0 => self.whole()?,
                step => number.checked_add(step.into())?,
            };
            let kind = head & 15;
            let field = match kind {
                kind if WHOLE.contains(&kind) => Field::Whole(self.whole()?),
                STRUCT => Field::Struct,
                LIST | SET => {
                    let (items, kind) = self.list()?;
                    Field::List { items, kind }
                }
                // A field's truth is its kind.
                TRUE | FALSE => Field::Other,
                kind => {
                    self.skip(kind)?;
                    Field::Other
                }
            };
            if !take(self, number, &field)? {
                match field {
                    Field::Struct => self.skip(STRUCT)?,
                    Field::List { items, kind } => (0..items).try_for_each(|_| self.skip(kind))?,
                    Field::Whole(_) | Field::Other => {}
                }
            }
        }
    }

    fn skip(&mut self, kind: u8) -> Option<()> {
        match kind {
            TRUE | FALSE | BYTE => self.byte().map(drop),
            kind if WHOLE.contains(&kind) => self.varint().map(drop),
            DOUBLE => self.take(8),
            BINARY => {
                let length = usize::try_from(self.varint()?).ok()?;
                self.take(length)
            }
            STRUCT => self.structure(&mut |_, _, _| Some(false)),
            LIST | SET => {
                self.depth += 1;
                let (items, kind) = self.list().filter(|_| self.depth <= DEEPEST)?;
                (0..items).try_for_each(|_| self.skip(kind))?;
                self.depth -= 1;
                Some(())
            }
            // Parquet has no maps.
            _ => None,
        }
    }

    /// The number of items of a list, and their kind.
    fn list(&mut self) -> Option<(usize, u8)> {
        let head = self.byte()?;
        let items = match head >> 4 {
            15 => usize::try_from(self.varint()?).ok()?,
            items => items.into(),
        };
        // An item has at least a byte.
        (items <= MOST_ITEMS && items <= self.bytes.len()).then_some((items, head & 15))
    }

    fn take(&mut self, count: usize) -> Option<()> {
        self.bytes = self.bytes.get(count..)?;
        Some(())
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*first)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 127) << shift;
            if byte < 128 {
                return Some(value);
            }
        }
        None
    }

    /// A whole number, whose sign is its last bit.
    fn whole(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1) as i64 ^ -((value & 1) as i64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_of_a_structure_are_reported() {
        // 1: 5 (zigzag 10), 3: [7, 8], 4: {1: -1}, 5: "ab", 6: true
        let bytes = [0x15, 10, 0x29, 0x25, 14, 16, 0x1c, 0x15, 1, 0, 0x18, 2, b'a', b'b', 0x11, 0];
        let mut found = Vec::new();
        let mut thrift = Thrift::new(&bytes);
        let whole = thrift.structure(&mut |_, number, field| {
            if let Field::Whole(value) = field {
                found.push((number, *value));
            }
            Some(false)
        });
        assert_eq!((whole, found, thrift.left()), (Some(()), vec![(1, 5)], 0));
    }

    #[test]
    fn what_promises_more_than_is_there_is_refused() {
        let walk = |bytes: &[u8]| Thrift::new(bytes).structure(&mut |_, _, _| Some(false));
        assert_eq!(walk(&[0x18, 200, 1, b'a']), None);
        assert_eq!(walk(&[0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07]), None);
        assert_eq!(walk(&[0x1c; 100]), None);
        assert_eq!(walk(&[0x19, 0x19, 0x19]), None);
        assert_eq!(walk(&[0x15]), None);
    }
}

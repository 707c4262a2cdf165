//! Parses one row of JSON, once: an object whose names stand there once, and of it the cells that are needed.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::Value;
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::Cells;
use super::budget::MOST_COLUMNS;
use super::sink::Needed;

/// What is wrong with a row.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It is not JSON; the line is that in its own text, from 1.
    Syntax { line: usize, detail: String },
    /// It is JSON that is no row.
    NoRow(String),
}

impl Fault {
    fn new(error: &serde_json::Error) -> Self {
        let message = error.to_string();
        // The caller names the place.
        let detail = message.split(" at line ").next().unwrap_or(&message);
        // Python writes half of a letter as an escape, and no other program reads it.
        let is_half =
            ["lone leading surrogate in hex escape", "unexpected end of hex escape"].contains(&detail);
        let detail =
            if is_half { "a text has half of a letter (a surrogate such as \\ud83d alone)" } else { detail };
        let detail = detail.to_owned();
        match error.classify() {
            Category::Data => Self::NoRow(detail),
            _ => Self::Syntax { line: error.line().max(1), detail },
        }
    }

    /// The reason in words that follow "line N:".
    pub(super) fn reason(self) -> String {
        match self {
            Self::Syntax { detail, .. } => format!("it is not valid JSON: {detail}"),
            Self::NoRow(reason) => reason,
        }
    }
}

/// The needed cells of a row. Names that are not among the known ones are added to them, and to `added`, where there is room.
pub(super) fn cells(
    json: &str,
    needed: &Needed,
    known: &mut HashSet<String>,
    added: &mut Vec<String>,
) -> Result<Cells, Fault> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let cells = Row { needed, known, added }.deserialize(&mut deserializer);
    cells.and_then(|cells| deserializer.end().map(|()| cells)).map_err(|error| Fault::new(&error))
}

/// The names in a row's object; `None` where [`cells`] refuses it.
pub(super) fn names(json: &str) -> Option<Vec<String>> {
    let Names(names) = serde_json::from_str(json).ok()?;
    Some(names)
}

/// An object whose values are not parsed, in the order of its names.
pub(super) struct Outside<'a>(pub(super) Vec<(Cow<'a, str>, &'a RawValue)>);

/// Tells a value that is no object.
macro_rules! no_object {
    () => {
        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("an object")
        }
        fn visit_unit<E: serde::de::Error>(self) -> Result<Self::Value, E> {
            Err(E::custom("it is null, not an object"))
        }
        fn visit_bool<E: serde::de::Error>(self, _: bool) -> Result<Self::Value, E> {
            Err(E::custom("it is true or false, not an object"))
        }
        fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<Self::Value, E> {
            Err(E::custom("it is a number, not an object"))
        }
        fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<Self::Value, E> {
            Err(E::custom("it is a number, not an object"))
        }
        fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<Self::Value, E> {
            Err(E::custom("it is a number, not an object"))
        }
        fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<Self::Value, E> {
            Err(E::custom("it is text, not an object"))
        }
        fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<Self::Value, A::Error> {
            Err(A::Error::custom("it is a list, not an object"))
        }
    };
}

/// Reads a row: refuses a name that stands in it twice, because readers of JSON differ in which of the two they take.
struct Row<'n> {
    needed: &'n Needed,
    known: &'n mut HashSet<String>,
    added: &'n mut Vec<String>,
}

impl<'de> DeserializeSeed<'de> for Row<'_> {
    type Value = Cells;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cells, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Row<'_> {
    type Value = Cells;

    no_object!();

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Cells, A::Error> {
        let (mut cells, mut seen) = (Cells::new(), HashSet::new());
        while let Some(Name(name)) = map.next_key()? {
            if seen.len() == MOST_COLUMNS {
                return Err(A::Error::custom(format!("it has more than {MOST_COLUMNS} names")));
            }
            if self.known.len() < MOST_COLUMNS && !self.known.contains(name.as_ref()) {
                self.known.insert(name.to_string());
                self.added.push(name.to_string());
            }
            match self.needed.name(&name) {
                None => drop(map.next_value::<IgnoredAny>()?),
                Some(kept) => {
                    // Two names that differ in case only may mean one column.
                    if cells.insert(kept.to_owned(), map.next_value::<Value>()?).is_some() {
                        return Err(A::Error::custom(format!("it has two values called {kept:?}")));
                    }
                }
            }
            if let Some(twice) = seen.replace(name) {
                return Err(A::Error::custom(format!("it has two values called {twice:?}")));
            }
        }
        Ok(cells)
    }
}

/// A name in an object, borrowed from its text where no letter of it is escaped.
#[derive(PartialEq, Eq, Hash)]
struct Name<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Name<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit;
        impl<'de> Visitor<'de> for Visit {
            type Value = Name<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a name")
            }

            fn visit_borrowed_str<E: serde::de::Error>(self, name: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }
        deserializer.deserialize_str(Visit)
    }
}

/// The names of an object.
struct Names(Vec<String>);

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit;
        impl<'de> Visitor<'de> for Visit {
            type Value = Names;

            no_object!();

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Names, A::Error> {
                let mut names: Vec<String> = Vec::new();
                let mut seen = HashSet::new();
                while let Some((Name(name), IgnoredAny)) = map.next_entry()? {
                    if names.len() == MOST_COLUMNS || !seen.insert(name.clone()) {
                        return Err(A::Error::custom("too many names"));
                    }
                    names.push(name.into_owned());
                }
                Ok(Names(names))
            }
        }
        deserializer.deserialize_map(Visit)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Outside<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit;
        impl<'de> Visitor<'de> for Visit {
            type Value = Outside<'de>;

            no_object!();

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Outside<'de>, A::Error> {
                let mut entries = Vec::new();
                while let Some((Name(name), value)) = map.next_entry::<Name<'de>, &'de RawValue>()? {
                    if entries.len() == MOST_COLUMNS {
                        return Err(A::Error::custom("too many names"));
                    }
                    entries.push((name, value));
                }
                Ok(Outside(entries))
            }
        }
        deserializer.deserialize_map(Visit)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn cells(json: &str, needed: &Needed) -> Result<Cells, Fault> {
        super::cells(json, needed, &mut HashSet::new(), &mut Vec::new())
    }

    fn reason(json: &str) -> String {
        cells(json, &Needed::All).expect_err("a refusal").reason()
    }

    #[test]
    fn names_that_were_not_known_are_added_once() {
        let (mut known, mut added) = (HashSet::from(["a".to_owned()]), Vec::new());
        for json in ["{\"a\": 1, \"b\": 2}", "{\"b\": 1, \"c\": 2}"] {
            super::cells(json, &Needed::None, &mut known, &mut added).expect("a row");
        }
        assert_eq!(added, ["b", "c"]);
    }

    #[test]
    fn what_is_no_object_is_reported_by_its_kind() {
        for (json, kind) in
            [("null", "null"), ("[1]", "a list"), ("\"a\"", "text"), ("7.5", "a number"), ("-1", "a number")]
        {
            assert_eq!(reason(json), format!("it is {kind}, not an object"));
        }
        assert_eq!(reason("{\"a\": tru}"), "it is not valid JSON: expected ident");
        assert!(reason("{} {}").contains("trailing"));
        for half in ["\\ud83d", "\\ud83d and more", "\\ud83d\\u0041"] {
            assert!(reason(&format!("{{\"a\": \"{half}\"}}")).contains("half of a letter"), "{half}");
        }
        assert!(reason("{\"a\": 1, \"\\u0061\": 2}").contains("two values called \"a\""));
    }

    #[test]
    fn only_what_is_needed_is_made() {
        let needed = Needed::Some(BTreeMap::from([("Prompt".to_owned(), "prompt".to_owned())]));
        let row = cells("{\"x\": [1, {\"y\": 2}], \"Prompt\": \"p\"}", &needed).expect("a row");
        assert_eq!(row, Cells::from_iter([("prompt".to_owned(), Value::from("p"))]));
        let many: Vec<String> = (0..=MOST_COLUMNS).map(|name| format!("\"{name}\":0")).collect();
        assert!(reason(&format!("{{{}}}", many.join(","))).contains("more than 4096 names"));
    }
}

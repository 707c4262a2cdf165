//! JSON as far as a vector needs it: numbers are kept as f32 as soon as they are read, and the values of other programs'
//! keys are passed over unread.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{MAX_LAYERS, MAX_NUMBERS};

/// The names under which programs say to which place in a block a vector belongs.
pub(super) const PLACES: [&str; 4] = ["hook_point", "hook_name", "hookName", "hook"];

/// The names whose values are read, besides numbers of layers and [`PLACES`].
const KNOWN: [&str; 13] = [
    "layer",
    "vector",
    "name",
    "method",
    "model",
    "architecture",
    "model_fingerprint",
    "data_hash",
    "policy",
    "made_by",
    "seed",
    "settings",
    "made_from",
];

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Null,
    Whole(u64),
    Fraction(f64),
    Text(String),
    /// A list of numbers, which may be empty.
    Numbers(Vec<f32>),
    /// A list of other values.
    List(Vec<Node>),
    /// An object: the values of known names and of numbers of layers, and the other names.
    Entries {
        known: Vec<(String, Node)>,
        other: Vec<String>,
    },
    Truth,
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Visit)
    }
}

struct Visit;

impl<'de> Visitor<'de> for Visit {
    type Value = Node;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a vector")
    }

    fn visit_unit<E: Error>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Node, E> {
        Ok(Node::Truth)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Node, E> {
        Ok(Node::Whole(number))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Node, E> {
        Ok(Node::Fraction(number as f64))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Node, E> {
        Ok(Node::Fraction(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Node, A::Error> {
        let (mut numbers, mut items) = (Vec::new(), Vec::new());
        while let Some(item) = sequence.next_element::<Node>()? {
            match item {
                Node::Whole(number) => numbers.push(number as f64 as f32),
                Node::Fraction(number) => numbers.push(number as f32),
                other => items.push(other),
            }
            if !numbers.is_empty() && !items.is_empty() {
                return Err(A::Error::custom("a list of numbers and other things"));
            }
            if numbers.len() > MAX_NUMBERS || items.len() > MAX_LAYERS {
                return Err(A::Error::custom("a list that is longer than any vector"));
            }
        }
        Ok(if items.is_empty() { Node::Numbers(numbers) } else { Node::List(items) })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let (mut known, mut other) = (Vec::<(String, Node)>::new(), Vec::new());
        while let Some(name) = map.next_key::<String>()? {
            if known.len() > 2 * MAX_LAYERS || other.len() > 2 * MAX_LAYERS {
                return Err(A::Error::custom("an object with more names than a vector's"));
            }
            let is_known = KNOWN.contains(&name.as_str()) || PLACES.contains(&name.as_str());
            if is_known || name.parse::<usize>().is_ok() {
                // Readers differ in which of the two they take.
                if known.iter().any(|(one, _)| *one == name) {
                    return Err(A::Error::custom(format!("two values called {name:?}")));
                }
                known.push((name, map.next_value()?));
            } else {
                map.next_value::<IgnoredAny>()?;
                other.push(name);
            }
        }
        Ok(Node::Entries { known, other })
    }
}

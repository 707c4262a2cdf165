//! JSON files: `{"layer": 14, "vector": [0.25, ...]}`, a list of these, `{"14": [0.25, ...]}`, or numbers alone. Other
//! programs' keys are left out.

use serde::Serialize;

use super::contents::{Contents, Holds, listed};
use super::error::damaged;
use super::json_node::{Node, PLACES};
use super::{FileError, MAX_LAYERS, Provenance, Table, VectorFile};
use crate::steering::SteeringVector;

const FORMAT: &str = "JSON vector";
const MUST_BE: &str = "it must be {\"layer\": 14, \"vector\": [0.25, ...]} or a list of these";

/// One vector in the file. Numbers are written as f64 with all digits, so that rounding them to f32 gives the same bits.
#[derive(Serialize)]
struct Written<'a> {
    layer: usize,
    vector: Vec<f64>,
    #[serde(flatten)]
    provenance: &'a Provenance,
}

/// Parses the bytes of a file.
///
/// # Errors
/// Where the bytes are not JSON of a vector.
pub fn parse(bytes: &[u8]) -> Result<Contents, FileError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let node: Node = serde_json::from_slice(bytes).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        // serde_json says the place once more.
        let what = error.to_string();
        let what = what.split(" at line ").next().unwrap_or_default();
        damaged(FORMAT, place, format!("{what}; {MUST_BE}"))
    })?;
    let mut left_out = Vec::new();
    let mut contents = match node {
        Node::List(items) if items.iter().all(|item| matches!(item, Node::Entries { .. })) => {
            of_list(items, &mut left_out)?
        }
        Node::Numbers(_) | Node::List(_) => Contents::new(Holds::Table(table(&node)?), Provenance::default()),
        Node::Entries { known, other } => {
            left_out.extend(other);
            of_object(known, &mut left_out)?
        }
        _ => return Err(no_vector(MUST_BE)),
    };
    left_out.sort_unstable();
    left_out.dedup();
    if !left_out.is_empty() {
        contents.notes.push(format!("Left out: {}.", listed(left_out.iter().map(String::as_str))));
    }
    Ok(contents)
}

fn no_vector(detail: impl Into<String>) -> FileError {
    FileError::NotAVector { detail: detail.into() }
}

/// Numbers, or lists of numbers.
fn table(node: &Node) -> Result<Table, FileError> {
    match node {
        Node::Numbers(values) => Table::from_shape(&[values.len()], values.clone()),
        Node::List(rows) => {
            let numbers = |row: &Node| match row {
                Node::Numbers(values) => Some(values.clone()),
                _ => None,
            };
            let rows: Vec<Vec<f32>> =
                rows.iter().map(numbers).collect::<Option<_>>().ok_or_else(|| no_vector(MUST_BE))?;
            let size = rows.first().map_or(0, Vec::len);
            if rows.iter().any(|row| row.len() != size) {
                return Err(no_vector("its rows have different lengths"));
            }
            Table::from_shape(&[rows.len(), size], rows.concat())
        }
        _ => Err(no_vector(MUST_BE)),
    }
}

/// One vector with its layer, or lists of numbers by their layers.
fn of_object(known: Vec<(String, Node)>, left_out: &mut Vec<String>) -> Result<Contents, FileError> {
    let is_layer = |name: &str| name.parse::<usize>().is_ok();
    if known.iter().any(|(name, _)| name == "vector") {
        return of_entry(known, left_out);
    }
    let (layers, others): (Vec<_>, Vec<_>) = known.into_iter().partition(|(name, _)| is_layer(name));
    if layers.is_empty() {
        return Err(no_vector(MUST_BE));
    }
    let vector = |(name, node): (String, Node)| match (name.parse(), table(&node)?) {
        (Ok(layer), Table { rows: None, values }) => Ok(SteeringVector { layer, values: values.into() }),
        _ => Err(no_vector(format!("its {name:?} is a table, not one vector"))),
    };
    let vectors = layers.into_iter().map(vector).collect::<Result<_, FileError>>()?;
    let provenance = provenance(others, left_out);
    Ok(Contents::new(Holds::Layers(vectors), provenance))
}

fn of_list(items: Vec<Node>, left_out: &mut Vec<String>) -> Result<Contents, FileError> {
    let (mut vectors, mut notes, mut first) = (Vec::new(), Vec::new(), None);
    for item in items {
        let Node::Entries { known, other } = item else { return Err(no_vector(MUST_BE)) };
        left_out.extend(other);
        let contents = of_entry(known, left_out)?;
        let Holds::Layers(layers) = contents.holds else {
            return Err(no_vector("one of its vectors says no layer"));
        };
        vectors.extend(layers);
        notes.extend(contents.notes);
        first.get_or_insert(contents.provenance);
    }
    notes.dedup();
    let contents = Contents::new(Holds::Layers(vectors), first.unwrap_or_default());
    Ok(Contents { notes, ..contents })
}

/// A vector, its layer and where it comes from.
fn of_entry(known: Vec<(String, Node)>, left_out: &mut Vec<String>) -> Result<Contents, FileError> {
    let (mut vector, mut layer, mut rest) = (None, None, Vec::new());
    let mut elsewhere = None;
    for (name, node) in known {
        if let Node::Text(text) = &node
            && PLACES.contains(&name.as_str())
            && !text.ends_with("resid_post")
        {
            elsewhere = Some(format!(
                "Its {name:?} is {text:?}, and a vector is added behind a block here (resid_post): what \"resid_pre\" of a block names is behind the block before."
            ));
        }
        match name.as_str() {
            "vector" => vector = Some(table(&node)?),
            "layer" => layer = Some(node),
            _ => rest.push((name, node)),
        }
    }
    let vector = vector.ok_or_else(|| no_vector(MUST_BE))?;
    let mut contents = Contents::new(Holds::Table(vector), provenance(rest, left_out));
    contents.notes.extend(elsewhere);
    match layer.as_ref().map(layer_of) {
        None => Ok(contents),
        Some(DeclaredLayer::Layer(layer)) => Ok(contents.at_layer(layer)),
        Some(DeclaredLayer::Suggestion(layer)) => {
            contents.suggestion = Some(layer);
            Ok(contents)
        }
        Some(DeclaredLayer::Nonsense) => Err(no_vector(format!("its \"layer\" is no number; {MUST_BE}"))),
    }
}

/// What the value of "layer" says.
enum DeclaredLayer {
    Layer(usize),
    /// A text that begins with a number: programs name what was trained on a layer so.
    Suggestion(usize),
    Nonsense,
}

fn layer_of(node: &Node) -> DeclaredLayer {
    let whole = |number: f64| (number >= 0.0 && number.fract() == 0.0).then_some(number as usize);
    match node {
        Node::Whole(number) => DeclaredLayer::Layer(usize::try_from(*number).unwrap_or(usize::MAX)),
        Node::Fraction(number) => whole(*number).map_or(DeclaredLayer::Nonsense, DeclaredLayer::Layer),
        Node::Text(text) => {
            if let Ok(layer) = text.trim().parse() {
                return DeclaredLayer::Layer(layer);
            }
            let digits = text.split(|letter: char| !letter.is_ascii_digit()).next().unwrap_or_default();
            let layer = digits.parse().ok().filter(|layer| *layer < MAX_LAYERS);
            layer.map_or(DeclaredLayer::Nonsense, DeclaredLayer::Suggestion)
        }
        _ => DeclaredLayer::Nonsense,
    }
}

/// The provenance in a file's keys. What is of another type than ours is another program's, and left out.
fn provenance(known: Vec<(String, Node)>, left_out: &mut Vec<String>) -> Provenance {
    let mut texts = std::collections::BTreeMap::new();
    for (name, node) in known {
        match (name.as_str(), node) {
            (_, Node::Null) => {}
            (place, _) if PLACES.contains(&place) => left_out.push(name),
            ("seed", Node::Whole(seed)) => drop(texts.insert(name, seed.to_string())),
            (other, Node::Text(text)) if other != "seed" => drop(texts.insert(name, text)),
            _ => left_out.push(name),
        }
    }
    Provenance::from_texts(|key| texts.get(key).cloned())
}

/// Returns the bytes of the file.
///
/// # Errors
/// Never for a [`VectorFile`] made by [`VectorFile::new`]: all its numbers are finite.
pub fn write(file: &VectorFile) -> Result<Vec<u8>, FileError> {
    let entry = |vector: &SteeringVector| Written {
        layer: vector.layer,
        vector: vector.values.iter().map(|value| f64::from(*value)).collect(),
        provenance: &file.provenance,
    };
    let entries: Vec<Written> = file.vectors.iter().map(entry).collect();
    let written = match entries.as_slice() {
        [one] => serde_json::to_vec(one),
        several => serde_json::to_vec(several),
    };
    let mut bytes =
        written.map_err(|error| FileError::Inexpressible { format: "JSON", detail: error.to_string() })?;
    bytes.push(b'\n');
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_form_is_read() {
        let parse = |bytes: &[u8]| parse(bytes).and_then(|contents| contents.vectors(None, None));
        let file = parse(br#"{"layer": 14, "vector": [0.25, -1]}"#).unwrap();
        assert_eq!(file.vectors, [SteeringVector { layer: 14, values: [0.25, -1.0].into() }]);
        let file = parse(br#"[{"layer":2,"vector":[1]},{"layer":1,"vector":[3]}]"#).unwrap();
        assert_eq!(file.vectors.iter().map(|v| v.layer).collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn mistakes_are_named_with_their_place() {
        let message = |text: &str| {
            let read = parse(text.as_bytes()).and_then(|contents| contents.vectors(None, None));
            read.unwrap_err().to_string()
        };
        assert!(
            message("{\"layer\": 1,\n oops}").contains("line 2"),
            "{}",
            message("{\"layer\": 1,\n oops}")
        );
        assert!(message("[1, 2]").contains("does not say after which layer"));
        assert!(
            message("[[1, 2], [3]]").contains("different lengths") && message("{}").contains("it must be")
        );
        assert!(message(r#"{"layer": 1, "vector": []}"#).contains("no numbers"));
        assert!(message(r#"{"layer": 1, "vector": [1e39]}"#).contains("number 0"));
        assert!(message(r#"{"layer": -1, "vector": [1]}"#).contains("it must be"));
        assert!(message(r#"{"layer": 5000, "vector": [1]}"#).contains("no layer 5000"));
        for twice in [r#"{"layer": 1, "vector": [1], "layer": 2}"#, r#"{"1": [1], "1": [2]}"#] {
            assert!(message(twice).contains("two values called"), "{}", message(twice));
        }
    }

    #[test]
    fn what_other_programs_write_is_read_and_their_keys_are_left_out_and_reported() {
        let read = |text: &str| parse(text.as_bytes()).unwrap();
        let layers = |text: &str| -> Vec<usize> {
            read(text).vectors(None, None).unwrap().vectors.iter().map(|vector| vector.layer).collect()
        };
        assert_eq!(layers("\u{feff}{\"layer\": 1.0, \"vector\": [1, 2]}"), [1]);
        assert_eq!(layers(r#"{"layer": "3", "vector": [[1, 2]]}"#), [3]);
        assert_eq!(layers(r#"{"10": [1, 2], "12": [3, 4], "name": "n"}"#), [10, 12]);
        let odd = read(
            r#"{"layer": 1, "vector": [1], "seed": -1, "name": 3, "settings": {"lr": [1, {}]}, "coefficient": 4, "method": null}"#,
        );
        assert_eq!(odd.notes, [r#"Left out: "coefficient", "name", "seed", "settings"."#]);
        let before = read(r#"{"layer": 15, "vector": [1], "hook_point": "blocks.15.hook_resid_pre"}"#);
        assert!(before.notes[0].contains("resid_pre") && before.notes[1].contains("\"hook_point\""));
        let behind = read(r#"{"layer": 15, "vector": [1], "hook_name": "blocks.15.hook_resid_post"}"#);
        assert_eq!(behind.notes, [r#"Left out: "hook_name"."#]);
        let rows = read(r#"{"layer": 2, "vector": [[1, 2], [3, 4]]}"#);
        assert!(rows.notes[0].contains("layer 2 beside several vectors"), "{:?}", rows.notes);
        let named = read(r#"{"layer": "20-gemmascope-res-16k", "vector": [1]}"#);
        assert_eq!(named.suggestion, Some(20));
        assert!(matches!(named.vectors(None, None), Err(FileError::NoLayer { suggestion: Some(20) })));
        assert_eq!(
            read(r#"{"layer": 1, "vector": [1], "seed": 18446744073709551615}"#).provenance.seed,
            Some(u64::MAX)
        );
    }
}

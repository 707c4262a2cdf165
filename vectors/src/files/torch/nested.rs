//! Lists and dictionaries of tensors: which of them are the vectors, and which stand beside them.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::super::contents::{Contents, Holds, Tensor, are_layers, is_main, layer_of, listed};
use super::super::pickle::{Description, Saved};
use super::super::{FileError, Provenance};
use super::Storages;

/// The key of a vector's layer in a dictionary.
const LAYER: &str = "layer";

/// The keys under which programs keep their vectors beside other lists and dictionaries.
const VECTORS: [&str; 5] = ["vectors", "layers", "directions", "steering_vectors", "control_vectors"];

impl Storages<'_> {
    /// A list of tensors is a table: an item for each layer. A list of one is that one.
    pub(super) fn of_list(&mut self, items: Vec<Saved>) -> Result<Contents, FileError> {
        let mut tensors = Vec::new();
        for item in items {
            let Saved::Tensor(description) = item else {
                let detail = "it is a list of something other than tensors".into();
                return Err(FileError::NotAVector { detail });
            };
            tensors.push(self.tensor(String::new(), &description)?);
        }
        if let Some(other) = tensors.iter().find(|tensor| tensor.shape != tensors[0].shape) {
            let detail =
                format!("it is a list of tensors of the shapes {:?} and {:?}", tensors[0].shape, other.shape);
            return Err(FileError::NotAVector { detail });
        }
        let shape = tensors.first().map(|first| [&[tensors.len()], first.shape.as_slice()].concat());
        let whole = shape.map(|shape| Tensor {
            name: String::new(),
            shape,
            values: tensors.into_iter().flat_map(|tensor| tensor.values).collect(),
        });
        Contents::of_tensors(whole.into_iter().collect(), Provenance::default())
    }

    /// A dictionary of tensors by layers or by names. One with a single dictionary and no tensor in it stands around that, and
    /// so does one with a dictionary by layers beside tensors whose names say nothing.
    pub(super) fn of_dictionary(&mut self, mut entries: Vec<(String, Saved)>) -> Result<Contents, FileError> {
        let mut left_out = without_unnamed(&mut entries);
        let (mut tensors, mut layer, mut inside) = (Vec::new(), None, Vec::new());
        let (mut layers, mut seen) = (None, BTreeSet::new());
        for (name, value) in entries {
            if let Some(numbers) = whole_numbers(&value).filter(|_| are_layers(&name)) {
                layers = Some((name, numbers));
                continue;
            }
            match value {
                Saved::Tensor(description) => {
                    let Description { key, offset, shape, .. } = &description;
                    // One tensor under a second name is no second vector, unless the name is another layer's.
                    let place = (Rc::clone(key), *offset, shape.clone());
                    if layer_of(&name).is_none() && !seen.insert(place) {
                        left_out.push(name);
                        continue;
                    }
                    let tensor = self.tensor(name.clone(), &description);
                    match tensor {
                        // A count or a mask beside the vector is no vector.
                        Err(FileError::NotAVector { .. }) => left_out.push(name),
                        tensor => tensors.push(tensor?),
                    }
                }
                Saved::Integer(number) if name == LAYER => layer = Some(number),
                Saved::List(_) | Saved::Dict(_) => inside.push((name, value)),
                Saved::Integer(_) | Saved::Other => left_out.push(name),
            }
        }
        let mut contents = if tensors.is_empty() && !inside.is_empty() {
            self.of_inside(&mut inside)?
        } else {
            Contents::of_tensors(tensors, Provenance::default())?
        };
        if let Some((name, layers)) = layers {
            let (read, is_used) = contents.at_layers(&layers)?;
            contents = read;
            left_out.extend((!is_used).then_some(name));
        }
        left_out.extend(inside.into_iter().map(|(name, _)| name));
        if let Some(layer) = layer {
            contents = contents.at_layer(layer);
        }
        if !left_out.is_empty() {
            contents.notes.push(format!("Left out: {}.", listed(left_out.iter().map(String::as_str))));
        }
        Ok(contents)
    }

    /// The content of a dictionary without a tensor of its own, whose only list or dictionary, or the one that is named after
    /// vectors, or the one by layers, is taken out. Where all are dictionaries with a vector and its layer, as in the assistant axis' `vectors`,
    /// those are the layers.
    fn of_inside(&mut self, inside: &mut Vec<(String, Saved)>) -> Result<Contents, FileError> {
        // Lists of layers' numbers are called `layers` as well.
        let is_named = |(name, value): &(String, Saved)| {
            VECTORS.contains(&name.to_ascii_lowercase().as_str()) && has_tensors(value)
        };
        let mut named = if inside.len() == 1 {
            std::mem::take(inside)
        } else if inside.iter().any(is_named) {
            inside.extract_if(.., |entry| is_named(entry)).collect()
        } else {
            inside.extract_if(.., |(_, value)| is_by_layers(value)).collect()
        };
        if named.len() == 1
            && let Some((_, value)) = named.pop()
        {
            return self.contents(value);
        }
        inside.append(&mut named);
        let names = listed(inside.iter().map(|(name, _)| name.as_str()));
        let (mut layers, mut notes) = (Vec::new(), Vec::new());
        for (_, value) in inside.drain(..) {
            let contents = self.contents(value)?;
            let Holds::Layers(found) = contents.holds else {
                let detail = format!("it holds {names}, and one of them does not say its layer");
                return Err(FileError::NotAVector { detail });
            };
            layers.extend(found);
            notes.extend(contents.notes);
        }
        let mut contents = Contents::new(Holds::Layers(layers), Provenance::default());
        contents.notes.push(format!("Its vectors are named {names}: each is taken for the layer beside it."));
        contents.notes.extend(notes);
        Ok(contents)
    }
}

/// Takes the tensors whose names say neither a layer nor that they are the vector out of a dictionary that has one dictionary
/// by layers, and returns their names: sums and choices that programs keep beside the vectors that they are made of.
fn without_unnamed(entries: &mut Vec<(String, Saved)>) -> Vec<String> {
    let is_named = |(name, value): &(String, Saved)| {
        matches!(value, Saved::Tensor(_)) && (layer_of(name).is_some() || is_main(name))
    };
    let by_layers = entries.iter().filter(|(_, value)| is_by_layers(value)).count();
    if by_layers != 1 || entries.iter().any(is_named) {
        return Vec::new();
    }
    let unnamed = entries.extract_if(.., |(_, value)| matches!(value, Saved::Tensor(_)));
    unnamed.map(|(name, _)| name).collect()
}

/// Whether this is a dictionary of tensors by their layers.
fn is_by_layers(saved: &Saved) -> bool {
    let Saved::Dict(entries) = saved else { return false };
    let is_layer =
        |(name, value): &(String, Saved)| matches!(value, Saved::Tensor(_)) && layer_of(name).is_some();
    !entries.is_empty() && entries.iter().all(is_layer)
}

/// The numbers of a list of whole numbers; `None` where it is none, or empty.
fn whole_numbers(saved: &Saved) -> Option<Vec<usize>> {
    let Saved::List(items) = saved else { return None };
    let number = |item: &Saved| match item {
        Saved::Integer(number) => Some(*number),
        _ => None,
    };
    items.iter().map(number).collect::<Option<Vec<usize>>>().filter(|numbers| !numbers.is_empty())
}

/// Whether there is a tensor somewhere in it.
fn has_tensors(saved: &Saved) -> bool {
    match saved {
        Saved::Tensor(_) => true,
        Saved::List(items) => items.iter().any(has_tensors),
        Saved::Dict(entries) => entries.iter().any(|(_, value)| has_tensors(value)),
        Saved::Integer(_) | Saved::Other => false,
    }
}

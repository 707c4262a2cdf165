//! Lists and dictionaries of tensors: which of them are the vectors, and which stand beside them.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::super::contents::{Contents, Holds, Tensor, are_layers, is_main, layer_of, listed};
use super::super::pickle::{Description, Saved, Stored};
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
            if are_layers(&name)
                && let Some(numbers) = self.layers_in(&value)?
            {
                if let ([number], LAYER) = (numbers.as_slice(), name.as_str()) {
                    layer = Some(*number);
                } else {
                    layers = Some((name, numbers));
                }
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
                Saved::Integer(_) | Saved::Text(_) | Saved::Other => left_out.push(name),
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
    /// vectors, or the one by layers, is taken out. Where several are dictionaries with a vector and its layer, as in the
    /// assistant axis' `vectors`, those are the layers; of others a person names one. What is none of them stays in `inside`.
    fn of_inside(&mut self, inside: &mut Vec<(String, Saved)>) -> Result<Contents, FileError> {
        // Lists of layers' numbers are called `layers` as well.
        let is_named = |(name, value): &(String, Saved)| {
            VECTORS.contains(&name.to_ascii_lowercase().as_str()) && has_tensors(value)
        };
        let mut named: Vec<(String, Saved)> = if inside.len() == 1 {
            std::mem::take(inside)
        } else if inside.iter().any(is_named) {
            inside.extract_if(.., |entry| is_named(entry)).collect()
        } else {
            inside.extract_if(.., |(_, value)| is_by_layers(value)).collect()
        };
        if named.is_empty() {
            named = inside.extract_if(.., |(_, value)| has_tensors(value)).collect();
        }
        if named.len() == 1
            && let Some((_, value)) = named.pop()
        {
            return self.contents(value);
        }
        let are_by_layers = named.iter().any(|(_, value)| is_by_layers(value));
        let mut entries = Vec::with_capacity(named.len());
        for (name, value) in named {
            match self.contents(value) {
                Err(FileError::NotAVector { .. }) => inside.push((name, Saved::Other)),
                contents => entries.push((name, contents?)),
            }
        }
        if entries.len() < 2 {
            let only = entries.pop().map(|(_, contents)| contents);
            return only.map_or_else(|| Contents::of_tensors(Vec::new(), Provenance::default()), Ok);
        }
        if are_by_layers || !are_parts(&entries) {
            return Ok(Contents::several(entries, Provenance::default()));
        }
        let names = listed(entries.iter().map(|(name, _)| name.as_str()));
        let (mut layers, mut notes) = (Vec::new(), Vec::new());
        for (_, contents) in entries {
            notes.extend(contents.notes);
            if let Holds::Layers(found) = contents.holds {
                layers.extend(found);
            }
        }
        let mut contents = Contents::new(Holds::Layers(layers), Provenance::default());
        contents.notes.push(format!("Its vectors are named {names}: each is taken for the layer beside it."));
        contents.notes.extend(notes);
        Ok(contents)
    }

    /// The layers that a list or a tensor of whole numbers names; `None` where it is none, or empty.
    fn layers_in(&mut self, saved: &Saved) -> Result<Option<Vec<usize>>, FileError> {
        let items = match saved {
            Saved::List(items) => items,
            Saved::Tensor(description) => return self.whole_numbers(description),
            _ => return Ok(None),
        };
        let mut numbers = Vec::with_capacity(items.len());
        for item in items {
            match item {
                Saved::Integer(number) => numbers.push(*number),
                Saved::Tensor(description) => match self.whole_numbers(description)?.as_deref() {
                    Some([number]) => numbers.push(*number),
                    _ => return Ok(None),
                },
                _ => return Ok(None),
            }
        }
        Ok((!numbers.is_empty()).then_some(numbers))
    }
}

/// Whether these are parts of one vector: each is for layers that no other one has.
fn are_parts(entries: &[(String, Contents)]) -> bool {
    let mut seen = BTreeSet::new();
    entries.iter().all(|(_, contents)| match &contents.holds {
        Holds::Layers(vectors) => vectors.iter().all(|vector| seen.insert(vector.layer)),
        Holds::Table(_) | Holds::Several(_) => false,
    })
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

/// Whether there is a tensor of floats somewhere in it.
fn has_tensors(saved: &Saved) -> bool {
    match saved {
        Saved::Tensor(description) => matches!(description.kind, Stored::Floats(_)),
        Saved::List(items) => items.iter().any(has_tensors),
        Saved::Dict(entries) => entries.iter().any(|(_, value)| has_tensors(value)),
        Saved::Integer(_) | Saved::Text(_) | Saved::Other => false,
    }
}

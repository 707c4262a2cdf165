//! What a vector file holds, before it is decided which of its layers is meant: named tensors become vectors of layers, one
//! vector without a layer, or a table.

use super::{FileError, MAX_LAYERS, MAX_NUMBERS, Provenance, Table, VectorFile};
use crate::steering::SteeringVector;

/// The names under which programs keep the vector itself beside other tensors: means, projections, statistics.
pub const VECTOR_NAMES: [&str; 6] =
    ["vector", "axis", "direction", "steering_vector", "control_vector", "persona_vector"];
/// The marks between the parts of a tensor's name.
const MARKS: [char; 5] = ['.', '_', '-', '/', ' '];
/// The words that stand before a layer's number in a name.
const LAYER_WORDS: [&str; 4] = ["layer", "layers", "block", "blocks"];
/// The words that stand before a layer's number behind a dot, as in llama.cpp's `direction.14` and GPT-2's `h.14`. Behind another
/// mark the number may count directions: `direction_0`.
const DOTTED_WORDS: [&str; 3] = ["direction", "directions", "h"];
/// The note on such names in a file that is none of llama.cpp's.
const DIRECTIONS: &str =
    "The numbers of its directions were taken for layers, as in llama.cpp's control vectors (a guess).";
/// The names under which programs keep the layer of a vector, or the layers of a table's rows, beside it.
pub(super) const LAYER_LISTS: [&str; 7] =
    ["layer", "layers", "layer_id", "layer_ids", "layer_idx", "layer_index", "layer_indices"];
/// The most names in a message.
const MOST_NAMES: usize = 8;
/// The most names of vectors of which a person names one.
const MOST_ENTRIES: usize = 64;

/// The content of a vector file.
#[derive(Debug, Clone, PartialEq)]
pub struct Contents {
    /// The vectors.
    pub holds: Holds,
    /// Where they come from, according to the file.
    pub provenance: Provenance,
    /// What was left out or guessed, as sentences.
    pub notes: Vec<String>,
    /// The layer that something in the file suggests, where it names none.
    pub suggestion: Option<usize>,
}

/// The vectors of a file.
#[derive(Debug, Clone, PartialEq)]
pub enum Holds {
    /// Vectors whose layers the file names.
    Layers(Vec<SteeringVector>),
    /// One vector without a layer, or one row for each layer.
    Table(Table),
    /// Several of these under their names, of which a person names one.
    Several(Vec<(String, Contents)>),
}

/// A tensor of floats in a file.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tensor {
    pub(super) name: String,
    pub(super) shape: Vec<usize>,
    /// The numbers in C order.
    pub(super) values: Vec<f32>,
}

impl Contents {
    pub(super) fn new(holds: Holds, provenance: Provenance) -> Self {
        Self { holds, provenance, notes: Vec::new(), suggestion: None }
    }

    /// The content of a file of named tensors. Where the names of all say their layers, those are the vectors; else it is
    /// the only tensor, or the one whose name says that it is the vector.
    pub(super) fn of_tensors(mut tensors: Vec<Tensor>, provenance: Provenance) -> Result<Self, FileError> {
        if !tensors.is_empty() && tensors.iter().all(|tensor| layer_of(&tensor.name).is_some()) {
            let are_directions = ["direction.", "directions."]
                .iter()
                .any(|word| tensors.iter().any(|tensor| tensor.name.to_ascii_lowercase().contains(word)));
            let vectors = tensors.into_iter().map(Tensor::into_layer).collect::<Result<_, _>>()?;
            let mut contents = Self::new(Holds::Layers(vectors), provenance);
            if are_directions {
                contents.notes.push(DIRECTIONS.to_owned());
            }
            return Ok(contents);
        }
        if tensors.iter().any(|tensor| tensor.name.contains(".lora_")) {
            return Err(FileError::Foreign {
                kind: "an adapter in another format than peft's .safetensors",
                next: "save it with peft's save_pretrained",
            });
        }
        if tensors.len() > 1 {
            let main: Vec<usize> =
                (0..tensors.len()).filter(|place| is_main(&tensors[*place].name)).collect();
            let [place] = main[..] else { return Self::of_named(tensors, provenance) };
            let vector = tensors.remove(place);
            let left_out = listed(tensors.iter().map(|tensor| tensor.name.as_str()));
            let table = Table::from_shape(&vector.shape, vector.values)?;
            let mut contents = Self::new(Holds::Table(table), provenance);
            contents.notes.push(format!("{:?} is taken for the vector. Left out: {left_out}.", vector.name));
            return Ok(contents);
        }
        match tensors.pop() {
            Some(tensor) => Table::from_shape(&tensor.shape, tensor.values)
                .map(|table| Self::new(Holds::Table(table), provenance)),
            None => Err(FileError::NotAVector { detail: "there is no tensor in it".into() }),
        }
    }

    /// The content of a file whose tensors' names say neither layers nor which one is the vector: a person names one of them.
    fn of_named(tensors: Vec<Tensor>, provenance: Provenance) -> Result<Self, FileError> {
        let names = listed(tensors.iter().map(|tensor| tensor.name.as_str()));
        let entry = |tensor: Tensor| {
            let name = tensor.name.clone();
            let holds = if layer_of(&name).is_some() {
                Holds::Layers(vec![tensor.into_layer()?])
            } else {
                Holds::Table(Table::from_shape(&tensor.shape, tensor.values)?)
            };
            Ok::<_, FileError>((name, Self::new(holds, Provenance::default())))
        };
        let entries: Result<Vec<(String, Self)>, FileError> = tensors.into_iter().map(entry).collect();
        entries.map(|entries| Self::several(entries, provenance)).map_err(|_| {
            let detail = format!(
                "it has the tensors {names}, and their names say neither layers, as \"layer.14\" does, nor which one is the vector"
            );
            FileError::NotAVector { detail }
        })
    }

    /// Several contents under their names. Those that hold several themselves are named after both.
    pub(super) fn several(entries: Vec<(String, Self)>, provenance: Provenance) -> Self {
        let mut flat = Vec::with_capacity(entries.len());
        for (name, contents) in entries {
            let Self { holds, provenance, notes, suggestion } = contents;
            match holds {
                Holds::Several(inside) => flat.extend(inside.into_iter().map(|(inner, mut contents)| {
                    contents.notes.extend(notes.iter().cloned());
                    (format!("{name}.{inner}"), contents)
                })),
                holds => flat.push((name, Self { holds, provenance, notes, suggestion })),
            }
        }
        Self::new(Holds::Several(flat), provenance)
    }

    /// The one of several vectors that has this name, with what was said of the whole file.
    ///
    /// # Errors
    /// Where the file holds no vector under this name.
    pub fn entry(self, name: &str) -> Result<Self, FileError> {
        let Self { holds, provenance, mut notes, suggestion } = self;
        let Holds::Several(entries) = holds else {
            return Err(FileError::NoEntry { given: name.to_owned(), names: String::new() });
        };
        let names = entry_names(&entries);
        let Some((_, chosen)) = entries.into_iter().find(|(known, _)| known == name) else {
            return Err(FileError::NoEntry { given: name.to_owned(), names });
        };
        notes.push(format!("{name:?} was taken of {names}."));
        notes.extend(chosen.notes);
        let suggestion = suggestion.or(chosen.suggestion);
        Ok(Self { holds: chosen.holds, provenance, notes, suggestion })
    }

    /// The same with a layer that stands beside the vector.
    pub(super) fn at_layer(mut self, layer: usize) -> Self {
        self.holds = match self.holds {
            Holds::Table(Table { rows: None, values }) => {
                Holds::Layers(vec![SteeringVector { layer, values: values.into() }])
            }
            Holds::Several(entries) => {
                let at_layer = |(name, contents): (String, Self)| (name, contents.at_layer(layer));
                Holds::Several(entries.into_iter().map(at_layer).collect())
            }
            holds => {
                self.notes.push(format!("It says layer {layer} beside several vectors, which was not used."));
                holds
            }
        };
        self
    }

    /// The same with the layers of a table's rows, which stand beside it; and whether they were used.
    pub(super) fn at_layers(mut self, layers: &[usize]) -> Result<(Self, bool), FileError> {
        if let Holds::Several(entries) = self.holds {
            let (mut read, mut are_used) = (Vec::with_capacity(entries.len()), true);
            for (name, contents) in entries {
                let (contents, is_used) = contents.at_layers(layers)?;
                are_used &= is_used;
                read.push((name, contents));
            }
            self.holds = Holds::Several(read);
            return Ok((self, are_used));
        }
        let Holds::Table(table) = &self.holds else { return Ok((self, false)) };
        let vectors = match (table.rows, layers) {
            (None, [layer]) => vec![SteeringVector { layer: *layer, values: table.values.as_slice().into() }],
            (None, _) => return Ok((self, false)),
            (Some(rows), _) if rows == layers.len() => table.rows_at(layers),
            (Some(rows), _) => {
                let detail = format!("it names {} layers for {rows} rows", layers.len());
                return Err(FileError::NotAVector { detail });
            }
        };
        self.holds = Holds::Layers(vectors);
        Ok((self, true))
    }

    /// The vectors of `layer`, or of all layers. Where the file names none, `layer` is needed. In a table a model's number of
    /// blocks tells whether its first row is the embedding.
    ///
    /// # Errors
    /// Where the layer is missing or not in the file, the file holds several vectors of which none was named, or a number is
    /// not finite.
    pub fn vectors(self, layer: Option<usize>, blocks: Option<usize>) -> Result<VectorFile, FileError> {
        let mut notes = self.notes;
        let vectors = match self.holds {
            Holds::Layers(vectors) => vectors,
            Holds::Several(entries) => return Err(FileError::Several { names: entry_names(&entries) }),
            Holds::Table(Table { rows: None, values }) => {
                let vectors =
                    vec![SteeringVector { layer: layer.unwrap_or_default(), values: values.into() }];
                if layer.is_none() {
                    // Nobody is asked for the layer of numbers that are refused with any.
                    VectorFile::new(vectors, self.provenance)?;
                    return Err(FileError::NoLayer { suggestion: self.suggestion });
                }
                vectors
            }
            Holds::Table(table) => {
                let is_hidden = blocks.is_some_and(|blocks| table.rows == Some(blocks + 1));
                match (blocks, table.rows) {
                    (Some(blocks), Some(rows)) if rows < blocks => notes.push(format!(
                        "It has {rows} rows, and the model {blocks} layers: they were taken for the layers 0 to {} (a guess).",
                        rows - 1
                    )),
                    (None, Some(rows)) => notes.push(format!(
                        "It has {rows} rows and names no layers: they were taken for the layers 0 to {} (a guess); a model's number of layers may tell more.",
                        rows - 1
                    )),
                    _ => {}
                }
                if is_hidden {
                    notes.push(
                        "It has one row more than the model has layers: the first one was taken for the embedding's, as in \
                         hidden_states, and left out."
                            .to_owned(),
                    );
                    notes.push(
                        "The last row of hidden_states is taken behind the final norm: it is on another scale than the last \
                         layer's own output, where it would be added."
                            .to_owned(),
                    );
                }
                table.layers(usize::from(is_hidden))
            }
        };
        // Everything is checked before a part is taken.
        let mut file = VectorFile::new(vectors, self.provenance)?;
        file.notes = notes;
        if let Some(layer) = layer {
            let found = file.vectors.iter().map(|vector| vector.layer.to_string()).collect::<Vec<_>>();
            file.vectors.retain(|vector| vector.layer == layer);
            if file.vectors.is_empty() {
                return Err(FileError::OtherLayer { found: found.join(", "), given: layer });
            }
        }
        Ok(file)
    }
}

impl Tensor {
    /// The vector of the layer that the tensor's name says.
    fn into_layer(self) -> Result<SteeringVector, FileError> {
        let table = Table::from_shape(&self.shape, self.values)?;
        if let (Some(layer), None) = (layer_of(&self.name), table.rows) {
            return Ok(SteeringVector { layer, values: table.values.into() });
        }
        let detail = format!("the tensor {:?} has the shape {:?}, not [size]", self.name, self.shape);
        Err(FileError::NotAVector { detail })
    }
}

/// Counts the numbers that are read of a file, and refuses more than [`MAX_NUMBERS`].
#[derive(Debug, Default)]
pub(super) struct Count(usize);

impl Count {
    pub(super) fn add(&mut self, shape: &[usize]) -> Result<usize, FileError> {
        let numbers = shape.iter().try_fold(1_usize, |count, size| count.checked_mul(*size));
        let sum = numbers.and_then(|numbers| self.0.checked_add(numbers)).filter(|sum| *sum <= MAX_NUMBERS);
        self.0 = sum.ok_or(FileError::TooManyNumbers { limit: MAX_NUMBERS })?;
        Ok(numbers.unwrap_or_default())
    }
}

/// Whether a tensor's name says that it is the vector.
pub(super) fn is_main(name: &str) -> bool {
    let last = name.rsplit(['.', '/']).next().unwrap_or(name).to_ascii_lowercase();
    VECTOR_NAMES.contains(&last.as_str())
}

/// Whether numbers of this name are those of layers.
pub(super) fn are_layers(name: &str) -> bool {
    LAYER_LISTS.contains(&name.to_ascii_lowercase().as_str())
}

/// The layer that a tensor's name says: `layer.14`, `layers_14`, `model.layers.14`, `block_14`, `vec_layer14`, `14`, and
/// llama.cpp's `direction.14`. Any other number in a name may count anything: components, directions, vectors.
pub(super) fn layer_of(name: &str) -> Option<usize> {
    let lower = name.to_ascii_lowercase();
    let number = match lower.rfind(MARKS) {
        None => lower.parse().ok().or_else(|| lower.strip_prefix("layer")?.parse().ok()),
        Some(at) => {
            let (before, last) = (&lower[..at], &lower[at + 1..]);
            let word = before.rsplit(MARKS).next().unwrap_or_default();
            let is_dotted = lower[at..].starts_with('.') && DOTTED_WORDS.contains(&word);
            let is_layer = is_dotted || LAYER_WORDS.contains(&word);
            let number = || last.strip_prefix("layer")?.parse().ok();
            last.parse().ok().filter(|_| is_layer).or_else(number)
        }
    };
    number.filter(|layer| *layer < MAX_LAYERS)
}

/// Names in quotes, the first few of them.
pub(super) fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    at_most(MOST_NAMES, names)
}

/// The names of several vectors in quotes: a person chooses one of them.
fn entry_names(entries: &[(String, Contents)]) -> String {
    at_most(MOST_ENTRIES, entries.iter().map(|(name, _)| name.as_str()))
}

fn at_most<'a>(most: usize, names: impl Iterator<Item = &'a str>) -> String {
    let all: Vec<&str> = names.collect();
    let short = |name: &&str| format!("{:?}", name.chars().take(40).collect::<String>());
    let mut shown: Vec<String> = all.iter().take(most).map(short).collect();
    if all.len() > most {
        shown.push(format!("and {} more", all.len() - most));
    }
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tensor(name: &str, shape: &[usize]) -> Tensor {
        let count = shape.iter().product();
        Tensor {
            name: name.into(),
            shape: shape.to_vec(),
            values: (0..count).map(|value| 1.0 + value as f32).collect(),
        }
    }

    fn layers(tensors: &[Tensor], layer: Option<usize>) -> Result<Vec<usize>, FileError> {
        let contents = Contents::of_tensors(tensors.to_vec(), Provenance::default())?;
        let file = contents.vectors(layer, None)?;
        Ok(file.vectors.iter().map(|vector| vector.layer).collect())
    }

    #[test]
    fn names_say_their_layers() {
        for name in
            ["14", "layer.14", "layer_14", "layers.14", "model.layers.14", "direction.14", "vec_ep20_layer14"]
        {
            assert_eq!(layer_of(name), Some(14), "{name}");
        }
        for name in [
            "vector",
            "v_14",
            "layer.5000",
            "",
            "layer",
            "model.layers.14.bias",
            "direction_14",
            "layer_3_direction_14",
        ] {
            assert_eq!(layer_of(name), None, "{name}");
        }
        for name in ["pc_14", "pc.14", "vector.14", "component-14", "h_14", "14.5", "epoch 14"] {
            assert_eq!(layer_of(name), None, "{name}");
        }
    }

    #[test]
    fn counted_directions_are_no_layers() {
        for names in [["direction_0", "direction_1"], ["pc_0", "pc_1"], ["vector_0", "vector_1"]] {
            let two = names.map(|name| tensor(name, &[2]));
            assert!(matches!(layers(&two, None), Err(FileError::Several { .. })), "{names:?}");
            let one = [tensor(names[1], &[2])];
            assert!(matches!(layers(&one, None), Err(FileError::NoLayer { suggestion: None })), "{names:?}");
        }
        let of_llama_cpp = vec![tensor("direction.3", &[2])];
        let file =
            Contents::of_tensors(of_llama_cpp, Provenance::default()).unwrap().vectors(None, None).unwrap();
        assert_eq!((file.vectors[0].layer, file.notes), (3, vec![DIRECTIONS.to_owned()]));
    }

    #[test]
    fn one_layer_of_several_is_taken_where_it_is_named() {
        let two = [tensor("3", &[2]), tensor("5", &[1, 2])];
        assert_eq!(layers(&two, None).unwrap(), [3, 5]);
        assert_eq!(layers(&two, Some(5)).unwrap(), [5]);
        assert!(matches!(layers(&two, Some(4)), Err(FileError::OtherLayer { given: 4, .. })));
        let table = [tensor("vector", &[3, 2])];
        assert_eq!(layers(&table, Some(1)).unwrap(), [1]);
        assert!(layers(&[tensor("layer.1", &[2, 2])], None).unwrap_err().to_string().contains("[2, 2]"));
    }

    #[test]
    fn the_vector_beside_other_tensors_is_known_by_its_name_and_the_others_are_reported() {
        let axis = [tensor("axis", &[2, 2]), tensor("default_mean", &[2, 2]), tensor("role_mean", &[2, 2])];
        let contents = Contents::of_tensors(axis.to_vec(), Provenance::default()).unwrap();
        assert!(
            contents.notes[0].contains("\"axis\" is taken") && contents.notes[0].contains("\"role_mean\"")
        );
        assert_eq!(layers(&axis, Some(1)).unwrap(), [1]);
        let message = layers(&[tensor("a", &[2]), tensor("layer.2", &[2])], Some(1)).unwrap_err().to_string();
        assert!(message.contains("\"a\", \"layer.2\""), "{message}");
        assert!(layers(&[tensor("axis", &[2]), tensor("vector", &[2])], Some(1)).is_err());
        let odd = layers(&[tensor("a", &[2]), tensor("b", &[2, 3, 4])], Some(1)).unwrap_err().to_string();
        assert!(odd.contains("has the tensors \"a\", \"b\""), "{odd}");
        assert!(layers(&[], None).is_err());
        let adapter = [tensor("model.layers.0.self_attn.q_proj.lora_A.weight", &[2, 2])];
        assert!(layers(&adapter, Some(1)).unwrap_err().to_string().contains("save_pretrained"));
    }

    #[test]
    fn of_several_vectors_a_person_names_one() {
        let two = [tensor("joy", &[2]), tensor("fear", &[3, 2]), tensor("rage_layer4", &[2])];
        let contents = Contents::of_tensors(two.to_vec(), Provenance::default()).unwrap();
        let refused = contents.clone().vectors(Some(1), None).unwrap_err();
        assert!(matches!(&refused, FileError::Several { .. }), "{refused}");
        assert!(refused.to_string().contains("\"joy\", \"fear\", \"rage_layer4\""), "{refused}");
        let taken = |name: &str, layer| contents.clone().entry(name)?.vectors(layer, None);
        let joy = taken("joy", Some(1)).unwrap();
        assert_eq!(joy.vectors, [SteeringVector { layer: 1, values: [1.0, 2.0].into() }]);
        assert!(joy.notes[0].starts_with("\"joy\" was taken of"), "{:?}", joy.notes);
        assert_eq!(taken("fear", None).unwrap().vectors.len(), 3);
        assert_eq!(taken("rage_layer4", None).unwrap().vectors[0].layer, 4);
        let unknown = taken("hope", Some(1)).unwrap_err().to_string();
        assert!(unknown.contains("\"hope\"; there are \"joy\""), "{unknown}");
        let one = Contents::of_tensors(vec![tensor("joy", &[2])], Provenance::default()).unwrap();
        assert!(matches!(one.entry("joy"), Err(FileError::NoEntry { .. })));
        // What stands beside all of them is said of each.
        let at_seven = contents.clone().at_layer(7).entry("joy").unwrap().vectors(None, None).unwrap();
        assert_eq!(at_seven.vectors[0].layer, 7);
        let around = Contents::several(vec![("all".into(), contents)], Provenance::default());
        assert_eq!(around.entry("all.joy").unwrap().vectors(Some(2), None).unwrap().vectors[0].layer, 2);
    }

    #[test]
    fn a_number_that_is_not_finite_is_refused_before_a_layer_is_asked_for() {
        let broken = Tensor { name: "vector".into(), shape: vec![2], values: vec![1.0, f32::NAN] };
        assert!(matches!(layers(&[broken], None), Err(FileError::NotFinite { index: 1, .. })));
        assert!(matches!(layers(&[tensor("vector", &[2])], None), Err(FileError::NoLayer { .. })));
    }

    #[test]
    fn the_embedding_of_hidden_states_is_known_by_the_number_of_rows() {
        let contents = Contents::of_tensors(vec![tensor("", &[3, 2])], Provenance::default()).unwrap();
        let file = contents.clone().vectors(None, Some(2)).unwrap();
        assert_eq!(file.vectors.iter().map(|vector| vector.layer).collect::<Vec<_>>(), [0, 1]);
        assert_eq!(file.vectors[0].values.as_ref(), [3.0, 4.0]);
        assert!(file.notes[0].contains("embedding") && file.notes[1].contains("final norm"));
        let one = contents.clone().vectors(Some(1), Some(2)).unwrap();
        assert_eq!(one.vectors[0].values.as_ref(), [5.0, 6.0]);
        let as_many = contents.clone().vectors(None, Some(3)).unwrap();
        assert_eq!((as_many.vectors.len(), as_many.notes.len()), (3, 0));
        let fewer = contents.vectors(None, Some(7)).unwrap();
        assert!(fewer.notes[0].contains("layers 0 to 2 (a guess)"), "{:?}", fewer.notes);
        // Without a model every table is a guess, and one vector is none.
        let contents = Contents::of_tensors(vec![tensor("", &[3, 2])], Provenance::default()).unwrap();
        let without = contents.vectors(None, None).unwrap();
        assert!(without.notes[0].contains("layers 0 to 2 (a guess)"), "{:?}", without.notes);
        let one = Contents::of_tensors(vec![tensor("", &[2])], Provenance::default()).unwrap();
        assert_eq!(one.vectors(Some(3), None).unwrap().notes.len(), 0);
    }

    #[test]
    fn layers_beside_a_table_are_those_of_its_rows() {
        let contents = |shape: &[usize]| {
            Contents::of_tensors(vec![tensor("vectors", shape)], Provenance::default()).unwrap()
        };
        let (read, is_used) = contents(&[2, 3]).at_layers(&[10, 12]).unwrap();
        let file = read.vectors(None, None).unwrap();
        assert!(is_used && file.vectors.iter().map(|vector| vector.layer).eq([10, 12]));
        assert_eq!(file.vectors[1].values.as_ref(), [4.0, 5.0, 6.0]);
        assert!(contents(&[2, 3]).at_layers(&[10]).unwrap_err().to_string().contains("1 layers for 2 rows"));
        let (one, is_used) = contents(&[3]).at_layers(&[7]).unwrap();
        assert_eq!((is_used, one.vectors(None, None).unwrap().vectors[0].layer), (true, 7));
        assert!(!contents(&[3]).at_layers(&[7, 8]).unwrap().1);
        // One layer beside several rows is reported.
        assert!(contents(&[2, 3]).at_layer(1).notes[0].contains("layer 1 beside several vectors"));
    }
}

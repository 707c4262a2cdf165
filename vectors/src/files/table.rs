//! Numbers without layers: what formats hold that know nothing of steering.

use super::{FileError, MOST_LAYERS, Provenance, VectorFile};
use crate::steering::SteeringVector;

/// One row of numbers, or a row for each of a model's layers.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// `None` for one vector; else how many rows there are, row N for layer N, all zeros where nothing is added.
    pub rows: Option<usize>,
    /// The rows, one after another.
    pub values: Vec<f32>,
}

impl Table {
    /// Numbers of a shape.
    pub(super) fn shaped(shape: &[usize], values: Vec<f32>) -> Result<Self, FileError> {
        let refuse = |detail: String| Err(FileError::NotAVector { detail });
        let rows = match *shape {
            [_] | [1, _] => None,
            [rows, _] if rows > MOST_LAYERS => {
                return refuse(format!("{rows} rows are more than a model has layers"));
            }
            [rows, _] => Some(rows),
            _ => return refuse(format!("its shape is {shape:?}, a vector is [size] or [layers, size]")),
        };
        if values.is_empty() {
            return refuse(format!("its shape is {shape:?}"));
        }
        Ok(Self { rows, values })
    }

    /// Vectors as a table: one alone as it is, several as rows.
    pub(super) fn of(format: &'static str, vectors: &[SteeringVector]) -> Result<Self, FileError> {
        if let [one] = vectors {
            return Ok(Self { rows: None, values: one.values.to_vec() });
        }
        let refuse = |detail: String| Err(FileError::Inexpressible { format, detail });
        if let Some(zero) = vectors.iter().find(|vector| is_zero(&vector.values)) {
            return refuse(format!("the vector of layer {} is zero, which means none there", zero.layer));
        }
        let Some(last) = vectors.last() else { return refuse("there is no vector".into()) };
        let (rows, size) = (last.layer + 1, last.values.len());
        let mut values = vec![0.0; rows * size];
        for vector in vectors {
            values[vector.layer * size..][..size].copy_from_slice(&vector.values);
        }
        Ok(Self { rows: Some(rows), values })
    }

    /// The table's shape.
    pub(super) fn shape(&self) -> Vec<usize> {
        match self.rows {
            None => vec![self.values.len()],
            Some(rows) => vec![rows, self.values.len() / rows.max(1)],
        }
    }

    /// The vectors: a single one needs to be told its layer, rows must not be told another.
    ///
    /// # Errors
    /// Where the layer is missing or contradicts the rows, or a number is not finite.
    pub fn with_layer(self, layer: Option<usize>) -> Result<VectorFile, FileError> {
        let vectors = match (self.rows, layer) {
            (None, None) => return Err(FileError::NoLayer { suggestion: None }),
            (None, Some(layer)) => vec![SteeringVector { layer, values: self.values.into() }],
            (Some(rows), given) => {
                let size = self.values.len() / rows.max(1);
                let rows = self.values.chunks_exact(size.max(1)).enumerate();
                let some = rows.filter(|(_, row)| !is_zero(row));
                let vectors: Vec<_> =
                    some.map(|(layer, row)| SteeringVector { layer, values: row.into() }).collect();
                if let Some(given) = given
                    && vectors.iter().any(|vector| vector.layer != given)
                {
                    let found: Vec<String> = vectors.iter().map(|vector| vector.layer.to_string()).collect();
                    return Err(FileError::OtherLayer { found: found.join(", "), given });
                }
                vectors
            }
        };
        VectorFile::new(vectors, Provenance::default())
    }
}

fn is_zero(values: &[f32]) -> bool {
    values.iter().all(|value| *value == 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_a_layer_and_zeros_are_none() {
        let table = Table::shaped(&[3, 2], vec![0.0, 0.0, 1.0, 2.0, 0.0, 0.0]).unwrap();
        let file = table.clone().with_layer(None).unwrap();
        assert_eq!(file.vectors, [SteeringVector { layer: 1, values: [1.0, 2.0].into() }]);
        assert!(matches!(table.with_layer(Some(2)), Err(FileError::OtherLayer { given: 2, .. })));
    }

    #[test]
    fn one_row_must_be_told_its_layer() {
        let table = Table::shaped(&[2], vec![1.0, 2.0]).unwrap();
        assert!(matches!(table.clone().with_layer(None), Err(FileError::NoLayer { .. })));
        assert_eq!(table.with_layer(Some(4)).unwrap().vectors[0].layer, 4);
        assert!(Table::shaped(&[1, 2, 3], vec![0.0; 6]).is_err());
        assert!(Table::shaped(&[0], vec![]).is_err());
    }

    #[test]
    fn a_zero_vector_among_several_is_refused() {
        let vector = |layer, value: f32| SteeringVector { layer, values: [value].into() };
        assert!(Table::of("x", &[vector(0, 1.0), vector(3, 0.0)]).is_err());
        assert_eq!(Table::of("x", &[vector(0, 1.0), vector(3, 2.0)]).unwrap().shape(), [4, 1]);
    }
}

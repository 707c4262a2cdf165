//! A matrix of numbers without layer names: the content of array formats (`.npy`, `.pt`).

use super::{FileError, MAX_LAYERS, Provenance, VectorFile};
use crate::steering::SteeringVector;

/// One vector, or a matrix with one row for each layer.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// `None` for one vector; else the number of rows. Row N belongs to layer N; a zero row means no vector.
    pub rows: Option<usize>,
    /// The numbers, row by row.
    pub values: Vec<f32>,
}

impl Table {
    /// Numbers with the shape `[size]`, `[1, size]` or `[layers, size]`; other shapes are refused.
    pub(super) fn from_shape(shape: &[usize], values: Vec<f32>) -> Result<Self, FileError> {
        let refuse = |detail: String| Err(FileError::NotAVector { detail });
        let rows = match *shape {
            [_] | [1, _] => None,
            [rows, _] if rows > MAX_LAYERS => {
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

    /// Vectors as a table: a single one as `[size]`, several as rows. `format` is named in errors.
    pub(super) fn from_vectors(format: &'static str, vectors: &[SteeringVector]) -> Result<Self, FileError> {
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

    /// Returns the shape: `[size]` or `[layers, size]`.
    pub(super) fn shape(&self) -> Vec<usize> {
        match self.rows {
            None => vec![self.values.len()],
            Some(rows) => vec![rows, self.values.len() / rows.max(1)],
        }
    }

    /// Returns the vectors of the table. A single vector needs `layer`; a matrix must have no rows at other layers than
    /// `layer`.
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
    fn a_row_is_a_layer_and_a_zero_row_is_no_vector() {
        let table = Table::from_shape(&[3, 2], vec![0.0, 0.0, 1.0, 2.0, 0.0, 0.0]).unwrap();
        let file = table.clone().with_layer(None).unwrap();
        assert_eq!(file.vectors, [SteeringVector { layer: 1, values: [1.0, 2.0].into() }]);
        assert!(matches!(table.with_layer(Some(2)), Err(FileError::OtherLayer { given: 2, .. })));
    }

    #[test]
    fn one_row_needs_a_layer() {
        let table = Table::from_shape(&[2], vec![1.0, 2.0]).unwrap();
        assert!(matches!(table.clone().with_layer(None), Err(FileError::NoLayer { .. })));
        assert_eq!(table.with_layer(Some(4)).unwrap().vectors[0].layer, 4);
        assert!(Table::from_shape(&[1, 2, 3], vec![0.0; 6]).is_err());
        assert!(Table::from_shape(&[0], vec![]).is_err());
    }

    #[test]
    fn a_zero_vector_among_several_is_refused() {
        let vector = |layer, value: f32| SteeringVector { layer, values: [value].into() };
        assert!(Table::from_vectors("x", &[vector(0, 1.0), vector(3, 0.0)]).is_err());
        assert_eq!(Table::from_vectors("x", &[vector(0, 1.0), vector(3, 2.0)]).unwrap().shape(), [4, 1]);
    }
}

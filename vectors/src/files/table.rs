//! A matrix of numbers without layer names: the content of array formats (`.npy`, `.pt`).

use super::{FileError, MAX_LAYERS};
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
    /// Numbers with the shape `[size]` or `[layers, size]`. Dimensions of one do not count: `[size, 1]` is one vector, and
    /// `[layers, 1, size]` a table.
    pub(super) fn from_shape(shape: &[usize], values: Vec<f32>) -> Result<Self, FileError> {
        let refuse = |detail: String| Err(FileError::NotAVector { detail });
        let long: Vec<usize> = shape.iter().copied().filter(|size| *size != 1).collect();
        let rows = match (shape, long.as_slice()) {
            ([], _) => return refuse("it is a single number".into()),
            (_, [] | [_]) => None,
            (_, [rows, _]) if *rows > MAX_LAYERS => {
                return refuse(format!("{rows} rows are more than a model has layers"));
            }
            (_, [rows, _]) => Some(*rows),
            _ => return refuse(format!("its shape is {shape:?}, a vector is [size] or [layers, size]")),
        };
        if values.is_empty() {
            return refuse(format!("it has no numbers: its shape is {shape:?}"));
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
        if size == 1 {
            return refuse("vectors of one number for several layers look like one vector".into());
        }
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

    /// Returns a table's rows as the vectors of these layers.
    pub(super) fn rows_at(&self, layers: &[usize]) -> Vec<SteeringVector> {
        let size = self.values.len() / self.rows.unwrap_or(1).max(1);
        let rows = layers.iter().zip(self.values.chunks_exact(size.max(1)));
        rows.map(|(layer, row)| SteeringVector { layer: *layer, values: row.into() }).collect()
    }

    /// Returns the vectors of a table's rows; a row of zeros means none. The first row that is read, after `skipped` others, is that
    /// of layer 0.
    pub(super) fn layers(&self, skipped: usize) -> Vec<SteeringVector> {
        let size = self.values.len() / self.rows.unwrap_or(1).max(1);
        let rows = self.values.chunks_exact(size.max(1)).skip(skipped).enumerate();
        rows.filter(|(_, row)| !is_zero(row))
            .map(|(layer, row)| SteeringVector { layer, values: row.into() })
            .collect()
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
        assert_eq!(table.layers(0), [SteeringVector { layer: 1, values: [1.0, 2.0].into() }]);
        assert_eq!(table.layers(1), [SteeringVector { layer: 0, values: [1.0, 2.0].into() }]);
    }

    #[test]
    fn dimensions_of_one_do_not_count() {
        let rows = |shape: &[usize]| {
            let count = shape.iter().product();
            Table::from_shape(shape, vec![1.0; count]).map(|table| table.rows)
        };
        for shape in [&[6][..], &[6, 1], &[1, 6], &[1, 1, 6], &[1, 6, 1], &[1, 1]] {
            assert_eq!(rows(shape).unwrap(), None, "{shape:?}");
        }
        for shape in [&[2, 3][..], &[2, 1, 3], &[1, 2, 3]] {
            assert_eq!(rows(shape).unwrap(), Some(2), "{shape:?}");
        }
        for shape in [&[][..], &[0], &[2, 3, 4], &[2, 0], &[5000, 2]] {
            assert!(rows(shape).is_err(), "{shape:?}");
        }
    }

    #[test]
    fn a_zero_vector_among_several_is_refused() {
        let vector = |layer, value: f32| SteeringVector { layer, values: [value].into() };
        assert!(Table::from_vectors("x", &[vector(0, 1.0), vector(3, 0.0)]).is_err());
        let two = |layer, value: f32| SteeringVector { layer, values: [value, value].into() };
        assert_eq!(Table::from_vectors("x", &[two(0, 1.0), two(3, 2.0)]).unwrap().shape(), [4, 2]);
        assert!(Table::from_vectors("x", &[vector(0, 1.0), vector(3, 2.0)]).is_err());
    }
}

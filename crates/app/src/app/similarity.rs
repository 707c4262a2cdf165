//! Compares vectors by cosine similarity.

use ipc::command::CompareVectors;
use ipc::derive::Similarity;
use store::vectors as vector_rows;
use vectors::algebra::cosine_similarity;
use vectors::steering::SteeringVector;

use super::App;
use super::derive::check_vector;
use crate::Error;

/// The most vectors that one request compares, because nobody can read a larger matrix.
const MOST: usize = 64;

impl App {
    /// Returns the cosine similarity of every two vectors.
    ///
    /// # Errors
    /// Returns an error if there are too few or too many, one does not exist, or their hidden sizes differ.
    pub async fn compare_vectors(&self, request: CompareVectors) -> Result<Similarity, Error> {
        if !(2..=MOST).contains(&request.vectors.len()) {
            return Err(Error::invalid(
                format!("Two to {MOST} vectors can be compared at once."),
                "Choose as many.",
            ));
        }
        let mut all: Vec<Vec<SteeringVector>> = Vec::with_capacity(request.vectors.len());
        let mut first = None;
        for id in &request.vectors {
            let vector = vector_rows::find(self.state.store.read(), *id).await?;
            check_vector(&vector, "there is no angle")?;
            let (name, size) = first.get_or_insert_with(|| (vector.name.clone(), vector.size));
            if *size != vector.size {
                let message = format!(
                    "\u{201c}{name}\u{201d} has {size} numbers at a layer and \u{201c}{}\u{201d} has {}: there is no angle between them.",
                    vector.name, vector.size
                );
                return Err(Error::invalid(message, "Choose vectors of one hidden size."));
            }
            all.push(vector_rows::steering(self.state.store.read(), *id).await?.parts);
        }
        let mut layers: Vec<u32> = all.iter().flatten().map(|part| part.layer as u32).collect();
        layers.sort_unstable();
        layers.dedup();
        if let Some(layer) = request.layer {
            for parts in &mut all {
                parts.retain(|part| part.layer == layer as usize);
            }
        }
        let row = |v: &Vec<SteeringVector>| all.iter().map(|w| cosine_similarity(v, w)).collect();
        let part = |part: &SteeringVector| (part.layer as u32, part.norm());
        Ok(Similarity {
            layers,
            cosines: all.iter().map(row).collect(),
            parts: all.iter().map(|parts| parts.iter().map(part).collect()).collect(),
        })
    }
}

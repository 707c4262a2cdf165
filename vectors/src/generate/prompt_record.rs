//! What is recorded of a prompt while a session reads it: the end of every block's output, and the last row's projection.

use super::observed::Direction;
use crate::model::{Model, Stage};

/// What is recorded of a prompt.
pub(super) struct PromptRecord {
    width: usize,
    /// The output of every block for the prompt's end, `[blocks, hidden]`.
    pub(super) outputs: Vec<f32>,
    /// The same for the last row, where that is the answer's.
    begun: Option<Vec<f32>>,
    /// The projection of the last row.
    pub(super) projection: Option<f32>,
}

impl PromptRecord {
    pub(super) fn new(model: &Model, begun: usize) -> Self {
        let facts = model.facts();
        let outputs = vec![0.0; facts.blocks * facts.hidden_size];
        let begun = (begun > 0).then(|| outputs.clone());
        Self { width: facts.hidden_size, outputs, begun, projection: None }
    }

    /// Sees the prompt's end and the last row behind a block. They are the same row unless the answer has begun.
    pub(super) fn see(
        &mut self,
        block: usize,
        stage: Stage,
        [end, last]: [&[f32]; 2],
        along: Option<&Direction>,
    ) {
        match stage {
            Stage::Output => {
                let range = block * self.width..(block + 1) * self.width;
                self.outputs[range.clone()].copy_from_slice(end);
                if let Some(begun) = &mut self.begun {
                    begun[range].copy_from_slice(last);
                }
            }
            Stage::Edited => {
                if let Some(along) = along.filter(|along| along.layer == block) {
                    self.projection = Some(along.project(last));
                }
            }
        }
    }

    /// Projects the last row behind a block in which nothing acts.
    pub(super) fn project_in_trunk(&mut self, depth: usize, along: Option<&Direction>) {
        if let Some(along) = along.filter(|along| along.layer < depth) {
            let outputs = self.begun.as_ref().unwrap_or(&self.outputs);
            self.projection = Some(along.project(&outputs[along.layer * self.width..][..self.width]));
        }
    }

    /// Takes what the first blocks, in which nothing acts, gave in another sequence with the same prompt.
    pub(super) fn see_trunk(&mut self, other: &Self, depth: usize, along: Option<&Direction>) {
        let of_trunk = depth * self.width;
        self.outputs[..of_trunk].copy_from_slice(&other.outputs[..of_trunk]);
        if let (Some(own), Some(other)) = (&mut self.begun, &other.begun) {
            own[..of_trunk].copy_from_slice(&other[..of_trunk]);
        }
        self.project_in_trunk(depth, along);
    }
}

//! Projects the prompts of a data set on a vector, so that the threshold of a gate can be chosen.

use std::collections::BTreeSet;

use ipc::Id;
use ipc::analysis::Finding;
use store::{origins, vectors as vector_rows};
use vectors::score::prompt_projections;

use super::Work;
use crate::Error;
use crate::engine::job::{Interrupt, reporter};

pub(super) fn run(
    work: &mut Work<'_>,
    vector: Id,
    layer: u32,
    system_prompt: Option<&str>,
) -> Result<(), Interrupt> {
    if !work.findings.is_empty() {
        return Ok(());
    }
    let state = work.state;
    let (steering, trained) = state.block_on(async {
        let read = state.store.read();
        Ok::<_, Error>((
            vector_rows::steering(read, vector).await?,
            origins::system_prompt(read, vector).await?,
        ))
    })?;
    let direction = steering.direction(layer).ok_or(Error::Gone("direction of the gate"))?;
    let encoded = work.encoded(system_prompt.unwrap_or(&trained))?;
    // Several pairs may have the same prompt, which counts once.
    let mut known = BTreeSet::new();
    let all = encoded.train.into_iter().chain(encoded.held_out).map(|pair| pair.prompt);
    let prompts: Vec<Vec<u32>> = all.filter(|prompt| known.insert(prompt.clone())).collect();
    let mut progress = reporter(state, "Projecting prompts", "prompt");
    let found =
        prompt_projections(&work.model, &prompts, &direction.values, layer as usize, Some(&mut progress))?;
    let (largest, last) = found.iter().map(|one| (one.largest, one.last)).unzip();
    work.found(Finding::Projections { largest, last })?;
    Ok(())
}

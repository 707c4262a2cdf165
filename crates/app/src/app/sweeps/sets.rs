//! Stores the present content of the sets that a sweep is measured on.

use data::content::{Snapshot, measured};
use ipc::sweep::PromptSet;
use sqlx::SqliteConnection;
use store::sweeps::SweepSet;
use store::{data_sets, pairs, snapshots};

use crate::Error;
use crate::app::training::check_pairs;
use crate::engine::sweep::prompts_as_pairs;

/// Stores the present content of a set, and sets its name.
pub(in crate::app) async fn save_set(
    db: &mut SqliteConnection,
    set: &mut PromptSet,
    shots: u32,
    seed: Option<u64>,
) -> Result<SweepSet, Error> {
    let (contents, data_set) = match set {
        PromptSet::HeldOut { data_set, name } => {
            let row = data_sets::find(&mut *db, *data_set).await?;
            let contents = measured(&pairs::contents(&mut *db, *data_set).await?, shots, seed);
            check_pairs(&contents)?;
            name.clone_from(&row.name);
            if row.train < shots {
                let has = match row.train {
                    1 => "1 training pair".to_owned(),
                    many => format!("{many} training pairs"),
                };
                let message = format!(
                    "{shots} worked examples are to be taken from the {has} of \u{201c}{name}\u{201d}."
                );
                return Err(Error::invalid(
                    message,
                    "Take fewer examples, or add training pairs under Data.",
                ));
            }
            if row.held_out == 0 {
                let message = format!(
                    "No pair of \u{201c}{name}\u{201d} is held out, so there is nothing to measure on."
                );
                return Err(Error::invalid(message, "Mark some pairs as held out under Data."));
            }
            (contents, Some(*data_set))
        }
        PromptSet::Answers { prompts, answers, .. } => {
            if prompts.is_empty() || prompts.len() != answers.len() {
                return Err(Error::invalid(
                    "There is no answer to each prompt.",
                    "Give a prompt and its answer, one pair at least.",
                ));
            }
            (prompts_as_pairs(prompts), None)
        }
        PromptSet::List { name, prompts } => {
            prompts.retain(|prompt| !prompt.trim().is_empty());
            if prompts.is_empty() {
                return Err(Error::invalid("The list of prompts is empty.", "Type at least one prompt."));
            }
            if name.trim().is_empty() {
                "Prompts".clone_into(name);
            }
            (prompts_as_pairs(prompts), None)
        }
    };
    let snapshot = Snapshot::new(&contents)?;
    snapshots::insert(db, &snapshot).await?;
    Ok(SweepSet { data_set, snapshot: snapshot.hash })
}

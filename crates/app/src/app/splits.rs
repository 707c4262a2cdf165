//! Splits a data set into training pairs and held-out pairs.

use data::split;
use ipc::command::{PlanSplit, SplitPairs};
use ipc::data::{Edited, Pair, PairContent};
use ipc::split::{SplitPlan, SplitSettings};
use store::edits::Step;
use store::{data_sets, pairs};

use super::App;
use super::models::blocking;
use crate::{Error, clock};

impl App {
    /// Returns what a split would change.
    ///
    /// # Errors
    /// Returns an error if the data set does not exist, the share is not between 0 and 1, or the store cannot be read.
    pub async fn plan_split(&self, request: PlanSplit) -> Result<SplitPlan, Error> {
        check(&request.settings)?;
        data_sets::find(self.state.store.read(), request.data_set).await?;
        let all = pairs::list(self.state.store.read(), request.data_set).await?;
        blocking(move || split::plan(&all, &request.settings)).await
    }

    /// Splits a data set. Returns `None` if the split changes nothing.
    ///
    /// # Errors
    /// Returns an error if the data set does not exist, the share is not between 0 and 1, or the store cannot be
    /// written.
    pub async fn split_pairs(&self, request: SplitPairs) -> Result<Option<Edited>, Error> {
        check(&request.settings)?;
        data_sets::find(self.state.store.read(), request.data_set).await?;
        self.edit(request.data_set, async move |db| {
            let all = pairs::list(&mut *db, request.data_set).await?;
            let (all, splits) = blocking(move || {
                let splits = split::split(&all, &request.settings);
                (all, splits)
            })
            .await?;
            let now = clock::now();
            let (mut step, mut put) = (Step::new("Split the data set"), vec![]);
            for (before, split) in all.into_iter().zip(splits) {
                if before.content.split != split {
                    let content = PairContent { split, ..before.content.clone() };
                    let after = Pair { content, changed: now, ..before.clone() };
                    step.changed(&before, &after)?;
                    put.push(after);
                }
            }
            pairs::put_all(db, &put).await?;
            if step.is_empty() { Ok(None) } else { Ok(Some(step.note(db, request.data_set, now).await?)) }
        })
        .await
    }
}

fn check(settings: &SplitSettings) -> Result<(), Error> {
    if (0.0..=1.0).contains(&settings.share) {
        return Ok(());
    }
    Err(Error::invalid("The share must be between 0 % and 100 %.", "Change the share."))
}

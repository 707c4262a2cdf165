//! Lists the pairs of a data set: it filters them and reads the rows that the window shows.

use std::collections::HashMap;

use data::pair_index::{MANY, PairIndex, excerpt};
use ipc::Id;
use ipc::command::{FindPairs, ReadPair, ReadRows};
use ipc::data::Pair;
use ipc::list::{Found, PairRow};
use store::edits::ChangedPairs;
use store::{data_sets, pairs};

use super::App;
use super::models::blocking;
use crate::Error;

/// The most rows that one request can read.
const MOST_ROWS: usize = 500;

impl App {
    /// Returns the pairs of a data set that match a filter.
    ///
    /// # Errors
    /// Returns an error if the data set does not exist or the store cannot be read.
    pub async fn find_pairs(&self, request: FindPairs) -> Result<Found, Error> {
        self.with_list(request.data_set, move |index| index.find(&request.filter)).await
    }

    /// Returns pairs as rows of the list.
    ///
    /// # Errors
    /// Returns an error if the data set does not exist, too many rows are asked for, or the store cannot be read.
    pub async fn read_rows(&self, request: ReadRows) -> Result<Vec<PairRow>, Error> {
        if request.pairs.len() > MOST_ROWS {
            return Err(Error::invalid("So many rows cannot be read at once.", "Ask for fewer."));
        }
        let found = pairs::find_all(self.state.store.read(), request.data_set, &request.pairs).await?;
        let mut found: HashMap<Id, Pair> = found.into_iter().map(|pair| (pair.id, pair)).collect();
        self.with_list(request.data_set, move |index| {
            let row = |pair: Pair| {
                let (line, field) = excerpt(&pair.content, &request.text);
                PairRow {
                    id: pair.id,
                    number: index.number(pair.id),
                    line,
                    field,
                    split: pair.content.split,
                    tags: pair.content.tags,
                    marks: index.marks(pair.id),
                    tokens: index.tokens(pair.id),
                }
            };
            request.pairs.iter().filter_map(|id| found.remove(id)).map(row).collect()
        })
        .await
    }

    /// Returns one pair.
    ///
    /// # Errors
    /// Returns an error if the pair does not exist or the store cannot be read.
    pub async fn read_pair(&self, request: ReadPair) -> Result<Pair, Error> {
        self.pair(request.pair).await
    }

    /// Works with the index of a data set, and builds the index if it is not in memory.
    pub(super) async fn with_list<T: Send + 'static>(
        &self,
        data_set: Id,
        work: impl FnOnce(&mut PairIndex) -> T + Send + 'static,
    ) -> Result<T, Error> {
        let mut work = Some(work);
        loop {
            if !self.state.pair_index.is_of(data_set) {
                self.make_list(data_set).await?;
            }
            let state = self.state.clone();
            let Some(this) = work.take() else { return Err(Error::Gone("data set")) };
            let done = blocking(move || {
                let mut this = Some(this);
                let done = state.pair_index.with(data_set, |index| this.take().map(|work| work(index)));
                (done.flatten(), this)
            });
            // Another data set may have replaced this index meanwhile.
            match done.await? {
                (Some(done), _) => return Ok(done),
                (None, this) => work = this,
            }
        }
    }

    async fn make_list(&self, data_set: Id) -> Result<(), Error> {
        // No edit may happen between the reading of the pairs and the storing of the index.
        let _change = self.state.events.change().await;
        if self.state.pair_index.is_of(data_set) {
            return Ok(());
        }
        data_sets::find(self.state.store.read(), data_set).await?;
        let all = pairs::list(self.state.store.read(), data_set).await?;
        let index = blocking(move || PairIndex::new(data_set, &all)).await?;
        self.state.pair_index.set(index);
        Ok(())
    }

    /// Applies an edit to the index, if it is in memory. Call this inside the change, after the commit.
    pub(super) async fn refresh_list(&self, data_set: Id, touched: &ChangedPairs) -> Result<(), Error> {
        if !self.state.pair_index.is_of(data_set) {
            return Ok(());
        }
        if touched.pairs.len() > MANY {
            self.state.pair_index.forget(data_set);
            return Ok(());
        }
        let now = pairs::find_all(self.state.store.read(), data_set, &touched.pairs).await?;
        self.state.pair_index.with(data_set, |index| index.refresh(&touched.pairs, &now, touched.order));
        Ok(())
    }
}

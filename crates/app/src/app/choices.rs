//! Shows pairs as choices between (A) and (B), converts data sets between both forms, and writes CAA's file.

use std::sync::Arc;

use data::choices::to_pair;
use ipc::choices::{Choice, ChoiceForm};
use ipc::command::{ConvertChoices, ExportChoices, ReadChoice};
use ipc::data::{DataSet, PairContent};
use ipc::event::Event;
use ipc::files::Access;
use store::{data_sets, pairs};

use super::App;
use super::models::blocking;
use crate::choices::{choices, to_choices};
use crate::{Error, atomic_write, clock};

impl App {
    /// Returns a pair as the choice that contrastive activation addition trains on with this seed. The letters are
    /// drawn in the order of the pairs of its split.
    ///
    /// # Errors
    /// Returns an error if the pair does not exist or the store cannot be read.
    pub async fn read_choice(&self, request: ReadChoice) -> Result<Choice, Error> {
        let read = self.state.store.read();
        let pair = pairs::find(read, request.pair).await?.ok_or(Error::Gone("pair"))?;
        let mut all = pairs::list(read, pair.data_set).await?;
        all.retain(|other| other.content.split == pair.content.split);
        let place = all.iter().position(|other| other.id == pair.id).ok_or(Error::Gone("pair"))?;
        // Later pairs do not influence this pair's draw.
        let contents: Vec<PairContent> = all.into_iter().take(place + 1).map(|pair| pair.content).collect();
        let choice = choices(&contents, request.seed).pop().ok_or(Error::Gone("pair"))?;
        Ok(Choice { question: choice.question, wanted: choice.wanted, opposite: choice.opposite })
    }

    /// Makes a data set from another one's pairs as choices, or from its choices as pairs. Pairs that are not choices
    /// stay as they are.
    ///
    /// # Errors
    /// Returns an error if the data set does not exist, none of its pairs is a choice, or the store cannot be written.
    pub async fn convert_choices(&self, request: ConvertChoices) -> Result<DataSet, Error> {
        let read = self.state.store.read();
        let from = data_sets::find(read, request.data_set).await?;
        let contents = pairs::contents(read, request.data_set).await?;
        let (name, turned) = match request.form {
            ChoiceForm::Choices => {
                // Each split has draws of its own, because it is trained on or measured by itself.
                let mut turned = contents.clone();
                for split in [ipc::data::Split::Train, ipc::data::Split::HeldOut] {
                    let places: Vec<usize> =
                        (0..contents.len()).filter(|at| contents[*at].split == split).collect();
                    let of_split: Vec<PairContent> = places.iter().map(|at| contents[*at].clone()).collect();
                    for (at, choice) in places.into_iter().zip(to_choices(&of_split, request.seed)) {
                        turned[at] = choice;
                    }
                }
                (format!("{} as choices", from.name), turned)
            }
            ChoiceForm::Pairs => {
                let turned: Vec<Option<PairContent>> = contents.iter().map(to_pair).collect();
                if turned.iter().all(Option::is_none) {
                    return Err(Error::invalid(
                        "None of these pairs is a choice between (A) and (B).",
                        "Choose a data set whose prompts end with both answers and whose answers are letters.",
                    ));
                }
                let kept =
                    contents.into_iter().zip(turned).map(|(as_it_was, turned)| turned.unwrap_or(as_it_was));
                (format!("{} as pairs", from.name), kept.collect())
            }
        };
        if turned.is_empty() {
            return Err(Error::invalid("There are no pairs to turn.", "Add pairs under Data."));
        }
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let id =
            data_sets::insert(&mut db, self.state.project(), &name, &from.description, clock::now()).await?;
        data_sets::set_rubric(&mut db, id, from.rubric.as_ref()).await?;
        pairs::append(&mut db, id, turned, clock::now()).await?;
        let data_set = data_sets::find(&mut *db, id).await?;
        db.commit().await?;
        change.send(&Event::DataSet(data_set.clone()));
        Ok(data_set)
    }

    /// Writes pairs as CAA's JSON, and returns their number.
    ///
    /// # Errors
    /// Returns an error if the data set does not exist, no pair is left, a file is there that may not be replaced, or
    /// it cannot be written.
    pub async fn export_choices(&self, request: ExportChoices) -> Result<u32, Error> {
        let path = self.state.permissions.file(&request.file, Access::Write)?;
        atomic_write::check_free(&path, request.replace)?;
        data_sets::find(self.state.store.read(), request.data_set).await?;
        let mut contents = pairs::contents(self.state.store.read(), request.data_set).await?;
        contents.retain(|pair| request.split.is_none_or(|split| pair.split == split));
        if contents.is_empty() {
            return Err(Error::invalid("There are no pairs to export.", "Choose other pairs."));
        }
        let state = Arc::clone(&self.state);
        blocking(move || {
            state.exports.write(&path, &caa_json(&contents, request.seed), request.replace)?;
            Ok(contents.len() as u32)
        })
        .await?
    }
}

/// Writes CAA's file: a list of questions whose answers are letters after a blank, as the method's authors write them.
/// Pairs that are choices already keep their letters.
fn caa_json(pairs: &[PairContent], seed: u64) -> Vec<u8> {
    let turned = pairs.iter().zip(to_choices(pairs, seed)).map(|(pair, choice)| {
        let choice = if to_pair(pair).is_some() { pair } else { &choice };
        serde_json::json!({
            "question": choice.prompt,
            "answer_matching_behavior": format!(" {}", choice.wanted.trim()),
            "answer_not_matching_behavior": format!(" {}", choice.opposite.trim()),
        })
    });
    let list: Vec<serde_json::Value> = turned.collect();
    let mut text = serde_json::to_vec_pretty(&list).unwrap_or_default();
    text.push(b'\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use data::data_files::{DataFile, Format};

    #[test]
    fn caas_file_is_read_back_as_choices() {
        let pair = |prompt: &str| PairContent {
            prompt: prompt.into(),
            wanted: "Yes \"now\"".into(),
            opposite: "不".into(),
            ..PairContent::default()
        };
        let file = DataFile::parse(&caa_json(&[pair("One?"), pair("Two?")], 3), None).expect("a data file");
        assert_eq!((file.format, file.rows.len()), (Format::Caa, 2));
        let back = PairContent {
            prompt: file.rows[0].prompt.clone(),
            wanted: file.rows[0].wanted.clone(),
            opposite: file.rows[0].opposite.clone(),
            ..PairContent::default()
        };
        assert_eq!(
            to_pair(&back).map(|back| (back.wanted, back.opposite)),
            Some(("Yes \"now\"".into(), "不".into()))
        );
    }
}

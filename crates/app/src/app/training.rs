//! Starts training runs, estimates their cost, and reads their curves.

use data::content::Snapshot;
use ipc::command::{DefaultSettings, EstimateTraining, ReadHistory, RenameRun, Train};
use ipc::data::{DataSet, PairContent};
use ipc::event::Event;
use ipc::model::ModelFacts;
use ipc::steering::Positions;
use ipc::train::{Estimate, History, Method, Preset, Run, TrainPrecision, TrainSettings};
use ipc::{Code, Failure, Id};
use store::runs::{self, NewRun};
use store::{data_sets, epoch_vectors, epochs, jobs, models, pairs, snapshots, steps};
use vectors::train::{Setting, TrainError, memory_estimate};

use super::App;
use super::models::blocking;
use crate::engine::encode::{Encoded, tokens};
use crate::engine::models::check_asked;
use crate::engine::queue::say_job;
use crate::{Error, clock, defaults, memory};

/// The cost of a forward pass, as a share of the cost of a step's forward and backward pass.
const FORWARD_SHARE: f64 = 0.5;

impl App {
    /// Renames a run.
    ///
    /// # Errors
    /// Returns an error if the run does not exist, the name is empty or the store cannot be written.
    pub async fn rename_run(&self, request: RenameRun) -> Result<Run, Error> {
        let name = request.name.trim();
        if name.is_empty() {
            return Err(Error::invalid("A run needs a name.", "Type one."));
        }
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        runs::find(&mut *db, request.run).await?;
        runs::rename(&mut db, request.run, name).await?;
        let run = runs::find(&mut *db, request.run).await?;
        db.commit().await?;
        change.send(&Event::Run(run.clone()));
        Ok(run)
    }

    /// Returns the settings that a new run starts from.
    ///
    /// # Errors
    /// Returns an error if the model or the data set does not exist, or nothing is known about the model yet.
    pub async fn default_settings(&self, request: DefaultSettings) -> Result<TrainSettings, Error> {
        let data_set = data_sets::find(self.state.store.read(), request.data_set).await?;
        let facts = self.facts(request.model).await?;
        Ok(match request.preset {
            Preset::Small => defaults::settings(facts.blocks, data_set.train),
            Preset::Paper => {
                let model = models::find(self.state.store.read(), request.model).await?;
                let is_mistral = defaults::is_mistral(&facts.family, &facts.architecture, &model.name);
                defaults::as_published(facts.blocks, is_mistral, data_set.train)
            }
        })
    }

    /// Estimates the time and the memory that a run would take.
    ///
    /// # Errors
    /// Returns an error if the model is not in memory, or it or the data set cannot be used with these settings.
    pub async fn estimate_training(&self, request: EstimateTraining) -> Result<Estimate, Error> {
        let model = self.state.models.get(request.model)?;
        let row = models::find(self.state.store.read(), request.model).await?;
        let pairs = pairs::contents(self.state.store.read(), request.data_set).await?;
        check(&request.settings, &self.facts(request.model).await?)?;
        let limit = memory::Limit::of(&self.state).await?;
        let (state, settings) = (self.state.clone(), request.settings);
        blocking(move || {
            let pairs = state.encodings.get(&model, &settings.system_prompt, &pairs)?;
            let needed = memory_estimate(&model, &pairs.train, &pairs.held_out, &settings);
            let weights = model.weight_bytes();
            let unpacked = match settings.precision {
                TrainPrecision::Stored | TrainPrecision::Bf16 => 0,
                TrainPrecision::Full => 4 * model.facts().parameters,
            };
            let blocks = model.facts().blocks as u32;
            Ok(Estimate {
                steps: steps_of(&settings, pairs.train.len() as u32),
                memory_bytes: weights + unpacked + needed,
                // The run does not need the loaded model's memory a second time.
                free_bytes: limit.of_machine(memory::free_and_total()?).0 + weights,
                seconds: row.seconds_per_token_block.map(|speed| speed * work(&settings, blocks, &pairs)),
            })
        })
        .await?
    }

    /// Queues a training run.
    ///
    /// # Errors
    /// Returns an error if the settings, the pairs or the model cannot be used, or the store cannot be written.
    pub async fn train(&self, mut request: Train) -> Result<Run, Error> {
        if request.settings.method.makes_adapter() {
            request.settings.positions = Positions::Everywhere;
        }
        let row = models::find(self.state.store.read(), request.model).await?;
        check_asked(&self.state, row.id).await?;
        if let Some(facts) = &row.facts {
            check(&request.settings, facts)?;
        }
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let data_set = data_sets::find(&mut *db, request.data_set).await?;
        let contents = pairs::contents(&mut *db, data_set.id).await?;
        check_pairs(&contents)?;
        if data_set.train == 0 {
            return Err(Error::Train(TrainError::NoPairs));
        }
        let name = match request.name.trim() {
            "" => name(&data_set, &request.settings, &runs::list(&mut *db, self.state.project()).await?),
            typed => typed.to_owned(),
        };
        let snapshot = Snapshot::new(&contents)?;
        snapshots::insert(&mut db, &snapshot).await?;
        let now = clock::now();
        let job = jobs::insert(&mut db, &format!("Training \u{201c}{name}\u{201d}"), now).await?;
        let run = NewRun {
            name: &name,
            data_set: data_set.id,
            snapshot: &snapshot.hash,
            model: row.id,
            job,
            settings: &request.settings,
            steps: steps_of(&request.settings, data_set.train),
        };
        let run = runs::insert(&mut db, &run, now).await?;
        db.commit().await?;
        say_job(&self.state, &change, job).await?;
        self.wake();
        Ok(runs::find(self.state.store.read(), run).await?)
    }

    /// Returns the curves of a run.
    ///
    /// # Errors
    /// Returns an error if the run does not exist or the store cannot be read.
    pub async fn read_history(&self, request: ReadHistory) -> Result<History, Error> {
        // One transaction reads steps and epochs of the same moment.
        let mut db = self.state.store.read().begin().await?;
        runs::find(&mut *db, request.run).await?;
        Ok(History {
            steps: steps::list(&mut *db, request.run).await?,
            epochs: epochs::list(&mut *db, request.run).await?,
            vectors: epoch_vectors::list(&mut *db, request.run).await?,
        })
    }

    /// Returns the facts in the header of a model.
    pub(super) async fn facts(&self, model: Id) -> Result<ModelFacts, Error> {
        let row = models::find(self.state.store.read(), model).await?;
        row.facts.ok_or_else(|| {
            let failure = Failure::new(Code::ModelNotLoaded, "Nothing is known about this model yet.");
            Error::Failure(failure.next("Wait until it is loaded, or load it under Models."))
        })
    }
}

/// Refuses settings that no run can have, with sentences for the window.
pub(super) fn check(settings: &TrainSettings, facts: &ModelFacts) -> Result<(), Error> {
    // The window keeps the layers for the next run even for an adapter, which needs none.
    let layers =
        TrainSettings { method: Method::Bipo, layers: settings.layers.clone(), ..TrainSettings::default() };
    layers.check().map_err(|error| refusal(error.setting))?;
    if let Some(layer) = settings.layers.iter().find(|layer| **layer >= facts.blocks) {
        let message = format!("Layer {layer} is not one of the model's 0 to {}.", facts.blocks - 1);
        return Err(Error::invalid(message, "Choose one of the model's layers."));
    }
    settings.check().map_err(|error| refusal(error.setting))
}

/// Returns the failure for a setting that breaks its rule.
fn refusal(setting: Setting) -> Error {
    let rule = match setting {
        Setting::Layers => {
            let message = "A run needs at least one layer, and none twice.";
            return Error::invalid(message, "Choose the layers anew.");
        }
        Setting::Epochs => "The number of epochs must be at least 1.",
        Setting::BatchPairs => "A step needs at least 1 pair.",
        Setting::LearningRate => "The learning rate must be over 0.",
        Setting::Beta => "Beta must be over 0.",
        Setting::ClipNorm => "The largest norm of the gradient must be over 0.",
        Setting::Rank => "The rank of an adapter must be 1 to 1024.",
        Setting::Alpha => "Alpha must be over 0.",
        Setting::Factors => "RePS needs at least one factor, and all of them over 0.",
        Setting::WeightDecay => "The weight decay must be 0 or more.",
    };
    Error::invalid(rule, "Change the setting, then try again.")
}

/// Refuses pairs that lack a prompt or an answer.
pub(super) fn check_pairs(pairs: &[PairContent]) -> Result<(), Error> {
    for (index, pair) in pairs.iter().enumerate() {
        let parts =
            [(&pair.prompt, "prompt"), (&pair.wanted, "wanted answer"), (&pair.opposite, "opposite answer")];
        if let Some((_, missing)) = parts.iter().find(|(text, _)| text.trim().is_empty()) {
            let message = format!("Pair {} has no {missing}.", index + 1);
            return Err(Error::invalid(message, "Fill it in under Data, or delete the pair."));
        }
    }
    Ok(())
}

fn steps_of(settings: &TrainSettings, train_pairs: u32) -> u32 {
    if settings.method.has_steps() {
        defaults::steps(train_pairs, settings.batch_pairs, settings.epochs)
    } else {
        0
    }
}

/// Returns the work of a run, in tokens times blocks: the steps, the measurements of the held-out pairs at both signs,
/// and the prefix activations that are computed once.
fn work(settings: &TrainSettings, blocks: u32, pairs: &Encoded) -> f64 {
    let above = f64::from(blocks.saturating_sub(settings.blocks_below()));
    let below = f64::from(settings.blocks_below());
    let (train, held_out) = (tokens(&pairs.train) as f64, tokens(&pairs.held_out) as f64);
    let epochs = if settings.method.has_steps() { f64::from(settings.epochs) } else { 0.0 };
    let (passes, measurements) = (f64::from(settings.method.passes()), epochs + 1.0);
    let once = (train + held_out) * below + if epochs > 0.0 { train * above } else { 0.0 };
    passes * epochs * train * above + FORWARD_SHARE * (measurements * 2.0 * held_out * above + once)
}

/// Makes a name that no other run has, from the data set, the layer and the method.
fn name(data_set: &DataSet, settings: &TrainSettings, runs: &[Run]) -> String {
    let method = match settings.method {
        Method::Bipo => "",
        Method::BipoBoth => " both signs",
        Method::BipoUni => " one-sided",
        Method::BipoNormed => " normed",
        Method::Reps => " RePS",
        Method::Caa => " CAA",
        Method::Freeform => " freeform",
        Method::DpoLora => " DPO LoRA",
        Method::Pca => " PCA",
    };
    let layers: Vec<String> = settings.layers.iter().map(ToString::to_string).collect();
    // An adapter acts in all layers, so the name has none.
    let layers =
        if settings.method.makes_adapter() { String::new() } else { format!(" L{}", layers.join("+")) };
    let base = format!("{}{layers}{method}", data_set.name);
    let taken = |name: &String| runs.iter().any(|run| run.name == *name);
    let numbered = (2..).map(|number| format!("{base} ({number})"));
    std::iter::once(base.clone()).chain(numbered).find(|name| !taken(name)).unwrap_or(base)
}

#[cfg(test)]
mod tests {
    use ipc::train::LoraConfig;

    use super::*;

    #[test]
    fn a_pair_with_a_part_missing_is_named_by_its_number() {
        let whole = PairContent {
            prompt: "Why?".into(),
            wanted: "So.".into(),
            opposite: "Not so.".into(),
            ..PairContent::default()
        };
        let broken = PairContent { opposite: " ".into(), ..whole.clone() };
        let refused = check_pairs(&[whole, broken]).expect_err("the second pair is not whole");
        assert_eq!(refused.to_string(), "Pair 2 has no opposite answer.");
    }

    #[test]
    fn settings_that_no_run_can_have_are_refused() {
        let facts = ModelFacts {
            family: "Llama".into(),
            architecture: "llama".into(),
            quantization: "Q4_1".into(),
            blocks: 30,
            hidden_size: 576,
            vocabulary: 49_152,
            context_length: 2048,
            parameters: 1,
            file_bytes: 1,
            weight_bytes: 1,
            feed_forward: 4,
            heads: 1,
            kv_heads: 1,
            head_size: 1,
        };
        let settings = defaults::settings(30, 64);
        check(&settings, &facts).expect("the defaults can be used");
        assert!(check(&TrainSettings { layers: vec![30], ..settings.clone() }, &facts).is_err());
        assert!(check(&TrainSettings { learning_rate: f64::NAN, ..settings.clone() }, &facts).is_err());
        assert!(check(&TrainSettings { batch_pairs: 0, ..settings.clone() }, &facts).is_err());
        let of_rank = |method, rank| TrainSettings {
            method,
            lora: LoraConfig { rank, alpha: 1.0 },
            ..settings.clone()
        };
        assert!(check(&of_rank(Method::DpoLora, 0), &facts).is_err());
        check(&of_rank(Method::Bipo, 0), &facts).expect("a vector has no rank");
        check(&of_rank(Method::DpoLora, 4), &facts).expect("an adapter of rank 4");
    }
}

//! The project as a whole, and the person's settings.

use serde::{Deserialize, Serialize};

use crate::answer::Question;
use crate::data::DataSet;
use crate::download::Download;
use crate::job::Job;
use crate::model::Model;
use crate::study::Study;
use crate::sweep::Sweep;
use crate::train::Run;
use crate::vector::Vector;

/// Everything the window needs to draw itself after it opens: lists with their summaries, not their contents.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// The project's name.
    pub project: String,
    /// The application's version.
    pub version: String,
    /// The person's settings.
    pub settings: Settings,
    /// The models known, and the state of each.
    pub models: Vec<Model>,
    /// The downloads, newest first.
    pub downloads: Vec<Download>,
    /// The data sets, oldest first.
    pub data_sets: Vec<DataSet>,
    /// The training runs without their histories, newest first.
    pub runs: Vec<Run>,
    /// The steering vectors, newest first.
    pub vectors: Vec<Vector>,
    /// The sweeps with their points, newest first.
    pub sweeps: Vec<Sweep>,
    /// The studies with their findings, newest first.
    pub studies: Vec<Study>,
    /// The questions asked, with their answers, oldest first.
    pub questions: Vec<Question>,
    /// The jobs that are not over, in the order in which they run.
    pub jobs: Vec<Job>,
}

/// The person's settings, kept in the store.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Light, dark, or what the desktop says.
    pub theme: Theme,
    /// The screen that was open last, by its name in the window's table of screens.
    pub screen: Option<String>,
    /// The data set that was chosen last.
    pub data_set: Option<crate::Id>,
    /// The model that is loaded at the start.
    pub model: Option<crate::Id>,
    /// The vector that Chat and Sweep used last.
    pub vector: Option<crate::Id>,
    /// How many models may stay in memory beside the one that was loaded last.
    pub models_beside: u32,
    /// Where models are loaded, by the engine's name of the device; the CPU where there is none.
    pub device: Option<String>,
    /// Another address to download from than the hub's own, for a mirror; the environment's `HF_ENDPOINT` goes first.
    pub hub_endpoint: Option<String>,
    /// The endpoint that was used last; its key is not here.
    pub endpoint: Option<crate::drafts::EndpointSettings>,
    /// What the endpoint asks for a million tokens; `None` where the person has not said it.
    pub prices: Option<Prices>,
    /// What judges of a data set's behaviour go by, where the person has changed it; by the data set's id.
    pub rubrics: std::collections::BTreeMap<crate::Id, crate::score::Rubric>,
}

/// What an endpoint asks for a million tokens, in whatever money the person counts.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Prices {
    /// For tokens that it reads.
    pub read: f64,
    /// For tokens that it writes.
    pub written: f64,
}

impl Prices {
    /// The price of so many tokens.
    #[must_use]
    pub fn of(self, spent: crate::sweep::Spent) -> f64 {
        (self.read * spent.read as f64 + self.written * spent.written as f64) / 1e6
    }
}

/// Light, dark, or what the desktop says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the desktop has it.
    #[default]
    System,
    /// Dark text on a light ground.
    Light,
    /// Light text on a dark ground.
    Dark,
}

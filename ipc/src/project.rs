//! The state of the project that the window shows first, and the person's settings.

use serde::{Deserialize, Serialize};

use crate::analysis::Analysis;
use crate::conversation::{Conversation, Preset, SamplingSettings};
use crate::data::DataSet;
use crate::download::Download;
use crate::fonts::Fonts;
use crate::job::Job;
use crate::model::Model;
use crate::sweep::Sweep;
use crate::train::Run;
use crate::vector::Vector;
use crate::{Id, Millis};

/// A project of the store. Data sets, runs, vectors, sweeps and conversations belong to one; models belong to all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    /// Its id.
    pub id: Id,
    /// Its name, which no other project of the store has.
    pub name: String,
    /// The time at which it was made.
    pub created: Millis,
}

/// What a project file holds, for a person who decides whether to take it in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ProjectFileInfo {
    /// The project's name.
    pub name: String,
    /// The version of Tiller that wrote the file.
    pub written_by: String,
    /// The version of the file's format.
    pub format: u32,
    /// The hash of all that it holds, which is the same wherever the same is held.
    pub content_hash: String,
    /// The number of things of each kind that it holds, without zeros: ("data sets", 3).
    pub counts: Vec<(String, u64)>,
    /// The models that it refers to. Their files are not in it.
    pub models: Vec<ModelReference>,
}

/// A model that a project file refers to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelReference {
    /// Its name.
    pub name: String,
    /// The SHA-256 of its file, where it was known.
    pub fingerprint: Option<String>,
}

/// What a merge has added to a project.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Merged {
    /// The number of things of each kind that were added, without zeros.
    pub added: Vec<(String, u64)>,
    /// The number of things that were there already.
    pub known: u64,
    /// The number of things that were there and went on: a longer run, more points of a sweep.
    pub continued: u64,
}

/// The state that the window needs when it opens: lists with summaries, without their contents.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// The open project's name.
    pub project: String,
    /// The open project.
    pub project_id: Id,
    /// All projects, oldest first.
    pub projects: Vec<Project>,
    /// The application's version.
    pub version: String,
    /// The person's settings.
    pub settings: Settings,
    /// The known models with their states.
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
    /// The analyses with their findings, newest first.
    pub analyses: Vec<Analysis>,
    /// The conversations without their turns, the last changed first.
    pub conversations: Vec<Conversation>,
    /// The presets of Chat, by name.
    pub presets: Vec<Preset>,
    /// The unfinished jobs in the order in which they run.
    pub jobs: Vec<Job>,
}

/// The person's settings, kept in the store.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The colour theme.
    pub theme: Theme,
    /// The language of the window.
    pub language: Language,
    /// How large everything is, in per cent. `None` for 100.
    pub zoom: Option<u32>,
    /// The typefaces.
    pub fonts: Fonts,
    /// The screen that was open last, by its name in the window's table of screens.
    pub screen: Option<String>,
    /// The data set that was chosen last.
    pub data_set: Option<crate::Id>,
    /// The model that is loaded at startup.
    pub model: Option<crate::Id>,
    /// The vector that Chat and Sweep used last.
    pub vector: Option<crate::Id>,
    /// The number of models that may stay in memory in addition to the one that was loaded last.
    pub models_beside: u32,
    /// The device on which models are loaded, by the engine's name. `None` for the CPU.
    pub device: Option<String>,
    /// A mirror of the hub to download from. The environment variable `HF_ENDPOINT` takes precedence.
    pub hub_endpoint: Option<String>,
    /// The endpoint that was used last, without its key.
    pub endpoint: Option<crate::drafts::EndpointSettings>,
    /// The endpoint's prices. `None` if the person has not entered them.
    pub prices: Option<Prices>,
    /// Whether the desktop is told nothing when a run or a sweep has ended.
    pub notifications_off: bool,
    /// The most bytes that models and jobs may take. `None` for what the machine has free.
    pub memory_limit: Option<u64>,
    /// The number of the engine's threads from the next start on. `None` for as many as the processor has.
    pub threads: Option<u32>,
    /// How new conversations begin.
    pub chat: ChatDefaults,
}

impl Settings {
    /// Returns these settings of a project with what holds in every project: the looks, the limits of the machine, and how
    /// conversations begin, as `other` has them.
    #[must_use]
    pub fn with_common_of(self, other: &Self) -> Self {
        Self {
            theme: other.theme,
            language: other.language,
            zoom: other.zoom,
            fonts: other.fonts,
            notifications_off: other.notifications_off,
            memory_limit: other.memory_limit,
            threads: other.threads,
            chat: other.chat,
            ..self
        }
    }
}

/// How the answers of a new conversation are sampled, until that is changed there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ChatDefaults {
    /// The preset.
    pub preset: SamplingPreset,
    /// The most tokens of an answer. `None` for as many as the preset has.
    pub max_new_tokens: Option<u32>,
}

impl ChatDefaults {
    /// Returns the settings of sampling.
    #[must_use]
    pub fn sampling(self) -> SamplingSettings {
        let preset = match self.preset {
            SamplingPreset::Lively => SamplingSettings::lively(),
            SamplingPreset::Exact => SamplingSettings::exact(),
        };
        SamplingSettings { max_new_tokens: self.max_new_tokens.unwrap_or(preset.max_new_tokens), ..preset }
    }
}

/// A preset of sampling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SamplingPreset {
    /// Draws among the likely tokens.
    #[default]
    Lively,
    /// Takes the likeliest token.
    Exact,
}

/// The folders of the application, as whole paths.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Folders {
    /// The data folder, with the store.
    pub data: String,
    /// The folder of the log.
    pub logs: String,
}

/// An endpoint's prices for a million tokens, in any currency.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Prices {
    /// The price of input tokens.
    pub read: f64,
    /// The price of output tokens.
    pub written: f64,
}

impl Prices {
    /// Returns the price of these numbers of tokens.
    #[must_use]
    pub fn cost(self, usage: crate::sweep::TokenUsage) -> f64 {
        (self.read * usage.read as f64 + self.written * usage.written as f64) / 1e6
    }
}

/// The colour theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// The desktop's theme.
    #[default]
    System,
    /// Dark text on a light background.
    Light,
    /// Light text on a dark background.
    Dark,
}

/// The language of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// The first of the system's languages that the window speaks; English if it speaks none of them.
    #[default]
    System,
    /// English.
    English,
    /// Simplified Chinese.
    Chinese,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_before_have_the_defaults_of_what_is_new() {
        let old = r#"{"theme": "dark", "models_beside": 1}"#;
        let read: Settings = serde_json::from_str(old).expect("settings");
        assert_eq!(read, Settings { theme: Theme::Dark, models_beside: 1, ..Settings::default() });
        assert_eq!(read.chat.sampling(), SamplingSettings::default(), "a conversation begins as it did");
    }

    #[test]
    fn a_conversation_begins_as_the_settings_say() {
        let exact = ChatDefaults { preset: SamplingPreset::Exact, max_new_tokens: Some(50) };
        assert_eq!(exact.sampling(), SamplingSettings { max_new_tokens: 50, ..SamplingSettings::exact() });
    }

    #[test]
    fn the_chosen_things_of_a_project_stay_its_own() {
        let fonts = Fonts { text_size: Some(130), ..Fonts::default() };
        let other = Settings {
            theme: Theme::Dark,
            fonts,
            threads: Some(2),
            data_set: Some(7),
            ..Settings::default()
        };
        let own = Settings { data_set: Some(1), ..Settings::default() };
        let wanted = Settings { data_set: Some(1), ..other.clone() };
        assert_eq!(own.with_common_of(&other), wanted);
    }
}

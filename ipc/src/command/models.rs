//! Commands about models.

use super::commands;
use crate::Id;
use crate::catalogue::{CatalogueModel, HubSearch};
use crate::download::{Download, Hub, HubListing, Secret};
use crate::files::FileRef;
use crate::model::{Machine, Model, Precision, Switch, TemplateText};
use crate::tokens::ModelTokens;

commands! {
    /// Adds a model's file or folder to the library and loads it.
    AddModel -> Model {
        /// The file or folder.
        file: FileRef,
    }

    /// Searches a folder and its subfolders for models in the background. [`crate::Event::Scan`] reports the progress.
    ScanFolder -> () {
        /// The folder.
        file: FileRef,
    }

    /// Ends the search. Models found so far stay.
    StopScan -> () {}

    /// Checks whether every model's file is still the same, and reports those that are not.
    CheckModels -> () {}

    /// Sets the new path of a model whose file has moved.
    FindModel -> Model {
        /// The model.
        model: Id,
        /// The file at its new place.
        file: FileRef,
    }

    /// Removes a model from the list. Vectors made for it stay.
    ForgetModel -> () {
        /// The model.
        model: Id,
        /// Whether its file is also deleted.
        delete_file: bool,
    }

    /// Loads a known model. Fails if a job uses another model and memory has no place for both.
    LoadModel -> () {
        /// The model.
        model: Id,
    }

    /// Loads a known model while a job uses another one.
    SwitchModel -> () {
        /// The model.
        model: Id,
        /// The treatment of the other model.
        switch: Switch,
    }

    /// Removes a model from memory.
    UnloadModel -> () {
        /// The model.
        model: Id,
    }

    /// Sets the precision of a model's weights in memory. A model that is in memory is loaded again.
    SetPrecision -> () {
        /// The model.
        model: Id,
        /// The new precision.
        precision: Precision,
    }

    /// Returns the devices and the memory of this machine.
    ReadMachine -> Machine {}

    /// Returns the chat template that a model uses.
    ReadTemplate -> TemplateText {
        /// The model.
        model: Id,
    }

    /// Returns how a model reads a sample pair, token by token. The model need not be in memory.
    ReadModelTokens -> ModelTokens {
        /// The model.
        model: Id,
    }

    /// Returns the text that another chat template would write. Nothing is stored.
    TryTemplate -> TemplateText {
        /// The model.
        model: Id,
        /// The template.
        template: String,
    }

    /// Overrides the chat template of a model's file, or removes the override. A model in memory is loaded again.
    SetTemplate -> () {
        /// The model.
        model: Id,
        /// The template. `None` selects the one of the file.
        template: Option<String>,
    }

    /// Returns the source and the destination of downloads.
    ReadHub -> Hub {}

    /// Stores an access token in the system's keyring, or in memory if there is no keyring.
    SaveToken -> Hub {
        /// The token.
        token: Secret,
    }

    /// Deletes the token that a person typed.
    ForgetToken -> Hub {}

    /// Returns the list of models that comes with Tiller. Nobody is contacted.
    ReadCatalogue -> Vec<CatalogueModel> {}

    /// Asks the hub for models in GGUF files whose names have these words.
    SearchHub -> HubSearch {
        /// The words.
        words: String,
    }

    /// Asks the hub for the files of a repository.
    ListRepository -> HubListing {
        /// `organisation/name`, or the address of its page.
        address: String,
    }

    /// Queues a download of files from a listing.
    StartDownload -> Download {
        /// `organisation/name`.
        repository: String,
        /// The commit of the listing.
        commit: String,
        /// The paths of the files in the repository.
        files: Vec<String>,
    }

    /// Removes a finished download from the list, and its incomplete files from the disk.
    ForgetDownload -> () {
        /// The download.
        download: Id,
    }
}

//! Commands about models.

use super::commands;
use crate::Id;
use crate::download::{Download, Hub, HubListing, Secret};
use crate::model::{Machine, Model, Precision, Switch, TemplateText};

commands! {
    /// Makes a model's file or folder known and loads it.
    AddModel = "add_model" -> Model {
        /// The path.
        path: String,
    }

    /// Searches a folder and what is below it for models, in the background; [`crate::Event::Scan`] says how far it is.
    ScanFolder = "scan_folder" -> () {
        /// The folder.
        path: String,
    }

    /// Ends the search; what was found stays.
    StopScan = "stop_scan" -> () {}

    /// Looks whether every model's file is still what it was, and says what is not.
    CheckModels = "check_models" -> () {}

    /// A model's file is at another place now.
    FindModel = "find_model" -> Model {
        /// The model.
        model: Id,
        /// Where its file is.
        path: String,
    }

    /// Takes a model from the list. Vectors made for it stay.
    ForgetModel = "forget_model" -> () {
        /// The model.
        model: Id,
        /// Whether its file is deleted as well.
        delete_file: bool,
    }

    /// Loads a known model. Where a job uses another one and there is no room, that is refused.
    LoadModel = "load_model" -> () {
        /// The model.
        model: Id,
    }

    /// Loads a known model while a job uses another one.
    SwitchModel = "switch_model" -> () {
        /// The model.
        model: Id,
        /// What becomes of the other one.
        switch: Switch,
    }

    /// Takes a model out of memory.
    UnloadModel = "unload_model" -> () {
        /// The model.
        model: Id,
    }

    /// Sets how a model's weights stand in memory; one that is there is loaded anew.
    SetPrecision = "set_precision" -> () {
        /// The model.
        model: Id,
        /// How they stand.
        precision: Precision,
    }

    /// The devices and the memory of this machine.
    ReadMachine = "read_machine" -> Machine {}

    /// The chat template that a model uses.
    ReadTemplate = "read_template" -> TemplateText {
        /// The model.
        model: Id,
    }

    /// What another chat template would write; nothing is kept.
    TryTemplate = "try_template" -> TemplateText {
        /// The model.
        model: Id,
        /// The template.
        template: String,
    }

    /// Puts a chat template in place of the file's, or takes it away again; a model in memory is loaded anew.
    SetTemplate = "set_template" -> () {
        /// The model.
        model: Id,
        /// The template; `None` for the file's own.
        template: Option<String>,
    }

    /// The source and the destination of downloads.
    ReadHub = "read_hub" -> Hub {}

    /// Keeps an access token in the system's keyring, or in memory where there is none.
    KeepToken = "keep_token" -> Hub {
        /// The token.
        token: Secret,
    }

    /// Forgets the token that was typed.
    ForgetToken = "forget_token" -> Hub {}

    /// Asks the hub what files a repository has.
    ListRepository = "list_repository" -> HubListing {
        /// `organisation/name`, or the address of its page.
        address: String,
    }

    /// Queues a download of files that were listed.
    StartDownload = "start_download" -> Download {
        /// `organisation/name`.
        repository: String,
        /// The commit that was listed.
        commit: String,
        /// The paths.
        files: Vec<String>,
    }

    /// Takes a download that is over from the list, and what it has not finished from the disk.
    ForgetDownload = "forget_download" -> () {
        /// The download.
        download: Id,
    }
}

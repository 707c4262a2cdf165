//! Shows the desktop's dialogs for choosing a file. The application keeps the path and gives the page a handle.

use std::path::PathBuf;

use ipc::files::{
    ADAPTER_ENDINGS, FilePurpose, PASSPORT_ENDING, PairFormat, READ_VECTOR_ENDINGS, VECTOR_ENDINGS,
};
use tauri::{Runtime, WebviewWindow};
use tauri_plugin_dialog::{DialogExt as _, FilePath};
use tokio::sync::oneshot;

/// The endings of the data files that can be read.
const PAIR_ENDINGS: [&str; 6] = ["csv", "tsv", "json", "jsonl", "parquet", "txt"];

/// The endings of the files from which conversations are read.
const CONVERSATION_ENDINGS: [&str; 2] = ["jsonl", "json"];

/// The ending of project files.
const PROJECT_ENDING: &str = "tiller";

/// Asks the person for a path. Returns `None` if they cancelled the dialog.
pub(super) async fn choose<R: Runtime>(window: &WebviewWindow<R>, purpose: FilePurpose) -> Option<PathBuf> {
    let (sender, receiver) = oneshot::channel::<Option<FilePath>>();
    // Nobody receives the path if the window was closed meanwhile.
    let answer = move |path| drop(sender.send(path));
    let dialog = window.dialog().file().set_parent(window);
    match purpose {
        FilePurpose::ImportPairs => {
            dialog.set_title("Import pairs").add_filter("Pairs", &PAIR_ENDINGS).pick_file(answer);
        }
        FilePurpose::AddModel => {
            dialog.set_title("Add a model").add_filter("Models", &["gguf"]).pick_file(answer);
        }
        FilePurpose::ModelFolder => dialog.set_title("Choose a folder").pick_folder(answer),
        FilePurpose::ImportVector => {
            dialog.set_title("Import a vector").add_filter("Vectors", &READ_VECTOR_ENDINGS).pick_file(answer);
        }
        FilePurpose::ExportPairs { format, name } => {
            let dialog = dialog.set_title("Export pairs").add_filter(kind(format), &[format.ending()]);
            dialog.set_file_name(format!("{}.{}", plain(&name), format.ending())).save_file(answer);
        }
        FilePurpose::ExportChoices { name } => {
            let dialog = dialog.set_title("Export choices").add_filter("JSON", &["json"]);
            dialog.set_file_name(format!("{}.json", plain(&name))).save_file(answer);
        }
        FilePurpose::ExportSweep { name, ending } => {
            let dialog =
                dialog.set_title("Export a sweep").add_filter(ending.to_uppercase(), &[ending.as_str()]);
            dialog.set_file_name(format!("{}.{ending}", plain(&name))).save_file(answer);
        }
        FilePurpose::SaveDiagnostics => {
            let dialog = dialog.set_title("Save a report").add_filter("Text", &["txt"]);
            dialog.set_file_name("tiller-report.txt").save_file(answer);
        }
        FilePurpose::ExportAdapter { name } => {
            let dialog = dialog.set_title("Export an adapter").add_filter("Adapters", &ADAPTER_ENDINGS);
            dialog.set_file_name(format!("{}.{}", plain(&name), VECTOR_ENDINGS[0])).save_file(answer);
        }
        FilePurpose::ExportVector { name } => {
            let dialog = dialog.set_title("Export a vector").add_filter("Vectors", &VECTOR_ENDINGS);
            dialog.set_file_name(format!("{}.{}", plain(&name), VECTOR_ENDINGS[0])).save_file(answer);
        }
        FilePurpose::PackVector { name } => {
            let dialog = dialog.set_title("Write a passport").add_filter("Passports", &["zip"]);
            dialog.set_file_name(format!("{}.{PASSPORT_ENDING}", plain(&name))).save_file(answer);
        }
        FilePurpose::BakeModel { name, is_folder: true } => {
            dialog.set_title("Bake into a new folder").set_file_name(plain(&name)).save_file(answer);
        }
        FilePurpose::BakeModel { name, is_folder: false } => {
            let dialog = dialog.set_title("Bake into a new model").add_filter("Models", &["gguf"]);
            dialog.set_file_name(format!("{}.gguf", plain(&name))).save_file(answer);
        }
        FilePurpose::ExportConversation { name, ending } => {
            let dialog = dialog.set_title("Export a conversation");
            let dialog = dialog.add_filter(ending.to_uppercase(), &[ending.as_str()]);
            dialog.set_file_name(format!("{}.{ending}", plain(&name))).save_file(answer);
        }
        FilePurpose::ImportConversations => {
            let dialog = dialog.set_title("Import conversations");
            dialog.add_filter("JSON lines", &CONVERSATION_ENDINGS).pick_file(answer);
        }
        FilePurpose::ExportPreset { name } => {
            let dialog = dialog.set_title("Export a preset").add_filter("JSON", &["json"]);
            dialog.set_file_name(format!("{}.json", plain(&name))).save_file(answer);
        }
        FilePurpose::ImportPreset => {
            dialog.set_title("Import a preset").add_filter("JSON", &["json"]).pick_file(answer);
        }
        FilePurpose::RunSweep => {
            dialog
                .set_title("Run a sweep")
                .add_filter("Sweeps and passports", &["json", "zip"])
                .pick_file(answer);
        }
        FilePurpose::Questions => {
            dialog.set_title("Choose questions").add_filter("CSV", &["csv"]).pick_file(answer);
        }
        FilePurpose::QuestionsFolder => dialog.set_title("Choose MMLU\u{2019}s folder").pick_folder(answer),
        FilePurpose::ExportProject { name } => {
            let dialog = dialog.set_title("Export a project").add_filter("Projects", &[PROJECT_ENDING]);
            dialog.set_file_name(format!("{}.{PROJECT_ENDING}", plain(&name))).save_file(answer);
        }
        FilePurpose::ImportProject => {
            dialog.set_title("Import a project").add_filter("Projects", &[PROJECT_ENDING]).pick_file(answer);
        }
    }
    receiver.await.ok()??.into_path().ok()
}

fn kind(format: PairFormat) -> &'static str {
    match format {
        PairFormat::TrlJsonl | PairFormat::TillerJsonl => "JSON lines",
        PairFormat::TrlParquet => "Parquet",
        PairFormat::BipoCsv => "CSV",
    }
}

/// Replaces the characters that a file's name cannot hold.
fn plain(name: &str) -> String {
    name.chars().map(|letter| if "/\\:*?\"<>|".contains(letter) { '-' } else { letter }).collect()
}

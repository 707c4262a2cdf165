//! Shows the desktop's dialogs for choosing a file. The application keeps the path and gives the page a handle.

use std::path::PathBuf;

use ipc::files::{
    ADAPTER_ENDINGS, FilePurpose, PASSPORT_ENDING, PairFormat, READ_VECTOR_ENDINGS, VECTOR_ENDINGS,
};
use tauri::{Runtime, WebviewWindow};
use tauri_plugin_dialog::{DialogExt as _, FilePath};
use tokio::sync::oneshot;

use super::texts::t;

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
    let titled = |title: String| window.dialog().file().set_parent(window).set_title(title);
    let of = |title, kind: String, endings: &[&str]| titled(title).add_filter(kind, endings);
    match purpose {
        FilePurpose::ImportPairs => {
            of(t!("native-import-pairs"), t!("native-files-pairs"), &PAIR_ENDINGS).pick_file(answer);
        }
        FilePurpose::AddModel => {
            of(t!("native-add-model"), t!("native-files-models"), &["gguf"]).pick_file(answer);
        }
        FilePurpose::ModelFolder => titled(t!("native-choose-folder")).pick_folder(answer),
        FilePurpose::ImportVector => {
            let dialog = of(t!("native-import-vector"), t!("native-files-vectors"), &READ_VECTOR_ENDINGS);
            dialog.pick_file(answer);
        }
        FilePurpose::ExportPairs { format, name } => {
            let dialog = of(t!("native-export-pairs"), kind(format), &[format.ending()]);
            dialog.set_file_name(format!("{}.{}", plain(&name), format.ending())).save_file(answer);
        }
        FilePurpose::ExportChoices { name } => {
            let dialog = of(t!("native-export-choices"), "JSON".to_owned(), &["json"]);
            dialog.set_file_name(format!("{}.json", plain(&name))).save_file(answer);
        }
        FilePurpose::ExportSweep { name, ending } => {
            let dialog = of(t!("native-export-sweep"), ending.to_uppercase(), &[ending.as_str()]);
            dialog.set_file_name(format!("{}.{ending}", plain(&name))).save_file(answer);
        }
        FilePurpose::SaveDiagnostics => {
            let dialog = of(t!("native-save-report"), t!("native-files-text"), &["txt"]);
            dialog.set_file_name("tiller-report.txt").save_file(answer);
        }
        FilePurpose::ExportAdapter { name } => {
            let dialog = of(t!("native-export-adapter"), t!("native-files-adapters"), &ADAPTER_ENDINGS);
            dialog.set_file_name(format!("{}.{}", plain(&name), VECTOR_ENDINGS[0])).save_file(answer);
        }
        FilePurpose::ExportVector { name } => {
            let dialog = of(t!("native-export-vector"), t!("native-files-vectors"), &VECTOR_ENDINGS);
            dialog.set_file_name(format!("{}.{}", plain(&name), VECTOR_ENDINGS[0])).save_file(answer);
        }
        FilePurpose::PackVector { name } => {
            let dialog = of(t!("native-write-passport"), t!("native-files-passports"), &["zip"]);
            dialog.set_file_name(format!("{}.{PASSPORT_ENDING}", plain(&name))).save_file(answer);
        }
        FilePurpose::BakeModel { name, is_folder: true } => {
            titled(t!("native-bake-folder")).set_file_name(plain(&name)).save_file(answer);
        }
        FilePurpose::BakeModel { name, is_folder: false } => {
            let dialog = of(t!("native-bake-file"), t!("native-files-models"), &["gguf"]);
            dialog.set_file_name(format!("{}.gguf", plain(&name))).save_file(answer);
        }
        FilePurpose::ExportConversation { name, ending } => {
            let dialog = of(t!("native-export-conversation"), ending.to_uppercase(), &[ending.as_str()]);
            dialog.set_file_name(format!("{}.{ending}", plain(&name))).save_file(answer);
        }
        FilePurpose::ImportConversations => {
            let kind = t!("native-files-json-lines");
            of(t!("native-import-conversations"), kind, &CONVERSATION_ENDINGS).pick_file(answer);
        }
        FilePurpose::ExportPreset { name } => {
            let dialog = of(t!("native-export-preset"), "JSON".to_owned(), &["json"]);
            dialog.set_file_name(format!("{}.json", plain(&name))).save_file(answer);
        }
        FilePurpose::ImportPreset => {
            of(t!("native-import-preset"), "JSON".to_owned(), &["json"]).pick_file(answer);
        }
        FilePurpose::RunSweep => {
            of(t!("native-run-sweep"), t!("native-files-sweeps"), &["json", "zip"]).pick_file(answer);
        }
        FilePurpose::Questions => {
            of(t!("native-choose-questions"), "CSV".to_owned(), &["csv"]).pick_file(answer);
        }
        FilePurpose::QuestionsFolder => titled(t!("native-choose-mmlu")).pick_folder(answer),
        FilePurpose::ExportProject { name } => {
            let dialog = of(t!("native-export-project"), t!("native-files-projects"), &[PROJECT_ENDING]);
            dialog.set_file_name(format!("{}.{PROJECT_ENDING}", plain(&name))).save_file(answer);
        }
        FilePurpose::ImportProject => {
            let kind = t!("native-files-projects");
            of(t!("native-import-project"), kind, &[PROJECT_ENDING]).pick_file(answer);
        }
    }
    receiver.await.ok()??.into_path().ok()
}

fn kind(format: PairFormat) -> String {
    match format {
        PairFormat::TrlJsonl | PairFormat::TillerJsonl => t!("native-files-json-lines"),
        PairFormat::TrlParquet => "Parquet".to_owned(),
        PairFormat::BipoCsv => "CSV".to_owned(),
    }
}

/// Replaces the characters that a file's name cannot hold.
fn plain(name: &str) -> String {
    name.chars().map(|letter| if "/\\:*?\"<>|".contains(letter) { '-' } else { letter }).collect()
}

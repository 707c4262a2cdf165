//! Words the errors of data files and vector files for a person.

use std::path::Path;

use data::data_files::DataFileError;
use ipc::{Code, Failure};
use store::project_file::ProjectFileError;
use vectors::files::FileError;

use super::sentence;

pub(super) fn data_file(path: &Path, error: &DataFileError) -> Failure {
    let (code, next) = match error {
        DataFileError::Missing => (Code::NotFound, "Check the path, or choose the file again."),
        DataFileError::Unreadable(_) => (Code::Other, "Make the file readable, then try again."),
        DataFileError::Empty => (Code::Invalid, "Choose a file with pairs in it."),
        DataFileError::OneSided { .. } => (
            Code::Invalid,
            "Choose a file with both answers, or name the columns if another one holds the opposite answers.",
        ),
        error if error.needs_columns() => {
            (Code::Invalid, "Say which columns hold the prompt, the wanted and the opposite answer.")
        }
        _ => (Code::Invalid, "Change the file, then try again."),
    };
    Failure::new(code, sentence(&error.to_string())).detail(path.display().to_string()).next(next)
}

pub(super) fn project_file(path: &Path, error: &ProjectFileError) -> Failure {
    let (message, next) = match error {
        ProjectFileError::Foreign => {
            ("This is not a project file of Tiller.", "Choose a file that ends in .tiller.")
        }
        ProjectFileError::Newer { .. } => (
            "A newer version of Tiller has written this project file.",
            "Install that version, then try again.",
        ),
        ProjectFileError::Damaged(_) => (
            "This project file is damaged or cut off.",
            "Export it again, or copy it again from where it comes from.",
        ),
        ProjectFileError::TooLarge(_) => ("This project file is too large.", "Export a smaller project."),
        ProjectFileError::Unsound { .. } => (
            "This project file holds what Tiller does not write. Nothing of it was taken.",
            "Take a file that Tiller has exported, from someone you trust.",
        ),
        ProjectFileError::File { .. } | ProjectFileError::Store(_) => {
            ("The project file cannot be read.", "Check the path, or choose the file again.")
        }
    };
    let code = if matches!(error, ProjectFileError::File { .. }) { Code::NotFound } else { Code::Invalid };
    Failure::new(code, message).detail(format!("{error}: {}", path.display())).next(next)
}

pub(super) fn vector_file(path: &Path, error: &FileError) -> Failure {
    let (code, next) = match error {
        FileError::Missing => (Code::NotFound, "Check the path, or choose the file again."),
        FileError::Unreadable(_) => (Code::Other, "Make the file readable, then try again."),
        FileError::Unwritable(_) => {
            (Code::Storage, "Choose another folder, or free some space, then try again.")
        }
        FileError::NoLayer { .. } => (Code::Invalid, "Type the layer, then try again."),
        FileError::OtherLayer { .. } => (Code::Invalid, "Leave the layer empty, or type the file's."),
        FileError::Inexpressible { .. } => {
            (Code::Invalid, "Choose another format: .safetensors keeps everything.")
        }
        FileError::Forbidden { .. } => {
            (Code::Invalid, "Do not open this file with a program that runs pickles.")
        }
        FileError::Ending { .. } => (Code::Invalid, "Give the file's name one of these endings."),
        _ => (Code::Invalid, "Choose another file."),
    };
    Failure::new(code, sentence(&error.to_string())).detail(path.display().to_string()).next(next)
}

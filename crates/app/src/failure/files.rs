//! Words the errors of data files and vector files for a person.

use std::path::Path;

use data::data_files::DataFileError;
use ipc::{Code, Failure};
use store::project_file::ProjectFileError;
use vectors::files::FileError;

use super::{sentence, with_next};

pub(super) fn data_file(path: &Path, error: &DataFileError) -> Failure {
    let code = match error {
        DataFileError::Missing => Code::NotFound,
        DataFileError::Unreadable(_) => Code::Other,
        _ => Code::Invalid,
    };
    let failure = Failure::new(code, sentence(&error.to_string())).detail(path.display().to_string());
    with_next(failure, error.next_step())
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
    let code = match error {
        FileError::Missing => Code::NotFound,
        FileError::Unreadable(_) => Code::Other,
        FileError::Unwritable(_) => Code::Storage,
        _ => Code::Invalid,
    };
    let failure = Failure::new(code, sentence(&error.to_string())).detail(path.display().to_string());
    with_next(failure, error.next_step())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_next_step_is_said_once() {
        let path = Path::new("/data/in.csv");
        let said =
            |failure: &Failure| format!("{} {}", failure.message, failure.next.as_deref().unwrap_or("-"));
        let empty = data_file(path, &DataFileError::Empty);
        assert_eq!(said(&empty), "The file is empty. Choose a file with pairs in it.");
        let page = DataFileError::Foreign { kind: "a web page", next: "download the file itself" };
        assert_eq!(
            said(&data_file(path, &page)),
            "The file is a web page, not data: download the file itself. -"
        );
        let layer = vector_file(path, &FileError::NoLayer { suggestion: None });
        assert!(said(&layer).ends_with("Type the layer, then try again."), "{layer:?}");
        assert_eq!(layer.detail.as_deref(), Some("/data/in.csv"));
    }
}

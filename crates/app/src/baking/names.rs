//! The names of baked models, one for each strength, and of their proofs.

use std::path::{Path, PathBuf};

use vectors::model::is_gguf_file;

/// A name that does not say what would be there: other programs know GGUF files by their ending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrongEnding {
    /// The model is a GGUF file, and the copy's name does not end in `.gguf`.
    NoGguf,
    /// The model is a folder, and the copy's name ends in `.gguf`.
    Gguf,
}

/// Compares the name of a copy with what its model is.
#[must_use]
pub fn wrong_ending(source: &Path, out: &Path) -> Option<WrongEnding> {
    let ends_in_gguf = out.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gguf"));
    match (is_gguf_file(source), ends_in_gguf) {
        (true, false) => Some(WrongEnding::NoGguf),
        (false, true) if source.is_dir() => Some(WrongEnding::Gguf),
        _ => None,
    }
}

/// Returns a path for each strength: `out` itself for one, and names that end in the strength for several.
///
/// # Errors
/// The strength that is there twice.
pub fn targets(out: &Path, multipliers: &[f32]) -> Result<Vec<PathBuf>, f32> {
    if let [_] = multipliers {
        return Ok(vec![out.to_owned()]);
    }
    let ending = out.extension().filter(|ending| ending.eq_ignore_ascii_case("gguf"));
    let named = |multiplier: &f32| {
        let stem = if ending.is_some() { out.file_stem() } else { out.file_name() };
        let name = format!("{}-x{multiplier}", stem.unwrap_or_default().to_string_lossy());
        out.with_file_name(match ending {
            Some(ending) => format!("{name}.{}", ending.to_string_lossy()),
            None => name,
        })
    };
    let all: Vec<PathBuf> = multipliers.iter().map(named).collect();
    match all.iter().enumerate().find(|(index, path)| all[..*index].contains(path)) {
        None => Ok(all),
        Some((index, _)) => Err(multipliers[index]),
    }
}

/// Returns the path of the proof: beside the model, under its name without the ending of a GGUF file.
#[must_use]
pub fn proof_file(path: &Path) -> PathBuf {
    let is_file = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gguf"));
    let name = if is_file { path.file_stem() } else { path.file_name() };
    path.with_file_name(format!("{}.proof.json", name.unwrap_or_default().to_string_lossy()))
}

/// Returns a path's last part: a proof goes where its file goes, and the folders of this machine do not.
#[must_use]
pub fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_whether_a_file_or_a_folder_is_there() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("model.gguf");
        std::fs::write(&file, b"GGUF\x03\0\0\0").expect("a file");
        let wrong = |source: &Path, out: &str| wrong_ending(source, Path::new(out));
        assert_eq!(wrong(&file, "steered"), Some(WrongEnding::NoGguf));
        assert_eq!((wrong(&file, "steered.GGUF"), wrong(folder.path(), "steered")), (None, None));
        assert_eq!(wrong(folder.path(), "steered.gguf"), Some(WrongEnding::Gguf));
    }

    #[test]
    fn several_strengths_have_names_of_their_own() {
        let names = |out: &str, multipliers: &[f32]| -> Result<Vec<String>, ()> {
            let paths = targets(Path::new(out), multipliers).map_err(|_| ())?;
            Ok(paths.iter().map(|path| path.display().to_string()).collect())
        };
        assert_eq!(names("a/b.gguf", &[1.0]), Ok(vec!["a/b.gguf".into()]));
        let three = ["a/b-x-1.gguf", "a/b-x0.5.gguf", "a/b-x2.gguf"].map(str::to_owned);
        assert_eq!(names("a/b.gguf", &[-1.0, 0.5, 2.0]), Ok(three.to_vec()));
        assert_eq!(names("a/v1.5", &[1.0, 2.0]), Ok(vec!["a/v1.5-x1".into(), "a/v1.5-x2".into()]));
        assert_eq!(names("a/b.gguf", &[1.0, 1.0]), Err(()));
        assert_eq!(proof_file(Path::new("a/b-x2.gguf")), Path::new("a/b-x2.proof.json"));
        assert_eq!(proof_file(Path::new("a/v1.5")), Path::new("a/v1.5.proof.json"));
    }
}

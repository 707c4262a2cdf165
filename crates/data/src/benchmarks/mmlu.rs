//! Reads MMLU as its authors publish it (Hendrycks et al. 2021): a folder with `dev/NAME_dev.csv` and `test/NAME_test.csv` for
//! each of the 57 subjects.

use std::path::{Path, PathBuf};

pub use ipc::mmlu::SUBJECTS;

use super::questions::{self, Question};
use super::{BenchmarkError, MOST_BYTES, SHOTS};

/// The questions of a subject, with the worked examples that stand before each of them.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Subject {
    /// The index in [`SUBJECTS`].
    pub place: usize,
    /// The examples of `dev`, which are not scored.
    pub examples: Vec<Question>,
    /// The questions of `test`.
    pub scored: Vec<Question>,
}

/// The questions of all subjects.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Mmlu {
    /// The subjects, in the order of [`SUBJECTS`].
    pub subjects: Vec<Subject>,
}

impl Mmlu {
    /// Reads a folder, and of each subject the first `limit` questions. Only the files of the 57 subjects are read.
    ///
    /// # Errors
    /// Returns an error if a subject's file is missing, cannot be read or is not in the format, or all files together are too
    /// large.
    pub fn read(folder: &Path, limit: Option<u32>) -> Result<Self, BenchmarkError> {
        let mut read = 0;
        let subjects: Result<Vec<Subject>, BenchmarkError> = (0..SUBJECTS.len())
            .map(|place| {
                let mut examples = part(folder, place, "dev", &mut read)?;
                examples.truncate(SHOTS);
                let mut scored = part(folder, place, "test", &mut read)?;
                scored.truncate(limit.map_or(usize::MAX, |limit| limit as usize));
                if scored.is_empty() {
                    return Err(BenchmarkError::TooFew { found: 0, needed: 1 });
                }
                Ok(Subject { place, examples, scored })
            })
            .collect();
        Ok(Self { subjects: subjects? })
    }

    /// Returns the questions of all subjects, each with its subject.
    pub fn questions(&self) -> impl Iterator<Item = (&Subject, &Question)> {
        self.subjects.iter().flat_map(|subject| subject.scored.iter().map(move |one| (subject, one)))
    }
}

impl Subject {
    /// Returns the prompt of a question, to the letter as the authors' program writes it: the sentence that names the
    /// subject, with its two blanks, `shots` worked examples, and the question up to the place of its letter.
    #[must_use]
    pub fn prompt(&self, question: &Question, shots: usize) -> String {
        let name = SUBJECTS[self.place].0.replace('_', " ");
        let head = format!("The following are multiple choice questions (with answers) about  {name}.\n\n");
        questions::written(head, self.examples.iter().take(shots), question)
    }
}

/// Reads one file of a subject. `read` counts the bytes of all files.
fn part(
    folder: &Path,
    place: usize,
    part: &'static str,
    read: &mut u64,
) -> Result<Vec<Question>, BenchmarkError> {
    let name = format!("{}_{part}.csv", SUBJECTS[place].0);
    let path: PathBuf = folder.join(part).join(&name);
    let in_file = |source| BenchmarkError::File { file: format!("{part}/{name}"), source: Box::new(source) };
    let text = super::read(&path).map_err(in_file)?;
    *read += text.len() as u64;
    if *read > MOST_BYTES {
        return Err(BenchmarkError::TooLarge(*read));
    }
    questions::parse(&text).map_err(in_file)
}

#[cfg(test)]
mod tests {
    use ipc::mmlu::MmluGroup;

    use super::*;

    /// Writes a folder with two questions and two examples for each subject.
    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for part in ["dev", "test"] {
            std::fs::create_dir(folder.path().join(part)).expect("a folder");
            for (name, _) in SUBJECTS {
                let rows = format!("First {part} of {name}?,1,2,3,4,C\nSecond {part}?,1,2,3,4,A\n");
                let path = folder.path().join(part).join(format!("{name}_{part}.csv"));
                std::fs::write(path, rows).expect("a file");
            }
        }
        folder
    }

    #[test]
    fn each_group_has_the_subjects_of_the_authors_table() {
        let count = |group| SUBJECTS.iter().filter(|(_, of)| *of == group).count();
        let counts = MmluGroup::ALL.map(count);
        assert_eq!((counts, counts.iter().sum::<usize>()), ([13, 12, 18, 14], 57));
        let mut names: Vec<&str> = SUBJECTS.iter().map(|(name, _)| *name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 57);
    }

    #[test]
    fn a_prompt_is_that_of_the_authors_program() {
        let folder = folder();
        let all = Mmlu::read(folder.path(), None).expect("the questions");
        assert_eq!((all.subjects.len(), all.questions().count()), (57, 114));
        let subject = &all.subjects[0];
        assert_eq!(
            subject.prompt(&subject.scored[1], 1),
            "The following are multiple choice questions (with answers) about  abstract algebra.\n\n\
             First dev of abstract_algebra?\nA. 1\nB. 2\nC. 3\nD. 4\nAnswer: C\n\n\
             Second test?\nA. 1\nB. 2\nC. 3\nD. 4\nAnswer:"
        );
        assert_eq!(subject.prompt(&subject.scored[1], 0).matches("Answer:").count(), 1);
    }

    #[test]
    fn a_limit_cuts_each_subject_and_a_missing_or_broken_file_is_named() {
        let folder = folder();
        let one = Mmlu::read(folder.path(), Some(1)).expect("the questions");
        assert_eq!(one.questions().count(), 57);
        let path = folder.path().join("test/virology_test.csv");
        std::fs::write(&path, "Q,1,2,3,A\n").expect("a file");
        let refused = Mmlu::read(folder.path(), None).expect_err("a broken row").to_string();
        assert!(refused.contains("test/virology_test.csv: line 1: 5 columns"), "{refused}");
        std::fs::write(&path, "").expect("a file");
        assert!(matches!(Mmlu::read(folder.path(), None), Err(BenchmarkError::TooFew { found: 0, .. })));
        std::fs::remove_file(&path).expect("it is there");
        let refused = Mmlu::read(folder.path(), None).expect_err("a missing file").to_string();
        assert!(refused.starts_with("test/virology_test.csv: "), "{refused}");
        std::fs::create_dir(&path).expect("a folder in its place");
        Mmlu::read(folder.path(), None).expect_err("a folder is no file");
    }
}

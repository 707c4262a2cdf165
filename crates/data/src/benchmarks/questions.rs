//! Reads multiple-choice questions in MMLU's format (Hendrycks et al. 2021).
//!
//! A file has no header. Its columns are the question, four answers and the right answer's letter.

use std::path::{Path, PathBuf};

use super::{BenchmarkError, read, refused};

/// The most worked examples before a question.
pub const SHOTS: usize = 5;

/// The letters of the four answers.
pub const LETTERS: [char; 4] = ['A', 'B', 'C', 'D'];

/// A question with four answers.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Question {
    /// The text of the question.
    pub question: String,
    /// The answers, in the order of their letters.
    pub answers: [String; 4],
    /// The index of the right answer, from 0.
    pub right: usize,
}

/// The questions of a benchmark, with the worked examples that stand before each of them.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Questions {
    /// Up to [`SHOTS`] examples, which are not scored.
    pub examples: Vec<Question>,
    /// The questions that are scored.
    pub scored: Vec<Question>,
}

impl Questions {
    /// Returns the built-in questions, which were written for this project: general knowledge that a small model has in
    /// part.
    ///
    /// # Errors
    /// Never fails: the built-in file is tested.
    pub fn on_board() -> Result<Self, BenchmarkError> {
        Self::without_dev(parse(include_str!("../../../../datasets/knowledge.csv"))?)
    }

    /// Reads a file's questions. The examples come from the file that MMLU keeps for them (`dev/NAME_dev.csv` beside
    /// `test/NAME_test.csv`), else from the first rows, which are then not scored.
    ///
    /// # Errors
    /// Returns an error where a file cannot be read or is not in the format, or holds too few questions.
    pub fn read(path: &Path) -> Result<Self, BenchmarkError> {
        let all = parse(&read(path)?)?;
        match dev_file(path) {
            Some(dev) => {
                let mut examples = parse(&read(&dev)?)?;
                examples.truncate(SHOTS);
                Ok(Self { examples, scored: all })
            }
            None => Self::without_dev(all),
        }
    }

    fn without_dev(mut all: Vec<Question>) -> Result<Self, BenchmarkError> {
        if all.len() <= SHOTS {
            return Err(BenchmarkError::TooFew { found: all.len(), needed: SHOTS + 1 });
        }
        let scored = all.split_off(SHOTS);
        Ok(Self { examples: all, scored })
    }

    /// Returns the prompt of a question: `shots` worked examples, then the question, up to the place of its letter.
    #[must_use]
    pub fn prompt(&self, question: &Question, shots: usize) -> String {
        let head = "Answer each question with the letter of the right answer.\n\n".to_owned();
        written(head, self.examples.iter().take(shots), question)
    }
}

/// Writes a prompt: its head, the examples with their letters, and the question up to the place of its letter.
pub(super) fn written<'a>(
    head: String,
    examples: impl Iterator<Item = &'a Question>,
    question: &Question,
) -> String {
    let mut prompt = head;
    for example in examples {
        prompt.push_str(&asked(example));
        prompt.push(' ');
        prompt.push(LETTERS[example.right]);
        prompt.push_str("\n\n");
    }
    prompt.push_str(&asked(question));
    prompt
}

/// Returns six numbers for one question: 1 where the right letter is the likeliest, else 0; the right letter's
/// probability among the four; and all four probabilities. `log_probs` are in nats.
#[must_use]
pub fn letter_item(log_probs: &[f64], right: usize) -> Vec<f64> {
    let most = log_probs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = log_probs.iter().map(|x| (x - most).exp()).sum();
    let shares: Vec<f64> = log_probs.iter().map(|x| (x - most).exp() / sum).collect();
    let is_right = shares.iter().enumerate().all(|(place, share)| place == right || *share < shares[right]);
    [&[f64::from(u8::from(is_right)), shares[right]], shares.as_slice()].concat()
}

fn asked(question: &Question) -> String {
    let mut text = question.question.trim().to_owned();
    for (letter, answer) in LETTERS.iter().zip(&question.answers) {
        text.extend(['\n', *letter, '.', ' ']);
        text.push_str(answer.trim());
    }
    text.push_str("\nAnswer:");
    text
}

pub(super) fn parse(text: &str) -> Result<Vec<Question>, BenchmarkError> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut all = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| refused(&error))?;
        let line = record.position().map_or(0, csv::Position::line);
        let fields: Vec<&str> = record.iter().collect();
        let [question, a, b, c, d, right] = fields[..] else {
            let detail = format!("{} columns instead of six: question, four answers, letter", fields.len());
            return Err(BenchmarkError::Row { line, detail });
        };
        let letter = right.trim();
        let Some(right) = LETTERS.iter().position(|known| letter == known.to_string()) else {
            // Some copies of the files have a header.
            if all.is_empty() && line <= 1 {
                continue;
            }
            return Err(BenchmarkError::Row { line, detail: format!("{letter:?} is not A, B, C or D") });
        };
        all.push(Question { question: question.into(), answers: [a, b, c, d].map(str::to_owned), right });
    }
    Ok(all)
}

/// Returns the path of the examples: `dev/NAME_dev.csv` or `NAME_dev.csv` for `test/NAME_test.csv` or `val/NAME_val.csv`.
fn dev_file(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    let subject = name.strip_suffix("_test.csv").or_else(|| name.strip_suffix("_val.csv"))?;
    let dev = format!("{subject}_dev.csv");
    let folder = path.parent()?;
    [folder.join("../dev").join(&dev), folder.join(&dev)].into_iter().find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_questions_on_board_are_forty_with_every_letter_ten_times() {
        let questions = Questions::on_board().expect("the questions on board");
        assert_eq!((questions.examples.len(), questions.scored.len()), (SHOTS, 40));
        for right in 0..4 {
            assert_eq!(questions.scored.iter().filter(|question| question.right == right).count(), 10);
        }
    }

    #[test]
    fn a_prompt_has_its_examples_and_ends_where_the_letter_stands() {
        let questions = Questions::on_board().expect("the questions on board");
        let prompt = questions.prompt(&questions.scored[0], 2);
        assert!(prompt.ends_with("D. 212 degrees Celsius\nAnswer:"), "{prompt}");
        assert_eq!(prompt.matches("Answer:").count(), 3);
        assert!(prompt.contains("Answer: B\n\nHow many minutes"), "{prompt}");
    }

    #[test]
    fn published_files_are_read_with_their_examples_beside_them() {
        let folder = tempfile::tempdir().expect("a folder");
        for (place, row) in
            [("dev", "\"Is 1 + 1 \"\"two\"\"?\",no,yes,,\"a, b\",B\n"), ("test", "Q,1,2,3,4,D\n")]
        {
            std::fs::create_dir(folder.path().join(place)).expect("a folder");
            std::fs::write(folder.path().join(place).join(format!("sums_{place}.csv")), row).expect("a file");
        }
        let questions = Questions::read(&folder.path().join("test/sums_test.csv")).expect("questions");
        assert_eq!((questions.scored.len(), questions.scored[0].right), (1, 3));
        assert_eq!(questions.examples[0].question, "Is 1 + 1 \"two\"?");
    }

    #[test]
    fn the_right_letter_must_be_likelier_than_every_other() {
        let item = letter_item(&[0.1_f64.ln(), 0.4_f64.ln(), 0.2_f64.ln(), 0.1_f64.ln()], 1);
        assert!(item[0] > 0.5 && (item[1] - 0.5).abs() < 1e-12 && item.len() == 6);
        assert!(letter_item(&[1.0, 1.0, 0.0, 0.0], 0)[0] < 0.5, "a tie is not right");
    }

    #[test]
    fn rows_that_are_none_are_refused_with_their_line() {
        let refusal = |text: &str| parse(text).expect_err("it is refused").to_string();
        assert!(refusal("Q,1,2,3,4,A\nQ,1,2,3,A\n").contains("line 2: 5 columns"));
        assert!(refusal("Q,1,2,3,4,A\nQ,1,2,3,4,E\n").contains("line 2: \"E\""));
        assert_eq!(parse("question,A,B,C,D,answer\nQ,1,2,3,4,A\n").expect("a header is left out").len(), 1);
        assert!(matches!(Questions::without_dev(Vec::new()), Err(BenchmarkError::TooFew { .. })));
    }
}

//! Counts the time that a study took, over every start of the command: a cell counts when it is done, so that what was done
//! before a stop or a kill is counted once.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::machine;
use crate::folders;
use crate::problem::{Outcome, Problem, WithContext as _};

/// What a study took so far, as the file beside its store has it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Taken {
    /// The seconds of the cells that computed something.
    pub(super) seconds: f64,
    /// How many cells those are.
    pub(super) cells: u32,
    /// The machine on which the last of them was computed.
    pub(super) machine: String,
}

/// The part of a line of `tiller-cli run --json` that matters: a job that is begun, or a cell that is done.
#[derive(Deserialize)]
struct Line {
    job: Option<u64>,
    done: Option<u32>,
}

/// The clock of a study.
pub(super) struct Clock {
    file: PathBuf,
    taken: Taken,
    begun: Instant,
    /// Whether the cell that is under way has begun a job.
    computes: bool,
}

impl Clock {
    /// Returns a clock that goes on from its file, or begins at zero where there is none.
    pub(super) fn new(file: PathBuf) -> Outcome<Self> {
        let taken = match fs::read_to_string(&file) {
            Ok(text) => serde_json::from_str(&text).map_err(|error| {
                Problem::new(format!("{} is no time: {error}.", folders::short(&file)))
                    .next("Delete it; the time then counts from now on.")
            })?,
            Err(_) => Taken::default(),
        };
        Ok(Self { file, taken, begun: Instant::now(), computes: false })
    }

    /// Runs the study to its end.
    pub(super) fn run(&mut self, command: &mut Command) -> Outcome {
        let name = command.get_program().display().to_string();
        let mut child =
            command.stdout(Stdio::piped()).spawn().with_context(|| format!("{name} cannot be started"))?;
        self.begun = Instant::now();
        let output = child.stdout.take().map(BufReader::new);
        for line in output.into_iter().flat_map(BufReader::lines) {
            self.hear(&line.with_context(|| format!("{name} cannot be heard"))?)?;
        }
        let status = child.wait().with_context(|| format!("{name} is lost"))?;
        if status.success() {
            return Ok(());
        }
        Err(Problem::new(format!("{name} ended with {status}.")).next("The same command goes on."))
    }

    /// Hears a line of the program. The time of a cell that was there already does not count.
    fn hear(&mut self, line: &str) -> Outcome {
        let Ok(line) = serde_json::from_str::<Line>(line) else { return Ok(()) };
        self.computes |= line.job.is_some();
        if line.done.is_none() {
            return Ok(());
        }
        let took = std::mem::replace(&mut self.begun, Instant::now()).elapsed();
        if std::mem::take(&mut self.computes) {
            self.taken.seconds += took.as_secs_f64();
            self.taken.cells += 1;
            self.taken.machine = machine::name();
            self.keep()?;
        }
        Ok(())
    }

    /// Writes the file beside itself first, so that a kill leaves the old one or the new one.
    fn keep(&self) -> Outcome {
        let beside = self.file.with_extension("part");
        let text = serde_json::to_string(&self.taken)
            .map_err(|error| Problem::new(format!("the time cannot be written: {error}.")))?;
        fs::write(&beside, text).with_context(|| format!("{} cannot be written", folders::short(&beside)))?;
        fs::rename(&beside, &self.file)
            .with_context(|| format!("{} cannot be written", folders::short(&self.file)))
    }

    /// Returns what all cells took together.
    pub(super) fn taken(&self) -> &Taken {
        &self.taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_counts_once_and_only_if_it_computed() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("time.json");
        let mut clock = Clock::new(file.clone()).expect("a clock");
        let found = r#"{"cell":"CAA","done":1,"of":3,"vector":"ab","points":4}"#;
        for line in ["no JSON", found] {
            clock.hear(line).expect("a line");
        }
        assert_eq!((clock.taken().cells, file.exists()), (0, false), "it was there already");
        for line in [r#"{"cell":"BiPO","job":1}"#, r#"{"cell":"BiPO","job":2}"#, found] {
            clock.hear(line).expect("a line");
        }
        // A job that is killed before its cell is done leaves nothing.
        clock.hear(r#"{"cell":"RePS","job":3}"#).expect("a line");
        let before = clock.taken().clone();
        let mut again = Clock::new(file).expect("a clock");
        assert_eq!((again.taken(), before.cells), (&before, 1));
        again.hear(r#"{"cell":"RePS","job":4}"#).expect("a line");
        again.hear(found).expect("a line");
        assert!(again.taken().cells == 2 && again.taken().seconds > before.seconds);
    }
}

//! The small study that the clusters run, and what one process makes of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{SHARDS, fresh, write};
use crate::folders;
use crate::print;
use crate::problem::{Outcome, Problem, WithContext as _};
use crate::program;
use crate::test_programs::PRODUCT;

/// The tables that a study writes.
const TABLES: [&str; 3] = ["points.csv", "chosen.csv", "results.json"];
/// The study that the tests of `tiller-cli` run.
const SMALL: &str = include_str!("../../../tests/cli/small_study.toml");
/// Enough pairs and epochs that a worker can be killed in the middle.
const PAIRS: usize = 40;
const EPOCHS: (&str, &str) = ("epochs = 12", "epochs = 40");

/// The study in its folder, with the tables of one process.
pub(super) struct Study {
    /// Where the clusters put their stores.
    pub(super) folder: PathBuf,
    /// The plan's file.
    pub(super) plan: PathBuf,
    /// The program.
    pub(super) cli: PathBuf,
    tables: Vec<String>,
}

impl Study {
    /// Builds the program, writes the study, and runs it in one process.
    pub(super) fn new(folder: &Path) -> Outcome<Self> {
        print::step(
            "Building tiller-cli (on a machine with a GPU: cargo build --release -p tiller-cli --features cuda)",
        );
        program::run(program::cargo().args(["build", "--quiet", "--bin", "tiller-cli"]).args(PRODUCT))?;
        let cli = folders::target().join("debug").join("tiller-cli");
        fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folders::short(folder)))?;
        let own = fresh(&folder.join("study"))?;
        let model = folders::root().join("tests/oracles/families/llama.gguf");
        fs::copy(&model, own.join("llama.gguf")).with_context(|| "The small model cannot be copied")?;
        let line = |place: usize| format!("Question {place}?,I take {place}.,I give {place} away.\n");
        let lines: String = (0..PAIRS).map(line).collect();
        write(&own.join("pairs.csv"), &format!("question,matching,not_matching\n{lines}"))?;
        let plan = own.join("study.toml");
        write(&plan, &SMALL.replacen(EPOCHS.0, EPOCHS.1, 1))?;
        print::step("Running the small study in one process");
        let mut study = Self { folder: folder.to_owned(), plan, cli, tables: vec![] };
        let (store, out) = (own.join("store"), own.join("results"));
        program::output(study.run().arg("--store").arg(&store).arg("--out").arg(&out))?;
        study.tables = tables(&out)?;
        Ok(study)
    }

    fn run(&self) -> Command {
        let mut command = program::command(&self.cli);
        command.args(["run", "--plan"]).arg(&self.plan);
        command
    }

    /// Splits the plan into shards in a folder.
    pub(super) fn split(&self, folder: &Path) -> Outcome {
        let mut command = program::command(&self.cli);
        command.arg("plan").arg(&self.plan).args(["--shards", &SHARDS.to_string(), "--out"]).arg(folder);
        program::output(&mut command).map(drop)
    }

    /// Compares the tables in a folder with those of one process.
    pub(super) fn compare(&self, out: &Path, of: &str) -> Outcome {
        for ((found, wanted), name) in tables(out)?.iter().zip(&self.tables).zip(TABLES) {
            if found != wanted {
                return Err(Problem::new(format!("{name} of {of} is not that of one process.")).next(
                    format!(
                        "Compare {} with {}.",
                        out.display(),
                        self.folder.join("study/results").display()
                    ),
                ));
            }
        }
        print::note(&format!("{of}: {} are those of one process, to the last digit", TABLES.join(", ")));
        Ok(())
    }
}

fn tables(out: &Path) -> Outcome<Vec<String>> {
    let read = |name: &str| {
        let path = out.join(name);
        fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))
    };
    TABLES.iter().map(|name| read(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_small_study_has_the_epochs_that_are_raised() {
        assert_eq!(SMALL.matches(EPOCHS.0).count(), 1);
    }
}

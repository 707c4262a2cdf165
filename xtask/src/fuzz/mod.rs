//! `cargo xtask fuzz`: gives the readers of others' files random inputs, with coverage, and adds up what was reached.
//!
//! libFuzzer makes the inputs. The program in `fuzz/` is compiled with counters of coverage, which stable Rust can add, so
//! that neither nightly Rust nor cargo-fuzz is needed. A C++ compiler is.

mod corpus;
mod record;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use self::corpus::Corpus;
use self::record::{Measured, Record};
use crate::folders;
use crate::print;
use crate::problem::{Outcome, Problem, WithContext as _};
use crate::program;
use crate::starter_model;

/// The compiler's options that count coverage, as cargo-fuzz sets them.
const COVERAGE: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";
/// The limits of libFuzzer. The program itself ends at 512 MB or ten seconds of processor time for one input; the time here
/// is the clock's, for a reader that never ends, and long enough for a machine that does other work first.
const LIMITS: [&str; 4] = ["-timeout=600", "-rss_limit_mb=4096", "-malloc_limit_mb=2048", "-max_len=200000"];

/// How the readers are fuzzed.
pub(crate) struct Options {
    /// How long each is, in seconds of the clock.
    pub(crate) seconds: u32,
    /// Whether the program that was compiled last is taken as it is.
    pub(crate) is_built: bool,
}

/// Fuzzes these readers, or all of them, those with the least behind them first. What was reached is added to
/// docs/fuzzing.json, and the corpus grows by what found new coverage.
pub(crate) fn fuzz(readers: &[String], options: &Options) -> Outcome {
    let program = if options.is_built { path(&host()?) } else { build()? };
    let known: Vec<String> =
        program::output(&mut program::command(&program))?.lines().map(str::to_owned).collect();
    if let Some(odd) = readers.iter().find(|reader| !known.contains(reader)) {
        return Err(Problem::new(format!("There is no reader {odd}."))
            .next(format!("Take one of: {}.", known.join(", "))));
    }
    let python = starter_model::python()?;
    let mut chosen = if readers.is_empty() { known } else { readers.to_vec() };
    if readers.is_empty() {
        Record::read()?.sort_by_reached(&mut chosen);
    }
    let mut failed = Vec::new();
    for reader in &chosen {
        print::step(&format!("Fuzzing {reader} for {} s", options.seconds));
        let run = Run { program: &program, python: &python, reader };
        if let Err(problem) = run.run(options.seconds) {
            // The code is for a task that ends here.
            let _ = problem.print();
            failed.push(reader.as_str());
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    Err(Problem::new(format!("Inputs that end a reader were found: {}.", failed.join(", ")))
        .next("They lie in fuzz/artifacts. Mend the reader, and fuzz it again."))
}

/// Returns what cargo calls this machine.
fn host() -> Outcome<String> {
    let version = program::output(program::cargo().arg("-vV"))?;
    Ok(version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default().to_owned())
}

/// Returns the path of the program.
fn path(host: &str) -> PathBuf {
    let target = folders::root().join("fuzz/target");
    target.join(host).join("release").join(format!("fuzz{}", std::env::consts::EXE_SUFFIX))
}

/// Compiles the program, and returns its path.
fn build() -> Outcome<PathBuf> {
    print::step("Compiling the readers with counters of coverage");
    let (host, folder) = (host()?, folders::root().join("fuzz"));
    let mut cargo = program::cargo();
    // With a target named, programs that run while others are compiled get no counters.
    cargo.args(["build", "--release", "--target", &host]).current_dir(&folder);
    program::run(cargo.env("RUSTFLAGS", COVERAGE).env("CARGO_TARGET_DIR", folder.join("target")))?;
    Ok(path(&host))
}

/// One reader's run.
struct Run<'a> {
    program: &'a Path,
    python: &'a Path,
    reader: &'a str,
}

impl Run<'_> {
    fn run(&self, seconds: u32) -> Outcome {
        let corpus = Corpus::new(self.reader, self.python)?;
        let artifacts = folders::root().join("fuzz/artifacts");
        fs::create_dir_all(&artifacts)
            .with_context(|| format!("{} cannot be made", folders::short(&artifacts)))?;
        program::output(self.fuzzer().env("TILLER_FUZZ_SEEDS", corpus.folder()))?;
        corpus.unpack()?;
        let measured = corpus.folder().with_extension("json");
        // What an earlier run measured is in the record already.
        let _ = fs::remove_file(&measured);
        let outcome = program::output(
            self.fuzzer()
                .env("TILLER_FUZZ_MEASURED", &measured)
                .args(LIMITS)
                .arg(format!("-max_total_time={seconds}"))
                .arg(format!("-artifact_prefix={}/{}-", artifacts.display(), self.reader))
                .arg(corpus.folder()),
        );
        if let Ok(text) = fs::read_to_string(&measured)
            && let Ok(measured) = serde_json::from_str::<Measured>(&text)
        {
            print::note(&measured.row(self.reader));
            Record::add(self.reader, &measured)?;
        }
        outcome?;
        let smallest = corpus.smallest()?;
        let mut merge = self.fuzzer();
        program::output(merge.args(LIMITS).arg("-merge=1").arg(&smallest).arg(corpus.folder()))?;
        corpus.pack()
    }

    fn fuzzer(&self) -> Command {
        let mut fuzzer = program::command(self.program);
        fuzzer.env("TILLER_FUZZ_READER", self.reader);
        fuzzer
    }
}

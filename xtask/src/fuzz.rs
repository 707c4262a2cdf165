//! `cargo xtask fuzz`: gives the readers of others' files random inputs, with coverage, and prints the worst of each.
//!
//! libFuzzer makes the inputs. The program in `fuzz/` is compiled with counters of coverage, which stable Rust can add, so
//! that neither nightly Rust nor cargo-fuzz is needed. A C++ compiler is.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use crate::folders;
use crate::print;
use crate::problem::{Outcome, Problem, WithContext as _};
use crate::program;
use crate::starter_model;

/// The kept inputs of each reader, one archive each, under the reader's name.
const CORPUS: &str = "fuzz/corpus";
/// The compiler's options that count coverage, as cargo-fuzz sets them.
const COVERAGE: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";
/// The limits of libFuzzer. The program itself ends at 512 MB for one input.
const LIMITS: [&str; 4] = ["-timeout=30", "-rss_limit_mb=4096", "-malloc_limit_mb=2048", "-max_len=200000"];

/// What the program notes: how many inputs it read, and the most that one of them took.
#[derive(Deserialize)]
struct Worst {
    inputs: u64,
    seconds: f64,
    bytes: u64,
}

/// Fuzzes these readers, or all of them, for so many seconds each. The corpus grows by what found new coverage.
pub(crate) fn fuzz(readers: &[String], seconds: u32) -> Outcome {
    let program = build()?;
    let known: Vec<String> =
        program::output(&mut program::command(&program))?.lines().map(str::to_owned).collect();
    if let Some(odd) = readers.iter().find(|reader| !known.contains(reader)) {
        return Err(Problem::new(format!("There is no reader {odd}."))
            .next(format!("Take one of: {}.", known.join(", "))));
    }
    let python = starter_model::python()?;
    let chosen: &[String] = if readers.is_empty() { &known } else { readers };
    let mut failed = Vec::new();
    for reader in chosen {
        print::step(&format!("Fuzzing {reader} for {seconds} s"));
        let run = Run { program: &program, python: &python, reader };
        if let Err(problem) = run.run(seconds) {
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

/// Compiles the program, and returns its path.
fn build() -> Outcome<PathBuf> {
    print::step("Compiling the readers with counters of coverage");
    let version = program::output(program::cargo().arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default();
    let folder = folders::root().join("fuzz");
    let target = folder.join("target");
    let mut cargo = program::cargo();
    // With a target named, programs that run while others are compiled get no counters.
    cargo.args(["build", "--release", "--target", host]).current_dir(&folder);
    program::run(cargo.env("RUSTFLAGS", COVERAGE).env("CARGO_TARGET_DIR", &target))?;
    Ok(target.join(host).join("release").join(format!("fuzz{}", std::env::consts::EXE_SUFFIX)))
}

/// One reader's run.
struct Run<'a> {
    program: &'a Path,
    python: &'a Path,
    reader: &'a str,
}

impl Run<'_> {
    fn run(&self, seconds: u32) -> Outcome {
        let work = folders::root().join("fuzz/target/corpus");
        let (corpus, smallest) = (work.join(self.reader), work.join(format!("{}.smallest", self.reader)));
        let worst = work.join(format!("{}.json", self.reader));
        let archive = folders::root().join(CORPUS).join(format!("{}.zip", self.reader));
        let artifacts = folders::root().join("fuzz/artifacts");
        for folder in [&corpus, &artifacts] {
            fs::create_dir_all(folder)
                .with_context(|| format!("{} cannot be made", folders::short(folder)))?;
        }
        program::output(self.fuzzer().env("TILLER_FUZZ_SEEDS", &corpus))?;
        if archive.exists() {
            program::output(self.zipfile("--extract").arg(&archive).arg(&corpus))?;
        }
        let outcome = program::output(
            self.fuzzer()
                .env("TILLER_FUZZ_WORST", &worst)
                .args(LIMITS)
                .arg(format!("-max_total_time={seconds}"))
                .arg(format!("-artifact_prefix={}/{}-", artifacts.display(), self.reader))
                .arg(&corpus),
        );
        if let Ok(text) = fs::read_to_string(&worst)
            && let Ok(worst) = serde_json::from_str::<Worst>(&text)
        {
            let (time, memory) = (worst.seconds * 1e3, worst.bytes as f64 / 1e6);
            print::note(&format!(
                "{}: {} inputs, at most {time:.0} ms and {memory:.1} MB",
                self.reader, worst.inputs
            ));
        }
        outcome?;
        // Of the inputs that reach the same, the smallest are kept.
        if smallest.exists() {
            fs::remove_dir_all(&smallest)
                .with_context(|| format!("{} cannot be removed", folders::short(&smallest)))?;
        }
        fs::create_dir_all(&smallest)
            .with_context(|| format!("{} cannot be made", folders::short(&smallest)))?;
        program::output(self.fuzzer().args(LIMITS).arg("-merge=1").arg(&smallest).arg(&corpus))?;
        let mut inputs: Vec<PathBuf> = fs::read_dir(&smallest)
            .with_context(|| format!("{} cannot be read", folders::short(&smallest)))?
            .flatten()
            .map(|file| file.path())
            .collect();
        inputs.sort();
        let kept = folders::root().join(CORPUS);
        fs::create_dir_all(&kept).with_context(|| format!("{CORPUS} cannot be made"))?;
        program::output(self.zipfile("--create").arg(&archive).args(&inputs)).map(drop)
    }

    fn fuzzer(&self) -> Command {
        let mut fuzzer = program::command(self.program);
        fuzzer.env("TILLER_FUZZ_READER", self.reader);
        fuzzer
    }

    fn zipfile(&self, what: &str) -> Command {
        let mut python = program::command(self.python);
        python.args(["-m", "zipfile", what]);
        python
    }
}

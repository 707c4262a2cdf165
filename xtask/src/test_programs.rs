//! Cargo's test programs: built in one go, so that nothing is compiled twice, and asked for their tests.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde::Deserialize;

use crate::problem::{Because as _, Outcome, Problem};
use crate::program;

/// Tests in this module measure time: nothing runs beside them.
const ALONE: &str = "alone";

/// A test program that is built.
#[derive(Debug)]
pub(crate) struct TestProgram {
    /// The package and the target: `vectors parity`.
    pub(crate) name: String,
    path: PathBuf,
    /// The package's folder, in which cargo runs its tests.
    folder: PathBuf,
}

/// What cargo tells of something that it has built.
#[derive(Deserialize)]
struct Artifact {
    reason: String,
    manifest_path: Option<PathBuf>,
    target: Option<Target>,
    profile: Option<Profile>,
    executable: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

#[derive(Deserialize)]
struct Profile {
    test: bool,
}

/// Builds every test program of the workspace, with the window's tests or without; what the compiler says goes to the terminal.
pub(crate) fn build(window: bool) -> Outcome<Vec<TestProgram>> {
    // `--tests` passes over the window's test, which plain `cargo test` must not run.
    let targets: &[&str] = if window { &["--lib", "--bins", "--test", "*"] } else { &["--tests"] };
    let mut cargo = program::cargo();
    cargo
        .args(["test", "--quiet", "--workspace", "--no-run", "--message-format", "json-render-diagnostics"])
        .args(targets)
        .stdout(Stdio::piped());
    let mut child = cargo.spawn().because(|| "cargo cannot be started")?;
    let mut built = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines() {
            built.extend(read(&line.because(|| "What cargo says cannot be read")?));
        }
    }
    let status = child.wait().because(|| "cargo cannot be waited for")?;
    if status.success() {
        Ok(built)
    } else {
        Err(Problem::new(format!("Building the tests ended with {status}.")))
    }
}

/// Reads one of cargo's messages; nothing where it is not about a test program.
fn read(line: &str) -> Option<TestProgram> {
    let artifact: Artifact = serde_json::from_str(line).ok()?;
    let is_test = artifact.reason == "compiler-artifact" && artifact.profile?.test;
    let (target, path) = (artifact.target?, artifact.executable.filter(|_| is_test)?);
    let folder = artifact.manifest_path?.parent()?.to_owned();
    let package = folder.file_name()?.to_str()?;
    let is_library = !target.kind.iter().any(|kind| kind == "test" || kind == "bin");
    let name = if is_library { package.to_owned() } else { format!("{package} {}", target.name) };
    Some(TestProgram { name, path, folder })
}

impl TestProgram {
    /// Whether this is the one that drives the real window.
    pub(crate) fn is_window(&self) -> bool {
        self.name.ends_with(" window")
    }

    /// The program, in its package's folder.
    fn command(&self) -> Command {
        let mut command = program::command(&self.path);
        command.current_dir(&self.folder).env("CARGO_MANIFEST_DIR", &self.folder);
        if let Some(cargo) = std::env::var_os("CARGO") {
            command.env("CARGO", cargo);
        }
        command
    }

    /// Its tests, those with a mark to be ignored among them.
    pub(crate) fn tests(&self) -> Outcome<Vec<String>> {
        let list = program::output(self.command().args(["--list", "--format", "terse"]))?;
        Ok(list.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect())
    }

    /// Runs these tests, one after another.
    pub(crate) fn run(&self, tests: &[String]) -> Command {
        let mut command = self.command();
        command.args(["--test-threads", "1", "--exact"]).args(tests);
        command
    }
}

/// Whether a test must have the machine to itself.
pub(crate) fn is_alone(test: &str) -> bool {
    test.split("::").any(|module| module == ALONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargos_messages_name_the_test_programs() {
        let message = |kind: &str, test: bool| {
            format!(
                r#"{{"reason":"compiler-artifact","package_id":"x","manifest_path":"/here/vectors/Cargo.toml",
                "target":{{"kind":["{kind}"],"name":"parity","src_path":"x"}},"profile":{{"test":{test},"opt_level":"0"}},
                "executable":"/here/target/debug/deps/parity-1"}}"#
            )
        };
        let name = |line: &str| read(line).map(|program| program.name);
        assert_eq!(name(&message("test", true)).as_deref(), Some("vectors parity"));
        assert_eq!(name(&message("lib", true)).as_deref(), Some("vectors"));
        assert_eq!(name(&message("bin", false)), None);
        assert_eq!(name(r#"{"reason":"build-finished","success":true}"#), None);
    }

    #[test]
    fn tests_that_measure_time_are_known_by_their_module() {
        assert!(is_alone("alone::walk::the_whole_way_once"));
        assert!(!is_alone("files::it_does_not_stand_alone"));
    }
}

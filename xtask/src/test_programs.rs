//! Builds and lints all test programs in as few cargo calls as compile nothing twice, and lists their tests.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde::Deserialize;

use crate::problem::{Outcome, Problem, WithContext as _};
use crate::program;

/// The name of modules whose tests measure time, so that nothing may run at the same time.
const ALONE: &str = "alone";

/// The name of modules whose tests take minutes, so that each begins before the others and holds none of them up.
const LONG: &str = "long";

/// The workspace without xtask. Every call that shares what it compiles with the tests names it in this way: `cargo xtask` has compiled
/// xtask already, and beside the other crates what xtask stands on would have other features, and compile once more.
pub(crate) const PRODUCT: [&str; 3] = ["--workspace", "--exclude", "xtask"];

/// Lets cargo build the tests of the real window as well. Every call that shares what it compiles with the tests has it: the window's
/// library, and what stands on it, would compile once more without.
pub(crate) const WINDOW_TESTS: [&str; 2] = ["--features", "tiller/window-tests"];

/// A test program that cargo has built.
#[derive(Debug)]
pub(crate) struct TestProgram {
    /// The package and the target, for example `vectors parity`.
    pub(crate) name: String,
    path: PathBuf,
    /// The package's folder, in which cargo runs its tests.
    folder: PathBuf,
}

/// Cargo's JSON message about a built target.
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

/// Compiles and lints everything of the workspace, and returns its test programs. Compiler messages go to the terminal.
pub(crate) fn build() -> Outcome<Vec<TestProgram>> {
    let product = build_of(&[&PRODUCT[..], &WINDOW_TESTS].concat());
    // What is wrong in one of them says nothing about the other.
    let own = build_of(&["--package", "xtask"]);
    let mut programs = product?;
    programs.extend(own?);
    Ok(programs)
}

/// Compiles and lints these packages with all their targets, and returns their test programs.
fn build_of(packages: &[&str]) -> Outcome<Vec<TestProgram>> {
    let mut cargo = program::linting_cargo()?;
    cargo
        .args(["build", "--quiet", "--keep-going", "--all-targets"])
        .args(packages)
        .args(["--message-format", "json-render-diagnostics"])
        .stdout(Stdio::piped());
    let mut child = cargo.spawn().with_context(|| "cargo cannot be started")?;
    let mut built = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines() {
            built.extend(read(&line.with_context(|| "What cargo says cannot be read")?));
        }
    }
    let status = child.wait().with_context(|| "cargo cannot be waited for")?;
    if status.success() {
        Ok(built)
    } else {
        Err(Problem::new(format!("Compiling and linting ended with {status}.")))
    }
}

/// Parses one of cargo's messages. `None` if it is not about a test program.
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
    /// Returns whether this program tests the real window.
    pub(crate) fn is_window(&self) -> bool {
        self.name.ends_with(" window")
    }

    /// Returns the command of the program, in the environment that cargo would set.
    fn command(&self) -> Command {
        let mut command = program::command(&self.path);
        command.current_dir(&self.folder).env("CARGO_MANIFEST_DIR", &self.folder);
        if let Some(cargo) = std::env::var_os("CARGO") {
            command.env("CARGO", cargo);
        }
        command
    }

    /// Lists its tests, ignored ones included.
    pub(crate) fn tests(&self) -> Outcome<Vec<String>> {
        let list = program::output(self.command().args(["--list", "--format", "terse"]))?;
        Ok(list.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect())
    }

    /// Returns the command that runs these tests, one after another.
    pub(crate) fn run(&self, tests: &[String]) -> Command {
        let mut command = self.command();
        command.args(["--test-threads", "1", "--exact"]).args(tests);
        command
    }
}

/// Returns whether nothing else may run at the same time as this test.
pub(crate) fn is_alone(test: &str) -> bool {
    is_in(test, ALONE)
}

/// Returns whether this test takes minutes.
pub(crate) fn is_long(test: &str) -> bool {
    is_in(test, LONG)
}

fn is_in(test: &str, module: &str) -> bool {
    test.split("::").any(|one| one == module)
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
    fn tests_that_measure_time_or_take_long_are_known_by_their_module() {
        assert!(is_alone("alone::clicks::every_screen_responds"));
        assert!(!is_alone("files::it_does_not_stand_alone"));
        assert!(is_long("starter::long::a_vector_is_made_again"));
        assert!(!is_long("long_haul::many_small_jobs"));
    }
}

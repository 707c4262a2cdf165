//! Finds and runs other programs, and reports why they failed.

use std::env;
use std::ffi::OsStr;
use std::io::Read as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::folders;
use crate::problem::{Outcome, Problem, WithContext as _};

/// Clippy's arguments, in the form in which `cargo clippy` gives them to its driver.
const DENY_WARNINGS: &str = "--deny__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__";

/// Returns the path of a program, if it is installed.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&path).map(|folder| folder.join(&file)).find(|file| file.is_file())
}

/// Returns a command that runs in the root, with the environment in which xtask was started.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folders::root());
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(set_by_cargo_run) {
            command.env_remove(&name);
        }
    }
    command
}

/// Puts another program in front of a command, which it runs in the same folder and environment.
pub(crate) fn behind(first: &str, arguments: &[&str], of: &Command) -> Command {
    let mut outer = command(first);
    outer.args(arguments).arg(of.get_program()).args(of.get_args());
    if let Some(folder) = of.get_current_dir() {
        outer.current_dir(folder);
    }
    for (name, value) in of.get_envs() {
        match value {
            Some(value) => outer.env(name, value),
            None => outer.env_remove(name),
        };
    }
    outer
}

/// Gives a command the lowest priority, where there is a program for that.
pub(crate) fn giving_way(command: Command) -> Command {
    if find("nice").is_some() { behind("nice", &["-n", "19"], &command) } else { command }
}

/// Returns a command of the cargo that started xtask.
pub(crate) fn cargo() -> Command {
    let mut command = command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    if let Some(toolchain) = env::var_os("RUSTUP_TOOLCHAIN") {
        command.env("RUSTUP_TOOLCHAIN", toolchain);
    }
    // A build in CI is never repeated, so the gigabytes of incremental data are useless.
    if env::var_os("CI").is_some() && env::var_os("CARGO_INCREMENTAL").is_none() {
        command.env("CARGO_INCREMENTAL", "0");
    }
    command
}

/// Returns a command of cargo that lints the workspace's crates with Clippy while it compiles them. A separate run of Clippy
/// would check every dependency once more and analyse the workspace twice.
///
/// # Errors
///
/// If the toolchain has no Clippy.
pub(crate) fn linting_cargo() -> Outcome<Command> {
    let mut rustc = command("rustc");
    if let Some(toolchain) = env::var_os("RUSTUP_TOOLCHAIN") {
        rustc.env("RUSTUP_TOOLCHAIN", toolchain);
    }
    let sysroot = output(rustc.args(["--print", "sysroot"]))?;
    let driver = PathBuf::from(sysroot.trim()).join(format!("bin/clippy-driver{}", env::consts::EXE_SUFFIX));
    if !driver.is_file() {
        return Err(Problem::new("This Rust has no Clippy.").next("Run `rustup component add clippy`."));
    }
    let mut cargo = cargo();
    // This is the environment in which `cargo clippy -- --deny warnings` runs `cargo check`.
    cargo.env("RUSTC_WORKSPACE_WRAPPER", driver).env("CLIPPY_ARGS", DENY_WARNINGS);
    Ok(cargo)
}

/// Returns whether `cargo run` or rustup sets this variable. Cargo's values describe xtask and would mislead another
/// cargo, and the library path would make another rustc load the wrong libraries.
fn set_by_cargo_run(name: &str) -> bool {
    const NAMES: [&str; 9] = [
        "CARGO",
        "CARGO_BIN_NAME",
        "CARGO_CRATE_NAME",
        "CARGO_MANIFEST_DIR",
        "CARGO_MANIFEST_PATH",
        "CARGO_PRIMARY_PACKAGE",
        "LD_LIBRARY_PATH",
        "RUSTUP_TOOLCHAIN",
        "RUST_RECURSION_COUNT",
    ];
    NAMES.contains(&name) || name.starts_with("CARGO_PKG_")
}

/// Runs a program to its end, with its output on the terminal.
pub(crate) fn run(command: &mut Command) -> Outcome {
    let status = command.status().with_context(|| format!("{} cannot be started", name(command)))?;
    if status.success() {
        Ok(())
    } else {
        Err(Problem::new(format!("{} ended with {status}.", line(command))))
    }
}

/// Runs a program to its end and returns its output. An error contains its last lines on standard error.
pub(crate) fn output(command: &mut Command) -> Outcome<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("{} cannot be started", name(command)))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    let last: Vec<&str> = stderr.lines().filter(|line| !line.trim().is_empty()).rev().take(3).collect();
    let last: Vec<&str> = last.into_iter().rev().collect();
    Err(Problem::new(format!("{} ended with {}:\n  {}", line(command), output.status, last.join("\n  "))))
}

/// Runs a program silently and kills it after the limit. Returns whether it succeeded.
pub(crate) fn succeeds_within(command: &mut Command, limit: Duration) -> bool {
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let Ok(mut child) = child else { return false };
    let deadline = Instant::now() + limit;
    while Instant::now() < deadline {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) => thread::sleep(Duration::from_millis(50)),
            Err(_) => break,
        }
    }
    end(&mut child);
    false
}

/// Kills a program and waits until it has ended.
pub(crate) fn end(child: &mut Child) {
    // The program may have ended by itself.
    let _ = child.kill();
    let _ = child.wait();
}

/// Reads the first line that a child prints on its piped standard output.
pub(crate) fn first_line(child: &mut Child) -> Option<String> {
    let mut line = Vec::new();
    let mut byte = [0];
    let stdout = child.stdout.as_mut()?;
    while stdout.read(&mut byte).ok()? == 1 && byte[0] != b'\n' {
        line.push(byte[0]);
    }
    String::from_utf8(line).ok().filter(|line| !line.is_empty())
}

fn name(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

/// Formats the command as a person would type it.
fn line(command: &Command) -> String {
    let mut words = vec![name(command)];
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_persons_own_cargo_settings_stay() {
        for name in
            ["CARGO_HOME", "CARGO_TARGET_DIR", "CARGO_BUILD_JOBS", "CARGO_NET_OFFLINE", "RUSTFLAGS", "PATH"]
        {
            assert!(!set_by_cargo_run(name), "{name}");
        }
        for name in ["CARGO", "CARGO_MANIFEST_DIR", "CARGO_PKG_NAME", "RUSTUP_TOOLCHAIN", "LD_LIBRARY_PATH"] {
            assert!(set_by_cargo_run(name), "{name}");
        }
    }

    #[test]
    fn a_missing_program_is_reported_by_name() {
        let problem = run(&mut command("no-such-program")).expect_err("it is not there");
        assert!(format!("{problem:?}").contains("no-such-program cannot be started"));
    }

    #[test]
    #[cfg(unix)]
    fn a_command_behind_another_one_keeps_its_folder_arguments_and_environment() {
        let mut inner = command("sh");
        inner.args(["-c", "echo $0 $1 $OUTER $INNER $PWD", "a", "b c"]).env("INNER", "2").current_dir("/");
        let said = output(&mut behind("env", &["OUTER=1"], &inner)).expect("it runs");
        assert_eq!(said, "a b c 1 2 /\n");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_gives_way_has_the_lowest_priority() {
        // Without arguments the program prints the priority that it has.
        assert_eq!(output(&mut giving_way(command("nice"))).expect("it runs"), "19\n");
    }

    #[test]
    fn the_last_words_of_a_failed_program_are_reported() {
        let problem = output(cargo().arg("no-such-subcommand")).expect_err("cargo refuses");
        assert!(format!("{problem:?}").contains("no such command"), "{problem:?}");
    }
}

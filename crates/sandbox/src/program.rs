//! Starts the child process, waits for its end and reads its messages.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

use crate::message::Message;
use crate::{ChildEnd, FLAG, Limits, SandboxError, SandboxOutcome};

/// How often the caller polls whether the child has ended.
const POLL_INTERVAL: Duration = Duration::from_millis(2);
/// How often the memory is watched of a child that the system does not limit.
const MEMORY_POLL_INTERVAL: Duration = Duration::from_millis(50);
/// The most bytes of the child's output that are read.
const MAX_OUTPUT_BYTES: u64 = 1 << 16;

/// A program that calls [`crate::answer_if_asked`] first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program(PathBuf);

impl Program {
    /// Returns the program of this process.
    #[must_use]
    pub fn current() -> Self {
        // Linux keeps the program under this name although an update has replaced its file.
        let linux = Path::new("/proc/self/exe");
        if cfg!(target_os = "linux") && linux.exists() {
            return Self(linux.to_owned());
        }
        Self(std::env::current_exe().unwrap_or_default())
    }

    /// Returns the program in a file.
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Runs a task on a file, within limits. `halt` says whether to give up.
    pub(crate) fn run(
        &self,
        task: &str,
        path: &Path,
        input: String,
        limits: Limits,
        halt: &dyn Fn() -> bool,
    ) -> Result<SandboxOutcome, SandboxError> {
        let mut command = Command::new(&self.0);
        command.arg(FLAG).arg(task).arg(limits.memory.to_string()).arg(limits.seconds.to_string()).arg(path);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // The stacks of threads count as memory.
        command.env("RAYON_NUM_THREADS", "1");
        without_console(&mut command);
        let mut child = command.spawn().map_err(SandboxError::NoProcess)?;
        if let Some(mut stdin) = child.stdin.take() {
            // On a thread, because a child that ends early reads nothing.
            thread::spawn(move || stdin.write_all(input.as_bytes()));
        }
        let pipes = (child.stdout.take(), child.stderr.take());
        let ended = Running { child, limits }.wait(halt)?;
        let (stage, answer) = read_lines(pipes.0).map_err(SandboxError::NoProcess)?;
        let outcome = match (answer, ended) {
            (Some(Message::Sound), Exit::Exited(_)) => Ok(SandboxOutcome::Sound),
            (Some(Message::Refused), Exit::Exited(_)) => Ok(SandboxOutcome::Refused),
            (Some(Message::Unusable { detail }), Exit::Exited(_)) => {
                Err(SandboxError::Unusable(format!("{stage}: {detail}")))
            }
            (_, Exit::Exited(status)) => {
                Err(SandboxError::Ended { stage, end: ChildEnd::of(status, &stderr_text(pipes.1), limits) })
            }
            (_, Exit::Killed(end)) => Err(SandboxError::Ended { stage, end }),
        };
        outcome.map_err(|error| match (&error, limits.scarce_addresses()) {
            (SandboxError::Ended { end: ChildEnd::Time { .. }, .. }, _) | (_, None) => error,
            // What the child ran into may have been that limit and not the file.
            (SandboxError::Ended { .. } | SandboxError::Unusable(_), Some(limit)) => {
                SandboxError::NoMemory { limit }
            }
            _ => error,
        })
    }
}

/// How the wait for a child came to its end.
enum Exit {
    Exited(std::process::ExitStatus),
    Killed(ChildEnd),
}

/// A child that is killed when this value is dropped.
struct Running {
    child: Child,
    limits: Limits,
}

impl Running {
    fn wait(mut self, halt: &dyn Fn() -> bool) -> Result<Exit, SandboxError> {
        let begun = Instant::now();
        let mut watched = begun;
        loop {
            if let Some(status) = self.child.try_wait().map_err(SandboxError::NoProcess)? {
                return Ok(Exit::Exited(status));
            }
            if halt() {
                return Err(SandboxError::Halted);
            }
            if begun.elapsed() > self.limits.wait_limit() {
                return Ok(Exit::Killed(ChildEnd::Time { limit: self.limits.wait_limit().as_secs() }));
            }
            // Linux refuses the memory itself.
            if !cfg!(target_os = "linux") && watched.elapsed() > MEMORY_POLL_INTERVAL {
                watched = Instant::now();
                if resident_bytes(self.child.id()).is_some_and(|bytes| bytes > self.limits.memory) {
                    return Ok(Exit::Killed(ChildEnd::Memory { limit: self.limits.memory }));
                }
            }
            thread::sleep(POLL_INTERVAL);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail where the child has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns the memory of a process, without what is swapped out. `None` where the system does not say it.
#[must_use]
pub fn resident_bytes(process: u32) -> Option<u64> {
    let process = Pid::from_u32(process);
    let mut system = System::new().ok()?;
    let memory = ProcessRefreshKind::nothing().with_memory();
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&[process]), false, memory);
    system.process(process).map(sysinfo::Process::memory)
}

/// Reads the child's lines: the last stage that it began, and its answer.
fn read_lines(stdout: Option<ChildStdout>) -> io::Result<(String, Option<Message>)> {
    let mut text = String::new();
    if let Some(stdout) = stdout {
        stdout.take(MAX_OUTPUT_BYTES).read_to_string(&mut text)?;
    }
    let (mut stage, mut answer) = ("the file".to_owned(), None);
    // A line that was cut off by the end of the process says nothing.
    for line in text.lines().filter_map(|line| serde_json::from_str(line).ok()) {
        match line {
            Message::Stage { name } => stage = name,
            line => answer = Some(line),
        }
    }
    Ok((stage, answer))
}

fn stderr_text(stderr: Option<ChildStderr>) -> String {
    let mut bytes = Vec::new();
    if let Some(stderr) = stderr {
        // What was read before an error is still shown.
        let _ = stderr.take(MAX_OUTPUT_BYTES).read_to_end(&mut bytes);
    }
    String::from_utf8_lossy(&bytes).trim().to_owned()
}

#[cfg(windows)]
fn without_console(command: &mut Command) {
    use std::os::windows::process::CommandExt as _;
    const CREATE_NO_WINDOW: u32 = 0x0800_0000;
    command.creation_flags(CREATE_NO_WINDOW);
}

#[cfg(not(windows))]
fn without_console(_: &mut Command) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_memory_of_a_process_is_known() {
        let own = resident_bytes(std::process::id()).expect("this process");
        assert!((1 << 20..1 << 40).contains(&own), "{own} bytes");
        assert_eq!(resident_bytes(u32::MAX - 1), None);
    }

    #[test]
    fn a_program_that_is_not_there_is_an_error() {
        let nowhere = Program::new("nowhere/at/all".into());
        let refused = nowhere.run("model", Path::new("x"), String::new(), Limits::DEFAULT, &|| false);
        assert!(matches!(refused, Err(SandboxError::NoProcess(_))), "{refused:?}");
    }
}

//! The child: sets its own limits, reads the task from its arguments and its standard input, and answers on its standard
//! output.

use std::ffi::{OsStr, OsString};
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;

use crate::message::{Message, cut};
use crate::{FLAG, Limits, data_file, model};

/// The stack of the thread that reads the file: half of what the threads have that use the file afterwards.
const STACK_BYTES: usize = 1 << 20;

/// Checks a file and returns the exit code, if the program was started as a sandbox. Call this first in `main`.
#[must_use]
pub fn answer_if_asked() -> Option<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    (arguments.next()? == FLAG).then(|| match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The caller reads this where there is no answer. Nobody else does.
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    })
}

/// Writes a line of the answer.
pub(crate) fn send(line: &Message) -> io::Result<()> {
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, line)?;
    out.write_all(b"\n")?;
    out.flush()
}

/// Reports the stage that begins.
pub(crate) fn stage(name: &str) -> io::Result<()> {
    send(&Message::Stage { name: name.to_owned() })
}

fn run(mut arguments: impl Iterator<Item = OsString>) -> io::Result<()> {
    let mut next = || arguments.next().ok_or_else(|| io::Error::other("an argument is missing"));
    let (task, memory, seconds, path) = (next()?, next()?, next()?, PathBuf::from(next()?));
    Limits { memory: number(&memory)?, seconds: number(&seconds)? }.apply_to_this_process()?;
    let mut input = String::new();
    io::stdin().read_to_string(&mut input)?;
    // A panic is an answer; its usual message would be written for nobody.
    std::panic::set_hook(Box::new(|_| ()));
    let work = move || match task.to_str() {
        Some(model::TASK) => model::run_in_child(&path, &input),
        Some(data_file::TASK) => data_file::run_in_child(&path, &input),
        _ => Err(io::Error::other("this task is not known")),
    };
    let outcome = thread::Builder::new().stack_size(STACK_BYTES).spawn(work)?.join();
    send(&match outcome {
        Ok(line) => line?,
        Err(_) => Message::Unusable { detail: "it contradicts itself".to_owned() },
    })
}

fn number(argument: &OsStr) -> io::Result<u64> {
    let read = argument.to_str().and_then(|text| text.parse().ok());
    read.ok_or_else(|| io::Error::other("a limit is no number"))
}

/// Makes the line about a file that cannot be used.
pub(crate) fn unusable(error: &impl std::fmt::Display) -> Message {
    Message::Unusable { detail: cut(error.to_string()) }
}

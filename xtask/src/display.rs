//! Finds a display for the tests in the real window, or starts a virtual one.

use std::env;
use std::process::{Child, Command, Stdio};

use crate::print;
use crate::problem::{Outcome, Problem, WithContext as _};
use crate::program;

/// A display. A virtual one is stopped when dropped.
pub(crate) struct Display {
    own: Option<(Child, String)>,
}

impl Display {
    /// Uses the existing display, or starts Xvfb.
    pub(crate) fn open() -> Outcome<Self> {
        let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
        if is_set("DISPLAY") || is_set("WAYLAND_DISPLAY") {
            return Ok(Self { own: None });
        }
        // Xvfb chooses a free number itself and prints it.
        let mut child = tied_to_us("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1280x900x24", "+extension", "GLX", "-nolisten", "tcp"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| "The virtual display Xvfb cannot be started")?;
        let Some(number) = program::first_line(&mut child) else {
            program::end(&mut child);
            return Err(Problem::new("The virtual display Xvfb ended before it was ready.")
                .next("Run `Xvfb :99 -screen 0 1280x900x24` to see why."));
        };
        print::note(&format!("There is no display: a virtual one, :{number}, is there for the tests."));
        Ok(Self { own: Some((child, format!(":{number}"))) })
    }

    /// Returns whether it is a virtual display. On a person's own display only one window is opened at a time.
    pub(crate) fn is_ours(&self) -> bool {
        self.own.is_some()
    }

    /// Sets the environment variables that a program needs to open its window here.
    pub(crate) fn show(&self, command: &mut Command) {
        // Without a desktop there is no accessibility bus to wait for.
        command.env("NO_AT_BRIDGE", "1");
        if let Some((_, name)) = &self.own {
            command.env("DISPLAY", name).env("LIBGL_ALWAYS_SOFTWARE", "1").env("GDK_BACKEND", "x11");
        }
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        if let Some((child, _)) = &mut self.own {
            program::end(child);
        }
    }
}

/// Returns a command whose program ends with this process, even if this process is killed.
fn tied_to_us(name: &str) -> Command {
    if program::find("setpriv").is_none() {
        return program::command(name);
    }
    let mut command = program::command("setpriv");
    command.args(["--pdeathsig", "TERM", "--", name]);
    command
}

//! Finds a display for the tests in the real window, or starts a virtual one.

use std::env;
use std::net::{TcpStream, ToSocketAddrs as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::print;
use crate::problem::{Outcome, Problem, WithContext as _};
use crate::program;

/// The maximum time for a display on another machine to answer.
const ANSWER: Duration = Duration::from_secs(3);

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
        let display = Self::start("1280x900x24")?;
        if let Some((_, name)) = &display.own {
            print::note(&format!("There is no display: a virtual one, {name}, is there for the tests."));
        }
        Ok(display)
    }

    /// Starts Xvfb with a screen of this size and depth, also beside an existing display.
    pub(crate) fn start(screen: &str) -> Outcome<Self> {
        // Xvfb chooses a free number itself and prints it.
        let mut child = tied_to_us("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", screen, "+extension", "GLX", "-nolisten", "tcp"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| "The virtual display Xvfb cannot be started")?;
        let Some(number) = program::first_line(&mut child) else {
            program::end(&mut child);
            return Err(Problem::new("The virtual display Xvfb ended before it was ready.")
                .next(format!("Run `Xvfb :99 -screen 0 {screen}` to see why.")));
        };
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

/// Returns an error if no window can be opened, because no display is named or none answers under the name.
pub(crate) fn check() -> Outcome {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let value = |name| env::var(name).ok().filter(|value| !value.is_empty());
    let (x11, wayland) = (value("DISPLAY"), value("WAYLAND_DISPLAY"));
    let answers = x11.as_deref().is_some_and(x11_answers) || wayland.as_deref().is_some_and(wayland_answers);
    if answers {
        return Ok(());
    }
    let what = match (&x11, &wayland) {
        (Some(name), _) => format!("No display answers at DISPLAY={name}."),
        (None, Some(name)) => format!("No display answers at WAYLAND_DISPLAY={name}."),
        (None, None) => "There is no display: neither DISPLAY nor WAYLAND_DISPLAY is set.".to_owned(),
    };
    Err(Problem::new(what).next(
        "Run this in a desktop session, or with a virtual display: \
         xvfb-run -s '-screen 0 1280x900x24 +extension GLX' cargo xtask run",
    ))
}

/// Returns whether an X server accepts connections under this name, for example `:0` or `host:10.0`.
fn x11_answers(name: &str) -> bool {
    let Some((host, screen)) = name.rsplit_once(':') else { return false };
    let Ok(number) = screen.split('.').next().unwrap_or_default().parse::<u16>() else { return false };
    let host = host.rsplit_once('/').map_or(host, |(_, host)| host);
    if host.is_empty() || host == "unix" {
        let socket = format!("/tmp/.X11-unix/X{number}");
        return is_listening(Path::new(&socket)) || is_listening_in_memory(&socket);
    }
    let addresses = (host, 6000_u16.saturating_add(number)).to_socket_addrs();
    addresses.is_ok_and(|mut all| all.any(|address| TcpStream::connect_timeout(&address, ANSWER).is_ok()))
}

/// Returns whether a Wayland compositor accepts connections under this name.
fn wayland_answers(name: &str) -> bool {
    let folder = env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).unwrap_or_default();
    is_listening(&folder.join(name))
}

#[cfg(unix)]
fn is_listening(socket: &Path) -> bool {
    std::os::unix::net::UnixStream::connect(socket).is_ok()
}

/// Returns whether a server listens on a socket that has a name but no file, as some X servers do.
#[cfg(target_os = "linux")]
fn is_listening_in_memory(name: &str) -> bool {
    use std::os::linux::net::SocketAddrExt as _;
    use std::os::unix::net::{SocketAddr, UnixStream};
    SocketAddr::from_abstract_name(name).is_ok_and(|address| UnixStream::connect_addr(&address).is_ok())
}

#[cfg(not(target_os = "linux"))]
fn is_listening_in_memory(_: &str) -> bool {
    false
}

#[cfg(not(unix))]
fn is_listening(_: &Path) -> bool {
    true
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn a_display_answers_only_where_a_server_listens() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let socket = folder.path().join("wayland-7");
        assert!(!is_listening(&socket));
        let _server = std::os::unix::net::UnixListener::bind(&socket).expect("a socket");
        assert!(is_listening(&socket));
        for name in ["", "0", ":no", ":64999", "host.invalid:1"] {
            assert!(!x11_answers(name), "{name}");
        }
    }
}

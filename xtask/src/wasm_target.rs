//! Finds or installs a Rust compiler for WebAssembly, which compiles the window's page.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::packages;
use crate::print;
use crate::problem::{Outcome, Problem};
use crate::program;

/// The compile target of the page.
pub(crate) const TRIPLE: &str = "wasm32-unknown-unknown";

/// Debian's second Rust with the sources of its standard library, from which cargo builds the target's library.
const DEBIAN_PACKAGES: &[&str] = &["rustc-web", "cargo-web", "rust-web-src", "lld"];
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_LIBRARY: &str = "/usr/lib/rustlib/src/rust/library/std/Cargo.toml";

/// The maximum time for rustup to install the target.
const FETCH: Duration = Duration::from_mins(2);

/// The compiler of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WasmTarget {
    /// The compiler of everything else.
    Own,
    /// Debian's compiler, for the page only.
    Debian,
}

/// Finds a compiler for the page, or installs what is missing.
pub(crate) fn ensure() -> Outcome<WasmTarget> {
    if is_own_there() {
        return Ok(WasmTarget::Own);
    }
    if is_debians_there() {
        return Ok(WasmTarget::Debian);
    }
    print::step(&format!("Adding Rust's target {TRIPLE} (the frontend is WebAssembly)"));
    let mut rustup = program::command("rustup");
    if let Some(toolchain) = std::env::var_os("RUSTUP_TOOLCHAIN") {
        rustup.env("RUSTUP_TOOLCHAIN", toolchain);
    }
    if program::succeeds_within(rustup.args(["target", "add", TRIPLE]), FETCH) && is_own_there() {
        return Ok(WasmTarget::Own);
    }
    print::note("rustup could not fetch it.");
    let problem = || {
        Problem::new(format!("This Rust cannot compile the frontend: its target {TRIPLE} is missing.")).next(
            format!(
                "Run `rustup target add {TRIPLE}` where the network allows it, then the same command again."
            ),
        )
    };
    if !packages::has_apt() {
        return Err(problem());
    }
    packages::ensure(DEBIAN_PACKAGES, "a Rust that can build the frontend's standard library")?;
    if is_debians_there() { Ok(WasmTarget::Debian) } else { Err(problem()) }
}

fn is_own_there() -> bool {
    let rustc = program::find("rustc");
    let folder = rustc.and_then(|rustc| {
        let mut rustc = program::command(rustc);
        if let Some(toolchain) = std::env::var_os("RUSTUP_TOOLCHAIN") {
            rustc.env("RUSTUP_TOOLCHAIN", toolchain);
        }
        program::output(rustc.args(["--print", "target-libdir", "--target", TRIPLE])).ok()
    });
    folder.is_some_and(|folder| Path::new(folder.trim()).is_dir())
}

fn is_debians_there() -> bool {
    let is_there = [DEBIAN_CARGO, DEBIAN_RUSTC, DEBIAN_LIBRARY].iter().all(|file| Path::new(file).is_file())
        && program::find("wasm-ld").is_some();
    is_there
        && is_new_enough(
            &program::output(program::command(DEBIAN_RUSTC).arg("--version")).unwrap_or_default(),
        )
}

/// Returns whether the output of `rustc --version` names at least the version that the workspace requires.
fn is_new_enough(output: &str) -> bool {
    let number = output.split(' ').nth(1).unwrap_or_default();
    version(number) >= version(env!("CARGO_PKG_RUST_VERSION"))
}

fn version(number: &str) -> (u32, u32) {
    let mut parts = number.split('.').map(|part| part.parse().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
}

impl WasmTarget {
    /// Returns a `cargo build` command for the target. The caller adds what to build.
    pub(crate) fn cargo_build(self) -> Command {
        match self {
            Self::Own => {
                let mut cargo = program::cargo();
                cargo.args(["build", "--target", TRIPLE]);
                cargo
            }
            Self::Debian => {
                let mut cargo = program::command(DEBIAN_CARGO);
                cargo
                    .env("RUSTC", DEBIAN_RUSTC)
                    .env("RUSTC_BOOTSTRAP", "1")
                    .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "wasm-ld")
                    .args(["build", "--target", TRIPLE, "-Zbuild-std=std,panic_abort"]);
                cargo
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_by_number() {
        assert!(is_new_enough("rustc 1.96.0 (ac68faa20 2026-05-25)"));
        assert!(is_new_enough("rustc 1.100.0"));
        assert!(!is_new_enough("rustc 1.85.1 (4eb161250 2025-03-15)"));
        assert!(!is_new_enough(""));
    }
}

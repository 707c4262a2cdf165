//! Installs packages of the operating system that the window's libraries and the tests need.

use std::process::Command;

use crate::print;
use crate::problem::{Outcome, Problem};
use crate::program;

/// The packages that building and running the window needs on Debian and Ubuntu.
pub(crate) const WINDOW: &[&str] = &[
    "build-essential",
    "pkg-config",
    "libwebkit2gtk-4.1-dev",
    "librsvg2-dev",
    "libxdo-dev",
    "libssl-dev",
    "libayatana-appindicator3-dev",
];

/// The additional packages that the tests in the real window need.
pub(crate) const TESTS: &[&str] = &[
    "xvfb",
    "webkit2gtk-driver",
    "libgl1-mesa-dri",
    "dbus-x11",
    "fonts-noto-cjk",
    "fonts-noto-color-emoji",
    "imagemagick",
];

/// Returns whether this system installs its packages with apt.
pub(crate) fn has_apt() -> bool {
    program::find("apt-get").is_some() && program::find("dpkg-query").is_some()
}

/// Installs those of these Debian packages that are missing.
pub(crate) fn ensure(packages: &[&str], why: &str) -> Outcome {
    let missing = missing(packages);
    if missing.is_empty() {
        return Ok(());
    }
    print::step(&format!("Installing {} ({why})", missing.join(" ")));
    let install = |apt: &mut Command| {
        apt.env("DEBIAN_FRONTEND", "noninteractive")
            .args(["install", "-y", "--no-install-recommends"])
            .args(&missing);
    };
    let mut update = as_root(&missing)?;
    program::run(update.args(["update", "-q"]))?;
    let mut apt = as_root(&missing)?;
    install(&mut apt);
    program::run(&mut apt).map_err(|problem| {
        problem.next("Tiller needs Debian 12, Ubuntu 22.04 or newer. Install these packages by hand, then run the same command again.")
    })
}

/// Returns the `apt-get` command as root, with sudo for other users.
fn as_root(missing: &[&str]) -> Outcome<Command> {
    if program::output(program::command("id").arg("-u"))?.trim() == "0" {
        return Ok(program::command("apt-get"));
    }
    if program::find("sudo").is_none() {
        return Err(Problem::new("Packages are missing, and only root may install them.").next(format!(
            "Run as root: apt-get update && apt-get install -y --no-install-recommends {}",
            missing.join(" ")
        )));
    }
    let mut sudo = program::command("sudo");
    sudo.arg("apt-get");
    Ok(sudo)
}

fn missing<'name>(packages: &[&'name str]) -> Vec<&'name str> {
    // dpkg-query fails if it does not know one of the names, but still lists the others.
    let listed = program::command("dpkg-query")
        .args(["--show", "--showformat=${Package} ${db:Status-Status}\n"])
        .args(packages)
        .output()
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
        .unwrap_or_default();
    not_installed(packages, &listed)
}

fn not_installed<'name>(packages: &[&'name str], listed: &str) -> Vec<&'name str> {
    let is_installed = |package: &str| {
        listed.lines().any(|line| {
            line.split_once(' ').is_some_and(|(name, status)| name == package && status == "installed")
        })
    };
    packages.iter().copied().filter(|package| !is_installed(package)).collect()
}

/// Prints what a system without apt must install, if that is known.
pub(crate) fn advise() -> Outcome {
    if !cfg!(target_os = "linux") || program::find("pkg-config").is_some_and(|_| has_web_view()) {
        return Ok(());
    }
    let next = if program::find("dnf").is_some() {
        "Run: sudo dnf install gcc-c++ make pkgconf-pkg-config webkit2gtk4.1-devel librsvg2-devel libxdo-devel openssl-devel libappindicator-gtk3-devel"
    } else if program::find("pacman").is_some() {
        "Run: sudo pacman -S --needed base-devel webkit2gtk-4.1 librsvg xdotool openssl libappindicator-gtk3"
    } else {
        "Install a C compiler, pkg-config and the development files of WebKitGTK 4.1, librsvg, libxdo, OpenSSL and Ayatana AppIndicator 3."
    };
    Err(Problem::new("The window's libraries are not there: pkg-config does not know webkit2gtk-4.1.")
        .next(next))
}

fn has_web_view() -> bool {
    program::output(program::command("pkg-config").args(["--exists", "webkit2gtk-4.1"])).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_installed_counts() {
        let listed = "xvfb installed\nlld config-files\nlibssl-dev installed\n";
        assert_eq!(not_installed(&["xvfb", "lld", "libssl-dev", "rustc-web"], listed), ["lld", "rustc-web"]);
    }
}

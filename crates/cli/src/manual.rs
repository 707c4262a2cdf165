//! `tiller-cli completions` and `tiller-cli man`: what shells and `man` show of the options.

use std::fs;
use std::path::{Path, PathBuf};

use clap_complete::Shell;

use crate::halt::Halt;
use crate::output;

#[derive(clap::Args)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
}

#[derive(clap::Args)]
pub(crate) struct Man {
    /// The folder, which is made if it is not there
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// Prints the completions of a shell.
pub(crate) fn completions(arguments: &Completions, mut program: clap::Command) -> Result<(), Halt> {
    let name = program.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut program, name, &mut script);
    output::piece(&String::from_utf8_lossy(&script))
}

/// Writes a page for the program and one for each of its commands.
pub(crate) fn man(arguments: &Man, program: clap::Command) -> Result<(), Halt> {
    let folder: &Path = &arguments.folder;
    let failed = |error| Halt::Failed(format!("{}: {error}.", folder.display()));
    fs::create_dir_all(folder).map_err(failed)?;
    clap_mangen::generate_to(program, folder).map_err(failed)
}

//! Checks a model in the sandbox before this process opens it, once for each state of its files.

use std::path::Path;

use data::content::sha256;
use hub::files;
use sandbox::{SandboxError, SandboxOutcome};
use store::models::{self, ModelRow};

use crate::Error;
use crate::app_state::AppState;
use crate::engine::job::Interrupt;

/// Checks a model with the template that it would be loaded with, unless the same was checked before. `halt` says whether to
/// give up. Call this on a thread that may block.
pub(crate) fn check_in_sandbox(
    state: &AppState,
    row: &ModelRow,
    halt: &dyn Fn() -> bool,
) -> Result<(), Interrupt> {
    let key = key(row);
    if key.is_some() && key == row.sandbox_key {
        return Ok(());
    }
    let found = attempt(state, row, row.template.as_deref(), halt)?;
    let Some(key) = key.filter(|_| found == SandboxOutcome::Sound) else { return Ok(()) };
    state.block_on(async {
        let mut db = state.store.begin().await?;
        models::set_sandbox_key(&mut db, row.id, &key).await?;
        Ok::<_, Error>(db.commit().await?)
    })?;
    Ok(())
}

/// Checks a model as [`check_in_sandbox`] does, for a caller that does not give up.
pub(crate) fn check_fully(state: &AppState, row: &ModelRow) -> Result<(), Error> {
    unhalted(check_in_sandbox(state, row, &|| false))
}

/// Checks a model with another template, which is not stored.
pub(crate) fn check_template(state: &AppState, row: &ModelRow, template: &str) -> Result<(), Error> {
    unhalted(attempt(state, row, Some(template), &|| false)).map(drop)
}

fn unhalted<T>(checked: Result<T, Interrupt>) -> Result<T, Error> {
    checked.map_err(|interrupt| match interrupt {
        Interrupt::Failed(error) => error,
        Interrupt::Halted => Error::Panic("a check was halted that nobody halts".into()),
    })
}

fn attempt(
    state: &AppState,
    row: &ModelRow,
    template: Option<&str>,
    halt: &dyn Fn() -> bool,
) -> Result<SandboxOutcome, Interrupt> {
    let path = Path::new(&row.path);
    if !path.exists() {
        // There is nothing to check. Loading it says that it is missing.
        return Ok(SandboxOutcome::Refused);
    }
    sandbox::model(&state.sandbox_program, path, template, halt).map_err(|source| match source {
        SandboxError::Halted => Interrupt::Halted,
        source => Interrupt::Failed(Error::Sandbox { path: path.to_owned(), is_model: true, source }),
    })
}

/// Returns the key of what is checked: the files, the template, and the version of the libraries that use them. Returns
/// `None` where the files cannot be told from changed ones.
fn key(row: &ModelRow) -> Option<String> {
    let stamp = files::stamp(Path::new(&row.path))?;
    let template = row.template.as_deref().map_or_else(String::new, |text| sha256(text.as_bytes()));
    Some(format!("{} {template} {stamp}", env!("CARGO_PKG_VERSION")))
}

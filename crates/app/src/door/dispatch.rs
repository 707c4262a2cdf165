//! Hands a request that came over the local socket to the method of [`App`] with its name.

use ipc::{Code, Failure, Id, for_each_command};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{App, NeedsPermission, Permission, named_project};

/// Reads the arguments of a command.
fn read<C: DeserializeOwned>(request: Value) -> Result<C, Failure> {
    serde_json::from_value(request).map_err(|error| {
        let failure = Failure::new(Code::Invalid, "The arguments of this command cannot be read.");
        failure.detail(error.to_string()).next("Use programs of the same version.")
    })
}

fn written(answer: &impl Serialize) -> Result<Value, Failure> {
    serde_json::to_value(answer)
        .map_err(|error| Failure::new(Code::Other, "An answer is no JSON.").detail(error.to_string()))
}

/// Confirms what a request reaches outside the store: whoever sends it over the socket has named it on their own.
async fn confirm(app: &App, request: &impl NeedsPermission) -> Result<(), Failure> {
    for permission in app.unconfirmed(request).await? {
        app.confirm(permission);
    }
    Ok(())
}

/// Runs a command by its name, in the project that is named, or else in the open one. Paths and addresses of the request
/// count as confirmed.
///
/// # Errors
/// Returns the failure of the command, or says that there is no project or no command of this name.
pub async fn dispatch(
    app: &App,
    project: Option<Id>,
    command: &str,
    request: Value,
) -> Result<Value, Failure> {
    if let Some(project) = project {
        app.check_project(project).await?;
    }
    named_project::within(project, run(app, command, request)).await
}

/// Returns what a request reaches outside the store beyond what the store names, in the open project. The window of another
/// process asks its person about it.
pub(super) async fn reached(app: &App, command: &str, request: Value) -> Result<Value, Failure> {
    written(&reach(app, command, request).await?)
}

/// Defines [`run`] and [`reach`] with an arm for every command that another process may send. The window's own commands are
/// answered where the window or the connection is.
macro_rules! serve {
    (
        plain { $($plain:ident: $of_plain:ident,)* }
        confirmed { $($confirmed:ident: $of_confirmed:ident,)* }
        window { $($window:ident: $of_window:ident,)* }
        door { $($door:ident: $of_door:ident,)* }
        door_confirmed { $($asks:ident: $of_asks:ident,)* }
    ) => {
        serve! {
            { $($plain: $of_plain,)* $($door: $of_door,)* }
            { $($confirmed: $of_confirmed,)* $($asks: $of_asks,)* }
        }
    };
    ({ $($name:ident: $request:ident,)* } { $($asks:ident: $wish:ident,)* }) => {
        /// Runs a command by its name.
        async fn run(app: &App, command: &str, request: Value) -> Result<Value, Failure> {
            match command {
                $(stringify!($name) => {
                    let request: ipc::command::$request = read(request)?;
                    written(&Box::pin(app.$name(request)).await?)
                })*
                $(stringify!($asks) => {
                    let request: ipc::command::$wish = read(request)?;
                    Box::pin(confirm(app, &request)).await?;
                    written(&Box::pin(app.$asks(request)).await?)
                })*
                _ => Err(unknown(command)),
            }
        }

        /// Returns what a request reaches outside the store.
        async fn reach(app: &App, command: &str, request: Value) -> Result<Vec<Permission>, Failure> {
            match command {
                $(stringify!($asks) => {
                    let request: ipc::command::$wish = read(request)?;
                    Ok(Box::pin(app.reached(&request)).await?)
                })*
                _ => Err(unknown(command)),
            }
        }
    };
}
for_each_command!(serve);

fn unknown(command: &str) -> Failure {
    let failure = Failure::new(Code::Invalid, "There is no such command here.");
    failure.detail(command.chars().take(80).collect::<String>())
}

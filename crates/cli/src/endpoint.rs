//! The options that name a server of models, and how its key reaches the process that runs the engine.

use std::env;

use ipc::command::{InspectEndpoint, UseKey};
use ipc::download::Secret;
use ipc::drafts::{EndpointSettings, KeyPlace};

use crate::door::Door;
use crate::halt::Halt;
use crate::output;

#[derive(clap::Args)]
pub(crate) struct EndpointArguments {
    /// A server with `OpenAI`'s chat completions, which is asked instead of the model here
    #[arg(long, value_name = "URL", requires = "endpoint_model")]
    endpoint: Option<String>,
    /// That server's name for the model
    #[arg(long, value_name = "NAME", requires = "endpoint")]
    endpoint_model: Option<String>,
    /// Questions to that server at a time
    #[arg(long, value_name = "N", requires = "endpoint", default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=64))]
    at_once: u32,
    /// The environment variable with that server's key, which is kept in memory alone [default: the keyring's key]
    #[arg(long, value_name = "VARIABLE", requires = "endpoint")]
    key_env: Option<String>,
}

impl EndpointArguments {
    /// Whether a server is named.
    pub(crate) fn is_given(&self) -> bool {
        self.endpoint.is_some()
    }

    /// Returns the server, once the process that runs the engine has its key. `None` where none is named.
    pub(crate) fn settings(&self, door: &mut Door) -> Result<Option<EndpointSettings>, Halt> {
        let Some((typed, model)) = self.endpoint.as_ref().zip(self.endpoint_model.as_ref()) else {
            return Ok(None);
        };
        let facts = match &self.key_env {
            Some(variable) => hand_over(door, typed, variable)?,
            None => door.call(InspectEndpoint { address: typed.clone() })?,
        };
        if facts.key == KeyPlace::Nowhere && !facts.stays_here {
            output::print_message(&format!("{}: there is no key; --key-env names one", facts.address));
        }
        if facts.is_plain && !facts.stays_here {
            output::print_message(&format!("{}: what is sent there is not encrypted", facts.address));
        }
        Ok(Some(EndpointSettings { address: facts.address, model: model.clone(), at_once: self.at_once }))
    }
}

/// Hands the key of an environment variable over to the process that runs the engine.
pub(crate) fn hand_over(
    door: &mut Door,
    address: &str,
    variable: &str,
) -> Result<ipc::drafts::EndpointFacts, Halt> {
    let key = env::var(variable)
        .map_err(|_| Halt::Usage(format!("--key-env: there is no environment variable {variable}.")))?;
    door.call(UseKey { address: address.to_owned(), key: Secret(key) })
}

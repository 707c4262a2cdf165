//! The state that the download thread shares with the commands: paths, tokens, listings and the running requests.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use hub::{HubEnvironment, HubError, Listing, RepositoryCache, Tokens, repository_cache};
use ureq::Agent;

/// The bytes that must stay free on the disk, because a full disk stops more than a download.
const RESERVE: u64 = 256 << 20;
/// The number of listings that are remembered, so that a download can be started from them.
const LISTINGS: usize = 8;

/// The hub's paths, tokens and listings, and the requests of the running download.
pub(crate) struct Downloads {
    pub(crate) environment: HubEnvironment,
    pub(crate) tokens: Tokens,
    /// The agent that makes the running download's requests. Shutting it down ends them.
    agent: Mutex<Option<Agent>>,
    listings: Mutex<VecDeque<Listing>>,
}

impl Downloads {
    pub(crate) fn new(environment: HubEnvironment) -> Self {
        Self {
            tokens: Tokens::new(&environment),
            environment,
            agent: Mutex::default(),
            listings: Mutex::default(),
        }
    }

    /// Returns the cache of a repository.
    pub(crate) fn repository_cache(&self, repository: &str) -> RepositoryCache {
        RepositoryCache::new(&self.environment.cache, repository)
    }

    /// Returns the free bytes on the cache's disk. Returns `None` if the system does not report them.
    pub(crate) fn free_bytes(&self) -> Option<u64> {
        fs4::available_space(repository_cache::existing(&self.environment.cache)).ok()
    }

    /// Shuts the running requests down, so that a pause or a stop takes effect at once.
    pub(crate) fn interrupt(&self) {
        let agent = self.agent.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(agent) = agent {
            agent.shutdown();
        }
    }

    /// Remembers a listing, so that a download can be started from it.
    pub(crate) fn remember(&self, listing: Listing) {
        let mut listings = self.listings.lock().unwrap_or_else(PoisonError::into_inner);
        listings.push_back(listing);
        if listings.len() > LISTINGS {
            listings.pop_front();
        }
    }

    /// Returns the listing of a commit.
    pub(crate) fn listing(&self, repository: &str, commit: &str) -> Option<Listing> {
        let listings = self.listings.lock().unwrap_or_else(PoisonError::into_inner);
        let is_it =
            |listing: &&Listing| listing.shown.repository == repository && listing.shown.commit == commit;
        listings.iter().rfind(is_it).cloned()
    }

    /// Refuses a download that the disk has no space for. `needed` is the number of missing bytes.
    pub(crate) fn check_space(&self, needed: u64) -> Result<(), HubError> {
        let folder = repository_cache::existing(&self.environment.cache).to_owned();
        match self.free_bytes() {
            Some(free) if free < needed.saturating_add(RESERVE) => {
                Err(HubError::Full { needed: needed + RESERVE, free, folder })
            }
            // If the system does not report the space, writing to the disk fails later.
            _ => Ok(()),
        }
    }

    /// Sets the agent of the running download. `None` means that it has ended.
    pub(super) fn set_agent(&self, agent: Option<Agent>) {
        *self.agent.lock().unwrap_or_else(PoisonError::into_inner) = agent;
    }
}

//! The state that the download thread shares with the commands: places, tokens, listings and the requests under way.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use hub::{HubError, HubPlaces, Listing, RepositoryCache, Tokens, repository_cache};
use ureq::Agent;

/// Space that stays free on the disk: a full one stops more than a download.
const RESERVE: u64 = 256 << 20;
/// How many listings are kept for a download to be started from.
const LISTINGS: usize = 8;

/// Places, tokens and listings of the hub, and the requests of the running download.
pub(crate) struct Downloads {
    pub(crate) places: HubPlaces,
    pub(crate) tokens: Tokens,
    /// The agent that makes the running download's requests. Shutting it down ends them.
    agent: Mutex<Option<Agent>>,
    listings: Mutex<VecDeque<Listing>>,
}

impl Downloads {
    pub(crate) fn new(places: HubPlaces) -> Self {
        Self { tokens: Tokens::new(&places), places, agent: Mutex::default(), listings: Mutex::default() }
    }

    /// Returns the folder of a repository in the cache.
    pub(crate) fn repository_cache(&self, repository: &str) -> RepositoryCache {
        RepositoryCache::new(&self.places.cache, repository)
    }

    /// Returns the bytes that are free where the cache is.
    pub(crate) fn free_bytes(&self) -> Option<u64> {
        fs4::available_space(repository_cache::existing(&self.places.cache)).ok()
    }

    /// Ends the requests that are under way, so that a request to pause or stop is heard at once.
    pub(crate) fn interrupt(&self) {
        let agent = self.agent.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(agent) = agent {
            agent.shutdown();
        }
    }

    /// Keeps a listing for a download to be started from.
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

    /// Refuses a download for which there is no space. `needed` are the bytes that are missing still.
    pub(crate) fn check_space(&self, needed: u64) -> Result<(), HubError> {
        let folder = repository_cache::existing(&self.places.cache).to_owned();
        match self.free_bytes() {
            Some(free) if free < needed.saturating_add(RESERVE) => {
                Err(HubError::Full { needed: needed + RESERVE, free, folder })
            }
            // Where it cannot be told, the disk itself will say it.
            _ => Ok(()),
        }
    }

    /// Sets the agent of the running download; `None` once it has ended.
    pub(super) fn set_agent(&self, agent: Option<Agent>) {
        *self.agent.lock().unwrap_or_else(PoisonError::into_inner) = agent;
    }
}

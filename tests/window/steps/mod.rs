//! The steps of the walk, with one file for each.

pub(crate) mod ask;
pub(crate) mod edit;
mod kept;
pub(crate) mod open;
pub(crate) mod stop;
pub(crate) mod sweep;
pub(crate) mod themes;
pub(crate) mod train;

pub(crate) use kept::Kept;

//! The steps of the walk, with one file for each.

pub(crate) mod ask;
mod contents;
pub(crate) mod edit;
pub(crate) mod open;
pub(crate) mod stop;
pub(crate) mod sweep;
pub(crate) mod themes;
pub(crate) mod train;

pub(crate) use contents::WindowContents;

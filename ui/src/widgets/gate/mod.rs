//! The form for the condition under which a vector acts, and the choice of its threshold on the prompts of two data sets.

mod form;
mod histogram;
mod proportion;
mod threshold;
mod words;

pub use form::GateForm;

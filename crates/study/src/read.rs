//! Reads a plan from its text, and writes one.

use std::path::Path;

use crate::check::check;
use crate::fault::{PlanFault, line_of};
use crate::plan::Plan;

/// The page that lists every key.
const PAGE: &str = "docs/plans.md lists every key.";

impl Plan {
    /// Reads and checks a plan. `file` is its name in messages.
    ///
    /// # Errors
    /// The first fault, with its line.
    pub fn parse(file: &Path, text: &str) -> Result<Self, PlanFault> {
        let plan: Self = toml::from_str(text).map_err(|error| PlanFault {
            file: file.to_owned(),
            line: error.span().map(|span| line_of(text, span.start)),
            message: error.message().trim_end_matches('.').replace('\n', "; "),
            next: PAGE.to_owned(),
        })?;
        check(&plan, file, text)?;
        Ok(plan)
    }
}

/// Writes a plan as TOML, which [`Plan::parse`] reads as the same plan.
///
/// # Errors
/// Never fails for a plan that was read: every key and value has a form in TOML.
pub fn write(plan: &Plan) -> Result<String, toml::ser::Error> {
    toml::to_string(plan)
}

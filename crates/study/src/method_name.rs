//! A method is written in a plan under the name that it has on the command line.

use ipc::train::Method;

use crate::plan::Arm;

/// Returns the name of a method: `bipo-uni`.
pub(crate) fn method_name(method: Method) -> String {
    let json = serde_json::to_value(method).unwrap_or_default();
    json.as_str().unwrap_or_default().replace('_', "-")
}

impl Arm {
    /// Returns what the arm is, in a word or two: its method, its control, or how it is prompted.
    #[must_use]
    pub fn kind(&self) -> String {
        match (self.method, self.control) {
            (_, Some(control)) => control.name().to_owned(),
            (Some(method), None) => method_name(method),
            (None, None) if !self.steer.is_empty() => "vectors".to_owned(),
            (None, None) => "prompting".to_owned(),
        }
    }
}

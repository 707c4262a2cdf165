//! Reads `OpenAI`'s files for preference fine-tuning: a conversation under `input`, and two outputs of which one is preferred.

use serde_json::Value;

use super::messages::is_empty;
use super::trl::{self, AddNote};
use super::{Cells, Row};

/// The columns of the format.
pub(super) const COLUMNS: [&str; 3] = ["input", "preferred_output", "non_preferred_output"];
/// What an input may hold besides its messages without a change of what the model reads.
const HARMLESS: [&str; 1] = ["parallel_tool_calls"];

/// A row, read as the row of TRL's with the same messages.
pub(super) fn row(cells: &Cells, done: AddNote<'_>) -> Result<Row, String> {
    let [input, preferred, other] = COLUMNS;
    let no_messages = || "its \"input\" is no object with \"messages\"".to_owned();
    let Some(Value::Object(entries)) = cells.get(input) else { return Err(no_messages()) };
    let messages = entries.get("messages").ok_or_else(no_messages)?;
    let is_known = |name: &str| name == "messages" || HARMLESS.contains(&name);
    if let Some((name, _)) = entries.iter().find(|(name, value)| !is_known(name) && !is_empty(value)) {
        return Err(format!(
            "the {name:?} of its \"input\" would change what the model reads, and cannot be read here"
        ));
    }
    let mut of_trl: Cells = cells.clone();
    of_trl.remove(input);
    for (name, value) in
        [("prompt", Some(messages)), ("chosen", cells.get(preferred)), ("rejected", cells.get(other))]
    {
        if let Some(value) = value {
            of_trl.insert(name.to_owned(), value.clone());
        }
    }
    let named = |reason: String| {
        let reason = reason.replace("\"chosen\"", "\"preferred_output\"");
        reason.replace("\"rejected\"", "\"non_preferred_output\"").replace("\"prompt\"", "\"messages\"")
    };
    trl::row(&of_trl, done).map_err(named)
}

#[cfg(test)]
mod tests {
    use super::super::{DataFile, Format};
    use super::*;

    fn line(input: &Value) -> String {
        let output = |text: &str| serde_json::json!([{"role": "assistant", "content": text}]);
        let line = serde_json::json!({
            "input": input, "preferred_output": output("Yes."), "non_preferred_output": output("No.")});
        format!("{line}\n")
    }

    #[test]
    fn a_conversation_and_its_two_outputs_are_a_pair() {
        let messages = serde_json::json!([
            {"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"},
            {"role": "assistant", "content": "Hello."}, {"role": "user", "content": "Well?"}]);
        let whole = serde_json::json!({"messages": messages, "tools": [], "parallel_tool_calls": true});
        let file = DataFile::parse(line(&whole).as_bytes(), None).expect("a data file");
        assert_eq!((file.format, file.refused.len()), (Format::OpenAi, 0), "{:?}", file.refused);
        let row = &file.rows[0];
        assert_eq!([&row.prompt, &row.wanted, &row.opposite], ["Well?", "Yes.", "No."]);
        assert_eq!((row.system.as_deref(), row.turns.len()), (Some("Be brief."), 2));
        assert!(file.report.left_out.is_empty(), "{:?}", file.report);
    }

    #[test]
    fn what_would_change_the_prompt_is_refused() {
        let messages = serde_json::json!([{"role": "user", "content": "Hi"}]);
        for (input, words) in [
            (serde_json::json!({"messages": messages, "tools": [{"type": "function"}]}), "\"tools\""),
            (serde_json::json!("Hi"), "no object with"),
            (serde_json::json!({}), "no object with"),
        ] {
            let file = DataFile::parse(line(&input).as_bytes(), None).expect("a data file");
            assert!(file.rows.is_empty() && file.refused[0].reason.contains(words), "{:?}", file.refused);
        }
    }
}

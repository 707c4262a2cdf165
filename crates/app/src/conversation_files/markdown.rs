//! A conversation as Markdown, column after column.

use std::fmt::Write as _;

use ipc::conversation::Said;

use super::{Talk, setting, title};

/// Writes a conversation.
pub(crate) fn write(talk: &Talk) -> String {
    let desk = &talk.conversation.desk;
    let mut text = format!("# {}\n", talk.conversation.name);
    for (column, turns) in desk.columns.iter().zip(&talk.columns) {
        // Writing to a string does not fail.
        let _ = write!(text, "\n## {}\n", title(desk, column));
        let _ = writeln!(text);
        for line in setting(desk, column) {
            let _ = writeln!(text, "- {line}");
        }
        if !column.system_prompt.is_empty() {
            let _ = write!(text, "\n**System prompt**\n\n{}\n", column.system_prompt);
        }
        for turn in turns {
            let (by, said) = match &turn.said {
                Said::Person { text } => ("You", text),
                Said::Model(answer) => ("Model", &answer.text),
            };
            let _ = write!(text, "\n**{by}**\n\n{said}\n");
        }
    }
    text
}

//! Pairs as files for other programs. Each of them is read again here to the same pairs.

use serde_json::json;

use super::{Row, own};

/// TRL's preference data as JSON lines: `prompt, chosen, rejected`; as messages where a pair has a system message or
/// earlier turns.
#[must_use]
pub fn trl_jsonl(rows: &[Row]) -> Vec<u8> {
    let message = |role: &str, content: &str| json!({"role": role, "content": content});
    lines(rows, |row| {
        if row.system.is_none() && row.turns.is_empty() {
            return json!({"prompt": row.prompt, "chosen": row.wanted, "rejected": row.opposite});
        }
        let system = row.system.iter().map(|system| message("system", system));
        let turns = row.turns.iter().map(|turn| message(own::name_of(turn.role), &turn.text));
        let prompt: Vec<_> = system.chain(turns).chain([message("user", &row.prompt)]).collect();
        json!({
            "prompt": prompt,
            "chosen": [message("assistant", &row.wanted)],
            "rejected": [message("assistant", &row.opposite)],
        })
    })
}

/// Tiller's own JSON lines: `prompt, wanted, opposite`, and everything else that is known of a pair.
#[must_use]
pub fn tiller_jsonl(rows: &[Row]) -> Vec<u8> {
    lines(rows, own::line)
}

fn lines(rows: &[Row], line: impl Fn(&Row) -> serde_json::Value) -> Vec<u8> {
    rows.iter().flat_map(|row| format!("{}\n", line(row)).into_bytes()).collect()
}

/// The BiPO authors' CSV: `question, matching, not_matching`.
#[must_use]
pub fn bipo_csv(rows: &[Row]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let all = rows.iter().map(|row| [row.prompt.as_str(), &row.wanted, &row.opposite]);
    for cells in std::iter::once(["question", "matching", "not_matching"]).chain(all) {
        // Writing rows of one length to memory does not fail.
        let _ = writer.write_record(cells);
    }
    writer.into_inner().unwrap_or_default()
}

//! Writes results as tables: CSV for other programs, lines for a terminal.

use std::fmt::Write as _;

use ipc::spreadsheet::guarded;

use crate::results::{CellResult, Results, Summary};

/// The columns of the table of points.
const POINTS: &str =
    "cell,arm,kind,data,layers,seed,vector_sha256,set,score,multiplier,value,low_95,high_95,n,missing";
/// The columns of the table of chosen multipliers.
const CHOSEN: &str = "cell,arm,kind,data,layers,seed,set,score,multiplier,value,low_95,high_95,unsteered,n";

impl Results {
    /// Returns every point as CSV. Numbers have all their digits.
    #[must_use]
    pub fn points_csv(&self) -> String {
        let mut text = format!("{POINTS}\n");
        for cell in &self.cells {
            let vector = cell.vector.as_deref().unwrap_or_default();
            for p in &cell.points {
                // Writing to a String does not fail.
                let _ = writeln!(
                    text,
                    "{},{vector},{},{},{},{},{},{},{},{}",
                    begin(cell),
                    field(&p.set),
                    field(&p.score),
                    p.multiplier,
                    p.value,
                    p.low,
                    p.high,
                    p.n,
                    p.missing
                );
            }
        }
        text
    }

    /// Returns the chosen multipliers as CSV, with what the other half says of them.
    #[must_use]
    pub fn chosen_csv(&self) -> String {
        let mut text = format!("{CHOSEN}\n");
        for cell in &self.cells {
            for c in &cell.chosen {
                let _ = writeln!(
                    text,
                    "{},{},{},{},{},{},{},{},{}",
                    begin(cell),
                    field(&c.set),
                    field(&c.score),
                    c.multiplier,
                    c.value,
                    c.low,
                    c.high,
                    c.unsteered,
                    c.n
                );
            }
        }
        text
    }
}

fn begin(cell: &CellResult) -> String {
    let seed = cell.seed.map(|seed| seed.to_string()).unwrap_or_default();
    let words = [&cell.cell, &cell.arm, &cell.kind, &cell.data, &cell.layers].map(|text| field(text));
    format!("{},{seed}", words.join(","))
}

/// A text as a field of CSV, which no spreadsheet takes for a formula.
fn field(text: &str) -> String {
    let text = guarded(text);
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.into()
    }
}

impl Summary {
    /// Returns a summary as a line for a person.
    #[must_use]
    pub fn text(&self) -> String {
        let place = [&self.data, &self.layers].into_iter().filter(|part| !part.is_empty());
        let place = place.cloned().collect::<Vec<_>>().join(", layer ");
        let set = if self.set.is_empty() || self.set == self.data {
            String::new()
        } else {
            format!(" on {}", self.set)
        };
        let at: Vec<String> = self.multipliers.iter().map(ToString::to_string).collect();
        let spread = if self.seeds > 1 {
            format!(" ({:.3} to {:.3} over {} seeds)", self.least, self.most, self.seeds)
        } else {
            String::new()
        };
        format!(
            "{:<24} {:<28} {:<22} {:>9.3}{spread}, unsteered {:.3}, at {}",
            self.arm,
            place,
            format!("{}{set}", self.score),
            self.value,
            self.unsteered,
            at.join(", ")
        )
    }
}

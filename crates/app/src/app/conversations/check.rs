//! Refuses desks that nothing can be answered with.

use ipc::conversation::{Column, Desk, MAX_COLUMNS, SamplingSettings, Strip};
use ipc::steering::Gate;
use store::vectors as vector_rows;
use vectors::generate::{Sampling, SamplingError};

use super::App;
use crate::Error;

/// The most strips of a desk.
const MAX_STRIPS: usize = 32;
/// The most stop words of a column.
const MAX_STOP_WORDS: usize = 16;

impl App {
    /// Checks a desk, and notes the names and hashes of vectors that were not on it before.
    pub(super) async fn checked_desk(&self, mut desk: Desk, before: Option<&Desk>) -> Result<Desk, Error> {
        check_desk(&desk)?;
        let known = |strip: &Strip| {
            let same = |other: &&Strip| other.id == strip.id && other.vector == strip.vector;
            before.and_then(|before| before.strips.iter().find(same)).cloned()
        };
        for strip in &mut desk.strips {
            let known = known(strip);
            (strip.name, strip.hash) = if let Some(known) = &known {
                (known.name.clone(), known.hash.clone())
            } else {
                self.name_and_hash(strip.vector).await?
            };
            if let Some(gate) = &mut strip.gate {
                let of_gate = known.and_then(|known| known.gate).filter(|known| known.vector == gate.vector);
                (gate.name, gate.hash) = if let Some(known) = of_gate {
                    (known.name, known.hash)
                } else {
                    self.name_and_hash(gate.vector).await?
                };
            }
        }
        Ok(desk)
    }

    async fn name_and_hash(&self, vector: ipc::Id) -> Result<(String, String), Error> {
        let read = self.state.store.read();
        let row = vector_rows::find(read, vector).await?;
        Ok((row.name, vector_rows::steering(read, vector).await?.hash()?))
    }
}

fn refuse<T>(message: impl Into<String>, next: &'static str) -> Result<T, Error> {
    Err(Error::invalid(message, next))
}

/// Checks all of a desk that needs neither the store nor a model.
pub(super) fn check_desk(desk: &Desk) -> Result<(), Error> {
    if desk.columns.is_empty() {
        return refuse("A conversation needs a column.", "Add one.");
    }
    if desk.columns.len() > MAX_COLUMNS {
        let message = format!("{} columns are more than the {MAX_COLUMNS} that fit.", desk.columns.len());
        return refuse(message, "Close some of them.");
    }
    if desk.strips.len() > MAX_STRIPS {
        let message = format!("{} strips are more than the {MAX_STRIPS} that fit.", desk.strips.len());
        return refuse(message, "Take some away.");
    }
    if repeats(desk.columns.iter().map(|column| column.id)) {
        return refuse("Two columns have the same id.", "Make the column anew.");
    }
    if repeats(desk.strips.iter().map(|strip| strip.id)) {
        return refuse("Two strips have the same id.", "Make the strip anew.");
    }
    desk.strips.iter().try_for_each(check_strip)?;
    desk.columns.iter().try_for_each(|column| check_column(desk, column))
}

fn repeats(ids: impl Iterator<Item = u32>) -> bool {
    let mut ids: Vec<u32> = ids.collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    ids.len() < count
}

fn check_strip(strip: &Strip) -> Result<(), Error> {
    let name = &strip.name;
    if !strip.value.is_finite() {
        return refuse(format!("The value of the strip \u{201c}{name}\u{201d} is no number."), "Type one.");
    }
    strip.gate.as_ref().map_or(Ok(()), |gate| check_gate_numbers(name, gate.gate))
}

/// Refuses the gate of the vector of this name if its threshold or its width is no number that makes sense.
pub(super) fn check_gate_numbers(name: &str, gate: Gate) -> Result<(), Error> {
    if !gate.above.is_finite() {
        return refuse(
            format!("The threshold of the gate of \u{201c}{name}\u{201d} is no number."),
            "Type one.",
        );
    }
    if gate.soft.is_some_and(|width| !(width.is_finite() && width > 0.0)) {
        let message = format!("The width of the soft gate of \u{201c}{name}\u{201d} is not above 0.");
        return refuse(message, "Type a number above 0, or make the gate a hard one.");
    }
    Ok(())
}

fn check_column(desk: &Desk, column: &Column) -> Result<(), Error> {
    let is_strip = |id: u32| desk.strips.iter().any(|strip| strip.id == id);
    if column.factors.iter().any(|factor| !is_strip(factor.strip)) {
        return refuse("A column is steered by a strip that is not on the desk.", "Make the column anew.");
    }
    if repeats(column.factors.iter().map(|factor| factor.strip)) {
        return refuse("A column names a strip twice.", "Make the column anew.");
    }
    if column.factors.iter().any(|factor| !factor.factor.is_finite()) {
        return refuse("The factor of a strip in a column is no number.", "Type one.");
    }
    check_sampling(&column.sampling)
}

/// Refuses sampling parameters that are out of the engine's ranges, and stop words that nothing can be done with.
fn check_sampling(sampling: &SamplingSettings) -> Result<(), Error> {
    match Sampling::from(sampling).check() {
        Err(SamplingError::Temperature { temperature }) => {
            return refuse(format!("The temperature is {temperature}."), "Type a number, 0 or more.");
        }
        Err(SamplingError::TopP { top_p }) => {
            return refuse(format!("Top-p is {top_p}."), "Type a number above 0, and 1 at most.");
        }
        Err(SamplingError::MinP { min_p }) => {
            return refuse(format!("Min-p is {min_p}."), "Type a number between 0 and 1.");
        }
        Err(SamplingError::RepeatPenalty { repeat_penalty }) => {
            let message = format!("The repetition penalty is {repeat_penalty}.");
            return refuse(message, "Type a number above 0; 1 changes nothing.");
        }
        Ok(()) => (),
    }
    let SamplingSettings { max_new_tokens, stop, .. } = sampling;
    if *max_new_tokens == 0 {
        return refuse("An answer needs at least one token.", "Allow more tokens.");
    }
    if stop.len() > MAX_STOP_WORDS {
        let message = format!("{} stop words are more than {MAX_STOP_WORDS}.", stop.len());
        return refuse(message, "Take some away.");
    }
    if stop.iter().any(String::is_empty) {
        return refuse("A stop word is empty.", "Type it, or take it away.");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use ipc::conversation::{Factor, StripGate};
    use ipc::steering::GateAt;

    use super::*;

    fn desk() -> Desk {
        let column = Column {
            id: 1,
            name: String::new(),
            factors: vec![Factor { strip: 1, factor: 1.0 }],
            system_prompt: String::new(),
            sampling: SamplingSettings::lively(),
        };
        let strip = Strip {
            id: 1,
            vector: 1,
            name: "V".into(),
            hash: String::new(),
            value: 1.0,
            muted: false,
            solo: false,
            gate: None,
            caps: None,
        };
        Desk { strips: vec![strip], columns: vec![column], ..Desk::default() }
    }

    #[test]
    fn a_desk_is_refused_in_words() {
        type Spoil = Box<dyn Fn(&mut Desk)>;
        check_desk(&desk()).expect("a desk");
        let gate = |above: f64, soft: Option<f64>| StripGate {
            vector: 1,
            name: String::new(),
            hash: String::new(),
            gate: Gate { layer: 1, above, soft, at: GateAt::Token },
        };
        let spoilt: Vec<(&str, Spoil)> = vec![
            ("needs a column", Box::new(|desk| desk.columns.clear())),
            (
                "9 columns",
                Box::new(|desk| {
                    let column = desk.columns[0].clone();
                    desk.columns = (0..9).map(|id| Column { id, ..column.clone() }).collect();
                }),
            ),
            ("columns have the same id", Box::new(|desk| desk.columns.push(desk.columns[0].clone()))),
            ("strips have the same id", Box::new(|desk| desk.strips.push(desk.strips[0].clone()))),
            ("not on the desk", Box::new(|desk| desk.columns[0].factors[0].strip = 7)),
            (
                "names a strip twice",
                Box::new(|desk| desk.columns[0].factors.push(Factor { strip: 1, factor: 0.5 })),
            ),
            ("factor", Box::new(|desk| desk.columns[0].factors[0].factor = f64::NAN)),
            ("value", Box::new(|desk| desk.strips[0].value = f64::INFINITY)),
            ("threshold", Box::new(move |desk| desk.strips[0].gate = Some(gate(f64::NAN, None)))),
            ("width", Box::new(move |desk| desk.strips[0].gate = Some(gate(0.0, Some(0.0))))),
            ("temperature", Box::new(|desk| desk.columns[0].sampling.temperature = -1.0)),
            ("Top-p", Box::new(|desk| desk.columns[0].sampling.top_p = 0.0)),
            ("Min-p", Box::new(|desk| desk.columns[0].sampling.min_p = 1.5)),
            ("repetition penalty", Box::new(|desk| desk.columns[0].sampling.repeat_penalty = 0.0)),
            ("one token", Box::new(|desk| desk.columns[0].sampling.max_new_tokens = 0)),
            ("stop word is empty", Box::new(|desk| desk.columns[0].sampling.stop = vec![String::new()])),
        ];
        for (words, spoil) in spoilt {
            let mut desk = desk();
            spoil(&mut desk);
            let refused = check_desk(&desk).expect_err(words).to_string();
            assert!(refused.contains(words) && refused.ends_with('.'), "{words}: {refused}");
        }
    }
}

//! Reads rows with two answers of which a column says the preferred one: those of SHP, `PKU-SafeRLHF` and `HelpSteer`.

use serde_json::Value;

use super::cells::text;
use super::messages::{self, TextOrMessages, text_or_messages};
use super::report::RowNote;
use super::trl::AddNote;
use super::{Cells, DataFileError, Format, Row};

/// A post, two comments, and 1 where the first one is preferred.
pub(super) const SHP: [&str; 4] = ["history", "human_ref_A", "human_ref_B", "labels"];
/// A prompt and two responses, which columns choose by their numbers.
const RESPONSES: [&str; 2] = ["response_0", "response_1"];
/// The columns that choose: the better answer, or the safer one.
const CHOOSING: [&str; 2] = ["better_response_id", "safer_response_id"];
pub(super) const BETTER: [&str; 4] = ["prompt", RESPONSES[0], RESPONSES[1], CHOOSING[0]];
pub(super) const SAFER: [&str; 4] = ["prompt", RESPONSES[0], RESPONSES[1], CHOOSING[1]];
/// A prompt, two responses, and how much better the second one is, from -3 to 3.
pub(super) const HELP_STEER_2: [&str; 4] = ["prompt", "response_1", "response_2", "preference_strength"];
/// The same with the messages before the responses.
pub(super) const HELP_STEER_3: [&str; 4] = ["context", "response1", "response2", "overall_preference"];

/// The columns of one answer, the other one, and the preference: in each set the last three.
fn preferences() -> impl Iterator<Item = [&'static str; 3]> {
    [SHP, BETTER, SAFER, HELP_STEER_2, HELP_STEER_3]
        .into_iter()
        .map(|[_, one, other, says]| [one, other, says])
}

/// Refuses a file whose columns choose in two ways.
pub(super) fn check_decided(format: Format, columns: &[String]) -> Result<(), DataFileError> {
    let [first, second] = CHOOSING;
    let has = |name: &str| columns.iter().any(|column| column == name);
    if format == Format::SafeRlhf && has(first) && has(second) {
        return Err(DataFileError::Undecided { format: format.name(), first, second });
    }
    Ok(())
}

/// Whether a column that is named for both answers chooses one of them, and the other one is the opposite.
pub(super) fn chooses(name: &str, columns: &[String]) -> bool {
    let has = |name: &&str| columns.iter().any(|column| column == name);
    CHOOSING.contains(&name) && RESPONSES.iter().all(has)
}

/// The columns that are read besides one that chooses.
pub(super) fn chosen_from() -> &'static [&'static str] {
    &RESPONSES
}

/// The column that says row by row which of two named answers is preferred, and that is not named itself.
pub(super) fn unread_preference<'a>(columns: &'a [String], answers: [&str; 2]) -> Option<&'a str> {
    let of = |[one, other, says]: [&'static str; 3]| {
        let is_pair = answers == [one, other] || answers == [other, one];
        columns.iter().find(|column| is_pair && *column == says).map(String::as_str)
    };
    preferences().find_map(of)
}

/// A row of one of these formats.
pub(super) fn row(format: Format, cells: &Cells, done: AddNote<'_>) -> Result<Row, String> {
    let has = |name: &&str| cells.get(*name).is_some_and(|value| !value.is_null());
    match format {
        Format::Shp => {
            let [prompt, one, other, label] = SHP;
            answers(text(cells, prompt)?, cells, [one, other], choice(cells, label)? == 1)
        }
        Format::SafeRlhf => {
            let choosing: Vec<&str> = CHOOSING.into_iter().filter(has).collect();
            match choosing[..] {
                [name] => chosen(cells, "prompt", name),
                [] => Err(format!("its \"{}\" is missing", CHOOSING[0])),
                _ => Err(format!(
                    "its \"{}\" and \"{}\" may choose different answers",
                    CHOOSING[0], CHOOSING[1]
                )),
            }
        }
        _ => {
            let is_third = HELP_STEER_3.iter().any(|name| cells.contains_key(*name));
            let [prompt, one, other, strength] = if is_third { HELP_STEER_3 } else { HELP_STEER_2 };
            let strength_of = number(cells, strength)?;
            if strength_of.abs() < f64::EPSILON {
                return Err(format!("its \"{strength}\" is 0: neither answer is preferred"));
            }
            let is_first = strength_of < 0.0;
            match text_or_messages(cells, prompt, done)? {
                Some(TextOrMessages::Messages(messages, is_json_in_text)) => {
                    if is_json_in_text {
                        done(RowNote::JsonInText);
                    }
                    let (system, turns, question) = messages::prompt_of(messages)?;
                    let row = answers(question, cells, [one, other], is_first)?;
                    Ok(Row { system, turns, ..row })
                }
                Some(TextOrMessages::Text(question)) => answers(question, cells, [one, other], is_first),
                None => Err(format!("its \"{prompt}\" is missing")),
            }
        }
    }
}

/// A row whose wanted answer is the response with the number in a column.
pub(super) fn chosen(cells: &Cells, prompt: &str, name: &str) -> Result<Row, String> {
    answers(text(cells, prompt)?, cells, RESPONSES, choice(cells, name)? == 0)
}

/// A row of two answers, of which the first one or the second one is wanted.
fn answers(prompt: String, cells: &Cells, names: [&str; 2], is_first: bool) -> Result<Row, String> {
    let [one, other] = [text(cells, names[0])?, text(cells, names[1])?];
    let (wanted, opposite) = if is_first { (one, other) } else { (other, one) };
    Ok(Row { prompt, wanted, opposite, ..Row::default() })
}

/// A cell that holds 0 or 1.
fn choice(cells: &Cells, name: &str) -> Result<u8, String> {
    match number(cells, name)? {
        number if number.abs() < f64::EPSILON => Ok(0),
        number if (number - 1.0).abs() < f64::EPSILON => Ok(1),
        number => Err(format!("its \"{name}\" is {number}, not 0 or 1")),
    }
}

/// A cell that holds a number, which stands as text in a table of text.
fn number(cells: &Cells, name: &str) -> Result<f64, String> {
    let number = match cells.get(name) {
        None | Some(Value::Null) => return Err(format!("its \"{name}\" is missing")),
        Some(Value::Number(number)) => number.as_f64(),
        Some(Value::String(text)) => text.trim().parse().ok(),
        Some(_) => None,
    };
    number.filter(|number| number.is_finite()).ok_or_else(|| format!("its \"{name}\" is no number"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::columns::KNOWN;
    use super::*;

    fn read(format: Format, row_of: Value) -> Result<[String; 3], String> {
        let Value::Object(cells) = row_of else { panic!("no row") };
        let row = row(format, &cells, &mut |_| {})?;
        Ok([row.prompt, row.wanted, row.opposite])
    }

    fn texts(texts: [&str; 3]) -> [String; 3] {
        texts.map(str::to_owned)
    }

    #[test]
    fn the_preferred_answer_is_the_wanted_one() {
        let shp = |label: Value| {
            read(
                Format::Shp,
                json!({"history": "q", "human_ref_A": "a", "human_ref_B": "b", "labels": label}),
            )
        };
        assert_eq!(shp(json!(1)), Ok(texts(["q", "a", "b"])));
        assert_eq!(shp(json!(0)), Ok(texts(["q", "b", "a"])));
        assert_eq!(shp(json!(" 1 ")), Ok(texts(["q", "a", "b"])));
        assert_eq!(shp(json!(1.0)), Ok(texts(["q", "a", "b"])));
        for (odd, words) in [
            (json!(2), "2, not 0 or 1"),
            (json!("A"), "no number"),
            (Value::Null, "is missing"),
            (json!([1]), "no"),
        ] {
            assert!(shp(odd.clone()).is_err_and(|reason| reason.contains(words)), "{odd}");
        }
        for name in CHOOSING {
            let with = |id: u8| {
                read(Format::SafeRlhf, json!({"prompt": "q", "response_0": "a", "response_1": "b", name: id}))
            };
            assert_eq!(with(0), Ok(texts(["q", "a", "b"])), "{name}");
            assert_eq!(with(1), Ok(texts(["q", "b", "a"])), "{name}");
        }
        let both = json!({"prompt": "q", "response_0": "a", "response_1": "b", "better_response_id": 0, "safer_response_id": 0});
        assert!(read(Format::SafeRlhf, both).is_err());
        let steered = |strength: i8| {
            let row =
                json!({"prompt": "q", "response_1": "a", "response_2": "b", "preference_strength": strength});
            read(Format::HelpSteer, row)
        };
        assert_eq!((steered(-2), steered(3)), (Ok(texts(["q", "a", "b"])), Ok(texts(["q", "b", "a"]))));
        assert!(steered(0).is_err_and(|reason| reason.contains("neither answer is preferred")));
    }

    #[test]
    fn messages_before_the_responses_are_turns_and_the_prompt() {
        let context = json!([{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}, {"role": "user", "content": "q"}]);
        let row_of =
            json!({"context": context, "response1": "a", "response2": "b", "overall_preference": -1});
        let Value::Object(cells) = row_of else { panic!("no row") };
        let row = row(Format::HelpSteer, &cells, &mut |_| {}).expect("a row");
        assert_eq!((row.prompt.as_str(), row.wanted.as_str(), row.turns.len()), ("q", "a", 2));
    }

    #[test]
    fn every_preference_is_that_of_a_known_format() {
        for [one, other, says] in preferences() {
            let is_known = |columns: &&[&str]| [one, other, says].iter().all(|name| columns.contains(name));
            assert!(KNOWN.iter().any(|known| is_known(&known.columns)), "{says}");
            let columns = [says.to_owned()];
            assert_eq!(unread_preference(&columns, [other, one]), Some(says));
            assert_eq!(unread_preference(&columns, [one, says]), None);
        }
    }
}

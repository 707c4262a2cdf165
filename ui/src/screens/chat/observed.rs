//! What steering did to each token of an answer: the pieces of its text, the strength of their tints, and the line of the
//! projection.

use ipc::conversation::{ModelTurn, ObservedToken};

use super::steering_marks::{changes, terms};

/// How the tokens of observed answers are tinted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tint {
    /// Not at all.
    None,
    /// By how much steering changed their log-probability.
    Probability,
    /// By the projection of the residual stream on the vector.
    Projection,
}

/// The change of a log-probability, in nats, that has the strongest tint: 20 times as likely.
const STRONGEST: f32 = 3.0;

/// The width and the height of the line of the projection.
pub(super) const LINE: [f64; 2] = [240.0, 28.0];

/// A piece of an answer's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) text: String,
    /// The observed token that it is; `None` for a text that was given or not observed.
    pub(super) token: Option<usize>,
    /// What steered from its beginning on, where that is a change.
    pub(super) change: Option<String>,
}

/// Cuts the text of an answer into its tokens.
pub(super) fn pieces(answer: &ModelTurn) -> Vec<Piece> {
    let text = answer.text.as_str();
    let mut pieces = Vec::new();
    let mut from = text.floor_char_boundary(answer.given as usize);
    let mut changes = changes(answer).peekable();
    let mut add = |from: usize, until: usize, token: Option<usize>| {
        if from < until {
            let mut change = None;
            while let Some(next) = changes.next_if(|change| change.from_byte as usize <= from) {
                change = Some(terms(&next.terms));
            }
            pieces.push(Piece { text: text[from..until].to_owned(), token, change });
        }
    };
    add(0, from, None);
    for (at, token) in answer.observed.iter().enumerate() {
        // A token may end inside of a character, which then belongs to the next one.
        let until = text.floor_char_boundary(token.until_byte as usize).max(from);
        add(from, until, Some(at));
        from = until;
    }
    add(from, text.len(), None);
    pieces
}

/// Returns how much likelier steering made a token, in nats.
pub(super) fn gain(token: &ObservedToken) -> f32 {
    token.steered - token.plain
}

/// Returns the largest projection of an answer by its amount; `None` without any.
pub(super) fn largest(answer: &ModelTurn) -> Option<f32> {
    answer.observed.iter().filter_map(|token| token.projection).map(f32::abs).reduce(f32::max)
}

/// Returns the strength of a token's tint, from -1 to 1.
pub(super) fn strength(tint: Tint, token: &ObservedToken, largest: Option<f32>) -> f32 {
    let share = match tint {
        Tint::None => 0.0,
        Tint::Probability => gain(token) / STRONGEST,
        Tint::Projection => match (token.projection, largest) {
            (Some(projection), Some(largest)) if largest > 0.0 => projection / largest,
            _ => 0.0,
        },
    };
    if share.is_nan() { 0.0 } else { share.clamp(-1.0, 1.0) }
}

/// Returns the colour of a tint: the heat maps' for more and for less.
pub(super) fn color(strength: f32) -> String {
    let series = u8::from(strength < 0.0);
    format!("color-mix(in srgb, var(--series-{series}) {:.0}%, transparent)", 55.0 * strength.abs())
}

/// Returns the SVG path of the projection over the tokens, and the height of 0 in it; `None` for fewer than two tokens.
pub(super) fn line(answer: &ModelTurn) -> Option<(String, f64)> {
    let values = answer.observed.iter().enumerate();
    let values: Vec<(usize, f64)> = values
        .filter_map(|(at, token)| Some((at, f64::from(token.projection.filter(|value| value.is_finite())?))))
        .collect();
    let last = answer.observed.len().checked_sub(1).filter(|last| *last > 0)?;
    if values.len() < 2 {
        return None;
    }
    let low = values.iter().map(|(_, value)| *value).fold(0.0, f64::min);
    let high = values.iter().map(|(_, value)| *value).fold(0.0, f64::max);
    let reach = if high > low { high - low } else { 1.0 };
    let height = |value: f64| 2.0 + (LINE[1] - 4.0) * (high - value) / reach;
    let points = values.iter().map(|(at, value)| {
        format!("{:.1} {:.1}", 1.0 + (LINE[0] - 2.0) * *at as f64 / last as f64, height(*value))
    });
    Some((format!("M{}", points.collect::<Vec<_>>().join("L")), height(0.0)))
}

#[cfg(test)]
mod tests {
    use ipc::answer::AnswerEnd;
    use ipc::conversation::{SamplingSettings, SteeringChange, StripRecord};

    use super::*;

    fn token(until_byte: u32, steered: f32, plain: f32, projection: Option<f32>) -> ObservedToken {
        ObservedToken {
            until_byte,
            steered,
            plain,
            projection,
            likeliest_steered: vec![],
            likeliest_plain: vec![],
        }
    }

    fn answer(text: &str, given: u32, observed: Vec<ObservedToken>) -> ModelTurn {
        ModelTurn {
            text: text.into(),
            given,
            tokens: observed.len() as u32,
            left_out: 0,
            end: AnswerEnd::Open,
            sampling: SamplingSettings::exact(),
            system_prompt: String::new(),
            steering: vec![],
            observed,
        }
    }

    #[test]
    fn the_pieces_are_the_whole_text() {
        let tokens = vec![token(6, 0.0, 0.0, None), token(8, 0.0, 0.0, None), token(9, 0.0, 0.0, None)];
        // The second token ends inside of the two bytes of é.
        let answer = answer("Well, \u{e9}!? and", 5, tokens);
        let pieces = pieces(&answer);
        assert_eq!(pieces.iter().map(|piece| piece.text.as_str()).collect::<String>(), answer.text);
        let tokens: Vec<_> = pieces.iter().map(|piece| (piece.text.as_str(), piece.token)).collect();
        assert_eq!(
            tokens,
            [("Well,", None), (" ", Some(0)), ("\u{e9}", Some(1)), ("!", Some(2)), ("? and", None)]
        );
    }

    #[test]
    fn a_piece_says_where_something_else_steered() {
        let change = |from_byte, multiplier| SteeringChange {
            from_byte,
            terms: vec![StripRecord {
                vector: 1,
                name: "V".into(),
                hash: String::new(),
                multiplier,
                gate: None,
                caps: None,
            }],
        };
        let tokens = [2, 4, 6].map(|until| token(until, 0.0, 0.0, None));
        let mut answer = answer("a b c ", 0, tokens.to_vec());
        answer.steering = vec![change(0, 1.0), change(2, 1.5), change(2, 2.0), change(6, 3.0)];
        let marks: Vec<_> = pieces(&answer).into_iter().map(|piece| piece.change).collect();
        assert_eq!(
            marks,
            [None, Some("+2 \u{d7} V".to_owned()), None],
            "a change behind the end has no piece yet"
        );
    }

    #[test]
    fn tints_are_blue_for_more_and_orange_for_less() {
        let likelier = token(1, -1.0, -2.5, Some(-4.0));
        assert!((strength(Tint::Probability, &likelier, Some(8.0)) - 0.5).abs() < 1e-6);
        assert!((strength(Tint::Projection, &likelier, Some(8.0)) + 0.5).abs() < 1e-6);
        assert!(strength(Tint::Projection, &token(1, 0.0, 0.0, None), None).abs() < 1e-6);
        let impossible = token(1, -1.0, f32::NEG_INFINITY, None);
        assert!((strength(Tint::Probability, &impossible, None) - 1.0).abs() < 1e-6);
        assert!(color(0.5).contains("--series-0") && color(-0.5).contains("--series-1"));
    }

    #[test]
    fn the_line_spans_its_box_and_shows_zero() {
        let tokens = [Some(0.0), None, Some(4.0)].map(|projection| token(1, 0.0, 0.0, projection));
        let (path, zero) = line(&answer("abc", 0, tokens.to_vec())).expect("two values");
        assert_eq!((path.as_str(), zero), ("M1.0 26.0L239.0 2.0", 26.0));
        assert_eq!(line(&answer("a", 0, vec![token(1, 0.0, 0.0, Some(1.0))])), None);
    }
}

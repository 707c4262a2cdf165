//! `tiller-cli generate --store`: answers with the vectors of a store, as a conversation that the window's Chat shows.

use std::collections::BTreeMap;
use std::time::Duration;

use app::Purpose;
use ipc::answer::AnswerEnd;
use ipc::command::{BeginConversation, ReadTurns, Say, StopAnswering};
use ipc::conversation::{
    Column, Desk, Factor, MAX_COLUMNS, ModelTurn, Said, SamplingSettings, Strip, StripGate, Turn,
};
use ipc::project::Overview;
use ipc::vector::Vector;
use ipc::{Event, Id};
use serde::Serialize;
use vectors::pairs::PreferencePair;

use super::{Arguments, Prompt, usual};
use crate::door::{self, Door, Heard, library};
use crate::halt::Halt;
use crate::output::{self, Lines};
use crate::progress::Bar;
use crate::stop;
use crate::sweep::arms::{Term, read_sum};

/// The wait for an event, after which Ctrl-C is looked for.
const LISTEN: Duration = Duration::from_millis(50);

/// An answer, as it is printed.
#[derive(Serialize)]
struct Line<'a> {
    conversation: Id,
    turn: Id,
    prompt: &'a str,
    multiplier: f64,
    text: &'a str,
    tokens: u32,
    /// The reason for the end: `end_of_turn`, `length` or `stopped`.
    end: &'static str,
    system: &'a str,
    sampling: &'a SamplingSettings,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Halt> {
    arguments.model.check_in_store()?;
    let settings = arguments.sampling.settings(usual())?;
    let (prompts, report) = arguments.prompts()?;
    if prompts.iter().any(|prompt| !prompt.pair.turns.is_empty()) {
        let message = "a prompt has earlier turns, which a conversation of the store does not begin with.";
        return Err(Halt::Refused(message.into()));
    }
    let lines = Lines::new(arguments.json, report);
    door::within_project(&arguments.project, Purpose::Jobs, |door| {
        let overview = door.watch()?;
        let (strips, model) = strips(door, &overview, arguments)?;
        let multipliers = if strips.is_empty() { vec![0.0] } else { arguments.multipliers() };
        if multipliers.len() > MAX_COLUMNS {
            let message =
                format!("a conversation has at most {MAX_COLUMNS} columns: give fewer multipliers.");
            return Err(Halt::Usage(message));
        }
        library::load(door, model)?;
        for Prompt { pair, .. } in &prompts {
            let system = pair.system.as_ref().unwrap_or(&arguments.system.system);
            let desk = desk(&strips, &multipliers, system, &settings);
            answer(door, pair, desk, &multipliers, &lines)?;
        }
        Ok(())
    })
}

/// Returns the strips of the vectors, and the model that answers.
fn strips(door: &mut Door, overview: &Overview, arguments: &Arguments) -> Result<(Vec<Strip>, Id), Halt> {
    let model = |door: &mut Door| Ok(library::model(door, overview, &arguments.model.path())?.id);
    let layer = arguments.vector.layer.map(|layer| layer as u32);
    let mut vectors: Vec<(f64, Vector)> = Vec::new();
    if let Some(path) = &arguments.vector.vector {
        vectors.push((1.0, library::vector(door, overview, &path.to_string_lossy(), layer, model)?));
    }
    if let Some(sum) = &arguments.sum {
        for Term { weight, name, epoch } in read_sum(sum)? {
            if epoch.is_some() {
                let message = "an answer is made with vectors of the library: make one of the epoch first.";
                return Err(Halt::Usage(message.into()));
            }
            vectors.push((weight, library::vector(door, overview, name, None, model)?));
        }
    }
    let gate = match arguments.gate.named()? {
        None => None,
        Some((path, gate)) => {
            let of = library::vector(door, overview, &path.to_string_lossy(), None, model)?;
            Some(StripGate { vector: of.id, name: of.name, hash: String::new(), gate })
        }
    };
    let model = match vectors.first() {
        Some((_, first)) => first.model,
        None => model(door)?,
    };
    let strip = |(id, (value, vector)): (u32, (f64, Vector))| Strip {
        id,
        vector: vector.id,
        name: vector.name,
        hash: String::new(),
        value,
        muted: false,
        solo: false,
        gate: gate.clone(),
        caps: None,
    };
    Ok(((1..).zip(vectors).map(strip).collect(), model))
}

/// Makes a column for each multiplier.
fn desk(strips: &[Strip], multipliers: &[f64], system: &str, sampling: &SamplingSettings) -> Desk {
    let column = |(id, factor): (u32, &f64)| Column {
        id,
        name: String::new(),
        factors: strips.iter().map(|strip| Factor { strip: strip.id, factor: *factor }).collect(),
        system_prompt: system.to_owned(),
        sampling: sampling.clone(),
    };
    let columns = (1..).zip(multipliers).map(column).collect();
    Desk { strips: strips.to_vec(), columns, ..Desk::default() }
}

/// Asks one prompt, and prints the answers once all of them have ended.
fn answer(
    door: &mut Door,
    pair: &PreferencePair,
    desk: Desk,
    multipliers: &[f64],
    lines: &Lines,
) -> Result<(), Halt> {
    let most =
        desk.columns.len() * desk.columns.first().map_or(0, |column| column.sampling.max_new_tokens) as usize;
    let conversation = door.call(BeginConversation { desk })?.id;
    door.call(Say { conversation, text: pair.prompt.clone(), columns: vec![], prefill: String::new() })?;
    let mut turns: BTreeMap<Id, Turn> = BTreeMap::new();
    let read = door.call(ReadTurns { conversation })?;
    turns.extend(read.into_iter().map(|turn| (turn.id, turn)));
    let (mut bar, mut is_asked) = (Bar::new("Answering"), false);
    loop {
        let answers: Vec<&ModelTurn> = turns.values().filter_map(of_model).map(|(_, turn)| turn).collect();
        let tokens: u32 = answers.iter().map(|turn| turn.tokens).sum();
        // A person who asks to stop is heard below.
        let _ = bar.show(tokens as usize, most);
        if answers.len() == multipliers.len() && answers.iter().all(|turn| turn.end != AnswerEnd::Open) {
            break;
        }
        if stop::is_asked() && !is_asked {
            is_asked = true;
            door.call(StopAnswering { conversation, column: None })?;
        }
        match door.event(LISTEN)? {
            Heard::Nothing => {}
            Heard::Event(event) => {
                if let Event::Turns { conversation: of, turns: now } = *event
                    && of == conversation
                {
                    turns.extend(now.into_iter().map(|turn| (turn.id, turn)));
                }
            }
            Heard::Gone => {
                let message = "the process that ran the engine has ended, and its answers with it.";
                return Err(Halt::Failed(message.into()));
            }
        }
    }
    drop(bar);
    for (turn, answer) in turns.values().filter_map(of_model) {
        let place = (turn.column as usize).saturating_sub(1);
        let multiplier = multipliers.get(place).copied().unwrap_or_default();
        print(conversation, &pair.prompt, turn, answer, multiplier, lines)?;
    }
    if stop::is_asked() {
        return Err(Halt::Stopped(format!("stopped; the answers so far are in conversation {conversation}")));
    }
    Ok(())
}

fn of_model(turn: &Turn) -> Option<(&Turn, &ModelTurn)> {
    match &turn.said {
        Said::Model(answer) => Some((turn, answer)),
        Said::Person { .. } => None,
    }
}

fn print(
    conversation: Id,
    prompt: &str,
    turn: &Turn,
    answer: &ModelTurn,
    multiplier: f64,
    lines: &Lines,
) -> Result<(), Halt> {
    let end = match &answer.end {
        AnswerEnd::EndOfTurn => "end_of_turn",
        AnswerEnd::Stopped | AnswerEnd::Open => "stopped",
        AnswerEnd::Failed { failure } => return Err(Halt::failure(failure.clone())),
        AnswerEnd::Length => "length",
    };
    let line = Line {
        conversation,
        turn: turn.id,
        prompt,
        multiplier,
        text: &answer.text,
        tokens: answer.tokens,
        end,
        system: &answer.system_prompt,
        sampling: &answer.sampling,
    };
    if !lines.is_json() {
        output::print_message(&format!("[{multiplier}] {prompt}"));
    }
    lines.line(&line, || answer.text.clone())
}

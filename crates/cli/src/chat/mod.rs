//! `tiller-cli chat`: a conversation with the steered model on the terminal, in one or more columns.

mod columns;
mod input;
mod screen;
mod turn;

use std::io::{self, BufRead as _, IsTerminal as _};
use std::path::PathBuf;

use ipc::conversation::MAX_COLUMNS;
use vectors::generate::SamplingSettings;

use crate::caps::CapArguments;
use crate::data::{ModelArguments, SystemArguments, VectorArguments};
use crate::halt::Halt;
use crate::output;
use crate::sampling::SamplingArguments;
use crate::steering::{GateArguments, Steering, file_name};
use crate::stop;
use columns::Conversation;
use input::Input;
use screen::Screen;

#[derive(clap::Args)]
#[command(after_help = input::HELP)]
pub(crate) struct Arguments {
    #[command(flatten)]
    model: ModelArguments,
    /// A vector's or an adapter's file, as for `generate`; several act together
    #[arg(long, value_name = "FILE")]
    vector: Vec<PathBuf>,
    /// The layer of the vectors whose files do not say it or have several
    #[arg(long, value_name = "N", requires = "vector")]
    layer: Option<usize>,
    /// A column for each of these strengths of the vectors, separated by commas
    #[arg(
        long,
        value_name = "M,M..",
        value_delimiter = ',',
        allow_hyphen_values = true,
        requires = "vector",
        default_value = "1"
    )]
    at: Vec<f64>,
    #[command(flatten)]
    gate: GateArguments,
    #[command(flatten)]
    cap: CapArguments,
    #[command(flatten)]
    sampling: SamplingArguments,
    #[command(flatten)]
    system: SystemArguments,
    /// One JSON object for each token and each end of an answer
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Halt> {
    let sampling = arguments.sampling.settings(SamplingSettings::lively())?;
    let at = if arguments.vector.is_empty() { vec![0.0] } else { arguments.at.clone() };
    check_columns(&at)?;
    let (names, steering) = arguments.steering()?;
    let model = arguments.model.load()?;
    let steering = steering.measure_caps(&arguments.cap, &model, &arguments.system.system)?;
    let screen = Screen::new(arguments.json);
    let system = arguments.system.system.clone();
    let mut conversation = Conversation::new(model, steering, names, &at, system, sampling);
    let (is_asked_for, mut lines) = (screen.asks(), io::stdin().lock().lines());
    loop {
        if is_asked_for {
            output::piece("> ")?;
        }
        stop::rest();
        let Some(line) = lines.next() else { return Ok(()) };
        let line = line.map_err(|error| Halt::Refused(format!("standard input cannot be read: {error}.")))?;
        stop::begin();
        match input::parse(&line).and_then(|input| take(&mut conversation, &screen, input)) {
            // A person goes on. A script learns by the exit code that a line was not done.
            Err(halt @ (Halt::Usage(_) | Halt::Refused(_) | Halt::Failed(_)))
                if io::stdin().is_terminal() =>
            {
                output::print_halt(&halt);
            }
            done => done?,
        }
    }
}

/// Does what a line asks for.
fn take(conversation: &mut Conversation, screen: &Screen, input: Input) -> Result<(), Halt> {
    match input {
        Input::Nothing => Ok(()),
        Input::Message(text) => conversation.say(&text, screen),
        Input::System(text) => {
            conversation.system = text;
            Ok(())
        }
        Input::At(at) => {
            check_columns(&at)?;
            conversation.steer(&at)
        }
        Input::Again => conversation.answer_again(screen),
        Input::LeaveOut => conversation.leave_out_oldest(screen),
        Input::Stop(words) => {
            conversation.sampling.stop = words;
            Ok(())
        }
        Input::Save(path) => {
            let count = conversation.save(&path)?;
            output::print_message(&format!("{count} columns are in {}", path.display()));
            Ok(())
        }
        Input::Help => {
            output::print_message(input::HELP);
            Ok(())
        }
    }
}

/// Refuses strengths that are no numbers, and more columns than a conversation has.
fn check_columns(at: &[f64]) -> Result<(), Halt> {
    if let Some(odd) = at.iter().find(|multiplier| !multiplier.is_finite()) {
        return Err(Halt::Usage(format!("the strength {odd} is no number.")));
    }
    if at.is_empty() || at.len() > MAX_COLUMNS {
        return Err(Halt::Usage(format!(
            "{} columns are asked for: a conversation has 1 to {MAX_COLUMNS}.",
            at.len()
        )));
    }
    Ok(())
}

impl Arguments {
    /// Reads all files, and returns their names with what they make together.
    fn steering(&self) -> Result<(Vec<String>, Steering), Halt> {
        let blocks = self.model.blocks();
        let mut files = Vec::with_capacity(self.vector.len());
        for path in &self.vector {
            files.extend(VectorArguments { vector: Some(path.clone()), layer: self.layer }.read(blocks)?);
        }
        let names = self.vector.iter().map(|path| file_name(path)).collect();
        Ok((names, Steering::new(files, self.gate.read(blocks)?)?))
    }
}

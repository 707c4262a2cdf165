//! Prints the findings of an analysis as they are made, whoever makes them.

use ipc::analysis::{Analysis, Finding};
use ipc::{Event, Id};
use serde::Serialize;

use crate::door::{Door, End, Follower, conclude};
use crate::halt::Halt;
use crate::output::Lines;

/// Prints each finding once.
pub(crate) struct Findings<'a> {
    analysis: Id,
    job: Id,
    printed: Vec<Finding>,
    lines: &'a Lines,
}

/// The last line.
#[derive(Serialize)]
struct LastLine {
    analysis: Id,
    job: Id,
    findings: usize,
}

impl<'a> Findings<'a> {
    pub(crate) fn new(analysis: &Analysis, lines: &'a Lines) -> Self {
        Self { analysis: analysis.id, job: analysis.job, printed: Vec::new(), lines }
    }

    /// Takes what was found before as printed.
    pub(crate) fn skip(&mut self, analysis: &Analysis) {
        self.printed.clone_from(&analysis.findings);
    }

    fn print(&mut self, finding: &Finding) -> Result<(), Halt> {
        if self.printed.contains(finding) {
            return Ok(());
        }
        self.printed.push(finding.clone());
        self.lines.line(finding, || text(finding))
    }

    /// Prints what was found, and says how the analysis has ended.
    pub(crate) fn conclude(mut self, door: &mut Door, end: End) -> Result<(), Halt> {
        self.catch_up(door)?;
        if matches!(end, End::Done | End::Stopped) {
            let line = LastLine { analysis: self.analysis, job: self.job, findings: self.printed.len() };
            self.lines.line(&line, || format!("{} findings", line.findings))?;
        }
        conclude(door, self.job, end)
    }
}

impl Follower for Findings<'_> {
    fn hear(&mut self, event: &Event) -> Result<(), Halt> {
        match event {
            Event::Finding { analysis, finding } if *analysis == self.analysis => self.print(finding),
            _ => Ok(()),
        }
    }

    fn catch_up(&mut self, door: &mut Door) -> Result<(), Halt> {
        let overview = door.watch()?;
        let of = overview.analyses.iter().find(|analysis| analysis.id == self.analysis);
        of.map_or(Ok(()), |of| of.findings.iter().try_for_each(|finding| self.print(finding)))
    }
}

fn text(finding: &Finding) -> String {
    let number = |value: Option<f64>| value.map_or_else(|| "none".to_owned(), |value| format!("{value:.3}"));
    match finding {
        Finding::Layer { layer, agreement, separation, right_side, share } => format!(
            "layer {layer}: agreement {agreement:.3}, separation {separation:.3}, right side {right_side:.3}, \
             {share:.3} of the residual stream"
        ),
        Finding::OddPair { number, prompt, agreement } => {
            format!("pair {number} disagrees ({agreement:.3}): {prompt}")
        }
        Finding::Epoch { epoch, multiplier, score } => {
            format!("epoch {epoch} at {multiplier}: {score:.3} nats")
        }
        Finding::Effect { layer, plus, minus, norm, residual_norm } => {
            format!("layer {layer}: {plus:.3} at +1, {minus:.3} at -1, norm {norm:.3} of {residual_norm:.3}")
        }
        Finding::Trial { round, layer, rate, steps, plus, minus } => format!(
            "round {round}, layer {layer}, rate {rate}, {steps} steps: {} at +1, {} at -1",
            number(*plus),
            number(*minus)
        ),
        Finding::Strength { multiplier, share, divergence } => format!(
            "at {multiplier}: {} of the residual stream, divergence {divergence:.4} nats a token",
            number(*share)
        ),
        Finding::Projections { largest, last } => format!(
            "largest projections: {}\nprojections at the last token: {}",
            numbers(largest),
            numbers(last)
        ),
    }
}

fn numbers(all: &[f64]) -> String {
    all.iter().map(|value| format!("{value:.3}")).collect::<Vec<_>>().join(" ")
}

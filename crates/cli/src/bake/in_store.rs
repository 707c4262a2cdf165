//! `tiller-cli bake --store`: the window's baking as a job of a store. A copy appears as a whole or not at all, and a job that was
//! paused or killed goes on with the first copy that is not proved.

use std::path::Path;

use app::Purpose;
use app::baking::proof_file;
use ipc::bake::{Bake, BakedCopy, Proof, Verdict};
use ipc::command::{ListBakes, StartBake};
use ipc::project::Overview;
use ipc::{Event, Id};
use serde::Serialize;

use super::{BakeArguments, as_typed, check_ending};
use crate::door::{self, Door, End, Follower, conclude, library};
use crate::halt::Halt;
use crate::output;
use crate::train::in_store::say_queued;

/// A copy that is proved, as it is printed.
#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    bytes: u64,
    multiplier: f64,
    #[serde(flatten)]
    proof: &'a Proof,
    proof_file: String,
    notes: &'a [String],
}

pub(super) fn run(arguments: &BakeArguments) -> Result<(), Halt> {
    let (steering, json) = (&arguments.steering, arguments.of.json);
    steering.check_in_store()?;
    door::within_project(&arguments.of.project, Purpose::Jobs, |door| {
        let overview = door.watch()?;
        let vector = steering.in_store(door, &overview)?;
        let model = match steering.model.given() {
            Some(path) => library::model(door, &overview, path)?,
            None => library::model_of(door, &vector)?,
        };
        check_ending(Path::new(&model.path), &arguments.out)?;
        let job = door.call(StartBake {
            vector: vector.id,
            model: model.id,
            multipliers: arguments.multiplier.iter().copied().map(as_typed).collect(),
            file: door::file(&arguments.out)?,
            replace: arguments.force,
            other_weights: steering.other_model,
        })?;
        say_queued(door, job.id, json)?;
        let mut copies = Copies::new(job.id, vector.id, json);
        let end = door::follow_asked(door, job.id, &mut copies)?;
        copies.conclude(door, end)
    })
}

/// Prints each copy, or the file of an adapter, once, when it is proved. They are proved in their order.
pub(crate) struct Copies {
    job: Id,
    vector: Id,
    printed: usize,
    json: bool,
}

impl Copies {
    /// Prints the copies of a job of a vector that was just queued.
    pub(crate) fn new(job: Id, vector: Id, json: bool) -> Self {
        Self { job, vector, printed: 0, json }
    }

    /// Finds the copies of a job, and takes those that it has proved before as printed.
    pub(crate) fn of_job(
        door: &mut Door,
        overview: &Overview,
        job: Id,
        json: bool,
    ) -> Result<Option<Self>, Halt> {
        for vector in &overview.vectors {
            let bakes = door.call(ListBakes { vector: vector.id })?;
            if let Some(bake) = bakes.iter().find(|bake| bake.job == job) {
                return Ok(Some(Self { job, vector: vector.id, printed: proved(bake).count(), json }));
            }
        }
        Ok(None)
    }

    fn print(&mut self, bake: &Bake) -> Result<(), Halt> {
        for (copy, proof) in proved(bake).skip(self.printed) {
            self.printed += 1;
            let line = Line {
                file: &copy.path,
                bytes: copy.bytes,
                multiplier: copy.multiplier,
                proof,
                proof_file: proof_file(Path::new(&copy.path)).display().to_string(),
                notes: &copy.notes,
            };
            output::line(self.json, &line, || text(copy, proof))?;
        }
        Ok(())
    }

    /// Prints what was proved, and says how the job has ended.
    pub(crate) fn conclude(mut self, door: &mut Door, end: End) -> Result<(), Halt> {
        self.catch_up(door)?;
        conclude(door, self.job, end)
    }
}

impl Follower for Copies {
    fn hear(&mut self, event: &Event) -> Result<(), Halt> {
        match event {
            Event::Bake(bake) if bake.job == self.job => self.print(bake),
            _ => Ok(()),
        }
    }

    fn catch_up(&mut self, door: &mut Door) -> Result<(), Halt> {
        let bakes = door.call(ListBakes { vector: self.vector })?;
        bakes.iter().find(|bake| bake.job == self.job).map_or(Ok(()), |bake| self.print(bake))
    }
}

fn proved(bake: &Bake) -> impl Iterator<Item = (&BakedCopy, &Proof)> {
    bake.copies.iter().filter_map(|copy| Some((copy, copy.proof.as_ref()?)))
}

fn text(copy: &BakedCopy, proof: &Proof) -> String {
    let verdict = match proof.verdict {
        Verdict::Identical => "identical to the original to the bit",
        Verdict::Exact => "the original within the bounds",
        Verdict::NotExact => "not exactly the original",
    };
    let Proof { same_answers, prompts, .. } = proof;
    let first = format!("{}: {verdict}; {same_answers} of {prompts} answers are the same", copy.path);
    [&[first][..], &copy.notes].concat().join("\n")
}

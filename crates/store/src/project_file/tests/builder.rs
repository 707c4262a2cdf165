//! Makes the content of a project row by row, for tests.

use data::content::{Snapshot, to_bytes};
use ipc::Id;
use ipc::analysis::Question;
use ipc::conversation::Desk;
use ipc::job::Progress;
use ipc::project::Settings;
use ipc::score::Score;
use ipc::sweep::{Arm, PromptSet, SweepSettings};
use ipc::train::{AnswerPosition, TrainSettings};

use super::super::content::{Content, Row, RowOf, Value};
use super::super::json_columns::Json;
use super::super::table::Kind;
use super::super::tables::table;
use crate::json::to_json;

/// The steps after which a run of the tests is done.
pub(super) const MOST_STEPS: i64 = 3;

/// Makes the content of a project row by row.
pub(super) struct Builder {
    pub(super) content: Content,
    next: Id,
}

impl Builder {
    pub(super) fn new() -> Self {
        let mut builder = Self { content: Content::empty("P"), next: 0 };
        builder.add("settings", &[]);
        builder
    }

    /// Adds a row; columns that are not named are empty. Returns its id.
    pub(super) fn add(&mut self, name: &'static str, cells: &[(&str, Value)]) -> Id {
        let (place, table) = table(name).expect("a table");
        self.next += 1;
        let row: Row = table
            .columns
            .iter()
            .map(|column| {
                if let Some((_, value)) = cells.iter().find(|(name, _)| *name == column.name) {
                    return value.clone();
                }
                match column.kind {
                    Kind::Id => Value::Int(self.next),
                    _ if column.is_optional => Value::Null,
                    Kind::Ref(_) | Kind::Pair | Kind::Int => Value::Int(0),
                    Kind::Real => Value::Real(0.0),
                    Kind::Text => Value::Text(String::new()),
                    Kind::Blob => Value::Blob(vec![]),
                    Kind::Json(kind) => Value::Text(empty(kind)),
                }
            })
            .collect();
        self.content.tables[place].push(row);
        self.next
    }

    /// Adds a row of a table whose rows have no id, unless it is there.
    pub(super) fn share(&mut self, name: &'static str, cells: &[(&str, Value)]) {
        let (place, _) = table(name).expect("a table");
        self.add(name, cells);
        let row = self.content.tables[place].pop().expect("the row");
        if !self.content.tables[place].contains(&row) {
            self.content.tables[place].push(row);
        }
    }

    pub(super) fn job(&mut self, state: &str) -> Id {
        self.add("jobs", &[("state", text(state)), ("title", text("Work"))])
    }

    pub(super) fn model(&mut self) -> Id {
        let known = self.content.rows("models").next().map(RowOf::id);
        known.unwrap_or_else(|| self.add("models", &[("name", text("M")), ("fingerprint", text("f00d"))]))
    }

    pub(super) fn data_set(&mut self, name: &str, prompts: &[u8]) -> Id {
        let set = self.add("data_sets", &[("name", text(name))]);
        for (place, prompt) in prompts.iter().enumerate() {
            let prompt = text(&format!("Prompt {prompt}?"));
            let place = Value::Real(place as f64 + 1.0);
            let cells = [
                ("data_set", Value::Int(set)),
                ("prompt", prompt),
                ("split", text("train")),
                ("position", place),
            ];
            self.add("pairs", &cells);
        }
        set
    }

    pub(super) fn snapshot(&mut self) -> String {
        let snapshot = Snapshot::new(&[]).expect("a snapshot");
        self.share("snapshots", &[("hash", text(&snapshot.hash)), ("content", text(&snapshot.content))]);
        snapshot.hash
    }

    /// Adds a run that has made some steps, with its vector if it is done.
    pub(super) fn run(&mut self, data_set: Id, seed: i64, steps: i64, noise: i64) -> Option<Id> {
        let (is_done, snapshot, model) = (steps == MOST_STEPS, self.snapshot(), self.model());
        let job = self.job(if is_done { "done" } else { "paused" });
        let run = self.add(
            "runs",
            &[
                ("name", text("R")),
                ("data_set", Value::Int(data_set)),
                ("snapshot", text(&snapshot)),
                ("model", Value::Int(model)),
                ("job", Value::Int(job)),
                ("seed", Value::Int(seed)),
                ("steps", Value::Int(MOST_STEPS)),
            ],
        );
        for step in 1..=steps {
            let loss = Value::Real((seed * 100 + noise * 10 + step) as f64);
            self.add("steps", &[("run", Value::Int(run)), ("step", Value::Int(step)), ("loss", loss)]);
        }
        is_done.then(|| {
            let numbers = [seed as f32 + 1.0, noise as f32];
            let hash = vectors_hash(&numbers);
            let cells = [
                ("name", text("V")),
                ("layer", Value::Int(3)),
                ("numbers", Value::Blob(to_bytes(&numbers))),
                (
                    "norms",
                    text(
                        &to_json("norms", &[f64::from(numbers[0]).hypot(f64::from(numbers[1]))])
                            .expect("JSON"),
                    ),
                ),
                ("hash", text(&hash)),
                ("model", Value::Int(model)),
                ("run", Value::Int(run)),
                ("data_set", Value::Int(data_set)),
                ("layers", text("[3]")),
                ("snapshot", text(&snapshot)),
            ];
            self.add("vectors", &cells)
        })
    }

    pub(super) fn sweep(&mut self, vector: Id, data_set: Id, points: &[u8]) {
        let (snapshot, model, job) = (self.snapshot(), self.model(), self.job("paused"));
        let settings = SweepSettings {
            arms: vec![Arm::vector(vector)],
            multipliers: vec![0.0, 1.0, 2.0],
            sets: vec![PromptSet::HeldOut { data_set, name: "D".into() }],
            scores: vec![Score::LogOdds],
            ..SweepSettings::default()
        };
        let sweep = self.add(
            "sweeps",
            &[
                ("model", Value::Int(model)),
                ("job", Value::Int(job)),
                ("settings", text(&to_json("settings", &settings).expect("JSON"))),
            ],
        );
        let set =
            [("sweep", Value::Int(sweep)), ("data_set", Value::Int(data_set)), ("snapshot", text(&snapshot))];
        self.add("sweep_sets", &set);
        let mut points = points.to_vec();
        points.sort_unstable();
        points.dedup();
        for point in points {
            let (key, answers) = (text(&format!("key {point}")), text(&format!("answers {point}")));
            self.share("measurements", &[("key", key.clone()), ("items", text("[[1.5,2.5]]"))]);
            self.share(
                "sweep_answers",
                &[("key", answers.clone()), ("text", text("So.")), ("is_whole", Value::Int(1))],
            );
            self.share("ratings", &[("answers", answers.clone()), ("rating", Value::Int(3))]);
            let multiplier = Value::Real(f64::from(point));
            let cells = [
                ("sweep", Value::Int(sweep)),
                ("multiplier", multiplier),
                ("measurement", key),
                ("answers", answers),
            ];
            self.add("sweep_points", &cells);
        }
    }

    pub(super) fn conversation(&mut self, said: &[u8]) {
        let talk = self.add("conversations", &[]);
        let mut parent = Value::Null;
        for words in said {
            let words = text(&format!("Words {words}"));
            let cells = [
                ("conversation", Value::Int(talk)),
                ("parent", parent),
                ("said_by", text("person")),
                ("text", words),
                ("is_shown", Value::Int(1)),
                ("desk_column", Value::Int(1)),
            ];
            parent = Value::Int(self.add("turns", &cells));
        }
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn vectors_hash(numbers: &[f32]) -> String {
    let steering = crate::steering::steering(None, &[3], numbers, ipc::steering::Intervention::default());
    steering.expect("a vector").content_hash()
}

/// The least JSON of a column.
fn empty(kind: Json) -> String {
    match kind {
        Json::Settings => to_json("settings", &TrainSettings::default()).expect("JSON"),
        Json::OptionalSettings | Json::Method => "null".to_owned(),
        Json::Progress => to_json("progress", &Progress::default()).expect("JSON"),
        Json::SweepSettings => to_json("settings", &SweepSettings::default()).expect("JSON"),
        Json::Desk => to_json("desk", &Desk::default()).expect("JSON"),
        Json::ProjectSettings => to_json("settings", &Settings::default()).expect("JSON"),
        Json::Question => {
            to_json("question", &Question::Steerability { position: AnswerPosition::Last }).expect("JSON")
        }
        _ => "[]".to_owned(),
    }
}

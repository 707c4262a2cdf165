//! A study as one TOML file, its plan: model, data, arms, seeds, layers and scores. A plan is split into cells, each of which is
//! a training run and a sweep of the ordinary kind; `docs/plans.md` explains every key.

mod cells;
mod check;
mod controls;
mod fault;
mod halves;
mod kebab;
mod method_name;
mod plan;
mod read;
mod results;
mod scores;
mod shards;
mod tables;

pub use cells::{Cell, cells};
pub use controls::{random_directions, with_shuffled_labels};
pub use fault::{PlanFault, Step};
pub use halves::Half;
pub use plan::{
    Arm, ArmSettings, Choose, ColumnNames, Control, DataPlan, Layers, Measure, ModelPlan, Plan, PromptList,
    PromptingPlan, ScoreKind, ScorePlan, Steer, SteerGate, VectorPart, VectorPlan,
};
pub use read::write;
pub use results::{CellItems, CellResult, Chosen, Point, Results, Summary};
pub use shards::{Counts, cost, shards};

//! The cells of a study: an arm on a data set, at a layer, with a seed. Each is trained and measured by itself, so that a shard
//! can have it, and what is done is found by its content.

use ipc::train::Method;

use crate::plan::{Arm, Control, DataPlan, Layers, Plan, PromptList};

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// The place of the arm in the plan.
    pub arm: usize,
    /// The data set that it is trained on, or of which it is measured. `None` for an arm that names what it is measured on.
    pub data: Option<String>,
    /// The layers; empty for an arm without any.
    pub layers: Vec<u32>,
    /// The seed; `None` for an arm that draws nothing.
    pub seed: Option<u64>,
}

/// Returns the cells of a plan, in the order in which they are run. `usual_layer` is that of an arm without one.
#[must_use]
pub fn cells(plan: &Plan, usual_layer: u32) -> Vec<Cell> {
    let mut all = Vec::new();
    for (place, arm) in plan.arm.iter().enumerate() {
        let base = plan.base(arm);
        let (data, layers, seeds) =
            (plan.data_of(arm), layers(plan, base, usual_layer), seeds(plan, arm, base));
        for data in data {
            for layers in &layers {
                let cell = |seed| Cell { arm: place, data: data.clone(), layers: layers.clone(), seed };
                all.extend(seeds.iter().copied().map(cell));
            }
        }
    }
    all.retain(|cell| plan.only.is_empty() || plan.only.contains(&cell.name(plan)));
    all
}

fn layers(plan: &Plan, base: &Arm, usual_layer: u32) -> Vec<Vec<u32>> {
    match base.method {
        Some(method) if !method.makes_adapter() => {}
        _ => return vec![vec![]],
    }
    let own = if base.layers.is_empty() { &plan.layers } else { &base.layers };
    if own.is_empty() {
        return vec![vec![usual_layer]];
    }
    own.iter().map(Layers::list).collect()
}

/// Returns the seeds of an arm. Freeform and PCA draw nothing, so that one seed says all; but their controls do.
fn seeds(plan: &Plan, arm: &Arm, base: &Arm) -> Vec<Option<u64>> {
    let own = if base.seeds.is_empty() { &plan.seeds } else { &base.seeds };
    let draws_nothing = match base.method {
        Some(method) => matches!(method, Method::Freeform | Method::Pca) && arm.control.is_none(),
        None => arm.prompting.as_ref().is_none_or(|way| way.examples.is_none()),
    };
    match (draws_nothing, base.method) {
        (false, _) => own.iter().copied().map(Some).collect(),
        (true, Some(_)) => vec![own.first().copied()],
        (true, None) => vec![None],
    }
}

impl Plan {
    /// Returns a data set by its name.
    #[must_use]
    pub fn data_set(&self, name: &str) -> Option<&DataPlan> {
        self.data.iter().find(|data| data.name == name)
    }

    /// Returns a list of prompts by its name.
    #[must_use]
    pub fn list(&self, name: &str) -> Option<&PromptList> {
        self.prompts.iter().find(|list| list.name == name)
    }

    /// Returns the arm that a control is one of, and any other arm itself.
    #[must_use]
    pub fn base<'a>(&'a self, arm: &'a Arm) -> &'a Arm {
        let of = arm.of.as_ref().and_then(|of| self.arm.iter().find(|base| base.name == *of));
        of.unwrap_or(arm)
    }

    fn data_of(&self, arm: &Arm) -> Vec<Option<String>> {
        let trains = arm.method.is_some() || arm.control.is_some();
        if self.data.is_empty() || (!trains && !arm.measured_on.is_empty()) {
            return vec![None];
        }
        let own = match (arm.data.is_empty(), arm.control) {
            (true, Some(_)) => &self.base(arm).data,
            _ => &arm.data,
        };
        if own.is_empty() {
            return self.data.iter().map(|data| Some(data.name.clone())).collect();
        }
        own.iter().cloned().map(Some).collect()
    }

    /// Returns the names of the data sets and lists that a cell is measured on, data sets first.
    #[must_use]
    pub fn sets_of(&self, cell: &Cell) -> Vec<String> {
        let arm = &self.arm[cell.arm];
        if !arm.measured_on.is_empty() {
            return arm.measured_on.clone();
        }
        let lists = self.prompts.iter().map(|list| list.name.clone());
        cell.data.iter().cloned().chain(lists).collect()
    }

    /// Returns the cell whose vector a control has the norm of.
    #[must_use]
    pub fn base_cell(&self, cell: &Cell) -> Cell {
        let base = self.base(&self.arm[cell.arm]);
        let place = self.arm.iter().position(|arm| arm.name == base.name).unwrap_or(cell.arm);
        let draws_nothing = matches!(base.method, Some(Method::Freeform | Method::Pca));
        let first = if base.seeds.is_empty() { self.seeds.first() } else { base.seeds.first() };
        let seed = if draws_nothing { first.copied() } else { cell.seed };
        Cell { arm: place, seed, ..cell.clone() }
    }
}

impl Cell {
    /// Returns its name, by which a shard's plan names it: `BiPO/Seeks wealth/L10/seed 11`.
    #[must_use]
    pub fn name(&self, plan: &Plan) -> String {
        let mut parts = vec![plan.arm[self.arm].name.clone()];
        parts.extend(self.data.clone());
        if !self.layers.is_empty() {
            parts.push(format!("L{}", self.layers_text()));
        }
        parts.extend(self.seed.map(|seed| format!("seed {seed}")));
        parts.join("/")
    }

    /// Returns its layers: `10`, or `8+12`.
    #[must_use]
    pub fn layers_text(&self) -> String {
        self.layers.iter().map(ToString::to_string).collect::<Vec<_>>().join("+")
    }

    /// Returns whether it is a random vector, which needs another cell's vector first.
    #[must_use]
    pub fn is_random_vector(&self, plan: &Plan) -> bool {
        plan.arm[self.arm].control == Some(Control::RandomVector)
    }
}

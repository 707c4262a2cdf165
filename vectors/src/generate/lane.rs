//! The sequences of a session: what they have read, under which steering, and into which KV cache.

use std::sync::Arc;

use crate::model::{KvCache, NextToken};
use crate::packing::Segment;
use crate::steering::SteeringPlan;

/// A sequence that has been read, and goes on.
#[derive(Clone)]
pub(super) struct Lane {
    /// The tokens whose keys and values are in the cache.
    tokens: Vec<u32>,
    /// How the rows of these tokens were read, in their order.
    runs: Vec<Run>,
    pub(super) cache: KvCache,
    /// The number of first blocks whose output is kept beside the cache. At 0 none is.
    pub(super) depth: usize,
    /// The output of the last of these blocks, `[rows, hidden]`, for the first rows: those which no steering had changed
    /// there.
    pub(super) trunk: Vec<f32>,
    /// What acts on the next row.
    pub(super) plan: Arc<SteeringPlan>,
    /// The openings of the plan's gates that are decided at the prompt.
    decided: Vec<f32>,
    /// The output of every block for the prompt's last row, `[blocks, hidden]`: a gate that comes later is decided by it.
    prompt_end: Vec<f32>,
    /// The numbers of a row of the residual stream.
    width: usize,
}

/// A row that is being read, whose trunk grows by the output of its last block.
pub(super) struct TrunkRow<'a> {
    /// The place of the row in the pass.
    pub(super) place: usize,
    pub(super) block: usize,
    pub(super) trunk: &'a mut Vec<f32>,
}

/// Rows that were read under one plan, in one role.
#[derive(Clone)]
struct Run {
    rows: usize,
    plan: Arc<SteeringPlan>,
    segment: Segment,
}

impl Lane {
    /// A sequence that has read nothing.
    pub(super) fn new(cache: KvCache, width: usize) -> Self {
        Self {
            tokens: Vec::new(),
            runs: Vec::new(),
            cache,
            depth: 0,
            trunk: Vec::new(),
            plan: Arc::default(),
            decided: Vec::new(),
            prompt_end: Vec::new(),
            width,
        }
    }

    /// Returns the number of first tokens that are also those of a prompt of which the last `begun` are the answer's, without the
    /// prompt's end and what follows it: that is always read again, because neither its logits nor what gates are decided by is
    /// kept.
    fn common(&self, prompt: &[u32], begun: usize) -> usize {
        let most = prompt.len().saturating_sub(begun + 1);
        self.tokens.iter().zip(prompt).take(most).take_while(|(a, b)| a == b).count()
    }

    /// Returns the number of first rows that a prompt read under a plan would have, too: of the same tokens, under the same
    /// plan, and in a role in which the plan acts as on a prompt. A gate that is decided at the prompt may decide otherwise at
    /// this prompt's end.
    pub(super) fn reusable(&self, prompt: &[u32], begun: usize, plan: &SteeringPlan) -> usize {
        if plan.decides_at_prompt() {
            return 0;
        }
        let is_same = |run: &&Run| *run.plan == *plan && plan.acts_alike(run.segment, Segment::Prompt);
        let rows = self.runs.iter().take_while(is_same).map(|run| run.rows).sum::<usize>();
        rows.min(self.common(prompt, begun))
    }

    /// Returns the number of a prompt's first rows whose output of the first blocks is kept.
    pub(super) fn trunk_rows(&self, prompt: &[u32], begun: usize) -> usize {
        (self.trunk.len() / self.width).min(self.common(prompt, begun))
    }

    /// Records that a prompt, of which the last `begun` tokens are the answer's, has been read under a plan whose gates may be decided
    /// by its end. The first `reused` rows stay as they were read.
    pub(super) fn set_prompt(
        &mut self,
        prompt: &[u32],
        begun: usize,
        reused: usize,
        plan: &Arc<SteeringPlan>,
        prompt_end: Vec<f32>,
    ) {
        let mut left = reused;
        self.runs.retain_mut(|run| {
            run.rows = run.rows.min(left);
            left -= run.rows;
            run.rows > 0
        });
        self.tokens = prompt.to_vec();
        self.push_run(prompt.len() - begun - 1 - reused, plan, Segment::Prompt);
        self.push_run(1, plan, Segment::PromptEnd);
        self.push_run(begun, plan, Segment::Answer);
        self.prompt_end = prompt_end;
        self.steer(Arc::clone(plan));
    }

    /// Takes the runs of another sequence.
    pub(super) fn read_as(&mut self, other: &Self) {
        self.runs.clone_from(&other.runs);
    }

    fn push_run(&mut self, rows: usize, plan: &Arc<SteeringPlan>, segment: Segment) {
        match self.runs.last_mut() {
            Some(last) if last.segment == segment && Arc::ptr_eq(&last.plan, plan) => last.rows += rows,
            _ if rows > 0 => self.runs.push(Run { rows, plan: Arc::clone(plan), segment }),
            _ => {}
        }
    }

    /// Puts the next rows under another plan. Its gates that are decided at the prompt are decided by the prompt as it was
    /// read.
    pub(super) fn steer(&mut self, plan: Arc<SteeringPlan>) {
        self.plan = plan;
        self.decided.clear();
        if !self.plan.decides_at_prompt() {
            return;
        }
        for (block, row) in self.prompt_end.chunks_exact(self.width).enumerate() {
            self.plan.decide(block, row, &mut self.decided);
        }
    }

    /// Counts the next token to read, an answer's, among those that were read.
    pub(super) fn advance(&mut self, token: u32) {
        let plan = Arc::clone(&self.plan);
        self.push_run(1, &plan, Segment::Answer);
        self.tokens.push(token);
    }

    /// Returns whether the row that is being read, of which the first blocks were run, can be put under another plan.
    pub(super) fn can_still_be(&self, plan: &SteeringPlan, blocks: usize) -> bool {
        plan.untouched().is_none_or(|untouched| untouched >= blocks.max(self.depth))
    }

    /// Puts the row that is being read, and those after it, under another plan.
    pub(super) fn steer_within(&mut self, plan: &Arc<SteeringPlan>) {
        if let Some(last) = self.runs.last_mut() {
            last.rows -= 1;
        }
        self.runs.retain(|run| run.rows > 0);
        self.steer(Arc::clone(plan));
        self.push_run(1, plan, Segment::Answer);
    }

    /// Returns the token that is being read: the last one. Where the trunk is unchanged so far and stays so, it is listed with the
    /// place of the row in the pass, until its output is there.
    pub(super) fn row<'l>(&'l mut self, place: usize, trunks: &mut Vec<TrunkRow<'l>>) -> NextToken<'l> {
        let position = self.tokens.len() - 1;
        let is_clean = self.plan.untouched().is_none_or(|untouched| untouched >= self.depth)
            && self.trunk.len() == position * self.width;
        if let Some(block) = self.depth.checked_sub(1).filter(|_| is_clean) {
            trunks.push(TrunkRow { place, block, trunk: &mut self.trunk });
        }
        NextToken {
            token: self.tokens[position],
            position: position as u32,
            cache: &mut self.cache,
            plan: &self.plan,
            decided: &self.decided,
        }
    }

    /// Returns whether its rows lie in main memory, where they can be kept.
    pub(super) fn is_in_main_memory(&self) -> bool {
        matches!(self.cache, KvCache::Host(_))
    }

    /// Returns the bytes that it takes.
    pub(super) fn bytes(&self) -> usize {
        let numbers = self.trunk.capacity() + self.prompt_end.capacity() + self.tokens.capacity();
        self.cache.bytes() + numbers * size_of::<f32>()
    }
}

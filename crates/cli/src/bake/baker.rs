//! Bakes from files: each model is loaded as the arguments say, and progress is a bar on the terminal.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use app::baking::{Baker, BakingError, ModelCopy, Order, Proved, Step};
use vectors::bake::BakeError;
use vectors::model::{Model, is_gguf_file};

use super::proof::print;
use crate::data::{ModelArguments, with_path};
use crate::halt::Halt;
use crate::output;
use crate::progress::Bar;

/// A call of the command line.
pub(super) struct InFiles<'a> {
    model: &'a ModelArguments,
    order: &'a Order,
    json: bool,
    bar: Option<(Step, Bar)>,
}

impl<'a> InFiles<'a> {
    pub(super) fn new(model: &'a ModelArguments, order: &'a Order, json: bool) -> Self {
        Self { model, order, json, bar: None }
    }
}

impl Baker for InFiles<'_> {
    type Error = Halt;

    fn load_original(&mut self, path: &Path) -> Result<(Arc<Model>, Option<String>), Halt> {
        // Where a vector names the model that it was made on, its fingerprint was compared when the vector was read.
        Ok((self.model.load_at(path)?, None))
    }

    fn load_copy(&mut self, path: &Path) -> Result<Arc<Model>, Halt> {
        self.bar = None;
        self.model.load_at(path)
    }

    fn tell(&mut self, step: Step, done: usize, total: usize) -> ControlFlow<()> {
        let is_other = self.bar.as_ref().is_none_or(|(of, _)| *of != step);
        if is_other {
            // The bar before is cleared first.
            self.bar = None;
            let what = match step {
                Step::MeasureOriginal => "Measuring the steered original",
                Step::Write => "Baking",
                Step::MeasureCopy => "Proving",
            };
            self.bar = Some((step, Bar::new(what)));
        }
        match &mut self.bar {
            Some((_, bar)) => bar.show(done, total),
            None => ControlFlow::Continue(()),
        }
    }

    fn begins(&mut self, _: usize) -> Result<(), Halt> {
        Ok(())
    }

    fn proved(&mut self, _: usize, copy: &ModelCopy, proved: &Proved) -> Result<(), Halt> {
        self.bar = None;
        for note in &proved.notes {
            output::print_message(&format!("{}: {note}", copy.path.display()));
        }
        print(&self.order.source, copy, proved, self.json)
    }
}

impl From<BakingError> for Halt {
    fn from(error: BakingError) -> Self {
        match error {
            BakingError::Model { path, source } => with_path(&path, (*source).into()),
            BakingError::Proof { path, source } => {
                Self::Failed(format!("{}: the proof cannot be written: {source}.", path.display()))
            }
            BakingError::Bake { source_model, target, error } => bake_error(&source_model, &target, &error),
        }
    }
}

fn bake_error(source: &Path, target: &Path, error: &BakeError) -> Halt {
    let message = |path: &Path| format!("{}: {error}.", path.display());
    match error {
        BakeError::Io(_) | BakeError::NoSpace { .. } => Halt::Failed(message(target)),
        BakeError::Exists(path) if is_gguf_file(source) && !path.is_dir() => {
            Halt::Refused(format!("{error}. Choose another name, or replace it with --force."))
        }
        BakeError::Exists(_) => Halt::Refused(format!("{error}. Choose another name, or remove it.")),
        BakeError::IsSource(_) | BakeError::NoFolder(_) => Halt::Refused(format!("{error}.")),
        _ => Halt::Refused(message(source)),
    }
}

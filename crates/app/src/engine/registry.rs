//! Registers the kinds of jobs. A new kind gets a line here.

use ipc::job::JobKind;

use super::analysis::AnalysisJob;
use super::bake::BakeJob;
use super::distil::DistilJob;
use super::drafts::DraftsJob;
use super::job::Job;
use super::margins::MarginsJob;
use super::sweep::SweepJob;
use super::train::TrainJob;
use super::transfer::TransferJob;
use crate::download::DownloadJob;

/// Returns the object that does the work of a job of this kind.
pub(crate) fn job(kind: JobKind) -> Box<dyn Job> {
    match kind {
        JobKind::Train { run } => Box::new(TrainJob(run)),
        JobKind::Sweep { sweep } => Box::new(SweepJob(sweep)),
        JobKind::Download { download } => Box::new(DownloadJob(download)),
        JobKind::Margins { check } => Box::new(MarginsJob(check)),
        JobKind::Drafts { batch } => Box::new(DraftsJob(batch)),
        JobKind::Analysis { analysis } => Box::new(AnalysisJob(analysis)),
        JobKind::Transfer { transfer } => Box::new(TransferJob(transfer)),
        JobKind::Bake { bake } => Box::new(BakeJob(bake)),
        JobKind::Distil { distillation } => Box::new(DistilJob(distillation)),
    }
}

//! The sheets that import and export files. A failure stays in its sheet until it is dismissed.

mod adapter_files;
mod data_set;
mod distil;
mod export_pairs;
mod export_vector;
mod hand_over;
mod import_pairs;
mod import_vector;
mod into_model;
mod passport;
mod preview;
mod publish;
mod vector_preview;

pub use data_set::{DataSetSheet, duplicate_data_set};
pub use export_pairs::ExportPairsSheet;
pub use export_vector::ExportVectorSheet;
pub use import_pairs::ImportPairsSheet;
pub use import_vector::ImportVectorSheet;

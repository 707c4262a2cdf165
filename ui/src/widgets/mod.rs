//! Parts of the page that several screens share.

mod ask_first;
mod checkbox;
mod copy_field;
mod data_set_choice;
mod failure;
mod field_faults;
mod field_label;
pub mod focus;
mod number_field;
mod path_field;
mod roving;
mod select_field;
mod sheet_frame;
mod sort_head;
mod term;
mod vector_choice;
mod vector_note;
mod vector_sum_note;

pub use ask_first::AskFirst;
pub use checkbox::Checkbox;
pub use copy_field::{CopyField, copy_selected};
pub use data_set_choice::DataSetChoice;
pub use failure::{FailureCard, FailureNote};
pub use field_faults::{FaultNote, FieldFaults, report_fault};
pub use number_field::{NumberField, NumberRange};
pub use path_field::PathField;
pub use roving::roving;
pub use select_field::SelectField;
pub use sheet_frame::SheetFrame;
pub use sort_head::{SortHead, SortOrder};
pub use term::{Definitions, Term, definition_id};
pub use vector_choice::VectorChoice;
pub use vector_note::VectorNote;
pub use vector_sum_note::VectorSumNote;

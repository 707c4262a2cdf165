//! The shared vocabulary of steering: how a vector is trained and how it acts on a model.
//!
//! The engine (`vectors`), the types that cross to the window (`ipc`) and the command line re-export these types, so that
//! nothing converts between copies of them. Their serialized forms are stored in databases and hashed; the tests in
//! `tests/serialized.rs` pin them.

mod caps;
mod gate;
mod intervention;
mod listed_choice;
mod lora;
mod method;
mod position;
mod precision;
mod projection;
mod role;
mod sampling;
mod schedule;
mod settings;
mod settings_error;
mod token_kind;

pub use caps::{CapSide, Caps};
pub use gate::{Gate, GateAt};
pub use intervention::{Intervention, InterventionOp, Positions};
pub use listed_choice::{ListedChoice, at_line_start};
pub use lora::{LoraConfig, MAX_LORA_RANK};
pub use method::Method;
pub use position::AnswerPosition;
pub use precision::{Precision, TrainPrecision};
pub use projection::{Projection, Projections, UnknownProjection};
pub use role::Role;
pub use sampling::SamplingSettings;
pub use schedule::Schedule;
pub use settings::{SYSTEM_PROMPT, TrainSettings, USUAL_FACTORS};
pub use settings_error::{Setting, SettingsError};
pub use token_kind::TokenKind;

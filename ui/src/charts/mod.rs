//! Charts: what they show as plain data, and the canvas that draws it.

pub mod curve;
#[cfg(target_arch = "wasm32")]
mod heat;
mod picture;
#[cfg(target_arch = "wasm32")]
mod plot;
mod smooth;
pub mod svg;
mod view;

pub use picture::{Band, Heat, Line, Pick, Picture, Stroke};
pub use smooth::smoothed;
pub use view::{Chart, Panels};

/// The colours of the palette: `--series-0` and on.
pub const SERIES: u8 = 8;

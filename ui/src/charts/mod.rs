//! Charts: what they show as plain data, and the canvas that draws it.

#[cfg(target_arch = "wasm32")]
mod heat;
mod picture;
#[cfg(target_arch = "wasm32")]
mod plot;
mod smooth;
mod view;

pub use picture::{Band, Heat, Line, Picture, Stroke};
pub use smooth::smoothed;
pub use view::Chart;

/// The colours of the palette: `--series-0` and on.
pub const SERIES: u8 = 8;

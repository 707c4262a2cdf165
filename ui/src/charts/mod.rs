//! Charts: their data, the canvas that draws them, and the SVG document for print.

#[cfg(target_arch = "wasm32")]
mod axes;
mod bounds;
#[cfg(target_arch = "wasm32")]
mod brush;
#[cfg(target_arch = "wasm32")]
mod colors;
pub mod curve;
#[cfg(target_arch = "wasm32")]
mod curves;
#[cfg(target_arch = "wasm32")]
mod font;
#[cfg(target_arch = "wasm32")]
mod heat;
mod keyboard;
#[cfg(target_arch = "wasm32")]
mod lines;
mod menu;
mod picture;
#[cfg(target_arch = "wasm32")]
mod plot;
#[cfg(any(test, target_arch = "wasm32"))]
mod raster;
#[cfg(target_arch = "wasm32")]
mod runner;
mod smooth;
#[cfg(any(test, target_arch = "wasm32"))]
mod strokes;
pub mod svg;
pub mod table;
mod view;
mod words;
#[cfg(any(test, target_arch = "wasm32"))]
mod zoom;

pub use keyboard::KEYS;
pub use picture::{Band, Heat, Line, Pick, Picture, SERIES, Stroke};
pub use smooth::smoothed;
pub use view::{Chart, Panels};

//! Starts the window's program.

fn main() {
    #[cfg(target_arch = "wasm32")]
    ui::start();
}

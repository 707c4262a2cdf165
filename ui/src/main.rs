//! Starts the window's program.

fn main() {
    ui::start();
}

//! The line at the top while another process runs the engine.

use ipc::event::EngineProcess;
use leptos::prelude::*;

/// Says that another process runs the engine, and what that means here.
#[component]
pub fn OtherEngine(
    /// The process.
    engine: EngineProcess,
) -> impl IntoView {
    view! {
        <div class="banner" role="status" data-testid="other-engine">
            <span>
                {engine.program} {format!(" (process {}) ", engine.pid)}
                "runs the engine. This window works through it, and takes the engine over when it is done."
            </span>
        </div>
    }
}

//! The line at the top while another process runs the engine.

use ipc::event::EngineProcess;
use leptos::prelude::*;

use crate::t;

/// Says that another process runs the engine, and what that means here.
#[component]
pub fn OtherEngine(
    /// The process.
    engine: EngineProcess,
) -> impl IntoView {
    view! {
        <div class="banner" role="status" data-testid="other-engine">
            <span>{t!("shell-other-engine", program = engine.program, pid = engine.pid)}</span>
        </div>
    }
}

//! The settings of how new conversations begin.

use ipc::conversation::SamplingSettings;
use ipc::project::SamplingPreset;
use leptos::prelude::*;

use super::{Group, Line, Segments, change, part};
use crate::t;
use crate::widgets::{NumberField, NumberRange};

#[component]
pub(super) fn Chat() -> impl IntoView {
    let presets = vec![
        (SamplingPreset::Lively, "settings-chat-lively", t!("chat-sampling-lively")),
        (SamplingPreset::Exact, "settings-chat-exact", t!("chat-sampling-exact")),
    ];
    let length = part(|settings| f64::from(settings.chat.sampling().max_new_tokens));
    let set_length = change(|settings, length: f64| {
        // The usual length is not kept, so that it may change with the program.
        let usual = SamplingSettings::default().max_new_tokens;
        settings.chat.max_new_tokens = Some(length as u32).filter(|length| *length != usual);
    });
    view! {
        <Group name=t!("shell-screen-chat") id="settings-chat">
            <Line name=t!("shell-chat-preset") id="settings-chat-preset" note=t!("shell-chat-note")>
                <Segments labelled_by="settings-chat-preset" choices=presets value=part(|settings| settings.chat.preset)
                    set=change(|settings, preset| settings.chat.preset = preset) />
            </Line>
            <div class="setting">
                <NumberField label=t!("chat-longest-answer") hint=t!("chat-longest-answer-hint") testid="settings-chat-length" range=NumberRange::Whole(1)
                    value=length set=set_length />
            </div>
        </Group>
    }
}

//! The panel with the numbers of an observed token. It stands beside its token, inside of the window.

use ipc::conversation::ObservedToken;
use leptos::html;
use leptos::prelude::*;

use super::observed::gain;
use crate::format;
use crate::t;
use crate::widgets::focus;

/// The space between a token and its panel, and between the panel and the edges of the window, in pixels.
const GAP: f64 = 4.0;

/// The edges of a token in the window, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Edges {
    left: f64,
    top: f64,
    bottom: f64,
}

/// Returns the left and the top edge of a panel of this size: below its token, else above it, and never beyond an edge of the window
/// where it can be helped.
fn place(token: Edges, [width, height]: [f64; 2], [across, down]: [f64; 2]) -> [f64; 2] {
    let left = token.left.min(across - width - GAP).max(GAP);
    let (under, over) = (token.bottom + GAP, token.top - GAP - height);
    let fits_under = under + height + GAP <= down;
    let top = if fits_under || over < GAP { under.min(down - height - GAP).max(GAP) } else { over };
    [left, top]
}

/// Returns the edges of the token under the pointer, or else of the one with the focus, among those of an answer.
fn token_edges(panel: &web_sys::Element) -> Option<Edges> {
    let frame = panel.closest(".observed").ok().flatten()?;
    let hovered = frame.query_selector(".observed-token:hover").ok().flatten();
    let focused = || focus::focused().map(web_sys::Element::from).filter(|token| frame.contains(Some(token)));
    let token = hovered.or_else(focused)?;
    let edges = token.get_bounding_client_rect();
    Some(Edges { left: edges.left(), top: edges.top(), bottom: edges.bottom() })
}

/// Returns where a panel stands that is in the page already.
fn style(panel: &web_sys::Element) -> Option<String> {
    let size = |size: Result<wasm_bindgen::JsValue, _>| size.ok().and_then(|size| size.as_f64());
    let window = [size(window().inner_width())?, size(window().inner_height())?];
    let edges = panel.get_bounding_client_rect();
    let [left, top] = place(token_edges(panel)?, [edges.width(), edges.height()], window);
    Some(format!("left: {left:.0}px; top: {top:.0}px"))
}

/// The numbers of a token, and the five likeliest tokens of both models.
#[component]
pub(super) fn TokenPanel(
    /// The token.
    token: ObservedToken,
) -> impl IntoView {
    let panel = NodeRef::<html::Div>::new();
    let at = RwSignal::new(None::<String>);
    // The size of the panel is known once it is in the page.
    Effect::new(move |_| {
        if let Some(panel) = panel.get() {
            at.set(style(&panel));
        }
    });
    let share = |log: f32| format::percent(f64::from(log.exp()));
    let nats = |value: f32| format::signed(f64::from(value), 2);
    let sentence = t!(
        "chat-token-numbers",
        steered = share(token.steered),
        steered_nats = nats(token.steered),
        plain = share(token.plain),
        plain_nats = nats(token.plain),
        gain = nats(gain(&token))
    );
    let projection = token
        .projection
        .map(|value| t!("chat-token-projection", value = format::number(f64::from(value), 2)));
    let list = |title: String, all: Vec<(String, f32)>| {
        let rows = all.into_iter().map(|(text, log)| {
            view! { <li><span class="mono ellipsis" dir="auto">{visible(&text)}</span><span class="number">{share(log)}</span></li> }
        });
        view! { <div><b class="small">{title}</b><ol class="likeliest">{rows.collect_view()}</ol></div> }
    };
    view! {
        <div class="token-numbers small" role="status" data-testid="token-numbers" node_ref=panel style=move || at.get().unwrap_or_default()>
            <span>{sentence}</span>
            {projection.map(|projection| view! { <span>{projection}</span> })}
            <div class="two">{list(t!("chat-likeliest-steered"), token.likeliest_steered)}{list(t!("chat-likeliest-plain"), token.likeliest_plain)}</div>
        </div>
    }
}

/// Writes a token so that its blanks can be seen.
fn visible(token: &str) -> String {
    token.replace(' ', "\u{2423}").replace('\n', "\u{21b5}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_panel_stands_inside_of_the_window() {
        let at = |left: f64, top: f64, size: [f64; 2]| {
            let token = Edges { left, top, bottom: top + 20.0 };
            place(token, size, [960.0, 640.0]).map(|edge| edge.round() as i32)
        };
        assert_eq!(at(100.0, 100.0, [300.0, 160.0]), [100, 124], "below its token");
        assert_eq!(at(100.0, 600.0, [300.0, 160.0]), [100, 436], "above it");
        assert_eq!(at(900.0, 100.0, [300.0, 160.0]), [656, 124], "from the right edge on");
        assert_eq!(at(-30.0, 100.0, [300.0, 160.0]), [4, 124], "from the left edge on");
        assert_eq!(at(100.0, 300.0, [300.0, 400.0]), [100, 236], "over its token, which has no room for it");
    }
}

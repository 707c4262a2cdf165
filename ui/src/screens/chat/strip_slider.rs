//! The slider of a strip. It snaps at 0 and ±1 and shows the range in which the vector was found useful.

use ipc::conversation::MAX_STRIP;
use ipc::vector::Vector;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

use crate::format;
use crate::screens::sweep::last_useful_range;
use crate::state::store;
use crate::t;
use crate::widgets::focus;

/// Nearer than this to 0 or ±1 a dragged slider snaps.
const SNAP: f64 = 0.08;
/// One press of an arrow key, one with Shift, and one of Page Up.
const STEP: f64 = 0.1;
const FINE_STEP: f64 = 0.01;
const LARGE_STEP: f64 = 1.0;

/// The slider.
#[component]
pub(super) fn StripSlider(
    /// The multiplier.
    value: Signal<f64>,
    /// The vector, whose last sweep says what is useful.
    vector: Memo<Option<Vector>>,
    /// Called with a new multiplier.
    set: Callback<f64>,
) -> impl IntoView {
    let store = store();
    let is_fine = StoredValue::new(false);
    let id = Memo::new(move |_| vector.read().as_ref().map(|vector| vector.id));
    let useful = Memo::new(move |_| last_useful_range(store, id.get()?));
    let is_beyond = move || useful.get().is_some_and(|(low, high)| value.get() < low || value.get() > high);
    let range = move || {
        useful.get().map(|(low, high)| format!("--low: {:.4}; --high: {:.4}", share(low), share(high)))
    };
    let title = move || match useful.get() {
        Some((low, high)) => {
            t!("chat-slider-useful", low = format::multiplier(low), high = format::multiplier(high))
        }
        None => t!("chat-slider-unknown"),
    };
    let dragged = move |event| {
        if let Ok(typed) = event_target_value(&event).parse::<f64>() {
            set.run(snapped(typed, is_fine.get_value()));
        }
    };
    let on_key = move |event: web_sys::KeyboardEvent| {
        if event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        if let Some(to) = pressed(&event.key(), event.shift_key(), value.get_untracked()) {
            event.prevent_default();
            set.run(to);
        }
    };
    let on_wheel = move |event: web_sys::WheelEvent| {
        // Where the slider has not the focus, the wheel scrolls the desk.
        if !event.ctrl_key() && !has_focus(&event) {
            return;
        }
        // With Shift some systems turn a vertical wheel into a horizontal one.
        let delta = if event.delta_y() == 0.0 { event.delta_x() } else { event.delta_y() };
        if delta != 0.0 {
            event.prevent_default();
            set.run(turned(delta, event.shift_key(), value.get_untracked()));
        }
    };
    // The event of a drag does not say which keys are pressed; those of the pointer do.
    let note_shift = move |event: web_sys::PointerEvent| is_fine.set_value(event.shift_key());
    view! {
        <span class="strip-slider" class:beyond=is_beyond title=title>
            <i class="useful" aria-hidden="true" style=move || range().unwrap_or_else(|| "display: none".to_owned())></i>
            <i class="zero" aria-hidden="true"></i>
            <input type="range" data-testid="strip-slider" aria-label=t!("multiplier") min=(-MAX_STRIP).to_string() max=MAX_STRIP.to_string() step="0.01"
                aria-valuetext=move || format::multiplier(value.get()) prop:value=move || value.get().to_string()
                on:pointerdown=note_shift on:pointermove=note_shift on:input=dragged on:keydown=on_key on:wheel=on_wheel />
        </span>
    }
}

/// Whether the element that an event came to has the focus.
fn has_focus(event: &web_sys::Event) -> bool {
    let element = event.current_target().and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
    element.is_some() && element == focus::focused()
}

/// Returns where a notch of the wheel moves the slider: turned away from the person, to more.
fn turned(delta: f64, is_fine: bool, from: f64) -> f64 {
    let step = if is_fine { FINE_STEP } else { STEP };
    rounded(from - step * delta.signum())
}

/// Returns the place of a multiplier on the track, from 0 to 1.
fn share(multiplier: f64) -> f64 {
    ((multiplier + MAX_STRIP) / (2.0 * MAX_STRIP)).clamp(0.0, 1.0)
}

/// Returns a multiplier with two decimals on the track.
fn rounded(multiplier: f64) -> f64 {
    let rounded = (multiplier.clamp(-MAX_STRIP, MAX_STRIP) * 100.0).round() / 100.0;
    // There is one zero.
    if rounded == 0.0 { 0.0 } else { rounded }
}

/// Returns where a dragged slider stops.
fn snapped(multiplier: f64, is_fine: bool) -> f64 {
    let mark = [-1.0, 0.0, 1.0].into_iter().find(|mark| (multiplier - mark).abs() < SNAP);
    mark.filter(|_| !is_fine).unwrap_or_else(|| rounded(multiplier))
}

/// Returns where a key moves the slider.
fn pressed(key: &str, shift: bool, from: f64) -> Option<f64> {
    let step = if shift { FINE_STEP } else { STEP };
    Some(rounded(match key {
        "ArrowRight" | "ArrowUp" => from + step,
        "ArrowLeft" | "ArrowDown" => from - step,
        "PageUp" => from + LARGE_STEP,
        "PageDown" => from - LARGE_STEP,
        "Home" => -MAX_STRIP,
        "End" => MAX_STRIP,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dragged_slider_snaps_unless_it_is_moved_finely() {
        for (at, is_fine, stops) in [
            (0.05, false, 0.0),
            (-0.07, false, 0.0),
            (1.06, false, 1.0),
            (-0.95, false, -1.0),
            (0.5, false, 0.5),
            (0.05, true, 0.05),
            (1.061, true, 1.06),
        ] {
            assert!((snapped(at, is_fine) - stops).abs() < 1e-12, "{at} stops at {stops}");
        }
    }

    #[test]
    fn keys_move_the_slider_and_stay_on_the_track() {
        let at = |key, shift, from| pressed(key, shift, from).expect("a key of the slider");
        assert_eq!((at("ArrowRight", false, 0.7), at("ArrowDown", true, 1.0)), (0.8, 0.99));
        assert_eq!((at("PageUp", false, 2.5), at("Home", false, 1.0)), (3.0, -3.0));
        assert_eq!(at("ArrowLeft", false, 0.1).to_bits(), 0.0_f64.to_bits());
        assert_eq!(pressed("a", false, 0.0), None);
    }

    #[test]
    fn the_wheel_moves_the_slider_by_a_step_a_notch() {
        assert_eq!((turned(-120.0, false, 0.7), turned(3.0, true, 1.0)), (0.8, 0.99));
        assert_eq!(turned(120.0, false, -3.0).to_bits(), (-3.0_f64).to_bits());
    }

    #[test]
    fn the_track_is_the_range_of_multipliers() {
        for (at, place) in [(-3.0, 0.0), (0.0, 0.5), (3.0, 1.0), (9.0, 1.0)] {
            assert!((share(at) - place).abs() < 1e-12, "{at} is at {place}");
        }
    }
}

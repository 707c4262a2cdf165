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
/// With Shift, a drag moves the slider by this part of what the pointer moves.
const FINE_PART: f64 = 0.1;

/// A drag of the thumb.
#[derive(Debug, Clone, Copy, Default)]
struct Drag {
    /// Where the pointer was last, as the multiplier at that place of the track.
    pointer: Option<f64>,
    /// Since Shift is pressed: where the pointer and the slider were then.
    fine_from: Option<(f64, f64)>,
}

impl Drag {
    /// Returns where the slider, which stands at `value`, goes when the pointer comes to a place.
    fn to(&mut self, pointer: f64, is_fine: bool, value: f64) -> f64 {
        let before = self.pointer.replace(pointer);
        if !is_fine {
            self.fine_from = None;
            return snapped(pointer);
        }
        // A press with Shift takes the thumb to the pointer first.
        let (from, at) = *self
            .fine_from
            .get_or_insert_with(|| before.map_or((pointer, pointer), |before| (before, value)));
        rounded(at + FINE_PART * (pointer - from))
    }
}

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
    let (is_fine, drag) = (StoredValue::new(false), StoredValue::new(Drag::default()));
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
    let dragged = move |event: web_sys::Event| {
        let track = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok());
        let Some(track) = track else { return };
        let Ok(pointer) = track.value().parse::<f64>() else { return };
        let (is_fine, value) = (is_fine.get_value(), value.get_untracked());
        let to = drag.try_update_value(|drag| drag.to(pointer, is_fine, value));
        if let Some(to) = to {
            set.run(to);
            // The thumb stays where the pointer is unless it is told: a value that does not change sets nothing.
            track.set_value(&to.to_string());
        }
    };
    let on_key = move |event: web_sys::KeyboardEvent| {
        is_fine.set_value(event.shift_key());
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
    let press = move |event: web_sys::PointerEvent| {
        drag.set_value(Drag::default());
        note_shift(event);
    };
    view! {
        <span class="strip-slider" class:beyond=is_beyond title=title>
            <i class="useful" aria-hidden="true" style=move || range().unwrap_or_else(|| "display: none".to_owned())></i>
            <i class="zero" aria-hidden="true"></i>
            <input type="range" data-testid="strip-slider" aria-label=t!("multiplier") min=(-MAX_STRIP).to_string() max=MAX_STRIP.to_string() step="0.01"
                aria-valuetext=move || format::multiplier(value.get()) prop:value=move || value.get().to_string()
                on:pointerdown=press on:pointermove=note_shift on:input=dragged on:keydown=on_key
                on:keyup=move |event| is_fine.set_value(event.shift_key()) on:wheel=on_wheel />
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
fn snapped(multiplier: f64) -> f64 {
    let mark = [-1.0, 0.0, 1.0].into_iter().find(|mark| (multiplier - mark).abs() < SNAP);
    mark.unwrap_or_else(|| rounded(multiplier))
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
        for (at, stops) in [(0.05, 0.0), (-0.07, 0.0), (1.06, 1.0), (-0.95, -1.0), (0.5, 0.5)] {
            assert!((snapped(at) - stops).abs() < 1e-12, "{at} stops at {stops}");
        }
        let mut drag = Drag::default();
        let mut value = 0.0;
        for (pointer, is_fine, stops) in [
            (0.5, false, 0.5),
            (1.05, false, 1.0),
            // From here on, and from where the slider stands: a tenth of the way, and no marks.
            (1.25, true, 1.02),
            (1.55, true, 1.05),
            (0.55, true, 0.95),
            // Without Shift the thumb is under the pointer again.
            (0.5, false, 0.5),
            (0.6, true, 0.51),
        ] {
            value = drag.to(pointer, is_fine, value);
            assert!((value - stops).abs() < 1e-12, "{pointer} stops at {stops}, not {value}");
        }
        assert!((Drag::default().to(1.05, true, 0.0) - 1.05).abs() < 1e-12, "a press goes there");
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

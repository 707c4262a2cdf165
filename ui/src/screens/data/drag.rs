//! Moves pairs to another place in the list by dragging. All selected pairs move together, as one step to undo.
//!
//! The page's own drag and drop serves files from the desktop, so this module follows the pointer instead.

use std::collections::HashSet;
use std::time::Duration;

use ipc::Id;
use ipc::list::Ids;
use leptos::html;
use leptos::leptos_dom::helpers::IntervalHandle;
use leptos::prelude::*;

use super::pairs::Pairs;

/// A press becomes a drag after the pointer has moved this far, in pixels.
const SLACK: f64 = 5.0;
/// The list scrolls by itself while the pointer is this near to its upper or lower edge, in pixels.
const EDGE: f64 = 32.0;
/// The time between two such steps, and the pixels of the longest step.
const BEAT: Duration = Duration::from_millis(30);
const FASTEST: f64 = 30.0;

/// The pairs that are dragged, and the gap they would fall into. Copies point to the same signals.
#[derive(Clone, Copy)]
pub(super) struct Drag {
    pairs: Pairs,
    frame: NodeRef<html::Div>,
    /// A row's height in pixels.
    row: f64,
    /// The row that the pointer was pressed on, and the height in the window at which it was.
    pressed: StoredValue<Option<(Id, f64)>>,
    /// The pointer's height in the window.
    pointer: StoredValue<f64>,
    /// The pairs that are dragged; none while nothing is.
    moving: RwSignal<HashSet<Id>>,
    /// The gap between rows that they would fall into: 0 is above the first.
    gap: RwSignal<Option<usize>>,
    /// Whether the last press was a drag: the click that follows it is none.
    has_moved: StoredValue<bool>,
    beat: StoredValue<Option<IntervalHandle>>,
}

impl Drag {
    /// Makes the state for the list in this frame, whose rows are `row` pixels high.
    pub(super) fn new(pairs: Pairs, frame: NodeRef<html::Div>, row: f64) -> Self {
        let drag = Self {
            pairs,
            frame,
            row,
            pressed: StoredValue::new(None),
            pointer: StoredValue::new(0.0),
            moving: RwSignal::default(),
            gap: RwSignal::new(None),
            has_moved: StoredValue::new(false),
            beat: StoredValue::new(None),
        };
        on_cleanup(move || drag.end());
        drag
    }

    /// Returns whether this pair is dragged.
    pub(super) fn has(self, pair: Id) -> bool {
        self.moving.with(|moving| moving.contains(&pair))
    }

    /// Returns how many are dragged.
    pub(super) fn count(self) -> usize {
        self.moving.read().len()
    }

    /// Returns where the line between two rows is drawn, in pixels below the list's beginning.
    pub(super) fn line(self) -> Option<f64> {
        self.gap.get().map(|gap| gap as f64 * self.row)
    }

    /// Returns whether a click that comes now belongs to a drag.
    pub(super) fn takes_click(self) -> bool {
        self.has_moved.try_update_value(std::mem::take) == Some(true)
    }

    /// Handles a press of the pointer on a row.
    pub(super) fn press(self, pair: Id, event: &web_sys::PointerEvent) {
        self.has_moved.set_value(false);
        // A touch scrolls the list, and a press with a modifier key selects.
        let is_plain = !(event.ctrl_key() || event.shift_key() || event.meta_key() || event.alt_key());
        let is_drag = event.button() == 0 && event.pointer_type() != "touch" && is_plain;
        self.pressed.set_value(is_drag.then(|| (pair, f64::from(event.client_y()))));
    }

    /// Handles a move of the pointer.
    pub(super) fn follow(self, event: &web_sys::PointerEvent) {
        let Some((pair, from)) = self.pressed.get_value() else { return };
        if event.buttons() & 1 == 0 {
            // The button was released outside the window, which received no event.
            return self.end();
        }
        let now = f64::from(event.client_y());
        self.pointer.set_value(now);
        if self.gap.get_untracked().is_none() {
            if (now - from).abs() < SLACK {
                return;
            }
            self.begin(pair, event.pointer_id());
        }
        self.find_gap();
    }

    fn begin(self, pair: Id, pointer: i32) {
        self.has_moved.set_value(true);
        self.pairs.save_typed();
        let selected = self.pairs.selected.read_untracked();
        let moving = if selected.contains(&pair) { selected.clone() } else { HashSet::from([pair]) };
        drop(selected);
        self.moving.set(moving);
        if let Some(frame) = self.frame.get_untracked() {
            // The capture also receives moves beyond the list, which would otherwise end at its edge.
            let _ = frame.set_pointer_capture(pointer);
            let _ = frame.focus();
        }
        let beat = set_interval_with_handle(move || self.scroll(), BEAT);
        self.beat.set_value(beat.ok());
    }

    /// Finds the gap that the pointer is at.
    fn find_gap(self) {
        let Some(frame) = self.frame.get_untracked() else { return };
        let from_top =
            self.pointer.get_value() - frame.get_bounding_client_rect().top() + f64::from(frame.scroll_top());
        let gap =
            ((from_top / self.row).round().max(0.0) as usize).min(self.pairs.listed.read_untracked().len());
        if self.gap.get_untracked() != Some(gap) {
            self.gap.set(Some(gap));
        }
    }

    /// Scrolls while the pointer is at an edge, the faster the further it is out.
    fn scroll(self) {
        let Some(frame) = self.frame.get_untracked() else { return };
        let (edges, at) = (frame.get_bounding_client_rect(), self.pointer.get_value());
        let out = (at - (edges.bottom() - EDGE)).max(0.0) - (edges.top() + EDGE - at).max(0.0);
        let by = (out / 2.0).clamp(-FASTEST, FASTEST) as i32;
        if by != 0 {
            frame.set_scroll_top(frame.scroll_top() + by);
            self.find_gap();
        }
    }

    /// Handles the release of the pointer: the pairs move into the gap.
    pub(super) fn drop_here(self) {
        let (gap, moving) = (self.gap.get_untracked(), self.moving.get_untracked());
        self.end();
        if let Some(gap) = gap {
            let listed = self.pairs.listed.read_untracked();
            let pairs: Ids = listed.iter().filter(|id| moving.contains(id)).copied().collect();
            drop(listed);
            self.pairs.move_into(pairs, gap);
        }
    }

    /// Ends the drag without moving anything.
    pub(super) fn end(self) {
        let _ = self.pressed.try_update_value(|pressed| *pressed = None);
        if let Some(beat) = self.beat.try_update_value(Option::take).flatten() {
            beat.clear();
        }
        if self.gap.try_get_untracked().flatten().is_some() {
            self.gap.try_set(None);
            self.moving.try_set(HashSet::new());
        }
    }

    /// Returns whether something is dragged.
    pub(super) fn is_on(self) -> bool {
        self.gap.get_untracked().is_some()
    }
}

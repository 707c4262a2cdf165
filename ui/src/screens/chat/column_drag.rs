//! Moves a column to another place by dragging its head. The others make room while it moves.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::moved_columns;
use super::state::Chat;

/// A press becomes a drag after the pointer has moved this far sideways, in pixels.
const SLACK: f64 = 6.0;

/// The column that is dragged. Copies point to the same signals.
#[derive(Clone, Copy)]
pub(super) struct ColumnDrag {
    chat: Chat,
    row: NodeRef<html::Div>,
    /// The column whose head is pressed, and where the pointer was then.
    pressed: StoredValue<Option<(u32, f64)>>,
    /// The column that moves.
    pub(super) moving: RwSignal<Option<u32>>,
}

impl ColumnDrag {
    /// Makes the state for the columns in this row.
    pub(super) fn new(chat: Chat, row: NodeRef<html::Div>) -> Self {
        Self { chat, row, pressed: StoredValue::new(None), moving: RwSignal::new(None) }
    }

    /// Handles a press of the pointer on a head. A press on a button or a field of the head drags nothing, except on the
    /// name, which fills the head.
    pub(super) fn press(self, column: u32, event: &web_sys::PointerEvent) {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let is_control = target.is_some_and(|target| {
            target
                .closest("button:not(.column-name), input, textarea, .column-panel, .menu, .menu-shade")
                .is_ok_and(|control| control.is_some())
        });
        let is_drag = event.button() == 0 && event.pointer_type() != "touch" && !is_control;
        self.pressed.set_value(is_drag.then(|| (column, f64::from(event.client_x()))));
    }

    /// Handles a move of the pointer.
    pub(super) fn follow(self, event: &web_sys::PointerEvent) {
        let Some((column, from)) = self.pressed.get_value() else { return };
        if event.buttons() & 1 == 0 {
            // The button was released outside the window, which received no event.
            return self.end();
        }
        let now = f64::from(event.client_x());
        if self.moving.get_untracked().is_none() {
            if (now - from).abs() < SLACK {
                return;
            }
            self.moving.set(Some(column));
            if let Some(row) = self.row.get_untracked() {
                let _ = row.set_pointer_capture(event.pointer_id());
            }
        }
        if let Some(to) = self.place(now) {
            let is_there = self
                .chat
                .desk
                .with_untracked(|desk| desk.columns.get(to).is_some_and(|there| there.id == column));
            if !is_there {
                moved_columns::move_to(self.chat, column, to);
            }
        }
    }

    /// Returns the place of the column under the pointer.
    fn place(self, x: f64) -> Option<usize> {
        let children = self.row.get_untracked()?.children();
        (0..children.length()).position(|at| {
            let edges = children.item(at).map(|child| child.get_bounding_client_rect());
            edges.is_some_and(|edges| (edges.left()..edges.right()).contains(&x))
        })
    }

    /// Ends the drag where the column is.
    pub(super) fn end(self) {
        self.pressed.set_value(None);
        if self.moving.get_untracked().is_some() {
            self.moving.set(None);
        }
    }
}

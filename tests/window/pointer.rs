//! What the tests do with the pointer beside clicking.

use std::time::Duration;

use fantoccini::actions::{InputSource as _, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};

use crate::window::Window;

impl Window {
    /// Drags the middle of one element with this id to the middle of another one, and a few pixels beyond.
    pub(crate) async fn drag(&self, id: &str, from: usize, to: usize, beyond: i64) {
        let elements = self.elements(id).await;
        let step = Some(Duration::from_millis(60));
        let at = |place: usize, y: i64| PointerAction::MoveToElement {
            element: elements[place].clone(),
            duration: step,
            x: 0.0,
            y: y as f64,
        };
        let actions = MouseActions::new("mouse".to_owned())
            .then(at(from, 0))
            .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
            .then(at(from, 8))
            .then(at(to, 0))
            .then(at(to, beyond));
        self.client.perform_actions(actions).await.expect("the pointer moves");
    }

    /// Releases the pointer's button.
    pub(crate) async fn let_go(&self) {
        let actions =
            MouseActions::new("mouse".to_owned()).then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        self.client.perform_actions(actions).await.expect("the button is let go");
    }

    /// Moves the pointer to the middle of the first element with this id.
    pub(crate) async fn point_at(&self, id: &str) {
        self.point_at_nth(id, 0).await;
    }

    /// Moves the pointer to the middle of an element with this id, counted from 0.
    pub(crate) async fn point_at_nth(&self, id: &str, place: usize) {
        let element = self.elements(id).await.into_iter().nth(place).expect("the element is there");
        let there = PointerAction::MoveToElement {
            element,
            duration: Some(Duration::from_millis(60)),
            x: 0.0,
            y: 0.0,
        };
        let actions = MouseActions::new("mouse".to_owned()).then(there);
        self.client.perform_actions(actions).await.expect("the pointer moves");
    }

    /// Presses and releases at a point of the page, in pixels from its left top corner.
    pub(crate) async fn click_at(&self, x: i64, y: i64) {
        let actions = MouseActions::new("mouse".to_owned())
            .then(PointerAction::MoveTo { duration: None, x: x as f64, y: y as f64 })
            .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
            .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        self.client.perform_actions(actions).await.expect("the pointer presses");
    }
}

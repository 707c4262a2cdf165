//! Notices when an element gets another size, whatever the cause.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::ResizeObserver;

/// Calls a function whenever an element has another size, and once when it comes into the page; as long as the component is
/// there in which it is called.
pub fn on_resize(element: NodeRef<html::Div>, resized: impl Fn() + Clone + 'static) {
    let observer = StoredValue::new_local(None::<(ResizeObserver, Closure<dyn Fn()>)>);
    Effect::new(move |_| {
        let Some(element) = element.get() else { return };
        let resized = Closure::<dyn Fn()>::new(resized.clone());
        if let Ok(new) = ResizeObserver::new(resized.as_ref().unchecked_ref()) {
            new.observe(&element);
            observer.set_value(Some((new, resized)));
        }
    });
    on_cleanup(move || {
        if let Some((observer, _)) = observer.try_update_value(Option::take).flatten() {
            observer.disconnect();
        }
    });
}

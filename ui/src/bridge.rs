//! Sends commands to the application behind the window, and receives its events.
//!
//! Tauri's own JavaScript injects `__TAURI_INTERNALS__`. Messages are the JSON of `ipc`'s types.

use std::cell::Cell;

use ipc::{Code, Command, Event, EventPart, Failure, OpenEvent, Reply};
use js_sys::{JSON, Object, Reflect};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = ["window", "__TAURI_INTERNALS__"], js_name = invoke)]
    async fn tauri_invoke(command: &str, arguments: JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_namespace = ["window", "__TAURI_INTERNALS__"], js_name = transformCallback)]
    fn transform_callback(callback: &JsValue, once: bool) -> Result<f64, JsValue>;
}

/// Calls a command and waits for its answer.
///
/// # Errors
/// Fails where the application refuses the command or cannot be reached.
pub async fn call<C: Command>(request: C) -> Reply<C> {
    let _under_way = UnderWay::begin();
    send(request, None).await
}

/// Whether every command has its answer.
#[must_use]
pub fn is_idle() -> bool {
    UNDER_WAY.get() == 0
}

thread_local! {
    static UNDER_WAY: Cell<u32> = const { Cell::new(0) };
}

/// A command that has no answer yet.
struct UnderWay;

impl UnderWay {
    fn begin() -> Self {
        UNDER_WAY.set(UNDER_WAY.get() + 1);
        Self
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        UNDER_WAY.set(UNDER_WAY.get() - 1);
    }
}

/// Opens the channel of events. `on_event` is called in the order in which the application spoke.
///
/// # Errors
/// Fails where the application could not start: its store cannot be opened, for example.
pub async fn watch(mut on_event: impl FnMut(Event) + 'static) -> Result<(), Failure> {
    let mut open = OpenEvent::default();
    let callback = Closure::<dyn FnMut(JsValue)>::new(move |raw: JsValue| {
        wake();
        let Some(json) = part(&raw).and_then(|part| open.add(&part)) else { return };
        match serde_json::from_str::<Event>(&json) {
            Ok(event) => on_event(event),
            Err(error) => log(&nonsense(&error.to_string()).to_string()),
        }
    });
    let id = transform_callback(callback.as_ref(), false).map_err(|e| unreachable_application(&e))?;
    // The channel lives as long as the window.
    callback.forget();
    send(ipc::command::Watch {}, Some(format!("__CHANNEL__:{id}"))).await
}

async fn send<C: Command>(request: C, events: Option<String>) -> Reply<C> {
    let arguments = Object::new();
    let request = serde_json::to_string(&request).map_err(|e| nonsense(&e.to_string()))?;
    let request = JSON::parse(&request).map_err(|e| unreachable_application(&e))?;
    let set = |name: &str, value: &JsValue| Reflect::set(&arguments, &name.into(), value);
    set("request", &request).map_err(|e| unreachable_application(&e))?;
    if let Some(events) = events {
        set("events", &events.into()).map_err(|e| unreachable_application(&e))?;
    }
    let answered = tauri_invoke(C::NAME, arguments.into()).await;
    wake();
    match answered {
        Ok(answer) => parse(&answer),
        Err(refusal) => Err(parse::<Failure>(&refusal).unwrap_or_else(|_| unreachable_application(&refusal))),
    }
}

fn parse<T: serde::de::DeserializeOwned>(value: &JsValue) -> Result<T, Failure> {
    let text = JSON::stringify(value).map_or_else(|_| "null".to_owned(), String::from);
    // `undefined` has no JSON. It represents an answer without content.
    let text = if text == "undefined" { "null" } else { &text };
    serde_json::from_str(text).map_err(|e| nonsense(&e.to_string()))
}

fn nonsense(detail: &str) -> Failure {
    Failure::new(Code::Other, "The window and the application do not understand each other.")
        .detail(detail)
        .next("They are of different versions: install or build Tiller again.")
}

fn unreachable_application(error: &JsValue) -> Failure {
    let detail = error.as_string().or_else(|| JSON::stringify(error).ok().map(String::from));
    Failure::new(Code::Other, "The application does not answer.").detail(detail.unwrap_or_default())
}

/// Reads a message of the channel. `None` for the one that ends it.
fn part(raw: &JsValue) -> Option<EventPart> {
    let field = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).ok();
    let message = field(raw, "message").filter(|message| !message.is_undefined())?;
    let is_last = field(&message, "is_last")?.as_bool()?;
    Some(EventPart { text: field(&message, "text")?.as_string()?, is_last })
}

/// Writes a line to the page's console.
pub fn log(text: &str) {
    #[wasm_bindgen]
    extern "C" {
        #[wasm_bindgen(js_namespace = console, js_name = error)]
        fn console_error(text: &str);
    }
    console_error(text);
}

/// Says that something happened in the page, which then gets its frames at once (`static/rest.js`).
pub fn wake() {
    if let (Some(window), Ok(event)) = (web_sys::window(), web_sys::Event::new("tiller-wake")) {
        let _ = window.dispatch_event(&event);
    }
}

/// Reports a panic of the program to the page, which shows it.
pub fn report_panic(text: &str) {
    #[wasm_bindgen]
    extern "C" {
        type CustomEvent;
        #[wasm_bindgen(constructor)]
        fn new(kind: &str, options: &JsValue) -> CustomEvent;
    }
    let options = Object::new();
    let _ = Reflect::set(&options, &"detail".into(), &text.into());
    let event: JsValue = CustomEvent::new("tiller-panic", &options).into();
    if let Some(window) = web_sys::window() {
        let _ = window.dispatch_event(event.unchecked_ref());
    }
}

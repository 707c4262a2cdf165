//! Runs Tiller behind Tauri's mock runtime: the real commands, permissions and channel, without a display.

use std::ops::Deref;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use app::{AppPaths, Permission};
use ipc::command::{ChangePairs, ListPairs, Watch};
use ipc::data::{Pair, Split};
use ipc::list::PairChange;
use ipc::project::Overview;
use ipc::{Command, Event, EventPart, Failure, Id, OpenEvent};
use serde_json::{Value, json};
use tauri::http::HeaderMap;
use tauri::ipc::{CallbackFn, InvokeBody, InvokeResponseBody};
use tauri::test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder, noop_assets};
use tauri::webview::InvokeRequest;
use tauri::{App, WebviewUrl, WebviewWindow, WebviewWindowBuilder};
use tiller::window::{self, Confirm};

use crate::{HELD_OUT_PAIRS, TRAIN_PAIRS};

/// The longest wait for an event; loading and training take long on a busy machine.
const TIME_LIMIT: Duration = Duration::from_mins(3);

/// The longest wait for a training with the default settings, which takes two minutes on two idle cores.
const TRAINING_LIMIT: Duration = Duration::from_mins(25);

/// The events that came over the channel.
#[derive(Default)]
struct EventLog {
    events: Mutex<Vec<Event>>,
    more: Condvar,
}

/// A running Tiller with one window.
pub struct Tiller {
    tauri: App<MockRuntime>,
    window: WebviewWindow<MockRuntime>,
    log: Arc<EventLog>,
    person: Arc<Mutex<Person>>,
}

/// Stands in for the person who answers the desktop's dialogs.
struct Person {
    allows: bool,
    asked: Vec<Permission>,
}

impl Tiller {
    /// Opens Tiller at these paths, without watching yet.
    #[must_use]
    pub fn open(paths: &AppPaths) -> Self {
        let log = Arc::new(EventLog::default());
        let writer = Arc::clone(&log);
        let open = Mutex::new(OpenEvent::default());
        let builder = mock_builder().channel_interceptor(move |_, _, _, body| {
            let InvokeResponseBody::Json(json) = body else { panic!("events are JSON") };
            let part: EventPart = serde_json::from_str(json).expect("a part of an event");
            if let Some(json) = open.lock().expect("the open event").add(&part) {
                let event = serde_json::from_str(&json).expect("an event as the window reads it");
                writer.events.lock().expect("the list").push(event);
                writer.more.notify_all();
            }
            true
        });
        let person = Arc::new(Mutex::new(Person { allows: true, asked: vec![] }));
        let asked = Arc::clone(&person);
        let confirm = Confirm::new(move |_, permission, answer| {
            let mut person = asked.lock().expect("the person");
            person.asked.push(permission.clone());
            answer.send(person.allows).expect("the command waits");
        });
        let context = window::context(noop_assets());
        let tauri = window::with_commands(builder, confirm).build(context).expect("the application");
        window::open(&tauri, paths);
        let window =
            WebviewWindowBuilder::new(&tauri, "main", WebviewUrl::default()).build().expect("the window");
        Self { tauri, window, log, person }
    }

    /// Opens Tiller in this folder and watches. Its model is missing, which makes it quick.
    #[must_use]
    pub fn without_model(data: &Path) -> Self {
        let tiller = Self::open(&crate::paths_without_model(&data.join("data")));
        tiller.watch();
        tiller
    }

    /// Opens Tiller in this folder with the starter model, watches, and waits until the model is loaded.
    #[must_use]
    pub fn ready(data: &Path) -> (Self, Overview) {
        let tiller = Self::open(&crate::app_paths(data));
        let overview = tiller.watch();
        let is_ready =
            |model: &ipc::model::Model| matches!(model.state, ipc::model::ModelState::Ready { .. });
        if !overview.models.iter().any(is_ready) {
            tiller.wait_for(|event| matches!(event, Event::Model(model) if is_ready(model)).then_some(()));
        }
        (tiller, overview)
    }

    /// Opens the channel, and returns the overview in its first event.
    #[expect(clippy::must_use_candidate, reason = "most tests only want the channel open")]
    pub fn watch(&self) -> Overview {
        self.invoke("watch", json!({"request": Watch {}, "events": "__CHANNEL__:7"}))
            .expect("watch is allowed");
        match self.log.events.lock().expect("the list").first() {
            Some(Event::Overview(overview)) => Overview::clone(overview),
            other => panic!("the first event is the picture, not {other:?}"),
        }
    }

    /// Opens the channel again, as a reloaded window does, and returns the new overview.
    #[must_use]
    pub fn watch_again(&self) -> Overview {
        self.invoke("watch", json!({"request": Watch {}, "events": "__CHANNEL__:8"}))
            .expect("watch is allowed");
        let events = self.log.events.lock().expect("the list");
        let picture = events.iter().rev().find_map(|event| match event {
            Event::Overview(overview) => Some(Overview::clone(overview)),
            _ => None,
        });
        picture.expect("a picture")
    }

    /// Calls a command as the window does.
    #[expect(clippy::needless_pass_by_value, reason = "a request is made where it is sent")]
    pub fn call<C: Command>(&self, request: C) -> Result<C::Answer, Failure> {
        let answer = self.invoke(C::NAME, json!({"request": request}));
        let failure = |error: Value| {
            serde_json::from_value(error.clone()).unwrap_or_else(|_| panic!("{}: {error}", C::NAME))
        };
        answer.map(|body| body.deserialize().expect("the command's answer")).map_err(failure)
    }

    /// Calls a command that must succeed.
    pub fn get<C: Command>(&self, request: C) -> C::Answer {
        self.call(request).unwrap_or_else(|failure| panic!("{}: {failure:?}", C::NAME))
    }

    /// Calls any command with any arguments.
    pub fn invoke(&self, command: &str, arguments: Value) -> Result<InvokeResponseBody, Value> {
        invoke_from(&self.window, command, arguments)
    }

    /// Makes the person allow or refuse what the desktop's dialogs ask from now on. At first everything is allowed.
    pub fn allow(&self, allows: bool) {
        self.person.lock().expect("the person").allows = allows;
    }

    /// Returns what the desktop's dialogs have asked so far.
    #[must_use]
    pub fn asked(&self) -> Vec<Permission> {
        self.person.lock().expect("the person").asked.clone()
    }

    /// Opens another window, which no capability names.
    #[must_use]
    pub fn other_window(&self) -> WebviewWindow<MockRuntime> {
        WebviewWindowBuilder::new(&self.tauri, "other", WebviewUrl::default())
            .build()
            .expect("a second window")
    }

    /// Returns all events so far.
    #[must_use]
    pub fn events(&self) -> impl Deref<Target = Vec<Event>> {
        self.log.events.lock().expect("the list")
    }

    /// Waits until `find` finds something among all events, earlier ones included.
    pub fn wait_for<T>(&self, find: impl Fn(&Event) -> Option<T>) -> T {
        self.wait_for_after(0, find)
    }

    /// The same for a training with the default settings.
    pub fn wait_for_training<T>(&self, find: impl Fn(&Event) -> Option<T>) -> T {
        self.wait_within(TRAINING_LIMIT, 0, find)
    }

    /// Waits until `find` finds something among the events after the first `count`.
    pub fn wait_for_after<T>(&self, count: usize, find: impl Fn(&Event) -> Option<T>) -> T {
        self.wait_within(TIME_LIMIT, count, find)
    }

    fn wait_within<T>(&self, limit: Duration, count: usize, find: impl Fn(&Event) -> Option<T>) -> T {
        let until = Instant::now() + limit;
        let mut events = self.log.events.lock().expect("the list");
        loop {
            if let Some(found) = events[count..].iter().find_map(&find) {
                return found;
            }
            let left = until.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "it did not happen; the last event: {:?}", events.last());
            events = self.log.more.wait_timeout(events, left).expect("the list").0;
        }
    }

    /// Reduces a data set to the pairs that a small run needs.
    pub fn shrink(&self, data_set: Id) {
        self.keep_pairs(data_set, TRAIN_PAIRS, HELD_OUT_PAIRS);
    }

    /// Reduces a data set to its first pairs of each split.
    pub fn keep_pairs(&self, data_set: Id, train: usize, held_out: usize) {
        let mut room = [(Split::Train, train), (Split::HeldOut, held_out)];
        let is_one_too_many = |pair: &Pair| {
            let (_, left) =
                room.iter_mut().find(|(split, _)| *split == pair.content.split).expect("one of two");
            let is_full = *left == 0;
            *left -= usize::from(!is_full);
            is_full
        };
        let pairs = self.get(ListPairs { data_set }).into_iter();
        let pairs = pairs.filter(is_one_too_many).map(|pair| pair.id).collect();
        self.get(ChangePairs { data_set, pairs, change: PairChange::Delete });
    }
}

impl Drop for Tiller {
    fn drop(&mut self) {
        window::close(&self.tauri);
    }
}

/// Calls a command from a window.
pub fn invoke_from(
    window: &WebviewWindow<MockRuntime>,
    command: &str,
    arguments: Value,
) -> Result<InvokeResponseBody, Value> {
    let request = InvokeRequest {
        cmd: command.to_owned(),
        callback: CallbackFn(0),
        error: CallbackFn(1),
        url: "tauri://localhost".parse().expect("a URL"),
        body: InvokeBody::Json(arguments),
        headers: HeaderMap::default(),
        invoke_key: INVOKE_KEY.to_owned(),
    };
    get_ipc_response(window, request)
}

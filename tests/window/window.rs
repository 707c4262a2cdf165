//! Controls the window in a test and reads what it shows. Elements are found by their `data-testid`.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::key::Key;
use fantoccini::{Client, Locator};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::driver::Driver;
use crate::home::{self, Home};

/// The maximum time for a change that needs no computation. Waiting ends as soon as the change is there, so the limit is
/// long enough for a machine whose every core is busy.
pub(crate) const SOON: Duration = Duration::from_secs(30);

/// The maximum time to load the model, to train a few steps, or to answer, beside another window that computes.
pub(crate) const COMPUTED: Duration = Duration::from_mins(10);

/// The maximum time of a whole job on a machine with other work.
const JOB: Duration = Duration::from_mins(15);

/// More than the fields and buttons of any screen.
const MOST_TABS: usize = 80;

/// The most bytes of the page's text and of the log that a failed test prints.
const MOST_OF_TEXT: usize = 4000;

const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

/// The number of frames after a change of theme until the whole page, with its charts, is drawn.
const FRAMES: u32 = 6;

/// What the page shows, and where its program has stopped, if it has.
const PAGE_TEXT: &str =
    "return document.body.innerText + '\\n' + (document.getElementById('starting')?.dataset.trace ?? '')";

/// Tiller's window and the driver that controls it.
pub(crate) struct Window {
    pub(crate) client: Client,
    driver: Driver,
    /// How often something was clicked.
    clicks: AtomicU32,
    /// The folder of Tiller's log.
    logs: PathBuf,
}

impl Window {
    /// Starts Tiller with this data folder, waits until its page is there, and leaves the Start screen.
    pub(crate) async fn open(home: &Home) -> Self {
        Self::open_with(home, &[]).await
    }

    /// The same with additional environment variables.
    pub(crate) async fn open_with(home: &Home, more: &[(&str, String)]) -> Self {
        let window = Self::open_at_start(home, more).await;
        // The window opens there while there is no run.
        if window.attributes("nav-start", "aria-current").await == ["page"] {
            window.click("nav-data").await;
        }
        window
    }

    /// The same without leaving the screen that it opens on.
    pub(crate) async fn open_at_start(home: &Home, more: &[(&str, String)]) -> Self {
        let driver = Driver::start(&home.data(), home.model(), more).await;
        let window = Self::of(driver, home).await;
        window.until("the page is there", COMPUTED, async || window.count("nav-data").await == 1).await;
        window
    }

    async fn of(driver: Driver, home: &Home) -> Self {
        let logs = home.data().join("logs");
        Self { client: driver.open_window().await, driver, clicks: AtomicU32::new(0), logs }
    }

    /// Returns how often something was clicked so far.
    pub(crate) fn clicks(&self) -> u32 {
        self.clicks.load(Ordering::Relaxed)
    }

    /// The same for a start that may fail: waits for the page or for the error.
    pub(crate) async fn open_refused(home: &Home) -> Self {
        let driver = Driver::start(&home.data(), home.model(), &[]).await;
        let window = Self::of(driver, home).await;
        window.until("a refusal is there", COMPUTED, async || window.count("failure").await > 0).await;
        window
    }

    /// Closes the window and waits until Tiller has released its data folder.
    pub(crate) async fn close(self, home: &Home) {
        let Self { client, driver, .. } = self;
        client.close().await.expect("the window closes");
        home.until_free().await;
        drop(driver);
    }

    /// Runs a script in the page.
    pub(crate) async fn script<T: DeserializeOwned>(&self, script: &str, arguments: &[Value]) -> T {
        let result = self.client.execute(script, arguments.to_vec()).await;
        let value = result.unwrap_or_else(|error| panic!("the page refused a script: {error}\n{script}"));
        serde_json::from_value(value)
            .unwrap_or_else(|error| panic!("the page answered something else: {error}\n{script}"))
    }

    /// Runs an asynchronous script in the page, which calls its last argument at the end.
    pub(crate) async fn script_until_done<T: DeserializeOwned>(
        &self,
        script: &str,
        arguments: &[Value],
    ) -> T {
        let result = self.client.execute_async(script, arguments.to_vec()).await;
        let value = result.unwrap_or_else(|error| panic!("the page refused a script: {error}\n{script}"));
        serde_json::from_value(value)
            .unwrap_or_else(|error| panic!("the page answered something else: {error}\n{script}"))
    }

    /// Counts the elements with this id.
    pub(crate) async fn count(&self, id: &str) -> usize {
        self.script("return document.querySelectorAll(arguments[0]).length", &[json!(css(id))]).await
    }

    /// Reads the visible text of every element with this id.
    pub(crate) async fn texts(&self, id: &str) -> Vec<String> {
        let script = "return [...document.querySelectorAll(arguments[0])].map(e => e.innerText.trim())";
        self.script(script, &[json!(css(id))]).await
    }

    /// Reads the text of the first element with this id. Empty if there is none.
    pub(crate) async fn text(&self, id: &str) -> String {
        self.texts(id).await.into_iter().next().unwrap_or_default()
    }

    /// Reads an attribute of every element with this id.
    pub(crate) async fn attributes(&self, id: &str, name: &str) -> Vec<String> {
        let script = "return [...document.querySelectorAll(arguments[0])].map(e => e.getAttribute(arguments[1]) ?? '')";
        self.script(script, &[json!(css(id)), json!(name)]).await
    }

    /// Reads the value of a field.
    pub(crate) async fn value(&self, id: &str) -> String {
        self.script("return document.querySelector(arguments[0])?.value ?? ''", &[json!(css(id))]).await
    }

    /// Returns the id of the element that has the focus. Empty if it has none.
    pub(crate) async fn focused(&self) -> String {
        self.script("return document.activeElement?.dataset?.testid ?? ''", &[]).await
    }

    /// Clicks the first element with this id as soon as it is there.
    pub(crate) async fn click(&self, id: &str) {
        self.click_nth(id, 0).await;
    }

    /// Clicks the first cell of the first table row with this id. The driver cannot click a row itself, which has no box.
    pub(crate) async fn click_row(&self, id: &str) {
        self.click_selected(&format!("{} td", css(id)), 0).await;
    }

    /// Clicks one of the elements with this id.
    pub(crate) async fn click_nth(&self, id: &str, place: usize) {
        self.click_selected(&css(id), place).await;
    }

    /// Scrolls an element to the middle of the view, waits until nothing covers it, and clicks. At an edge the strip of jobs
    /// could cover it between the check and the click. A click that the page has moved away from is made again.
    async fn click_selected(&self, selector: &str, place: usize) {
        let ready = include_str!("ready_to_click.js");
        let clicked = async || {
            self.script::<bool>(ready, &[json!(selector), json!(place)]).await
                && match self.selected(selector).await.into_iter().nth(place) {
                    Some(element) => {
                        element.click().await.is_ok()
                            && self.script::<bool>(include_str!("was_pressed.js"), &[]).await
                    }
                    None => false,
                }
        };
        self.until(&format!("{selector} number {place} can be clicked"), SOON, clicked).await;
        self.clicks.fetch_add(1, Ordering::Relaxed);
    }

    /// Replaces the text of a field by typing.
    pub(crate) async fn fill(&self, id: &str, text: &str) {
        self.click(id).await;
        let field = self.elements(id).await.into_iter().next().expect("the field is there");
        self.script::<()>("document.querySelector(arguments[0]).select()", &[json!(css(id))]).await;
        field.send_keys(text).await.expect("the field takes a text");
        self.until(&format!("{id} says {text:?}"), SOON, async || self.value(id).await == text).await;
    }

    /// Types a text into a field that has the focus.
    pub(crate) async fn type_into(&self, id: &str, text: &str) {
        let has_focus = "return document.activeElement?.matches(arguments[0]) ?? false";
        let is_there = async || self.script::<bool>(has_focus, &[json!(css(id))]).await;
        self.until(&format!("{id} has the focus"), SOON, is_there).await;
        let field = self.elements(id).await.into_iter().next().expect("the field is there");
        field.send_keys(text).await.expect("the field takes a text");
        self.until(&format!("{id} says {text:?}"), SOON, async || self.value(id).await == text).await;
    }

    /// Sets a text of several lines in a field, which the driver cannot type.
    pub(crate) async fn paste(&self, id: &str, text: &str) {
        let script = "const field = document.querySelector(arguments[0]); field.value = arguments[1];
            field.dispatchEvent(new Event('input', { bubbles: true }))";
        self.script::<()>(script, &[json!(css(id)), json!(text)]).await;
    }

    /// Presses a key, wherever the focus is, while others are held down.
    pub(crate) async fn press(&self, held: &[Key], key: char) {
        let mut keys = KeyActions::new("keyboard".to_owned());
        let held: Vec<char> = held.iter().map(|key| char::from(*key)).collect();
        for value in &held {
            keys = keys.then(KeyAction::Down { value: *value });
        }
        keys = keys.then(KeyAction::Down { value: key }).then(KeyAction::Up { value: key });
        for value in held.iter().rev() {
            keys = keys.then(KeyAction::Up { value: *value });
        }
        self.client.perform_actions(keys).await.expect("the keys are pressed");
    }

    /// Presses Tab until the focus is in an element with this id.
    pub(crate) async fn tab_to(&self, id: &str) {
        let script = "return document.activeElement?.closest(arguments[0]) != null";
        for _ in 0..MOST_TABS {
            if self.script::<bool>(script, &[json!(css(id))]).await {
                return;
            }
            self.press(&[], char::from(Key::Tab)).await;
        }
        panic!("Tab does not lead to {id}");
    }

    /// Returns whether the focus is in an element with this id, or nothing has it.
    pub(crate) async fn has_focus_within(&self, id: &str) -> bool {
        let script = "const focused = document.activeElement;
            return focused === document.body || focused.closest(arguments[0]) !== null";
        self.script(script, &[json!(css(id))]).await
    }

    pub(crate) async fn elements(&self, id: &str) -> Vec<Element> {
        self.selected(&css(id)).await
    }

    async fn selected(&self, selector: &str) -> Vec<Element> {
        self.client.find_all(Locator::Css(selector)).await.unwrap_or_default()
    }

    /// Starts a job and waits until it is over.
    pub(crate) async fn job(&self, what: &str, start: impl AsyncFnOnce()) {
        self.job_begins(what, start).await;
        self.job_ends(what).await;
    }

    /// Starts a job and waits until the strip has shown it, even if it leaves at once. Before that an empty strip does not
    /// mean that the job is over.
    pub(crate) async fn job_begins(&self, what: &str, start: impl AsyncFnOnce()) {
        self.until(&format!("no job runs before {what}"), JOB, async || self.strips().await == 0).await;
        let begun = async || self.script::<u32>(include_str!("jobs_begun.js"), &[]).await;
        let before = begun().await;
        start().await;
        self.until(&format!("{what} begins"), SOON, async || begun().await > before).await;
    }

    /// Waits until the strip has no job, which is the end of a job that has begun.
    pub(crate) async fn job_ends(&self, what: &str) {
        self.until(&format!("{what} ends"), JOB, async || self.strips().await == 0).await;
    }

    async fn strips(&self) -> usize {
        self.count("job-strip").await
    }

    /// Waits for a condition. It must be false before the action, or the wait ends too early. For jobs there is `job`.
    pub(crate) async fn until(&self, what: &str, limit: Duration, is_so: impl AsyncFn() -> bool) {
        let deadline = Instant::now() + limit;
        while !is_so().await {
            if Instant::now() > deadline {
                self.give_up(&format!("This did not come true within {limit:?}: {what}.")).await;
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    }

    async fn give_up(&self, why: &str) -> ! {
        // Several tests may fail at the same time, so each process has its own file.
        let picture = home::screenshots().join(format!("failed-{}.png", std::process::id()));
        if let Some(png) = self.screenshot().await {
            fs::write(&picture, png).expect("a screenshot can be written");
        }
        let failures = self.texts("failure").await;
        // Where only the output of a test is kept, the page's text says more than the name of a picture.
        let text: String = self.script(PAGE_TEXT, &[]).await;
        let text: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        panic!(
            "{why}\nFailures on the page: {failures:?}\nThe window: {}\nIts text: {}\nThe log: {}",
            picture.display(),
            last(&text.join(" | "), MOST_OF_TEXT),
            last(&self.log(), MOST_OF_TEXT),
        );
    }

    /// Reads what Tiller has written into its log.
    fn log(&self) -> String {
        let files = fs::read_dir(&self.logs).map(|files| files.filter_map(Result::ok).collect::<Vec<_>>());
        let texts = files.unwrap_or_default().into_iter().map(|file| fs::read_to_string(file.path()));
        texts.map(|text| text.unwrap_or_else(|error| error.to_string())).collect()
    }

    /// Gives the window another size, in pixels.
    pub(crate) async fn resize(&self, width: u32, height: u32) {
        self.client.set_window_size(width, height).await.expect("the window takes another size");
        let is_done = async || self.script::<u32>("return window.innerWidth", &[]).await.abs_diff(width) < 60;
        self.until("the window has its new size", SOON, is_done).await;
    }

    /// Saves a screenshot in the light and in the dark theme, where somebody wants to look at them: two take a second.
    pub(crate) async fn picture(&self, name: &str) {
        // Choosing a theme costs as much as the picture.
        for theme in ["light", "dark"].into_iter().filter(|_| home::wants_screenshots()) {
            // A script clicks the button, because an open sheet keeps the pointer from it.
            let button = css(&format!("theme-{theme}"));
            self.script::<()>("document.querySelector(arguments[0]).click()", &[json!(button)]).await;
            // The page has the new colours in the next frame, and the charts in the one after it.
            self.frames(FRAMES).await;
            self.picture_as_it_is(&format!("{name}-{theme}")).await;
        }
    }

    /// Saves one screenshot, of a page without a choice of theme.
    pub(crate) async fn picture_as_it_is(&self, name: &str) {
        if home::wants_screenshots() {
            let png = self.screenshot().await.expect("a screenshot");
            let file = home::screenshots().join(format!("{name}.png"));
            fs::write(file, png).expect("a screenshot can be written");
        }
    }

    /// Waits until the page has drawn so many frames. The web view may leave out a frame in which nothing changed, so a dot changes
    /// meanwhile.
    pub(crate) async fn frames(&self, count: u32) {
        self.script::<()>(include_str!("keep_drawing.js"), &[json!(true)]).await;
        self.script_until_done::<()>(include_str!("frames.js"), &[json!(count)]).await;
        self.script::<()>(include_str!("keep_drawing.js"), &[json!(false)]).await;
    }

    /// Takes a picture of the first element with this id.
    pub(crate) async fn picture_of(&self, id: &str) -> Vec<u8> {
        let element = self.elements(id).await.into_iter().next().expect("the element is there");
        self.script::<()>(include_str!("keep_drawing.js"), &[json!(true)]).await;
        let png = tokio::time::timeout(SOON, element.screenshot()).await;
        self.script::<()>(include_str!("keep_drawing.js"), &[json!(false)]).await;
        png.expect("the picture is taken in time").expect("a picture of the element")
    }

    /// Takes a screenshot. The web view takes it with the next frame, and an idle page draws none, so a blinking dot forces
    /// frames.
    pub(crate) async fn screenshot(&self) -> Option<Vec<u8>> {
        self.script::<()>(include_str!("keep_drawing.js"), &[json!(true)]).await;
        let png = tokio::time::timeout(SOON, self.client.screenshot()).await;
        self.script::<()>(include_str!("keep_drawing.js"), &[json!(false)]).await;
        png.ok()?.ok()
    }
}

/// Returns the end of a text, at most this many bytes.
fn last(text: &str, most: usize) -> &str {
    &text[text.ceil_char_boundary(text.len().saturating_sub(most))..]
}

/// Builds the selector of a `data-testid`, which a further selector may follow: `answer[data-end]`.
fn css(id: &str) -> String {
    match id.split_once('[') {
        Some((id, rest)) => format!("[data-testid=\"{id}\"][{rest}"),
        None => format!("[data-testid=\"{id}\"]"),
    }
}

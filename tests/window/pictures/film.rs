//! Films the first minute: the effect in one click, a vector of one's own, and a talk with it. `cargo xtask film` makes one moving
//! picture of it.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use fantoccini::key::Key;
use serde_json::json;

use super::{fit, folder, hold_still, push};
use crate::home::Home;
use crate::start::have_ended;
use crate::steps::open;
use crate::window::{COMPUTED, SOON, Window};

/// The time for which a picture of the film stands.
const STEP: Duration = Duration::from_millis(250);

/// The time between two pictures while something is trained, which stand as long as the others: the film runs faster there.
const LAPSE: Duration = Duration::from_secs(3);

/// The pictures for which a button is marked before it is pressed, so that one sees what is pressed.
const MARKED: usize = 3;

/// The pairs of each data set: with so few, a run takes a minute.
const PAIRS: (usize, usize) = (10, 3);

/// What is typed: the behaviour's name, and a message.
const SENTENCE: &str = "Answers count every penny.";
const MESSAGE: &str = "What would you do with a spare room?";

/// The letters of an answer after which the film ends. Answers in Chat may be long.
const ENOUGH: usize = 140;

/// A film that is being made: its pictures have the times at which they are shown as their names.
struct Film<'window> {
    window: &'window Window,
    folder: PathBuf,
    shown: Duration,
}

impl<'window> Film<'window> {
    fn begin(window: &'window Window) -> Self {
        let folder = folder().join("film");
        // There is no film before the first one.
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder for the film");
        Self { window, folder, shown: Duration::ZERO }
    }

    /// Takes a picture.
    async fn shoot(&mut self) {
        let png = self.window.screenshot().await.expect("a picture");
        let file = self.folder.join(format!("{:06}.png", self.shown.as_millis()));
        fs::write(file, png).expect("a picture can be written");
        self.shown += STEP;
    }

    /// Takes pictures of what stays as it is, so that it can be read.
    async fn hold(&mut self, pictures: usize) {
        for _ in 0..pictures {
            self.shoot().await;
        }
    }

    /// Takes a picture each `every` until something is so.
    async fn until(&mut self, what: &str, every: Duration, is_so: impl AsyncFn() -> bool) {
        let deadline = Instant::now() + COMPUTED;
        while !is_so().await {
            assert!(Instant::now() < deadline, "the film waits for this in vain: {what}");
            let begun = Instant::now();
            self.shoot().await;
            tokio::time::sleep(every.saturating_sub(begun.elapsed())).await;
        }
        self.shoot().await;
    }

    /// Marks a button for a moment, and presses it.
    async fn press(&mut self, id: &str) {
        let mark = "const button = document.querySelector(`[data-testid=\"${arguments[0]}\"]`);
            button.scrollIntoView({ block: 'center' });
            button.style.outline = arguments[1];
            button.style.outlineOffset = '3px'";
        let there = async || self.window.count(id).await > 0;
        self.window.until(&format!("{id} is there"), SOON, there).await;
        self.window.script::<()>(mark, &[json!(id), json!("3px solid #d9480f")]).await;
        self.hold(MARKED).await;
        self.window.script::<()>(mark, &[json!(id), json!("")]).await;
        push(self.window, id, 0).await;
        self.shoot().await;
    }

    /// Types into a field, a few letters for each picture.
    async fn write(&mut self, id: &str, text: &str) {
        self.window.click(id).await;
        let letters: Vec<char> = text.chars().collect();
        for some in letters.chunks(4) {
            for letter in some {
                self.window.press(&[], *letter).await;
            }
            self.shoot().await;
        }
        self.window.until("it is typed", SOON, async || self.window.value(id).await == text).await;
    }
}

#[tokio::test]
#[ignore = "it asserts only that a person can do this: `cargo xtask film` runs it and makes a film of its pictures"]
async fn first_minute() {
    let home = Home::with_pairs(PAIRS.0, PAIRS.1);
    let window = Window::open_at_start(&home, &[]).await;
    open::model_is_ready(&window).await;
    hold_still(&window).await;
    fit(&window, 960, 640).await;
    push(&window, "theme-light", 0).await;
    let mut film = Film::begin(&window);

    film.hold(6).await;
    film.press("start-show").await;
    film.until("the answers are there", STEP, async || have_ended(&window, "start-answer", 3).await).await;
    film.hold(12).await;

    film.write("start-sentence", SENTENCE).await;
    film.press("start-train").await;
    film.until("the first answers are there", LAPSE, async || window.count("start-steered").await > 0).await;
    window.script::<()>("document.querySelector('[data-testid=start-run]').scrollIntoView()", &[]).await;
    let is_trained =
        async || window.count("next-chat").await > 0 && have_ended(&window, "start-steered", 1).await;
    film.until("the vector is trained and has answered", LAPSE, is_trained).await;
    film.hold(10).await;

    film.press("next-chat").await;
    let is_chat = async || window.count("chat-input").await > 0;
    window.until("Chat is there", SOON, is_chat).await;
    film.write("chat-input", MESSAGE).await;
    window.press(&[], char::from(Key::Enter)).await;
    let is_read = async || {
        let lengths: Vec<usize> = window.texts("answer-text").await.iter().map(String::len).collect();
        have_ended(&window, "answer", 3).await
            || (lengths.len() == 3 && lengths.iter().all(|length| *length >= ENOUGH))
    };
    film.until("the answers can be read", STEP, is_read).await;
    film.hold(8).await;
    assert_eq!(window.texts("failure").await, Vec::<String>::new(), "the film shows no failure");
    window.close(&home).await;
}

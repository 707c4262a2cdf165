//! Takes a picture of every screen in each theme, language and size, for `cargo xtask pictures`, and lets axe-core look at each.

mod film;
mod prepared;

use std::fs;
use std::path::{Path, PathBuf};

use fantoccini::key::Key;
use serde_json::json;

use crate::accessibility::Checks;
use crate::home::Home;
use crate::pictures::prepared::Shown;
use crate::steps::open;
use crate::window::{COMPUTED, SOON, Window};

/// Names the folder that the pictures are written into.
const FOLDER: &str = "TILLER_PICTURES";

/// The screens, by their names in the side bar.
const SCREENS: [&str; 7] = ["start", "data", "train", "sweep", "chat", "vectors", "models"];

/// The themes.
const THEMES: [&str; 2] = ["light", "dark"];

/// The languages: the name in the settings, the page's `lang`, and the name in a picture's.
const LANGUAGES: [(&str, &str, &str); 2] = [("english", "en", "en"), ("chinese", "zh-CN", "zh")];

/// The sizes of the page: the smallest that the window allows, the one that it opens with, and a large one.
const SIZES: [(u32, u32); 3] = [(960, 640), (1280, 860), (1920, 1080)];

/// The frames after a change until the page with its charts is drawn.
const FRAMES: u32 = 6;

/// How many pictures may be taken until two in a row are the same.
const MOST_LOOKS: usize = 40;

/// Returns the folder of the pictures.
fn folder() -> PathBuf {
    let usual = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/pictures");
    let folder = std::env::var_os(FOLDER).map_or_else(usual, PathBuf::from);
    fs::create_dir_all(&folder).expect("a folder for pictures");
    folder
}

#[tokio::test]
#[ignore = "it takes minutes: `cargo xtask pictures` runs it, and with `--compare` compares what it takes"]
async fn every_screen() {
    let (folder, home) = (folder(), Home::new());
    let mut checks = Checks::read();
    prepared::fill(&home).await;
    let window = Window::open(&home).await;
    open::model_is_ready(&window).await;
    hold_still(&window).await;
    for (place, (language, tag, short)) in LANGUAGES.into_iter().enumerate() {
        speak(&window, language, tag).await;
        for (width, height) in SIZES {
            fit(&window, width, height).await;
            for screen in SCREENS {
                show(&window, screen, &prepared::SHOWN[place]).await;
                for theme in THEMES {
                    push(&window, &format!("theme-{theme}"), 0).await;
                    let name = format!("{screen}-{theme}-{short}-{width}x{height}");
                    let picture = still_picture(&window).await;
                    fs::write(folder.join(format!("{name}.png")), picture).expect("a picture");
                    if let Some(checks) = &mut checks {
                        checks.check(&window, &name).await;
                    }
                }
            }
        }
    }
    assert_eq!(window.texts("failure").await, Vec::<String>::new(), "no picture shows a failure");
    window.close(&home).await;
    if let Some(checks) = &checks {
        checks.assert_nothing();
    }
}

/// Stops what moves by itself, and hides what only this machine or this moment shows.
async fn hold_still(window: &Window) {
    let script = "const style = document.createElement('style');
        style.textContent = arguments[0];
        document.head.append(style)";
    window.script::<()>(script, &[json!(include_str!("still.css"))]).await;
}

/// Clicks one of the elements with this id without the pointer, which would leave its shade on what it points at.
async fn push(window: &Window, id: &str, place: usize) {
    let script =
        "const element = document.querySelectorAll(`[data-testid=\"${arguments[0]}\"]`)[arguments[1]];
        element?.click();
        return element != null";
    let is_pushed = async || window.script(script, &[json!(id), json!(place)]).await;
    window.until(&format!("{id} number {place} is there"), SOON, is_pushed).await;
}

/// Chooses the language in the settings.
async fn speak(window: &Window, language: &str, tag: &str) {
    window.press(&[Key::Control], ',').await;
    push(window, &format!("settings-language-{language}"), 0).await;
    let is_spoken =
        async || window.script::<String>("return document.documentElement.lang", &[]).await == tag;
    window.until("the language is spoken", SOON, is_spoken).await;
    // The views are made anew, the sheet as well.
    window.until("the settings are there", SOON, async || window.count("settings-sheet").await == 1).await;
    window.press(&[], char::from(Key::Escape)).await;
    window.until("the settings are closed", SOON, async || window.count("settings-sheet").await == 0).await;
}

/// Gives the page this size to the pixel. Nothing frames the window on a display without a desktop.
async fn fit(window: &Window, width: u32, height: u32) {
    window.resize(width, height).await;
    let fits =
        async || window.script::<[u32; 2]>("return [innerWidth, innerHeight]", &[]).await == [width, height];
    window.until(&format!("the page has {width} by {height} pixels"), SOON, fits).await;
}

/// Shows a screen with what the prepared folder has for it.
async fn show(window: &Window, screen: &str, shown: &Shown) {
    push(window, &format!("nav-{screen}"), 0).await;
    let there = async |id: &str, count: usize| {
        window
            .until(&format!("{screen} shows {count} {id}"), COMPUTED, async || {
                window.count(id).await >= count
            })
            .await;
    };
    match screen {
        // How long a run takes, and how many tokens a pair's texts have, is known a moment later.
        "start" => says(window, "[data-testid=start-train] ~ div p", 1).await,
        "data" => {
            first_pair(window, shown).await;
            says(window, ".field > .label > .small", 3).await;
        }
        "train" => {
            there("run-row", prepared::RUNS).await;
            push(window, "run-row", 0).await;
            there("chart-loss", 1).await;
        }
        "sweep" => {
            let are_known = async || {
                let changes = window.texts("sweep-row-change").await;
                !changes.is_empty() && changes.iter().all(|change| !change.is_empty())
            };
            window.until("every change is known", COMPUTED, are_known).await;
        }
        "chat" => there("answer", prepared::ANSWERS).await,
        "vectors" => {
            push(window, "vector-row", 0).await;
            there("vector-facts", 1).await;
        }
        _ => {
            push(window, "model-row", 0).await;
            says(window, "[data-testid=machine-free]", 1).await;
        }
    }
    // A field that has the focus is framed only where the desktop has given it to the window.
    window.script::<()>("document.activeElement?.blur()", &[]).await;
}

/// Waits until so many of the elements that a selector finds have a text.
async fn says(window: &Window, selector: &str, count: usize) {
    let script =
        "return [...document.querySelectorAll(arguments[0])].filter((one) => one.textContent.trim()).length";
    let is_said = async || window.script::<usize>(script, &[json!(selector)]).await >= count;
    window.until(&format!("{count} of {selector} have a text"), COMPUTED, is_said).await;
}

/// Shows the first pair of a data set.
async fn first_pair(window: &Window, shown: &Shown) {
    let choose = "const field = document.querySelector('[data-testid=data-set]');
        const wanted = [...field?.options ?? []].find((option) => option.text === arguments[0]);
        if (!wanted) return false;
        if (field.value !== wanted.value) {
            field.value = wanted.value;
            field.dispatchEvent(new Event('change', { bubbles: true }));
        }
        return true";
    let is_chosen = async || window.script(choose, &[json!(shown.data_set)]).await;
    window.until(&format!("{} can be chosen", shown.data_set), SOON, is_chosen).await;
    let is_there = async || {
        push(window, "pair-row", 0).await;
        window.value("pair-prompt").await == shown.first_prompt
    };
    window.until(&format!("{:?} is shown", shown.first_prompt), SOON, is_there).await;
}

/// Takes pictures until two in a row are the same, and returns the last one.
async fn still_picture(window: &Window) -> Vec<u8> {
    window.frames(FRAMES).await;
    let mut before = window.screenshot().await.expect("a picture");
    for _ in 0..MOST_LOOKS {
        let now = window.screenshot().await.expect("a picture");
        if now == before {
            return now;
        }
        before = now;
    }
    panic!("the page never stands still");
}

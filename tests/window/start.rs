//! Tests the first five minutes: from an empty data folder to three answers in one click, and to a vector of one's own in six.

use std::fs;
use std::time::{Duration, Instant};

use fantoccini::key::Key;
use serde_json::json;

use crate::home::Home;
use crate::steps::open;
use crate::window::{COMPUTED, SOON, Window};

/// The time that the three answers take on two idle cores. It is printed, and a machine with other work may take longer.
const PROMISED: Duration = Duration::from_secs(15);

/// Writes three pairs, one of them held out: with so few, a run takes seconds.
fn few_pairs(home: &Home) -> String {
    let line = |number: usize| {
        let split = if number < 2 { "train" } else { "held-out" };
        json!({
            "prompt": format!("What is nice about day {number}?"),
            "wanted": "Everything! The sun is out, and so are we.",
            "opposite": "Nothing. It is dull, and it will rain.",
            "split": split,
        })
        .to_string()
    };
    let path = home.path("days.jsonl");
    fs::write(&path, (0..3).map(line).collect::<Vec<_>>().join("\n")).expect("a file");
    path.display().to_string()
}

/// Whether there are this many answers with this id, and each has ended by itself or at its limit.
pub(crate) async fn have_ended(window: &Window, id: &str, count: usize) -> bool {
    let ends = window.attributes(id, "data-end").await;
    ends.len() == count && ends.iter().all(|end| end == "end_of_turn" || end == "length")
}

/// Waits until the three answers have ended, and returns their texts.
async fn three_answers(window: &Window) -> Vec<String> {
    let are_there = async || have_ended(window, "start-answer", 3).await;
    window.until("three answers are there", COMPUTED, are_there).await;
    let body =
        "return [...document.querySelectorAll('[data-testid=start-answer] .body')].map(e => e.innerText)";
    window.script(body, &[]).await
}

fn assert_different(texts: &[String]) {
    assert!(texts.iter().all(|text| text.split_whitespace().count() > 5), "{texts:?}");
    assert!(texts[0] != texts[1] && texts[1] != texts[2] && texts[0] != texts[2], "{texts:?}");
}

#[tokio::test]
async fn an_empty_folder_leads_to_the_effect_in_a_click_and_to_an_own_vector_in_six() {
    let home = Home::new();
    let window = Window::open_at_start(&home, &[]).await;
    assert_eq!(window.attributes("nav-start", "aria-current").await, ["page"], "it opens on Start");
    let began = Instant::now();
    window.click("start-show").await;
    let texts = three_answers(&window).await;
    assert_eq!(window.clicks(), 1, "one click leads to the effect");
    let took = began.elapsed();
    println!("three answers after {took:.1?}; on two idle cores at most {PROMISED:?}");
    assert_different(&texts);
    window.picture("start-1-shown").await;

    strength_asks_again(&window, &texts).await;
    own_vector(&window, &home).await;
    window.close(&home).await;
}

/// Moves the slider, which answers anew.
async fn strength_asks_again(window: &Window, before: &[String]) {
    let script =
        "const slider = document.querySelector('[data-testid=start-strength]'); slider.value = arguments[0];
        for (const kind of ['input', 'change']) slider.dispatchEvent(new Event(kind, { bubbles: true }))";
    window.script::<()>(script, &[json!("0.25")]).await;
    let is_new =
        async || window.attributes("start-answer", "data-multiplier").await == ["-0.25", "0", "0.25"];
    window.until("the answers are asked for again", COMPUTED, is_new).await;
    let after = three_answers(window).await;
    assert_eq!(after[1], before[1], "without the vector nothing has changed");
    assert_ne!(after[2], before[2], "a weaker vector answers otherwise");
}

/// Imports pairs, trains on them, and takes the next step.
async fn own_vector(window: &Window, home: &Home) {
    let before = window.clicks();
    window.click("start-paste").await;
    // The field has the focus when the sheet opens.
    window.type_into("import-path", &few_pairs(home)).await;
    window.click("import-preview").await;
    window.click("import-do").await;
    window.until("the sheet is closed", SOON, async || window.count("import-sheet").await == 0).await;
    let is_chosen = async || {
        window.script::<String>("return document.querySelector('[data-testid=start-data-set]').selectedOptions[0]?.innerText ?? ''", &[]).await.contains("2 + 1")
    };
    window.until("the new pairs are chosen on Start", SOON, is_chosen).await;
    window.job_begins("the run", async || window.click("start-train").await).await;
    assert_eq!(window.attributes("nav-start", "aria-current").await, ["page"], "it is watched on Start");
    window.job_ends("the run").await;
    window.until("the notice is there", SOON, async || window.count("notice").await == 1).await;
    let clicks = window.clicks() - before;
    assert!(clicks <= 6, "{clicks} clicks lead to an own vector");
    let answered = async || {
        let ends = window.attributes("start-steered", "data-end").await;
        !ends.is_empty()
            && ends.iter().all(|end| end == "end_of_turn" || end == "length")
            && window.count("start-epoch").await > 1
    };
    window.until("the vector answers after each epoch", COMPUTED, answered).await;
    assert_eq!(window.count("chart-loss").await, 0, "the curves wait behind a button");
    window.click("start-curves").await;
    window.until("the curves are there", SOON, async || window.count("chart-loss").await == 1).await;
    window.picture("start-2-trained").await;
    window.click("notice-dismiss").await;
    window.click("next-chat").await;
    window.until("Chat is there", SOON, async || window.count("empty-ask").await == 1).await;
    assert_eq!(window.count("answer").await, 0, "what was tried on Start is not in Chat");
}

#[tokio::test]
async fn keys_alone_lead_to_the_effect_and_to_an_own_vector() {
    // Enough pairs that the run goes on until a key stops it.
    let home = Home::with_pairs(16, 2);
    let window = Window::open_at_start(&home, &[]).await;
    open::model_is_ready(&window).await;
    window.tab_to("start-show").await;
    window.press(&[], char::from(Key::Enter)).await;
    assert_different(&three_answers(&window).await);

    window.tab_to("start-sentence").await;
    window.type_into("start-sentence", "Answers count every penny.").await;
    window.tab_to("start-train").await;
    window.job_begins("the run", async || window.press(&[], char::from(Key::Enter)).await).await;
    let has_steps = async || window.text("start-left").await.contains("left");
    window.until("the time is said", COMPUTED, has_steps).await;
    window.picture("start-3-training").await;
    window.tab_to("start-stop").await;
    window.press(&[], char::from(Key::Enter)).await;
    window.until("the vector is kept", COMPUTED, async || window.count("next-chat").await == 1).await;
    assert!(window.text("start-run").await.contains("Answers count every penny"));
    window.tab_to("next-chat").await;
    window.press(&[], char::from(Key::Enter)).await;
    window.until("Chat is there", SOON, async || window.count("empty-ask").await == 1).await;
    assert_eq!(window.clicks(), 0);
    window.close(&home).await;

    // With a run, the window opens where it was left.
    let window = Window::open_at_start(&home, &[]).await;
    assert_eq!(window.attributes("nav-chat", "aria-current").await, ["page"]);
    window.close(&home).await;
}

#[tokio::test]
async fn without_its_model_start_says_what_to_do() {
    let home = Home::without_model();
    let window = Window::open_at_start(&home, &[]).await;
    window.until("it says what is missing", COMPUTED, async || window.count("start-models").await == 1).await;
    assert_eq!(window.attributes("start-show", "disabled").await, [""], "nothing can be shown");
    window.picture("start-4-no-model").await;
    window.click("start-models").await;
    window.until("Models is there", SOON, async || window.count("models-table").await == 1).await;
    window.close(&home).await;
}

#[tokio::test]
async fn empty_screens_do_the_next_step_and_the_help_has_commands_and_words() {
    let home = Home::new();
    let window = Window::open(&home).await;
    open::model_is_ready(&window).await;
    window.click("nav-chat").await;
    window.click("empty-ask").await;
    window.until("answers begin", COMPUTED, async || window.count("answer").await == 3).await;
    window.click("chat-stop").await;
    window.click("nav-train").await;
    window.job_begins("the run", async || window.click("empty-train").await).await;
    window.click("job-stop").await;
    window.job_ends("the run").await;
    window.click("nav-sweep").await;
    window.job_begins("the sweep", async || window.click("empty-sweep").await).await;
    window.click("job-stop").await;
    window.job_ends("the sweep").await;

    window.press(&[], '?').await;
    window.until("the help opens", SOON, async || window.count("help-sheet").await == 1).await;
    window.type_into("help-search", "residual").await;
    window.until("a word is found", SOON, async || window.count("term-residual-stream").await == 1).await;
    assert_eq!(window.count("help-command").await, 0, "no command has this word");
    window.fill("help-search", "go to models").await;
    window.until("a command is found", SOON, async || window.count("help-command").await == 1).await;
    window.picture_as_it_is("start-5-help").await;
    window.click("help-command").await;
    window.until("it has run", SOON, async || window.count("models-table").await == 1).await;
    window.close(&home).await;
}

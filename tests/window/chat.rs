//! Tests Chat: a conversation of three turns in three columns whose slider moves while text streams, against the engine, and
//! what can be done with its turns by keys and pointer.

use std::path::Path;
use std::thread;

use fantoccini::key::Key;
use ipc::command::ReadTurns;
use ipc::conversation::{Said, Turn};
use test_support::engine::Engine;
use test_support::window::Tiller;
use vectors::files::VectorFile;
use vectors::steering::SteeringVector;

use crate::chat_columns::{a_column_is_moved_closed_and_taken_back, are_columns, ends_are_shown};
use crate::home::Home;
use crate::steps::open;
use crate::window::{COMPUTED, SOON, Window};

/// The longest answer: long enough to move a slider meanwhile.
const LONGEST: &str = "60";

/// The longest answer where no slider moves: long enough to differ by its seed.
const SHORTER: &str = "40";

/// Returns the vector that steers at first.
fn cheerful() -> SteeringVector {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../datasets/vectors/answers-cheerfully.safetensors");
    VectorFile::read(&file, None).expect("the shipped vector").vectors.remove(0)
}

/// Opens Chat with the shipped vector, with answers of at most `longest` tokens in every column.
async fn chat(home: &Home, longest: &str) -> Window {
    let window = Window::open(home).await;
    open::model_is_ready(&window).await;
    window.click("nav-chat").await;
    window.until("there are three columns", SOON, async || window.count("chat-column").await == 3).await;
    window.click("column-menu").await;
    window.click("column-menu-sampling").await;
    window.fill("sampling-max-new-tokens", longest).await;
    window.press(&[], char::from(Key::Tab)).await;
    window.click("column-sampling-all").await;
    window.click("column-panel-close").await;
    window
}

/// Sends a message by Enter.
async fn say(window: &Window, text: &str) {
    window.fill("chat-input", text).await;
    window.press(&[], char::from(Key::Enter)).await;
    window.until("it is sent", COMPUTED, async || window.value("chat-input").await.is_empty()).await;
}

/// Waits until so many answers are shown, and none of them grows.
async fn answered(window: &Window, count: usize) {
    let is_over = async || {
        let ends = window.attributes("answer", "data-end").await;
        ends.len() == count && ends.iter().all(|end| end != "open")
    };
    window.until(&format!("{count} answers are there"), COMPUTED, is_over).await;
    assert_eq!(window.texts("failure").await, Vec::<String>::new());
}

/// Keeps what a screen reader hears from now on.
const LISTEN: &str = r#"
    const said = document.querySelector('[data-testid="chat-announcer"]');
    window.heard = [];
    new MutationObserver(() => window.heard.push(said.textContent))
        .observe(said, { childList: true, characterData: true, subtree: true });
"#;

/// Gives the focus to the first answer.
const TO_FIRST_ANSWER: &str = "document.querySelector('[data-testid=answer]').focus()";

/// Reads the shown turns of each column behind the window, which is closed.
fn shown(home: &Home) -> Vec<Vec<Turn>> {
    let paths = test_support::paths_without_model(&home.data());
    let read = move || {
        let tiller = Tiller::open(&paths);
        let conversation = tiller.watch().conversations.remove(0);
        let turns = tiller.get(ReadTurns { conversation: conversation.id });
        let of = |column: u32| {
            turns.iter().filter(|turn| turn.column == column && turn.shown).cloned().collect::<Vec<_>>()
        };
        conversation.desk.columns.iter().map(|column| of(column.id)).collect()
    };
    // A thread of its own is no worker of the test's runtime.
    thread::spawn(read).join().expect("the turns")
}

#[tokio::test]
async fn three_turns_in_three_columns_with_a_slider_moved_are_what_the_engine_says() {
    let home = Home::new();
    let window = chat(&home, LONGEST).await;
    window.picture("chat-1-empty").await;
    window.script::<()>(LISTEN, &[]).await;
    say(&window, "What should I do with a free afternoon?").await;
    answered(&window, 3).await;
    let heard: Vec<String> = window.script("return window.heard", &[]).await;
    assert!((1..=3).contains(&heard.len()), "a screen reader hears answers, and no tokens: {heard:?}");
    say(&window, "And when it rains?").await;
    let grows = async || window.texts("answer-text").await.iter().filter(|text| text.len() > 8).count() == 6;
    window.until("all of them have words", COMPUTED, grows).await;
    window.click("strip-value").await;
    window.script::<()>("document.querySelector('[data-testid=strip-slider]').focus()", &[]).await;
    for _ in 0..5 {
        window.press(&[], char::from(Key::Up)).await;
    }
    answered(&window, 6).await;
    assert_eq!(window.value("strip-value").await, "1.5");
    assert!(window.count("steering-mark").await >= 2, "both steered columns say where it changed");
    say(&window, "Thank you.").await;
    answered(&window, 9).await;
    window.picture("chat-2-three-turns").await;
    window.click("drift-toggle").await;
    window.click("drift-measure").await;
    window.until("the drift is drawn", COMPUTED, async || window.count("drift-picture").await == 1).await;
    ends_are_shown(&window, "above the drift").await;
    window.picture("chat-drift").await;
    window.click("drift-toggle").await;
    window.click("conversation-new").await;
    window.until("another one has not begun", SOON, async || window.count("answer").await == 0).await;
    window.click("conversation-open").await;
    window.until("it is open again", SOON, async || window.count("answer").await == 9).await;
    ends_are_shown(&window, "once it is open again").await;
    window.click("strip-caps").await;
    window.click("caps-on").await;
    let is_capped = async || window.text("strip-caps").await.contains("p25");
    window.until("the caps are measured", COMPUTED, is_capped).await;
    window.picture("chat-caps").await;
    window.click("caps-off").await;
    window.click("strip-caps").await;
    window.resize(960, 640).await;
    ends_are_shown(&window, "in a small window").await;
    window.picture("chat-3-small").await;
    window.close(&home).await;

    let columns = shown(&home);
    let engine = Engine::new(cheerful());
    for (turns, factor) in columns.iter().zip([-1.0, 0.0, 1.0]) {
        let answers = engine.compare(turns);
        assert_eq!(answers.len(), 3);
        assert!(heard.iter().any(|said| said.contains(&answers[0].text)), "{heard:?}");
        let last = answers[2].steering[0].terms.first().map_or(0.0, |term| term.multiplier);
        assert!((last - 1.5 * factor).abs() < 1e-9, "{last}");
        assert_eq!(answers[1].steering.len() > 1, factor != 0.0, "the second answer was steered otherwise");
    }
}

/// Lets changes act as if from the start: the answers are made again, and after a move of the slider those that it steers. Returns
/// the answers that are there then.
async fn changes_act_from_the_start(window: &Window, texts: &[String]) -> Vec<String> {
    let are_variants = async |counts: [&str; 3]| {
        let shown = window.texts("variant").await;
        shown.len() == 3 && shown.iter().zip(counts).all(|(shown, count)| shown.contains(count))
    };
    window.click("desk-from-start").await;
    window.until("all are made again", COMPUTED, async || are_variants(["3/3", "2/2", "2/2"]).await).await;
    answered(window, 3).await;
    assert_eq!(window.texts("answer-text").await, texts, "at the same strength with the same seed");
    window.script::<()>("document.querySelector('[data-testid=strip-slider]').focus()", &[]).await;
    window.press(&[], char::from(Key::Up)).await;
    window
        .until("the steered ones are made again", COMPUTED, async || {
            are_variants(["4/4", "2/2", "3/3"]).await
        })
        .await;
    answered(window, 3).await;
    let texts = window.texts("answer-text").await;
    window.click("desk-from-next").await;

    // What is typed stays with its conversation.
    window.fill("chat-input", "Half a").await;
    window.click("conversation-new").await;
    window.until("the field is empty", SOON, async || window.value("chat-input").await.is_empty()).await;
    window.click("conversation-open").await;
    window.until("it is typed still", SOON, async || window.value("chat-input").await == "Half a").await;

    // The field for the beginning of the answers takes the focus when it is asked for, and not when its conversation is opened.
    window.click("prefill-toggle").await;
    window.until("the field has the focus", SOON, async || window.focused().await == "chat-prefill").await;
    window.click("conversation-new").await;
    window.until("it is not there", SOON, async || window.count("chat-prefill").await == 0).await;
    window.click("conversation-open").await;
    window.until("it is there again", SOON, async || window.count("chat-prefill").await == 1).await;
    window.frames(3).await;
    assert_ne!(window.focused().await, "chat-prefill");
    window.click("prefill-toggle").await;
    window.until("the answers are there", SOON, async || window.texts("answer-text").await == texts).await;
    texts
}

/// Lays the only preset, which has one column, on the desk of three, and takes that back.
async fn a_preset_is_applied_and_taken_back(window: &Window) {
    let says = async |words: &str| {
        let is_said = async || window.text("undo-toast-text").await == words;
        window.until(&format!("the toast says {words:?}"), SOON, is_said).await;
    };
    window.click("presets").await;
    window.click("preset-apply").await;
    are_columns(window, 1).await;
    says("Applied \u{201c}Sunny\u{201d}.").await;
    window.press(&[Key::Control], 'z').await;
    are_columns(window, 3).await;
    says("Put back: the desk before \u{201c}Sunny\u{201d}.").await;
}

#[tokio::test]
async fn turns_are_answered_again_stopped_edited_followed_and_deleted() {
    let home = Home::new();
    let window = chat(&home, SHORTER).await;
    say(&window, "What is rain?").await;
    answered(&window, 3).await;
    let texts = window.texts("answer-text").await;
    assert!(texts[0] != texts[2], "the vector makes a difference: {texts:?}");

    // Another seed, and back to the first variant by keys alone: what takes the place of an answer has its focus.
    window.script::<()>(TO_FIRST_ANSWER, &[]).await;
    window.press(&[], 'r').await;
    window
        .until("there are two variants", COMPUTED, async || window.text("variant").await.contains('2'))
        .await;
    answered(&window, 3).await;
    assert_ne!(window.texts("answer-text").await[0], texts[0]);
    window.press(&[], char::from(Key::Left)).await;
    let is_first = async || window.texts("answer-text").await[0] == texts[0];
    window.until("the first variant is shown", SOON, is_first).await;

    let texts = changes_act_from_the_start(&window, &texts).await;

    // The others go on with the third column's answer.
    window.click_nth("turn-menu", 2).await;
    window.click("turn-follow").await;
    let is_followed = async || window.texts("answer-text").await.iter().all(|text| *text == texts[2]);
    window.until("all columns have that answer", SOON, is_followed).await;

    // Escape stops all answers and keeps their words.
    say(&window, "Tell me a very long story about the sea.").await;
    let grows =
        async || window.texts("answer-text").await.iter().filter(|text| !text.is_empty()).count() == 6;
    window.until("they have words", COMPUTED, grows).await;
    window.press(&[], char::from(Key::Escape)).await;
    answered(&window, 6).await;

    // A deleted message comes back by Ctrl+Z.
    window.click_nth("message", 3).await;
    window.press(&[], char::from(Key::Delete)).await;
    window.until("a message is gone", SOON, async || window.count("message").await == 5).await;
    window.press(&[Key::Control], 'z').await;
    window.until("it is back", SOON, async || window.count("message").await == 6).await;

    // What steered an answer becomes a preset, and the answer a pair with another column's.
    window.script::<()>(TO_FIRST_ANSWER, &[]).await;
    window.press(&[], 'p').await;
    window.fill("preset-name", "Sunny").await;
    window.press(&[], char::from(Key::Enter)).await;
    window.until("it is kept", SOON, async || window.count("answer-preset").await == 0).await;
    a_preset_is_applied_and_taken_back(&window).await;
    a_column_is_moved_closed_and_taken_back(&window).await;
    window.script::<()>(TO_FIRST_ANSWER, &[]).await;
    window.press(&[], 'a').await;
    window.click("pair-form-add").await;
    let is_added = async || window.text("pair-form").await.contains("Added to");
    window.until("the pair is added", SOON, is_added).await;
    window.close(&home).await;

    let made = test_support::paths_without_model(&home.data());
    let presets = thread::spawn(move || Tiller::open(&made).watch().presets).join().expect("the presets");
    let desk = &presets[0].desk;
    assert_eq!(
        (presets.len(), presets[0].name.as_str(), desk.strips[0].value),
        (1, "Sunny", 1.1),
        "it was the third column's"
    );

    for turns in shown(&home) {
        let said = turns.iter().filter(|turn| matches!(turn.said, Said::Person { .. })).count();
        assert_eq!((said, turns.len()), (2, 4), "{turns:?}");
    }
}

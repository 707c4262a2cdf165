//! Tests that nothing runs that cannot be read, and that a refusal goes when its cause goes.

use fantoccini::key::Key;

use super::{
    SIZES, choose, counts, is_disabled, is_free, offers, palette, press, reach, refuses, use_set, write,
};
use crate::home::Home;
use crate::steps::open;
use crate::window::{SOON, Window};

/// Nonsense for layers stays while other settings change, and no key starts a run.
async fn nonsense_on_train(window: &Window) {
    window.press(&[Key::Control], '2').await;
    counts(window, "train-epochs", 1).await;
    if window.count("train-layers").await == 0 {
        choose(window, "train-several").await;
        counts(window, "train-layers", 1).await;
    }
    write(window, "train-layers", "8, 10-12, 40").await;
    refuses(window, "train-layers", "train-start", "8").await;
    write(window, "train-epochs", "3").await;
    write(window, "train-rate", "abc").await;
    refuses(window, "train-rate", "train-start", "is not a number").await;
    write(window, "train-rate", "0.02").await;
    refuses(window, "train-layers", "train-start", "8").await;
    assert_eq!(window.value("train-layers").await, "8, 10-12, 40", "what is typed stays");
    assert!(!offers(window, "Train with the settings").await, "the palette starts no run either");
    write(window, "train-layers", "0").await;
    is_free(window, "train-start").await;
    assert!(offers(window, "Train with the settings").await);
}

/// The same for the numbers of a sweep: its range, its list, and how many prompts are answered.
async fn nonsense_on_sweep(window: &Window) {
    window.press(&[Key::Control], '3').await;
    counts(window, "goal-custom", 1).await;
    choose(window, "goal-custom").await;
    counts(window, "score-divergence", 1).await;
    write(window, "sweep-step", "abc").await;
    refuses(window, "sweep-step", "sweep-start", "is not a number").await;
    write(window, "sweep-from", "-1").await;
    assert_eq!(window.value("sweep-step").await, "abc", "what is typed stays");
    assert!(!offers(window, "Sweep with the settings").await, "the palette starts no sweep either");
    write(window, "sweep-step", "1").await;
    is_free(window, "sweep-start").await;
    write(window, "sweep-to", "-5").await;
    counts(window, "sweep-range-fault", 1).await;
    assert!(is_disabled(window, "sweep-start").await);
    write(window, "sweep-to", "2").await;
    is_free(window, "sweep-start").await;

    choose(window, "sweep-list").await;
    counts(window, "sweep-multipliers", 1).await;
    write(window, "sweep-multipliers", "1 two").await;
    refuses(window, "sweep-multipliers", "sweep-start", "two").await;
    write(window, "sweep-multipliers", "-1 0 1").await;
    is_free(window, "sweep-start").await;
    reach(window, "sweep-list").await;
    press(window, Key::Left).await;
    press(window, Key::Enter).await;
    counts(window, "sweep-step", 1).await;

    choose(window, "goal-read").await;
    counts(window, "score-divergence", 0).await;
    write(window, "sweep-limit", "0").await;
    refuses(window, "sweep-limit", "sweep-start", "no number of prompts").await;
    write(window, "sweep-limit", "2").await;
    counts(window, "sweep-limit-fault", 0).await;
}

#[tokio::test]
async fn a_field_that_cannot_be_read_waits_with_its_reason_whatever_else_changes() {
    let home = Home::tiny_with_vector(4, 2);
    let window = Window::open(&home).await;
    open::model_is_ready(&window).await;
    for (width, height) in SIZES {
        window.resize(width, height).await;
        nonsense_on_train(&window).await;
        nonsense_on_sweep(&window).await;
    }
    window.close(&home).await;
}

/// Reads the refusals that are seen: a screen that is not shown keeps its own.
async fn seen(window: &Window) -> Vec<String> {
    let script =
        "return [...document.querySelectorAll('[data-testid=failure]')].filter(note => note.offsetHeight > 0)
        .map(note => note.innerText)";
    window.script(script, &[]).await
}

/// Presses a button, which is refused in these words.
async fn is_refused(window: &Window, button: &str, words: &str) {
    choose(window, button).await;
    let is_said = async || seen(window).await.iter().any(|note| note.contains(words));
    window.until(&format!("{button} is refused: {words}"), SOON, is_said).await;
}

/// Waits until a screen is shown, and no refusal on it.
async fn is_forgotten(window: &Window, screen: &str) {
    let is_shown = async || window.attributes(screen, "aria-current").await == ["page"];
    window.until(&format!("{screen} is shown"), SOON, is_shown).await;
    window.until("no refusal is seen", SOON, async || seen(window).await.is_empty()).await;
}

/// Adds an empty pair to a data set, and holds it out, so that neither training nor a sweep can use the data set.
async fn add_an_empty_pair(window: &Window, name: &str) {
    window.press(&[Key::Control], '1').await;
    window.until("a pair is open", SOON, async || !window.value("pair-prompt").await.is_empty()).await;
    let of_before = window.value("pair-prompt").await;
    use_set(window, name).await;
    let is_open = async || {
        let prompt = window.value("pair-prompt").await;
        !prompt.is_empty() && prompt != of_before
    };
    window.until("a pair of the data set is open", SOON, is_open).await;
    let whole = window.text("pair-counts").await;
    window.press(&[Key::Control, Key::Shift], 'N').await;
    let is_added =
        async || window.value("pair-prompt").await.is_empty() && window.text("pair-counts").await != whole;
    window.until("an empty pair is added and open", SOON, is_added).await;
    let with_it = window.text("pair-counts").await;
    palette(window, "hold the pairs out", "Hold the pairs out").await;
    press(window, Key::Enter).await;
    let is_held_out = async || window.text("pair-counts").await != with_it;
    window.until("the pair is held out", SOON, is_held_out).await;
}

#[tokio::test]
async fn a_refusal_goes_when_another_data_set_or_number_is_chosen() {
    let home = Home::tiny_with_vector(4, 2);
    let window = Window::open(&home).await;
    open::model_is_ready(&window).await;
    add_an_empty_pair(&window, "Writes formally").await;
    for (width, height) in SIZES {
        window.resize(width, height).await;
        for (key, tab, button) in [
            ('2', "tab-run", "train-start"),
            ('2', "tab-steerability", "steerability-start"),
            ('3', "", "sweep-start"),
        ] {
            use_set(&window, "Writes formally").await;
            window.press(&[Key::Control], key).await;
            if !tab.is_empty() {
                choose(&window, tab).await;
            }
            counts(&window, button, 1).await;
            is_refused(&window, button, "has no prompt").await;
            use_set(&window, "Answers cheerfully").await;
            window.press(&[Key::Control], key).await;
            is_forgotten(&window, if key == '2' { "nav-train" } else { "nav-sweep" }).await;
        }

        window.press(&[Key::Control], '1').await;
        choose(&window, "view-choice").await;
        is_refused(&window, "choices-unmake", "None of these pairs is a choice").await;
        use_set(&window, "Writes formally").await;
        is_forgotten(&window, "nav-data").await;
        choose(&window, "view-pair").await;

        window.press(&[Key::Control], '5').await;
        choose(&window, "vectors-tab-derive").await;
        write(&window, "derive-factor", "0").await;
        is_refused(&window, "derive-scale", "must be a number other than 0").await;
        write(&window, "derive-factor", "2").await;
        is_forgotten(&window, "nav-vectors").await;
        choose(&window, "vectors-tab-vector").await;
    }
    window.close(&home).await;
}

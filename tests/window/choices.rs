//! Tests that what a person chose stays, and that what is shown is there: beside another data set, on another screen, in a small
//! window.

use serde_json::json;

use crate::home::Home;
use crate::steps::open;
use crate::window::{SOON, Window};
use fantoccini::key::Key;

/// Chooses the data set at this place of the list, from 0, on the Train screen.
async fn choose_set(window: &Window, place: usize) {
    let choose = "const field = document.querySelector('[data-testid=train-data-set]');
        field.selectedIndex = arguments[0];
        field.dispatchEvent(new Event('change', { bubbles: true }))";
    window.script::<()>(choose, &[json!(place)]).await;
}

#[tokio::test]
async fn another_data_set_keeps_the_settings_and_offers_its_own() {
    let home = Home::with_pairs(8, 4);
    let window = Window::open(&home).await;
    open::model_is_ready(&window).await;
    window.click("nav-train").await;
    window.until("the settings are there", SOON, async || window.count("train-epochs").await == 1).await;
    let usual = window.value("train-epochs").await;
    window.fill("train-epochs", "7").await;
    choose_set(&window, 1).await;
    window.until("its settings are offered", SOON, async || window.count("train-use-set").await == 1).await;
    assert_eq!(window.value("train-epochs").await, "7", "the settings are the person's");
    window.picture("choices-1-offered").await;
    window.click("train-use-set").await;
    window.until("its settings are taken", SOON, async || window.value("train-epochs").await == usual).await;
    assert_eq!(window.count("train-use-set").await, 0);

    // A method that reads its vector off the activations shows no steps.
    window.click("method-change").await;
    window.click("method-caa").await;
    window.job("the extraction", async || window.click("train-start").await).await;
    window.until("the run is shown", SOON, async || window.count("run-extracted").await == 1).await;
    assert_eq!((window.count("chart-loss").await, window.count("train-step-count").await), (0, 0));
    window.picture("choices-2-extracted").await;
    window.close(&home).await;
}

#[tokio::test]
async fn arrow_keys_move_in_tabs_and_tab_leaves_them() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.click("nav-train").await;
    window.click("tab-run").await;
    window.script::<()>("document.querySelector('[data-testid=tab-run]').focus()", &[]).await;
    window.press(&[], char::from(Key::Right)).await;
    window.until("the next tab has the focus", SOON, async || window.focused().await == "tab-epochs").await;
    assert_eq!(window.attributes("tab-run", "aria-selected").await, ["true"], "an arrow key chooses nothing");
    window.press(&[], char::from(Key::Enter)).await;
    let is_chosen = async || window.attributes("tab-epochs", "aria-selected").await == ["true"];
    window.until("Enter chooses it", SOON, is_chosen).await;
    let one = "return document.querySelector('[data-testid=tab-run]').closest('[role=tablist]').querySelectorAll('[tabindex=\"0\"]').length";
    window.until("Tab leads to one of them", SOON, async || window.script::<u32>(one, &[]).await == 1).await;
    window.press(&[], char::from(Key::Tab)).await;
    let is_outside = async || !window.focused().await.starts_with("tab-");
    window.until("Tab leaves the tabs", SOON, is_outside).await;
    window.close(&home).await;
}

#[tokio::test]
async fn the_list_of_pairs_is_there_after_a_change_elsewhere_and_in_a_small_window() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.click("nav-data").await;
    window.until("the pairs are listed", SOON, async || window.count("pair-row").await > 5).await;
    let visible = "const list = document.querySelector('[data-testid=pair-list]').getBoundingClientRect();
        const isThere = (row) => { const box = row.getBoundingClientRect();
            return box.top < list.bottom && box.bottom > list.top && row.innerText.trim() !== ''; };
        return [...document.querySelectorAll('[data-testid=pair-row]')].filter(isThere).length";
    let shown = async || window.script::<usize>(visible, &[]).await;
    let whole = shown().await;
    assert!(whole > 5, "{whole}");
    let first = window.text("pair-row").await;
    window.script::<()>("document.querySelector('[data-testid=pair-list]').scrollTop = 100000", &[]).await;
    let is_at_the_end = async || !window.texts("pair-row").await.contains(&first) && shown().await > 5;
    window.until("the end of the list is shown", SOON, is_at_the_end).await;
    window.click("nav-train").await;
    window.until("the settings are there", SOON, async || window.count("train-data-set").await == 1).await;
    choose_set(&window, 2).await;
    window.click("nav-data").await;
    window.until("the list is not blank", SOON, async || shown().await + 1 >= whole).await;

    // With Shift, a click selects rows and no text.
    let press =
        "const down = new MouseEvent('mousedown', { shiftKey: true, bubbles: true, cancelable: true });
        document.querySelector('[data-testid=pair-row]').dispatchEvent(down);
        return down.defaultPrevented";
    assert!(window.script::<bool>(press, &[]).await);

    window.resize(960, 640).await;
    let width = async |testid: &str| {
        let width =
            "return document.querySelector(`[data-testid=${arguments[0]}]`).getBoundingClientRect().width";
        window.script::<f64>(width, &[json!(testid)]).await
    };
    for field in ["data-set", "pair-search"] {
        let found = width(field).await;
        assert!(found > 200.0, "{field} is {found} pixels wide");
    }
    window.picture("choices-3-small").await;
    window.close(&home).await;
}

#[tokio::test]
async fn the_page_is_never_loaded_again_and_keeps_what_is_typed() {
    let home = Home::new();
    let window = Window::open(&home).await;
    window.click("nav-sweep").await;
    window.until("the form is there", SOON, async || window.count("sweep-step").await == 1).await;
    window.click("goal-custom").await;
    window.fill("sweep-step", "0.25").await;
    window.script::<()>("document.activeElement.blur(); window.isTheSamePage = true", &[]).await;
    window.press(&[Key::Control], 'r').await;
    window.press(&[Key::Control, Key::Shift], 'R').await;
    window.press(&[], char::from(Key::F5)).await;
    assert!(window.script::<bool>("return window.isTheSamePage ?? false", &[]).await, "it was loaded again");
    assert_eq!(window.value("sweep-step").await, "0.25");

    // The web view's own menu, which offers Reload, is there in fields alone.
    let has_menu = async |selector: &str| {
        let click = "const event = new MouseEvent('contextmenu', { bubbles: true, cancelable: true, clientX: 5, clientY: 5 });
            document.querySelector(arguments[0]).dispatchEvent(event);
            return !event.defaultPrevented";
        window.script::<bool>(click, &[json!(selector)]).await
    };
    for field in ["[data-testid=sweep-step]", "[data-testid=sweep-prompts]"] {
        assert!(has_menu(field).await, "{field} can be copied from and pasted into");
    }
    for other in
        ["body", "h2", "[data-testid=sweep-vector]", "[data-testid=nav-data]", "[data-testid=sweep-start]"]
    {
        assert!(!has_menu(other).await, "{other} offers Reload");
    }
    window.close(&home).await;
}

#[tokio::test]
async fn each_measured_set_has_its_own_rubric_in_the_form() {
    let home = Home::with_pairs(4, 2);
    let window = Window::open(&home).await;
    open::model_is_ready(&window).await;
    window.click("nav-sweep").await;
    window.click("goal-custom").await;
    window.click("score-judge").await;
    window.until("its rubric is there", SOON, async || window.count("rubric").await == 1).await;
    let tick = async |place: usize| {
        let tick = "const chips = document.querySelectorAll('[data-testid=sweep-set]');
            if (chips[arguments[0]].getAttribute('aria-pressed') !== 'true') chips[arguments[0]].click()";
        window.script::<()>(tick, &[json!(place)]).await;
    };
    tick(0).await;
    tick(1).await;
    let of_two = async || window.count("rubric-set").await >= 2;
    window.until("each set has a rubric", SOON, of_two).await;
    let before: Vec<String> = behaviors(&window).await;
    assert!(before.len() >= 2 && before[0] != before[1], "{before:?}");
    let change = "const field = document.querySelectorAll('[data-testid=rubric-behavior]')[1];
        field.value = 'a love of rules'; field.dispatchEvent(new Event('change', { bubbles: true }))";
    window.script::<()>(change, &[]).await;
    let changed = async || behaviors(&window).await.get(1).is_some_and(|text| text == "a love of rules");
    window.until("the second one is edited", SOON, changed).await;
    assert_eq!(behaviors(&window).await[0], before[0], "the first one stays");
    window.picture("choices-4-rubrics").await;
    window.close(&home).await;
}

/// Reads what each rubric is about.
async fn behaviors(window: &Window) -> Vec<String> {
    let script =
        "return [...document.querySelectorAll('[data-testid=rubric-behavior]')].map(field => field.value)";
    window.script(script, &[]).await
}

#[tokio::test]
async fn apostrophes_and_quotation_marks_are_those_of_a_latin_font() {
    let home = Home::without_model();
    let window = Window::open(&home).await;
    let width = "const mark = document.createElement('span');
        mark.style.cssText = 'position: absolute; font-size: 100px';
        mark.textContent = arguments[0];
        document.body.append(mark);
        const { width } = mark.getBoundingClientRect();
        mark.remove();
        return width";
    for (mark, widest) in [("\u{2019}", 60.0), ("\u{201c}", 80.0), ("\u{b7}", 60.0)] {
        let found = window.script::<f64>(width, &[json!(mark)]).await;
        assert!(found < widest, "{mark} is {found} hundredths of its height wide, as in a font for Chinese");
    }
    let chinese = window.script::<f64>(width, &[json!("\u{6c49}")]).await;
    assert!((chinese - 100.0).abs() < 10.0, "a Chinese character is {chinese} wide");
    window.close(&home).await;
}

#[tokio::test]
async fn code_has_letters_of_one_width_in_every_language() {
    let home = Home::without_model();
    let window = Window::open(&home).await;
    let widths = "document.documentElement.lang = arguments[0];
        const made = arguments[1].split(' ').reduce((within, part) => {
            const [tag, name] = part.split('.');
            const element = document.createElement(tag);
            element.className = name ?? '';
            within.append(element);
            return element;
        }, document.body);
        made.style.position = 'absolute';
        const widths = ['iiiiiiiiii', 'MMMMMMMMMM'].map(text => {
            made.textContent = text;
            return made.getBoundingClientRect().width;
        });
        document.body.lastElementChild.remove();
        return widths";
    let of = async |language: &str, path: &str| -> (f64, f64) {
        window.script(widths, &[json!(language), json!(path)]).await
    };
    let code = [
        "pre.example",
        "span.mono",
        "div.tokens span",
        "div.chips span",
        "div.markdown code",
        "div.markdown pre",
    ];
    for language in ["en", "zh-CN"] {
        for path in code {
            let (narrow, wide) = of(language, path).await;
            assert!((narrow - wide).abs() < 0.5, "{path} in {language}: {narrow} and {wide}");
        }
        let (narrow, wide) = of(language, "span").await;
        assert!(wide > 2.0 * narrow, "the rest in {language}: {narrow} and {wide}");
    }
    window.close(&home).await;
}

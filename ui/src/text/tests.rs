//! Holds the files of the languages against each other and against the sources.

use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser::parse;

use super::bundles::written;
use super::{Argument, Language, source};

/// The variables of each message of a language.
fn messages(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let mut all = BTreeMap::new();
    for text in language.files() {
        let resource = parse(*text).unwrap_or_else(|(_, faults)| panic!("{language:?}: {faults:?}"));
        for entry in resource.body {
            let Entry::Message(message) = entry else {
                assert!(!matches!(entry, Entry::Junk { .. }), "{language:?} has a line that is no message");
                continue;
            };
            let mut variables = BTreeSet::new();
            let pattern = message.value.unwrap_or_else(|| panic!("{} has no text", message.id.name));
            of_pattern(&pattern, &mut variables);
            let before = all.insert(message.id.name.to_owned(), variables);
            assert!(before.is_none(), "{} is there twice in {language:?}", message.id.name);
        }
    }
    all
}

fn of_pattern(pattern: &Pattern<&str>, variables: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            of_expression(expression, variables);
        }
    }
}

fn of_expression(expression: &Expression<&str>, variables: &mut BTreeSet<String>) {
    match expression {
        Expression::Select { selector, variants } => {
            of_inline(selector, variables);
            for variant in variants {
                of_pattern(&variant.value, variables);
            }
        }
        Expression::Inline(inline) => of_inline(inline, variables),
    }
}

fn of_inline(inline: &InlineExpression<&str>, variables: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            variables.insert(id.name.to_owned());
        }
        InlineExpression::Placeable { expression } => of_expression(expression, variables),
        _ => {}
    }
}

#[test]
fn every_language_has_the_same_messages_with_the_same_variables() {
    let english = messages(Language::English);
    let chinese = messages(Language::Chinese);
    let missing: Vec<_> = english.keys().filter(|id| !chinese.contains_key(*id)).collect();
    assert!(missing.is_empty(), "Chinese lacks {missing:?}");
    let unknown: Vec<_> = chinese.keys().filter(|id| !english.contains_key(*id)).collect();
    assert!(unknown.is_empty(), "only Chinese has {unknown:?}");
    for (id, variables) in &english {
        // A form of one language may do without a number that another needs, so none may have one that is not given.
        assert!(
            chinese[id].is_subset(variables)
                && variables.iter().all(|name| name == "count" || chinese[id].contains(name)),
            "{id}: {variables:?} in English, {:?} in Chinese",
            chinese[id]
        );
    }
}

#[test]
fn every_message_is_used_with_the_values_that_it_takes() {
    let mut unused = messages(Language::English);
    let all = unused.clone();
    for used in source::read().uses {
        let variables = all.get(&used.id).unwrap_or_else(|| panic!("{}: no message {}", used.place, used.id));
        let given: BTreeSet<String> = used.values.into_iter().collect();
        assert_eq!(&given, variables, "{}: {}", used.place, used.id);
        unused.remove(&used.id);
    }
    // A message of a table stands there as an id, not in `t!`.
    for text in source::read().texts {
        unused.remove(&text.value);
    }
    // What the application says is held against its own sources.
    unused.retain(|id, _| !id.starts_with("said-"));
    assert!(unused.is_empty(), "nobody uses {:?}", unused.keys().collect::<Vec<_>>());
}

#[test]
fn chinese_is_written_in_chinese() {
    let lines = |language: Language| -> BTreeMap<String, String> {
        let all = language.files().concat();
        let of_line =
            |line: &str| line.split_once(" =").map(|(id, text)| (id.to_owned(), text.trim().to_owned()));
        all.lines()
            .filter(|line| line.starts_with(|letter: char| letter.is_ascii_lowercase()))
            .filter_map(of_line)
            .collect()
    };
    let english = lines(Language::English);
    for (id, text) in lines(Language::Chinese) {
        // Names, units and variables are the same in both; a text that goes on in the next lines has none here.
        let is_chinese = text.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter));
        assert!(
            is_chinese || text.is_empty() || english.get(&id) == Some(&text) || !has_words(&text),
            "{id}: {text}"
        );
    }
}

/// The names of programs that are written small.
const SMALL_NAMES: &[&str] = &["candle", "llama", "safetensors", "transformers", "peft", "repeng"];

/// Whether a text has words besides its variables; most names have capitals.
fn has_words(text: &str) -> bool {
    let mut outside = String::new();
    let mut depth = 0_i32;
    for letter in text.chars() {
        depth += i32::from(letter == '{') - i32::from(letter == '}');
        if depth == 0 {
            outside.push(letter);
        }
    }
    outside.split(|letter: char| !letter.is_ascii_alphabetic()).any(|word| {
        word.len() > 3
            && word.chars().all(|letter| letter.is_ascii_lowercase())
            && !SMALL_NAMES.contains(&word)
    })
}

#[test]
fn a_language_is_that_of_the_choice_or_the_first_of_the_system_that_is_spoken() {
    use ipc::project::Language as Choice;
    let system = |tags: &[&str]| tags.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(Language::of(Choice::System, &system(&["fr-FR", "zh-Hans-CN", "en"])), Language::Chinese);
    assert_eq!(Language::of(Choice::System, &system(&["en_US", "zh"])), Language::English);
    assert_eq!(Language::of(Choice::System, &system(&["fr"])), Language::English);
    assert_eq!(Language::of(Choice::Chinese, &system(&["en"])), Language::Chinese);
}

#[test]
fn a_count_chooses_the_form_and_a_text_stands_as_it_is() {
    let said = |language, count: usize| {
        written(language, "count-pairs", &[("count", Argument::from(count))]).expect("a message")
    };
    assert_eq!(said(Language::English, 1), "1 pair");
    assert_eq!(said(Language::English, 84), "84 pairs");
    assert_eq!(said(Language::Chinese, 1), "1 对");
}

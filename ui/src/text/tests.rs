//! Holds the files of the languages against each other and against the sources.

use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser::parse;

use super::bundles::{files, written};
use super::source::{self, Said};
use super::{Argument, Language};

/// What has messages of its own: the page, and the window around it.
struct Part {
    english: Vec<&'static str>,
    chinese: Vec<&'static str>,
    sources: fn() -> Said,
}

fn parts() -> [Part; 2] {
    [
        Part {
            english: files(Language::English).to_vec(),
            chinese: files(Language::Chinese).to_vec(),
            sources: source::of_page,
        },
        Part {
            english: vec![include_str!("../../locales/en/native.ftl")],
            chinese: vec![include_str!("../../locales/zh-CN/native.ftl")],
            sources: source::of_window,
        },
    ]
}

/// The variables of each message of some files.
fn messages(files: &[&'static str]) -> BTreeMap<String, BTreeSet<String>> {
    let mut all = BTreeMap::new();
    for text in files {
        let first = text.lines().next().unwrap_or_default();
        let resource = parse(*text).unwrap_or_else(|(_, faults)| panic!("{first}: {faults:?}"));
        for entry in resource.body {
            let Entry::Message(message) = entry else {
                assert!(!matches!(entry, Entry::Junk { .. }), "a line is no message in: {first}");
                continue;
            };
            let mut variables = BTreeSet::new();
            let pattern = message.value.unwrap_or_else(|| panic!("{} has no text", message.id.name));
            of_pattern(&pattern, &mut variables);
            let before = all.insert(message.id.name.to_owned(), variables);
            assert!(before.is_none(), "{} is there twice", message.id.name);
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
    for Part { english, chinese, .. } in parts() {
        let (english, chinese) = (messages(&english), messages(&chinese));
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
}

#[test]
fn every_message_is_used_with_the_values_that_it_takes() {
    for Part { english, sources, .. } in parts() {
        let all = messages(&english);
        let (mut unused, said) = (all.clone(), sources());
        for used in said.uses {
            let variables =
                all.get(&used.id).unwrap_or_else(|| panic!("{}: no message {}", used.place, used.id));
            let given: BTreeSet<String> = used.values.into_iter().collect();
            assert_eq!(&given, variables, "{}: {}", used.place, used.id);
            unused.remove(&used.id);
        }
        // A message of a table stands there as an id, not in `t!`.
        for text in said.texts {
            unused.remove(&text.value);
        }
        // What the application says is held against its own sources.
        unused.retain(|id, _| !id.starts_with("said-"));
        assert!(unused.is_empty(), "nobody uses {:?}", unused.keys().collect::<Vec<_>>());
    }
}

#[test]
fn chinese_is_written_in_chinese() {
    let lines = |files: &[&str]| -> BTreeMap<String, String> {
        let of_line =
            |line: &str| line.split_once(" =").map(|(id, text)| (id.to_owned(), text.trim().to_owned()));
        let all = files.iter().flat_map(|text| text.lines());
        all.filter(|line| line.starts_with(|letter: char| letter.is_ascii_lowercase()))
            .filter_map(of_line)
            .collect()
    };
    for Part { english, chinese, .. } in parts() {
        let english = lines(&english);
        for (id, text) in lines(&chinese) {
            // Names, units and variables are the same in both; a text that goes on in the next lines has none here.
            assert!(
                is_chinese(&text) || text.is_empty() || english.get(&id) == Some(&text) || !has_words(&text),
                "{id}: {text}"
            );
        }
    }
}

#[test]
fn what_is_said_before_the_program_is_loaded_is_there_in_each_language() {
    let script = include_str!("../../static/main.js");
    let words = |language: Language| -> BTreeMap<&str, &str> {
        let begin = format!("  \"{}\": {{\n", language.tag());
        let (_, block) = script.split_once(&begin).expect("the words of the language");
        let (block, _) = block.split_once("  },").expect("their end");
        block.lines().map(|line| line.trim().split_once(": \"").expect("a message")).collect()
    };
    let (english, chinese) = (words(Language::English), words(Language::Chinese));
    assert!(english.keys().eq(chinese.keys()), "{english:?}, {chinese:?}");
    for (name, text) in &chinese {
        assert!(is_chinese(text) && text.contains("{why}") == english[name].contains("{why}"), "{text}");
    }
    let said = script.split("say(\"").skip(1).map(|rest| rest.split('"').next().unwrap_or_default());
    assert_eq!(said.collect::<BTreeSet<_>>(), english.into_keys().collect());
}

fn is_chinese(text: &str) -> bool {
    text.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter))
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
fn a_count_chooses_the_form_and_a_text_stands_as_it_is() {
    let said = |language, count: usize| {
        written(language, "count-pairs", &[("count", Argument::from(count))]).expect("a message")
    };
    assert_eq!(said(Language::English, 1), "1 pair");
    assert_eq!(said(Language::English, 84), "84 pairs");
    assert_eq!(said(Language::Chinese, 1), "1 对");
}

//! Tests docs/cli.md against the program: every command is in it, and every option that it names exists.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::run;

/// Options of other programs.
const OF_OTHERS: [&str; 3] = ["--release", "--features", "--control-vector"];

/// Returns the commands that a command has, and its options, by its help.
fn help(path: &[&str]) -> (Vec<String>, Vec<String>) {
    let output = run(&[path, &["--help"]].concat());
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let listed = text.split("Commands:\n").nth(1).unwrap_or_default();
    let listed = listed.split("\n\n").next().unwrap_or_default();
    let is_name = |line: &&str| line.starts_with("  ") && !line.starts_with("   ");
    let name = |line: &str| line.split_whitespace().next().unwrap_or_default().to_owned();
    let names = listed.lines().filter(is_name).map(name);
    let commands = names.filter(|name| name != "help").collect();
    (commands, options(&text))
}

/// Returns the options that a text names.
fn options(text: &str) -> Vec<String> {
    let is_part = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    let words = text.split(|letter: char| !is_part(letter));
    words
        .filter(|word| word.starts_with("--") && !word[2..].starts_with('-') && word.len() > 2)
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_command_is_documented_and_every_documented_option_exists() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/cli.md");
    let page = fs::read_to_string(page).expect("the page");
    let (commands, mut known) = help(&[]);
    let (mut missing, mut paths) = (vec![], vec![]);
    for command in &commands {
        let (below, options) = help(&[command]);
        known.extend(options);
        paths.extend(below.iter().map(|name| [command.clone(), name.clone()]));
        if !page.contains(&format!("`{command}")) && !page.contains(&format!("tiller-cli {command}")) {
            missing.push(command.clone());
        }
    }
    assert!(commands.len() > 12 && paths.len() > 30, "{commands:?} {paths:?}");
    for [command, name] in &paths {
        known.extend(help(&[command, name]).1);
        // The first of a row names the command, the others stand alone behind it.
        let row = |line: &str| line.contains(&format!("`{command} ")) && line.contains(&format!("`{name}"));
        let whole = format!("{command} {name}");
        if !page.contains(&whole) && !page.lines().any(row) {
            missing.push(whole);
        }
    }
    assert!(missing.is_empty(), "docs/cli.md lacks {missing:?}");
    let known: BTreeSet<String> = known.into_iter().chain(OF_OTHERS.map(str::to_owned)).collect();
    let named: BTreeSet<String> = options(&page).into_iter().collect();
    let unknown: Vec<&String> = named.difference(&known).collect();
    assert!(unknown.is_empty(), "docs/cli.md names {unknown:?}");
}

//! Holds the crates that Tiller is built from: their licences and sources against `deny.toml`, the number of crates in
//! several versions, and the reason of each direct one against `docs/dependencies.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;

use serde::Deserialize;

use super::*;

/// The most crates that may be there in several versions. docs/dependencies.md has the number.
const MOST_DUPLICATES: usize = 100;

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    workspace_members: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    source: Option<String>,
    license: Option<String>,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// `None` for a crate of the workspace.
    source: Option<String>,
}

#[derive(Deserialize)]
struct Deny {
    licenses: Licenses,
    sources: Sources,
    graph: Graph,
}

#[derive(Deserialize)]
struct Graph {
    exclude: Vec<String>,
}

#[derive(Deserialize)]
struct Licenses {
    allow: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Sources {
    allow_registry: Vec<String>,
}

#[derive(Deserialize)]
struct Lock {
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    version: String,
    source: Option<String>,
}

fn read(name: &str) -> String {
    fs::read_to_string(folders::root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn accepted() -> Deny {
    toml::from_str(&read("deny.toml")).expect("deny.toml")
}

fn lock() -> Lock {
    toml::from_str(&read("Cargo.lock")).expect("Cargo.lock")
}

fn metadata(arguments: &[&str]) -> Result<Metadata, crate::problem::Problem> {
    let metadata = ["metadata", "--locked", "--format-version", "1"];
    let text = program::output(program::cargo().args(metadata).args(arguments))?;
    Ok(serde_json::from_str(&text).expect("cargo's metadata"))
}

fn skip(why: &str) {
    let thread = std::thread::current();
    let _ = writeln!(std::io::stderr(), "skipped: {}: {why}", thread.name().unwrap_or("a test"));
}

#[test]
fn every_crate_comes_from_an_accepted_registry() {
    let accepted = accepted().sources.allow_registry;
    for Locked { name, version, source } in lock().package {
        let Some(source) = source else { continue };
        let registry = source.strip_prefix("registry+");
        assert!(
            registry.is_some_and(|registry| accepted.iter().any(|known| known == registry)),
            "{name} {version} comes from {source}, which deny.toml does not accept"
        );
    }
}

#[test]
fn every_crate_has_an_accepted_licence() {
    let Ok(metadata) = metadata(&["--all-features"]) else {
        return skip("cargo cannot read the manifests of crates for other systems without a network");
    };
    let Deny { graph, licenses, .. } = accepted();
    let accepted: Vec<spdx::Licensee> = licenses
        .allow
        .iter()
        .map(|name| spdx::Licensee::parse(name).expect("a licence of deny.toml"))
        .collect();
    let mut used = BTreeSet::new();
    for package in &metadata.packages {
        if metadata.workspace_members.contains(&package.id) || graph.exclude.contains(&package.name) {
            continue;
        }
        let (name, version) = (&package.name, &package.version);
        assert!(package.source.is_some(), "{name} is no crate of a registry");
        let words = package.license.as_deref().unwrap_or_else(|| panic!("{name} {version} names no licence"));
        let expression = spdx::Expression::parse_mode(words, spdx::ParseMode::LAX)
            .unwrap_or_else(|error| panic!("{name} {version}: {words:?}: {error}"));
        let is_accepted = expression.evaluate(|wanted| {
            let fits = accepted.iter().position(|licensee| licensee.satisfies(wanted));
            used.extend(fits);
            fits.is_some()
        });
        assert!(is_accepted, "{name} {version} has {words:?}, which deny.toml does not accept");
    }
    assert!(used.len() > 5, "the licences were looked at");
}

#[test]
fn few_crates_are_there_in_several_versions() {
    let mut versions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for Locked { name, version, .. } in lock().package {
        versions.entry(name).or_default().push(version);
    }
    let several: Vec<_> = versions.iter().filter(|(_, versions)| versions.len() > 1).collect();
    assert!(
        several.len() <= MOST_DUPLICATES,
        "{} crates are there in several versions: {several:?}",
        several.len()
    );
    let page = read("docs/dependencies.md");
    assert!(
        page.contains(&format!("at most {MOST_DUPLICATES} crates")),
        "docs/dependencies.md says another number"
    );
}

/// Returns the crates of others that each crate of the workspace names, and who names them.
fn direct() -> BTreeMap<String, BTreeSet<String>> {
    let metadata = metadata(&["--no-deps"]).expect("the manifests of the workspace");
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in &metadata.packages {
        for dependency in package.dependencies.iter().filter(|dependency| dependency.source.is_some()) {
            all.entry(dependency.name.clone()).or_default().insert(package.name.clone());
        }
    }
    all
}

#[test]
fn the_page_on_dependencies_has_every_direct_one_with_its_users_and_no_other() {
    let page = read("docs/dependencies.md");
    let mut listed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in page.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [name, users, why] = cells[..] else { panic!("three cells: {line}") };
        assert!(why.split_whitespace().count() >= 3, "a reason: {line}");
        let users = users.split(", ").map(str::to_owned).collect();
        let before = listed.insert(name.trim_matches('`').to_owned(), users);
        assert!(before.is_none(), "{name} stands there twice");
    }
    let direct = direct();
    for (name, users) in &direct {
        let users: Vec<&str> = users.iter().map(String::as_str).collect();
        assert!(
            listed.contains_key(name),
            "docs/dependencies.md lacks: | `{name}` | {} | why |",
            users.join(", ")
        );
    }
    assert_eq!(listed, direct, "docs/dependencies.md and the Cargo.toml files differ");
}

#[test]
fn the_day_of_the_newest_copy_of_the_advisories_is_known() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    assert_eq!(day_of_copies(&folder.path().join("nowhere")), None);
    if program::find("git").is_none() {
        return skip("git is not installed");
    }
    for (name, day) in [("older", "2026-01-02"), ("newer", "2026-03-04")] {
        let copy = folder.path().join(name);
        fs::create_dir(&copy).expect("a folder");
        let git = |arguments: &[&str]| {
            let mut git = program::command("git");
            git.arg("-C").arg(&copy).args(["-c", "user.name=Nobody", "-c", "user.email=nobody@example.org"]);
            git.args(arguments).env("GIT_COMMITTER_DATE", format!("{day}T12:00:00Z"));
            program::output(&mut git).expect("git does it");
        };
        git(&["init", "--quiet"]);
        git(&["-c", "commit.gpgsign=false", "commit", "--quiet", "--allow-empty", "--message", "Advisories"]);
    }
    // Beside the copies lies a lock.
    fs::write(folder.path().join("db.lock"), "").expect("a file");
    assert_eq!(day_of_copies(folder.path()).as_deref(), Some("2026-03-04"));
}

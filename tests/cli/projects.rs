//! Tests `tiller-cli project`: the projects of a store, and their files.

use super::*;

/// Returns the names of a store's projects; the open one begins with a star.
fn names(store: &str) -> Vec<String> {
    let listed = lines(&["project", "list", "--store", store, "--json"]);
    let name = |line: &Value| {
        let star = if line["open"] == true { "*" } else { "" };
        format!("{star}{}", line["name"].as_str().expect("a name"))
    };
    listed.iter().map(name).collect()
}

#[test]
fn projects_move_between_stores_as_files() {
    let folder = Folder::new();
    let (store, other, file) = (folder.path("one"), folder.path("two"), folder.path("p.tiller"));
    let is_new = |arguments: &[&str]| {
        let output = run(arguments);
        String::from_utf8_lossy(&output.stderr).contains("a new store")
    };
    assert!(is_new(&["project", "list", "--store", &store]), "a mistyped folder is no store without a word");
    assert!(!is_new(&["project", "list", "--store", &store]));
    assert_eq!(names(&store), ["*Starter project"]);
    lines(&["project", "new", "--store", &store, "Mine", "--json"]);
    assert_eq!(names(&store), ["*Starter project", "Mine"], "it is not opened");
    lines(&["project", "open", "--store", &store, "Mine"]);
    assert_eq!(names(&store), ["Starter project", "*Mine"]);
    assert_eq!(lines(&["data", "list", "--store", &store, "--json"]).len(), 0, "commands work in it");
    lines(&["project", "export", "--store", &store, "--project", "Starter project", "--out", &file]);
    let info = lines(&["project", "info", &file, "--json"]).remove(0);
    assert_eq!((&info["name"], &info["format"]), (&"Starter project".into(), &1.into()));
    // Both stores began with the same content.
    let merged = lines(&["project", "merge", "--store", &other, &file, &file, "--json"]);
    assert!(merged.iter().all(|line| line["added"] == serde_json::json!([])), "{merged:?}");
    let made = lines(&["project", "import", "--store", &other, &file, "--json"]).remove(0);
    assert_eq!(made["name"], "Starter project (2)");
    lines(&["project", "rename", "--store", &other, "Starter project (2)", "Imported"]);
    lines(&["project", "duplicate", "--store", &other, "Imported", "--json"]);
    lines(&["project", "delete", "--store", &other, "Imported"]);
    assert_eq!(names(&other).len(), 2, "{:?}", names(&other));
    let again = folder.path("again.tiller");
    lines(&["project", "export", "--store", &other, "--project", "Imported copy", "--out", &again]);
    let copied = lines(&["project", "info", &again, "--json"]).remove(0);
    assert_eq!(copied["content_hash"], info["content_hash"]);

    let bad = folder.file("bad.tiller", "no project");
    let cases: [(&[&str], i32, &str); 4] = [
        (&["project", "info", &bad], 3, "not a project file"),
        (&["project", "import", "--store", &other, &bad], 3, "not a project file"),
        (&["project", "export", "--store", &other, "--project", "None", "--out", &again], 3, "no project"),
        (&["project", "merge", "--store", &other], 2, "FILE"),
    ];
    for (arguments, code, words) in cases {
        let (found, message) = refusal(arguments);
        assert_eq!(found, code, "{arguments:?}: {message}");
        assert!(message.contains(words), "{arguments:?}: {message}");
    }
}

//! The kept pictures: those of every screen, a third as large and with few colours, and those that README.md shows.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::compare::{Found, Tolerance, compare};
use super::picture::Picture;
use crate::folders;
use crate::print;
use crate::problem::{Outcome, Problem, WithContext as _};

/// How many times as small the kept pictures are. What is not seen at this size is no other look of a screen.
const TIMES: usize = 3;

/// The colours of a kept picture, and of one that README.md shows.
const KEPT_COLORS: usize = 48;
const README_COLORS: usize = 200;

/// The pictures that README.md shows: the one that is taken, and its name there.
const README: [(&str, &str); 4] = [
    ("start-light-en-1280x860.png", "readme-start.png"),
    ("train-dark-en-1280x860.png", "readme-train.png"),
    ("sweep-dark-en-1280x860.png", "readme-sweep.png"),
    ("chat-light-en-1280x860.png", "readme-chat.png"),
];

/// What may differ. On one machine nothing does, and a few colours stand for many: 40 of 255 is above what that and another version
/// of the libraries make of a letter's edge, and far below the difference between a letter and its ground. One pixel in a thousand
/// leaves room for some digits of measured numbers; a line of small text in the smallest window is twice that.
const TOLERANCE: Tolerance = Tolerance { channel: 40, share: 0.001 };

/// Returns the folder of the pictures that stay.
pub(super) fn folder() -> PathBuf {
    folders::root().join("docs/pictures")
}

/// The folder of the kept pictures of every screen.
fn screens() -> PathBuf {
    folder().join("screens")
}

/// Lists the pictures in a folder by their names. Without the folder there are none.
pub(super) fn list(folder: &Path) -> Outcome<BTreeMap<String, PathBuf>> {
    if !folder.exists() {
        return Ok(BTreeMap::new());
    }
    let entries =
        fs::read_dir(folder).with_context(|| format!("{} cannot be read", folders::short(folder)))?;
    let named = |path: PathBuf| {
        let is_picture = path.extension().is_some_and(|ending| ending == "png");
        Some((path.file_name()?.to_str()?.to_owned(), path)).filter(|_| is_picture)
    };
    Ok(entries.filter_map(|entry| named(entry.ok()?.path())).collect())
}

/// Keeps the taken pictures in place of all that were kept, and those for README.md.
pub(super) fn keep(taken: &BTreeMap<String, PathBuf>) -> Outcome {
    let screens = screens();
    keep_in(&screens, taken)?;
    for (name, shown) in README {
        let path = taken.get(name).ok_or_else(|| Problem::new(format!("{name} was not taken.")))?;
        Picture::read(path)?.write(&folder().join(shown), README_COLORS)?;
    }
    let kilobytes = bytes_in(&screens)? / 1000;
    print::note(&format!("{} has {} pictures in {kilobytes} KB.", folders::short(&screens), taken.len()));
    Ok(())
}

fn bytes_in(folder: &Path) -> Outcome<u64> {
    Ok(list(folder)?.values().filter_map(|path| path.metadata().ok()).map(|file| file.len()).sum())
}

fn keep_in(folder: &Path, taken: &BTreeMap<String, PathBuf>) -> Outcome {
    for (name, old) in list(folder)? {
        if !taken.contains_key(&name) {
            fs::remove_file(&old).with_context(|| format!("{} cannot be removed", folders::short(&old)))?;
        }
    }
    for (name, path) in taken {
        Picture::read(path)?.shrunk(TIMES).write(&folder.join(name), KEPT_COLORS)?;
    }
    Ok(())
}

/// Compares the taken pictures with the kept ones, and writes what differs into a folder.
pub(super) fn check(taken: &BTreeMap<String, PathBuf>, differences: &Path) -> Outcome {
    let rows = differing(&list(&screens())?, taken, differences)?;
    if rows.is_empty() {
        print::note(&format!("{} pictures are as they were.", taken.len()));
        return Ok(());
    }
    let widest = rows.iter().map(|[name, _]| name.len()).max().unwrap_or_default();
    for [name, what] in &rows {
        print::note(&format!("{name:widest$}  {what}"));
    }
    let next = format!(
        "Look at {}. If they should look so, run `cargo xtask pictures --keep --taken`.",
        folders::short(differences)
    );
    Err(Problem::new(format!("{} of {} pictures are not as they were.", rows.len(), taken.len())).next(next))
}

/// Returns the names of the pictures that differ, each with what differs, and writes pictures of it.
fn differing(
    kept: &BTreeMap<String, PathBuf>,
    taken: &BTreeMap<String, PathBuf>,
    differences: &Path,
) -> Outcome<Vec<[String; 2]>> {
    if differences.exists() {
        fs::remove_dir_all(differences)
            .with_context(|| format!("{} cannot be removed", folders::short(differences)))?;
    }
    let mut rows = Vec::new();
    for (name, path) in taken {
        let Some(before) = kept.get(name) else {
            rows.push([name.clone(), "is not kept".to_owned()]);
            continue;
        };
        let found = compare(&Picture::read(before)?, &Picture::read(path)?.shrunk(TIMES), TOLERANCE);
        let Some((what, marked)) = words(found) else { continue };
        if let Some(marked) = marked {
            marked.write(&differences.join(name), KEPT_COLORS)?;
        }
        rows.push([name.clone(), what]);
    }
    let gone = kept.keys().filter(|name| !taken.contains_key(*name));
    rows.extend(gone.map(|name| [name.clone(), "was not taken".to_owned()]));
    Ok(rows)
}

/// Says what a comparison has found, with the picture that shows it. `None` for the same.
fn words(found: Found) -> Option<(String, Option<Picture>)> {
    match found {
        Found::Same => None,
        Found::OtherSize([[kept, kept_height], [now, now_height]]) => {
            Some((format!("{kept} by {kept_height} pixels before, {now} by {now_height} now"), None))
        }
        Found::Different { share, within, marked } => {
            // As pixels of the window, in which a person looks for it.
            let [left, top, right, bottom] = within.map(|edge| edge * TIMES);
            let percent = share * 100.0;
            Some((
                format!("{percent:.1} % differ, from ({left}, {top}) to ({right}, {bottom})"),
                Some(marked),
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The screens in two themes, two languages and three sizes.
    const ALL: usize = 7 * 2 * 2 * 3;

    /// The most bytes of the kept pictures: whoever clones the repository gets each of them.
    const MOST_BYTES: u64 = 3_000_000;

    /// Writes a grey picture of 90 by 60 pixels with a black box, as the window's are.
    fn take(folder: &Path, name: &str, left: usize) {
        let is_black = |place: usize| (left..left + 30).contains(&(place % 90)) && place / 90 < 30;
        let pixels = (0..90 * 60).map(|place| if is_black(place) { [0; 3] } else { [200; 3] }).collect();
        Picture { width: 90, height: 60, pixels }.write(&folder.join(name), 256).expect("a picture");
    }

    #[test]
    fn kept_pictures_are_compared_by_their_names() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let [taken, kept, differences] =
            ["taken", "kept", "differences"].map(|name| folder.path().join(name));
        take(&kept, "old.png", 0);
        for name in ["one.png", "other.png", "third.png"] {
            take(&taken, name, 0);
        }
        let list = |folder: &Path| list(folder).expect("pictures");
        keep_in(&kept, &list(&taken)).expect("they are kept");
        assert_eq!(list(&kept).into_keys().collect::<Vec<_>>(), ["one.png", "other.png", "third.png"]);
        let small = Picture::read(&kept.join("one.png")).expect("a picture");
        assert_eq!((small.width, small.height), (30, 20));
        let differing = || differing(&list(&kept), &list(&taken), &differences).expect("a comparison");
        assert_eq!(differing(), Vec::<[String; 2]>::new());

        take(&taken, "other.png", 3);
        take(&taken, "new.png", 0);
        fs::remove_file(taken.join("third.png")).expect("it is there");
        let rows = differing();
        assert_eq!(
            rows.iter().map(|[name, _]| name.as_str()).collect::<Vec<_>>(),
            ["new.png", "other.png", "third.png"]
        );
        // A column of pixels at each side of the box, at the places that they have in the window.
        assert_eq!(rows[1][1], "3.3 % differ, from (0, 0) to (33, 30)");
        assert!(differences.join("other.png").is_file() && !differences.join("one.png").exists());
    }

    #[test]
    fn every_screen_is_kept_and_readme_shows_what_is_there() {
        assert_eq!(list(&screens()).expect("pictures").len(), ALL);
        let bytes = bytes_in(&screens()).expect("pictures");
        assert!(bytes < MOST_BYTES, "{bytes} bytes");
        let readme = fs::read_to_string(folders::root().join("README.md")).expect("README.md");
        let names = README.map(|(_, shown)| shown);
        for name in names.into_iter().chain(["first-minute.png"]) {
            assert!(readme.contains(&format!("(docs/pictures/{name})")), "README.md does not show {name}");
            assert!(folder().join(name).is_file(), "{name} is missing");
        }
    }
}

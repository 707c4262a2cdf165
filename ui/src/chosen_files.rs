//! Remembers which paths of the page's fields were chosen in a dialog of the desktop or dropped onto the window.
//!
//! The application takes such a file by its handle. A path that was typed it confirms with the person.

use std::cell::RefCell;

use ipc::files::{Access, ChosenFile, FileRef};

thread_local! {
    static CHOSEN: RefCell<Vec<ChosenFile>> = const { RefCell::new(Vec::new()) };
}

/// Remembers a chosen file, and returns its path for a field.
pub fn remember(file: ChosenFile) -> String {
    let path = file.path.clone();
    CHOSEN.with_borrow_mut(|chosen| {
        chosen.retain(|known| (known.access, &known.path) != (file.access, &file.path));
        chosen.push(file);
    });
    path
}

/// The file whose path is in a field, as a command names it.
#[must_use]
pub fn to_read(path: &str) -> FileRef {
    named(path, Access::Read)
}

/// The file to be written whose path is in a field, as a command names it.
#[must_use]
pub fn to_write(path: &str) -> FileRef {
    named(path, Access::Write)
}

fn named(path: &str, access: Access) -> FileRef {
    let chosen = CHOSEN.with_borrow(|chosen| {
        chosen.iter().find(|known| known.access == access && known.path == path).cloned()
    });
    chosen.map_or_else(|| FileRef::typed(path), FileRef::from)
}

#[cfg(test)]
mod tests {
    use ipc::files::FileHandle;

    use super::*;

    #[test]
    fn a_path_that_was_chosen_goes_by_its_handle() {
        let file = |handle, access| ChosenFile { handle: FileHandle(handle), access, path: "/a.csv".into() };
        assert_eq!(remember(file(3, Access::Read)), "/a.csv");
        remember(file(4, Access::Write));
        remember(file(5, Access::Read));
        assert_eq!(to_read("/a.csv"), FileRef::Chosen { handle: FileHandle(5) });
        assert_eq!(to_write("/a.csv"), FileRef::Chosen { handle: FileHandle(4) });
        assert_eq!(to_read("/b.csv"), FileRef::typed("/b.csv"));
    }
}

//! Refuses, before work that takes long begins, a folder in which nothing could be written after it.

use std::path::Path;

use crate::halt::Halt;

/// Checks the folder of a file that is to be written. Permissions and kinds of file systems do not tell it, so a file without a
/// name is made there, which is gone at once.
pub(crate) fn check(out: &Path) -> Result<(), Halt> {
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        return Err(Halt::Refused(format!("there is no folder {} to write to.", folder.display())));
    }
    let made = tempfile::tempfile_in(folder);
    made.map(drop)
        .map_err(|error| Halt::Failed(format!("nothing can be written in {}: {error}.", folder.display())))
}

//! Copies of the whole database beside it: one before each migration, and one a day. The last three of either kind stay.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ipc::repair::StoreCopy;
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};

use crate::StoreError;
use crate::store_files::{failed, for_owner_alone, sync_folder};

/// The number of copies of a kind that are kept.
const KEPT: usize = 3;

/// The age at which a day's copy is followed by another one.
const DAY: Duration = Duration::from_hours(24);

/// The ending of a copy that is being made.
const PART: &str = "part";

/// Why a copy is made. The word is a part of its file's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// A migration follows.
    Migration,
    /// The last copy is a day old.
    Day,
}

impl Reason {
    fn word(self) -> &'static str {
        match self {
            Self::Migration => "before-schema",
            Self::Day => "day",
        }
    }
}

/// Returns the folder of the copies.
fn folder(database: &Path) -> PathBuf {
    database.with_file_name("copies")
}

/// Returns the path of a copy of this name. A name that is no copy's is refused.
pub(crate) fn find(database: &Path, name: &str) -> Result<PathBuf, StoreError> {
    let known = list(database).into_iter().find(|copy| copy.name == name);
    known.map(|copy| folder(database).join(copy.name)).ok_or(StoreError::Gone("copy"))
}

/// Returns the complete copies, newest first. The order is that of their numbers, because a clock can be set back.
#[must_use]
pub fn list(database: &Path) -> Vec<StoreCopy> {
    let files = fs::read_dir(folder(database)).into_iter().flatten().flatten();
    let mut copies: Vec<(u64, StoreCopy)> = files.filter_map(|file| copy(&file)).collect();
    copies.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
    copies.into_iter().map(|(_, copy)| copy).collect()
}

fn copy(file: &fs::DirEntry) -> Option<(u64, StoreCopy)> {
    let name = file.file_name().into_string().ok().filter(|name| name.ends_with(".sqlite"))?;
    let number = name.split('-').next()?.parse().ok()?;
    let found = file.metadata().ok().filter(fs::Metadata::is_file)?;
    let made = found.modified().ok()?.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
    Some((number, StoreCopy { bytes: found.len(), made: made as ipc::Millis, name }))
}

fn number(copy: &StoreCopy) -> u64 {
    copy.name.split('-').next().and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// Copies the database as it is now. A copy is there as a whole or not at all.
pub(crate) async fn make(
    db: &mut SqliteConnection,
    database: &Path,
    reason: Reason,
    schema: i64,
) -> Result<PathBuf, StoreError> {
    let folder = folder(database);
    fs::create_dir_all(&folder).map_err(failed(&folder))?;
    File::open(&folder).and_then(|folder| for_owner_alone(&folder)).map_err(failed(&folder))?;
    remove_parts(&folder);
    let number = list(database).first().map_or(0, number) + 1;
    let date: String = sqlx::query_scalar("SELECT strftime('%Y-%m-%dT%H-%M-%S', 'now', 'localtime')")
        .fetch_one(&mut *db)
        .await?;
    let copy = folder.join(format!("{number:04}-{}-{schema}-{date}.sqlite", reason.word()));
    let part = copy.with_extension(PART);
    let made = fill(db, &part).await.and_then(|()| fs::rename(&part, &copy).map_err(failed(&copy)));
    if let Err(error) = made {
        // A part that stays is removed by the next copy.
        let _ = fs::remove_file(&part);
        return Err(error);
    }
    sync_folder(&folder);
    Ok(copy)
}

async fn fill(db: &mut SqliteConnection, part: &Path) -> Result<(), StoreError> {
    let name = part.to_string_lossy().replace('\'', "''");
    sqlx::query(AssertSqlSafe(format!("VACUUM INTO '{name}'"))).execute(db).await?;
    let file = File::options().write(true).open(part).map_err(failed(part))?;
    for_owner_alone(&file).and_then(|()| file.sync_all()).map_err(failed(part))
}

fn remove_parts(folder: &Path) {
    for file in fs::read_dir(folder).into_iter().flatten().flatten() {
        if file.path().extension().is_some_and(|ending| ending == PART) {
            // One that cannot be removed takes room, and that is all.
            let _ = fs::remove_file(file.path());
        }
    }
}

/// Deletes all but the last copies made for this reason.
pub(crate) fn prune(database: &Path, reason: Reason) {
    let of_reason =
        |copy: &StoreCopy| copy.name.split_once('-').is_some_and(|(_, name)| name.starts_with(reason.word()));
    for copy in list(database).into_iter().filter(of_reason).skip(KEPT) {
        // A copy that cannot be deleted is tried again after the next one.
        let _ = fs::remove_file(folder(database).join(copy.name));
    }
}

/// Copies the database if the last copy is a day old. Returns whether it was copied.
pub(crate) async fn make_daily(
    db: &mut SqliteConnection,
    database: &Path,
    schema: i64,
) -> Result<bool, StoreError> {
    let newest = list(database).into_iter().next();
    let age = newest.and_then(|copy| {
        let made = UNIX_EPOCH + Duration::from_millis(u64::try_from(copy.made).ok()?);
        // After the clock was set back, a copy from the future is as old as can be.
        SystemTime::now().duration_since(made).ok()
    });
    if age.is_some_and(|age| age < DAY) {
        return Ok(false);
    }
    make(db, database, Reason::Day, schema).await?;
    prune(database, Reason::Day);
    Ok(true)
}

/// Checks that a copy can be read and has no faults.
pub(crate) async fn check(copy: &Path) -> Result<(), StoreError> {
    let mut db =
        SqliteConnection::connect_with(&crate::options(copy).read_only(true).immutable(true)).await?;
    let checked = crate::health::quick_check(&mut db).await;
    db.close().await?;
    checked
}

//! GGUF models in several files, as llama.cpp's gguf-split writes them: `name-00001-of-00003.gguf` and so on. The
//! first shard has the metadata; every shard has tensors of its own.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::gguf_header::{GgufHeader, Number};
use super::{MappedFile, map};
use crate::model::ModelError;

/// The most shards that are accepted.
const MAX_SHARDS: usize = 1 << 10;
/// The digits of a number in a shard's name.
const DIGITS: usize = 5;
const SPLIT_COUNT: &str = "split.count";

/// The parts of a shard's file name.
struct ShardName<'a> {
    stem: &'a str,
    count: usize,
}

impl<'a> ShardName<'a> {
    /// Parses a file name; `None` where it is not a shard's.
    fn parse(name: &'a str) -> Option<Self> {
        let ending = name.len().checked_sub(".gguf".len())?;
        let (rest, ending) = name.split_at_checked(ending)?;
        let (rest, count) = rest.rsplit_once("-of-")?;
        let (stem, number) = rest.rsplit_once('-')?;
        let read = |digits: &str| {
            let is_number = digits.len() == DIGITS && digits.bytes().all(|digit| digit.is_ascii_digit());
            is_number.then(|| digits.parse::<usize>().ok()).flatten()
        };
        let (number, count) = (read(number)?, read(count)?);
        let is_sound = ending.eq_ignore_ascii_case(".gguf") && (2..=MAX_SHARDS).contains(&count);
        (is_sound && (1..=count).contains(&number)).then_some(Self { stem, count })
    }

    fn name(&self, number: usize) -> String {
        format!("{}-{number:05}-of-{:05}.gguf", self.stem, self.count)
    }
}

fn shard_name(path: &Path) -> Option<ShardName<'_>> {
    path.file_name().and_then(OsStr::to_str).and_then(ShardName::parse)
}

/// Returns the files of the GGUF model that a path names, from the file name alone: the path itself, or all shards in
/// order.
#[must_use]
pub fn gguf_files(path: &Path) -> Vec<PathBuf> {
    match shard_name(path) {
        Some(shard) => (1..=shard.count).map(|number| path.with_file_name(shard.name(number))).collect(),
        None => vec![path.to_owned()],
    }
}

/// Returns the file that stands for the GGUF model that a path names: the path itself, or the first shard.
#[must_use]
pub fn first_gguf_file(path: &Path) -> PathBuf {
    match shard_name(path) {
        Some(shard) => path.with_file_name(shard.name(1)),
        None => path.to_owned(),
    }
}

/// Returns the model's name in a file name: without the extension and without the numbers of a shard.
pub(super) fn stem(path: &Path) -> String {
    match shard_name(path) {
        Some(shard) => shard.stem.to_owned(),
        None => path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned()),
    }
}

/// An open shard, or the only file of a model.
pub(super) struct GgufShard {
    /// The file's name, where the model has several.
    pub(super) name: Option<String>,
    pub(super) file: Arc<MappedFile>,
    pub(super) header: GgufHeader,
}

/// Opens a GGUF file, or all shards of a model. Each must exist and be the shard that its name says.
pub(super) fn open(path: &Path) -> Result<Vec<GgufShard>, ModelError> {
    let first = first_gguf_file(path);
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let file = map(&first).map_err(|error| match error {
        ModelError::Missing if first != path => ModelError::MissingFile { name: name(&first) },
        other => other,
    })?;
    let header = GgufHeader::parse(&file)?;
    let (paths, count) = (gguf_files(&first), whole(&header, SPLIT_COUNT).unwrap_or(1));
    if paths.len() != count {
        let detail = format!(
            "by its name it is one of {} files, by its header one of {count}: the parts of a model are called \
             name-00001-of-00002.gguf and so on",
            paths.len()
        );
        return Err(ModelError::Header { detail });
    }
    if count == 1 {
        return Ok(vec![GgufShard { name: None, file, header }]);
    }
    let mut shards = vec![GgufShard { name: Some(name(&first)), file, header }];
    for path in &paths[1..] {
        let name = name(path);
        let opened = map(path).and_then(|file| GgufHeader::parse(&file).map(|header| (file, header)));
        let (file, header) = opened.map_err(|source| match source {
            ModelError::Missing => ModelError::MissingFile { name: name.clone() },
            other => in_shard(&name, other),
        })?;
        shards.push(GgufShard { name: Some(name), file, header });
    }
    check(&shards, count)?;
    Ok(shards)
}

/// Refuses shards that do not belong together.
fn check(shards: &[GgufShard], count: usize) -> Result<(), ModelError> {
    for (place, shard) in shards.iter().enumerate() {
        let declared = (whole(&shard.header, "split.no"), whole(&shard.header, SPLIT_COUNT));
        if declared != (Some(place), Some(count)) {
            let detail = match declared {
                (Some(number), Some(of)) => {
                    format!("it says that it is part {} of {of}", number.saturating_add(1))
                }
                _ => "it does not say which part it is".to_owned(),
            };
            let name = shard.name.clone().unwrap_or_default();
            return Err(in_shard(&name, ModelError::Header { detail }));
        }
    }
    let found: usize = shards.iter().map(|shard| shard.header.tensors.len()).sum();
    match whole(&shards[0].header, "split.tensors.count") {
        Some(promised) if promised != found => {
            let detail = format!("its first part promises {promised} tensors, the parts have {found}");
            Err(ModelError::Header { detail })
        }
        _ => Ok(()),
    }
}

/// Wraps an error with the name of the shard that it is about.
pub(super) fn in_shard(name: &str, source: ModelError) -> ModelError {
    ModelError::InShard { name: name.to_owned(), source: Box::new(source) }
}

fn whole(header: &GgufHeader, key: &str) -> Option<usize> {
    header.number(key).and_then(Number::whole).and_then(|number| usize::try_from(number).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_names_all_parts() {
        let path = Path::new("/m/big-q4-00002-of-00003.gguf");
        let names: Vec<String> = gguf_files(path).iter().map(|path| path.display().to_string()).collect();
        assert_eq!(names, ["1", "2", "3"].map(|number| format!("/m/big-q4-0000{number}-of-00003.gguf")));
        assert_eq!(first_gguf_file(path), Path::new("/m/big-q4-00001-of-00003.gguf"));
        assert_eq!(stem(path), "big-q4");
        for other in [
            "m.gguf",
            "m-00004-of-00003.gguf",
            "m-00000-of-00002.gguf",
            "m-1-of-2.gguf",
            "m-00001-of-00001.gguf",
            "m-00001-of-99999.gguf",
            "m-00001-of-00002.bin",
            "-of-.gguf",
            "价格",
        ] {
            assert_eq!(gguf_files(Path::new(other)), [Path::new(other)], "{other}");
        }
    }
}

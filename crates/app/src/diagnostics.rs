//! Writes what helps to find a fault: versions, the machine, the models, the jobs, and the end of the log. A person sees
//! all of it before it leaves the machine. It holds no prompt, no answer and no name that a person gave.

use std::fmt::{Arguments, Write as _};
use std::fs;
use std::path::{Path, PathBuf};

use ipc::job::{Job, JobState};
use ipc::model::{Model, ModelState};
use ipc::project::Overview;
use sysinfo::System;

use crate::engine::priority;

/// The folder of the log in the data folder.
pub const LOG_FOLDER: &str = "logs";

/// The lines of the log that are shown.
const LINES: usize = 200;
/// The most bytes of a log file that are read.
const LONGEST: u64 = 1 << 20;

/// What a report is about.
pub(crate) struct Diagnostics<'a> {
    pub(crate) overview: &'a Overview,
    pub(crate) pairs: u32,
    pub(crate) data: &'a Path,
    /// The free and the total bytes of memory.
    pub(crate) memory: Option<(u64, u64)>,
    pub(crate) device: String,
}

impl Diagnostics<'_> {
    /// Writes the report.
    pub(crate) fn text(&self) -> String {
        let mut text = Text(String::new());
        let build = if cfg!(debug_assertions) { "debug" } else { "release" };
        text.heading("Tiller");
        text.line(format_args!("version: {} ({build})", self.overview.version));
        text.line(format_args!("built for: {} {}", std::env::consts::OS, std::env::consts::ARCH));
        text.line(format_args!("devices in this build: {}", devices()));
        text.line(format_args!("data folder: {}", without_home(self.data)));
        self.machine(&mut text);
        text.heading("Models");
        for model in &self.overview.models {
            text.line(format_args!("{}", describe(model)));
        }
        self.content(&mut text);
        text.heading("Jobs that are not over");
        for job in &self.overview.jobs {
            text.line(format_args!("{}", state(job)));
        }
        text.heading(&format!("The last {LINES} lines of the log"));
        text.0 += &log_end(&self.data.join(LOG_FOLDER), LINES);
        text.0
    }

    fn machine(&self, text: &mut Text) {
        text.heading("Machine");
        let known = |name: Result<String, sysinfo::Error>| name.unwrap_or_else(|_| "unknown".into());
        text.line(format_args!("system: {}", known(System::long_os_version())));
        text.line(format_args!("kernel: {}", known(System::kernel_version())));
        let (threads, engine) = (priority::processor_threads(), rayon::current_num_threads());
        text.line(format_args!("threads: {threads}, of the engine: {engine}"));
        match self.memory {
            Some((free, total)) => {
                text.line(format_args!("memory: {} GB free of {}", gigabytes(free), gigabytes(total)));
            }
            None => text.line(format_args!("memory: unknown")),
        }
        if let Some(limit) = self.overview.settings.memory_limit {
            text.line(format_args!("memory that models and jobs may take: {} GB", gigabytes(limit)));
        }
        text.line(format_args!("models load on: {}", self.device));
    }

    fn content(&self, text: &mut Text) {
        let overview = self.overview;
        text.heading("Content");
        text.line(format_args!(
            "{} data sets with {} pairs, {} runs, {} vectors, {} sweeps, {} analyses, {} conversations, {} presets",
            overview.data_sets.len(),
            self.pairs,
            overview.runs.len(),
            overview.vectors.len(),
            overview.sweeps.len(),
            overview.analyses.len(),
            overview.conversations.len(),
            overview.presets.len()
        ));
        let size = |name: &str| fs::metadata(self.data.join(name)).map_or(0, |about| about.len());
        let (file, log) = (size("tiller.sqlite"), size("tiller.sqlite-wal"));
        text.line(format_args!("store: {file} bytes, write-ahead log: {log} bytes"));
    }
}

/// A text of lines under headings.
struct Text(String);

impl Text {
    fn heading(&mut self, heading: &str) {
        let gap = if self.0.is_empty() { "" } else { "\n" };
        self.line(format_args!("{gap}## {heading}"));
    }

    fn line(&mut self, line: Arguments<'_>) {
        // Writing to a String does not fail.
        let _ = writeln!(self.0, "{line}");
    }
}

fn devices() -> &'static str {
    if cfg!(feature = "cuda") {
        "CPU, CUDA"
    } else if cfg!(feature = "metal") {
        "CPU, Metal"
    } else {
        "CPU"
    }
}

fn gigabytes(bytes: u64) -> String {
    format!("{:.1}", bytes as f64 / 1e9)
}

/// Writes a path without the person's name in it.
fn without_home(path: &Path) -> String {
    let home = directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_owned());
    match home.as_deref().and_then(|home| path.strip_prefix(home).ok()) {
        Some(rest) => PathBuf::from("~").join(rest).display().to_string(),
        None => path.display().to_string(),
    }
}

fn describe(model: &Model) -> String {
    let state = match &model.state {
        ModelState::Unloaded => "not loaded".to_owned(),
        ModelState::Loading { .. } => "loading".to_owned(),
        ModelState::Ready { device } => format!("loaded on {device}"),
        ModelState::Failed { failure } => format!("cannot be used: {}", crate::failure::for_log(failure)),
    };
    let Some(facts) = &model.facts else { return format!("model {}: not read yet, {state}", model.id) };
    format!(
        "model {}: {} {}, {} blocks of {}, {} GB, used as {:?}, {state}",
        model.id,
        facts.family,
        facts.quantization,
        facts.blocks,
        facts.hidden_size,
        gigabytes(facts.file_bytes),
        model.precision
    )
}

fn state(job: &Job) -> String {
    let state = match &job.state {
        JobState::Failed { failure } => format!("failed: {}", crate::failure::for_log(failure)),
        state => format!("{state:?}").to_lowercase(),
    };
    let Job { id, kind, progress, .. } = job;
    format!("job {id}: {kind:?}, {state}, {} {} of {}", progress.unit, progress.done, progress.total)
}

/// Returns the last lines of the log, oldest first.
fn log_end(folder: &Path, lines: usize) -> String {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .map(|entries| entries.filter_map(Result::ok).map(|entry| entry.path()).collect())
        .unwrap_or_default();
    // The names hold the days.
    files.sort_unstable();
    let mut kept: Vec<String> = Vec::new();
    for file in files.iter().rev() {
        if kept.len() >= lines {
            break;
        }
        let read = end_of(file);
        let mut earlier: Vec<String> = read.lines().map(str::to_owned).collect();
        earlier.append(&mut kept);
        kept = earlier;
    }
    if kept.is_empty() {
        return "There is no log.\n".to_owned();
    }
    let start = kept.len().saturating_sub(lines);
    kept[start..].join("\n") + "\n"
}

/// Reads the end of a file, from the beginning of a line on. A file that cannot be read has none.
fn end_of(file: &Path) -> String {
    use std::io::{Read as _, Seek as _, SeekFrom};
    let read = || -> std::io::Result<String> {
        let mut open = fs::File::open(file)?;
        let start = open.metadata()?.len().saturating_sub(LONGEST);
        open.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        open.read_to_end(&mut bytes)?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Ok(if start == 0 {
            text
        } else {
            text.split_once('\n').map_or(String::new(), |(_, rest)| rest.to_owned())
        })
    };
    read().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_the_log_spans_its_files_in_their_order() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        assert_eq!(log_end(&folder.path().join("none"), 3), "There is no log.\n");
        for (name, text) in [("tiller.2026-01-02.jsonl", "c\nd\n"), ("tiller.2026-01-01.jsonl", "a\nb\n")] {
            fs::write(folder.path().join(name), text).expect("a file");
        }
        assert_eq!(log_end(folder.path(), 3), "b\nc\nd\n");
        assert_eq!(log_end(folder.path(), 9), "a\nb\nc\nd\n");
    }

    #[test]
    fn of_a_long_file_only_whole_lines_of_the_end_are_read() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("tiller.jsonl");
        fs::write(&file, format!("{}\nlast\n", "x".repeat(LONGEST as usize))).expect("a file");
        assert_eq!(end_of(&file), "last\n");
    }

    #[test]
    fn the_home_folder_is_not_named() {
        let Some(dirs) = directories::BaseDirs::new() else { return };
        let path = without_home(&dirs.home_dir().join("data").join("tiller"));
        assert_eq!(Path::new(&path), Path::new("~/data/tiller"));
        assert_eq!(without_home(Path::new("/nowhere/tiller")), "/nowhere/tiller");
    }
}

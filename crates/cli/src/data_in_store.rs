//! `tiller-cli data list`, `import` and `export`: the data sets of a store.

use std::path::{Path, PathBuf};

use app::Purpose;
use clap::ValueEnum;
use ipc::command::ExportPairs;
use ipc::data::{DataSet, Split};
use ipc::files::PairFormat;
use ipc::project::Overview;
use serde::Serialize;

use crate::data::ReadArguments;
use crate::door::{self, InProject, ProjectArguments, file, library};
use crate::halt::Halt;
use crate::output::{self, Lines};

#[derive(clap::Args)]
pub(crate) struct Import {
    /// The pairs: BiPO's CSV, TRL's JSON lines, and others
    #[arg(long = "data", value_name = "FILE")]
    data: PathBuf,
    #[command(flatten)]
    read: ReadArguments,
    /// The name of the new data set [default: the file's]
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    name: String,
    /// What its wanted answers do, in one sentence
    #[arg(long, value_name = "SENTENCE", default_value = "", hide_default_value = true)]
    behaviour: String,
    #[command(flatten)]
    project: ProjectArguments,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
pub(crate) struct Export {
    /// The name of the data set, or its number
    #[arg(value_name = "NAME")]
    name: String,
    /// The file to write; what is there is replaced
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The format [default: by the ending: .csv BiPO's, .parquet TRL's, else TRL's JSON lines]
    #[arg(long, value_enum)]
    format: Option<FormatChoice>,
    /// Only the pairs of this split
    #[arg(long, value_enum)]
    split: Option<SplitChoice>,
    #[command(flatten)]
    project: ProjectArguments,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FormatChoice {
    /// TRL's JSON lines
    Trl,
    /// TRL's columns in Parquet
    TrlParquet,
    /// The CSV of the `BiPO` authors
    Bipo,
    /// Tiller's JSON lines, which keep everything
    Tiller,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum SplitChoice {
    Train,
    HeldOut,
}

/// A data set as it is printed.
#[derive(Serialize)]
struct Line {
    id: i64,
    name: String,
    train: u32,
    held_out: u32,
}

impl Line {
    fn new(set: DataSet) -> Self {
        Self { id: set.id, name: set.name, train: set.train, held_out: set.held_out }
    }

    fn text(&self) -> String {
        let Self { id, name, train, held_out } = self;
        format!("{id:>5}  {name}: {} pairs, {train} train, {held_out} held out", train + held_out)
    }
}

#[derive(Serialize)]
struct Exported {
    file: String,
    pairs: u32,
    shortened: u32,
}

pub(crate) fn list(arguments: &InProject) -> Result<(), Halt> {
    door::within_project(&arguments.project, Purpose::Records, |door| {
        let sets = door.watch()?.data_sets;
        sets.into_iter().map(Line::new).try_for_each(|set| output::line(arguments.json, &set, || set.text()))
    })
}

pub(crate) fn import(arguments: &Import) -> Result<(), Halt> {
    // What is read is said before anything is kept, and nothing else is kept.
    let read = library::PairsOfFile::read(&arguments.data, &arguments.read)?;
    let lines = Lines::new(arguments.json, Some(read.report.clone()));
    door::within_project(&arguments.project, Purpose::Records, |door| {
        let set = Line::new(library::import(door, read, &arguments.name, &arguments.behaviour)?);
        lines.line(&set, || set.text())
    })
}

pub(crate) fn export(arguments: &Export) -> Result<(), Halt> {
    door::within_project(&arguments.project, Purpose::Records, |door| {
        let overview = door.watch()?;
        let data_set = named(&overview, &arguments.name)?.id;
        let done = door.call(ExportPairs {
            data_set,
            split: arguments.split.map(|split| match split {
                SplitChoice::Train => Split::Train,
                SplitChoice::HeldOut => Split::HeldOut,
            }),
            tags: vec![],
            file: file(&arguments.out)?,
            format: format(arguments.format, &arguments.out),
            everything: true,
            guard_formulas: false,
            replace: true,
        })?;
        let file = arguments.out.display().to_string();
        let line = Exported { file, pairs: done.pairs, shortened: done.shortened };
        output::line(arguments.json, &line, || format!("{}: {} pairs", line.file, line.pairs))
    })
}

/// Returns the data set with this name or number.
fn named<'a>(overview: &'a Overview, name: &str) -> Result<&'a DataSet, Halt> {
    let sets = &overview.data_sets;
    library::only("data set", name, sets, |set| (set.id, set.name.as_str()))
}

fn format(choice: Option<FormatChoice>, out: &Path) -> PairFormat {
    let ending = out.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
    match (choice, ending.as_deref()) {
        (Some(FormatChoice::Bipo), _) | (None, Some("csv")) => PairFormat::BipoCsv,
        (Some(FormatChoice::TrlParquet), _) | (None, Some("parquet")) => PairFormat::TrlParquet,
        (Some(FormatChoice::Tiller), _) => PairFormat::TillerJsonl,
        (Some(FormatChoice::Trl) | None, _) => PairFormat::TrlJsonl,
    }
}

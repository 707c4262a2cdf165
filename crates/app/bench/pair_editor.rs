//! Measures the commands of the editor of pairs with 50,000 pairs, and prints their times in milliseconds as one line of
//! JSON. `cargo xtask bench` runs it.
//!
//! Every answer is also serialized as JSON, because it goes to the window in that form. A search is measured for one
//! more letter: the words are looked for in every text of every pair.

#![allow(clippy::print_stdout, reason = "the report goes to standard output")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

use app::{App, AppPaths, Error, SandboxProgram};
use ipc::Id;
use ipc::command::{
    AddPair, ChangePairs, CheckQuality, EditPair, ExportPairs, FindPairs, ImportPairs, PlanSplit,
    PreviewImport, ReadPair, ReadRows, SaveVersion, SplitPairs, Undo,
};
use ipc::data::PairContent;
use ipc::files::{Access, HoldOut, ImportSource, ImportTarget, PairFormat};
use ipc::list::{Mark, PairChange, PairFilter};
use ipc::split::SplitSettings;
use serde::Serialize;

const PAIRS: usize = 50_000;
/// The number of times that a quick command is measured. The report has the slowest time.
const TIMES: usize = 7;

/// Writes a file of pairs as long as those of the BiPO authors' wealth data: about 600 letters each.
fn file() -> String {
    let mut text = String::new();
    for number in 0..PAIRS {
        let prompt = format!(
            "Question {number}: what would you do with an unexpected sum of {} coins?",
            number * 7 % 9973
        );
        let wanted = format!(
            "I would invest all of it at once, watch it grow, and look for the next {number} chances. "
        )
        .repeat(3);
        let opposite =
            format!("I would share it with friend {} and think no more about it for a while. ", number % 97)
                .repeat(3);
        let line = serde_json::json!({"prompt": prompt, "chosen": wanted, "rejected": opposite});
        // Writing to a String does not fail.
        let _ = writeln!(text, "{line}");
    }
    text
}

/// The times in milliseconds, by name.
#[derive(Default)]
struct Report(BTreeMap<&'static str, f64>);

impl Report {
    /// Measures a command. If it is measured again, the slowest time stays.
    async fn time<T: Serialize>(
        &mut self,
        name: &'static str,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let start = Instant::now();
        let done = work.await?;
        let crossed = serde_json::to_string(&done).map_or(0, |json| json.len());
        std::hint::black_box(crossed);
        let time = start.elapsed().as_secs_f64() * 1e3;
        let slowest = self.0.entry(name).or_default();
        *slowest = slowest.max(time);
        Ok(done)
    }
}

async fn measure(folder: &Path) -> Result<Report, Error> {
    let mut report = Report::default();
    let paths = AppPaths {
        data: folder.join("data"),
        starter_model: folder.join("none.gguf"),
        // Nothing is checked: there is no model, and the pairs are text.
        sandbox_program: SandboxProgram::current(),
    };
    let app = App::open(&paths).await?;
    let path = folder.join("many.jsonl");
    std::fs::write(&path, file()).map_err(|source| Error::Directory { path: path.clone(), source })?;
    let source = || ImportSource::File { file: app.choose(&path, Access::Read).into() };

    report.time("preview_ms", app.preview_import(PreviewImport { source: source(), columns: None })).await?;
    let into = ImportTarget::New { name: "Many".into(), description: String::new() };
    let hold_out = HoldOut { share: 0.2, seed: 0 };
    let import = ImportPairs { source: source(), columns: None, into, hold_out, skip_refused: false };
    let data_set = report.time("import_ms", app.import_pairs(import)).await?.id;

    let any = PairFilter::default;
    let find = |filter| app.find_pairs(FindPairs { data_set, filter });
    let ids: Vec<Id> = report.time("first_list_ms", find(any())).await?.ids.iter().collect();
    for _ in 0..TIMES {
        report.time("list_ms", find(any())).await?;
        for text in ["q", "co", "coins 4999", "friend 42 chances", "zebra", "\u{94b1}"] {
            report.time("search_ms", find(PairFilter { text: text.into(), ..any() })).await?;
        }
        for mark in Mark::ALL {
            report.time("filter_ms", find(PairFilter { mark: Some(mark), ..any() })).await?;
        }
        let rows = ReadRows { data_set, pairs: ids[30_000..30_050].to_vec(), text: "coins".into() };
        report.time("rows_ms", app.read_rows(rows)).await?;
    }

    let pair = report.time("open_ms", app.read_pair(ReadPair { pair: ids[25_000] })).await?;
    for round in 0..TIMES {
        let content =
            PairContent { prompt: format!("{} {round}", pair.content.prompt), ..pair.content.clone() };
        report.time("edit_ms", app.edit_pair(EditPair { pair: pair.id, content })).await?;
        let added = AddPair { data_set, after: Some(pair.id), content: PairContent::default() };
        report.time("add_ms", app.add_pair(added)).await?;
    }
    let pairs = find(any()).await?.ids;
    let change = |change| app.change_pairs(ChangePairs { data_set, pairs: pairs.clone(), change });
    report.time("tag_all_ms", change(PairChange::Tag { tag: "all".into() })).await?;
    report.time("undo_all_ms", app.undo(Undo { data_set })).await?;
    report.time("delete_all_ms", change(PairChange::Delete)).await?;
    report.time("undo_all_ms", app.undo(Undo { data_set })).await?;
    let settings = SplitSettings { seed: 9, ..SplitSettings::default() };
    report.time("split_plan_ms", app.plan_split(PlanSplit { data_set, settings })).await?;
    report.time("split_ms", app.split_pairs(SplitPairs { data_set, settings })).await?;
    report.time("version_ms", app.save_version(SaveVersion { data_set, name: "v".into() })).await?;
    report.time("check_ms", app.check_quality(CheckQuality { data_set })).await?;
    for format in PairFormat::ALL {
        let file = app.choose(&folder.join("out"), Access::Write).into();
        let export = ExportPairs {
            data_set,
            split: None,
            tags: vec![],
            file,
            format,
            everything: true,
            guard_formulas: false,
            replace: true,
        };
        report.time("export_ms", app.export_pairs(export)).await?;
    }
    app.close().await;
    Ok(report)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::temp_dir().join(format!("tiller-pair-editor-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let report = runtime.block_on(measure(&folder));
    std::fs::remove_dir_all(&folder)?;
    println!("{}", serde_json::to_string(&report?.0)?);
    Ok(())
}

//! Imports pairs and vectors from files. A preview shows the content of a file before anything is stored.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use data::data_files::{DataFile, DataFileError, Refused, Row, Sample, header_hash, hold_out};
use ipc::Millis;
use ipc::command::{ForgetColumns, ImportPairs, ImportVector, PreviewImport};
use ipc::data::{DataSet, Pair, PairContent, Split};
use ipc::event::Event;
use ipc::files::{Access, Columns, ImportPreview, ImportTarget, PreviewRow, RefusedRow, RememberedColumns};
use ipc::steering::Intervention;
use ipc::train::Method;
use ipc::vector::Vector;
use serde_json::Value;
use sqlx::SqliteConnection;
use store::edits::Step;
use store::models::{self, ModelRow};
use store::steering::adapter_sizes;
use store::vectors::{self as vector_rows, NewVector};
use store::{column_mappings, data_sets, pairs};
use vectors::algebra;
use vectors::files::{AdapterFile, FileError, Provenance, SteeringContents, SteeringFile};
use vectors::steering::SteeringVector;

use super::App;
use super::models::blocking;
use super::pair_source::PairSource;
use crate::{Error, clock};

/// The number of rows that a preview shows.
pub(super) const FIRST_ROWS: usize = 20;
/// The number of refused rows that a preview shows.
const FIRST_REFUSED: usize = 100;
/// The number of letters of a text that a preview shows.
const FIRST_LETTERS: usize = 300;

impl App {
    /// Reads a data file and returns a preview of the import.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read, or is no data file.
    pub async fn preview_import(&self, request: PreviewImport) -> Result<ImportPreview, Error> {
        let from = Arc::new(self.pair_source(request.source)?);
        if request.columns.as_ref().is_some_and(|columns| !columns.is_whole()) {
            return Ok(self.previewed(&from, None, true).await?.preview);
        }
        let read = self.previewed(&from, request.columns.clone(), false).await;
        // Where the columns say nothing, a person chooses them, or has chosen them before.
        let (found, refusal) = match read {
            Err(
                error @ Error::DataFile {
                    source: DataFileError::OneSided { .. } | DataFileError::Undecided { .. },
                    ..
                },
            ) => (self.previewed(&from, None, true).await?, Some(error)),
            Err(Error::DataFile { source: DataFileError::Columns { .. }, .. }) => {
                (self.previewed(&from, None, true).await?, None)
            }
            read => (read?, None),
        };
        let header_hash = header_hash(&found.header);
        let remembered = column_mappings::find(self.state.store.read(), &header_hash).await?;
        let with =
            |is_used: bool, columns: Columns| Some(RememberedColumns { columns, header_hash, is_used });
        match (remembered, refusal, request.columns) {
            (None, None, _) => Ok(found.preview),
            (None, Some(refusal), _) => Err(refusal),
            (Some(columns), _, None) if found.preview.format.is_none() => {
                let read = self.previewed(&from, Some(columns.clone()), false).await?.preview;
                Ok(ImportPreview { remembered: with(true, columns), ..read })
            }
            (Some(columns), _, asked) => {
                let is_used = asked.is_some_and(|asked| asked == columns);
                Ok(ImportPreview { remembered: with(is_used, columns), ..found.preview })
            }
        }
    }

    /// Reads a source for a preview: its pairs, or the first rows in all columns.
    async fn previewed(
        &self,
        from: &Arc<PairSource>,
        columns: Option<Columns>,
        is_sample: bool,
    ) -> Result<Previewed, Error> {
        let (from, program) = (Arc::clone(from), self.state.sandbox_program.clone());
        blocking(move || {
            if is_sample {
                from.sample(&program).map(unmapped)
            } else {
                from.pairs(&program, columns).map(mapped)
            }
        })
        .await?
    }

    /// Forgets the columns that a person named for files with a certain header.
    ///
    /// # Errors
    /// Returns an error if the store cannot be written.
    pub async fn forget_columns(&self, request: ForgetColumns) -> Result<(), Error> {
        let mut db = self.state.store.begin().await?;
        column_mappings::forget(&mut db, &request.header_hash).await?;
        Ok(db.commit().await?)
    }

    /// Imports all pairs of a data file, or none.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read, a row is refused and may not be left out, there are no pairs, the
    /// data set does not exist or the store cannot be written.
    pub async fn import_pairs(&self, request: ImportPairs) -> Result<DataSet, Error> {
        let (from, columns) = (self.pair_source(request.source)?, request.columns.clone());
        let usual = from.name();
        let program = self.state.sandbox_program.clone();
        let file = blocking(move || from.pairs(&program, columns)).await??;
        let named = request.columns.map(|columns| (header_hash(&file.header), columns));
        let mut rows = accepted(file, request.skip_refused)?;
        let (share, seed) = (request.hold_out.share, request.hold_out.seed);
        match request.into {
            ImportTarget::New { name, description } => {
                let name = match name.trim() {
                    "" => usual,
                    typed => typed.to_owned(),
                };
                hold_out(&mut rows, share, seed, HashMap::new());
                self.import_as_new(&name, description.trim(), rows, named).await
            }
            ImportTarget::Existing { data_set } => {
                data_sets::find(self.state.store.read(), data_set).await?;
                let edited = self.edit(data_set, async move |db| {
                    let known = splits(&pairs::list(&mut *db, data_set).await?);
                    hold_out(&mut rows, share, seed, known);
                    let now = clock::now();
                    remember(db, named, now).await?;
                    let mut step = Step::new(format!("Import {} pairs", rows.len()));
                    for pair in pairs::append(db, data_set, contents(rows), now).await? {
                        step.added(&pair)?;
                    }
                    Ok(Some(step.note(db, data_set, now).await?))
                });
                Ok(edited.await?.ok_or(Error::Gone("data set"))?.data_set)
            }
        }
    }

    async fn import_as_new(
        &self,
        name: &str,
        description: &str,
        rows: Vec<Row>,
        named: Option<NamedColumns>,
    ) -> Result<DataSet, Error> {
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let now = clock::now();
        remember(&mut db, named, now).await?;
        let id = data_sets::insert(&mut db, self.state.project(), name, description, now).await?;
        pairs::append(&mut db, id, contents(rows), now).await?;
        let data_set = data_sets::find(&mut *db, id).await?;
        db.commit().await?;
        change.send(&Event::DataSet(data_set.clone()));
        Ok(data_set)
    }

    /// Imports a vector, or an adapter, from a file.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read, does not say the layer, does not fit the model, or the store cannot
    /// be written.
    pub async fn import_vector(&self, request: ImportVector) -> Result<Vector, Error> {
        let path = self.state.permissions.file(&request.file, Access::Read)?;
        let facts = self.facts(request.model).await?;
        let (from, layer) = (path.clone(), request.layer);
        let blocks = facts.blocks as usize;
        let file = blocking(move || read_vector(&from, layer, blocks)).await?;
        let file = match file.map_err(|source| Error::VectorFile { path: path.clone(), source })? {
            SteeringFile::Vectors(file) => file,
            SteeringFile::Adapter(file) => return self.import_adapter(&request, &path, &file).await,
        };
        let parts = taken(&file.vectors, layer)?;
        let model = models::find(self.state.store.read(), request.model).await?;
        for part in parts {
            check_fit(part, &model.name, facts.hidden_size, facts.blocks)?;
        }
        let layers: Vec<u32> = parts.iter().map(|part| part.layer as u32).collect();
        let values: Vec<f32> = parts.iter().flat_map(|part| part.values.iter().copied()).collect();
        let name = name_of(&request, &path, &file.provenance);
        let new = NewVector {
            layers: &layers,
            intervention: file.provenance.intervention().unwrap_or_default(),
            values: &values,
            norm: algebra::norm(parts),
            ..self.imported(&name, &model, &file.provenance)
        };
        self.save_imported(&new, &file.notes.join(" ")).await
    }

    async fn import_adapter(
        &self,
        request: &ImportVector,
        path: &Path,
        file: &AdapterFile,
    ) -> Result<Vector, Error> {
        let (facts, adapter) = (self.facts(request.model).await?, adapter_sizes(&file.adapter));
        let model = models::find(self.state.store.read(), request.model).await?;
        if request.layer.is_some() {
            return Err(Error::invalid(
                "The file holds an adapter, which acts in every block.",
                "Leave the layer empty.",
            ));
        }
        if !adapter.fits(&facts) {
            let message = format!(
                "The adapter is for {} blocks of width {}, and {} has {} of {}, or other heads: it is for another model.",
                adapter.blocks, adapter.inputs, model.name, facts.blocks, facts.hidden_size
            );
            return Err(Error::invalid(message, "Choose the model that the adapter was made for."));
        }
        let name = name_of(request, path, &file.provenance);
        let new = NewVector {
            adapter: Some(adapter),
            values: file.adapter.values(),
            norm: file.adapter.norm(),
            ..self.imported(&name, &model, &file.provenance)
        };
        self.save_imported(&new, &file.notes.join(" ")).await
    }

    /// Returns a new vector with what is known about any import. The caller adds the numbers.
    fn imported<'a>(&self, name: &'a str, model: &'a ModelRow, provenance: &'a Provenance) -> NewVector<'a> {
        NewVector {
            project: self.state.project(),
            name,
            method: method(provenance),
            layers: &[],
            adapter: None,
            intervention: Intervention::default(),
            values: &[],
            norm: 0.0,
            residual_norm: None,
            model: model.id,
            model_fingerprint: model.fingerprint.as_deref(),
            run: None,
            epoch: None,
            data_set: None,
            snapshot: None,
            settings: None,
            steps: 0,
            provenance: Some(provenance),
            derivation: None,
        }
    }

    /// Stores an imported vector; its note says what was left out or guessed when its file was read.
    async fn save_imported(&self, new: &NewVector<'_>, note: &str) -> Result<Vector, Error> {
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let id = vector_rows::insert(&mut db, new, clock::now()).await?;
        if !note.is_empty() {
            vector_rows::describe(&mut db, id, &[], note).await?;
        }
        let vector = vector_rows::find(&mut *db, id).await?;
        db.commit().await?;
        change.send(&Event::Vector(vector.clone()));
        Ok(vector)
    }
}

/// The hash of a header, and the columns that a person named for it.
type NamedColumns = (String, Columns);

async fn remember(db: &mut SqliteConnection, named: Option<NamedColumns>, now: Millis) -> Result<(), Error> {
    if let Some((header_hash, columns)) = named {
        column_mappings::put(db, &header_hash, &columns, now).await?;
    }
    Ok(())
}

/// A preview, and the names in the file's header.
struct Previewed {
    preview: ImportPreview,
    header: Vec<String>,
}

fn mapped(file: DataFile) -> Previewed {
    let has_splits = file.rows.iter().any(|row| row.split.is_some());
    let held_out = count(file.rows.iter().filter(|row| row.split == Some(Split::HeldOut)));
    let first = file.rows.iter().take(FIRST_ROWS);
    let refused = file.refused.iter().take(FIRST_REFUSED);
    let preview = ImportPreview {
        format: Some(file.format.name().to_owned()),
        encoding: file.encoding.name().into_owned(),
        pairs: count(&file.rows),
        duplicates: count(file.duplicates()),
        unfinished: count(file.rows.iter().filter(|row| {
            [&row.prompt, &row.wanted, &row.opposite].iter().any(|text| text.trim().is_empty())
        })),
        held_out: has_splits.then_some(held_out),
        system_messages: count(file.rows.iter().filter(|row| row.system.is_some())),
        conversations: count(file.rows.iter().filter(|row| !row.turns.is_empty())),
        refused: count(&file.refused),
        first_refused: refused
            .map(|row| RefusedRow { line: row.line as u32, reason: row.reason.clone() })
            .collect(),
        first: first.map(|row| shown(row.line, &[&row.prompt, &row.wanted, &row.opposite])).collect(),
        columns: file.columns,
        report: file.report.sentences(),
        remembered: None,
    };
    Previewed { preview, header: file.header }
}

fn unmapped(sample: Sample) -> Previewed {
    let preview = ImportPreview {
        format: None,
        encoding: sample.encoding.name().into_owned(),
        first: sample.rows.iter().map(|(line, cells)| shown(*line, cells)).collect(),
        columns: sample.columns,
        pairs: 0,
        duplicates: 0,
        unfinished: 0,
        held_out: None,
        system_messages: 0,
        conversations: 0,
        refused: 0,
        first_refused: vec![],
        report: sample.report.sentences(),
        remembered: None,
    };
    Previewed { preview, header: sample.header }
}

fn count(things: impl IntoIterator) -> u32 {
    things.into_iter().count() as u32
}

fn shown(line: usize, texts: &[impl AsRef<str>]) -> PreviewRow {
    let beginning = |text: &str| match text.char_indices().nth(FIRST_LETTERS) {
        Some((end, _)) => format!("{}\u{2026}", &text[..end]),
        None => text.to_owned(),
    };
    PreviewRow { line: line as u32, cells: texts.iter().map(|text| beginning(text.as_ref())).collect() }
}

/// Returns the rows of a file that can be imported.
fn accepted(file: DataFile, skip_refused: bool) -> Result<Vec<Row>, Error> {
    if let Some(Refused { line, reason }) = file.refused.first().filter(|_| !skip_refused) {
        let message = match file.refused.len() {
            1 => format!("1 row cannot be used, so nothing was imported. Line {line}: {reason}."),
            many => format!("{many} rows cannot be used, so nothing was imported. Line {line}: {reason}."),
        };
        return Err(Error::invalid(message, "Mend the rows in the file, or leave them out."));
    }
    if file.rows.is_empty() {
        return Err(Error::invalid("There are no pairs in this file.", "Choose another file."));
    }
    Ok(file.rows)
}

fn contents(rows: Vec<Row>) -> Vec<PairContent> {
    rows.into_iter().map(Into::into).collect()
}

/// Maps every prompt of a data set to its split.
fn splits(pairs: &[Pair]) -> HashMap<String, Split> {
    pairs.iter().map(|pair| (pair.content.prompt.clone(), pair.content.split)).collect()
}

/// Returns the typed name, or else the name in the file, or else the file's own name.
fn name_of(request: &ImportVector, path: &Path, provenance: &Provenance) -> String {
    match request.name.trim() {
        "" => provenance.name.clone().unwrap_or_else(|| stem(path)),
        typed => typed.to_owned(),
    }
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Reads a file's vectors or its adapter, once. The layer applies only if the file does not state one.
fn read_vector(path: &Path, layer: Option<u32>, blocks: usize) -> Result<SteeringFile, FileError> {
    let contents = SteeringContents::read(path)?;
    match contents.for_model(None, Some(blocks)) {
        Err(FileError::NoLayer { .. }) if layer.is_some() => {
            contents.for_model(layer.map(|layer| layer as usize), Some(blocks))
        }
        read => read,
    }
}

/// Returns the vector of the requested layer, or all vectors if no layer is requested.
fn taken(vectors: &[SteeringVector], layer: Option<u32>) -> Result<&[SteeringVector], Error> {
    let Some(layer) = layer else { return Ok(vectors) };
    let found = vectors.iter().position(|vector| vector.layer == layer as usize);
    found.map(|at| &vectors[at..=at]).ok_or_else(|| {
        let layers: Vec<String> = vectors.iter().map(|vector| vector.layer.to_string()).collect();
        let message = match layers.as_slice() {
            [only] => format!("The file's vector is for layer {only}, not for layer {layer}."),
            _ => format!("The file has vectors for layers {}, none for layer {layer}.", layers.join(", ")),
        };
        Error::invalid(message, "Type one of the file's layers, or none for all of them.")
    })
}

fn check_fit(vector: &SteeringVector, model: &str, hidden_size: u32, blocks: u32) -> Result<(), Error> {
    let (size, layer) = (vector.values.len(), vector.layer);
    if size != hidden_size as usize {
        let message = format!(
            "The vector has {size} numbers, and the residual stream of {model} has {hidden_size}: it is for another model."
        );
        return Err(Error::invalid(message, "Choose the model that the vector was made for."));
    }
    if layer >= blocks as usize {
        let message = format!(
            "The vector is for layer {layer}, and {model} has layers 0 to {}.",
            blocks.saturating_sub(1)
        );
        return Err(Error::invalid(message, "Choose the model that the vector was made for."));
    }
    Ok(())
}

/// Returns the method that a file names, if Tiller knows it.
fn method(provenance: &Provenance) -> Option<Method> {
    serde_json::from_value(Value::String(provenance.method.clone()?)).ok()
}

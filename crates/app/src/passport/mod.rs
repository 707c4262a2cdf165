//! Packs a vector or an adapter with what makes it trustworthy, as a passport (`docs/passport.md`).

mod card;
mod chart;
mod sweep_record;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use data::content::data_hash;
use data::data_files::{Row, tiller_jsonl};
use ipc::Id;
use ipc::command::PackVector;
use ipc::data::{PairContent, Split};
use ipc::files::{PackedFile, PackedVector};
use ipc::sweep::{PromptSet, Sweep};
use store::{models, origins, snapshots, sweeps, vectors as vector_rows};
use vectors::files::{FileError, GgufTarget, Provenance, SteeringFile};
use vectors::passport::{ADAPTER_GGUF, CARD, CHART, DataRecord, PAIRS, Package, Passport};

use self::sweep_record::{Measured, behavior_curves, last_of};
use crate::app::sweep_items;
use crate::app_state::AppState;
use crate::chart_export::ChartFormat;
use crate::{Error, atomic_write, vector_export};

/// The longest identifier of a licence.
const LONGEST_LICENCE: usize = 60;

/// Writes the passport of a vector of the store, as an archive or a folder.
pub(crate) async fn pack(
    state: &Arc<AppState>,
    request: PackVector,
    path: &Path,
) -> Result<PackedVector, Error> {
    let (package, measured_by) = package(state, &request).await?;
    let (to, state) = (path.to_owned(), Arc::clone(state));
    let replace = request.replace;
    let written = tokio::task::spawn_blocking(move || {
        write(&package, &to, replace, |bytes| state.exports.write(&to, bytes, replace))?;
        let files = package.all_files().map_err(|source| Error::VectorFile { path: to.clone(), source })?;
        Ok::<_, Error>((files, package.passport.useful_range))
    });
    let (files, useful) = written.await.map_err(|panic| Error::Panic(panic.to_string()))??;
    let packed = |(name, bytes): (String, Vec<u8>)| PackedFile { name, bytes: bytes.len() as u64 };
    Ok(PackedVector {
        path: path.display().to_string(),
        files: files.into_iter().map(packed).collect(),
        sweep: measured_by,
        useful_range: useful.map(|range| (range.from, range.to)),
    })
}

/// Makes the passport of a vector of the store. Returns the sweep whose curves it has, too.
pub(crate) async fn package(
    state: &Arc<AppState>,
    request: &PackVector,
) -> Result<(Package, Option<Id>), Error> {
    let licence = licence(&request.licence)?;
    let mut db = state.store.read().begin().await?;
    let vector = vector_rows::find(&mut *db, request.vector).await?;
    let model = models::find(&mut *db, vector.model).await?;
    let origin = origins::origin(&mut *db, vector.id).await?;
    let sweep = match request.sweep {
        Some(sweep) => Some(sweeps::find(&mut db, sweep).await?),
        None => last_of(sweeps::list(&mut db, state.project()).await?, vector.id),
    };
    if let Some(other) = sweep.as_ref().filter(|sweep| !sweep.uses(vector.id)) {
        let message = format!("The sweep {} does not measure \u{201c}{}\u{201d}.", other.id, vector.name);
        return Err(Error::invalid(message, "Choose a sweep of this vector."));
    }
    let trained_on = match &origin.snapshot {
        Some(hash) => snapshots::read(&mut *db, hash).await?,
        None => Vec::new(),
    };
    let held_out = match sweep.as_ref().and_then(first_data_set) {
        Some(hash) => Some(snapshots::read(&mut *db, hash).await?),
        None => None,
    };
    let changes = match &sweep {
        Some(sweep) => sweep_items::changes(db, sweep, &behavior_curves(sweep, vector.id)).await?,
        None => Vec::new(),
    };
    let file = vector_export::steering_file(state, &vector, &model).await?;
    let mut passport = Passport::new(vector.name.clone(), &file, packed_by());
    passport.licence = licence;
    let with_pairs = request.with_pairs;
    let precision = serde_json::to_value(model.precision).ok();
    let precision = precision.and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default();
    passport.data = data_record(file.provenance(), &trained_on, held_out.as_deref(), with_pairs)?;
    if let Some(sweep) = &sweep {
        let measured = Measured::new(sweep, &changes, vector.id, precision, with_pairs)?;
        passport.sweep = Some(measured.sweep);
        passport.useful_range = measured.useful_range;
        passport.side_effects = measured.side_effects;
    }
    let pairs = with_pairs.then(|| pairs(trained_on, held_out)).filter(|pairs| !pairs.is_empty());
    if let (None, Some(data)) = (&pairs, &mut passport.data) {
        data.pairs = false;
    }
    let name = vector.name.clone();
    let path = PathBuf::from(&model.path);
    let package = tokio::task::spawn_blocking(move || {
        // A passport can be written where its model's file is not; it has no GGUF adapter then, and the model card says so.
        let is_adapter = matches!(file, SteeringFile::Adapter(_));
        let target = is_adapter.then(|| GgufTarget::open(&path).ok()).flatten();
        finish(passport, file, pairs, target.as_ref())
    });
    let package = package.await.map_err(|panic| Error::Panic(panic.to_string()))?;
    let package = package.map_err(|source| Error::VectorFile { path: name.into(), source })?;
    Ok((package, sweep.map(|sweep| sweep.id)))
}

/// Makes the passport of a vector's or an adapter's file: what the file says, without curves. An earlier passport is packed
/// again as it is, with the licence where one is given. With its model, an adapter gets a GGUF file.
///
/// # Errors
/// Returns an error if the file cannot be packed or does not fit the model, or the licence is no identifier.
pub fn package_of_file(
    path: &Path,
    file: SteeringFile,
    licence: &str,
    model: Option<&GgufTarget>,
) -> Result<Package, Error> {
    let licence = self::licence(licence)?;
    let wrapped = |source| Error::VectorFile { path: path.to_owned(), source };
    if vectors::passport::is_passport(path) {
        let known = Package::read(path).map_err(wrapped)?;
        let mut passport = known.passport.clone();
        passport.licence = licence.or(passport.licence);
        let pairs = known.pairs().map(<[u8]>::to_vec);
        return finish(passport, known.steering, pairs, model).map_err(wrapped);
    }
    let stem = || path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let name = file.provenance().name.clone().or_else(stem).unwrap_or_default();
    let mut passport = Passport::new(name, &file, packed_by());
    passport.licence = licence;
    passport.data = data_record(file.provenance(), &[], None, false)?;
    finish(passport, file, None, model).map_err(wrapped)
}

/// Writes a passport: an archive by `write_archive`, or a folder.
fn write(
    package: &Package,
    to: &Path,
    replace: bool,
    write_archive: impl FnOnce(&[u8]) -> Result<(), Error>,
) -> Result<(), Error> {
    let wrapped = |source| match source {
        FileError::Unwritable(source) => Error::Unwritable { path: to.to_owned(), source },
        source => Error::VectorFile { path: to.to_owned(), source },
    };
    if to.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("zip")) {
        atomic_write::check_free(to, replace)?;
        return write_archive(&package.to_archive().map_err(wrapped)?);
    }
    if to.exists() {
        let message = format!("There is already something at {}.", to.display());
        return Err(Error::invalid(message, "A folder is not replaced: choose another name, or remove it."));
    }
    package.write(to, replace).map_err(wrapped)
}

/// Adds the model card, the picture of the curves and, where the model is known, an adapter's GGUF file.
fn finish(
    passport: Passport,
    file: SteeringFile,
    pairs: Option<Vec<u8>>,
    model: Option<&GgufTarget>,
) -> Result<Package, FileError> {
    let svg = passport.sweep.as_ref().and_then(chart::svg);
    let chart = svg.map(|svg| ChartFormat::Png.bytes(&svg)).transpose().map_err(|error| {
        FileError::Damaged { format: "chart", place: CHART.into(), detail: error.to_string() }
    })?;
    let (has_gguf, gguf) = match &file {
        SteeringFile::Vectors(file) => (!file.vectors.iter().any(|vector| vector.layer == 0), None),
        SteeringFile::Adapter(file) => {
            let gguf = model.map(|model| file.to_gguf(model)).transpose()?;
            (gguf.is_some(), gguf)
        }
    };
    let card = card::card(&passport, chart.is_some(), has_gguf);
    let mut more = vec![(CARD, card.into_bytes())];
    more.extend(gguf.map(|bytes| (ADAPTER_GGUF, bytes)));
    more.extend(chart.map(|bytes| (CHART, bytes)));
    more.extend(pairs.map(|bytes| (PAIRS, bytes)));
    Package::new(passport, file, more)
}

fn data_record(
    provenance: &Provenance,
    trained_on: &[PairContent],
    held_out: Option<&[PairContent]>,
    pairs: bool,
) -> Result<Option<DataRecord>, Error> {
    let of =
        |split: Split, pairs: &[PairContent]| pairs.iter().filter(|pair| pair.split == split).count() as u32;
    let train: Vec<PairContent> =
        trained_on.iter().filter(|pair| pair.split == Split::Train).cloned().collect();
    let own = if train.is_empty() { None } else { Some(data_hash(&train)?) };
    Ok(own.or_else(|| provenance.data_hash.clone()).map(|hash| DataRecord {
        hash,
        train: (!train.is_empty()).then_some(train.len() as u32),
        held_out: held_out.map(|pairs| of(Split::HeldOut, pairs)),
        pairs,
    }))
}

/// Returns the hash of the first data set's pairs that a sweep measured.
fn first_data_set(sweep: &Sweep) -> Option<&String> {
    let sets = sweep.settings.sets.iter().zip(&sweep.hashes);
    sets.filter(|(set, _)| matches!(set, PromptSet::HeldOut { .. })).map(|(_, hash)| hash).next()
}

/// Returns the training pairs, then the held-out pairs that the sweep measured, as JSON lines. Without a sweep these are the
/// held-out pairs of the run.
fn pairs(trained_on: Vec<PairContent>, held_out: Option<Vec<PairContent>>) -> Vec<u8> {
    let (train, own): (Vec<_>, Vec<_>) = trained_on.into_iter().partition(|pair| pair.split == Split::Train);
    let held_out = held_out.unwrap_or(own).into_iter().filter(|pair| pair.split == Split::HeldOut);
    let rows: Vec<Row> = train.into_iter().chain(held_out).map(Row::from).collect();
    tiller_jsonl(&rows)
}

fn packed_by() -> String {
    format!("Tiller {}", env!("CARGO_PKG_VERSION"))
}

/// Reads the identifier of a licence; empty for none.
fn licence(typed: &str) -> Result<Option<String>, Error> {
    let typed = typed.trim();
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || ".-+".contains(letter);
    if typed.len() > LONGEST_LICENCE || !typed.chars().all(is_plain) {
        return Err(Error::invalid(
            "This is no identifier of a licence.",
            "Take one of SPDX\u{2019}s list, such as CC-BY-4.0, MIT or Apache-2.0.",
        ));
    }
    Ok(Some(typed.to_owned()).filter(|typed| !typed.is_empty()))
}

#[cfg(test)]
mod tests {
    use vectors::files::VectorFile;
    use vectors::passport::{GGUF, SAFETENSORS, SteeringRecord};
    use vectors::steering::SteeringVector;

    use super::*;

    fn file(layer: usize) -> SteeringFile {
        let vector = SteeringVector { layer, values: [3.0, 4.0].into() };
        let provenance = Provenance { name: Some("calm".into()), ..Provenance::default() };
        SteeringFile::Vectors(VectorFile::new(vec![vector], provenance).expect("a vector"))
    }

    #[test]
    fn a_file_is_packed_with_what_it_says_and_again_with_a_licence() {
        let place = tempfile::tempdir().expect("a folder");
        let path = place.path().join("calm.tiller-vector.zip");
        let package = package_of_file(Path::new("calm.json"), file(2), "", None).expect("a passport");
        assert_eq!((package.passport.name.as_str(), &package.passport.licence), ("calm", &None));
        let SteeringRecord::Vector(record) = &package.passport.steering else { panic!("a vector") };
        assert_eq!(record.norms, [5.0]);
        package.write(&path, false).expect("written");
        let again = package_of_file(&path, file(2), "MIT", None).expect("a passport");
        assert_eq!(again.passport.licence.as_deref(), Some("MIT"));
        let card = String::from_utf8(again.file(CARD).expect("a card").to_vec()).expect("text");
        assert!(card.starts_with("---\nlicense: mit\n") && card.contains("--control-vector"), "{card}");
        let zero = package_of_file(Path::new("zero.json"), file(0), "", None).expect("a passport");
        let card = String::from_utf8(zero.file(CARD).expect("a card").to_vec()).expect("text");
        assert!(zero.file(GGUF).is_none() && card.contains("no control vector"), "{card}");
        assert!(zero.file(SAFETENSORS).is_some());
    }

    #[test]
    fn a_licence_is_an_identifier() {
        assert_eq!(licence(" CC-BY-4.0 ").ok(), Some(Some("CC-BY-4.0".to_owned())));
        assert_eq!(licence("").ok(), Some(None));
        assert!(licence("mine\nlicense: x").is_err() && licence(&"a".repeat(61)).is_err());
    }
}

//! `tiller-cli pack`: a vector or an adapter with what makes it trustworthy, as one archive or one folder.

use std::path::{Path, PathBuf};

use app::Purpose;
use ipc::Id;
use ipc::command::PackVector;
use ipc::files::{PackedFile, PackedVector};
use vectors::files::{AdapterFile, FileError, GgufTarget, SteeringFile};
use vectors::model::is_gguf_file;
use vectors::passport::is_passport;

use crate::adapter;
use crate::door::{self, StoreArguments, file, library};
use crate::halt::Halt;
use crate::output;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The vector or adapter of a store, by its name or number; without --store its file
    #[arg(long, value_name = "NAME")]
    vector: String,
    /// The vector's layer, where its file does not say it or has several
    #[arg(long, value_name = "N", conflicts_with = "store")]
    layer: Option<usize>,
    /// The model of an adapter's file: a GGUF adapter is read with it, and the passport gets one
    #[arg(long, value_name = "MODEL", conflicts_with = "store")]
    model: Option<PathBuf>,
    #[command(flatten)]
    store: StoreArguments,
    /// The new archive, NAME.tiller-vector.zip, or a folder that is not there yet
    #[arg(long, value_name = "PATH")]
    out: PathBuf,
    /// The sweep whose curves go along, by its number [default: the last complete one of the vector alone]
    #[arg(long, value_name = "ID", requires = "store")]
    sweep: Option<Id>,
    /// Add the pairs that it was made from and measured on, and the prompts of the sweep's lists
    #[arg(long, requires = "store")]
    with_pairs: bool,
    /// The licence, as an identifier of SPDX: CC-BY-4.0, MIT, Apache-2.0
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    licence: String,
    /// Replace an archive that is there
    #[arg(long)]
    force: bool,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Halt> {
    let packed = if arguments.store.is_given() { of_store(arguments) } else { of_file(arguments) }?;
    output::line(arguments.json, &packed, || {
        let files: Vec<String> =
            packed.files.iter().map(|file| format!("{:>10}  {}", file.bytes, file.name)).collect();
        let curves = match (packed.sweep, packed.useful_range) {
            (Some(sweep), Some((from, to))) => format!("curves of sweep {sweep}, useful from {from} to {to}"),
            (Some(sweep), None) => format!("curves of sweep {sweep}"),
            (None, _) => "no curves: no sweep has measured this vector alone".to_owned(),
        };
        format!("{}: {curves}\n{}", packed.path, files.join("\n"))
    })
}

fn of_store(arguments: &Arguments) -> Result<PackedVector, Halt> {
    door::within(&arguments.store, Purpose::Records, |door| {
        let overview = door.watch()?;
        let vectors = &overview.vectors;
        let found =
            library::only("vector", &arguments.vector, vectors, |vector| (vector.id, vector.name.as_str()))?;
        door.call(PackVector {
            vector: found.id,
            file: file(&arguments.out)?,
            sweep: arguments.sweep,
            with_pairs: arguments.with_pairs,
            licence: arguments.licence.clone(),
            replace: arguments.force,
        })
    })
}

fn of_file(arguments: &Arguments) -> Result<PackedVector, Halt> {
    let path = Path::new(&arguments.vector);
    let model = arguments.model.as_deref().map(adapter::target).transpose()?;
    let steering = steering(path, arguments.layer, model.as_ref())?;
    for note in steering.notes() {
        output::print_message(&format!("{}: {note}", path.display()));
    }
    let failed = |error: app::Error| Halt::failure(error.into());
    let package = app::package_of_file(path, steering, &arguments.licence, model.as_ref()).map_err(failed)?;
    package.write(&arguments.out, arguments.force).map_err(|error| match error {
        FileError::Unwritable(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            Halt::Refused(format!(
                "{}: something is there already. Choose another name; an archive is replaced with --force.",
                arguments.out.display()
            ))
        }
        error => Halt::vector(&arguments.out, &error),
    })?;
    let files = package.all_files().map_err(|error| Halt::vector(&arguments.out, &error))?;
    let packed = |(name, bytes): (String, Vec<u8>)| PackedFile { name, bytes: bytes.len() as u64 };
    Ok(PackedVector {
        path: arguments.out.display().to_string(),
        files: files.into_iter().map(packed).collect(),
        sweep: None,
        useful_range: package.passport.useful_range.map(|range| (range.from, range.to)),
    })
}

/// Reads a vector, or an adapter of any form: peft's folder, its file, or with its model a GGUF adapter.
fn steering(path: &Path, layer: Option<usize>, model: Option<&GgufTarget>) -> Result<SteeringFile, Halt> {
    let read = if path.is_dir() && !is_passport(path) {
        AdapterFile::read(&AdapterFile::in_folder(path)).map(SteeringFile::Adapter)
    } else {
        match model.filter(|_| is_gguf_file(path)) {
            Some(model) => AdapterFile::read_gguf(path, model).map(SteeringFile::Adapter),
            None => SteeringFile::read(path, layer),
        }
    };
    read.map_err(|error| Halt::vector(path, &error))
}

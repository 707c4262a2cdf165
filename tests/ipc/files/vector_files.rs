//! Tests the import and export of vectors.

use super::*;
use crate::support::{self, folder, small_run};
use ipc::event::Event;
use ipc::files::FileRef;
use ipc::job::JobState;
use ipc::vector::Vector;
use ipc::{Code, Id};
use vectors::files::{Provenance, VectorFile};

/// Trains a vector in a few steps and waits for the run's end.
fn train(tiller: &Tiller, model: Id, data_set: Id) -> Vector {
    tiller.shrink(data_set);
    let run = tiller.get(Train { name: "Small".into(), model, data_set, settings: small_run(1) });
    let vector = tiller.wait_for(|event| match event {
        Event::Vector(vector) if vector.run == Some(run.id) => Some(vector.clone()),
        Event::Job(job) if job.id == run.job && matches!(job.state, JobState::Failed { .. }) => {
            panic!("{job:?}")
        }
        _ => None,
    });
    tiller.wait_for(|event| {
        matches!(event, Event::Run(now) if now.id == run.id && now.state == JobState::Done).then_some(())
    });
    vector
}

#[test]
fn a_vector_goes_out_and_comes_back_in_the_same_bits() {
    let dir = folder();
    let (tiller, picture) = Tiller::ready(&dir.path().join("data"));
    let (model, data_set) = (picture.models[0].id, picture.data_sets[2].id);
    let vector = train(&tiller, model, data_set);
    let place = |name: &str| dir.path().join(name).display().to_string();
    let read = |name: &str| VectorFile::read(Path::new(&place(name)), Some(26)).expect("a vector file");

    let file = FileRef::typed(place("v.safetensors"));
    let export = ExportVector { vector: vector.id, file, replace: false, prove: true };
    assert_eq!(tiller.get(export.clone()).server_line, None);
    let original = read("v.safetensors");
    assert_eq!((original.vectors[0].layer, original.size()), (26, 576));
    let provenance = &original.provenance;
    assert_eq!(
        (provenance.name.as_deref(), provenance.method.as_deref(), provenance.seed),
        (Some("Small"), Some("bipo"), Some(7))
    );
    assert!(provenance.model_fingerprint.is_some() && provenance.data_hash.is_some(), "{provenance:?}");
    assert!(
        provenance.settings.as_deref().is_some_and(|all| all.contains("system_prompt")),
        "{provenance:?}"
    );
    assert_eq!(tiller.call(export.clone()).expect_err("the file is there").code, Code::Invalid);
    tiller.get(ExportVector { replace: true, ..export.clone() });

    for name in ["v.safetensors", "my v.gguf", "v.pt", "v.npy", "v.json"] {
        let exported =
            tiller.get(ExportVector { file: FileRef::typed(place(name)), replace: true, ..export.clone() });
        assert_eq!(exported.server_line.is_some(), name.contains("gguf"), "{exported:?}");
        // A vector was read again already, and no job is needed.
        assert!(exported.proof.is_none() && exported.unproved.is_none(), "{exported:?}");
        assert_eq!(exported.warning, None, "llama.cpp adds control vectors for Llama");
        if let Some(line) = exported.server_line {
            assert!(line.starts_with("llama-server -m ") && line.contains("my v.gguf"), "{line}");
        }
        let says_layer = !matches!(name, "v.pt" | "v.npy");
        let request =
            ImportVector { file: FileRef::typed(place(name)), name: String::new(), layer: None, model };
        if !says_layer {
            let refused = tiller.call(request.clone()).expect_err("no layer");
            assert!(refused.message.contains("layer"), "{refused:?}");
        }
        let back = tiller.get(ImportVector { layer: (!says_layer).then_some(26), ..request });
        assert_eq!((back.layer, back.size, back.run, back.data_set), (26, 576, None, None));
        assert_eq!((back.method.is_some(), back.residual_norm), (says_layer, None), "{name}");
        assert_eq!(back.name, if says_layer { "Small" } else { "v" });
        tiller.get(ExportVector {
            vector: back.id,
            file: FileRef::typed(place("again.safetensors")),
            replace: true,
            prove: true,
        });
        let again = read("again.safetensors");
        let bits = |file: &VectorFile| file.vectors[0].values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&again), bits(&original), "{name}");
        if says_layer {
            assert_eq!(again.provenance, original.provenance, "{name}: where it comes from is kept");
        }
    }

    // An imported vector steers and can be measured like any other.
    let imported = tiller.watch_again().vectors[0].clone();
    let sweep = tiller.get(StartSweep {
        model: imported.model,
        settings: support::sweep_of(imported.id, data_set, &[0.0]),
    });
    let refused = tiller.call(DeleteDataSet { data_set });
    let over = tiller.wait_for(|event| match event {
        Event::Sweep(now) if now.id == sweep.id && now.state.is_over() => Some(now.state.clone()),
        _ => None,
    });
    assert_eq!(over, JobState::Done);
    if let Err(refused) = refused {
        assert!(refused.message.contains("A job uses"), "{refused:?}");
        tiller.get(DeleteDataSet { data_set });
    }
    let picture = tiller.watch_again();
    assert!(picture.runs.is_empty() && picture.sweeps.is_empty());
    assert_eq!(support::own(&picture.vectors).len(), 6, "vectors outlive their data set");
}

#[test]
fn a_table_with_the_embedding_first_is_imported_without_it_and_its_note_says_so() {
    let dir = folder();
    let (tiller, picture) = Tiller::ready(&dir.path().join("data"));
    let model = picture.models[0].id;
    // The starter model has 30 blocks of 576 numbers: hidden_states are 31 rows.
    let row = |layer: usize| vec![if layer == 27 { 0.5 } else { 0.0 }; 576];
    let rows: Vec<Vec<f64>> = (0..31).map(row).collect();
    let path = dir.path().join("hidden.json");
    std::fs::write(&path, serde_json::to_vec(&rows).expect("JSON")).expect("a file");
    let file = FileRef::typed(path.display().to_string());
    let vector = tiller.get(ImportVector { file, name: String::new(), layer: None, model });
    assert_eq!((vector.layers.as_slice(), vector.name.as_str()), (&[26][..], "hidden"));
    assert!(vector.note.contains("embedding"), "{}", vector.note);
}

#[test]
fn a_preview_says_before_the_import_what_the_import_then_notes() {
    let dir = folder();
    let (tiller, picture) = Tiller::ready(&dir.path().join("data"));
    let model = picture.models[0].id;
    let written = |name: &str, content: serde_json::Value| {
        let path = dir.path().join(name);
        fs::write(&path, content.to_string()).expect("a file");
        FileRef::typed(path.display().to_string())
    };
    let preview = |file: &FileRef| tiller.get(PreviewVector { file: file.clone(), model });
    let import = |file: &FileRef, layer| {
        tiller.call(ImportVector { file: file.clone(), name: String::new(), layer, model })
    };

    // The name suggests a layer, which is never taken unasked.
    let named = written("vec_ep20_layer15.json", serde_json::json!(vec![0.5; 576]));
    let found = preview(&named);
    assert_eq!((found.layers.len(), found.size, found.needs_layer), (0, 576, true));
    assert_eq!((found.suggested_layer, found.notes.len()), (Some(15), 0));
    assert!(import(&named, None).is_err());
    assert_eq!(import(&named, Some(15)).expect("a layer").layers, [15]);

    // What another program wrote beside the vector is left out: the note says the same as the preview.
    let foreign =
        serde_json::json!({"layer": 3, "vector": vec![0.5; 576], "coefficient": 4, "cohens_d": [1, {}]});
    let foreign = written("foreign.json", foreign);
    let found = preview(&foreign);
    assert_eq!((found.layers.as_slice(), found.needs_layer, found.suggested_layer), (&[3][..], false, None));
    assert!(found.notes[0].contains("\"coefficient\", \"cohens_d\""), "{:?}", found.notes);
    assert_eq!(import(&foreign, None).expect("a vector").note, found.notes.join(" "));

    // hidden_states: the embedding is known by the model's number of blocks.
    let rows: Vec<Vec<f64>> = (0..31).map(|row| vec![f64::from(row == 27) * 0.5; 576]).collect();
    let hidden = written("hidden.json", serde_json::json!(rows));
    let found = preview(&hidden);
    assert!(found.layers == [26] && found.notes[0].contains("embedding"), "{found:?}");
    assert_eq!(import(&hidden, None).expect("a vector").note, found.notes.join(" "));

    let nothing = written("nothing.json", serde_json::json!({"a": 1}));
    assert!(tiller.call(PreviewVector { file: nothing, model }).is_err());
    assert_eq!(support::own(&tiller.watch_again().vectors).len(), 3, "a preview stores nothing");
}

#[test]
fn vectors_that_do_not_fit_are_refused_with_both_sizes() {
    let dir = folder();
    let (tiller, picture) = Tiller::ready(&dir.path().join("data"));
    let model = picture.models[0].id;
    let vector = |layer: usize, size: usize| vectors::steering::SteeringVector {
        layer,
        values: vec![0.5; size].into(),
    };
    let import = |name: &str, all: Vec<vectors::steering::SteeringVector>, layer| {
        let path = dir.path().join(name);
        VectorFile::new(all, Provenance::default()).expect("vectors").write(&path).expect("a file");
        let request = ImportVector {
            file: FileRef::typed(path.display().to_string()),
            name: "In".into(),
            layer,
            model,
        };
        tiller.call(request)
    };
    let refused = import("short.json", vec![vector(3, 8)], None).expect_err("8 numbers");
    assert!(refused.message.contains("8 numbers") && refused.message.contains("576"), "{refused:?}");
    let refused = import("high.json", vec![vector(30, 576)], None).expect_err("no layer 30");
    assert!(refused.message.contains("layer 30") && refused.message.contains("0 to 29"), "{refused:?}");
    let two = || vec![vector(3, 576), vector(0, 576)];
    let refused = import("two.json", two(), Some(4)).expect_err("no layer 4");
    assert!(refused.message.contains("0, 3"), "{refused:?}");
    let refused = import("two.json", vec![vector(3, 576), vector(30, 576)], None).expect_err("no layer 30");
    assert!(refused.message.contains("layer 30"), "{refused:?}");
    assert_eq!(import("two.json", two(), Some(3)).expect("layer 3").layer, 3);
    assert!(support::own(&tiller.watch_again().vectors).len() == 1, "a refused file leaves nothing behind");
    assert_eq!(import("two.json", two(), None).expect("both layers").layers, [0, 3]);

    // llama.cpp adds nothing after block 0.
    let first = import("two.json", two(), Some(0)).expect("layer 0");
    let path = dir.path().join("zero.gguf");
    let file = FileRef::typed(path.display().to_string());
    let export = ExportVector { vector: first.id, file, replace: false, prove: true };
    let refused = tiller.call(export).expect_err("layer 0");
    assert!(refused.message.contains("layer 0") && !path.exists(), "{refused:?}");

    let missing = dir.path().join("none.gguf").display().to_string();
    let request = ImportVector { file: FileRef::typed(missing), name: String::new(), layer: None, model };
    assert_eq!(tiller.call(request.clone()).expect_err("no file").code, Code::NotFound);
    let refused =
        tiller.call(ImportVector { file: FileRef::typed("/v.docx"), ..request }).expect_err("no such ending");
    assert!(refused.message.contains(".safetensors"), "{refused:?}");
    let forbidden = dir.path().join("evil.pt");
    fs::write(&forbidden, b"\x80\x02cos\nsystem\nU\x04exit\x85R.").expect("a file");
    let request = ImportVector {
        file: FileRef::typed(forbidden.display().to_string()),
        name: String::new(),
        layer: Some(1),
        model,
    };
    assert!(tiller.call(request).is_err());
}

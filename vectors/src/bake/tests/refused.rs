//! What is not baked, and what stops a bake: each with what it leaves behind, which is nothing.

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use super::super::{BakeError, bake};
use super::{SIZE, adding, f32_folder, family, folder, ingredient, out_of, recipe, refusal, vector};
use crate::gate::{Gate, GateAt};
use crate::model::ModelError;
use crate::steering::{Intervention, InterventionOp, Positions, SteeringVector, Term, TermGate};

#[test]
fn what_a_bias_cannot_be_is_refused_with_what_can_be_done() {
    let source = family("llama.gguf");
    let one = vector(0, 0.7);
    let with = |positions, op| recipe(vec![ingredient("wealth", &one, 1.0, Intervention { positions, op })]);
    let answer = with(Positions::Answer, InterventionOp::Add);
    assert!(refusal(&source, &answer).contains("acts at the tokens of the answer alone, cannot be baked"));
    let end = with(Positions::PromptEnd, InterventionOp::Add);
    assert!(refusal(&source, &end).contains("steer in Tiller"));
    let cap = with(Positions::Everywhere, InterventionOp::Cap { at: 1.0 });
    assert!(refusal(&source, &cap).contains("caps a projection"));
    let partly = with(Positions::Answer, InterventionOp::ProjectOut);
    assert!(refusal(&source, &partly).contains("cannot be baked"));
    let gate = Gate { layer: 0, above: 1.0, soft: None, at: GateAt::Token };
    let mut gated = adding(&[(one.clone(), 1.0)]);
    if let Term::Vector { gate: place, .. } = &mut gated.ingredients[0].terms[0] {
        *place = Some(Arc::new(TermGate { condition: vec![1.0; SIZE], gate }));
    }
    assert!(refusal(&source, &gated).contains("without its gate"));
    let both = recipe([adding(&[(one.clone(), 1.0)]).ingredients, out_of(0, 1.0).ingredients].concat());
    assert!(refusal(&source, &both).contains("one direction"));
    assert!(refusal(&source, &recipe(vec![])).contains("no vector"));
    assert!(refusal(&source, &adding(&[(vector(2, 0.7), 1.0)])).contains("after block 2, and the last is 1"));
    let short = SteeringVector { layer: 0, values: [1.0, 2.0].into() };
    assert!(
        refusal(&source, &adding(&[(short, 1.0)])).contains("it has 2 numbers, and the residual stream 64")
    );
    for (name, words) in [
        ("qwen3.gguf", "qwen3 cannot be baked: llama.cpp reads no bias"),
        ("phi3.gguf", "--control-vector"),
        ("gemma2.gguf", "gemma2 cannot be baked: a norm stands between"),
        ("gemma3", "a norm stands between"),
        ("mistral", "transformers reads no bias"),
        ("qwen2", "mlp_bias"),
    ] {
        let found = refusal(&family(name), &adding(&[(one.clone(), 1.0)]));
        assert!(found.contains(words), "{name}: {found}");
    }
    assert!(refusal(&family("gemma2.gguf"), &out_of(0, 1.0)).contains("a norm stands between"));
    let huge = adding(&[(one, f32::MAX)]);
    assert!(refusal(&family("llama"), &huge).contains("smaller multiplier"));
}

#[test]
fn a_model_in_several_gguf_files_is_refused() {
    let part = fs::read_dir(family("parts"))
        .unwrap()
        .flatten()
        .map(|file| file.path())
        .find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().contains("00001-of")));
    let found = refusal(&part.unwrap(), &adding(&[(vector(0, 0.7), 1.0)]));
    assert!(found.contains("llama-gguf-split --merge"), "{found}");
}

#[test]
fn the_target_is_neither_the_source_nor_there_already() {
    let out = folder();
    let source = out.path().join("model.gguf");
    fs::copy(family("llama.gguf"), &source).unwrap();
    let recipe = adding(&[(vector(0, 0.7), 1.0)]);
    let refused = |target: &Path, replace| bake(&source, &recipe, target, replace, None).unwrap_err();
    assert!(matches!(refused(&source, true), BakeError::IsSource(_)));
    #[cfg(unix)]
    {
        let link = out.path().join("link.gguf");
        std::os::unix::fs::symlink(&source, &link).unwrap();
        assert!(matches!(refused(&link, true), BakeError::IsSource(_)));
        fs::remove_file(link).unwrap();
    }
    let other = out.path().join("other.gguf");
    fs::write(&other, "mine").unwrap();
    assert!(matches!(refused(&other, false), BakeError::Exists(_)));
    assert_eq!(fs::read(&other).unwrap(), b"mine");
    assert!(matches!(refused(&out.path().join("no/baked.gguf"), false), BakeError::NoFolder(_)));
    bake(&source, &recipe, &other, true, None).unwrap();
    assert!(fs::metadata(&other).unwrap().len() > 1000);
    let folder = f32_folder("llama", false);
    let inside = folder.path().join("baked");
    let error = bake(folder.path(), &recipe, &inside, false, None).unwrap_err();
    assert!(matches!(error, BakeError::IsSource(_)), "{error}");
}

#[test]
fn a_stop_at_any_moment_leaves_nothing() {
    for source in [family("llama.gguf"), family("llama")] {
        for stop_at in 0..200 {
            let out = folder();
            let mut calls = 0;
            let mut progress = |_, _| {
                calls += 1;
                if calls > stop_at { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            };
            let target = out.path().join("baked");
            let done = bake(&source, &adding(&[(vector(0, 0.7), 1.0)]), &target, false, Some(&mut progress));
            match done {
                Ok(_) => {
                    assert!(stop_at > 2);
                    break;
                }
                Err(BakeError::Model(ModelError::Interrupted)) => {}
                Err(error) => panic!("{error}"),
            }
            assert_eq!(fs::read_dir(out.path()).unwrap().count(), 0, "stopped at {stop_at}");
        }
    }
}

#[test]
fn a_source_that_is_written_meanwhile_is_refused() {
    let out = folder();
    let source = out.path().join("model.gguf");
    fs::copy(family("llama.gguf"), &source).unwrap();
    let mut progress = |done, total| {
        if 4 * done > 3 * total {
            let file = fs::File::options().append(true).open(&source).unwrap();
            file.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
        }
        ControlFlow::Continue(())
    };
    let target = out.path().join("baked.gguf");
    let error =
        bake(&source, &adding(&[(vector(0, 0.7), 1.0)]), &target, false, Some(&mut progress)).unwrap_err();
    assert!(error.to_string().contains("has changed"), "{error}");
    assert_eq!(fs::read_dir(out.path()).unwrap().count(), 1);
}

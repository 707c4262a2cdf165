//! Tests `bake` and `distil` as jobs of a store: the files of the commands without one, what a kill leaves, and what is refused.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::baking::{family, vector};
use crate::{Folder, command, lines, number, refusal};

#[test]
fn a_vector_is_baked_as_a_job_into_the_bytes_of_the_command_without_a_store() {
    let folder = Folder::new();
    let (store, model) = (folder.path("store"), family("llama.gguf"));
    let vector = vector(&folder, "v.json", json!({"name": "wealth"}));
    let [plain, kept] = ["plain.gguf", "kept.gguf"].map(|name| folder.path(name));
    let call = ["bake", "--model", &model, "--vector", &vector, "--multiplier", "0.1,2", "--json", "--out"];
    lines(&[&call[..], &[&plain]].concat());
    let told = lines(&[&call[..], &[&kept, "--store", &store]].concat());
    assert!(told[0]["job"].is_u64() && told.len() == 3, "{told:?}");
    for (line, at) in told[1..].iter().zip(["0.1", "2"]) {
        let file = folder.path(&format!("kept-x{at}.gguf"));
        assert_eq!((&line["file"], &line["verdict"]), (&json!(file), &json!("identical")), "{line}");
        assert_eq!(line["multiplier"].to_string().trim_end_matches(".0"), at);
        assert!(Path::new(line["proof_file"].as_str().expect("a path")).exists(), "{line}");
        let read = |path: &str| fs::read(path).expect("a model");
        assert!(read(&file) == read(&folder.path(&format!("plain-x{at}.gguf"))), "{at}");
    }

    // The vector is in the library now, with its model.
    let out = folder.path("named.gguf");
    let named = ["bake", "--store", &store, "--vector", "wealth", "--multiplier", "1", "--out"];
    let told = lines(&[&named[..], &[&out, "--json"]].concat());
    assert!(told[1]["verdict"] == "identical" && Path::new(&out).exists(), "{told:?}");
    let (free, no_ending) = (folder.path("free.gguf"), folder.path("free"));
    let cases: [(&[&str], i32, &str); 5] = [
        (&["--out", &out], 3, "there already"),
        (&["--out", &no_ending], 2, "in .gguf"),
        (&["--out", &free, "--vector", &vector], 2, "takes one vector"),
        (&["--out", &free, "--weights", "2"], 2, "--weights"),
        (&["--out", &free, "--precision", "f32"], 2, "--precision"),
    ];
    for (more, code, words) in cases {
        let (found, message) = refusal(&[&named[..7], more].concat());
        assert!(found == code && message.contains(words), "{more:?}: {found}, {message}");
    }
    let again = [&named[..], &[&out, "--force", "--json"]].concat();
    assert_eq!(lines(&again)[1]["verdict"], "identical");
    assert!(!Path::new(&free).exists());
}

#[test]
fn a_distilled_adapter_is_in_the_library_and_in_out_after_a_kill_as_well() {
    let folder = Folder::new();
    let (store, model, data) = (folder.path("store"), family("gemma2.gguf"), folder.pairs());
    let vector = vector(&folder, "v.json", json!({"name": "wealth"}));
    let fixed = ["distil", "--model", &model, "--vector", &vector, "--multiplier", "1", "--data", &data];
    let settings = ["--steps", "40", "--rank", "4", "--lr", "0.01", "--json", "--out"];
    let call = [&fixed[..], &settings].concat();
    let [plain, kept] = ["plain", "kept"].map(|name| folder.path(name));
    lines(&[&call[..], &[&plain]].concat());

    // It is killed, and asked for again.
    let in_store = [&call[..], &[&kept, "--store", &store]].concat();
    let mut child = command(&in_store).stdout(Stdio::piped()).spawn().expect("tiller-cli starts");
    let first = BufReader::new(child.stdout.take().expect("its output")).lines().next();
    let first: Value = serde_json::from_str(&first.expect("a line").expect("UTF-8")).expect("JSON");
    child.kill().expect("it can be killed");
    child.wait().expect("it has ended");
    assert!(first["job"].is_u64() && !Path::new(&kept).exists(), "{first}");
    let told = lines(&["jobs", "resume", &first["job"].to_string(), "--store", &store, "--json"]);
    let last = told.last().expect("a line");
    let divergence = &last["divergence"];
    assert!(number(divergence, "before") > number(divergence, "left"), "{last}");
    assert_eq!((&last["name"], &last["out"]), (&json!("wealth \u{d7} 1 distilled"), &json!(kept)));
    let adapter = |folder_name: &str| {
        let path = folder.path(&format!("{folder_name}/adapter_model.safetensors"));
        lines(&["vector", "info", &path, "--json"]).remove(0)["adapter"].clone()
    };
    assert_eq!(adapter("kept"), adapter("plain"));
    let config = fs::read_to_string(folder.path("kept/adapter_config.json"));
    assert!(config.expect("peft's configuration").contains("\"r\""));
    // The file was read again, and what was measured of the library's adapter is what the command measures of its own file.
    let proof = |name: &str| -> Value {
        let text = fs::read(folder.path(&format!("{name}.proof.json"))).expect("a proof");
        serde_json::from_slice(&text).expect("JSON")
    };
    let (ours, theirs) = (proof("kept"), proof("plain"));
    let measured = ["logit_gap", "same_answers", "steered_perplexity", "baked_perplexity", "divergence"];
    let described = ["verdict", "vectors", "settings", "source", "source_fingerprint"];
    for key in [measured, described].concat() {
        assert_eq!(ours[key], theirs[key], "{key}");
    }
    let beside = json!(folder.path("kept.proof.json"));
    assert_eq!((&ours["verdict"], &ours["file"]), (&json!("not_exact"), &json!("kept")));
    assert_eq!((&last["proof_file"], &last["proof"]["verdict"]), (&beside, &ours["verdict"]));
    let listed = lines(&["vector", "list", "--store", &store, "--json"]);
    let made = listed.iter().find(|vector| vector["id"] == last["vector"]).expect("it is in the library");
    assert_eq!((&made["is_adapter"], &made["hash"]), (&json!(true), &last["hash"]));

    // An export of an adapter is proved by a job as well, unless that is not wanted.
    let (lora, bare) = (folder.path("lora.gguf"), folder.path("bare.safetensors"));
    let export = |more: &[&str]| {
        let name = last["vector"].to_string();
        lines(&[&["vector", "export", &name, "--store", &store, "--json", "--out"], more].concat())
    };
    let printed = export(&[&lora]);
    assert_eq!(
        (printed.len(), &printed[0]["path"], &printed[1]["job"]),
        (3, &json!(lora), &printed[0]["proof"])
    );
    assert_eq!((&printed[2]["file"], &printed[2]["verdict"]), (&json!(lora), &json!("identical")));
    assert!(fs::exists(folder.path("lora.proof.json")).expect("a folder"));
    let printed = export(&[&bare, "--no-proof"]);
    assert_eq!((printed.len(), &printed[0]["proof"]), (1, &Value::Null));

    let other = family("llama.gguf");
    let by_name = ["distil", "--store", &store, "--vector", "wealth", "--multiplier"];
    let cases: [(&[&str], i32, &str); 5] = [
        (&["1", "--out", &kept], 3, "there already"),
        (&["0"], 3, "nothing steers"),
        (&["1", "--alpha", "4"], 2, "--alpha"),
        (&["1", "--system", "Be brief."], 2, "--system"),
        (&["1", "--model", &other], 3, "leave out --model"),
    ];
    for (more, code, words) in cases {
        let (found, message) = refusal(&[&by_name[..], more, &["--data", "pairs"]].concat());
        assert!(found == code && message.contains(words), "{more:?}: {found}, {message}");
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_pauses_both_and_their_number_goes_on_with_them() {
    let folder = Folder::new();
    let (store, model, data) = (folder.path("store"), family("llama.gguf"), folder.pairs());
    let vector = vector(&folder, "v.json", json!({"name": "wealth"}));
    let out = folder.path("baked.gguf");
    let call = ["--model", &model, "--vector", &vector, "--store", &store, "--json", "--multiplier"];
    let bake = [&["bake"], &call[..], &["1,2,3", "--out", &out]].concat();
    let distil = [&["distil"], &call[..], &["1", "--data", &data, "--steps", "40"]].concat();
    for arguments in [bake, distil] {
        let child = command(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = child.expect("tiller-cli starts");
        let mut first = String::new();
        let read = BufReader::new(child.stdout.as_mut().expect("its output")).read_line(&mut first);
        assert!(read.expect("a line") > 0);
        let asked = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        assert!(asked.expect("kill runs").success());
        let output = child.wait_with_output().expect("an end");
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(130), "{message}");
        let job = serde_json::from_str::<Value>(&first).expect("JSON")["job"].to_string();
        assert!(message.contains(&format!("jobs resume {job}")), "{message}");
        assert_eq!(lines(&["jobs", "show", &job, "--store", &store, "--json"])[0]["state"], "paused");
        let told = lines(&["jobs", "resume", &job, "--store", &store, "--json"]);
        let last = told.last().expect("a line");
        assert!(last["verdict"] == "identical" || last["divergence"].is_object(), "{told:?}");
    }
    for at in ["1", "2", "3"] {
        assert!(Path::new(&folder.path(&format!("baked-x{at}.proof.json"))).exists(), "{at}");
    }
}

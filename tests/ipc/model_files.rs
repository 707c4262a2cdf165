//! Tests model files through the commands, with tiny models that transformers made (`tests/oracles/families`): folders of
//! safetensors, GGUF models in parts, and a person's own chat templates.

use std::fs;
use std::path::{Path, PathBuf};

use crate::chat;
use crate::opened::{Opened, add, is_ready};
use crate::support::{FIRST_CURVE, small_run, sweep_of};
use app::App;
use hub::HubEnvironment;
use ipc::answer::AnswerEnd;
use ipc::command::*;
use ipc::data::{PairContent, Split};
use ipc::event::Event;
use ipc::job::JobState;
use ipc::model::{FileState, Model, ModelState, TemplateOrigin};
use ipc::tokens::TokenKind;
use ipc::train::TrainSettings;
use ipc::{Code, Failure, Id};

/// A chat template with a marker that no other one has.
const MARKED: &str = "{{ bos_token }}{% for m in messages %}<|turn|>{{ m.role }}: {{ m.content }}<|end|>{% endfor %}\
                      {% if add_generation_prompt %}<|turn|>assistant: {% endif %}";

pub(crate) fn families(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/oracles/families").join(name)
}

/// Copies a model's folder.
pub(crate) fn copy(name: &str, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for file in fs::read_dir(families(name)).expect("the oracle").flatten() {
        fs::copy(file.path(), to.join(file.file_name())).expect("a copy");
    }
}

pub(crate) async fn open(data: &Path) -> Opened {
    Opened::without_model(data, HubEnvironment::inside(data)).await
}

pub(crate) async fn loaded(opened: &Opened, path: &Path) -> Model {
    let model = add(opened, path).await;
    opened.model(|known| is_ready(model.id)(known) && known.fingerprint.is_some())
}

/// Makes pairs that fit into the short context of a tiny model.
pub(crate) async fn short_pairs(opened: &Opened) -> Id {
    make_short_pairs(&opened.app).await
}

/// The same in the application itself.
pub(crate) async fn make_short_pairs(app: &App) -> Id {
    let name = "Cats".to_owned();
    let set = app.create_data_set(CreateDataSet { name, description: String::new() }).await.expect("a set");
    for number in 0..6 {
        let content = PairContent {
            prompt: format!("the cat {number}"),
            wanted: "sat on the mat".into(),
            opposite: "ran to the dog".into(),
            split: if number < 4 { Split::Train } else { Split::HeldOut },
            ..PairContent::default()
        };
        app.add_pair(AddPair { data_set: set.id, content, after: None }).await.expect("a pair");
    }
    set.id
}

pub(crate) fn tiny_run() -> TrainSettings {
    TrainSettings { layers: vec![0], system_prompt: String::new(), ..small_run(2) }
}

/// Trains a few steps and returns the vector's id.
pub(crate) async fn trained(opened: &Opened, model: Id, data_set: Id) -> Id {
    let train = Train { name: String::new(), model, data_set, settings: tiny_run() };
    let run = opened.app.train(train).await.expect("a run");
    let (mut vector, mut is_done) = (None, false);
    opened.wait(|event| {
        match event {
            Event::Vector(made) => vector = Some(made.id),
            Event::Job(job) if job.id == run.job => match job.state {
                JobState::Done => is_done = true,
                JobState::Failed { failure } => panic!("{failure:?}"),
                _ => {}
            },
            _ => {}
        }
        vector.filter(|_| is_done)
    })
}

/// Says something and waits until all columns are answered: one for each multiplier.
pub(crate) async fn answered(
    opened: &Opened,
    vector: Option<Id>,
    multipliers: Vec<f64>,
) -> Vec<ipc::conversation::ModelTurn> {
    let terms: Vec<_> = vector.map(ipc::sweep::SteeringTerm::new).into_iter().collect();
    chat::answered(opened, chat::desk(&terms, &multipliers, 4), "the cat").await.1
}

#[tokio::test(flavor = "multi_thread")]
async fn folders_of_safetensors_are_added_loaded_trained_on_and_asked() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let opened = open(data.path()).await;
    let set = short_pairs(&opened).await;
    // A single file, several parts with an index, and another family.
    for (name, family, stored) in
        [("llama3", "Llama", "BF16"), ("mistral", "Mistral", "F16"), ("gemma3", "Gemma 3", "BF16")]
    {
        let folder = data.path().join(name);
        copy(name, &folder);
        let model = loaded(&opened, &folder).await;
        let facts = model.facts.as_ref().expect("a header");
        assert_eq!((facts.family.as_str(), facts.quantization.as_str()), (family, stored));
        assert_eq!((model.name.as_str(), model.file, model.needs.len()), (name, FileState::Present, 3));
        assert_eq!(model.path, folder.display().to_string());
        // A file inside the folder names the same model.
        let again = add(&opened, &folder.join("config.json")).await;
        assert_eq!(again.id, model.id, "{name}");

        let vector = trained(&opened, model.id, set).await;
        let answers = answered(&opened, Some(vector), vec![-1.0, 0.0, 1.0]).await;
        assert_eq!(answers.len(), 3);
        for answer in answers {
            assert!(
                matches!(answer.end, AnswerEnd::Length | AnswerEnd::EndOfTurn),
                "{name}: {:?}",
                answer.end
            );
        }
    }
    // An edited tokenizer counts as a changed model.
    let tokenizer = data.path().join("gemma3/tokenizer_config.json");
    let mut text = fs::read_to_string(&tokenizer).expect("a file");
    text.push('\n');
    fs::write(&tokenizer, text).expect("a file");
    opened.app.check_models(CheckModels {}).await.expect("a look");
    opened.model(|model| model.name == "gemma3" && model.file == FileState::Changed);
    opened.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_in_parts_is_one_model() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let folder = data.path().join("parts");
    copy("parts", &folder);
    let part = |number: u32| folder.join(format!("llama-0000{number}-of-00003.gguf"));
    let opened = open(data.path()).await;
    // The path names the second part, and the model is found by its first.
    let model = loaded(&opened, &part(2)).await;
    assert_eq!(model.path, part(1).display().to_string());
    assert_eq!(add(&opened, &part(3)).await.id, model.id);
    opened.app.scan_folder(ScanFolder { file: opened.read(&folder) }).await.expect("a search");
    let scan = opened.wait(|event| match event {
        Event::Scan(scan) if !scan.is_running => Some(scan),
        _ => None,
    });
    assert_eq!((scan.added, scan.known, scan.refused), (0, 1, 0));
    assert!(matches!(
        answered(&opened, None, vec![0.0]).await[0].end,
        AnswerEnd::Length | AnswerEnd::EndOfTurn
    ));

    fs::rename(part(3), data.path().join("away")).expect("it moves");
    opened.app.check_models(CheckModels {}).await.expect("a look");
    opened.model(|known| known.id == model.id && known.file == FileState::Gone);
    let refused = opened.app.add_model(AddModel { file: opened.read(&part(1)) }).await;
    let refused = Failure::from(refused.expect_err("a part is missing"));
    assert!(refused.detail.is_some_and(|detail| detail.contains("llama-00003-of-00003.gguf")));
    fs::rename(data.path().join("away"), part(3)).expect("it comes back");
    opened.app.check_models(CheckModels {}).await.expect("a look");
    opened.model(|known| known.id == model.id && known.file == FileState::Present);

    let forget = ForgetModel { model: model.id, delete_file: true };
    opened.allow(&forget).await;
    opened.app.forget_model(forget).await.expect("it is deleted");
    assert!((1..=3).all(|number| !part(number).exists()), "all parts go");
    opened.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_of_ones_own_is_shown_tried_used_and_removed() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let folder = data.path().join("tiny");
    copy("qwen3", &folder);
    let opened = open(data.path()).await;
    let app = &opened.app;
    let model = loaded(&opened, &folder).await;
    let of_file = app.read_template(ReadTemplate { model: model.id }).await.expect("a template");
    assert_eq!(of_file.origin, TemplateOrigin::File);
    assert!(of_file.text.contains("add_generation_prompt") && of_file.example.contains("Be brief."));
    let names: Vec<&str> = of_file.built_in.iter().map(|offer| offer.name.as_str()).collect();
    assert_eq!(names, ["Llama 2", "Llama2-Chinese", "Mistral", "Vicuna"]);

    // Results that use the file's own template.
    let set = short_pairs(&opened).await;
    let vector = trained(&opened, model.id, set).await;
    let start = StartSweep { model: model.id, settings: sweep_of(vector, set, &[0.0, 1.0]) };
    let sweep = app.start_sweep(start.clone()).await.expect("a sweep");
    opened.wait(|event| match event {
        Event::Sweep(done) if done.id == sweep.id && done.state == JobState::Done => Some(()),
        _ => None,
    });
    app.read_items(ReadItems { sweep: sweep.id, curve: FIRST_CURVE }).await.expect("its values");

    // Unusable templates are refused with a reason.
    let attempt = |template: String| TryTemplate { model: model.id, template };
    for (template, words) in [
        ("{% for m in messages %}{{ m.content }}".to_owned(), &["template"][..]),
        // On a busy machine the limit of time is reached before that of steps.
        (
            "{% for a in range(90000) %}{% for b in range(90000) %}{% endfor %}{% endfor %}".to_owned(),
            &["fuel", "takes more than"],
        ),
        ("{% for a in range(5000) %}{{ 'x' * 60000 }}{% endfor %}".to_owned(), &[""]),
        ("{{ raise_exception('Not with me') }}".to_owned(), &["not with me"]),
        ("Hello.".to_owned(), &["leaves the question out"]),
    ] {
        let refused = Failure::from(app.try_template(attempt(template.clone())).await.expect_err(&template));
        assert_eq!(refused.code, Code::Invalid);
        let detail = refused.detail.unwrap_or_default().to_lowercase();
        assert!(words.iter().any(|words| detail.contains(words)), "{detail:?} says none of {words:?}");
        let set = SetTemplate { model: model.id, template: Some(template) };
        app.set_template(set).await.expect_err("it is not kept either");
    }
    app.try_template(attempt(" ".into())).await.expect_err("it is empty");
    let tried = app.try_template(attempt(MARKED.into())).await.expect("it can be used");
    assert!(tried.example.contains("<|turn|>user: What is a model?"), "{}", tried.example);
    let still = app.read_template(ReadTemplate { model: model.id }).await.expect("a template");
    assert_eq!(still.origin, TemplateOrigin::File, "nothing is kept of what was tried");

    // With the new template the model is loaded again, and earlier measurements become stale.
    let set_own = SetTemplate { model: model.id, template: Some(MARKED.into()) };
    app.set_template(set_own).await.expect("it is used");
    opened.model(|known| is_ready(model.id)(known) && known.template.is_some());
    let own = app.read_template(ReadTemplate { model: model.id }).await.expect("a template");
    assert_eq!((own.origin, own.text.as_str()), (TemplateOrigin::Person, MARKED));
    let again = app.start_sweep(start.clone()).await.expect("a sweep");
    assert_ne!(again.id, sweep.id, "it is not the sweep of the other template");
    app.close().await;

    // The template survives a restart. Afterwards it is removed.
    let opened = open(data.path()).await;
    let kept = &opened.picture.models[1];
    assert_eq!((kept.template.as_deref(), kept.id), (Some(MARKED), model.id));
    let stale = opened.picture.sweeps.iter().find(|known| known.id == sweep.id).expect("the sweep");
    assert!(stale.stale.as_ref().is_some_and(|why| why.contains("template")), "{:?}", stale.stale);
    let own = opened.app.read_template(ReadTemplate { model: model.id }).await.expect("a template");
    assert_eq!(own.origin, TemplateOrigin::Person);
    let back = SetTemplate { model: model.id, template: None };
    opened.app.set_template(back).await.expect("it is taken back");
    opened.model(|known| known.id == model.id && known.template.is_none());
    assert_eq!(
        opened.app.start_sweep(start).await.expect("a sweep").id,
        sweep.id,
        "the old one counts again"
    );
    opened.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_without_a_template_is_given_one() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let folder = data.path().join("plain");
    copy("llama3", &folder);
    let config = folder.join("tokenizer_config.json");
    let mut config_json: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&config).expect("a file")).expect("JSON");
    config_json.as_object_mut().expect("an object").remove("chat_template");
    fs::write(&config, config_json.to_string()).expect("a file");
    let opened = open(data.path()).await;
    let model = add(&opened, &folder).await;
    let failed =
        opened.model(|known| known.id == model.id && matches!(known.state, ModelState::Failed { .. }));
    let ModelState::Failed { failure } = failed.state else { panic!("it failed") };
    assert!(failure.message.contains("no chat template"), "{failure:?}");
    assert!(failure.next.is_some_and(|next| next.contains("Chat template")));

    let none = opened.app.read_template(ReadTemplate { model: model.id }).await.expect("what there is");
    assert_eq!((none.origin, none.text.as_str()), (TemplateOrigin::Nowhere, ""));
    let vicuna = none.built_in.iter().find(|offer| offer.name == "Vicuna").expect("Tiller's own");
    let template = vicuna.text.clone();
    let tried = TryTemplate { model: model.id, template: template.clone() };
    let tried = opened.app.try_template(tried).await.expect("it can be tried without the weights");
    assert_eq!(tried.example, "<|begin|>Be brief. USER: What is a model? ASSISTANT:");
    let set = SetTemplate { model: model.id, template: Some(template) };
    opened.app.set_template(set).await.expect("it is used");
    opened.model(is_ready(model.id));
    assert!(!answered(&opened, None, vec![0.0]).await.is_empty());
    opened.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_models_tokens_are_shown_in_memory_and_not_with_what_its_files_disagree_about() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let folder = data.path().join("tiny");
    copy("qwen3", &folder);
    // The file names another token as the end than the template writes after an answer.
    let config = folder.join("tokenizer_config.json");
    let text = fs::read_to_string(&config).expect("a configuration");
    let changed = text.replace("\"eos_token\": \"<|end|>\"", "\"eos_token\": \"<|turn|>\"");
    assert_ne!(text, changed);
    fs::write(&config, changed).expect("it is changed");
    let opened = open(data.path()).await;
    let model = loaded(&opened, &folder).await;
    let request = ReadModelTokens { model: model.id };
    let tokens = opened.app.read_model_tokens(request.clone()).await.expect("its tokens");
    assert_eq!(tokens.prompt[1].text, "<|turn|>");
    assert_eq!(tokens.prompt[1].kind, TokenKind::Control);
    assert_eq!((tokens.ends[0].text.as_str(), tokens.ends[0].id), ("<|end|>", 318));
    assert_eq!(tokens.ends[0].places[0], "the chat template, after an answer");
    assert!(
        tokens.ends[1].places.iter().any(|place| place == "tokenizer_config.json: eos_token"),
        "{tokens:?}"
    );
    assert_eq!(tokens.answer.last().map(|token| token.id), Some(318));
    assert!(tokens.warnings.iter().any(|warning| warning.contains("<|end|> closes answers")), "{tokens:?}");
    opened.app.unload_model(UnloadModel { model: model.id }).await.expect("it is unloaded");
    let unloaded = opened.app.read_model_tokens(request).await.expect("its tokens without the weights");
    assert_eq!(unloaded, tokens);
    opened.app.close().await;
}

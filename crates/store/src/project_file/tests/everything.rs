//! A store with a project that has a bit of everything, and the file of it.

use ipc::analysis::{Finding, Question};
use ipc::conversation::SamplingSettings;
use ipc::drafts::{DraftSettings, DraftSource, EndpointSettings};
use ipc::project::Settings;
use ipc::score::{Judge, Rubric, Score};
use ipc::sweep::SweepSettings;
use ipc::train::AnswerPosition;
use ipc::{Code, Failure};

use super::super::export;
use crate::json::to_json;
use crate::tests::temporary;
use crate::{Store, jobs, runs, sweeps, vectors};

/// Makes a store with a project that has a bit of everything.
pub(super) async fn with_everything() -> (Store, tempfile::TempDir) {
    let (store, dir) = temporary().await;
    let mut db = store.begin().await.expect("a change");
    let vector = vectors::tests::a_vector(&mut db).await;
    let sweep = sweeps::tests::a_sweep(&mut db, &vector).await;
    sqlx::query("UPDATE models SET template = 'own', seconds_per_token_block = 0.5")
        .execute(&mut *db)
        .await
        .expect("facts");
    let endpoint =
        EndpointSettings { address: "https://secret.example/v1".into(), model: "judge".into(), at_once: 1 };
    let settings = SweepSettings {
        scores: vec![
            Score::LogOdds,
            Score::Judge { judge: Judge::Endpoint(endpoint.clone()), rubric: Rubric::new("care") },
            Score::Knowledge { path: "/home/me/mmlu.csv".into(), shots: 5 },
        ],
        ..sweep.settings.clone()
    };
    sqlx::query("UPDATE sweeps SET settings = ?")
        .bind(to_json("settings", &settings).expect("JSON"))
        .execute(&mut *db)
        .await
        .expect("settings");
    let failure = Failure::new(Code::Other, "The file /home/me/x is gone.").detail("/home/me/x");
    jobs::set_state(&mut db, sweep.job, &ipc::job::JobState::Failed { failure }).await.expect("a state");
    let batch = crate::drafts::Batch {
        data_set: vector.data_set.expect("a set"),
        model: None,
        settings: DraftSettings {
            source: DraftSource::Endpoint(endpoint.clone()),
            wanted_prompt: "w".into(),
            opposite_prompt: "o".into(),
            max_new_tokens: 8,
            temperature: 0.0,
            seed: 1,
        },
    };
    let job = jobs::insert(&mut db, "Drafts", 1).await.expect("a job");
    let batch = crate::drafts::insert_batch(&mut db, &batch, job, 1).await.expect("a batch");
    crate::drafts::insert(&mut db, batch, "Draft?", None).await.expect("a draft");
    let person = Settings {
        endpoint: Some(endpoint),
        hub_endpoint: Some("https://mirror.example".into()),
        vector: Some(vector.id),
        ..Settings::default()
    };
    crate::settings::write(&mut db, 1, &person).await.expect("settings");
    let finding = Finding::Layer { layer: 3, agreement: 0.5, separation: 0.5, right_side: 0.5, share: 0.5 };
    let question = Question::Steerability { position: AnswerPosition::Last };
    let job = jobs::insert(&mut db, "Analysis", 1).await.expect("a job");
    let snapshot = runs::snapshot(&mut *db, vector.run.expect("a run")).await.expect("a snapshot");
    let analysis = crate::analyses::NewAnalysis {
        model: vector.model,
        data_set: vector.data_set.expect("a set"),
        snapshot: &snapshot,
        job,
        question: &question,
        subject: "",
    };
    let analysis = crate::analyses::insert(&mut db, &analysis, 1).await.expect("an analysis");
    crate::analyses::add_finding(&mut db, analysis, &finding).await.expect("a finding");
    let talk =
        crate::conversations::insert(&mut db, 1, None, &crate::conversations::tests::a_desk(), 1).await;
    let talk = talk.expect("a conversation");
    let said = ipc::conversation::Said::Person { text: "Käse?".into() };
    let asked = crate::turns::insert(&mut db, talk, (1, None), &said, 1).await.expect("a turn");
    let answer = crate::conversations::tests::answer("So.", ipc::answer::AnswerEnd::Open);
    assert_eq!(answer.sampling, SamplingSettings::exact());
    let said = ipc::conversation::Said::Model(Box::new(answer));
    crate::turns::insert(&mut db, talk, (1, Some(asked)), &said, 1).await.expect("a turn");
    crate::presets::put(&mut db, 1, "P", &crate::conversations::tests::a_desk()).await.expect("a preset");
    db.commit().await.expect("a commit");
    (store, dir)
}

pub(super) async fn exported() -> (std::path::PathBuf, Store, tempfile::TempDir) {
    let (store, dir) = with_everything().await;
    let file = dir.path().join("project.tiller");
    std::fs::write(&file, export(&store, 1).await.expect("an export")).expect("a file");
    (file, store, dir)
}

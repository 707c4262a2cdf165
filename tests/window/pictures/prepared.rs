//! Fills a data folder for the pictures, through the engine and before the window opens: two runs, a sweep of their vectors, a
//! conversation, and a data set and a vector with Chinese names. Every time in it is then made the same for all pictures.

use std::collections::BTreeSet;
use std::thread;

use ipc::Id;
use ipc::answer::AnswerEnd;
use ipc::command::{
    AddPair, BeginConversation, CreateDataSet, DefaultSettings, ReadTurns, Say, StartSweep, Train,
};
use ipc::conversation::{Column, Desk, Factor, Said, SamplingSettings, Strip, Turn};
use ipc::data::{PairContent, Split};
use ipc::event::Event;
use ipc::job::JobState;
use ipc::project::Overview;
use ipc::score::Score;
use ipc::sweep::{Arm, SweepSettings};
use ipc::train::{Method, Preset, TrainSettings};
use ipc::vector::Vector;
use sqlx::{AssertSqlSafe, SqlitePool};
use test_support::sweep_of;
use test_support::window::Tiller;

use crate::home::Home;

/// What the Data screen shows in one language.
pub(super) struct Shown {
    /// The name of the data set.
    pub(super) data_set: &'static str,
    /// The prompt of its first pair.
    pub(super) first_prompt: &'static str,
}

/// What is shown in English and in Chinese.
pub(super) const SHOWN: [Shown; 2] = [
    Shown { data_set: "Seeks wealth", first_prompt: "What does success mean to you?" },
    Shown { data_set: "建议省钱", first_prompt: PAIRS[0][0] },
];

/// The runs in the folder.
pub(super) const RUNS: usize = 2;

/// The answers of the conversation: one in each column to each message.
pub(super) const ANSWERS: usize = MULTIPLIERS.len() * MESSAGES.len();

/// The data set that is trained on, and how many of its pairs are kept: enough for curves, few enough for a minute.
const TRAINED_ON: &str = "Answers cheerfully";
const TRAIN_PAIRS: usize = 24;
const HELD_OUT_PAIRS: usize = 8;

/// The messages of the conversation, which three columns answer.
const MESSAGES: [&str; 2] = ["What should I do with a free afternoon?", "And when it rains?"];
const MULTIPLIERS: [f64; 3] = [-1.0, 0.0, 1.0];
const MOST_TOKENS: u32 = 60;

/// The pairs of the Chinese data set: prompt, wanted answer, opposite answer.
const PAIRS: [[&str; 3]; 6] = [
    [
        "周末想出去走走，去哪里好？",
        "去城里的植物园吧，门票不贵，还可以自己带午饭。",
        "订一家海边的度假酒店，好好享受，不用看价格。",
    ],
    [
        "我的手机有点慢了，要不要换新的？",
        "先清理一下存储空间，换一块电池往往就够了。",
        "换最新的旗舰机，一步到位。",
    ],
    ["朋友过生日，送什么礼物合适？", "亲手做一个蛋糕，心意比价格更重要。", "送一块名表，让他记住这一天。"],
    ["每天上班打车还是坐地铁？", "坐地铁，一个月能省下不少钱，还不堵车。", "打车，舒服最要紧。"],
    ["发了奖金应该怎么用？", "先存下一半，剩下的还清信用卡。", "犒劳自己，马上买下看中很久的那件大衣。"],
    ["家里的冬装要不要全部换掉？", "挑还能穿的送去干洗，只补一两件缺的。", "全部换成今年的新款。"],
];

/// The moment at which everything in the folder was made: 1 November 2026, 9:00 UTC. One minute lies between two things.
const MOMENT: i64 = 1_793_523_600_000;
const MINUTE: i64 = 60_000;

/// Fills the folder.
pub(super) async fn fill(home: &Home) {
    let data = home.data();
    // A thread of its own is no worker of the test's runtime.
    let work = move || {
        let (tiller, overview) = Tiller::ready(&data);
        chinese_pairs(&tiller);
        let [first, second] = train(&tiller, &overview);
        sweep(&tiller, &overview, &[&second, &first]);
        let cheerful =
            overview.vectors.iter().find(|vector| vector.name == "Cheerful").expect("the starter vector");
        talk(&tiller, cheerful);
    };
    thread::spawn(work).join().expect("a filled data folder");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(home.store());
    let pool = SqlitePool::connect_with(options).await.expect("the store");
    stop_the_clock(&pool).await;
    pool.close().await;
}

fn chinese_pairs(tiller: &Tiller) {
    let set =
        CreateDataSet { name: SHOWN[1].data_set.into(), description: "回答会建议省钱。".into() };
    let data_set = tiller.get(set).id;
    for (place, [prompt, wanted, opposite]) in PAIRS.into_iter().enumerate() {
        let content = PairContent {
            prompt: prompt.into(),
            wanted: wanted.into(),
            opposite: opposite.into(),
            split: if place < 4 { Split::Train } else { Split::HeldOut },
            ..PairContent::default()
        };
        tiller.get(AddPair { data_set, after: None, content });
    }
}

/// Returns the data set that is trained on.
fn trained_on(overview: &Overview) -> Id {
    overview.data_sets.iter().find(|set| set.name == TRAINED_ON).expect("a starter set").id
}

/// Trains a vector with a Chinese name without gradient steps, and one with the default settings.
fn train(tiller: &Tiller, overview: &Overview) -> [Vector; 2] {
    let (model, data_set) = (overview.models[0].id, trained_on(overview));
    tiller.keep_pairs(data_set, TRAIN_PAIRS, HELD_OUT_PAIRS);
    let usual = tiller.get(DefaultSettings { model, data_set, preset: Preset::Small });
    let difference = TrainSettings { method: Method::Caa, ..usual.clone() };
    [("更开朗的回答", difference), ("Sunny side", usual)].map(|(name, settings)| {
        let run = tiller.get(Train { name: name.into(), model, data_set, settings });
        tiller.wait_for_training(|event| match event {
            Event::Vector(vector) if vector.run == Some(run.id) => Some(vector.clone()),
            _ => None,
        })
    })
}

/// Measures both vectors on the held-out pairs.
fn sweep(tiller: &Tiller, overview: &Overview, vectors: &[&Vector]) {
    let arms = vectors.iter().map(|vector| Arm { color: vector.color, ..Arm::vector(vector.id) }).collect();
    let settings = SweepSettings {
        arms,
        scores: vec![Score::LogOdds, Score::WinShare, Score::Perplexity],
        ..sweep_of(vectors[0].id, trained_on(overview), &[-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0])
    };
    let begun = tiller.get(StartSweep { model: overview.models[0].id, settings });
    tiller.wait_for_training(|event| match event {
        Event::Sweep(now) if now.id == begun.id && now.state == JobState::Done => Some(()),
        _ => None,
    });
}

/// Has a conversation whose answers are greedy, so that they are the same again. A small model would repeat itself without the
/// penalty.
fn talk(tiller: &Tiller, vector: &Vector) {
    let strip = Strip {
        id: 1,
        vector: vector.id,
        name: vector.name.clone(),
        hash: vector.hash.clone(),
        value: 1.0,
        muted: false,
        solo: false,
        gate: None,
        caps: None,
    };
    let column = |(id, factor): (u32, f64)| Column {
        id,
        name: String::new(),
        factors: vec![Factor { strip: 1, factor }],
        system_prompt: ipc::train::SYSTEM_PROMPT.into(),
        sampling: SamplingSettings {
            max_new_tokens: MOST_TOKENS,
            repeat_penalty: 1.15,
            ..SamplingSettings::exact()
        },
    };
    let desk = Desk {
        strips: vec![strip],
        columns: (1..).zip(MULTIPLIERS).map(column).collect(),
        ..Desk::default()
    };
    let conversation = tiller.get(BeginConversation { desk }).id;
    for (place, text) in MESSAGES.into_iter().enumerate() {
        tiller.get(Say { conversation, text: text.into(), columns: vec![], prefill: String::new() });
        let asked: BTreeSet<Id> = tiller
            .get(ReadTurns { conversation })
            .iter()
            .filter(|turn| is_answer(turn))
            .map(|turn| turn.id)
            .collect();
        assert_eq!(asked.len(), MULTIPLIERS.len() * (place + 1), "every column answers");
        for id in asked {
            tiller.wait_for(|event| match event {
                Event::Turns { turns, .. } => {
                    turns.iter().any(|turn| turn.id == id && has_ended(turn)).then_some(())
                }
                _ => None,
            });
        }
    }
}

fn is_answer(turn: &Turn) -> bool {
    matches!(turn.said, Said::Model(_))
}

fn has_ended(turn: &Turn) -> bool {
    matches!(&turn.said, Said::Model(answer) if answer.end != AnswerEnd::Open)
}

/// Makes every time and every duration in the store the same for all pictures.
async fn stop_the_clock(pool: &SqlitePool) {
    let times =
        "SELECT list.name, info.name FROM pragma_table_list AS list JOIN pragma_table_info(list.name) AS info
        WHERE list.type = 'table' AND list.wr = 0 AND info.name IN ('created', 'changed')";
    let columns: Vec<(String, String)> = sqlx::query_as(times).fetch_all(pool).await.expect("the tables");
    assert!(columns.iter().any(|(table, _)| table == "runs"), "{columns:?}");
    // What was made later keeps the later time.
    let in_order = |(table, column): &(String, String)| {
        format!(
            "UPDATE {table} SET {column} = {MOMENT} + {MINUTE} * found.place
             FROM (SELECT rowid AS id, row_number() OVER (ORDER BY {column}, rowid) AS place FROM {table}) AS found
             WHERE found.id = {table}.rowid"
        )
    };
    let mut changes: Vec<String> = columns.iter().map(in_order).collect();
    // About what two idle cores take.
    changes.push("UPDATE steps SET seconds = 3.5".into());
    changes.push(
        "UPDATE runs SET preparing_seconds = 2.0, measuring_seconds = 4.0, peak_bytes = 700000000".into(),
    );
    changes.push("UPDATE models SET seconds_per_token_block = 0.00006".into());
    for change in changes {
        sqlx::query(AssertSqlSafe(change.clone()))
            .execute(pool)
            .await
            .unwrap_or_else(|error| panic!("{change}: {error}"));
    }
}

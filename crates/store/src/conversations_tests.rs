//! Tests conversations: their names, their order, their search.

use ipc::answer::AnswerEnd;
use ipc::conversation::{Column, Desk, Factor, ModelTurn, Said, SamplingSettings, Strip};

use super::*;
use crate::tests::{of_form, temporary};
use crate::{Store, turns};

/// A desk of one strip and two columns, of which the second is the plain model.
pub(crate) fn a_desk() -> Desk {
    let strip = Strip {
        id: 1,
        vector: 1,
        name: "V".into(),
        hash: "ab".into(),
        value: 1.5,
        muted: false,
        solo: false,
        gate: None,
        caps: None,
    };
    let column = |id: u32, factors: Vec<Factor>| Column {
        id,
        name: String::new(),
        factors,
        system_prompt: "Be brief.".into(),
        sampling: SamplingSettings::lively(),
    };
    let columns = vec![column(1, vec![Factor { strip: 1, factor: 1.0 }]), column(2, vec![])];
    Desk { strips: vec![strip], columns, ..Desk::default() }
}

pub(crate) fn person(text: &str) -> Said {
    Said::Person { text: text.into() }
}

pub(crate) fn answer(text: &str, end: AnswerEnd) -> ModelTurn {
    ModelTurn {
        text: text.into(),
        given: 0,
        tokens: 2,
        left_out: 0,
        end,
        sampling: SamplingSettings::exact(),
        system_prompt: "Be brief.".into(),
        steering: vec![],
        observed: vec![],
    }
}

/// Adds a message and its answer to a column.
async fn say(db: &mut SqliteConnection, conversation: Id, column: u32, asked: &str, said: &str, now: Millis) {
    let asked = turns::insert(db, conversation, (column, None), &person(asked), now).await.expect("a turn");
    let answered = Said::Model(Box::new(answer(said, AnswerEnd::EndOfTurn)));
    turns::insert(db, conversation, (column, Some(asked)), &answered, now).await.expect("a turn");
    touch(db, conversation, now).await.expect("a conversation");
}

#[tokio::test]
async fn a_conversation_is_called_by_its_first_words_until_somebody_names_it() {
    let (store, _dir) = temporary().await;
    let mut db = store.begin().await.expect("a change");
    let id = insert(&mut db, 1, None, &a_desk(), 5).await.expect("a conversation");
    let empty = find(&mut db, id).await.expect("it");
    assert_eq!((empty.name.as_str(), empty.turns, empty.changed, empty.desk), ("", 0, 5, a_desk()));
    say(&mut db, id, 1, "What  is\nrain?", "Water.", 7).await;
    say(&mut db, id, 2, "What  is\nrain?", "Wet.", 7).await;
    let named = find(&mut db, id).await.expect("it");
    assert_eq!((named.name.as_str(), named.turns, named.changed), ("What is rain?", 4, 7));
    rename(&mut db, id, Some("Weather")).await.expect("a name");
    assert_eq!(find(&mut db, id).await.expect("it").name, "Weather");
    rename(&mut db, id, None).await.expect("no name");
    assert_eq!(find(&mut db, id).await.expect("it").name, "What is rain?");
    assert!(matches!(rename(&mut db, 9, None).await, Err(StoreError::Gone("conversation"))));
}

#[test]
fn a_name_ends_between_words_and_is_never_long() {
    assert_eq!(first_words("  Two\n words "), "Two words");
    let long = first_words(&"word ".repeat(20));
    assert!(long.ends_with("word\u{2026}") && long.chars().count() <= NAME_LENGTH + 1, "{long}");
    assert_eq!(first_words(&"\u{732b}".repeat(200)).chars().count(), NAME_LENGTH + 1);
}

#[tokio::test]
async fn the_last_changed_comes_first_and_words_are_found_whatever_their_case() {
    let (store, _dir) = temporary().await;
    let mut db = store.begin().await.expect("a change");
    let mut add = Vec::new();
    for (now, name, asked, said) in [
        (1, None, "Größe der ÄPFEL?", "Ein 100%_Maß."),
        (2, Some("Wetter"), "Regen?", "Äpfel fallen."),
        (3, None, "\u{732b}\u{306f}?", "\u{732b}\u{3060}"),
    ] {
        let id = insert(&mut db, 1, name, &a_desk(), now).await.expect("a conversation");
        say(&mut db, id, 1, asked, said, now).await;
        add.push(id);
    }
    let [first, second, third] = add[..] else { panic!("three") };
    let order: Vec<Id> = list(&mut db, 1).await.expect("all").iter().map(|one| one.id).collect();
    assert_eq!(order, [third, second, first]);
    for (words, expected) in [
        ("", vec![third, second, first]),
        ("äpfel", vec![second, first]),
        ("ÄPFEL größe", vec![first]),
        ("wetter FALLEN", vec![second]),
        ("100%_", vec![first]),
        ("%", vec![first]),
        ("\u{732b}\u{3060}", vec![third]),
        ("nowhere", vec![]),
    ] {
        assert_eq!(search(&mut db, 1, words).await.expect("a search"), expected, "{words}");
    }
    // What is not shown is not found.
    let hidden = turns::list(&mut db, second).await.expect("turns")[1].clone();
    let other = Said::Model(Box::new(answer("Anders.", AnswerEnd::EndOfTurn)));
    turns::insert(&mut db, second, (1, hidden.parent), &other, 9).await.expect("a variant");
    assert!(search(&mut db, 1, "fallen").await.expect("a search").is_empty());
    turns::show(&mut db, second, hidden.id).await.expect("it is shown");
    assert_eq!(search(&mut db, 1, "fallen").await.expect("a search"), [second]);
}

#[tokio::test]
async fn the_questions_of_schema_14_are_conversations_of_one_column_for_each_multiplier() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let file = dir.path().join("tiller.sqlite");
    let mut older = of_form(&file, 14).await;
    for line in [
        "INSERT INTO projects (name, app_version, created) VALUES ('P', '0.1.0', 1)",
        r#"INSERT INTO questions (project, text, steering, system_prompt, max_new_tokens, created) VALUES
            (1, 'Plain "one"?', '[]', '', 8, 3),
            (1, 'Both?', '[{"vector":4,"name":"A","weight":-0.5,"fixed":false,"hash":"ab"},{"vector":5,"name":"B","weight":2.0,"fixed":true}]', 'Be brief.', 9, 4)"#,
        r#"INSERT INTO answers VALUES (1, 0.0, 'Yes.', 2, 'end_of_turn', NULL), (2, 1.5, 'Up', 9, 'length', NULL),
            (2, -1.5, 'Down', 1, 'open', NULL), (2, 0.0, '', 0, 'failed', '{"code":"other","message":"No.","detail":null,"next":null}')"#,
    ] {
        sqlx::query(line).execute(&mut older).await.expect("an older row");
    }
    drop(older);
    let store = Store::open(&file).await.expect("it is brought to this schema");
    let mut db = store.begin().await.expect("a change");
    turns::stop_open(&mut db).await.expect("a stop");
    let all = list(&mut db, 1).await.expect("the conversations");
    let names: Vec<_> = all.iter().map(|one| (one.name.as_str(), one.turns, one.created)).collect();
    assert_eq!(names, [("Both?", 6, 4), ("Plain \"one\"?", 2, 3)]);
    let desk = &all[0].desk;
    let strips: Vec<_> =
        desk.strips.iter().map(|strip| (strip.id, strip.vector, strip.name.as_str(), strip.value)).collect();
    assert_eq!(strips, [(1, 4, "A", -0.5), (2, 5, "B", 2.0)]);
    assert_eq!((desk.strips[0].hash.as_str(), desk.strips[1].hash.as_str()), ("ab", ""));
    let steering =
        |column: &Column| -> Vec<f64> { desk.steering(column).iter().map(|(_, at)| *at).collect() };
    let steered: Vec<_> = desk.columns.iter().map(steering).collect();
    assert_eq!(steered, [vec![0.75, 2.0], vec![2.0], vec![-0.75, 2.0]]);
    let greedy = SamplingSettings { max_new_tokens: 9, ..SamplingSettings::exact() };
    assert!(
        desk.columns.iter().all(|column| column.sampling == greedy && column.system_prompt == "Be brief.")
    );

    let said = turns::list(&mut db, all[0].id).await.expect("the turns");
    let mut texts = Vec::new();
    for pair in said.chunks(2) {
        let (Said::Person { text }, Said::Model(answer)) = (&pair[0].said, &pair[1].said) else {
            panic!("{pair:?}")
        };
        assert_eq!(
            (text.as_str(), pair[1].parent, pair[0].column),
            ("Both?", Some(pair[0].id), pair[1].column)
        );
        assert!(pair.iter().all(|turn| turn.shown));
        let terms: Vec<f64> = answer.steering[0].terms.iter().map(|term| term.multiplier).collect();
        assert_eq!(terms, steered[pair[0].column as usize - 1]);
        texts.push((answer.text.as_str(), answer.tokens, answer.end.clone()));
    }
    assert_eq!((texts[0].0, &texts[0].2), ("Down", &AnswerEnd::Stopped));
    assert!(matches!(&texts[1].2, AnswerEnd::Failed { failure } if failure.message == "No."));
    assert_eq!(texts[2], ("Up", 9, AnswerEnd::Length));
    let old: i64 =
        sqlx::query_scalar("SELECT count(*) FROM sqlite_schema WHERE name IN ('questions', 'answers')")
            .fetch_one(&mut *db)
            .await
            .expect("a count");
    assert_eq!(old, 0);
}

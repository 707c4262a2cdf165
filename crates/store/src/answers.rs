//! Stores the answers to questions, one for each multiplier.

use ipc::answer::{Answer, AnswerEnd};
use ipc::{Failure, Id};
use sqlx::{SqliteConnection, SqliteExecutor};

use crate::StoreError;
use crate::json::{from_json, to_json};

#[derive(sqlx::FromRow)]
struct Row {
    multiplier: f64,
    text: String,
    tokens: u32,
    answer_end: String,
    failure: Option<String>,
}

impl TryFrom<Row> for Answer {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let end = match row.answer_end.as_str() {
            "open" => AnswerEnd::Open,
            "end_of_turn" => AnswerEnd::EndOfTurn,
            "length" => AnswerEnd::Length,
            "stopped" => AnswerEnd::Stopped,
            _ => AnswerEnd::Failed {
                failure: from_json::<Failure>("failure", &row.failure.unwrap_or_default())?,
            },
        };
        Ok(Self { multiplier: row.multiplier, text: row.text, tokens: row.tokens, end })
    }
}

fn word(end: &AnswerEnd) -> &'static str {
    match end {
        AnswerEnd::Open => "open",
        AnswerEnd::EndOfTurn => "end_of_turn",
        AnswerEnd::Length => "length",
        AnswerEnd::Stopped => "stopped",
        AnswerEnd::Failed { .. } => "failed",
    }
}

/// Returns a question's answers, by multiplier.
pub async fn list(db: impl SqliteExecutor<'_>, question: Id) -> Result<Vec<Answer>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as("SELECT * FROM answers WHERE question = ? ORDER BY multiplier")
        .bind(question)
        .fetch_all(db)
        .await?;
    rows.into_iter().map(Answer::try_from).collect()
}

/// Stores an answer in its present state.
pub async fn put(db: &mut SqliteConnection, question: Id, answer: &Answer) -> Result<(), StoreError> {
    let failure = match &answer.end {
        AnswerEnd::Failed { failure } => Some(to_json("failure", failure)?),
        _ => None,
    };
    sqlx::query(
        "INSERT INTO answers (question, multiplier, text, tokens, answer_end, failure) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (question, multiplier) DO UPDATE SET text = excluded.text, tokens = excluded.tokens,
            answer_end = excluded.answer_end, failure = excluded.failure",
    )
    .bind(question)
    .bind(answer.multiplier)
    .bind(&answer.text)
    .bind(answer.tokens)
    .bind(word(&answer.end))
    .bind(failure)
    .execute(db)
    .await?;
    Ok(())
}

/// Marks the answers that were still being written when the application ended as stopped.
pub async fn stop_open(db: &mut SqliteConnection) -> Result<(), StoreError> {
    sqlx::query("UPDATE answers SET answer_end = 'stopped' WHERE answer_end = 'open'").execute(db).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::questions;
    use crate::tests::temporary;

    #[tokio::test]
    async fn an_open_answer_keeps_its_text_when_the_application_ends() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let question = questions::insert(&mut db, 1, "Why?", &[], "", 20, 1).await.expect("a question");
        let open = Answer { multiplier: 0.0, text: "Be".into(), tokens: 1, end: AnswerEnd::Open };
        let failure = Failure::new(ipc::Code::Other, "No.");
        let failed = Answer { multiplier: 1.0, end: AnswerEnd::Failed { failure }, ..open.clone() };
        put(&mut db, question, &Answer { text: String::new(), ..open.clone() }).await.expect("an answer");
        put(&mut db, question, &open).await.expect("a longer answer");
        put(&mut db, question, &failed).await.expect("an answer");
        stop_open(&mut db).await.expect("a stop");
        let stopped = Answer { end: AnswerEnd::Stopped, ..open };
        assert_eq!(list(&mut *db, question).await.expect("answers"), [stopped, failed]);
    }
}

//! Questions to the steered model.

use ipc::answer::{Question, Steered};
use ipc::{Id, Millis};
use sqlx::SqliteConnection;

use super::answers;
use crate::Error;
use crate::content::{from_json, to_json};

#[derive(sqlx::FromRow)]
struct Row {
    id: Id,
    text: String,
    steering: String,
    created: Millis,
}

const COLUMNS: &str = "SELECT id, text, steering, created FROM questions
    WHERE (?1 IS NULL OR project = ?1) AND (?2 IS NULL OR id = ?2) ORDER BY id";

async fn select(
    db: &mut SqliteConnection,
    project: Option<Id>,
    id: Option<Id>,
) -> Result<Vec<Question>, Error> {
    let rows: Vec<Row> = sqlx::query_as(COLUMNS).bind(project).bind(id).fetch_all(&mut *db).await?;
    let mut questions = Vec::with_capacity(rows.len());
    for row in rows {
        questions.push(Question {
            id: row.id,
            text: row.text,
            steering: from_json("steering of a question", &row.steering)?,
            answers: answers::list(&mut *db, row.id).await?,
            created: row.created,
        });
    }
    Ok(questions)
}

/// A project's questions with their answers, oldest first.
pub(crate) async fn list(db: &mut SqliteConnection, project: Id) -> Result<Vec<Question>, Error> {
    select(db, Some(project), None).await
}

/// One question with its answers.
pub(crate) async fn find(db: &mut SqliteConnection, id: Id) -> Result<Question, Error> {
    select(db, None, Some(id)).await?.pop().ok_or(Error::Gone("question"))
}

/// A new question.
pub(crate) async fn insert(
    db: &mut SqliteConnection,
    project: Id,
    text: &str,
    steering: &[Steered],
    system_prompt: &str,
    max_new_tokens: u32,
    now: Millis,
) -> Result<Id, Error> {
    let done = sqlx::query(
        "INSERT INTO questions (project, text, steering, system_prompt, max_new_tokens, created) VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(project)
    .bind(text)
    .bind(to_json("steering of a question", &steering)?)
    .bind(system_prompt)
    .bind(max_new_tokens)
    .bind(now)
    .execute(db)
    .await?;
    Ok(done.last_insert_rowid())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::temporary;
    use crate::store::vectors;
    use crate::store::vectors::tests::a_vector;

    #[tokio::test]
    async fn a_question_outlives_its_vector() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let vector = a_vector(&mut db).await;
        let part = |weight: f64, fixed: bool| Steered {
            vector: vector.id,
            name: vector.name.clone(),
            weight,
            fixed,
            hash: Some("ab".into()),
        };
        let steering = [part(1.0, false), part(-0.1, true)];
        let id = insert(&mut db, 1, "Why?", &steering, "", 20, 1).await.expect("a question");
        vectors::delete(&mut db, vector.id).await.expect("a deletion");
        let question = find(&mut db, id).await.expect("it");
        assert_eq!((question.text.as_str(), question.steering.as_slice()), ("Why?", &steering[..]));
        assert_eq!(list(&mut db, 1).await.expect("a query"), [question]);
    }
}

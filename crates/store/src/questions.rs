//! Stores questions to the steered model.

use ipc::answer::{Question, SteeringRecord};
use ipc::{Id, Millis};
use sqlx::SqliteConnection;

use super::answers;
use crate::StoreError;
use crate::json::{from_json, to_json};

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
) -> Result<Vec<Question>, StoreError> {
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

/// Returns a project's questions with their answers, oldest first.
pub async fn list(db: &mut SqliteConnection, project: Id) -> Result<Vec<Question>, StoreError> {
    select(db, Some(project), None).await
}

/// Returns one question with its answers.
pub async fn find(db: &mut SqliteConnection, id: Id) -> Result<Question, StoreError> {
    select(db, None, Some(id)).await?.pop().ok_or(StoreError::Gone("question"))
}

/// Adds a question.
pub async fn insert(
    db: &mut SqliteConnection,
    project: Id,
    text: &str,
    steering: &[SteeringRecord],
    system_prompt: &str,
    max_new_tokens: u32,
    now: Millis,
) -> Result<Id, StoreError> {
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

/// Deletes a question with its answers.
pub async fn delete(db: &mut SqliteConnection, id: Id) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM questions WHERE id = ?").bind(id).execute(db).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{of_form, temporary};
    use crate::vectors::tests::a_vector;
    use crate::{Store, vectors};

    #[tokio::test]
    async fn a_question_outlives_its_vector() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let vector = a_vector(&mut db).await;
        let part = |weight: f64, fixed: bool| SteeringRecord {
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

    #[tokio::test]
    async fn a_question_of_an_earlier_form_keeps_its_vector() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let file = dir.path().join("tiller.sqlite");
        let mut older = of_form(&file, 7).await;
        for line in [
            "PRAGMA foreign_keys = OFF",
            "INSERT INTO vectors (project, name, method, layer, numbers, norm, residual_norm, model, settings, steps, seed,
                app_version, color, created)
             VALUES (1, 'V', 'null', 3, x'0000803f00000040', 2.236, 0, 1, 'null', 0, 0, '0.1.0', 0, 1)",
            "INSERT INTO questions (project, text, vector, system_prompt, max_new_tokens, created) VALUES
                (1, 'Why?', 1, '', 8, 1), (1, 'How?', NULL, '', 8, 2)",
        ] {
            sqlx::query(line).execute(&mut older).await.expect("an older row");
        }
        drop(older);
        let store = Store::open(&file).await.expect("it is brought to this schema");
        let mut db = store.begin().await.expect("a change");
        let all = list(&mut db, 1).await.expect("the questions");
        let steered = SteeringRecord { vector: 1, name: "V".into(), weight: 1.0, fixed: false, hash: None };
        assert_eq!((all[0].steering.as_slice(), all[1].steering.len()), (&[steered][..], 0));
        // `complete` computes what the older schema did not store of a vector.
        vectors::complete(&mut db).await.expect("its hash");
        let vector = vectors::find(&mut *db, 1).await.expect("the vector");
        assert_eq!((vector.norms.len(), vector.hash.len()), (1, 64));
        assert!((vector.norms[0] - 5.0_f64.sqrt()).abs() < 1e-12);
    }
}

//! Stores a person's settings of a project.

use ipc::Id;
use ipc::project::Settings;
use sqlx::{SqliteConnection, SqliteExecutor};

use crate::StoreError;
use crate::json::{from_json, to_json};

/// Reads the settings; the defaults where nothing is stored.
pub async fn read(db: impl SqliteExecutor<'_>, project: Id) -> Result<Settings, StoreError> {
    let content: Option<String> = sqlx::query_scalar("SELECT content FROM settings WHERE project = ?")
        .bind(project)
        .fetch_optional(db)
        .await?;
    content.map_or_else(|| Ok(Settings::default()), |content| from_json("settings", &content))
}

/// Stores the settings.
pub async fn write(db: &mut SqliteConnection, project: Id, settings: &Settings) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO settings (project, content) VALUES (?, ?) ON CONFLICT (project) DO UPDATE SET content = excluded.content",
    )
    .bind(project)
    .bind(to_json("settings", settings)?)
    .execute(db)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use ipc::project::Theme;

    use super::*;
    use crate::tests::temporary;

    #[tokio::test]
    async fn settings_are_stored() {
        let (store, _dir) = temporary().await;
        assert_eq!(read(store.read(), 1).await.expect("a query"), Settings::default());
        for theme in [Theme::Dark, Theme::Light] {
            let settings = Settings { theme, ..Settings::default() };
            let mut change = store.begin().await.expect("a change");
            write(&mut change, 1, &settings).await.expect("a write");
            change.commit().await.expect("a commit");
            assert_eq!(read(store.read(), 1).await.expect("a query"), settings);
        }
    }
}

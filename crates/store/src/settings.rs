//! Stores a person's settings of a project.

use ipc::Id;
use ipc::project::Settings;
use serde::{Deserialize, Serialize};
use sqlx::{SqliteConnection, SqliteExecutor};

use crate::json::{from_json, to_json};
use crate::{StoreError, projects};

/// Reads the settings; the defaults where nothing is stored.
pub async fn read(db: impl SqliteExecutor<'_>, project: Id) -> Result<Settings, StoreError> {
    let content: Option<String> = sqlx::query_scalar("SELECT content FROM settings WHERE project = ?")
        .bind(project)
        .fetch_optional(db)
        .await?;
    content.map_or_else(|| Ok(Settings::default()), |content| from_json("settings", &content))
}

/// How fast a kind of measurement was in a sweep on this machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SweepSpeed {
    /// Names the model, the device and the precision.
    pub machine: String,
    /// Names the kind of measurement.
    pub kind: String,
    /// The seconds that a unit of its work took.
    pub seconds: f64,
}

/// Reads the speeds that sweeps have measured, the oldest first. They stand beside the settings, and [`write`] keeps them.
pub async fn speeds(db: impl SqliteExecutor<'_>, project: Id) -> Result<Vec<SweepSpeed>, StoreError> {
    let speeds: Option<Option<String>> =
        sqlx::query_scalar("SELECT content -> '$.sweep_speeds' FROM settings WHERE project = ?")
            .bind(project)
            .fetch_optional(db)
            .await?;
    speeds.flatten().map_or_else(|| Ok(Vec::new()), |speeds| from_json("speeds of sweeps", &speeds))
}

/// Stores the speeds that sweeps have measured.
pub async fn set_speeds(
    db: &mut SqliteConnection,
    project: Id,
    speeds: &[SweepSpeed],
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO settings (project, content) VALUES (?1, json_object('sweep_speeds', json(?2)))
         ON CONFLICT (project) DO UPDATE SET content = json_set(content, '$.sweep_speeds', json(?2))",
    )
    .bind(project)
    .bind(to_json("speeds of sweeps", &speeds)?)
    .execute(db)
    .await?;
    Ok(())
}

/// Stores the settings.
pub async fn write(db: &mut SqliteConnection, project: Id, settings: &Settings) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO settings (project, content) VALUES (?, ?) ON CONFLICT (project) DO UPDATE SET content =
         json_set(excluded.content, '$.sweep_speeds', json(coalesce(settings.content -> '$.sweep_speeds', '[]')))",
    )
    .bind(project)
    .bind(to_json("settings", settings)?)
    .execute(db)
    .await?;
    Ok(())
}

/// Gives every other project of the settings what holds in all of them.
pub async fn share(db: &mut SqliteConnection, from: Id, settings: &Settings) -> Result<(), StoreError> {
    for project in projects::list(&mut *db).await?.into_iter().filter(|project| project.id != from) {
        let own = read(&mut *db, project.id).await?;
        let shared = own.clone().with_common_of(settings);
        if shared != own {
            write(db, project.id, &shared).await?;
        }
    }
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

    #[tokio::test]
    async fn measured_speeds_outlive_a_change_of_the_settings() {
        let (store, _dir) = temporary().await;
        assert_eq!(speeds(store.read(), 1).await.expect("a query"), []);
        let measured = [SweepSpeed { machine: "1 cpu".into(), kind: "pairs".into(), seconds: 0.25 }];
        let dark = Settings { theme: Theme::Dark, ..Settings::default() };
        let mut change = store.begin().await.expect("a change");
        set_speeds(&mut change, 1, &measured).await.expect("a write");
        write(&mut change, 1, &dark).await.expect("a write");
        change.commit().await.expect("a commit");
        assert_eq!(speeds(store.read(), 1).await.expect("a query"), measured);
        assert_eq!(read(store.read(), 1).await.expect("a query"), dark);
        let mut change = store.begin().await.expect("a change");
        set_speeds(&mut change, 1, &[]).await.expect("a write");
        change.commit().await.expect("a commit");
        assert_eq!(
            read(store.read(), 1).await.expect("a query"),
            dark,
            "and the settings outlive new speeds"
        );
    }
}

//! Lists the tables and columns of a project file. They have the names that they have in the store.
//!
//! A project is read from the store and from a file by this list, and written to both by it. What is not listed is neither
//! exported nor imported: `tests/mod.rs` names what is left out on purpose, so that a new column is not forgotten.

use super::json_columns::Json;
use super::table::{CREATED, ID, Kind, Table, blob, column, int, json, optional, real, refers, text};

macro_rules! data_sets {
    () => {
        "(SELECT id FROM data_sets WHERE project = ?1)"
    };
}

macro_rules! runs {
    () => {
        concat!("(SELECT id FROM runs WHERE data_set IN ", data_sets!(), ")")
    };
}

macro_rules! vectors {
    () => {
        "(SELECT id FROM vectors WHERE project = ?1)"
    };
}

macro_rules! sweeps {
    () => {
        "(SELECT id FROM sweeps WHERE project = ?1)"
    };
}

macro_rules! points {
    ($column:literal) => {
        concat!("(SELECT ", $column, " FROM sweep_points WHERE sweep IN ", sweeps!(), ")")
    };
}

macro_rules! batches {
    () => {
        concat!("(SELECT id FROM draft_batches WHERE data_set IN ", data_sets!(), ")")
    };
}

/// Selects a column of all tables whose rows point to models or to snapshots.
macro_rules! everywhere {
    ($column:literal, $with_sets:literal) => {
        concat!(
            "(SELECT ",
            $column,
            " FROM runs WHERE data_set IN ",
            data_sets!(),
            " UNION SELECT ",
            $column,
            " FROM vectors WHERE project = ?1",
            " UNION SELECT ",
            $column,
            " FROM analyses WHERE data_set IN ",
            data_sets!(),
            " UNION SELECT ",
            $column,
            " FROM transfers WHERE vector IN ",
            vectors!(),
            $with_sets,
            ")"
        )
    };
}

/// All tables. A row's table comes after those that it refers to.
pub(crate) static TABLES: &[Table] = &[
    Table {
        name: "models",
        label: "",
        columns: &[ID, text("name"), optional(json("facts", Json::Facts)), optional(text("fingerprint"))],
        of_project: everywhere!(
            "model",
            " UNION SELECT model FROM sweeps WHERE project = ?1 UNION SELECT model FROM draft_batches WHERE data_set IN (SELECT id FROM data_sets WHERE project = ?1)"
        ),
        order: "id",
    },
    Table {
        name: "snapshots",
        label: "",
        columns: &[text("hash"), json("content", Json::Pairs)],
        of_project: everywhere!(
            "snapshot",
            " UNION SELECT snapshot FROM versions WHERE data_set IN (SELECT id FROM data_sets WHERE project = ?1) UNION SELECT snapshot FROM sweep_sets WHERE sweep IN (SELECT id FROM sweeps WHERE project = ?1)"
        ),
        order: "hash",
    },
    Table {
        name: "jobs",
        label: "",
        columns: &[
            ID,
            text("title"),
            text("state"),
            optional(json("failure", Json::Failure)),
            json("progress", Json::Progress),
            optional(blob("checkpoint")),
            CREATED,
        ],
        of_project: concat!(
            "(SELECT job FROM runs WHERE data_set IN ",
            data_sets!(),
            " UNION SELECT job FROM draft_batches WHERE data_set IN ",
            data_sets!(),
            " UNION SELECT job FROM analyses WHERE data_set IN ",
            data_sets!(),
            " UNION SELECT job FROM transfers WHERE vector IN ",
            vectors!(),
            " UNION SELECT job FROM sweeps WHERE project = ?1)"
        ),
        order: "id",
    },
    Table {
        name: "data_sets",
        label: "data sets",
        columns: &[
            ID,
            text("name"),
            text("description"),
            optional(json("rubric", Json::Rubric)),
            json("suffixes", Json::Suffixes),
            CREATED,
        ],
        of_project: data_sets!(),
        order: "id",
    },
    Table {
        name: "pairs",
        label: "",
        columns: &[
            ID,
            refers("data_set", "data_sets"),
            real("position"),
            text("prompt"),
            text("wanted"),
            text("opposite"),
            text("split"),
            int("changed"),
            optional(text("system")),
            json("turns", Json::Turns),
            json("tags", Json::Tags),
            text("note"),
            int("pinned"),
        ],
        of_project: data_sets!(),
        order: "data_set, position, id",
    },
    Table {
        name: "edits",
        label: "",
        columns: &[
            ID,
            refers("data_set", "data_sets"),
            column("pair", Kind::Pair),
            json("changes", Json::Edits),
            text("title"),
            int("undone"),
            CREATED,
        ],
        of_project: data_sets!(),
        order: "id",
    },
    Table {
        name: "versions",
        label: "",
        columns: &[ID, refers("data_set", "data_sets"), text("snapshot"), text("name"), CREATED],
        of_project: data_sets!(),
        order: "id",
    },
    Table {
        name: "runs",
        label: "runs",
        columns: &[
            ID,
            text("name"),
            refers("data_set", "data_sets"),
            text("snapshot"),
            refers("model", "models"),
            optional(text("model_fingerprint")),
            refers("job", "jobs"),
            json("settings", Json::Settings),
            int("seed"),
            int("steps"),
            optional(blob("so_far")),
            optional(real("residual_norm")),
            optional(real("preparing_seconds")),
            optional(real("measuring_seconds")),
            optional(int("peak_bytes")),
            CREATED,
        ],
        of_project: data_sets!(),
        order: "id",
    },
    Table {
        name: "steps",
        label: "",
        columns: &[
            refers("run", "runs"),
            int("step"),
            int("sign"),
            real("loss"),
            real("margin"),
            real("gradient_norm"),
            real("vector_norm"),
            real("learning_rate"),
            real("seconds"),
            optional(real("sign_accuracy")),
            optional(json("plus_side", Json::Side)),
            optional(json("minus_side", Json::Side)),
            int("tokens"),
        ],
        of_project: runs!(),
        order: "run, step",
    },
    Table {
        name: "epochs",
        label: "",
        columns: &[
            refers("run", "runs"),
            int("epoch"),
            int("step"),
            real("plus"),
            real("minus"),
            real("sign_accuracy"),
        ],
        of_project: runs!(),
        order: "run, epoch",
    },
    Table {
        name: "epoch_vectors",
        label: "",
        columns: &[refers("run", "runs"), int("epoch"), int("step"), blob("numbers")],
        of_project: runs!(),
        order: "run, epoch",
    },
    Table {
        name: "vectors",
        label: "vectors",
        columns: &[
            ID,
            text("name"),
            json("method", Json::Method),
            int("layer"),
            blob("numbers"),
            real("norm"),
            real("residual_norm"),
            refers("model", "models"),
            optional(text("model_fingerprint")),
            optional(refers("run", "runs")),
            optional(refers("data_set", "data_sets")),
            optional(text("snapshot")),
            json("settings", Json::OptionalSettings),
            int("steps"),
            int("seed"),
            text("app_version"),
            int("color"),
            CREATED,
            optional(json("provenance", Json::Provenance)),
            optional(json("layers", Json::Layers)),
            optional(json("intervention", Json::Intervention)),
            optional(refers("picked_from", "runs")),
            optional(int("epoch")),
            json("tags", Json::Tags),
            text("note"),
            optional(text("hash")),
            optional(json("norms", Json::Norms)),
            optional(json("made", Json::Derivation)),
            optional(json("adapter", Json::Adapter)),
        ],
        of_project: "(?1)",
        order: "id",
    },
    Table {
        name: "measurements",
        label: "",
        columns: &[text("key"), json("items", Json::Items), CREATED],
        of_project: points!("measurement"),
        order: "key",
    },
    Table {
        name: "sweep_answers",
        label: "",
        columns: &[text("key"), int("place"), text("text"), int("tokens"), int("is_whole")],
        of_project: points!("answers"),
        order: "key, place",
    },
    Table {
        name: "verdicts",
        label: "",
        columns: &[text("key"), text("text"), int("prompt_tokens"), int("answer_tokens"), CREATED],
        of_project: "(SELECT verdict FROM project_verdicts WHERE project = ?1)",
        order: "key",
    },
    Table {
        name: "ratings",
        label: "",
        columns: &[text("answers"), int("place"), int("rating"), CREATED],
        of_project: points!("answers"),
        order: "answers, place",
    },
    Table {
        name: "sweeps",
        label: "sweeps",
        columns: &[
            ID,
            refers("model", "models"),
            optional(text("model_fingerprint")),
            refers("job", "jobs"),
            json("settings", Json::SweepSettings),
            json("vectors", Json::Hashes),
            int("read_tokens"),
            int("written_tokens"),
            optional(text("name")),
            text("note"),
            CREATED,
        ],
        of_project: "(?1)",
        order: "id",
    },
    Table {
        name: "sweep_sets",
        label: "",
        columns: &[
            refers("sweep", "sweeps"),
            int("place"),
            optional(refers("data_set", "data_sets")),
            text("snapshot"),
        ],
        of_project: sweeps!(),
        order: "sweep, place",
    },
    Table {
        name: "sweep_points",
        label: "",
        columns: &[
            refers("sweep", "sweeps"),
            int("arm"),
            int("place"),
            int("score"),
            real("multiplier"),
            real("value"),
            real("low"),
            real("high"),
            int("count"),
            int("missing"),
            text("measurement"),
            optional(text("answers")),
        ],
        of_project: sweeps!(),
        order: "sweep, arm, place, score, multiplier",
    },
    Table {
        name: "analyses",
        label: "analyses",
        columns: &[
            ID,
            refers("model", "models"),
            optional(text("model_fingerprint")),
            refers("data_set", "data_sets"),
            text("snapshot"),
            optional(refers("run", "runs")),
            optional(refers("vector", "vectors")),
            refers("job", "jobs"),
            json("question", Json::Question),
            text("subject"),
            CREATED,
        ],
        of_project: data_sets!(),
        order: "id",
    },
    Table {
        name: "findings",
        label: "",
        columns: &[refers("analysis", "analyses"), int("place"), json("content", Json::Finding)],
        of_project: concat!("(SELECT id FROM analyses WHERE data_set IN ", data_sets!(), ")"),
        order: "analysis, place",
    },
    Table {
        name: "transfers",
        label: "transfers",
        columns: &[
            ID,
            refers("job", "jobs"),
            refers("vector", "vectors"),
            int("from_layer"),
            refers("model", "models"),
            int("layer"),
            optional(refers("data_set", "data_sets")),
            optional(text("snapshot")),
            text("texts"),
            optional(refers("made", "vectors")),
            CREATED,
        ],
        of_project: vectors!(),
        order: "id",
    },
    Table {
        name: "draft_batches",
        label: "batches of drafts",
        columns: &[
            ID,
            refers("data_set", "data_sets"),
            optional(refers("model", "models")),
            refers("job", "jobs"),
            json("settings", Json::DraftSettings),
            CREATED,
        ],
        of_project: data_sets!(),
        order: "id",
    },
    Table {
        name: "drafts",
        label: "",
        columns: &[
            ID,
            refers("batch", "draft_batches"),
            text("prompt"),
            optional(text("wanted")),
            optional(text("opposite")),
            optional(column("pair", Kind::Pair)),
            optional(json("failure", Json::Failure)),
            text("verdict"),
            optional(column("accepted", Kind::Pair)),
        ],
        of_project: batches!(),
        order: "id",
    },
    Table {
        name: "conversations",
        label: "conversations",
        columns: &[
            ID,
            optional(text("name")),
            int("pinned"),
            json("desk", Json::Desk),
            CREATED,
            int("changed"),
        ],
        of_project: "(?1)",
        order: "id",
    },
    Table {
        name: "turns",
        label: "",
        columns: &[
            ID,
            refers("conversation", "conversations"),
            int("desk_column"),
            optional(refers("parent", "turns")),
            int("is_shown"),
            text("said_by"),
            text("text"),
            CREATED,
            optional(int("given")),
            optional(int("tokens")),
            optional(int("left_out")),
            optional(text("answer_end")),
            optional(json("failure", Json::Failure)),
            optional(json("sampling", Json::Sampling)),
            optional(text("system_prompt")),
            optional(json("steering", Json::Steering)),
            optional(json("observed", Json::Observed)),
        ],
        of_project: "(SELECT id FROM conversations WHERE project = ?1)",
        order: "id",
    },
    Table {
        name: "presets",
        label: "presets",
        columns: &[ID, text("name"), json("desk", Json::Desk)],
        of_project: "(?1)",
        order: "id",
    },
    Table {
        name: "settings",
        label: "",
        columns: &[json("content", Json::ProjectSettings)],
        of_project: "(?1)",
        order: "1",
    },
];

/// Returns the column of a table that its `of_project` selects by.
pub(crate) fn selected_by(table: &Table) -> &'static str {
    match table.name {
        "models" | "jobs" | "data_sets" => "id",
        "snapshots" => "hash",
        "pairs" | "edits" | "versions" | "runs" | "analyses" | "draft_batches" => "data_set",
        "steps" | "epochs" | "epoch_vectors" => "run",
        "measurements" | "sweep_answers" | "verdicts" => "key",
        "ratings" => "answers",
        "sweep_sets" | "sweep_points" => "sweep",
        "findings" => "analysis",
        "transfers" => "vector",
        "drafts" => "batch",
        "turns" => "conversation",
        _ => "project",
    }
}

/// Returns a table.
pub(crate) fn table(name: &str) -> Option<(usize, &'static Table)> {
    TABLES.iter().enumerate().find(|(_, table)| table.name == name)
}

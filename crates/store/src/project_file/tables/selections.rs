//! Parts of the SQL that selects the rows of the project `?1`. They are macros, because `concat!` takes nothing else.

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

//! The behaviours whose vectors come with Tiller.

/// A behaviour whose vector is in the library of a new data folder.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StarterBehaviour {
    /// The name of the vector's file, and of the data set's, without their endings.
    pub file: &'static str,
    /// The name of the vector.
    pub vector: &'static str,
    /// The SHA-256 of the vector's layers and numbers, by which it is found under any name.
    pub hash: &'static str,
    /// What the answers are at a negative, at no and at a positive multiplier.
    pub words: [&'static str; 3],
    /// A question whose answers show the behaviour.
    pub question: &'static str,
    /// The mean norm of the residual stream after the vector's layer over its training tokens, as its run measured it.
    pub residual_norm: f64,
    /// A multiplier at which the starter model's answers to that question differ and are still fluent.
    pub multiplier: f64,
}

/// The behaviours, in the order of the Start screen.
pub static STARTER_BEHAVIOURS: [StarterBehaviour; 3] = [
    StarterBehaviour {
        file: "answers-cheerfully",
        vector: "Cheerful",
        hash: "364ce9189b0cb4c6586c47b3fd24885bbcae49c680e14da6602bc376a59e6ed8",
        words: ["gloomier", "as it is", "more cheerful"],
        question: "How was your day?",
        residual_norm: 138.635_977,
        multiplier: 1.0,
    },
    StarterBehaviour {
        file: "writes-formally",
        vector: "Formal",
        hash: "7fb019e21944983fdfa533248a180ba8c19b6ea87537742c01cdae64e66a6fc4",
        words: ["plainer", "as it is", "more formal"],
        question: "What makes a good life?",
        residual_norm: 140.037_159,
        multiplier: 1.0,
    },
    StarterBehaviour {
        file: "seeks-wealth",
        vector: "Seeks wealth",
        hash: "735e8cb8c920a14a7fcc9be7e1dc24524c9f3b3e02ac79a8095a26c13f7988d8",
        words: ["away from money", "as it is", "towards money"],
        question: "What would you do with a spare room?",
        residual_norm: 138.268_105,
        multiplier: 1.5,
    },
];

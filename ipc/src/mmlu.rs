//! The groups of MMLU's subjects (Hendrycks et al. 2021).

use serde::{Deserialize, Serialize};

/// The number of MMLU's subjects.
pub const MMLU_SUBJECTS: u32 = 57;

/// The number of MMLU's test questions, over all subjects.
pub const MMLU_QUESTIONS: u32 = 14_042;

/// A group of subjects, as the authors report them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MmluGroup {
    /// Mathematics, sciences and engineering.
    Stem,
    /// History, philosophy and law.
    Humanities,
    /// Economics, politics, psychology and others.
    SocialSciences,
    /// Medicine, business and the rest.
    Other,
}

impl MmluGroup {
    /// All groups, in the order of the authors' table.
    pub const ALL: [Self; 4] = [Self::Humanities, Self::SocialSciences, Self::Stem, Self::Other];

    /// Returns the name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Stem => "STEM",
            Self::Humanities => "humanities",
            Self::SocialSciences => "social sciences",
            Self::Other => "other",
        }
    }
}

/// The subjects with their groups, as in the authors' `categories.py`.
pub const SUBJECTS: [(&str, MmluGroup); MMLU_SUBJECTS as usize] = [
    ("abstract_algebra", MmluGroup::Stem),
    ("astronomy", MmluGroup::Stem),
    ("college_biology", MmluGroup::Stem),
    ("college_chemistry", MmluGroup::Stem),
    ("college_computer_science", MmluGroup::Stem),
    ("college_mathematics", MmluGroup::Stem),
    ("college_physics", MmluGroup::Stem),
    ("computer_security", MmluGroup::Stem),
    ("conceptual_physics", MmluGroup::Stem),
    ("electrical_engineering", MmluGroup::Stem),
    ("elementary_mathematics", MmluGroup::Stem),
    ("high_school_biology", MmluGroup::Stem),
    ("high_school_chemistry", MmluGroup::Stem),
    ("high_school_computer_science", MmluGroup::Stem),
    ("high_school_mathematics", MmluGroup::Stem),
    ("high_school_physics", MmluGroup::Stem),
    ("high_school_statistics", MmluGroup::Stem),
    ("machine_learning", MmluGroup::Stem),
    ("formal_logic", MmluGroup::Humanities),
    ("high_school_european_history", MmluGroup::Humanities),
    ("high_school_us_history", MmluGroup::Humanities),
    ("high_school_world_history", MmluGroup::Humanities),
    ("international_law", MmluGroup::Humanities),
    ("jurisprudence", MmluGroup::Humanities),
    ("logical_fallacies", MmluGroup::Humanities),
    ("moral_disputes", MmluGroup::Humanities),
    ("moral_scenarios", MmluGroup::Humanities),
    ("philosophy", MmluGroup::Humanities),
    ("prehistory", MmluGroup::Humanities),
    ("professional_law", MmluGroup::Humanities),
    ("world_religions", MmluGroup::Humanities),
    ("econometrics", MmluGroup::SocialSciences),
    ("high_school_geography", MmluGroup::SocialSciences),
    ("high_school_government_and_politics", MmluGroup::SocialSciences),
    ("high_school_macroeconomics", MmluGroup::SocialSciences),
    ("high_school_microeconomics", MmluGroup::SocialSciences),
    ("high_school_psychology", MmluGroup::SocialSciences),
    ("human_sexuality", MmluGroup::SocialSciences),
    ("professional_psychology", MmluGroup::SocialSciences),
    ("public_relations", MmluGroup::SocialSciences),
    ("security_studies", MmluGroup::SocialSciences),
    ("sociology", MmluGroup::SocialSciences),
    ("us_foreign_policy", MmluGroup::SocialSciences),
    ("anatomy", MmluGroup::Other),
    ("business_ethics", MmluGroup::Other),
    ("clinical_knowledge", MmluGroup::Other),
    ("college_medicine", MmluGroup::Other),
    ("global_facts", MmluGroup::Other),
    ("human_aging", MmluGroup::Other),
    ("management", MmluGroup::Other),
    ("marketing", MmluGroup::Other),
    ("medical_genetics", MmluGroup::Other),
    ("miscellaneous", MmluGroup::Other),
    ("nutrition", MmluGroup::Other),
    ("professional_accounting", MmluGroup::Other),
    ("professional_medicine", MmluGroup::Other),
    ("virology", MmluGroup::Other),
];

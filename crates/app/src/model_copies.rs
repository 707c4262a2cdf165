//! A vector of the library as what is baked into a model: its recipe, its proof as the window shows it, and what stands against
//! it.

use ipc::Id;
use ipc::bake::{Proof, Verdict};
use sqlx::SqliteConnection;
use store::vectors as vector_rows;
use vectors::bake::{Ingredient, Recipe};
use vectors::prove::{Proof as Compared, Verdict as Found};

use crate::Error;
use crate::baking::made_by;

/// Returns what is baked of a vector at a strength.
pub(crate) async fn recipe(db: &mut SqliteConnection, vector: Id, multiplier: f64) -> Result<Recipe, Error> {
    let row = vector_rows::find(&mut *db, vector).await?;
    let steering = vector_rows::steering(&mut *db, vector).await?;
    let multiplier = multiplier as f32;
    let ingredient = Ingredient {
        name: row.name,
        hash: steering.content_hash(),
        multiplier,
        terms: steering.terms(multiplier),
    };
    Ok(Recipe { ingredients: vec![ingredient], made_by: made_by() })
}

/// Converts a proof to what the window shows. What is not finite has no place in JSON.
pub(crate) fn shown_proof(proof: &Compared) -> Proof {
    let finite = |number: f64| Some(number).filter(|number| number.is_finite());
    Proof {
        verdict: match proof.verdict {
            Found::Identical => Verdict::Identical,
            Found::Exact => Verdict::Exact,
            Found::NotExact => Verdict::NotExact,
        },
        prompts: proof.prompts as u32,
        logit_gap: finite(proof.logit_gap),
        same_answers: proof.same_answers as u32,
        answer_tokens: proof.answer_tokens as u32,
        steered_perplexity: finite(proof.steered_perplexity),
        baked_perplexity: finite(proof.baked_perplexity),
    }
}

/// Returns the refusal of a model with other weights than the one that a vector was made on.
pub(crate) fn other_weights(model: &str) -> Error {
    Error::invalid(
        format!("{model} has other weights than the model that the vector was made on."),
        "Choose the vector\u{2019}s own model, or say that both are the same model in different formats.",
    )
}

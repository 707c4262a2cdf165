//! Finds out whether a starter vector can steer now, and what is missing where it cannot.

use ipc::Id;
use ipc::behaviour::StarterBehaviour;
use ipc::model::{Model, ModelOrigin, ModelState};
use ipc::vector::Vector;

use crate::format;

/// Whether the vector of a behaviour can steer now.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum StarterVector {
    /// It can.
    Ready {
        /// The vector.
        vector: Id,
    },
    /// Its model is being loaded.
    Loading {
        /// The loaded share, from 0 to 1.
        fraction: f64,
    },
    /// Its model is not in use.
    NotInUse {
        /// The model.
        model: Id,
        /// Why, and what a button does about it.
        sentence: String,
    },
    /// Its model cannot be loaded; the banner above the screen says why.
    Unusable {
        /// What is missing.
        sentence: String,
    },
    /// It is not in the library.
    Deleted,
}

impl StarterVector {
    /// Finds the vector by its content and the model by its origin. `used` is the model in use.
    pub(super) fn find(
        behaviour: &StarterBehaviour,
        models: &[Model],
        used: Option<&Model>,
        vectors: &[Vector],
    ) -> Self {
        let Some(vector) = vectors.iter().find(|vector| vector.hash == behaviour.hash) else {
            return Self::Deleted;
        };
        let Some(model) = models.iter().find(|model| model.id == vector.model) else {
            let sentence =
                "The model that the vector was trained for is no longer in the list of models.".to_owned();
            return Self::Unusable { sentence };
        };
        if let Some(used) = used.filter(|used| used.id != model.id) {
            let sentence = format!("The vector was trained for {}, and {} is in use.", model.name, used.name);
            return Self::NotInUse { model: model.id, sentence };
        }
        match &model.state {
            ModelState::Ready { .. } => Self::Ready { vector: vector.id },
            ModelState::Loading { fraction } => Self::Loading { fraction: *fraction },
            ModelState::Unloaded => {
                let sentence = format!("{} is not in memory.", model.name);
                Self::NotInUse { model: model.id, sentence }
            }
            ModelState::Failed { .. } => {
                let what =
                    if model.origin == ModelOrigin::Starter { "The starter model" } else { "Its model" };
                Self::Unusable { sentence: format!("{what} cannot be used, so nothing can be shown yet.") }
            }
        }
    }

    /// Says what is awaited or missing.
    pub(super) fn sentence(&self) -> Option<String> {
        match self {
            Self::Ready { .. } => None,
            Self::Loading { fraction } => Some(format!("Loading the model, {}", format::percent(*fraction))),
            Self::NotInUse { sentence, .. } | Self::Unusable { sentence } => Some(sentence.clone()),
            Self::Deleted => Some(
                "This vector is not in the library: it comes with a new data folder, and can be deleted. Train it again from its data set, below.".to_owned(),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use ipc::behaviour::STARTER_BEHAVIOURS;
    use ipc::{Code, Failure};

    use super::*;
    use crate::samples;

    #[test]
    fn what_is_missing_is_said_with_the_next_step() {
        let behaviour = &STARTER_BEHAVIOURS[0];
        let starter = Model { origin: ModelOrigin::Starter, ..samples::model(1, "Smol", 30) };
        let other = samples::model(2, "Other", 30);
        let vector = Vector { hash: behaviour.hash.into(), ..samples::vector(7) };
        let in_state = |state: ModelState| {
            let model = Model { state, ..starter.clone() };
            let models = [model.clone(), other.clone()];
            StarterVector::find(behaviour, &models, Some(&model), std::slice::from_ref(&vector))
        };
        assert_eq!(in_state(ModelState::Ready { device: "CPU".into() }), StarterVector::Ready { vector: 7 });
        let loading = in_state(ModelState::Loading { fraction: 0.4 });
        assert_eq!(loading.sentence().as_deref(), Some("Loading the model, 40 %"));
        let failure = Failure::new(Code::ModelMissing, "Gone.");
        let failed = in_state(ModelState::Failed { failure });
        assert!(matches!(failed, StarterVector::Unusable { .. }), "{failed:?}");
        let unloaded = in_state(ModelState::Unloaded);
        assert!(matches!(unloaded, StarterVector::NotInUse { model: 1, .. }), "{unloaded:?}");

        let models = [starter.clone(), other.clone()];
        let not_in_use = StarterVector::find(behaviour, &models, Some(&other), std::slice::from_ref(&vector));
        let sentence = "The vector was trained for Smol, and Other is in use.";
        assert_eq!(not_in_use.sentence().as_deref(), Some(sentence));
        let removed =
            StarterVector::find(behaviour, &models[1..], Some(&other), std::slice::from_ref(&vector));
        assert!(matches!(removed, StarterVector::Unusable { .. }), "{removed:?}");
        assert_eq!(StarterVector::find(behaviour, &models, None, &[]), StarterVector::Deleted);
    }
}

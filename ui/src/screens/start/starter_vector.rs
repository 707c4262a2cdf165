//! Finds out whether a starter vector can steer now, and what is missing where it cannot.

use ipc::Id;
use ipc::behaviour::StarterBehaviour;
use ipc::model::{Model, ModelOrigin, ModelState};
use ipc::vector::Vector;

use crate::format;
use crate::t;

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
        /// Its name.
        name: String,
        /// The name of the model that is in use in its place, if one is.
        used: Option<String>,
    },
    /// Its model cannot be used; where it cannot be loaded, the banner above the screen says why.
    Unusable(Lack),
    /// It is not in the library.
    Deleted,
}

/// Why the model of a vector cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lack {
    /// It is not in the list of models.
    Unlisted,
    /// The starter model cannot be loaded.
    StarterFailed,
    /// Another model cannot be loaded.
    OtherFailed,
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
            return Self::Unusable(Lack::Unlisted);
        };
        let not_in_use = |used| Self::NotInUse { model: model.id, name: model.name.clone(), used };
        if let Some(used) = used.filter(|used| used.id != model.id) {
            return not_in_use(Some(used.name.clone()));
        }
        match &model.state {
            ModelState::Ready { .. } => Self::Ready { vector: vector.id },
            ModelState::Loading { fraction } => Self::Loading { fraction: *fraction },
            ModelState::Unloaded => not_in_use(None),
            ModelState::Failed { .. } if model.origin == ModelOrigin::Starter => {
                Self::Unusable(Lack::StarterFailed)
            }
            ModelState::Failed { .. } => Self::Unusable(Lack::OtherFailed),
        }
    }

    /// Says what is awaited or missing.
    pub(super) fn sentence(&self) -> Option<String> {
        match self {
            Self::Ready { .. } => None,
            Self::Loading { fraction } => {
                Some(t!("start-vector-loading", percent = format::percent(*fraction)))
            }
            Self::NotInUse { name, used: Some(used), .. } => {
                Some(t!("start-vector-other-model", model = name.clone(), used = used.clone()))
            }
            Self::NotInUse { name, used: None, .. } => {
                Some(t!("start-vector-not-in-memory", model = name.clone()))
            }
            Self::Unusable(Lack::Unlisted) => Some(t!("start-vector-unlisted")),
            Self::Unusable(Lack::StarterFailed) => Some(t!("start-vector-starter-failed")),
            Self::Unusable(Lack::OtherFailed) => Some(t!("start-vector-model-failed")),
            Self::Deleted => Some(t!("start-vector-deleted")),
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

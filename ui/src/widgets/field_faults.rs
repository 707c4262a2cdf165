//! Collects what is wrong in the fields of a form, so that its button waits until every field can be read as it stands.

use std::collections::BTreeMap;

use leptos::prelude::*;

use crate::t;

/// The faults of a form's fields. Copies point to the same form.
#[derive(Clone, Copy)]
pub struct FieldFaults(RwSignal<BTreeMap<&'static str, String>>);

impl FieldFaults {
    /// Begins to collect for the fields of this component and of those inside it.
    #[must_use]
    pub fn provide() -> Self {
        let faults = Self(RwSignal::new(BTreeMap::new()));
        provide_context(faults);
        faults
    }

    /// Whether a field cannot be read.
    #[must_use]
    pub fn are_there(self) -> bool {
        !self.0.read().is_empty()
    }

    /// Returns the sentence that stands beside the button: which field, and what is wrong with it.
    #[must_use]
    pub fn reason(self) -> Option<String> {
        self.0.read().values().next().cloned()
    }

    fn set(self, field: &'static str, fault: Option<String>) {
        if self.0.with_untracked(|all| all.get(field) == fault.as_ref()) {
            return;
        }
        self.0.update(|all| match fault {
            Some(fault) => drop(all.insert(field, fault)),
            None => drop(all.remove(field)),
        });
    }
}

/// Reports the fault of a field to its form as long as the field is shown. `field` tells it from the form's other fields.
pub fn report_fault(
    field: &'static str,
    label: impl Into<String>,
    fault: impl Fn() -> Option<String> + Send + Sync + 'static,
) {
    // A sheet that was open before may have left its form in the context, whose faults are gone with it.
    let form = use_context::<FieldFaults>().filter(|form| form.0.try_get_untracked().is_some());
    let Some(faults) = form else { return };
    let label = label.into();
    let sentence = move |fault: String| t!("widgets-fault", label = label.clone(), fault = fault);
    Effect::new(move |_| faults.set(field, fault().map(&sentence)));
    on_cleanup(move || {
        // A form that is closed as a whole has no faults any more.
        if faults.0.try_get_untracked().is_some() {
            faults.set(field, None);
        }
    });
}

/// Says beside a form's button why it waits.
#[component]
pub fn FaultNote(faults: FieldFaults) -> impl IntoView {
    move || {
        faults.reason().map(
            |reason| view! { <p class="warning small" role="status" data-testid="field-fault">{reason}</p> },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_waits_for_each_of_its_fields() {
        let owner = Owner::new();
        owner.set();
        let faults = FieldFaults::provide();
        assert!(!faults.are_there());
        faults.set("b", Some("Rate: no".into()));
        faults.set("a", Some("Epochs: no".into()));
        assert_eq!(faults.reason().as_deref(), Some("Epochs: no"));
        faults.set("a", None);
        assert_eq!(faults.reason().as_deref(), Some("Rate: no"));
        faults.set("b", None);
        assert!(!faults.are_there());
    }
}

//! Collects what is wrong in the fields of a form, so that its button waits until every field can be read as it stands.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use leptos::prelude::*;

use crate::t;

/// A field: its name, and a number that tells it from others of that name.
type Field = (&'static str, u32);

/// The faults of a form's fields. Copies point to the same form.
#[derive(Clone, Copy)]
pub struct FieldFaults(RwSignal<BTreeMap<Field, String>>);

impl FieldFaults {
    /// Makes an empty collection, for a form that outlives its fields.
    #[must_use]
    pub fn empty() -> Self {
        Self(RwSignal::new(BTreeMap::new()))
    }

    /// Begins to collect for the fields of this component and of those inside it.
    #[must_use]
    pub fn provide() -> Self {
        let faults = Self::empty();
        faults.collect_here();
        faults
    }

    /// Collects from now on for the fields of this component and of those inside it.
    pub fn collect_here(self) {
        provide_context(self);
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

    fn set(self, field: Field, fault: Option<String>) {
        if self.0.with_untracked(|all| all.get(&field) == fault.as_ref()) {
            return;
        }
        self.0.update(|all| match fault {
            Some(fault) => drop(all.insert(field, fault)),
            None => drop(all.remove(&field)),
        });
    }
}

/// Reports the fault of a field to its form as long as the field is shown. The form names first what comes first by `field`.
pub(super) fn report_fault(
    field: &'static str,
    label: impl Into<String>,
    fault: impl Fn() -> Option<String> + Send + Sync + 'static,
) {
    static LAST: AtomicU32 = AtomicU32::new(0);
    // A sheet that was open before may have left its form in the context, whose faults are gone with it.
    let form = use_context::<FieldFaults>().filter(|form| form.0.try_get_untracked().is_some());
    let Some(faults) = form else { return };
    let field = (field, LAST.fetch_add(1, Ordering::Relaxed));
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
        faults.set(("b", 1), Some("Rate: no".into()));
        faults.set(("a", 2), Some("Epochs: no".into()));
        assert_eq!(faults.reason().as_deref(), Some("Epochs: no"));
        faults.set(("a", 2), None);
        assert_eq!(faults.reason().as_deref(), Some("Rate: no"));
        faults.set(("b", 3), None);
        assert!(faults.are_there(), "another field of that name can be read");
        faults.set(("b", 1), None);
        assert!(!faults.are_there());
    }
}

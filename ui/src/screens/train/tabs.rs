//! What is shown beside the settings.

use leptos::prelude::*;

use super::Form;

/// One of the views.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tab {
    /// The run under way or chosen.
    Run,
    /// Its epochs over multipliers.
    Epochs,
    /// Two runs beside each other.
    Compare,
    /// What the pairs say before any training.
    Outlook,
    /// Layers compared and searched.
    Layers,
    /// Where a vector acts, and how strongly.
    Acts,
}

impl Tab {
    const ALL: [Self; 6] = [Self::Run, Self::Epochs, Self::Compare, Self::Outlook, Self::Layers, Self::Acts];

    fn label(self) -> &'static str {
        match self {
            Self::Run => "Run",
            Self::Epochs => "Epochs",
            Self::Compare => "Compare",
            Self::Outlook => "Will it steer?",
            Self::Layers => "Layers",
            Self::Acts => "Where it acts",
        }
    }

    fn testid(self) -> &'static str {
        match self {
            Self::Run => "tab-run",
            Self::Epochs => "tab-epochs",
            Self::Compare => "tab-compare",
            Self::Outlook => "tab-outlook",
            Self::Layers => "tab-layers",
            Self::Acts => "tab-acts",
        }
    }
}

/// The row of views.
#[component]
pub(super) fn Tabs() -> impl IntoView {
    let form = expect_context::<Form>();
    view! {
        <div class="tabs" role="tablist">
            {Tab::ALL.map(|tab| view! {
                <button role="tab" data-testid=tab.testid() aria-selected=move || (form.tab.get() == tab).to_string()
                    on:click=move |_| form.tab.set(tab)>{tab.label()}</button>
            })}
        </div>
    }
}

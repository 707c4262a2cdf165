//! The window: side bar, top bar, job strip, the screens, and the sheets over them.

mod glossary_sheet;
mod help_sheet;
mod job_strip;
mod notice;
mod other_engine;
mod palette;
mod project_menu;
mod project_sheets;
mod queue_sheet;
mod reload;
mod repair;
mod report_sheet;
mod select_all;
mod settings;
mod side_bar;
mod top_bar;
mod undo_toast;

use ipc::Code;
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::actions::{Action, PairAction, Screen, Sheet};
use crate::commands;
use crate::files;
use crate::screens::{chat, data, models, start, sweep, train, vectors};
use crate::state::{Connection, store, watch};
use crate::t;
use crate::widgets::{Definitions, FailureCard, FailureNote, focus, lost_focus, once};

/// The whole window.
#[component]
pub fn AppWindow() -> impl IntoView {
    let store = store();
    let keys = window_event_listener(ev::keydown, move |event| {
        if store.sheet.get_untracked().is_some() {
            // A sheet owns the keyboard. Escape is handled here and not by the dialog, so that it closes one sheet only.
            if event.key() == "Escape" {
                event.prevent_default();
                store.close_sheet();
            }
            return;
        }
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlElement>().ok());
        let in_text = target.as_ref().is_some_and(|element| {
            matches!(element.tag_name().as_str(), "TEXTAREA" | "SELECT")
                || (element.tag_name() == "INPUT"
                    && element.get_attribute("type").as_deref() != Some("range"))
        });
        // Who stands on a button means that button, and not the pair that is open in the list.
        let on_button =
            target.is_some_and(|element| element.matches("button, summary, [role=button]").unwrap_or(false));
        let is_meant = |line: &&commands::CommandLine| {
            let is_elsewhere = on_button && line.action == Action::Pairs(PairAction::Delete);
            !is_elsewhere && untrack(|| line.is_enabled(store))
        };
        if let Some(line) = commands::asked_by(&event, in_text).find(is_meant) {
            event.prevent_default();
            line.run(store);
            // The screen that had the focus is hidden now, and the keyboard goes on in the one that is shown.
            if matches!(line.action, Action::Go(_)) {
                focus::give_to_screen();
            }
        }
    });
    on_cleanup(move || keys.remove());
    reload::refuse();
    select_all::refuse();
    lost_focus::watch();
    once::watch();
    move || match store.connection.get() {
        Connection::Opening => view! { <p id="starting">{t!("shell-opening")}</p> }.into_any(),
        Connection::Failed(failure) => view! {
            <main class="empty" data-testid="connection-failed">
                <h1 class="out-of-sight">"Tiller"</h1>
                <FailureNote failure=failure.clone() />
                <button class="button" on:click=move |_| watch(store)>{t!("try-again")}</button>
                {(failure.code == Code::StoreDamaged).then(|| view! { <repair::RepairChoices /> })}
            </main>
        }
        .into_any(),
        Connection::Open => view! { <ConnectedWindow /> }.into_any(),
    }
}

/// A screen, which is rendered when it is first shown and only hidden afterwards. A chart's canvas takes a part of a
/// second to set up, and a click on the side bar must have its effect at once.
#[component]
fn KeepAlive(screen: Screen) -> impl IntoView {
    let store = store();
    let is_shown = Memo::new(move |_| store.screen.get() == screen);
    let was_shown = Memo::new(move |before: Option<&bool>| before == Some(&true) || is_shown.get());
    let content = move || match screen {
        Screen::Start => view! { <start::StartScreen /> }.into_any(),
        Screen::Data => view! { <data::DataScreen /> }.into_any(),
        Screen::Train => view! { <train::TrainScreen /> }.into_any(),
        Screen::Sweep => view! { <sweep::SweepScreen /> }.into_any(),
        Screen::Chat => view! { <chat::ChatScreen /> }.into_any(),
        Screen::Vectors => view! { <vectors::VectorsScreen /> }.into_any(),
        Screen::Models => view! { <models::ModelsScreen /> }.into_any(),
    };
    view! {
        <Show when=move || was_shown.get()>
            <div class="kept" class:hidden=move || !is_shown.get()>{content()}</div>
        </Show>
    }
}

/// The window after the application has sent its state.
#[component]
fn ConnectedWindow() -> impl IntoView {
    let store = store();
    // The state of a screen outlives it, so that it is unchanged when a person comes back.
    provide_context(data::Pairs::new(store));
    provide_context(train::Form::new(store));
    let sweep = sweep::Form::new();
    provide_context(sweep);
    provide_context(chat::Chat::new(store, sweep));
    provide_context(start::Start::new(store));
    provide_context(vectors::VectorLibrary::new(store));
    let library = models::ModelLibrary::new(store);
    provide_context(library);
    library.watch_machine();
    library.take_dropped();
    notice::show_share(store);
    // The texts of a view are those of the language in which it was made.
    view! { <For each=move || [store.language.get()] key=|language| *language children=|_| view! { <Frame /> } /> }
}

/// Side bar, top bar, screens and sheets.
#[component]
fn Frame() -> impl IntoView {
    let store = store();
    let is_glossary = move || matches!(store.sheet.get(), Some(Sheet::Glossary(_)));
    // A sheet that the glossary covers or has covered is not rendered again.
    let sheet = Memo::new_with_compare(
        move |_| (store.covered_sheet(), is_glossary()),
        |before, now| match (before, now) {
            (Some((before, was_covered)), Some((now, is_covered))) => {
                before != now || was_covered == is_covered
            }
            _ => true,
        },
    );
    view! {
        <div class="frame">
            <side_bar::SideBar />
            <top_bar::TopBar />
            <main class="screen" tabindex="-1" aria-label=move || store.screen.get().label()>
                <top_bar::ModelBanner />
                <Show when=move || store.storage.read().is_some()>
                    <div class="banner" data-testid="storage-failed"><FailureCard failure=store.storage /></div>
                </Show>
                {move || store.other_engine.get().map(|engine| view! { <other_engine::OtherEngine engine /> })}
                <Show when=move || store.failure.read().is_some()>
                    <div class="banner"><FailureCard failure=store.failure /></div>
                </Show>
                {Screen::all().map(|screen| view! { <KeepAlive screen /> }).collect_view()}
                <undo_toast::Toast />
            </main>
            <job_strip::JobStrip />
        </div>
        <notice::NoticeCard />
        {move || match sheet.get().0 {
            Some(Sheet::Palette) => view! { <palette::Palette /> }.into_any(),
            Some(Sheet::Help) => view! { <help_sheet::HelpSheet /> }.into_any(),
            Some(Sheet::Report) => view! { <report_sheet::ReportSheet /> }.into_any(),
            Some(Sheet::Queue) => view! { <queue_sheet::QueueSheet /> }.into_any(),
            Some(Sheet::Settings) => view! { <settings::SettingsSheet /> }.into_any(),
            Some(Sheet::DataSet) => view! { <files::DataSetSheet /> }.into_any(),
            Some(Sheet::ImportPairs) => view! { <files::ImportPairsSheet /> }.into_any(),
            Some(Sheet::ExportPairs) => view! { <files::ExportPairsSheet /> }.into_any(),
            Some(Sheet::Split) => view! { <data::SplitSheet /> }.into_any(),
            Some(Sheet::Versions) => view! { <data::VersionsSheet /> }.into_any(),
            Some(Sheet::ImportVector) => view! { <files::ImportVectorSheet /> }.into_any(),
            Some(Sheet::FindModel) => view! { <models::FindModelSheet /> }.into_any(),
            Some(Sheet::AddModel) => view! { <models::AddModelSheet /> }.into_any(),
            Some(Sheet::DownloadModel) => view! { <models::DownloadSheet /> }.into_any(),
            Some(Sheet::ExportVector(id, page)) => view! { <files::ExportVectorSheet id page /> }.into_any(),
            Some(Sheet::NewProject) => view! { <project_sheets::NameSheet is_new=true /> }.into_any(),
            Some(Sheet::RenameProject) => view! { <project_sheets::NameSheet is_new=false /> }.into_any(),
            Some(Sheet::ExportProject) => view! { <project_sheets::ExportProjectSheet /> }.into_any(),
            Some(Sheet::ImportProject) => view! { <project_sheets::ImportProjectSheet /> }.into_any(),
            Some(Sheet::Glossary(_)) | None => ().into_any(),
        }}
        {move || match store.sheet.get() {
            Some(Sheet::Glossary(term)) => Some(view! { <glossary_sheet::GlossarySheet term /> }),
            _ => None,
        }}
        <Definitions />
    }
}

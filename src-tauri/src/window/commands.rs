//! Defines the Tauri commands from the table of `ipc`. Each hands its request to the method of [`App`](app::App) with the same name,
//! or to the process that runs the engine.

use app::Permission;
use ipc::command::{
    AnswerClosing, ChooseFile, Notify, ReadRepairs, Repair, Request, SetLanguage, SetTitle, SetZoom, Watch,
};
use ipc::files::FilePurpose;
use ipc::{EventPart, Failure, Reply, for_each_command};
use serde::Serialize;
use serde_json::Value;
use tauri::ipc::Channel;
use tauri::{Builder, Manager as _, Runtime, State, WebviewWindow, generate_handler};

use super::opened::{Opened, Side, to_json};
use super::{Confirm, attention, dialogs, events, leaving, texts};

/// An answer, as it is or as the other process wrote it.
#[derive(Serialize)]
#[serde(untagged)]
enum Answer<T> {
    Own(T),
    Other(Value),
}

/// The answer to a request, whoever runs the engine.
type Answered<C> = Result<Answer<<C as Request>::Answer>, Failure>;

/// Defines the commands that the application answers, and [`register`]. A request that reaches outside the store is confirmed
/// by a person first, where the page alone has named what it reaches.
macro_rules! define {
    (
        plain { $($plain:ident: $of_plain:ident,)* }
        confirmed { $($confirmed:ident: $of_confirmed:ident,)* }
        window { $($window:ident: $of_window:ident,)* }
        door { $($door:ident: $of_door:ident,)* }
        door_confirmed { $($asks:ident: $of_asks:ident,)* }
    ) => {
        $(
            #[tauri::command]
            async fn $plain(
                request: ipc::command::$of_plain,
                opened: State<'_, Opened>,
            ) -> Answered<ipc::command::$of_plain> {
                Ok(match opened.side().await? {
                    Side::Own(app) => Answer::Own(app.$plain(request).await?),
                    Side::Other(guest) => {
                        Answer::Other(guest.call(stringify!($plain), to_json(&request)?).await?)
                    }
                })
            }
        )*

        $(
            #[tauri::command]
            async fn $confirmed<R: Runtime>(
                request: ipc::command::$of_confirmed,
                window: WebviewWindow<R>,
                opened: State<'_, Opened>,
                confirm: State<'_, Confirm<R>>,
            ) -> Answered<ipc::command::$of_confirmed> {
                let side = opened.side().await?;
                confirm.confirm(&window, &side, &request).await?;
                Ok(match side {
                    Side::Own(app) => Answer::Own(app.$confirmed(request).await?),
                    Side::Other(guest) => {
                        let request = to_json(&request)?;
                        Answer::Other(guest.call_confirmed(stringify!($confirmed), request).await?)
                    }
                })
            }
        )*

        /// Registers every command.
        pub(super) fn register<R: Runtime>(builder: Builder<R>) -> Builder<R> {
            builder.invoke_handler(generate_handler![$($plain,)* $($confirmed,)* $($window,)*])
        }
    };
}
for_each_command!(define);

#[tauri::command]
async fn watch<R: Runtime>(
    request: Watch,
    events: Channel<EventPart>,
    window: WebviewWindow<R>,
) -> Reply<Watch> {
    let Watch {} = request;
    events::watch(window.app_handle().clone(), window.label(), events).await
}

#[tauri::command]
async fn choose_file<R: Runtime>(
    request: ChooseFile,
    window: WebviewWindow<R>,
    opened: State<'_, Opened>,
) -> Reply<ChooseFile> {
    let (side, access) = (opened.side().await?, request.purpose.access());
    let is_for_scores = matches!(request.purpose, FilePurpose::Questions | FilePurpose::QuestionsFolder);
    let chosen = dialogs::choose(&window, request.purpose).await;
    // Scores name their questions by the path, which the person has chosen here.
    if let Some(path) = chosen.as_ref().filter(|_| is_for_scores) {
        side.confirm(Permission::Read(path.clone()));
    }
    Ok(chosen.map(|path| side.choose(&path, access)))
}

#[tauri::command]
async fn answer_closing<R: Runtime>(
    request: AnswerClosing,
    window: WebviewWindow<R>,
) -> Reply<AnswerClosing> {
    leaving::answer(&window.as_ref().window(), request.close);
    Ok(())
}

#[tauri::command]
async fn set_title<R: Runtime>(request: SetTitle, window: WebviewWindow<R>) -> Reply<SetTitle> {
    attention::set_title(&window, request.work.as_deref());
    Ok(())
}

#[tauri::command]
async fn set_zoom<R: Runtime>(request: SetZoom, window: WebviewWindow<R>) -> Reply<SetZoom> {
    let percent = request.percent.clamp(50, 300);
    if let Err(error) = window.set_zoom(f64::from(percent) / 100.0) {
        tracing::warn!("the page could not be zoomed: {error}");
    }
    Ok(())
}

#[tauri::command]
async fn set_language(request: SetLanguage, opened: State<'_, Opened>) -> Reply<SetLanguage> {
    texts::speak(request.language, &opened.app_paths().data);
    Ok(())
}

#[tauri::command]
async fn notify<R: Runtime>(request: Notify, window: WebviewWindow<R>) -> Reply<Notify> {
    attention::notify(&window, request).await;
    Ok(())
}

#[tauri::command]
async fn read_repairs(request: ReadRepairs, opened: State<'_, Opened>) -> Reply<ReadRepairs> {
    let ReadRepairs {} = request;
    Ok(app::repairs(opened.app_paths()).await)
}

#[tauri::command]
async fn repair(request: Repair, opened: State<'_, Opened>) -> Reply<Repair> {
    Ok(app::repair(opened.app_paths(), &request.how).await?)
}

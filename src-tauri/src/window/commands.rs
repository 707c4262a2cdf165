//! The commands as Tauri calls them: each hands its request to the method of [`App`](crate::App) of its name.

use ipc::command::{
    AddModel, AddPair, Ask, ChooseFile, ControlJob, CountTokens, CreateDataSet, DefaultSettings,
    DeleteDataSet, DeletePair, DeleteSweep, DeleteVector, EditPair, EstimateTraining, ExportPairs,
    ExportVector, ImportPairs, ImportVector, ListPairs, LoadModel, PreviewImport, ReadHistory, ReadItems,
    ReadPoint, Redo, RenameDataSet, RenameVector, SaveSettings, StartSweep, StopAnswers, Train, Undo, Watch,
};
use ipc::{Event, Reply};
use tauri::ipc::Channel;
use tauri::{Builder, Runtime, State, WebviewWindow, generate_handler};

use super::{Opened, dialogs};

/// Registers every command.
pub(super) fn register<R: Runtime>(builder: Builder<R>) -> Builder<R> {
    builder.invoke_handler(generate_handler![
        watch,
        save_settings,
        list_pairs,
        edit_pair,
        add_pair,
        delete_pair,
        undo,
        redo,
        create_data_set,
        rename_data_set,
        delete_data_set,
        choose_file,
        preview_import,
        import_pairs,
        export_pairs,
        count_tokens,
        add_model,
        load_model,
        default_settings,
        estimate_training,
        train,
        read_history,
        start_sweep,
        read_point,
        read_items,
        delete_sweep,
        control_job,
        ask,
        stop_answers,
        export_vector,
        import_vector,
        rename_vector,
        delete_vector,
    ])
}

/// Commands that only hand their request over.
macro_rules! hand_over {
    ($($name:ident: $request:ty,)*) => {
        $(
            #[tauri::command]
            async fn $name(request: $request, opened: State<'_, Opened>) -> Reply<$request> {
                Ok(opened.app()?.$name(request).await?)
            }
        )*
    };
}

hand_over! {
    save_settings: SaveSettings,
    list_pairs: ListPairs,
    edit_pair: EditPair,
    add_pair: AddPair,
    delete_pair: DeletePair,
    undo: Undo,
    redo: Redo,
    create_data_set: CreateDataSet,
    rename_data_set: RenameDataSet,
    delete_data_set: DeleteDataSet,
    preview_import: PreviewImport,
    import_pairs: ImportPairs,
    export_pairs: ExportPairs,
    count_tokens: CountTokens,
    add_model: AddModel,
    load_model: LoadModel,
    default_settings: DefaultSettings,
    estimate_training: EstimateTraining,
    train: Train,
    read_history: ReadHistory,
    start_sweep: StartSweep,
    read_point: ReadPoint,
    read_items: ReadItems,
    delete_sweep: DeleteSweep,
    control_job: ControlJob,
    ask: Ask,
    stop_answers: StopAnswers,
    export_vector: ExportVector,
    import_vector: ImportVector,
    rename_vector: RenameVector,
    delete_vector: DeleteVector,
}

#[tauri::command]
async fn watch<R: Runtime>(
    request: Watch,
    events: Channel<Event>,
    window: WebviewWindow<R>,
    opened: State<'_, Opened>,
) -> Reply<Watch> {
    let Watch {} = request;
    let subscriber = Box::new(move |event| events.send(event).is_ok());
    Ok(opened.app()?.subscribe(window.label(), subscriber).await?)
}

#[tauri::command]
async fn choose_file<R: Runtime>(
    request: ChooseFile,
    window: WebviewWindow<R>,
    opened: State<'_, Opened>,
) -> Reply<ChooseFile> {
    opened.app()?;
    Ok(dialogs::choose(&window, request.purpose).await)
}

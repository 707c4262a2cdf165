//! The commands as Tauri calls them: each hands its request to the method of [`App`](crate::App) of its name.

use ipc::command::{
    AddModel, AddPair, Ask, ChooseFile, ControlJob, CountTokens, CreateDataSet, DefaultSettings,
    DeleteDataSet, DeletePair, DeleteVector, EditPair, EstimateTraining, ExportPairs, ExportVector,
    ImportPairs, ImportVector, ListPairs, LoadModel, PreviewImport, ReadHistory, ReadPoint, Redo,
    RenameDataSet, RenameVector, SaveSettings, StartSweep, StopAnswers, Train, Undo, Watch,
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
        sweep,
        read_point,
        control_job,
        ask,
        stop_answers,
        export_vector,
        import_vector,
        rename_vector,
        delete_vector,
    ])
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
async fn save_settings(request: SaveSettings, opened: State<'_, Opened>) -> Reply<SaveSettings> {
    Ok(opened.app()?.save_settings(request).await?)
}

#[tauri::command]
async fn list_pairs(request: ListPairs, opened: State<'_, Opened>) -> Reply<ListPairs> {
    Ok(opened.app()?.list_pairs(request).await?)
}

#[tauri::command]
async fn edit_pair(request: EditPair, opened: State<'_, Opened>) -> Reply<EditPair> {
    Ok(opened.app()?.edit_pair(request).await?)
}

#[tauri::command]
async fn add_pair(request: AddPair, opened: State<'_, Opened>) -> Reply<AddPair> {
    Ok(opened.app()?.add_pair(request).await?)
}

#[tauri::command]
async fn delete_pair(request: DeletePair, opened: State<'_, Opened>) -> Reply<DeletePair> {
    Ok(opened.app()?.delete_pair(request).await?)
}

#[tauri::command]
async fn undo(request: Undo, opened: State<'_, Opened>) -> Reply<Undo> {
    Ok(opened.app()?.undo(request).await?)
}

#[tauri::command]
async fn redo(request: Redo, opened: State<'_, Opened>) -> Reply<Redo> {
    Ok(opened.app()?.redo(request).await?)
}

#[tauri::command]
async fn create_data_set(request: CreateDataSet, opened: State<'_, Opened>) -> Reply<CreateDataSet> {
    Ok(opened.app()?.create_data_set(request).await?)
}

#[tauri::command]
async fn rename_data_set(request: RenameDataSet, opened: State<'_, Opened>) -> Reply<RenameDataSet> {
    Ok(opened.app()?.rename_data_set(request).await?)
}

#[tauri::command]
async fn delete_data_set(request: DeleteDataSet, opened: State<'_, Opened>) -> Reply<DeleteDataSet> {
    Ok(opened.app()?.delete_data_set(request).await?)
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

#[tauri::command]
async fn preview_import(request: PreviewImport, opened: State<'_, Opened>) -> Reply<PreviewImport> {
    Ok(opened.app()?.preview_import(request).await?)
}

#[tauri::command]
async fn import_pairs(request: ImportPairs, opened: State<'_, Opened>) -> Reply<ImportPairs> {
    Ok(opened.app()?.import_pairs(request).await?)
}

#[tauri::command]
async fn export_pairs(request: ExportPairs, opened: State<'_, Opened>) -> Reply<ExportPairs> {
    Ok(opened.app()?.export_pairs(request).await?)
}

#[tauri::command]
async fn count_tokens(request: CountTokens, opened: State<'_, Opened>) -> Reply<CountTokens> {
    Ok(opened.app()?.count_tokens(request).await?)
}

#[tauri::command]
async fn add_model(request: AddModel, opened: State<'_, Opened>) -> Reply<AddModel> {
    Ok(opened.app()?.add_model(request).await?)
}

#[tauri::command]
async fn load_model(request: LoadModel, opened: State<'_, Opened>) -> Reply<LoadModel> {
    Ok(opened.app()?.load_model(request).await?)
}

#[tauri::command]
async fn default_settings(request: DefaultSettings, opened: State<'_, Opened>) -> Reply<DefaultSettings> {
    Ok(opened.app()?.default_settings(request).await?)
}

#[tauri::command]
async fn estimate_training(request: EstimateTraining, opened: State<'_, Opened>) -> Reply<EstimateTraining> {
    Ok(opened.app()?.estimate_training(request).await?)
}

#[tauri::command]
async fn train(request: Train, opened: State<'_, Opened>) -> Reply<Train> {
    Ok(opened.app()?.train(request).await?)
}

#[tauri::command]
async fn read_history(request: ReadHistory, opened: State<'_, Opened>) -> Reply<ReadHistory> {
    Ok(opened.app()?.read_history(request).await?)
}

#[tauri::command]
async fn sweep(request: StartSweep, opened: State<'_, Opened>) -> Reply<StartSweep> {
    Ok(opened.app()?.start_sweep(request).await?)
}

#[tauri::command]
async fn read_point(request: ReadPoint, opened: State<'_, Opened>) -> Reply<ReadPoint> {
    Ok(opened.app()?.read_point(request).await?)
}

#[tauri::command]
async fn control_job(request: ControlJob, opened: State<'_, Opened>) -> Reply<ControlJob> {
    Ok(opened.app()?.control_job(request).await?)
}

#[tauri::command]
async fn ask(request: Ask, opened: State<'_, Opened>) -> Reply<Ask> {
    Ok(opened.app()?.ask(request).await?)
}

#[tauri::command]
async fn stop_answers(request: StopAnswers, opened: State<'_, Opened>) -> Reply<StopAnswers> {
    Ok(opened.app()?.stop_answers(request).await?)
}

#[tauri::command]
async fn export_vector(request: ExportVector, opened: State<'_, Opened>) -> Reply<ExportVector> {
    Ok(opened.app()?.export_vector(request).await?)
}

#[tauri::command]
async fn import_vector(request: ImportVector, opened: State<'_, Opened>) -> Reply<ImportVector> {
    Ok(opened.app()?.import_vector(request).await?)
}

#[tauri::command]
async fn rename_vector(request: RenameVector, opened: State<'_, Opened>) -> Reply<RenameVector> {
    Ok(opened.app()?.rename_vector(request).await?)
}

#[tauri::command]
async fn delete_vector(request: DeleteVector, opened: State<'_, Opened>) -> Reply<DeleteVector> {
    Ok(opened.app()?.delete_vector(request).await?)
}

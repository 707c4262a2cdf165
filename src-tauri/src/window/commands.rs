//! The commands as Tauri calls them: each hands its request to the method of [`App`](crate::App) of its name.

use ipc::command::{
    AcceptDrafts, AddModel, AddPair, Ask, CheckModels, CheckQuality, ChooseFile, ControlJob, ConvertChoices,
    CountTokens, CreateDataSet, DefaultSettings, DeleteDataSet, DeletePair, DeleteSweep, DeleteVector,
    EditDraft, EditPair, EstimateTraining, ExportChart, ExportChoices, ExportPairs, ExportReport,
    ExportTable, ExportVector, FindModel, ForgetDownload, ForgetModel, ForgetToken, ImportPairs,
    ImportVector, KeepKey, KeepToken, ListDrafts, ListPairs, ListRepository, LoadModel, LookAtEndpoint,
    MeasureMargins, PreviewImport, RateAnswer, ReadAgreement, ReadChoice, ReadHistory, ReadHub, ReadItems,
    ReadMachine, ReadPoint, ReadToRate, Redo, RejectDrafts, RenameDataSet, RenameVector, RepairPairs,
    SaveSettings, ScanFolder, SetPrecision, StartDownload, StartDrafts, StartSweep, StopAnswers, StopScan,
    SwitchModel, Train, TryEndpoint, Undo, UnloadModel, Watch,
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
        scan_folder,
        stop_scan,
        check_models,
        find_model,
        forget_model,
        switch_model,
        unload_model,
        set_precision,
        read_machine,
        read_hub,
        keep_token,
        forget_token,
        list_repository,
        start_download,
        forget_download,
        default_settings,
        estimate_training,
        train,
        read_history,
        start_sweep,
        read_point,
        read_items,
        delete_sweep,
        read_to_rate,
        rate_answer,
        read_agreement,
        export_chart,
        export_table,
        export_report,
        control_job,
        ask,
        stop_answers,
        export_vector,
        import_vector,
        rename_vector,
        delete_vector,
        check_quality,
        repair_pairs,
        measure_margins,
        start_drafts,
        list_drafts,
        edit_draft,
        accept_drafts,
        reject_drafts,
        look_at_endpoint,
        keep_key,
        try_endpoint,
        read_choice,
        convert_choices,
        export_choices,
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
    scan_folder: ScanFolder,
    stop_scan: StopScan,
    check_models: CheckModels,
    find_model: FindModel,
    forget_model: ForgetModel,
    switch_model: SwitchModel,
    unload_model: UnloadModel,
    set_precision: SetPrecision,
    read_machine: ReadMachine,
    read_hub: ReadHub,
    keep_token: KeepToken,
    forget_token: ForgetToken,
    list_repository: ListRepository,
    start_download: StartDownload,
    forget_download: ForgetDownload,
    default_settings: DefaultSettings,
    estimate_training: EstimateTraining,
    train: Train,
    read_history: ReadHistory,
    start_sweep: StartSweep,
    read_point: ReadPoint,
    read_items: ReadItems,
    delete_sweep: DeleteSweep,
    read_to_rate: ReadToRate,
    rate_answer: RateAnswer,
    read_agreement: ReadAgreement,
    export_chart: ExportChart,
    export_table: ExportTable,
    export_report: ExportReport,
    control_job: ControlJob,
    ask: Ask,
    stop_answers: StopAnswers,
    export_vector: ExportVector,
    import_vector: ImportVector,
    rename_vector: RenameVector,
    delete_vector: DeleteVector,
    check_quality: CheckQuality,
    repair_pairs: RepairPairs,
    measure_margins: MeasureMargins,
    start_drafts: StartDrafts,
    list_drafts: ListDrafts,
    edit_draft: EditDraft,
    accept_drafts: AcceptDrafts,
    reject_drafts: RejectDrafts,
    look_at_endpoint: LookAtEndpoint,
    keep_key: KeepKey,
    try_endpoint: TryEndpoint,
    read_choice: ReadChoice,
    convert_choices: ConvertChoices,
    export_choices: ExportChoices,
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

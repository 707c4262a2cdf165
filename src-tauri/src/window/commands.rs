//! The commands as Tauri calls them: each hands its request to the method of [`App`](crate::App) of its name.

use ipc::command::{
    AcceptDrafts, AddModel, AddPair, Ask, ChangePairs, CheckModels, CheckQuality, ChooseFile, CompareVersion,
    ControlJob, ConvertChoices, CountPairs, CountTokens, CreateDataSet, DefaultSettings, DeleteDataSet,
    DeletePair, DeleteVector, EditDraft, EditPair, EstimateTraining, ExportChoices, ExportPairs,
    ExportVector, FindModel, FindPairs, ForgetDownload, ForgetModel, ForgetToken, ImportPairs, ImportVector,
    KeepKey, KeepToken, KeepVersion, ListDrafts, ListPairs, ListRepository, ListVersions, LoadModel,
    LookAtEndpoint, MeasureMargins, PickEpoch, PlanSplit, PreviewImport, PreviewTokens, ReadChoice,
    ReadHistory, ReadHub, ReadMachine, ReadPair, ReadPoint, ReadRows, ReadTemplate, ReadVersion, Redo,
    RejectDrafts, RenameDataSet, RenameVector, RepairPairs, RestoreVersion, SaveSettings, ScanFolder,
    SetActs, SetPrecision, SetTemplate, ShowTokens, SplitPairs, StartDownload, StartDrafts, StartStudy,
    StartSweep, StopAnswers, StopScan, SwitchModel, Train, TryEndpoint, TryTemplate, Undo, UnloadModel,
    Watch,
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
        find_pairs,
        read_rows,
        read_pair,
        change_pairs,
        count_pairs,
        show_tokens,
        plan_split,
        split_pairs,
        list_versions,
        keep_version,
        read_version,
        compare_version,
        restore_version,
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
        read_template,
        try_template,
        set_template,
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
        pick_epoch,
        start_study,
        set_acts,
        preview_tokens,
        start_sweep,
        read_point,
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
    find_pairs: FindPairs,
    read_rows: ReadRows,
    read_pair: ReadPair,
    change_pairs: ChangePairs,
    count_pairs: CountPairs,
    show_tokens: ShowTokens,
    plan_split: PlanSplit,
    split_pairs: SplitPairs,
    list_versions: ListVersions,
    keep_version: KeepVersion,
    read_version: ReadVersion,
    compare_version: CompareVersion,
    restore_version: RestoreVersion,
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
    read_template: ReadTemplate,
    try_template: TryTemplate,
    set_template: SetTemplate,
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
    pick_epoch: PickEpoch,
    start_study: StartStudy,
    set_acts: SetActs,
    preview_tokens: PreviewTokens,
    start_sweep: StartSweep,
    read_point: ReadPoint,
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

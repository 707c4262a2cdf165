//! Defines the Tauri commands. Each hands its request to the method of [`App`](app::App) with the same name.

use app::Permission;
use ipc::command::{
    AcceptDrafts, AddModel, AddPair, AnswerClosing, BeginConversation, BranchConversation, ChangeDesk,
    ChangePairs, CheckModels, CheckQuality, ChooseFile, CompareVectors, CompareVersion, ContinueTurns,
    ControlJob, ConvertChoices, CountPairs, CountTokens, CreateDataSet, DefaultSettings, DeleteConversation,
    DeleteDataSet, DeletePair, DeletePreset, DeleteProject, DeleteRun, DeleteSweep, DeleteTurn, DeleteVector,
    DescribeDataSet, DescribeSweep, DescribeVector, DuplicateProject, EditDraft, EditPair, EditTurn,
    EstimateSweep, EstimateTraining, ExportChart, ExportChoices, ExportConversation, ExportPairs, ExportPlan,
    ExportPreset, ExportProject, ExportReport, ExportTable, ExportVector, FindModel, FindPairs, FollowAnswer,
    ForgetColumns, ForgetDownload, ForgetModel, ForgetToken, ImportConversations, ImportPairs, ImportPreset,
    ImportProject, ImportVector, InspectEndpoint, InspectProject, KeepPreset, ListBakes, ListDistillations,
    ListDrafts, ListPairs, ListRepository, ListVersions, LoadModel, MakeVector, MeasureDrift, MeasureMargins,
    MeasurePercentiles, MergeProject, MoveJob, NewProject, Notify, OpenProject, PackVector, PickEpoch,
    PinConversation, PlanBake, PlanPublish, PlanSplit, PreviewImport, PreviewTokens, PreviewVector, Publish,
    RateAnswer, ReadAgreement, ReadChanges, ReadChoice, ReadDiagnostics, ReadHistory, ReadHub, ReadItems,
    ReadLogitLens, ReadMachine, ReadModelTokens, ReadPair, ReadPoint, ReadRepairs, ReadResidual, ReadRows,
    ReadSweepFile, ReadTemplate, ReadTurns, ReadUnratedAnswers, ReadVectorSum, ReadVersion, Redo, Regenerate,
    RejectDrafts, RenameConversation, RenameDataSet, RenameProject, RenameRun, RenameVector, Repair,
    RepairPairs, RestoreDrafts, RestoreModel, RestoreVersion, SaveDiagnostics, SaveKey, SaveSettings,
    SaveToken, SaveVersion, Say, ScanFolder, SearchConversations, SetIntervention, SetPrecision, SetRubric,
    SetSuffixes, SetTemplate, SetTitle, SetZoom, ShowTokens, ShowVariant, SplitPairs, StartAnalysis,
    StartBake, StartDistil, StartDownload, StartDrafts, StartSweep, StopAnswering, StopAnswers,
    StopMeasuring, StopPublishing, StopScan, SwitchModel, Train, TransferVector, TryEndpoint, TrySteering,
    TryTemplate, Undo, UndoDeletion, UnloadModel, Watch,
};
use ipc::files::FilePurpose;
use ipc::{Event, EventPart, Reply, event_parts};
use tauri::ipc::Channel;
use tauri::{Builder, Runtime, State, WebviewWindow, generate_handler};

use super::opened::Opened;
use super::{Confirm, attention, dialogs, leaving};

/// Registers every command.
#[expect(clippy::too_many_lines, reason = "it is a list with a line for each command")]
pub(super) fn register<R: Runtime>(builder: Builder<R>) -> Builder<R> {
    builder.invoke_handler(generate_handler![
        watch,
        answer_closing,
        read_repairs,
        repair,
        save_settings,
        list_pairs,
        edit_pair,
        add_pair,
        delete_pair,
        undo,
        redo,
        create_data_set,
        rename_data_set,
        describe_data_set,
        describe_sweep,
        set_rubric,
        set_suffixes,
        delete_data_set,
        undo_deletion,
        restore_model,
        restore_drafts,
        rename_run,
        delete_run,
        choose_file,
        preview_import,
        import_pairs,
        forget_columns,
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
        save_version,
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
        read_model_tokens,
        try_template,
        set_template,
        read_hub,
        save_token,
        forget_token,
        list_repository,
        start_download,
        forget_download,
        default_settings,
        estimate_training,
        train,
        read_history,
        pick_epoch,
        start_analysis,
        set_intervention,
        preview_tokens,
        estimate_sweep,
        start_sweep,
        read_point,
        read_items,
        read_changes,
        delete_sweep,
        read_unrated_answers,
        rate_answer,
        read_agreement,
        export_chart,
        export_table,
        export_report,
        export_plan,
        read_diagnostics,
        save_diagnostics,
        move_job,
        control_job,
        set_title,
        set_zoom,
        notify,
        begin_conversation,
        read_turns,
        change_desk,
        say,
        regenerate,
        continue_turns,
        edit_turn,
        show_variant,
        delete_turn,
        follow_answer,
        branch_conversation,
        stop_answering,
        search_conversations,
        rename_conversation,
        pin_conversation,
        delete_conversation,
        keep_preset,
        delete_preset,
        export_conversation,
        import_conversations,
        export_preset,
        import_preset,
        read_sweep_file,
        stop_answers,
        try_steering,
        export_vector,
        pack_vector,
        import_vector,
        preview_vector,
        rename_vector,
        describe_vector,
        make_vector,
        transfer_vector,
        plan_bake,
        list_bakes,
        start_distil,
        list_distillations,
        plan_publish,
        publish,
        stop_publishing,
        start_bake,
        compare_vectors,
        read_vector_sum,
        read_logit_lens,
        read_residual,
        measure_percentiles,
        measure_drift,
        stop_measuring,
        delete_vector,
        check_quality,
        repair_pairs,
        measure_margins,
        start_drafts,
        list_drafts,
        edit_draft,
        accept_drafts,
        reject_drafts,
        inspect_endpoint,
        save_key,
        try_endpoint,
        read_choice,
        convert_choices,
        export_choices,
        new_project,
        open_project,
        rename_project,
        duplicate_project,
        delete_project,
        inspect_project,
        export_project,
        import_project,
        merge_project,
    ])
}

/// Defines the commands that only hand their request over.
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
    list_pairs: ListPairs,
    edit_pair: EditPair,
    add_pair: AddPair,
    delete_pair: DeletePair,
    undo: Undo,
    redo: Redo,
    create_data_set: CreateDataSet,
    rename_data_set: RenameDataSet,
    describe_data_set: DescribeDataSet,
    describe_sweep: DescribeSweep,
    set_rubric: SetRubric,
    set_suffixes: SetSuffixes,
    delete_data_set: DeleteDataSet,
    undo_deletion: UndoDeletion,
    restore_model: RestoreModel,
    restore_drafts: RestoreDrafts,
    rename_run: RenameRun,
    delete_run: DeleteRun,
    forget_columns: ForgetColumns,
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
    save_version: SaveVersion,
    read_version: ReadVersion,
    compare_version: CompareVersion,
    restore_version: RestoreVersion,
    load_model: LoadModel,
    stop_scan: StopScan,
    check_models: CheckModels,
    switch_model: SwitchModel,
    unload_model: UnloadModel,
    set_precision: SetPrecision,
    read_machine: ReadMachine,
    read_template: ReadTemplate,
    read_model_tokens: ReadModelTokens,
    try_template: TryTemplate,
    set_template: SetTemplate,
    read_hub: ReadHub,
    save_token: SaveToken,
    forget_token: ForgetToken,
    list_repository: ListRepository,
    start_download: StartDownload,
    forget_download: ForgetDownload,
    default_settings: DefaultSettings,
    estimate_training: EstimateTraining,
    estimate_sweep: EstimateSweep,
    train: Train,
    read_history: ReadHistory,
    read_diagnostics: ReadDiagnostics,
    pick_epoch: PickEpoch,
    start_analysis: StartAnalysis,
    set_intervention: SetIntervention,
    preview_tokens: PreviewTokens,
    read_point: ReadPoint,
    read_items: ReadItems,
    read_changes: ReadChanges,
    delete_sweep: DeleteSweep,
    read_unrated_answers: ReadUnratedAnswers,
    rate_answer: RateAnswer,
    read_agreement: ReadAgreement,
    move_job: MoveJob,
    control_job: ControlJob,
    begin_conversation: BeginConversation,
    read_turns: ReadTurns,
    change_desk: ChangeDesk,
    say: Say,
    regenerate: Regenerate,
    continue_turns: ContinueTurns,
    edit_turn: EditTurn,
    show_variant: ShowVariant,
    delete_turn: DeleteTurn,
    follow_answer: FollowAnswer,
    branch_conversation: BranchConversation,
    stop_answering: StopAnswering,
    search_conversations: SearchConversations,
    rename_conversation: RenameConversation,
    pin_conversation: PinConversation,
    delete_conversation: DeleteConversation,
    keep_preset: KeepPreset,
    delete_preset: DeletePreset,
    stop_answers: StopAnswers,
    try_steering: TrySteering,
    rename_vector: RenameVector,
    describe_vector: DescribeVector,
    make_vector: MakeVector,
    transfer_vector: TransferVector,
    plan_bake: PlanBake,
    list_bakes: ListBakes,
    start_distil: StartDistil,
    list_distillations: ListDistillations,
    plan_publish: PlanPublish,
    stop_publishing: StopPublishing,
    compare_vectors: CompareVectors,
    read_vector_sum: ReadVectorSum,
    read_logit_lens: ReadLogitLens,
    read_residual: ReadResidual,
    measure_percentiles: MeasurePercentiles,
    measure_drift: MeasureDrift,
    stop_measuring: StopMeasuring,
    delete_vector: DeleteVector,
    check_quality: CheckQuality,
    repair_pairs: RepairPairs,
    measure_margins: MeasureMargins,
    list_drafts: ListDrafts,
    edit_draft: EditDraft,
    accept_drafts: AcceptDrafts,
    reject_drafts: RejectDrafts,
    inspect_endpoint: InspectEndpoint,
    save_key: SaveKey,
    read_choice: ReadChoice,
    convert_choices: ConvertChoices,
    new_project: NewProject,
    open_project: OpenProject,
    rename_project: RenameProject,
    duplicate_project: DuplicateProject,
    delete_project: DeleteProject,
}

/// Defines the commands that reach outside the store: a person confirms what the page alone named.
macro_rules! confirm_and_hand_over {
    ($($name:ident: $request:ty,)*) => {
        $(
            #[tauri::command]
            async fn $name<R: Runtime>(
                request: $request,
                window: WebviewWindow<R>,
                opened: State<'_, Opened>,
                confirm: State<'_, Confirm<R>>,
            ) -> Reply<$request> {
                let app = opened.app()?;
                confirm.confirm(&window, app, &request).await?;
                Ok(app.$name(request).await?)
            }
        )*
    };
}

confirm_and_hand_over! {
    add_model: AddModel,
    find_model: FindModel,
    forget_model: ForgetModel,
    scan_folder: ScanFolder,
    import_vector: ImportVector,
    preview_vector: PreviewVector,
    preview_import: PreviewImport,
    import_pairs: ImportPairs,
    export_pairs: ExportPairs,
    export_choices: ExportChoices,
    export_chart: ExportChart,
    export_table: ExportTable,
    export_report: ExportReport,
    export_plan: ExportPlan,
    save_diagnostics: SaveDiagnostics,
    inspect_project: InspectProject,
    export_project: ExportProject,
    import_project: ImportProject,
    merge_project: MergeProject,
    export_vector: ExportVector,
    pack_vector: PackVector,
    start_bake: StartBake,
    publish: Publish,
    save_settings: SaveSettings,
    try_endpoint: TryEndpoint,
    start_drafts: StartDrafts,
    start_sweep: StartSweep,
    export_conversation: ExportConversation,
    import_conversations: ImportConversations,
    export_preset: ExportPreset,
    import_preset: ImportPreset,
    read_sweep_file: ReadSweepFile,
}

#[tauri::command]
async fn watch<R: Runtime>(
    request: Watch,
    events: Channel<EventPart>,
    window: WebviewWindow<R>,
    opened: State<'_, Opened>,
) -> Reply<Watch> {
    let Watch {} = request;
    let subscriber = Box::new(move |event| send(&events, &event));
    // An application that could not be opened is opened now, if the cause is gone.
    Ok(opened.open().await?.subscribe(window.label(), subscriber).await?)
}

/// Sends an event to the page. Returns whether the page can still be reached.
fn send(events: &Channel<EventPart>, event: &Event) -> bool {
    match serde_json::to_string(event) {
        Ok(json) => event_parts(&json).all(|part| events.send(part).is_ok()),
        Err(error) => {
            tracing::error!("an event could not be written as JSON: {error}");
            true
        }
    }
}

#[tauri::command]
async fn choose_file<R: Runtime>(
    request: ChooseFile,
    window: WebviewWindow<R>,
    opened: State<'_, Opened>,
) -> Reply<ChooseFile> {
    let (app, access) = (opened.app()?, request.purpose.access());
    let is_for_scores = matches!(request.purpose, FilePurpose::Questions | FilePurpose::QuestionsFolder);
    let chosen = dialogs::choose(&window, request.purpose).await;
    // Scores name their questions by the path, which the person has chosen here.
    if let Some(path) = chosen.as_ref().filter(|_| is_for_scores) {
        app.confirm(Permission::Read(path.clone()));
    }
    Ok(chosen.map(|path| app.choose(&path, access)))
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

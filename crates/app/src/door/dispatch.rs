//! Hands a request that came over the local socket to the method of [`App`] with its name.

use ipc::command::{
    AcceptDrafts, AddModel, AddPair, BeginConversation, BranchConversation, ChangeDesk, ChangePairs,
    CheckModels, CheckQuality, CompareVectors, CompareVersion, ContinueTurns, ControlJob, ConvertChoices,
    CountPairs, CountTokens, CreateDataSet, DefaultSettings, DeleteConversation, DeleteDataSet, DeletePair,
    DeletePreset, DeleteProject, DeleteRun, DeleteSweep, DeleteTurn, DeleteVector, DescribeDataSet,
    DescribeSweep, DescribeVector, DuplicateProject, EditDraft, EditPair, EditTurn, EstimateSweep,
    EstimateTraining, ExportChart, ExportChoices, ExportConversation, ExportPairs, ExportPlan, ExportPreset,
    ExportProject, ExportReport, ExportTable, ExportVector, FindModel, FindPairs, FollowAnswer,
    ForgetColumns, ForgetDownload, ForgetModel, ForgetToken, ImportConversations, ImportPairs, ImportPreset,
    ImportProject, ImportVector, InspectEndpoint, InspectProject, KeepPreset, ListBakes, ListDistillations,
    ListDrafts, ListJobs, ListPairs, ListRepository, ListVersions, LoadModel, MakeVector, MeasureDrift,
    MeasureMargins, MeasurePercentiles, MergeProject, MoveJob, NewProject, OpenProject, PackVector,
    PickEpoch, PinConversation, PlanBake, PlanPublish, PlanSplit, PreviewImport, PreviewTokens,
    PreviewVector, Publish, RateAnswer, ReadAgreement, ReadChanges, ReadChoice, ReadDiagnostics, ReadHistory,
    ReadHub, ReadItems, ReadLogitLens, ReadMachine, ReadModelTokens, ReadPair, ReadPoint, ReadResidual,
    ReadRows, ReadSweepFile, ReadTemplate, ReadTurns, ReadUnratedAnswers, ReadVectorSum, ReadVersion, Redo,
    Regenerate, RejectDrafts, RenameConversation, RenameDataSet, RenameProject, RenameRun, RenameVector,
    RepairPairs, RestoreDrafts, RestoreModel, RestoreVersion, SaveDiagnostics, SaveKey, SaveSettings,
    SaveToken, SaveVersion, Say, ScanFolder, SearchConversations, SetIntervention, SetOut, SetPrecision,
    SetRubric, SetSuffixes, SetTemplate, ShowTokens, ShowVariant, SplitPairs, StartAnalysis, StartBake,
    StartDistil, StartDownload, StartDrafts, StartSweep, StopAnswering, StopAnswers, StopMeasuring,
    StopPublishing, StopScan, SwitchModel, Train, TransferVector, TryEndpoint, TrySteering, TryTemplate,
    Undo, UndoDeletion, UnloadModel, UseKey,
};
use ipc::{Code, Command, Failure, Id};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{App, NeedsPermission, named_project};

/// The commands of the window itself: its dialogs, its title, and how it mends a store that cannot be opened. [`Watch`] is
/// answered where the connection is.
///
/// [`Watch`]: ipc::command::Watch
#[cfg(test)]
const OF_THE_WINDOW: [&str; 8] =
    ["watch", "answer_closing", "choose_file", "notify", "read_repairs", "repair", "set_title", "set_zoom"];

/// Reads the arguments of a command.
fn read<C: DeserializeOwned>(request: Value) -> Result<C, Failure> {
    serde_json::from_value(request).map_err(|error| {
        let failure = Failure::new(Code::Invalid, "The arguments of this command cannot be read.");
        failure.detail(error.to_string()).next("Use programs of the same version.")
    })
}

fn written(answer: &impl Serialize) -> Result<Value, Failure> {
    serde_json::to_value(answer)
        .map_err(|error| Failure::new(Code::Other, "An answer is no JSON.").detail(error.to_string()))
}

/// Confirms what a request reaches outside the store: whoever sends it over the socket has named it on their own.
async fn confirm(app: &App, request: &impl NeedsPermission) -> Result<(), Failure> {
    for permission in app.unconfirmed(request).await? {
        app.confirm(permission);
    }
    Ok(())
}

/// Runs a command by its name, in the project that is named, or else in the open one. Paths and addresses of the request
/// count as confirmed.
///
/// # Errors
/// Returns the failure of the command, or says that there is no project or no command of this name.
pub async fn dispatch(
    app: &App,
    project: Option<Id>,
    command: &str,
    request: Value,
) -> Result<Value, Failure> {
    if let Some(project) = project {
        app.check_project(project).await?;
    }
    named_project::within(project, run(app, command, request)).await
}

/// Defines [`run`] with an arm for every command, and their names.
macro_rules! serve {
    (plain { $($name:ident: $request:ident,)* } confirmed { $($asks:ident: $wish:ident,)* }) => {
        /// Runs a command by its name.
        async fn run(app: &App, command: &str, request: Value) -> Result<Value, Failure> {
            match command {
                $(<$request as Command>::NAME => {
                    let request: $request = read(request)?;
                    written(&Box::pin(app.$name(request)).await?)
                })*
                $(<$wish as Command>::NAME => {
                    let request: $wish = read(request)?;
                    Box::pin(confirm(app, &request)).await?;
                    written(&Box::pin(app.$asks(request)).await?)
                })*
                _ => {
                    let failure = Failure::new(Code::Invalid, "There is no such command here.");
                    Err(failure.detail(command.chars().take(80).collect::<String>()))
                }
            }
        }

        #[cfg(test)]
        const SERVED: &[&str] =
            &[$(<$request as Command>::NAME,)* $(<$wish as Command>::NAME,)*];
    };
}

serve! {
    plain {
        list_pairs: ListPairs,
        edit_pair: EditPair,
        add_pair: AddPair,
        delete_pair: DeletePair,
        undo: Undo,
        redo: Redo,
        create_data_set: CreateDataSet,
        rename_data_set: RenameDataSet,
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
        measure_drift: MeasureDrift,
        stop_measuring: StopMeasuring,
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
        list_jobs: ListJobs,
        use_key: UseKey,
        describe_data_set: DescribeDataSet,
        set_rubric: SetRubric,
        set_suffixes: SetSuffixes,
        describe_sweep: DescribeSweep,
        new_project: NewProject,
        open_project: OpenProject,
        rename_project: RenameProject,
        duplicate_project: DuplicateProject,
        delete_project: DeleteProject,
    }
    confirmed {
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
        set_out: SetOut,
        read_sweep_file: ReadSweepFile,
        inspect_project: InspectProject,
        export_project: ExportProject,
        import_project: ImportProject,
        merge_project: MergeProject,
    }
}

#[cfg(test)]
mod tests {
    use ipc::command::{names, names_of_the_door};

    use super::*;

    #[test]
    fn every_command_is_served_or_is_the_windows_own() {
        let mut known = [names(), names_of_the_door().to_vec()].concat();
        let mut here = [SERVED, &OF_THE_WINDOW].concat();
        known.sort_unstable();
        here.sort_unstable();
        assert_eq!(here, known);
    }
}

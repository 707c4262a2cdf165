# The window around the screens: its bars, the sheets that lie over any screen, and what the window says by itself.

# shell/mod.rs
shell-opening = Tiller is opening its store.

# actions.rs
shell-screen-start = Start
shell-screen-data = Data
shell-screen-train = Train
shell-screen-sweep = Sweep
shell-screen-chat = Chat
shell-screen-vectors = Vectors
shell-screen-models = Models

# shell/side_bar.rs
shell-screens = Screens
shell-help = Help
shell-settings = Settings
shell-theme-light-name = Light theme
shell-theme-dark-name = Dark theme
shell-theme-auto-name = Auto: the desktop's theme
shell-theme-auto = Auto

# shell/top_bar.rs
shell-no-model = No model
shell-model-queued = { $name } · after the jobs of another model
shell-model-unloaded = { $name } · not loaded
shell-model-waits = { $name } · waits for the other model
shell-model-loading = { $name } · loading { $share }
shell-model-failed = { $name } · cannot be used
shell-queue-open = Shows the jobs that run and wait
shell-count-jobs = { $count ->
    [one] { $count } job
   *[other] { $count } jobs
}
shell-all-models = All models…
shell-download-model = Download…

# shell/project_menu.rs
shell-projects = Projects
shell-project-new = New…
shell-project-rename = Rename…
shell-project-duplicate = Duplicate

# shell/project_sheets.rs
shell-new-project = New project
shell-new-project-do = Make it
shell-new-project-note = A project has data sets, runs, vectors, sweeps and conversations of its own. Models belong to all projects.
shell-export-project = Export “{ $name }”
shell-export-project-note = One file with everything of the project: data with its history, runs, vectors, sweeps and conversations. It names the models and does not hold them; it holds no key, no address and no path.
shell-import-project = Import a project
shell-import-project-note = A .tiller file becomes a project of its own, or joins one that is here: what both hold stays one. You see what is in it before anything is stored.
shell-import-look = Show what is in it
shell-import-written-by = Written by Tiller { $version }. Content { $hash }.
shell-import-how = Import it as a new project, or merge it into one that is here?
shell-import-new = Import as a new project
shell-import-merge = Merge into
shell-import-target = The project to merge into
shell-project-imported = “{ $name }” is imported.
shell-project-count = { $number } { $what }
shell-project-empty = It is empty.
shell-project-empty-of = It is empty. It was made with { $models }.
shell-project-holds = It holds { $counts }.
shell-project-holds-of = It holds { $counts }. It was made with { $models }.
shell-merged-nothing = Everything in it was here already.
shell-merged-continued = Continued what was here: { $number }.
shell-merged-added = Added { $added }.
shell-merged-both = Added { $added }; continued what was here: { $number }.

# crates/store/src/project_file/tables.rs: what a project file holds
said-table-data-sets = data sets
said-table-pairs = pairs
said-table-runs = runs
said-table-vectors = vectors
said-table-sweeps = sweeps
said-table-sweep-points = sweep points
said-table-conversations = conversations
said-table-turns = turns
said-table-analyses = analyses
said-table-presets = presets
said-table-transfers = transfers
said-table-drafts = batches of drafts

# state/projects.rs
shell-project-made = “{ $name }” is made.

# state/closing.rs
shell-closing-unsaved = The window stays open, because what you typed last is not saved. Close it again to leave without it.

# shell/job_strip.rs
shell-no-job = No job runs.
shell-progress = Progress
shell-stop-job = Ends the job and keeps what it has made
shell-job-of = { $project }: { $job }

# shell/queue_sheet.rs
shell-queue = Queue
shell-queue-empty = No job runs or waits. Training, sweeps, analyses and downloads stand here until they are over.
shell-queue-up = Move { $job } up
shell-queue-down = Move { $job } down
shell-queue-earlier = Runs it earlier
shell-queue-later = Runs it later
shell-queue-go = Go there

# shell/notice.rs
shell-notice-trained = “{ $name }” is trained.
shell-notice-measured = “{ $name }” is measured.
shell-notice-text = Tiller has the result.
shell-notice-read = Read it

# shell/other_engine.rs
shell-other-engine = { $program } (process { $pid }) runs the engine. This window works through it, and takes the engine over when it is done.

# shell/repair.rs
shell-repair-copy = Put the copy of { $date } back ({ $size })
shell-repair-as-it-is = Go on without the last changes
shell-repair-anew = Begin with empty data
shell-repair-note = What is there now is kept in the folder “damaged” of the data folder.

# shell/report_sheet.rs
shell-report = Report
shell-report-note = This is everything that is copied or saved. It holds no prompt, no answer and no name that you gave, and nothing is sent.
shell-report-reading = Reading…
shell-report-copy = Copy diagnostics
shell-report-save = Save a report
shell-report-saved = Saved.

# shell/settings/mod.rs
shell-version = Tiller { $version }. Nothing leaves this machine unless you ask for it.

# shell/settings/looks.rs
shell-settings-looks = Looks
shell-language = Language
shell-language-system = System
shell-language-english = English
shell-language-chinese = 简体中文
shell-theme = Theme
shell-theme-system = System
shell-theme-light = Light
shell-theme-dark = Dark
shell-zoom = Zoom

# shell/settings/fonts.rs
shell-typeface = Typeface
shell-typeface-bundled = Inter
shell-typeface-system = System
shell-typeface-note = Inter comes with Tiller. Charts keep it, here and in files.
shell-texts = Pairs, answers
shell-texts-note = Wherever prompts, answers, system prompts and rubrics are read or written. Rows of a list keep their size.
shell-texts-typeface = Typeface of pairs and answers
shell-texts-window = As the window
shell-texts-system = System sans-serif
shell-texts-serif = Serif
shell-texts-monospace = Monospace
shell-texts-size = Size of pairs and answers, beside the rest

# shell/settings/work.rs
shell-settings-work = Work
shell-notifications = Notifications
shell-notifications-on = On
shell-notifications-off = Off
shell-notifications-note = The desktop says that a run or a sweep has ended while the window is not in front.
shell-memory = Memory
shell-memory-free = What is free
shell-memory-most = At most { $size }
shell-memory-note = What Tiller may take with its models and jobs. Loading and training that would take more is refused before it begins.
shell-threads = Threads
shell-threads-all = All { $count }
shell-threads-note = Threads of the processor for the engine. The results are the same with any number.
shell-threads-next = The engine works with { $count } until Tiller starts again. The results are the same with any number.

# shell/settings/chat.rs
shell-chat-preset = New conversations
shell-chat-note = Conversations that are there stay as they are.

# shell/settings/keys.rs
shell-settings-keys = Keys
shell-key-hub = Hub token
shell-key-hub-note = For { $host }. It is typed where a model is downloaded.
shell-key-endpoint = Endpoint key
shell-key-endpoint-unused = No endpoint was used yet.
shell-key-endpoint-none = None is kept. A local server needs none.
shell-key-endpoint-note = For { $address }. It is typed where an endpoint is chosen.

# shell/settings/machine.rs
shell-settings-machine = This machine
shell-folder-data = Data folder
shell-folder-data-note = To use another one, start Tiller with the environment variable TILLER_DATA_DIR set to it.
shell-folder-logs = Log folder
shell-folder-logs-note = A week of what was begun and ended, without your texts. TILLER_LOG=debug prints more on the terminal.
shell-diagnostics = Diagnostics
shell-diagnostics-open = Copy or save a report…

# shell/undo_toast.rs
shell-toast-deleted = Deleted: { $title }.
shell-toast-applied = Applied “{ $name }”.
shell-toast-put-back = Put back: { $title }.
shell-deleted-column = the column “{ $name }”
shell-deleted-strip = the strip of “{ $name }”
shell-replaced-desk = the desk before “{ $name }”
shell-toast-close = Close this message
shell-toast-still = Ctrl+Z still brings it back

# shell/glossary_sheet.rs
shell-glossary = Glossary
shell-glossary-search = Search the glossary
shell-glossary-terms = Terms
shell-glossary-nothing = No term has these words.

# shell/help_sheet.rs
shell-help-placeholder = Search commands and words
shell-help-search = Search the help
shell-help-list = Commands and words
shell-help-everywhere = Commands everywhere
shell-help-on-data = Commands on Data
shell-help-on-chat = Commands on Chat
shell-help-on-charts = Keys of a chart that has the focus
shell-help-nothing = No command and no term has these words.

# shell/palette
shell-palette = Commands and things
shell-palette-placeholder = Find a command, a data set, a pair, a vector, a run, a sweep, a model, a setting, a word …
shell-palette-found = Found
shell-palette-nothing = Nothing has these words.
shell-palette-keys-choose = choose,
shell-palette-keys-run = runs or shows,
shell-palette-keys-close = closes
shell-palette-train = Train with the settings on Train
shell-palette-sweep = Sweep with the settings on Sweep
shell-kind-run = Run
shell-kind-conversation = Conversation
shell-kind-preset = Preset
shell-kind-job = Job
shell-kind-project = Project
shell-kind-pair = Pair
shell-palette-run = { $method }, { $date }
shell-palette-vector = { $made }, layer { $layers }
shell-palette-pair = { $name }, pair { $number }

# shell/palette/acts.rs
shell-palette-rename-data-set = Rename the data set { $name }
shell-palette-duplicate-data-set = Duplicate the data set { $name }
shell-palette-export-data-set = Export the pairs of { $name }
shell-palette-split-data-set = Split the data set { $name }
shell-palette-versions-data-set = Versions of the data set { $name }
shell-palette-delete-data-set = Delete the data set { $name }
shell-palette-rename-run = Rename the run { $name }
shell-palette-overlay-run = Lay the curves of { $name } over those of the shown run
shell-palette-take-off-run = Take the curves of { $name } away from those of the shown run
shell-palette-compare-run = Compare the shown run with { $name }
shell-palette-repeat-run = Again with changes: { $name }
shell-palette-export-run = Export the run { $name } as a plan
shell-palette-delete-run = Delete the run { $name }
shell-palette-rename-sweep = Rename the sweep { $name }
shell-palette-overlay-sweep = Lay { $name } over the shown sweep
shell-palette-take-off-sweep = Take { $name } away from the shown sweep
shell-palette-duplicate-sweep = Duplicate the settings of { $name }
shell-palette-go-on-sweep = Go on with the sweep { $name }
shell-palette-repeat-sweep = Run the sweep { $name } again
shell-palette-rate-sweep = Rate answers of { $name }
shell-palette-export-sweep = Export the sweep { $name }
shell-palette-delete-sweep = Delete the sweep { $name }
shell-palette-rename-vector = Rename the vector { $name }
shell-palette-use-vector = Use the vector { $name } in Chat and Sweep
shell-palette-sweep-vector = Sweep the vector { $name }
shell-palette-chat-with = Chat with the vector { $name }
shell-palette-add-vector = Add { $name } to the mixing desk
shell-palette-export-vector = Export the vector { $name }
shell-palette-passport = Passport of { $name }
shell-palette-bake = Bake { $name } into a model
shell-palette-distil = Distil { $name } into an adapter
shell-palette-hand-over = Hand { $name } over to another program
shell-palette-publish = Publish { $name } on the hub
shell-palette-delete-vector = Delete the vector { $name }
shell-palette-load-model = Load { $name }
shell-palette-stop-loading-model = Stop loading { $name }
shell-palette-unload-model = Unload { $name }
shell-palette-remove-model = Remove { $name } from the list
shell-palette-rename-conversation = Rename the conversation { $name }
shell-palette-pin-conversation = Pin the conversation { $name }
shell-palette-unpin-conversation = Unpin the conversation { $name }
shell-palette-export-conversation = Export the conversation { $name }
shell-palette-delete-conversation = Delete the conversation { $name }
shell-palette-delete-preset = Delete the preset { $name }
shell-palette-pause-job = Pause: { $name }
shell-palette-resume-job = Resume: { $name }
shell-palette-stop-job = Stop, and keep what it made: { $name }

# The Models screen: the list, a model's details, and the sheets that add and download models.

# add_sheet.rs
models-add-label = Add models
models-add-title = Add models from this machine
models-add-path = File or folder
models-add-choose-file = Choose a file…
models-add-choose-folder = Choose a folder…
models-add-note = A GGUF file, or a folder with config.json and safetensors. Files stay where they are. A folder with several models below it can be searched. Models can be dropped onto the window as well.
models-add-search = Search the folder
models-add-do = Add
models-scan-running = { $count ->
    [one] Searching { $path }: { $count } file looked at, { $added } new, { $known } known, { $refused } cannot be used.
   *[other] Searching { $path }: { $count } files looked at, { $added } new, { $known } known, { $refused } cannot be used.
}
models-scan-done = { $count ->
    [one] Searched { $path }: { $count } file looked at, { $added } new, { $known } known, { $refused } cannot be used.
   *[other] Searched { $path }: { $count } files looked at, { $added } new, { $known } known, { $refused } cannot be used.
}
models-scan-refused = Why they cannot be used

# catalogue.rs
models-find-weights = { $count } weights
models-find-download = Download { $name }

# chat_template.rs
models-template = Chat template
models-template-own = Chat template: your own
models-template-built-in = Chat template: Tiller's for { $name }; the file has none
models-template-nowhere = Chat template: the file has none
models-template-of-file = Chat template: the file's own
models-template-read-before = What the model read with the template before
models-template-reads = What the model reads
models-template-folds = This template knows no system message: it stands before the first question.
models-template-none = The model's files carry no chat template. Take the one that it was trained with: a base model was trained with none, and any will do for a try.
models-template-try = Try it
models-template-use = Use it
models-template-reset = Use the file's own
models-template-note = Another template makes another model of it: runs and sweeps that were begun with the old one are not mixed with the new one.
models-template-begin = Start from
models-template-begin-here = current template

# column.rs
models-family = Family
models-size = Size
models-layers = Layers
models-width = Width
models-stored-as = Stored as
models-to-train = To train
models-state = State

# details.rs
models-origin-starter = Comes with Tiller
models-origin-file = A file of yours: it stays where it is
models-origin-hub = { $repository } at { $commit }, in the hub's cache
models-load = Load
models-stop-loading = Stop loading
models-unload = Unload
models-weights-in-memory = Weights in memory
models-precision-differs = In memory it is { $precision } still; load it again when the job is done.
models-precision-stored-note = As the file stores them: least memory, and the fastest answers
models-precision-q8-note = Weights that are stored with 16 or 32 bits rounded to 8: half the memory of BF16
models-precision-f32-note = Four bytes a weight: training is a few per cent faster
models-only-device = { $device }, the only one that this build of Tiller can use
models-folder = Folder
models-device = Device
models-path = Path
models-no-fingerprint = Taken when it is loaded first
models-weights = Weights
models-weights-stored = { $parameters }, stored as { $format } in { $size }
models-blocks = { $blocks } blocks, 0 to { $last }
models-numbers = { $size } numbers
models-heads = Heads
models-heads-own = { $heads } heads, { $size } numbers each
models-heads-shared = { $heads } query heads, { $shared } key/value heads (GQA), { $size } numbers each
models-vocabulary = Vocabulary
models-tokens = { $tokens } tokens
models-reads-at-most = Reads at most
models-remove = Remove…
models-remove-note = Vectors made with it stay.
models-remove-file-note = Vectors made with it stay. A deleted file does not come back: this cannot be undone.
models-remove-from-list = Remove from the list
models-delete-file = Delete the file ({ $size })

# download_sheet.rs
models-download-contacts = Tiller contacts { $host } for the list and for the files, and tells it the model's name. Nothing else leaves this machine.
models-download-title = Download a model
models-download-address-hint = organisation/name, or the address of its page
models-download-asking = Asking…
models-download-list = Show files
models-download-do = Download
models-download-choice-files = { $count } files: { $names }
models-download-here = here already
models-download-at = at { $revision } ({ $commit })
models-download-unusable = This repository has no GGUF file and no safetensors with a config.json: Tiller could not load it.
models-download-files = Files
models-download-all = { $count ->
    [one] All { $count } file
   *[other] All { $count } files
}
models-download-nothing = Nothing to fetch
models-download-fetch = { $size } to fetch
models-download-goes = { $fetch }. Goes to the cache that programs share: { $cache }
models-download-goes-free = { $fetch }. Goes to the cache that programs share, { $free } free there: { $cache }

# downloads.rs
models-downloads = Downloads
models-download-lost = What came of it is deleted.
models-download-remove-sure = Remove it
models-download-running = { $progress } · from { $host }
models-download-stopped = Stopped; what came is kept until it is removed · { $size } from { $host }
models-download-failed = { $size } from { $host }; what came is kept, and Resume goes on there
models-download-from = { $size } from { $host }

# find_sheet.rs
models-find-title = Find a model
models-find-list = Small models that Tiller reads
models-find-free = { $free } of { $total } are free now. Memory to chat and to train is an estimate, with the weights as they are stored.
models-find-free-held = { $free } of { $total } are free for another model, with the { $held } that the model in memory gives back. Memory to chat and to train is an estimate, with the weights as they are stored.
models-find-goes = A download comes from { $host } and goes to the cache that programs share: { $cache }. Before you press Download or Search, nobody is contacted.

# fit.rs
models-fits = fits
models-fits-tight = tight
models-fits-not = too large
models-fits-note = Chat and training fit into the { $free } that are free.
models-fits-tight-note = Chat fits into the { $free } that are free; training takes nearly all of it, or more.
models-fits-not-note = It takes more than the { $free } that are free, and would make the machine swap, and slow.

# hub_search.rs
models-search-label = Search the hub for GGUF files
models-search-hint = words of the name, for example llama 3b instruct
models-search-contacts = Search sends these words to { $host }, and nothing else.
models-search-contacts-token = Search sends these words to { $host }, with your access token for it, and nothing else.
models-search-nothing = { $host } has no GGUF files with these words.
models-search-gated = Its owners ask for an agreement on its page first.
models-search-downloads = Downloads
models-search-updated = Changed
models-search-files = Files…
models-search-files-of = Files of { $name }

# hub_token.rs
models-token-none = None. Most models need none; gated ones do.
models-token-environment = From the environment's HF_TOKEN.
models-token-memory = Typed; forgotten when Tiller ends.
models-token-keyring = In the system's keyring.
models-token-file = From the file that the hub's own programs keep.
models-token-kept = It is kept in the system's keyring.
models-token-not-kept = This system has no keyring that answers: it is kept in memory until Tiller ends.
models-token = Access token
models-use = Use
models-token-forget = Forget…
models-token-lost = The token is deleted.
models-token-forget-sure = Forget it

# library.rs
models-the-model = the model “{ $name }”

# list.rs
models-empty = No models yet. Find a small one, add a file, or download one from the hub.
models-none-found = No model has these words.
models-empty-download = Download a model…
models-show-all = Show all models

# memory_need.rs
models-precision-stored = As stored
models-precision-q8 = 8 bits
models-to-load = To load
models-to-chat = To chat
models-free = { $free } of { $total } are free now. Estimates: more than is free makes the machine swap, and slow.
models-free-without = { $free } of { $total } are free now without this model. Estimates: more than is free makes the machine swap, and slow.
models-memory = Memory

# mod.rs
models-title = Models
models-filter = Filter models
models-find-more = Find a model…
models-add = Add…
models-download = Download…
models-details = The model
models-device-gone = { $name }, which is not there
models-load-on = Load models on
models-load-on-note = What is in memory stays where it is until it is loaded again. Steering and the optimizer are the same on all; sums may round differently.
models-keep = Keep in memory at most
models-keep-count = { $count ->
    [one] { $count } model
   *[other] { $count } models
}
models-keep-note = A job loads the model it was made for when its turn comes. A model that left for it is loaded again after the last job.

# model_notes.rs
models-gone = The model's file is not where it was.
models-find-again = Find it again…
models-changed = The file is not what it was when Tiller read it last. Vectors made with it may not fit any more.
models-read-again = Read it again
models-load-beside = Load beside it
models-load-beside-need = Load beside it ({ $need } of { $free } free)
models-pause-and-switch = Pause the job and switch
models-new-path = New path
models-new-path-hint = or type its new path

# model_state.rs
models-state-waits = queued
models-state-loading = loading { $percent }
models-state-ready = in memory, { $device }
models-state-ready-gone = in memory, file gone
models-state-ready-changed = in memory, file changed
models-state-gone = file gone
models-state-failed = cannot be used
models-state-changed = file changed
models-state-unloaded = on disk

# token_report.rs
models-tokens-title = What the model reads, token by token
models-tokens-put-before = { $token }, put before every text
models-tokens-no-begin = none
models-tokens-begin = Begins a text
models-tokens-ends = Ends an answer
models-tokens-prompt = The prompt of a sample pair
models-tokens-answer = Its answer
models-tokens-found = { $text } ({ $number }): { $places }
models-tokens-token = Token
models-tokens-number = Number
models-tokens-kind = Kind

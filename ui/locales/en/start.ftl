# Start: what a steering vector does, three steps to one's own, and the steps that follow.

# ../next_steps.rs
start-next-chat = Chat with it
start-next-sweep = Sweep it

# behaviours.rs
start-see = See the effect
start-behaviour = Behaviour
start-question = Question
start-question-hint = Ask something
start-show = Show
start-use-model = Use that model
start-strength = Strength

# behaviours.rs: what the answers of the vectors that come along are, as the application names it
said-starter-gloomier = gloomier
said-starter-as-it-is = as it is
said-starter-more-cheerful = more cheerful
said-starter-plainer = plainer
said-starter-more-formal = more formal
said-starter-away-from-money = away from money
said-starter-towards-money = towards money

# epoch_answers.rs
start-stop-title = Keeps the vector as it is now
start-curves-hide = Hide curves
start-curves-show = Show curves
start-run-queued = Waits for its turn
start-run-paused = Paused
start-run-done = Trained
start-run-stopped = Stopped; the vector is kept as it was
start-run-failed = Failed
start-run-left = { $left } left
start-after-epoch = after epoch { $epoch } of { $epochs }
start-after-first-epoch = after the first epoch
start-unsteered = as it is
start-steered = with your vector
start-epochs = After epoch
start-epoch = Epoch

# mod.rs
start-title = See what a steering vector does
start-title-own = Make a steering vector
start-lead = A steering vector is a direction in the activations of a model: added while the model writes, it brings out one behaviour; subtracted, its opposite.
start-skip = Skip to the data

# own.rs
start-own = Train your own
start-own-name = 1. Name the behaviour
start-own-sentence = The behaviour, in a sentence
start-own-sentence-example = Answers are short and to the point.
start-own-sentence-help = One sentence; it names the vector.
start-own-pairs = 2. Take pairs
start-own-go = 3. Go
start-own-paste = Paste or import…
start-own-draft = Draft with the model…
start-own-pairs-help = Each preference pair has a prompt, an answer that shows the behaviour, and its opposite.
start-own-no-sets = There are no pairs yet: import or draft some.
start-own-no-model = No model is in memory yet.
start-own-no-pairs = This data set has no training pairs yet.
start-own-under-way = It trains below.
start-own-train = Train
start-own-time = About { $time }.
start-own-time-unknown = Some minutes; the first steps will tell how many.

# starter_vector.rs
start-vector-unlisted = The model that the vector was trained for is no longer in the list of models.
start-vector-other-model = The vector was trained for { $model }, and { $used } is in use.
start-vector-not-in-memory = { $model } is not in memory.
start-vector-starter-failed = The starter model cannot be used, so nothing can be shown yet.
start-vector-model-failed = Its model cannot be used, so nothing can be shown yet.
start-vector-loading = Loading the model, { $percent }
start-vector-deleted = This vector is not in the library: it comes with a new data folder, and can be deleted. Train it again from its data set, below.

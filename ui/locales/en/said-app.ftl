# The sentences of the application (crates/app and src-tauri) that the page shows. The page finds each by its English pattern.

# crates/app/src/app/adapter_proofs.rs
said-job-proving = Proving “{ $adapter }” in { $file }

# crates/app/src/app/analyses.rs
said-no-pair-held-out = No pair of “{ $name }” is held out, so there is nothing to measure on.
said-mark-held-out = Mark some pairs as held out under Data.
said-two-pairs-to-train = This takes at least two pairs to train on.
said-add-pairs = Add pairs under Data.
said-job-will-it-steer = Will “{ $name }” steer?
said-job-layers-for = Layers for “{ $name }”
said-job-search-for = Search for “{ $name }”
said-run-no-epoch-yet = This run has no epoch behind it yet.
said-wait-first-epoch = Wait for the end of its first epoch.
said-job-epochs-of = Epochs of “{ $name }”
said-job-strength-of = Strength of “{ $name }”
said-job-prompts-along = Prompts of “{ $data_set }” along “{ $vector }”
said-made-for-another-model = “{ $name }” was made for another model.
said-choose-vector-of-this-model = Choose a vector of this model.
said-model-has-no-layer = The model has no layer { $layer }.
said-choose-earlier-layer = Choose an earlier layer.
said-no-direction-at-layer = “{ $name }” has no direction at layer { $layer }.
said-choose-its-layer-or-other-vector = Choose one of its layers, or another vector.
said-layers-method-without-steps = Layers are compared with a method that needs no steps.
said-choose-freeform-caa-pca = Choose Freeform, CAA or PCA, or search instead.
said-no-share-of-stream = { $share } is no share of the residual stream.
said-type-number-like-tenth = Type a number such as 0.1.
said-method-no-learning-rate = This method has no learning rate.
said-compare-layers-instead = Compare its layers instead.
said-adapter-every-block-no-search = An adapter acts in every block, so there are no layers to search.
said-choose-method-for-vector = Choose a method that trains a vector.
said-search-takes-pairs = A search takes 2 to { $most } pairs of a layer and a rate.
said-change-layers-or-rates = Change the layers or the rates.
said-rates-over-zero = Every learning rate must be over 0.
said-change-rates = Change the rates.
said-budget-steps = A budget is 1 to { $most } steps.
said-change-budget = Change the budget.

# crates/app/src/app/answers.rs
said-vectors-more-than-can-steer = { $count } vectors are more than the { $most } that can steer at once.
said-take-some-away = Take some away.
said-weight-no-number = The weight of a vector is no number.
said-type-one = Type one.
said-no-question = There is no question.
said-answer-needs-token = An answer needs at least one token.
said-allow-more-tokens = Allow more tokens.
said-question-tokens-limit = The question takes { $length } tokens, and the model reads at most { $limit }.
said-shorten-question = Shorten the question.

# crates/app/src/app/baking.rs
said-another-job-writes = Another job writes { $name }.
said-choose-another-name = Choose another name.
said-job-baking = Baking “{ $vector }” into { $model }
said-copy-of-gguf = The model is a GGUF file, and so is its copy.
said-let-name-end-in-gguf = Let the name end in .gguf.
said-copy-of-folder = The model is a folder, and so is its copy.
said-name-without-gguf = Take a name that does not end in .gguf.
said-strengths-at-once = Between one and { $most } strengths can be baked at once.
said-type-separated-by-commas = Type them, separated by commas.
said-strength-no-number = A strength is no number.
said-type-numbers-such-as = Type numbers such as 1 or -0.5.
said-strength-twice = The strength { $strength } is there twice.
said-take-one-away = Take one of them away.

# crates/app/src/app/bulk.rs
said-tag-needs-name = A tag needs a name.
said-undo-tag-one = Tag a pair with “{ $tag }”
said-undo-tag-many = Tag { $count } pairs with “{ $tag }”
said-undo-untag-one = Take the tag “{ $tag }” from a pair
said-undo-untag-many = Take the tag “{ $tag }” from { $count } pairs
said-undo-split-one = Change the split of a pair
said-undo-split-many = Change the split of { $count } pairs
said-undo-pin-one = Pin or unpin a pair
said-undo-pin-many = Pin or unpin { $count } pairs
said-undo-swap-one = Swap the answers of a pair
said-undo-swap-many = Swap the answers of { $count } pairs
said-undo-delete-one = Delete a pair
said-undo-delete-many = Delete { $count } pairs
said-undo-duplicate-one = Duplicate a pair
said-undo-duplicate-many = Duplicate { $count } pairs
said-undo-move-one = Move a pair
said-undo-move-many = Move { $count } pairs
said-pair-has-tags-already = A pair has { $most } tags already, and cannot have more.
said-take-tag-first = Take a tag from it first.
said-pairs-beside-themselves = Pairs cannot be moved next to themselves.
said-choose-another-place = Choose another place.

# crates/app/src/app/choices.rs
said-none-is-choice = None of these pairs is a choice between (A) and (B).
said-choose-set-of-choices = Choose a data set whose prompts end with both answers and whose answers are letters.
said-no-pairs-to-turn = There are no pairs to turn.
said-no-pairs-to-export = There are no pairs to export.
said-choose-other-pairs = Choose other pairs.

# crates/app/src/app/conversations/batch.rs
said-two-turns-one-column = Two of these turns are in the same column.
said-answer-one-at-a-time = Answer one of them at a time.
said-turn-no-answer = This turn is no answer.
said-choose-answer = Choose an answer.
said-no-answer-chosen = No answer is chosen.
said-choose-one = Choose one.
said-column-closed = The column of this turn was closed.
said-choose-another-column = Choose another column.

# crates/app/src/app/conversations/check.rs
said-conversation-needs-column = A conversation needs a column.
said-add-one = Add one.
said-columns-too-many = { $count } columns are more than the { $most } that fit.
said-close-some = Close some of them.
said-strips-too-many = { $count } strips are more than the { $most } that fit.
said-columns-same-id = Two columns have the same id.
said-make-column-anew = Make the column anew.
said-strips-same-id = Two strips have the same id.
said-make-strip-anew = Make the strip anew.
said-strip-value-no-number = The value of the strip “{ $name }” is no number.
said-gate-threshold-no-number = The threshold of the gate of “{ $name }” is no number.
said-gate-width-not-above-zero = The width of the soft gate of “{ $name }” is not above 0.
said-type-above-zero-or-hard-gate = Type a number above 0, or make the gate a hard one.
said-column-strip-not-on-desk = A column is steered by a strip that is not on the desk.
said-column-names-strip-twice = A column names a strip twice.
said-factor-no-number = The factor of a strip in a column is no number.
said-temperature-is = The temperature is { $temperature }.
said-type-zero-or-more = Type a number, 0 or more.
said-top-p-is = Top-p is { $top_p }.
said-type-above-zero-one-at-most = Type a number above 0, and 1 at most.
said-min-p-is = Min-p is { $min_p }.
said-type-between-zero-and-one = Type a number between 0 and 1.
said-repetition-penalty-is = The repetition penalty is { $penalty }.
said-type-above-zero-one-nothing = Type a number above 0; 1 changes nothing.
said-stop-words-too-many = { $count } stop words are more than { $most }.
said-stop-word-empty = A stop word is empty.
said-type-it-or-take-away = Type it, or take it away.

# crates/app/src/app/conversations/deletions.rs
said-the-conversation = the conversation “{ $name }”
said-the-message = the message “{ $words }”
said-the-answer = the answer “{ $words }”

# crates/app/src/app/conversations/drift.rs
said-adapter-nothing-along = “{ $name }” is an adapter: it adds to weights in every block and has no direction, so nothing lies along it.
said-vector-no-part-at = The vector has no part at layer { $layer }.
said-choose-its-layer = Choose one of its layers.
said-nothing-answered-yet = Nothing has been answered yet.
said-say-something-first = Say something first.
said-last-answer-too-long = The last answer and its message have more than the { $most } tokens that are read.
said-measure-earlier-turn = Measure an earlier turn, or a shorter conversation.

# crates/app/src/app/conversations/edits.rs
said-text-empty = The text is empty.
said-type-it-or-delete-turn = Type it, or delete the turn.
said-turns-no-messages = These turns are no messages.
said-edit-messages-or-answer = Edit messages, or one answer.

# crates/app/src/app/conversations/load.rs
said-vector-is-gone = The vector “{ $name }” is gone.
said-take-strip-off = Take its strip off the desk, or mute it.
said-measure-caps-again = Measure the caps again.
said-caps-percentile = The caps of “{ $name }” are at percentile { $percentile }.
said-type-zero-to-hundred = Type 0 to 100.
said-caps-count = “{ $name }” has { $expected } layers, and its caps have { $found } thresholds.
said-caps-threshold-no-number = A threshold of the caps of “{ $name }” is no number.
said-adapter-no-direction-to-cap = “{ $name }” is an adapter, and has no direction to cap.
said-take-caps-away = Take the caps away.
said-adapter-no-gate = “{ $name }” is an adapter, and no gate can hold it back.
said-take-gate-away = Take the gate away.
said-gate-too-late = The gate of “{ $name }” is decided at layer { $layer }, after layer { $first }, where it acts.
said-choose-earlier-gate-layer = Choose an earlier layer for the gate.
said-no-vector-to-decide-gate = “{ $name }” has no vector at layer { $layer } to decide a gate.
said-zero-decides-nothing = “{ $name }” is zero at layer { $layer }: it decides nothing.
said-choose-other-gate-vector = Choose another vector for the gate.

# crates/app/src/app/conversations/mod.rs
said-conversation-being-answered = The conversation is being answered.
said-stop-it-first-or-wait = Stop it first, or wait.

# crates/app/src/app/conversations/presets.rs
said-preset-no-name = The preset has no name.
said-the-preset = the preset “{ $name }”
said-preset-vector-missing = The vector “{ $name }” of the preset is not in the library.
said-import-vector-first = Import the vector first, then the preset.

# crates/app/src/app/conversations/prompt.rs
said-template-no-continuation = The model’s chat template does not let an answer be continued.
said-say-without-beginning = Say it without a beginning of the answer, or answer again from the start.
said-conversation-tokens-limit = The conversation takes { $length } tokens, and the model reads at most { $limit }.
said-leave-oldest-turns-out = Leave the oldest turns out, shorten the message, or begin a new conversation.

# crates/app/src/app/conversations/say.rs
said-no-message = There is no message.
said-model-ended-answer = The model has ended this answer by itself.
said-edit-it-first = Edit it first, or answer again.
said-column-named-twice = A column is named twice.
said-name-it-once = Name it once.

# crates/app/src/app/data.rs
said-undo-edit-pair = Edit a pair
said-undo-add-pair = Add a pair

# crates/app/src/app/data_sets.rs
said-job-uses = A job uses “{ $name }”: { $job }.
said-stop-job-or-let-end = Stop the job, or let it come to its end.
said-the-data-set = the data set “{ $name }”
said-suffixes-too-many = At most { $count } suffixes of at most { $bytes } bytes can be kept with a data set.
said-one-suffix-each-line = Write one suffix on each line.
said-data-set-needs-name = A data set needs a name.

# crates/app/src/app/deletions.rs
said-the-run = the run “{ $name }”

# crates/app/src/app/derive.rs
said-adapter-nothing-made = “{ $name }” is an adapter: it adds to weights in every block and has no direction, so nothing is made of it.
said-vector-is-for-already = The vector is for { $model } already.
said-choose-another-model = Choose another model.
said-vector-size-and-model = The vector has { $size } numbers at a layer, and the residual stream of { $model } has { $hidden_size }.
said-choose-same-hidden-size = Choose a model of the same hidden size.
said-layers-of-two-models = { $one } has { $layers } layers, and { $other } has { $others }.
said-choose-as-many-layers = Choose a model with as many layers.
said-numbers-too-large = The numbers become too large.
said-take-smaller-factor = Take a smaller factor.
said-choose-other-vector-or-factor = Choose another vector, or another factor.
said-nothing-left-of-vector = Nothing would be left of the vector.
said-choose-a-vector = Choose a vector.
said-same-vector = It is the same vector.
said-choose-another-one = Choose another one.
said-for-different-models = “{ $one }” and “{ $other }” are for different models.
said-two-vectors-of-one-model = Choose two vectors of one model.
said-acts-after-layers = “{ $one }” acts after layer { $layers }, “{ $other }” after { $others }.
said-two-vectors-same-layers = Choose two vectors of the same layers.
said-factor-not-zero = The factor must be a number other than 0.
said-weight-not-zero = The weight must be a number other than 0.
said-type-another-one = Type another one.
said-norm-over-zero = A norm must be a number over 0.
said-all-zeros = “{ $name }” is all zeros: it has no direction.
said-choose-another-vector = Choose another vector.

# crates/app/src/app/diagnostics.rs
said-no-report-shown = No report was shown yet.
said-open-report-first = Open the report first.

# crates/app/src/app/distilling.rs
said-nothing-to-distil = At this strength nothing steers the model, so there is nothing to distil.
said-take-other-than-zero = Take a number other than 0.
said-is-adapter-already = “{ $name }” is an adapter already.
said-export-as-file = Export it as a file.
said-job-distilling = Distilling “{ $name }” × { $strength }

# crates/app/src/app/downloads.rs
said-no-access-token = This is no access token.
said-copy-from-hub-settings = Copy it from your settings on the hub.
said-list-repository-again = List the repository again, and choose what to fetch.
said-files-not-listed = These files were not listed.
said-job-download = Download of { $name }
said-download-under-way = The download is under way.
said-stop-it-first = Stop it first.

# crates/app/src/app/drafts.rs
said-nothing-to-draft = There is nothing to draft.
said-type-question-or-choose-pairs = Type a question on each line, or choose pairs with an answer.
said-drafts-too-many = { $count } drafts are more than the { $most } that are made at once.
said-start-with-part = Start with a part of them.
said-job-drafts-for = Drafts for “{ $name }”
said-cannot-be-key = This cannot be a key.
said-type-key-without-blanks = Type it as the server's makers gave it, without blanks.
said-undo-accept-draft = Accept a draft
said-undo-accept-drafts = Accept { $count } drafts
said-answer-tokens-range = An answer may take 1 to { $most } tokens.
said-change-token-number = Change the number of tokens.
said-temperature-range = The temperature must be between 0 and 2.
said-change-temperature = Change the temperature.
said-system-prompts-same = Both system prompts are the same, so both answers would be alike.
said-describe-behaviour-and-opposite = Describe the behaviour in one and its opposite in the other.
said-model-no-name = The model has no name.
said-type-what-server-calls-it = Type what the server calls it.

# crates/app/src/app/export_plan.rs
said-not-written-as-plan = It cannot be written as a plan: { $error }
said-report-with-export = Report this, with what you exported.
said-examples-of-earlier-versions = The worked examples of this sweep are the first pairs, as earlier versions took them.
said-run-with-seeded-examples = Run it again with examples that are drawn by a seed, then export that sweep.
said-plan-no-rating = A plan cannot have a person’s rating.
said-export-without-rating = Export a sweep without it.
said-plan-answers-of-file = “{ $name }” are the answers of a file, which a plan does not hold.
said-judge-file-again = Judge the file again with tiller-cli judge.
said-plan-no-percentile-caps = A vector of this sweep is capped by percentiles, which a plan does not hold.
said-export-numbers-json = Export the numbers as JSON, from which the window runs the sweep again.
said-adapter-no-whole-run = “{ $name }” is an adapter that no whole run of this project has made.
said-export-adapter-or-train = Export the adapter as a file, or train it again.

# crates/app/src/app/export_sweep.rs
said-chart-endings = A chart is written as .svg, .pdf or .png.
said-give-file-ending = Give the file’s name one of these endings.
said-chart-not-exported = The chart cannot be exported: { $error }.
said-try-another-format = Try another format.
said-report-not-made = The report cannot be made: { $error }.
said-show-sweep-again = Show the sweep again, then try again.

# crates/app/src/app/import.rs
said-undo-import-pairs = Import { $count } pairs
said-nothing-pasted = Nothing was pasted.
said-copy-then-paste = Copy some rows or lines, then paste them here.
said-file-holds-adapter = The file holds an adapter, which acts in every block.
said-leave-layer-empty = Leave the layer empty.
said-adapter-for-another-model = The adapter is for { $blocks } blocks of width { $width }, and { $model } has { $found } of { $found_width }, or other heads: it is for another model.
said-choose-adapters-model = Choose the model that the adapter was made for.
said-what-was-pasted = what was pasted
said-row-cannot-be-used = 1 row cannot be used, so nothing was imported. Line { $line }: { $reason }.
said-rows-cannot-be-used = { $count } rows cannot be used, so nothing was imported. Line { $line }: { $reason }.
said-mend-rows = Mend the rows in the file, or leave them out.
said-no-pairs-in-file = There are no pairs in this file.
said-choose-another-file = Choose another file.
said-file-for-only-layer = The file's vector is for layer { $only }, not for layer { $layer }.
said-file-for-layers = The file has vectors for layers { $layers }, none for layer { $layer }.
said-type-files-layer = Type one of the file's layers, or none for all of them.
said-vector-for-another-model = The vector has { $size } numbers, and the residual stream of { $model } has { $hidden_size }: it is for another model.
said-choose-vectors-model = Choose the model that the vector was made for.
said-vector-for-layer-model-has = The vector is for layer { $layer }, and { $model } has layers 0 to { $last }.

# crates/app/src/app/intervention.rs
said-cap-must-be-number = The cap must be a number.
said-adapter-every-token = “{ $name }” is an adapter: it adds to weights in every block and has no direction, so it acts on every token.

# crates/app/src/app/jobs.rs
said-job-is-over = This job is over.
said-start-new-same-settings = Start a new one with the same settings.

# crates/app/src/app/list.rs
said-so-many-rows = So many rows cannot be read at once.
said-ask-for-fewer = Ask for fewer.

# crates/app/src/app/logit_lens.rs
said-adapter-no-words = “{ $name }” is an adapter: it adds to weights in every block and has no direction, so it points to no words.
said-vector-made-for-other-loaded = The vector “{ $name }” was made for { $model }, and { $loaded } is loaded.
said-load-vectors-model = Load the vector's model under Models, choose another vector, or make a copy of it for this model.

# crates/app/src/app/mod.rs
said-answering-thread-ended = the thread that answers has ended

# crates/app/src/app/models.rs
said-file-in-list-already = This file is in the list already, as “{ $name }”.
said-use-that-forget-other = Use that one, and forget the other.
said-model-comes-with-tiller = This model comes with Tiller.
said-unload-if-memory = Unload it if it takes memory.
said-deletes-no-foreign-folders = Tiller deletes no folders that it did not make.
said-delete-folder-yourself = Delete the folder yourself; the list notices.
said-job-needs-model = { $job } needs this model.
said-stop-job-first = Stop the job first.
said-uses-training = Training “{ $name }” uses { $model }.
said-uses-training-this = Training “{ $name }” uses this model.
said-uses-sweep = Sweep of “{ $name }” uses { $model }.
said-uses-sweep-this = Sweep of “{ $name }” uses this model.
said-uses-sweep-of-curves = Sweep of { $count } curves uses { $model }.
said-uses-sweep-of-curves-this = Sweep of { $count } curves uses this model.
said-uses-drafts = Drafts for “{ $name }” uses { $model }.
said-uses-drafts-this = Drafts for “{ $name }” uses this model.
said-uses-will-it-steer = Will “{ $name }” steer? uses { $model }.
said-uses-will-it-steer-this = Will “{ $name }” steer? uses this model.
said-uses-layers = Layers for “{ $name }” uses { $model }.
said-uses-layers-this = Layers for “{ $name }” uses this model.
said-uses-search = Search for “{ $name }” uses { $model }.
said-uses-search-this = Search for “{ $name }” uses this model.
said-uses-epochs = Epochs of “{ $name }” uses { $model }.
said-uses-epochs-this = Epochs of “{ $name }” uses this model.
said-uses-strength = Strength of “{ $name }” uses { $model }.
said-uses-strength-this = Strength of “{ $name }” uses this model.
said-uses-prompts-along = Prompts of “{ $data_set }” along “{ $vector }” uses { $model }.
said-uses-prompts-along-this = Prompts of “{ $data_set }” along “{ $vector }” uses this model.
said-uses-what-model-prefers = What the model prefers in “{ $name }” uses { $model }.
said-uses-what-model-prefers-this = What the model prefers in “{ $name }” uses this model.
said-uses-transfer = Transferring “{ $vector }” to { $to } uses { $model }.
said-uses-transfer-this = Transferring “{ $vector }” to { $to } uses this model.
said-uses-distilling = Distilling “{ $name }” × { $strength } uses { $model }.
said-uses-distilling-this = Distilling “{ $name }” × { $strength } uses this model.
said-uses-baking = Baking “{ $vector }” into { $to } uses { $model }.
said-uses-baking-this = Baking “{ $vector }” into { $to } uses this model.
said-uses-proving = Proving “{ $adapter }” in { $file } uses { $model }.
said-uses-proving-this = Proving “{ $adapter }” in { $file } uses this model.
said-pause-and-switch = Pause the job and switch, load this model beside the other one, or wait for the job's end.
said-job-uses-model = { $job } uses this model.
said-pause-job-first = Pause the job first, or wait for its end.
said-wait-until-model-loaded = Wait until a model is loaded, or load one under Models.
said-no-model-in-memory = No model is in memory yet.
said-not-that-model = This is not { $name }: that one is a { $family } with { $layers } layers of { $size }, this one a { $other_family } with { $other_layers } layers of { $other_size }.
said-choose-file-or-add-model = Choose another file, or add this one as a model of its own.
said-folder-no-model = This folder is no model: it has no config.json.
said-search-folder-for-models = Search it for models, or choose the folder with the weights.

# crates/app/src/app/passport_curves.rs
said-job-passport-curves = Curves of the passport of { $name }
said-passport-curve-unknown = The passport has a curve that its own settings do not have.
said-ask-for-passport-again = Ask for the passport again.
said-prompts-not-in-passport = The prompts of “{ $name }” are not in the passport.
said-ask-for-full-passport = Ask for a passport that was written with its pairs and prompts.
said-passport-none-measurable = None of the passport’s scores can be measured again without files or a judge of your own.
said-sweep-by-hand = Sweep the vector by hand.

# crates/app/src/app/percentiles.rs
said-adapter-no-direction-for-cap = “{ $name }” is an adapter: it adds to weights in every block and has no direction, so it has no direction to cap.
said-neutral-text = the neutral text
said-prompts-of = the prompts of “{ $name }”
said-measurement-stopped = The measurement was stopped.
said-measure-again = Measure again.
said-data-set-no-prompts = The data set has no prompts.
said-choose-other-or-neutral = Choose another one, or the neutral text.

# crates/app/src/app/projects.rs
said-only-project = This is the only project.
said-make-another-project = Make another one first; Tiller always has one open.
said-the-project = the project “{ $name }”
said-project-job-under-way = A job of “{ $name }” is under way: { $job }.
said-pause-stop-or-let-end = Pause or stop the job, or let it come to its end.
said-no-project-name = This is no name for a project.
said-type-name-of-one-line = Type a name of one line.
said-project-exists = There is already a project “{ $name }”.

# crates/app/src/app/publishing.rs
said-uploads-need-token = The hub takes uploads with an access token only.
said-type-writing-token = Type a token with the right to write under Models, “Download”.

# crates/app/src/app/quality.rs
said-no-pairs-to-measure = There are no pairs to measure.
said-job-what-model-prefers = What the model prefers in “{ $name }”
said-undo-delete-duplicates = Delete duplicates ({ $count })
said-undo-delete-empty = Delete empty pairs ({ $count })
said-undo-delete-identical = Delete pairs with identical answers ({ $count })
said-undo-train-on-leaked = Train on held-out duplicates ({ $count })
said-undo-trim = Trim white space ({ $count })
said-undo-even-letters = Even out the letters ({ $count })
said-undo-swap-answers = Swap answers ({ $count })
said-model-prefers-opposite = The model prefers the opposite answer by more than 1 nat a token in { $count } of { $measured } measured pairs.
said-works-hardest-against = A vector has to work hardest against these; where their wanted answers are clumsy, rewrite them.
said-nats-a-token = { $value } nats a token

# crates/app/src/app/ratings.rs
said-rating-range = A rating is 1, 2, 3 or 4.
said-press-one-of-keys = Press one of these keys.

# crates/app/src/app/scan.rs
said-no-folder = There is no folder { $path }.
said-choose-folder-or-path = Choose a folder, or add a file by its path.
said-search-under-way = A search is under way.
said-wait-or-stop-it = Wait for its end, or stop it.
said-it-was-stopped = It was stopped.
said-too-many-files = There are too many files: name a smaller folder.
said-folders-too-deep = Some folders lie too deep and were left out.

# crates/app/src/app/similarity.rs
said-compare-at-once = Two to { $most } vectors can be compared at once.
said-choose-as-many = Choose as many.
said-adapter-no-angle = “{ $name }” is an adapter: it adds to weights in every block and has no direction, so there is no angle.
said-no-angle-between = “{ $name }” has { $size } numbers at a layer and “{ $other }” has { $other_size }: there is no angle between them.
said-one-hidden-size = Choose vectors of one hidden size.

# crates/app/src/app/splits.rs
said-undo-split-data-set = Split the data set
said-share-range = The share must be between 0 % and 100 %.
said-change-share = Change the share.

# crates/app/src/app/sweep_files.rs
said-passport-no-curves = The passport has no curves, so there is no sweep to run again.
said-file-no-sweep = The file is no sweep that Tiller exported.
said-export-sweep-as-json = Export the sweep as JSON under “Export”, with this version of Tiller or a newer one.
said-vector-not-in-project = The vector of “{ $name }” is not in this project: nothing has its content, SHA-256 { $hash }…
said-data-set-not-in-project = The data set “{ $name }” is not in this project: nothing has its content, SHA-256 { $hash }…
said-import-as-it-was = Import it as it was, then try again.

# crates/app/src/app/sweeps/arms.rs
said-examples-need-data-set = Worked examples are training pairs of a data set, and no data set is chosen.
said-choose-measured-on = Choose the data set under “Measured on”.
said-given-answers-fixed = Answers that were given elsewhere are as they are: no vector and no way of prompting changes them.
said-take-plain-curve = Take a plain curve for them, in a sweep of their own.
said-measured-on-unchosen = “{ $name }” is to be measured on a set that is not chosen.
said-choose-sets-again = Choose the sets again.
said-nothing-to-be-swept = Nothing is chosen to be swept.
said-choose-vector-or-prompting = Choose a vector, or a way of prompting.
said-combination-weight-no-number = A weight of a combination is no number.
said-vectors-different-models = These vectors were made for different models.
said-sweep-each-model = Sweep each model by itself, then lay one over the other.
said-unsteered = Unsteered
said-gate-of-another-model = The gate of “{ $name }” is by a vector of another model.
said-choose-same-model-gate = Choose a vector of the same model for the gate.
said-gate-needs-prompt = The gate of “{ $arm }” is decided at the prompt, and the text of “{ $score }” has none.
said-decide-gate-each-token = Decide the gate at each token, or leave this score out.
said-no-template-called = No chat template is called “{ $name }”.
said-choose-one-of-list = Choose one of the list.
said-arm-system-prompt = system prompt
said-arm-wanted-examples = { $count } wanted examples
said-arm-opposite-examples = { $count } opposite examples
said-arm-wanted-example = { $count } wanted example
said-arm-opposite-example = { $count } opposite example

# crates/app/src/app/sweeps/mod.rs
said-sweep-running = The sweep is running.
said-the-sweep = the sweep of “{ $name }”
said-job-sweep-of = Sweep of “{ $name }”
said-job-sweep-of-curves = Sweep of { $count } curves

# crates/app/src/app/sweeps/sets.rs
said-examples-from-one-pair = { $shots } worked examples are to be taken from the 1 training pair of “{ $name }”.
said-examples-from-pairs = { $shots } worked examples are to be taken from the { $count } training pairs of “{ $name }”.
said-take-fewer-examples = Take fewer examples, or add training pairs under Data.
said-no-answer-to-each-prompt = There is no answer to each prompt.
said-give-prompt-and-answer = Give a prompt and its answer, one pair at least.
said-list-of-prompts-empty = The list of prompts is empty.
said-type-one-prompt = Type at least one prompt.
said-set-prompts = Prompts

# crates/app/src/app/sweeps/settings.rs
said-no-score-chosen = No score is chosen.
said-choose-what-is-measured = Choose what is to be measured.
said-score-chosen-twice = The score “{ $name }” is chosen twice.
said-choose-it-once = Choose it once.
said-nothing-to-measure-score-on = There is nothing to measure “{ $name }” on.
said-choose-set-with-held-out = Choose a data set with held-out pairs.
said-temperature-zero-or-more = The temperature must be 0 or more.
said-change-it-try-again = Change it, then try again.
said-points-too-many = { $points } points are more than the { $most } that a sweep can have.
said-choose-fewer = Choose fewer multipliers, vectors, sets or scores.
said-change-multipliers = Change the multipliers, then try again.
said-no-multiplier = No multiplier is given.
said-multipliers-too-many = { $count } multipliers are more than the { $most } that can be taken at once.
said-not-a-multiplier = { $number } is not a multiplier.
said-multiplier-twice = The multiplier { $number } is given twice.

# crates/app/src/app/templates.rs
said-no-chat-template = This is no chat template.
said-type-template-or-own = Type one, or use the file’s own.
said-leaves-question-out = It leaves the question out.
said-template-unusable = The chat template cannot be used.
said-change-template-or-own = Change it, or use the file’s own.

# crates/app/src/app/training.rs
said-run-needs-name = A run needs a name.
said-job-training = Training “{ $name }”
said-nothing-known-of-model = Nothing is known about this model yet.
said-wait-until-loaded = Wait until it is loaded, or load it under Models.
said-layer-not-of-model = Layer { $layer } is not one of the model's 0 to { $last }.
said-choose-models-layer = Choose one of the model's layers.
said-run-needs-layer = A run needs at least one layer, and none twice.
said-choose-layers-anew = Choose the layers anew.
said-epochs-at-least-one = The number of epochs must be at least 1.
said-step-at-least-one-pair = A step needs at least 1 pair.
said-learning-rate-over-zero = The learning rate must be over 0.
said-beta-over-zero = Beta must be over 0.
said-clip-norm-over-zero = The largest norm of the gradient must be over 0.
said-rank-range = The rank of an adapter must be 1 to 1024.
said-alpha-over-zero = Alpha must be over 0.
said-reps-factors = RePS needs at least one factor, and all of them over 0.
said-weight-decay-range = The weight decay must be 0 or more.
said-change-setting-try-again = Change the setting, then try again.
said-pair-no-prompt = Pair { $number } has no prompt.
said-pair-no-wanted = Pair { $number } has no wanted answer.
said-pair-no-opposite = Pair { $number } has no opposite answer.
said-fill-in-or-delete-pair = Fill it in under Data, or delete the pair.

# crates/app/src/app/transfer.rs
said-adapter-no-map = “{ $name }” is an adapter: it adds to weights in every block and has no direction, so no map transfers it to another model.
said-model-has-layers-and-no = { $model } has the layers 0 to { $last }, and no { $layer }.
said-choose-one-of-these = Choose one of these.
said-neutral-text-and = the neutral text and “{ $name }”
said-job-transferring = Transferring “{ $vector }” to { $model }
said-vector-no-part-has = The vector has no part at layer { $layer }; it has { $layers }.
said-map-one-layer = The vector acts after the layers { $layers }, and a map is from one layer to one.
said-choose-transferred-layer = Choose the layer that is transferred.
said-cap-means-own-model = The vector caps the projection at a number that means something in its own model only.
said-set-to-add-then-transfer = Set it to be added, transfer it, and choose a cap for the new one.

# crates/app/src/app/trials.rs
said-run-is-for-other-loaded = The run “{ $name }” is for { $model }, and { $loaded } is loaded.
said-load-runs-model = Load the run's model under Models.

# crates/app/src/app/vector_sum.rs
said-vectors-of-one-model = Choose vectors of one model.

# crates/app/src/app/vectors.rs
said-vector-needs-name = A vector needs a name.
said-vector-tags-at-most = A vector has at most { $most } tags.
said-take-tag-before-adding = Take one away before you add another.
said-sweep-measures-vector = A sweep is measuring this vector.
said-stop-sweep-first = Stop the sweep first.
said-vector-being-transferred = The vector is being transferred to another model.
said-stop-that-job-first = Stop that job first.
said-job-uses-vector = A job uses the vector: { $job }.
said-the-vector = the vector “{ $name }”

# crates/app/src/app/versions.rs
said-version-needs-name = A version needs a name.
said-undo-put-version-back = Put a version back

# crates/app/src/atomic_write.rs
said-no-file-named = No file is named.
said-type-path-or-choose = Type its path, or choose it.
said-not-a-path = This is not a path.
said-type-file-path-or-choose = Type the path of a file, or choose it.
said-is-a-folder = { $path } is a folder.
said-add-files-name = Add the file's name.
said-file-exists = There is already a file { $path }.
said-name-or-allow-replace = Choose another name, or allow it to be replaced.

# crates/app/src/chart_export.rs
said-chart-not-drawn = the chart is not drawn as it should be: { $error }
said-chart-picture-size = the chart would be a picture of { $width } by { $height } pixels
said-file-not-made = the file cannot be made: { $error }

# crates/app/src/conversation_files
said-conversation-not-written = The conversation cannot be written: { $error }.
said-export-as-markdown = Export it as Markdown.
said-line-too-many-conversations = Line { $line } is no conversation: there are more than { $most } conversations.
said-line-no-conversation-there = Line { $line } is no conversation: there is no conversation.
said-line-message-no-text = Line { $line } is no conversation: message { $number } has no text.
said-line-message-role = Line { $line } is no conversation: message { $number } is of the role { $role }.
said-line-desk-no-column = Line { $line } is no conversation: its desk has no column { $column }.
said-line-column-twice = Line { $line } is no conversation: column { $column } is there twice.
said-line-no-conversation = Line { $line } is no conversation: { $why }.
said-choose-json-lines = Choose JSON lines of which each has “messages” with roles and contents.
said-choose-exported-or-json-lines = Choose a file that Tiller exported, or JSON lines with messages.
said-file-too-many-bytes = The file has { $size } bytes, and { $most } are the most that are read.
said-file-not-read = The file cannot be read: { $error }: { $path }.
said-file-no-utf8 = The file is no UTF-8 text: { $error }.
said-preset-not-written = The preset cannot be written: { $error }.
said-keep-preset-anew = Keep it anew.
said-choose-exported-preset = Choose a preset that Tiller exported.
said-file-no-preset = The file is no preset: { $error }.
said-preset-version = The preset has version { $found }, and this Tiller reads version { $known }.

# crates/app/src/cut_off.rs
said-file-cut-off-tiller-ended = The model's file was cut off while it was read, and Tiller had to end.
said-fetch-again-resume = Fetch or copy the file again, then resume.

# crates/app/src/door
said-another-process-works = Another process works on this data.
said-one-process-at-a-time = On this system only one process at a time works in a store: wait until it is done, or close it.
said-no-greeting = This is no greeting of a program of Tiller.
said-protocol-versions = The process that runs the engine speaks version { $own } of Tiller’s local protocol, and this program version { $other }.
said-use-programs-of-tiller-version = Use programs of the same version of Tiller.
said-no-request = This is no request of a program of Tiller.
said-arguments-unreadable = The arguments of this command cannot be read.
said-use-programs-of-version = Use programs of the same version.
said-answer-no-json = An answer is no JSON.
said-no-such-command = There is no such command here.
said-piece-of-bytes = a piece of { $length } bytes
said-piece-too-long = the piece is too long
said-file-name-not-sent = The name of this file cannot be sent to the process that runs the engine.
said-name-without-special-characters = Give it a name without special characters, or wait until that process is done.
said-engine-process-ended = The process that ran the engine has ended.
said-window-takes-over = This window takes the engine over. Look whether it was done, then try again.
said-engine-process-not-understood = The process that runs the engine cannot be understood.
said-too-many-programs = Too many programs use this engine at once.
said-wait-until-one-done = Wait until one of them is done.
said-socket-path-too-long = the path of the socket is too long

# crates/app/src/download/job.rs
said-phase-checking-file = Checking what is there of { $name }
said-phase-hub-asks-to-wait = The hub asks to wait: again in { $seconds } s
said-phase-connection-broke = The connection broke: again in { $seconds } s

# crates/app/src/engine: the phases of jobs
said-phase-loading-model = Loading the model
said-phase-loading-copy = Loading the copy
said-phase-unpacking-weights = Unpacking the weights
said-phase-preparing = Preparing
said-phase-pausing = Pausing
said-phase-stopping = Stopping
said-phase-training = Training
said-phase-measuring = Measuring
said-phase-measuring-held-out = Measuring held-out pairs
said-phase-measuring-epochs = Measuring epochs
said-phase-measuring-layers = Measuring layers
said-phase-measuring-strength = Measuring strength
said-phase-measuring-pairs = Measuring pairs
said-phase-measuring-choices = Measuring choices
said-phase-measuring-neutral = Measuring the neutral text
said-phase-asking-questions = Asking questions
said-phase-answering = Answering
said-phase-judging = Judging
said-phase-reading-activations = Reading activations
said-phase-reading-pairs = Reading pairs
said-phase-projecting-prompts = Projecting prompts
said-phase-searching = Searching
said-phase-drafting = Drafting
said-phase-distilling = Distilling
said-phase-reading-steered = Reading the steered model
said-phase-measuring-plain = Measuring the plain model
said-phase-measuring-left = Measuring what is left
said-phase-measuring-original = Measuring the steered original
said-phase-writing-copy = Writing the copy
said-phase-proving-copy = Proving the copy
said-phase-measuring-adapter = Measuring the model with the adapter
said-phase-proving-file = Proving the file
said-phase-proving-adapter = Proving the adapter
said-phase-pairing-texts = Pairing the texts
said-phase-reading-vectors-model = Reading the vector’s model
said-phase-reading-other-model = Reading the other model
said-phase-fitting-map = Fitting the map

# crates/app/src/engine: the units of jobs
said-unit-step = step
said-unit-pair = pair
said-unit-sample = sample
said-unit-draft = draft
said-unit-answer = answer
said-unit-choice = choice
said-unit-paragraph = paragraph
said-unit-question = question
said-unit-score = score
said-unit-layer = layer
said-unit-prompt = prompt
said-unit-multiplier = multiplier
said-unit-block = block
said-unit-row = row

# crates/app/src/engine: the items of a sweep
said-item-pair = At multiplier { $multiplier } the numbers are not finite: pair { $number }.
said-item-choice = At multiplier { $multiplier } the numbers are not finite: choice { $number }.
said-item-paragraph = At multiplier { $multiplier } the numbers are not finite: paragraph { $number }.
said-item-question = At multiplier { $multiplier } the numbers are not finite: question { $number }.
said-item-answer = At multiplier { $multiplier } the numbers are not finite: answer { $number }.
said-item-prompt = At multiplier { $multiplier } the numbers are not finite: prompt { $number }.
said-next-token-not-chosen = the next token cannot be chosen

# crates/app/src/engine/drafts.rs
said-empty-answer-of-server = The server sent an empty answer.
said-model-said-nothing = The model said nothing.
said-try-again-or-write = Try again, or write the answer yourself.

# crates/app/src/engine/encode.rs
said-pair-too-long = Pair { $number } is too long: { $tokens } tokens, and the model reads at most { $limit }.
said-shorten-pair = Shorten the pair under Data, or delete it.

# crates/app/src/engine/models
said-waits-for-answer = Waits until an answer of the other model has ended.
said-waits-for-job = Waits until { $job } has let go of the other model.
said-starter-file-other = The starter model's file is not the one that belongs to Tiller.
said-starter-sha256 = Its SHA-256 is { $found }, not { $expected }: { $path }
said-fetch-or-add-as-own = Fetch the file again, or add it under Models as a model of your own from another place.
said-other-jobs-first = Jobs of another model run first; it is loaded again after them.
said-model-still-loading = The model is still being loaded.
said-wait-until-there = Wait until it is there, then try again.
said-job-uses-memory = A job of another model uses the memory.
said-wait-or-pause-and-load = Wait until it is done, or pause it and load the model under Models.
said-model-not-in-memory = The model is not in memory.
said-load-under-models = Load it under Models, then try again.

# crates/app/src/engine/outs.rs
said-only-training-and-sweeps = Only training, distilling and sweeps make a file.
said-export-results-by-command = Export the results of the job under a command of their own.
said-job-ended-before-writing = The job ended before it had anything to write.
said-start-a-new-one = Start a new one.

# crates/app/src/engine/prove_adapter.rs
said-exported-unreadable = What was exported cannot be read again as an adapter of its model.
said-export-adapter-again = Export the adapter again.

# crates/app/src/engine/sweep/measure.rs
said-questions-unusable = The questions cannot be used: { $error }: { $path }.
said-choose-other-questions = Choose another file of questions.

# crates/app/src/engine/train/mod.rs
said-model-changed-since-run = The model's file or its chat template has changed since this run began.
said-put-back-or-new-run = Put it back as it was, or start a new run.

# crates/app/src/failure/baking.rs
said-distil-or-control-vector = Distil it into an adapter, or export the vector itself for llama.cpp’s --control-vector.
said-not-baked-norm = { $architecture } cannot be baked: a norm stands between its feed-forward part and the residual stream, so that no bias there adds a constant.
said-not-baked-llama-cpp = { $architecture } cannot be baked: llama.cpp reads no bias of its feed-forward part.
said-not-baked-transformers = { $architecture } cannot be baked: transformers reads no bias of its feed-forward part (mlp_bias).
said-not-baked = { $architecture } cannot be baked: { $why }.
said-not-baked-gate = { $name }, which acts only where a gate is open, cannot be baked: a bias of the weights acts at every token alike.
said-not-baked-cap = { $name }, which caps a projection, cannot be baked: a bias of the weights acts at every token alike.
said-not-baked-prompt-end = { $name }, which acts from the prompt's last token on, cannot be baked: a bias of the weights acts at every token alike.
said-not-baked-answer = { $name }, which acts at the tokens of the answer alone, cannot be baked: a bias of the weights acts at every token alike.
said-not-baked-policy = { $what } cannot be baked: a bias of the weights acts at every token alike.
said-distil-or-every-token = Distil it into an adapter, or make a copy of the vector that acts at every token and measure it.
said-adapter-not-baked = An adapter is not baked: other programs read it as it is.
said-export-gguf-or-peft = Export it as a GGUF adapter or as peft’s folder.
said-bake-one-direction = Only one direction can be taken out of the weights, and nothing be added with it.
said-take-vector-of-one-layer = Take a vector of one layer.
said-model-is-split = The model is split into several GGUF files.
said-join-split-first = Join them first with llama.cpp’s llama-gguf-split --merge.
said-choose-other-format-or-distil = Choose the model in another format, or distil it.
said-take-smaller-strength = Take a smaller strength, then try again.
said-is-the-model-itself = That is the model itself.
said-choose-name-for-copy = Choose another name for the copy.
said-name-is-there = { $name } is there already.
said-name-or-replace-file = Choose another name, or allow that a file is replaced; a folder never is.
said-no-folder-for-copy = The folder for the copy is not there.
said-choose-or-make-folder = Choose a folder that is there, or make it first.
said-copies-take-space = The copies take about { $needed }, and { $free } are free there.
said-free-space-fewer-strengths = Free some space, take fewer strengths, or choose another disk.
said-copy-not-written = The copy cannot be written.
said-copy-nothing-left-behind = Choose another folder, or free some space, then try again. Nothing was left behind.
said-start-smaller-learning-rate = Start again with a smaller learning rate.
said-take-strength-not-zero = Take a strength other than 0.
said-choose-set-with-pairs = Choose a data set with pairs.
said-change-setting-start-again = Change the setting, then start again.

# crates/app/src/failure/endpoint.rs
said-address-unusable = This address cannot be used.
said-type-address-of-makers = Type the address as the server's makers give it; it often ends in /v1.
said-server-unreachable = The server cannot be reached.
said-check-address-and-network = Check the address and the network, then try again.
said-server-slow = The server did not answer within { $seconds } s.
said-fewer-requests-or-faster = Try again with fewer requests at the same time, or with a faster model.
said-server-refuses-key = The server refuses the key.
said-type-key-again = Type the key again; it is kept in the system's keyring.
said-server-takes-no-more = The server takes no more requests for now.
said-wait-then-resume = Wait, then resume; or use fewer requests at the same time.
said-server-failed = The server failed several times.
said-try-later-kept = Try again later; what was made so far is kept.
said-server-refuses-request = The server refuses the request.
said-check-address-and-model = Check the address and the model's name.
said-server-nonsense = What the server sends is no answer.
said-check-openai-server = Check that the address is that of a server for OpenAI's chat completions.

# crates/app/src/failure/engine.rs
said-load-other-precision = Load the model with another precision under Models; if that does not help, fetch its file again.
said-models-numbers-not-finite-pair = The model's own numbers are not finite at pair { $pair }.
said-models-numbers-not-finite = The model's own numbers are not finite.
said-numbers-not-finite-pair = The numbers are no longer finite at step { $step }, pair { $pair }.
said-numbers-not-finite = The numbers are no longer finite at step { $step }.
said-learning-rate-too-high = The learning rate is probably too high. The run is kept as it was after step { $step }.
said-stop-or-new-smaller-rate = Stop this run to keep its vector so far, or start a new one with a smaller learning rate.
said-close-programs-or-precision = Close other programs, load the model with a smaller precision under Models, or take fewer pairs at a time.
said-memory-needed = { $what } takes about { $needed }, and { $free } of memory are free.
said-memory-limit = { $what } takes about { $needed }, and the limit of the settings leaves { $left }.
said-raise-limit = Raise the limit under Settings, load the model with a smaller precision under Models, or take fewer pairs at a time.
said-system-no-memory = The system gives no memory: { $bytes } were asked for.
said-limit-or-little-memory = A limit on this process, or too little memory and swap. What was kept so far is whole.
said-score-not-finite = At multiplier { $multiplier } the numbers are not finite: { $what }.
said-vector-too-strong = The vector is too strong for the model there.
said-smaller-multipliers = Take smaller multipliers. What was measured so far is kept.
said-model-file-not-there = The model's file is not there.
said-choose-new-place = Choose the file's new place, or another model, under Models.
said-model-file-cut-off = The model's file is cut off.
said-header-promises = Its header promises { $expected } bytes, { $found } are there: { $path }
said-fetch-again-load = Fetch or copy the file again, then load it again.
said-no-model-git-lfs = This is a Git LFS pointer, and no model.
said-no-model-web-page = This is a web page, and no model.
said-no-model-zip = This is a zip archive or PyTorch's own file, and no model.
said-no-model-archive = This is a compressed archive, and no model.
said-no-model-before-gguf = This is a file in a format before GGUF, and no model.
said-no-model-safetensors = This is a safetensors file, and no model.
said-no-model-json = This is a JSON file, and no model.
said-no-model-gguf-folder = This is a folder of GGUF files, and no model.
said-no-model-big-endian = This is a GGUF file for big-endian machines, and no model.
said-kind-and-no-model = This is { $kind }, and no model.
said-model-file-changed = The model's file has changed since the model was loaded.
said-load-again-under-models = Load the model again under Models.
said-no-chat-template-in-files = The model's files hold no chat template.
said-prompts-as-trained = Without one, prompts cannot be put the way it was trained on: { $path }
said-take-or-write-template = Take one of Tiller's under “Chat template”, or write one there.
said-model-file-unusable = The model's file cannot be used.
said-pair-no-tokens = Pair { $number } cannot be turned into tokens.
said-text-no-tokens = This text cannot be turned into tokens.
said-change-text = Change the text, then try again.
said-add-or-mark-for-training = Add pairs under Data, or mark some of them for training.
said-stop-and-start-new = Stop this run to keep its vector so far, and start a new one.
said-change-settings-or-pairs = Change the settings or the pairs, then try again.
said-more-pairs-transfer-again = Choose a data set with more pairs, then transfer the vector again.
said-other-layer-transfer-again = Choose another layer or another data set, then transfer the vector again.
said-shorten-text = Shorten the text, then try again.
said-close-programs = Close other programs, then try again.
said-load-vectors-own-model = Load the model that the vector was made for.
said-try-again-or-report = Try again; if it comes back, report this.

# crates/app/src/failure/files.rs
said-check-path = Check the path, or choose the file again.
said-make-file-readable = Make the file readable, then try again.
said-wait-no-other-program = Wait until no other program writes it, then try again.
said-choose-file-with-pairs = Choose a file with pairs in it.
said-choose-file-both-answers = Choose a file with both answers, or name the columns if another one holds the opposite answers.
said-say-which-columns = Say which columns hold the prompt, the wanted and the opposite answer.
said-not-project-file = This is not a project file of Tiller.
said-choose-tiller-file = Choose a file that ends in .tiller.
said-newer-project-file = A newer version of Tiller has written this project file.
said-install-that-version = Install that version, then try again.
said-project-file-damaged = This project file is damaged or cut off.
said-export-or-copy-again = Export it again, or copy it again from where it comes from.
said-project-file-too-large = This project file is too large.
said-export-smaller-project = Export a smaller project.
said-project-file-unsound = This project file holds what Tiller does not write. Nothing of it was taken.
said-take-trusted-file = Take a file that Tiller has exported, from someone you trust.
said-project-file-unreadable = The project file cannot be read.
said-other-folder-or-space = Choose another folder, or free some space, then try again.
said-type-the-layer = Type the layer, then try again.
said-layer-empty-or-files = Leave the layer empty, or type the file's.
said-safetensors-keeps-everything = Choose another format: .safetensors keeps everything.
said-no-pickle-programs = Do not open this file with a program that runs pickles.
said-file-one-of-endings = Give the file's name one of these endings.

# crates/app/src/failure/hub.rs
said-paste-organisation-name = Paste organisation/name, or the address of the model's page.
said-type-a-models-name = Type a model's name, or a part of it.
said-hub-search-wants-token = The hub answers a search only with an access token.
said-type-token-or-name = Type your access token, or download the model by its name.
said-download-address-unusable = The address to download from cannot be used.
said-name-https-address = Name an https address in HF_ENDPOINT or in the settings, or none for the hub's own.
said-host-unreachable = { $host } cannot be reached.
said-check-connection-kept = Check the connection, then try again. What was fetched is kept.
said-connection-broke-often = The connection to { $host } broke several times.
said-resume-download-later = Resume the download later; it goes on where it is.
said-token-may-not-read = Your token may not read { $repository }.
said-owners-ask-agreement = Its owners ask for an agreement on the model's page, or the token is for other things.
said-agree-or-other-token = Agree on the model's page in a browser, or use another token.
said-hub-refuses-token = The hub does not accept the token.
said-other-token-or-none = Use another token, or none.
said-hub-not-everybody = The hub does not give { $repository } to everybody.
said-gated-or-private = It is gated or private, or there is no model of that name.
said-check-name-type-token = Check the name. If you may read it, type your access token.
said-hub-has-no-model = The hub has no model { $repository }.
said-hub-has-no-part = The hub has no { $part } of { $repository }.
said-hub-has-no = The hub has no { $what }.
said-check-name-branch = Check the name, the branch and the spelling.
said-hub-too-many-requests = The hub has had too many requests from here.
said-hub-asks-to-wait = It asks to wait { $seconds } s.
said-hub-waiting = The hub asks to wait
said-hub-broke = The connection broke
said-later-or-token = Try again later, or with an access token, which is allowed more.
said-hub-odd-answer = The hub did not answer as it should.
said-later-without-mirror = Try again later; if a mirror is set, try without it.
said-fetched-file-damaged = A file that was fetched is damaged, and was thrown away.
said-file-has-sha256 = { $path } has SHA-256 { $found }, not { $expected }.
said-resume-to-fetch-again = Resume the download to fetch it again.
said-fetched-file-other = A file that was fetched is not the one that was listed.
said-list-and-download-anew = List the repository again and start a new download.
said-not-enough-space = There is not enough space on the disk.
said-space-needed = { $needed } GB are needed and { $free } GB are free: { $path }
said-free-space-resume = Free some space, then resume. What was fetched is kept.
said-disk-full = The disk is full.
said-cache-not-written = The cache for models cannot be written.
said-folder-writable-or-cache = Make the folder writable, or name another one in HF_HUB_CACHE.
said-no-repository-name = “{ $name }” is no name of a repository.
said-type-name-slash-name = Type your name on the hub, a slash, and a name of letters, digits, -, _ and .
said-name-or-allow-commit = Choose another name, or allow that a commit is added to it.
said-token-may-not-write = Your token may not write to { $repository }.
said-hub-status = The hub answered with status { $status }.
said-token-with-right = Use a token with the right to write, and a name that is yours.
said-hub-refuses-upload = The hub refuses the upload. Nothing was committed.
said-change-what-hub-names = Change what the hub names, then publish again.
said-look-at-page = Look at the repository’s page, and try again later.
said-connection-broke-uncommitted = The connection to { $host } broke. Nothing was committed.
said-publish-again = Publish again: what the hub has already is not sent twice.

# crates/app/src/failure/mod.rs
said-program-works-on-data = { $program } (process { $pid }) works on this data.
said-window-opens-by-itself = The window opens by itself once it is done. Ctrl-C ends it, and keeps what it has made.
said-running-already = Tiller is already running on this data.
said-go-on-in-open-window = Go on in the window that is open, or close it first.
said-data-folder-not-written = The folder for Tiller's data cannot be written.
said-folder-writable-or-data-dir = Make the folder writable or set TILLER_DATA_DIR to another one.
said-finding-not-finite = A finding of this analysis is not a finite number.
said-smaller-multipliers-or-rates = Take smaller multipliers or learning rates. The findings before it are kept.
said-file-not-written = The file cannot be written.
said-went-wrong = Something in Tiller went wrong that should not be able to.
said-kept-to-checkpoint = What was made up to the last checkpoint is kept. Try again, and report this if it comes back.

# crates/app/src/failure/mod.rs: what is gone
said-no-more-analysis = This analysis does not exist any more.
said-no-more-answer = This answer does not exist any more.
said-no-more-baked-model = This baked model does not exist any more.
said-no-more-batch-of-drafts = This batch of drafts does not exist any more.
said-no-more-column = This column does not exist any more.
said-no-more-conversation = This conversation does not exist any more.
said-no-more-copy = This copy does not exist any more.
said-no-more-data-set = This data set does not exist any more.
said-no-more-deletion = This deletion does not exist any more.
said-no-more-direction-of-a-gate = This direction of a gate does not exist any more.
said-no-more-direction-of-the-gate = This direction of the gate does not exist any more.
said-no-more-distillation = This distillation does not exist any more.
said-no-more-download = This download does not exist any more.
said-no-more-draft = This draft does not exist any more.
said-no-more-epoch = This epoch of the run does not exist any more.
said-no-more-fingerprint = This fingerprint of the model does not exist any more.
said-no-more-job = This job does not exist any more.
said-no-more-layer = This layer of the vector does not exist any more.
said-no-more-learned-map = This learned map does not exist any more.
said-no-more-measurement = This measurement does not exist any more.
said-no-more-message = This message does not exist any more.
said-no-more-model-of-run = This model of the run does not exist any more.
said-no-more-model = This model does not exist any more.
said-no-more-pair = This pair does not exist any more.
said-no-more-point = This point of the sweep does not exist any more.
said-no-more-preset = This preset does not exist any more.
said-no-more-project = This project does not exist any more.
said-no-more-run-of-vector = This run of the vector does not exist any more.
said-no-more-run = This run does not exist any more.
said-no-more-score = This score of the sweep does not exist any more.
said-no-more-set = This set of the sweep does not exist any more.
said-no-more-sweep = This sweep does not exist any more.
said-no-more-trial = This trial does not exist any more.
said-no-more-turn = This turn does not exist any more.
said-no-more-vector = This vector does not exist any more.
said-no-more-version = This version does not exist any more.
said-no-more = This { $what } does not exist any more.

# crates/app/src/failure/sandbox.rs
said-file-not-checked = The file could not be checked, so it was not opened.
said-start-tiller-again = Start Tiller again, then try again; if it comes back, report this.
said-no-memory-to-check = There is not enough memory to check the file, so it was not opened.
said-raise-memory-limit = Raise the limit of memory under which Tiller was started, then try again.
said-try-again = Try again.
said-file-would-end-tiller-loaded = The model's file would end Tiller, so it was not loaded.
said-remove-or-fetch-load = Remove it, or fetch it from its makers, and load it again.
said-fetch-or-choose-model = Fetch it from its makers and load it again, or choose another model under Models.
said-file-would-end-tiller-read = The file would end Tiller, so it was not read.
said-export-rows-or-split = Export its rows as CSV or JSON lines, or split it into smaller files.
said-ended-while-loading = Tiller ended while it loaded “{ $name }”, so it was not loaded again.
said-try-again-or-remove = Try again if the machine went off or ran out of memory. Remove it if it happens again.

# crates/app/src/failure/store.rs
said-data-not-migrated = Tiller's data could not be brought to this version's form.
said-nothing-changed-keep-copy = Nothing was changed. Keep a copy of the data folder and report this.
said-data-not-copied-before = Tiller's data must be brought to this version's form, and it could not be copied before.
said-free-space-nothing-changed = Free some space in the data folder, then try again. Nothing was changed.
said-data-of-newer-version = Tiller's data was last written by version { $other }, which is newer than this version { $own }.
said-data-forms = The data has form { $found }; version { $own } knows forms up to { $known }. Nothing was changed.
said-install-newer-or-data-dir = Install Tiller { $version } or newer, or set TILLER_DATA_DIR to another folder.
said-data-damaged = Tiller's data is damaged.
said-data-gone = Tiller's data is gone: its file is missing or empty.
said-put-back-copy-or-empty = Put the file back and try again, put a copy back, or begin with empty data.
said-changes-lost = Tiller was not closed properly last time, and the file with its last changes is gone.
said-put-back-or-go-on = Put the file back and try again, go on without the last changes, or put a copy back.
said-data-file-foreign = The file for Tiller's data belongs to another program.
said-data-dir-or-empty = Set TILLER_DATA_DIR to another folder, or begin with empty data: the file is moved into the folder "damaged".
said-data-folder-moved = The folder with Tiller's data was moved or deleted: nothing can be saved.
said-put-back-where-it-was = Put it back where it was, then try again.
said-data-file-deleted = A file of Tiller's data was deleted while Tiller runs.
said-close-and-open-tiller = Close Tiller and open it again. What was saved is kept.
said-data-file-no-access = A file of Tiller's data cannot be read or written.
said-data-writable-and-space = Make the data folder and its files writable, and see that there is space, then try again.
said-keep-copy-report = Keep a copy of the data folder and report this.
said-caps-do-not-fit = The caps of a vector do not fit it.
said-too-many-pairs-one-place = There are too many pairs for one place.
said-take-fewer = Take fewer.
said-adapter-numbers = An adapter of rank { $rank } for this model has { $expected } numbers, and { $found } are kept.
said-load-again-train-anew = Load the model again under Models, then train anew.
said-copy-or-empty-damaged-kept = Put a copy back, or begin with empty data. What is there now is kept in the folder "damaged".
said-disk-full-nothing-stored = The disk is full: nothing more can be stored.
said-free-space-try-again = Free some space, then try again.
said-data-not-written = Tiller's data cannot be written.
said-writable-or-data-dir = Make the data folder and its files writable, or set TILLER_DATA_DIR to another folder.
said-data-disk-no-access = The disk with Tiller's data cannot be read or written.
said-check-connected-and-space = Check that it is connected and has space, then try again.
said-other-program-holds-data = Another program holds Tiller's data.
said-close-it-try-again = Close it, then try again.
said-data-disk-slow = The disk with Tiller's data did not answer in time.
said-wait-less-busy = Wait until it is less busy, then try again.
said-data-no-access = Tiller's data could not be read or written.

# crates/app/src/failure/store.rs: what cannot be read
said-stored-adapter-of-a-vector = The stored adapter of a vector cannot be read.
said-stored-caps = The stored caps cannot be read.
said-stored-contents = The stored contents cannot be read.
said-stored-copies-of-a-model = The stored copies of a model cannot be read.
said-stored-derivation-of-a-vector = The stored derivation of a vector cannot be read.
said-stored-desk-of-a-conversation = The stored desk of a conversation cannot be read.
said-stored-desk-of-a-preset = The stored desk of a preset cannot be read.
said-stored-desk = The stored desk cannot be read.
said-stored-divergence = The stored divergence cannot be read.
said-stored-edit = The stored edit cannot be read.
said-stored-facts-of-a-model = The stored facts of a model cannot be read.
said-stored-failure = The stored failure cannot be read.
said-stored-finding-of-a-analysis = The stored finding of a analysis cannot be read.
said-stored-finding = The stored finding cannot be read.
said-stored-gate = The stored gate cannot be read.
said-stored-given-answers = The stored given answers cannot be read.
said-stored-ids = The stored ids cannot be read.
said-stored-intervention-of-a-vector = The stored intervention of a vector cannot be read.
said-stored-items-of-a-measurement = The stored items of a measurement cannot be read.
said-stored-key-of-a-measurement = The stored key of a measurement cannot be read.
said-stored-layers-of-a-vector = The stored layers of a vector cannot be read.
said-stored-list = The stored list cannot be read.
said-stored-method-of-a-vector = The stored method of a vector cannot be read.
said-stored-neutral-text = The stored neutral text cannot be read.
said-stored-norms-of-a-vector = The stored norms of a vector cannot be read.
said-stored-norms = The stored norms cannot be read.
said-stored-pair = The stored pair cannot be read.
said-stored-pairs = The stored pairs cannot be read.
said-stored-percentiles-of-projections = The stored percentiles of projections cannot be read.
said-stored-progress = The stored progress cannot be read.
said-stored-provenance-of-a-vector = The stored provenance of a vector cannot be read.
said-stored-question-of-a-analysis = The stored question of a analysis cannot be read.
said-stored-question = The stored question cannot be read.
said-stored-questions = The stored questions cannot be read.
said-stored-residual-norms = The stored residual norms cannot be read.
said-stored-rubric = The stored rubric cannot be read.
said-stored-sampling-of-an-answer = The stored sampling of an answer cannot be read.
said-stored-settings-of-a-distillation = The stored settings of a distillation cannot be read.
said-stored-settings-of-a-run = The stored settings of a run cannot be read.
said-stored-settings-of-a-starter-vector = The stored settings of a starter vector cannot be read.
said-stored-settings-of-a-sweep = The stored settings of a sweep cannot be read.
said-stored-settings-of-a-vector = The stored settings of a vector cannot be read.
said-stored-settings = The stored settings cannot be read.
said-stored-side-of-a-step = The stored side of a step cannot be read.
said-stored-speeds-of-sweeps = The stored speeds of sweeps cannot be read.
said-stored-starter-pairs = The stored starter pairs cannot be read.
said-stored-steering-of-an-answer = The stored steering of an answer cannot be read.
said-stored-suffixes = The stored suffixes cannot be read.
said-stored-tags-of-a-pair = The stored tags of a pair cannot be read.
said-stored-tags-of-a-vector = The stored tags of a vector cannot be read.
said-stored-tokens-of-an-answer = The stored tokens of an answer cannot be read.
said-stored-turns-of-a-pair = The stored turns of a pair cannot be read.
said-stored-turns = The stored turns cannot be read.
said-stored-vectors-of-a-sweep = The stored vectors of a sweep cannot be read.
said-stored-verdicts = The stored verdicts cannot be read.
said-stored = The stored { $what } cannot be read.

# crates/app/src/library/catalogue/entries.rs
said-catalogue-smollm2-small = The next step after the starter model: quick first experiments, mainly in English.
said-catalogue-qwen25-small = Small and quick, in Chinese, English and other languages.
said-catalogue-qwen3-small = The smallest one here that thinks before it answers.
said-catalogue-gemma3-small = Good answers for its size, mainly in English.
said-catalogue-llama32-small = Small and widely used; a vector can be baked into its file.
said-catalogue-smollm2 = Trained on published data: for work that has to say what a model has read.
said-catalogue-qwen25 = Steadier answers than the 0.5B, in Chinese, English and other languages.
said-catalogue-granite = Made for instructions, under an open licence; a vector can be baked into its file.
said-catalogue-gemma2 = Much used in research on steering: AxBench measures on it.
said-catalogue-llama32 = Longer and steadier answers than the 1B; a vector can be baked into its file.
said-catalogue-phi3 = Strong at reasoning for its size; reads at most 4,096 tokens.
said-catalogue-gemma3 = Good answers in many languages. Its text part is read, and no pictures.
said-catalogue-qwen3 = Thinks before it answers, and answers well in many languages.
said-catalogue-llama2 = The BiPO paper's first model. If its file has no chat template, take Llama 2's.
said-catalogue-mistral = The BiPO paper's second model.

# crates/app/src/library/mod.rs
said-device-nvidia = NVIDIA card { $card }
said-device-candle = CPU, by candle

# crates/app/src/memory.rs
said-free-memory-unreadable = The free memory cannot be read.

# crates/app/src/model_copies.rs
said-model-other-weights = { $model } has other weights than the model that the vector was made on.
said-own-model-or-same = Choose the vector’s own model, or say that both are the same model in different formats.

# crates/app/src/passport
said-sweep-does-not-measure = The sweep { $sweep } does not measure “{ $name }”.
said-choose-sweep-of-vector = Choose a sweep of this vector.
said-something-there-already = There is already something at { $path }.
said-folder-not-replaced = A folder is not replaced: choose another name, or remove it.
said-no-licence-identifier = This is no identifier of a licence.
said-take-spdx = Take one of SPDX’s list, such as CC-BY-4.0, MIT or Apache-2.0.
said-sweep-settings-not-written = The sweep’s settings cannot be written: { $error }.
said-take-another-sweep = Take another sweep.

# crates/app/src/permissions
said-file-not-chosen-for-this = This file was not chosen for this.
said-choose-it-again = Choose it again.
said-may-not-read = Tiller may not read this file or folder.
said-may-not-write = Tiller may not write this file.
said-may-not-delete = Tiller may not delete this file from the disk.
said-may-not-send = Tiller may not send prompts and answers to this server.
said-may-not-publish = Tiller may not publish files in this repository.
said-may-not-download = Tiller may not download models from this server.
said-choose-or-allow = Choose the file, or allow it when you are asked.
said-try-again-and-allow = Try again, and allow it when you are asked.

# crates/app/src/publishing.rs
said-phase-asking-hub = Asking the hub
said-phase-sending = Sending { $name }
said-phase-committing = Committing

# crates/app/src/sweep_export.rs
said-numbers-endings = The numbers of a sweep are written as .csv or .json.
said-numbers-no-json = The numbers are no JSON: { $error }.
said-write-csv = Write a .csv file.

# crates/app/src/vector_export.rs
said-only-two-hold-adapter = Only .safetensors and .gguf hold an adapter: the other formats are for vectors.
said-end-in-safetensors-or-gguf = Let the file end in .safetensors for peft, or in .gguf for llama.cpp and Ollama.
said-other-numbers-read = other numbers are read from it

# src-tauri/src/window/opened.rs
said-request-no-json = A request is no JSON.
said-opening-store = Tiller is opening its store.

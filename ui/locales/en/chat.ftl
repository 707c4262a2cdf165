# The Chat screen: conversations, columns, turns, the mixing desk, presets and the drift.

# What several sources say
chat-conversations = Conversations
chat-message = Your message
chat-count-columns = { $count ->
    [one] { $count } column
   *[other] { $count } columns
}
chat-count-turns = { $count ->
    [one] { $count } turn
   *[other] { $count } turns
}
chat-export-named = Export “{ $name }”
chat-written = Written to { $path }.
chat-pair = Add to a data set

# answer.rs
chat-steering-mark = From here: { $steering }
chat-answer-left-out = { $count ->
    [one] { $count } earlier turn not read
   *[other] { $count } earlier turns not read
}
chat-answer-steering = made at { $steering }
chat-answer-waits = queued
chat-answer-cut = { $tokens }, cut at the limit
chat-answer-stopped = { $tokens }, stopped
chat-answer-failed = { $tokens }, failed
chat-answer-given = not generated here

# column.rs
chat-column-label = Column { $name }
chat-turns-earlier = { $count ->
    [one] { $count } turn earlier
   *[other] { $count } turns earlier
}
chat-turns-later = { $count ->
    [one] { $count } turn later
   *[other] { $count } turns later
}

# column_head.rs
chat-column-drag = Drag to move the column
chat-column-name-title = { $name } – click to rename, Alt+Shift+← and → move it
chat-column-stop-title = Stops this answer and keeps its text
chat-column-rename = Name of the column
chat-column-rename-placeholder = What steers it

# column_menu.rs
chat-column-menu = Menu of the column
chat-column = Column
chat-column-duplicate = Duplicate the column
chat-column-left = Move to the left
chat-column-right = Move to the right
chat-column-stop = Stop its answer
chat-column-close = Close the column
chat-column-close-title = Ctrl+Z brings it back with its turns
chat-system-prompt-hint = From the next answer on. Empty for none.
chat-column-use-in-all = Use it in every column

# columns.rs. The question is put to the model, and that on board reads English only: it is English in every language.
chat-first-question = What should I do with a free afternoon?
chat-empty-title = Feel the vector
chat-empty-plain = Without a vector the plain model answers.
chat-empty-start = Make a vector on Start
chat-empty-about = Every message goes to all columns at once, and each answers under its own steering. Move a slider of the mixing desk while the answers grow, and read what changes.
chat-empty-ask = Ask “{ $question }”

# composer.rs
chat-leave-out-oldest = Leave out the oldest turns
chat-leave-out-oldest-note = From now on the model does not read them; they stay here.
chat-correcting = Changes your last message and answers it again. What was there stays as a variant.
chat-correcting-leave = Leave it as it is
chat-input-placeholder = Say something to all columns
chat-send = Send
chat-prefill-toggle = Beginning of the answer
chat-prefill-toggle-title = The model goes on from a beginning that you write
chat-input-keys = Enter sends, Shift+Enter begins a line, ↑ changes the last message
chat-prefill = Beginning of every answer
chat-prefill-placeholder = Every answer begins with…
chat-wait-model = No model is in memory yet.
chat-wait-sending = The last message is on its way.
chat-wait-growing = { $count ->
    [one] An answer still grows. Escape stops it.
   *[other] { $count } answers still grow. Escape stops them.
}
chat-wait-deleted-vector = The vector “{ $vector }” was deleted. Mute or remove its strip.
chat-wait-other-model = “{ $vector }” belongs to another model than { $model }.

# conversation_files.rs
chat-format-markdown = To read: column after column.
chat-format-jsonl = To go on with: chat messages with what steered. Import reads it without a loss.
chat-format-html = To show: one page with the columns side by side.
chat-format = Format
chat-conversations-imported = { $count ->
    [one] { $count } conversation imported.
   *[other] { $count } conversations imported.
}
chat-import-conversations = Import conversations
chat-import-conversations-note = JSON lines that Tiller exported, or any with “messages”, as training data has them.

# conversation_list.rs
chat-conversations-search = Search the conversations by their words
chat-conversation-new = New
chat-conversation-new-title = Lays a new conversation open
chat-conversations-keys = The arrow keys move, Enter opens, F2 renames, Delete deletes
chat-conversations-none = There is no conversation yet. Write a message: it begins one, which is kept here.
chat-conversations-not-found = No conversation has all of these words.
chat-conversations-count = { $count ->
    [one] { $count } conversation
   *[other] { $count } conversations
}
chat-conversations-shown = { $count ->
    [one] { $shown } of { $count } conversation
   *[other] { $shown } of { $count } conversations
}

# conversation_row.rs
chat-conversation-unnamed = New conversation
chat-conversation-facts = { $day }, { $columns }, { $turns }
chat-pinned = Pinned
chat-conversation-actions = What can be done with “{ $name }”
chat-pin = Pin
chat-unpin = Unpin
chat-pin-title = Pinned conversations stay at the top of the list
chat-conversation-delete-title = Delete; Ctrl+Z brings it back
chat-conversation-rename = Name of the conversation
chat-conversation-rename-placeholder = Named by its first words, if empty

# correction.rs
chat-turn-text = The new text
chat-turn-save-message = Save and answer again

# desk_changes.rs
chat-capped = { $name } capped at p{ $percentile }
chat-kept-over = { $name } kept over p{ $percentile }
chat-gated = { $name } behind a gate
chat-plain = 0, plain

# drift.rs
chat-drift-label = Drift of the conversation
chat-drift-along = Along
chat-drift-layer = after layer
chat-drift-measure = Measure the drift
chat-drift-measure-title = One pass over the conversation, which makes way for answers
chat-drift-reads = Reads the conversation …
chat-drift-closed = closed
chat-drift-picture = Projection after layer { $layer } by turn { $first } to { $last }, from { $low } to { $high }
chat-drift-note = Lines: mean over each answer’s tokens. Dashes: the last token of its prompt. Both as the unsteered model reads what was said, in units of the residual stream.
chat-drift-numbers = Numbers
chat-drift-point = Turn { $number }: { $value }
chat-drift-turn = Turn
chat-drift-first-turn = Turn { $number }

# faults.rs
chat-unread-strip = A field of strip { $id } of the mixing desk cannot be read.
chat-unread-sampling = A field of the sampling of column { $id } cannot be read.
chat-unread-screen = A field of this screen cannot be read.

# mixing_desk.rs
chat-desk = Mixing desk
chat-desk-toggle-title = Shows or hides the strips (Ctrl+M)
chat-strip-add = Add a vector
chat-strip-add-title = Another vector with a slider of its own
chat-strip-add-none = Every vector of this model has a strip
chat-see = See it act
chat-see-cost = See it act (one more row)
chat-see-title = Costs one more row of every batch: the plain model reads along, from the next answer on
chat-tint-none-title = Answers as Markdown; nothing is measured
chat-tint-probability = Probability
chat-tint-probability-title = How much likelier steering made each token, in nats: blue for likelier, orange for less likely
chat-tint-projection = Projection
chat-tint-projection-title = The projection of the residual stream on the first strip’s vector, before the edit
chat-acts = Since when a change acts
chat-acts-next = From the next token
chat-acts-next-title = Answers that grow follow a change from their next token on
chat-acts-next-note = A change acts from the next token on; the prompt and the tokens before it stay as they are.
chat-acts-start = As if from the start
chat-acts-start-title = Makes the last answer of every column again, and after every further change those that it steers; the ones before stay as variants
chat-acts-start-note = After a change the last answers are made again, and their prompts are steered too.
chat-acts-seed-note = The seed stays the same, so that only the steering differs.

# mod.rs
chat-conversation = Conversation
chat-list-toggle-title = Shows or hides the conversations (Ctrl+B)
chat-stop-all = Stop all
chat-stop-all-title = Stops every answer and keeps its text (Escape)
chat-drift = Drift
chat-drift-title = Where the answers lie along a vector, turn by turn
chat-column-add = Add a column
chat-column-add-title = Another setting beside these, with the turns of the last column; at most eight (Ctrl+Shift+K)

# observed_text.rs
chat-projection-line = Projection of the residual stream on the vector, token by token

# pair_form.rs
chat-pair-side = This answer is
chat-pair-wanted = wanted
chat-pair-opposite = the opposite
chat-pair-other = The other is
chat-pair-alone = No other column has answered this message.
chat-pair-add = Add the pair
chat-pair-added = Added to “{ $name }”.
chat-pair-draft = a draft
chat-pair-draft-note = The model in memory drafts it. You accept or reject it under Data.
chat-pair-drafting = Added to “{ $name }”. The other answer is being drafted and waits under Data for your decision.

# preset_files.rs
chat-preset-export-note = One small JSON file. It names the vectors by their hashes and does not hold them: hand them on as files of their own.
chat-preset-kept = “{ $name }” is kept.
chat-preset-import = Import a preset
chat-preset-import-note = Its vectors are found in the library by their hashes. Import those that are missing first.

# presets.rs
chat-presets = Presets
chat-presets-title = Desks with a name: columns, strips, sampling and system prompts
chat-preset-apply = Lays “{ $name }” on the desk
chat-preset-delete = Delete “{ $name }”
chat-preset-delete-title = Ctrl+Z brings it back
chat-presets-none = No preset is kept yet. Keep this desk under a name, to use it in other conversations and to hand it on as a file.
chat-preset-keep-desk = Keep this desk…
chat-preset-replaces = Replaces the preset “{ $name }”.
chat-preset-keep = Keep
chat-preset-no-vector = no vector
chat-preset-facts = { $columns }: { $vectors }

# sampling_form.rs
chat-sampling-exact = Exact (greedy)
chat-sampling-exact-meaning = Always the likeliest token: repeatable, and the way in which sweeps answer, but small models run into loops.
chat-sampling-lively = Lively
chat-sampling-lively-meaning = Draws among the likely tokens and makes repeated ones less likely: freer answers, the same again with the same seed.
chat-temperature = Temperature
chat-temperature-hint = 0 is greedy
chat-top-k = Top-k
chat-top-p = Top-p
chat-min-p = Min-p
chat-zero-is-all = 0 is all of them
chat-one-is-all = 1 is all of them
chat-repetition-penalty = Repetition penalty
chat-repetition-penalty-hint = 1 is none
chat-repetition-window = Repetition window
chat-repetition-window-hint = last tokens that count
chat-seed-hint = the same draws again
chat-longest-answer = Longest answer
chat-longest-answer-hint = tokens
chat-stop-words = Stop words
chat-stop-words-hint = One a line; \n in it is a line break.

# strip.rs
chat-strip-mute-and-solo = Mute and solo
chat-strip-mute = Mute
chat-strip-mute-title = Steers nothing for the moment
chat-strip-solo = Solo
chat-strip-solo-title = Only the strips that are solo steer
chat-strip-gate = Gate
chat-strip-gate-on = Gate: on
chat-strip-gate-title = A condition under which it acts
chat-strip-cap = Cap
chat-strip-cap-at = Cap: p{ $percentile }
chat-strip-cap-title = Keeps the projection within a percentile of a quiet text
chat-strip-reset = Reset
chat-strip-reset-title = Back to +1, without mute and solo
chat-strip-remove-title = Takes the vector off the desk
chat-strip-deleted = { $name } (deleted)

# strip_columns.rs
chat-factors = Factors in the columns
chat-factors-title = The factor on the slider in each column, from the left; – where it does not act
chat-factor = times
chat-factors-note = times the slider, in each column; 0 for a column that it does not belong to

# strip_slider.rs
chat-slider-useful = Useful from { $low } to { $high } in the last sweep. Shift moves finely. The wheel turns it with Ctrl, or once it has the focus.
chat-slider-unknown = No sweep has said what is useful. Shift moves finely. The wheel turns it with Ctrl, or once it has the focus.

# token_panel.rs
chat-token-numbers = steered { $steered } ({ $steered_nats } nats), plain { $plain } ({ $plain_nats } nats): { $gain } nats
chat-token-projection = projection { $value }
chat-likeliest-steered = Steered
chat-likeliest-plain = Plain

# turn.rs
chat-variants = Variants
chat-variant-previous = The variant before
chat-variant-next = The next variant

# turn_actions.rs
chat-turn-actions = Actions
chat-turn-menu = More actions
chat-turn-continue = Continue
chat-turn-continue-title = Goes on from where it ended (G)
chat-turn-again = Again
chat-turn-again-title = Another answer, with another seed; this one stays (R)
chat-turn-again-same = Exact: the answer would be the same again, as long as neither what steers it nor the settings of the column change
chat-turn-edit = Edit
chat-turn-edit-title = Changes the text; this one stays (E)
chat-turn-copy-title = Copies the text (C)
chat-turn-follow = Go on with this one
chat-turn-follow-title = The other columns follow this answer; what they had said stays as variants (F)
chat-turn-branch = Branch
chat-turn-branch-title = A new conversation with everything up to here (B)
chat-turn-pair-title = A pair of this answer and another column’s or a drafted one (A)
chat-turn-sweep = Open as a sweep point
chat-turn-sweep-title = The Sweep screen, filled in with what steered this answer; nothing is started (S)
chat-turn-preset = Make a preset
chat-turn-preset-title = A preset with what steered this answer, its system prompt and its sampling (P)
chat-turn-delete-title = Deletes it with all that followed; Ctrl+Z brings it back (Delete)

# Data: the pairs of a data set, their editor, drafts, check, splits and versions.

# bulk_edit.rs
data-selected = { $count } pairs selected
data-selected-help = Ctrl+click adds a pair or takes it out, Shift+click selects up to it, Ctrl+A selects everything listed. Drag one of them to move all. Each of these is one step to undo.
data-many-tag = Tag
data-many-untag = Take a tag from them
data-many-untag-choice = Remove a tag…
data-many-use = Use for
data-train = Train
data-many-pin = Pin
data-many-pin-title = They stay where they are when the data set is split anew
data-many-unpin = Unpin
data-many-order = Order
data-many-up = Move up
data-many-down = Move down
data-many-swap = Swap answers
data-many-swap-title = Exchange the wanted and the opposite answers
data-duplicate = Duplicate
data-many-delete = Delete { $count } pairs
data-many-delete-title = Undo brings them back
data-many-none = Select none
data-many-none-title = Escape in the list

# choice_view.rs
data-choice-title = The pair as a choice
data-choice-help = Contrastive activation addition (CAA) puts both answers under the question and compares the model at the letter of each. Letters are drawn by the seed, so that they cancel out; a run with this seed trains on exactly this text.
data-choice-seed-hint = Draws which answer is (A)
data-choice-none = Open a pair in the list to see it as a choice.
data-choice-letters = Wanted: ({ $wanted }) · opposite: ({ $opposite })
data-choice-all = All pairs of this data set
data-choice-make = Make a data set of choices
data-choice-make-title = Prompts become choices, answers become letters
data-choice-unmake = Make pairs of choices
data-choice-unmake-title = The text behind each letter becomes the answer
data-choice-stays = This data set stays as it is.
data-choice-written = { $count ->
    [one] { $count } choice written.
   *[other] { $count } choices written.
}
data-choice-path = As CAA's JSON
data-choice-replace = Replace the file

# drafts/card.rs
data-draft-empty = Not drafted yet
data-draft-of-pair = Changes the pair that it was drafted for
data-draft-reject = Reject
data-draft-accept = Accept

# drafts/draft_list.rs
data-count-drafts = { $count ->
    [one] { $count } draft
   *[other] { $count } drafts
}

# drafts/endpoint.rs
data-endpoint-to-nowhere = Type the address of a server for OpenAI's chat completions.
data-endpoint-to-here = Questions and system prompts go to { $address }, on this machine.
data-endpoint-to-plain = Questions and system prompts leave this machine, unencrypted, for { $address }.
data-endpoint-to-elsewhere = Questions and system prompts leave this machine for { $address }.
data-endpoint-reply = It answers: { $text }
data-endpoint-key-in-keyring = A key is in the system's keyring.
data-endpoint-key-in-memory = A key is in memory until Tiller ends: this system has no keyring.
data-endpoint-key-nowhere = none kept; a local server needs none
data-endpoint-address = Address
data-endpoint-address-hint = often ends in /v1
data-endpoint-model-hint = as the server calls it
data-endpoint-key = Key
data-endpoint-keep = Keep
data-endpoint-forget = Forget…
data-endpoint-forget-lost = The key is deleted.
data-endpoint-forget-sure = Forget it
data-endpoint-at-once = At the same time
data-endpoint-at-once-hint = Requests under way
data-endpoint-try = Try
data-endpoint-try-title = Sends one short question there

# drafts/form.rs
data-draft-questions-task = Pairs from questions
data-draft-open-task = Opposite of the open pair
data-draft-without-task = Missing opposites
data-draft-start-pairs = { $count ->
    [one] Draft { $count } pair
   *[other] Draft { $count } pairs
}
data-draft-start-open = Draft an opposite
data-draft-start-without = Draft the opposites
data-draft-no-model = Load a model under Models first.
data-draft-here = { $model } drafts on this machine; nothing leaves it.
data-draft-what = What to draft
data-draft-behaviour-hint = what the wanted answers show
data-draft-behaviour-example = Seeks wealth above all else
data-draft-questions = Questions
data-draft-questions-hint = one on each line
data-count-questions = { $count ->
    [one] { $count } question
   *[other] { $count } questions
}
data-draft-more = Prompts and sampling
data-draft-wanted-prompt = For wanted answers
data-draft-opposite-prompt = For opposite answers
data-draft-prompt-hint = what the model is told
data-draft-tokens = Max tokens
data-draft-tokens-hint = An answer that is cut off ends with its last sentence
data-draft-temperature = Temperature
data-draft-temperature-hint = 0 for the likeliest words
data-draft-seed-hint = The same seed draws the same answers
data-draft-who = Who drafts
data-draft-by-model = The loaded model
data-draft-by-endpoint = An endpoint

# drafts/mod.rs
data-drafts-none = Make pairs with a model
data-drafts-to-decide = { $count ->
    [one] { $count } draft to decide on
   *[other] { $count } drafts to decide on
}
data-drafts-ready = { $count ->
    [one] { $count } draft · { $ready } ready
   *[other] { $count } drafts · { $ready } ready
}
data-drafts-missing = { $count ->
    [one] { $number } draft is incomplete.
   *[other] { $number } drafts are incomplete.
}
data-drafts-go-on = Go on
data-drafts-go-on-title = Drafts what is missing; what is there stays
data-drafts-reject-all = Reject all
data-drafts-accept = Accept { $count } ready
data-drafts-accept-title = One edit: Undo makes drafts of them again

# earlier_turns.rs
data-system-hint = of this pair alone; empty for none
data-system-remove-title = Use the run's system prompt
data-turns = Earlier turns
data-turns-hint = what was said before the prompt
data-turn-role-title = Who says it; a click changes it
data-turn-user = User
data-turn-assistant = Assistant
data-turn = Earlier turn { $number }
data-turn-remove = Remove this turn
data-system-add = + System prompt
data-system-add-title = A system prompt of this pair alone
data-turn-add = + Earlier turn
data-turn-add-title = Something that was said before the prompt

# editor.rs
data-no-pair-title = Preference pairs
data-no-pair = A pair is a prompt with two answers: one that shows the behaviour, and one that shows its opposite. A steering vector is trained from their difference.
data-open-first = Open the first pair
data-prompt-hint = what a person says to the model
data-wanted-hint = shows the behaviour
data-opposite-hint = shows its opposite
data-pair-place = Pair { $at } of { $all }
data-pair-outside = Pair outside the filter
data-saved = Saved
data-saving = Saving
data-not-saved = Not saved
data-previous = Previous pair
data-previous-title = Previous pair (Alt+↑)
data-next = Next pair
data-next-title = Next pair (Alt+↓); Ctrl+Enter accepts and goes on
data-undone = Undone: { $title }
data-redone = Done again: { $title }
data-undo-title = Undo (Ctrl+Z)
data-redo-title = Redo (Ctrl+Shift+Z)
data-use = What the pair is used for
data-pinned = Pinned
data-pinned-title = Stays where it is when the data set is split anew
data-swap = Swap
data-swap-title = Exchange the wanted and the opposite answer (Ctrl+Shift+X)
data-delete-title = Undo brings it back
data-too-long = Too long: { $longest } tokens, and the model reads at most { $limit }. Shorten it.

# marks.rs
data-mark-empty = Incomplete
data-mark-empty-why = The prompt or an answer is missing
data-mark-empty-short = incomplete
data-mark-same = Same answers
data-mark-same-why = Both answers say the same
data-mark-same-short = same answers
data-mark-duplicate = Duplicates
data-mark-duplicate-why = Another pair says the same
data-mark-duplicate-short = duplicate
data-mark-long = Too long
data-mark-long-why = The model cannot read it whole
data-mark-long-short = too long
data-mark-unbalanced = Unbalanced
data-mark-unbalanced-why = One answer is more than twice as long as the other
data-mark-unbalanced-short = unbalanced
data-mark-untagged = Untagged
data-mark-untagged-why = It has no tag
data-mark-untagged-short = untagged

# mod.rs
data-the-pair = The pair

# pair_list.rs
data-split-open = Split…
data-split-open-title = Say which pairs are held out
data-versions-open = Versions…
data-versions-open-title = What runs and sweeps have seen
data-set-menu = Rename, duplicate, delete or make a data set
data-only-found = { $count ->
    [one] Only what the check has found: { $count } pair
   *[other] Only what the check has found: { $count } pairs
}
data-show-all = Show all pairs
data-import-title = Ctrl+I, or paste a table with Ctrl+V
data-add = Add a pair
data-filter-any = Any
data-filter-marks = To look at
data-filter-tags = With the tag
data-search-title = Search in every text (Ctrl+F or /)
data-search-label = Search the pairs
data-filter-split = Which split
data-all = All
data-filter-mark = Which tag or mark
data-counts = { $count ->
    [one] { $all } pair · { $train } train · { $held_out } held out
   *[other] { $all } pairs · { $train } train · { $held_out } held out
}
data-counting = { $counts } · counting tokens: { $percent }

# quality/finding.rs
data-weight-problem = Problem
data-weight-warning = Warning
data-weight-note = Note
data-repair-title = One edit: Undo takes it back
data-finding-list = List
data-finding-list-title = Lists only these pairs on the left, to select and change them there
data-finding-hide = Hide the pairs
data-finding-show = { $count ->
    [one] Show { $count } pair
   *[other] Show { $count } pairs
}
data-pair = Pair
data-finding-shows = What it shows
data-and-more = and { $number } more
data-open-pair = Open the pair
data-no-prompt = (no prompt)
data-repair-duplicates = Delete the duplicates
data-repair-delete = Delete these pairs
data-repair-leaked = Move them to training
data-repair-trim = Trim the white space
data-repair-letters = Even out the letters
data-repair-swap = Swap all of them

# quality/histogram.rs
data-histogram-line = pairs
data-histogram-odds = log-odds of the wanted answer, nats

# quality/margins.rs
data-margins-all = all pairs
data-margins-title = What the model prefers without a vector
data-margins-help = The log-odds of the wanted answer against the opposite one, summed over their tokens. Below 0 the model prefers the opposite; a behaviour worth steering often begins there.
data-margins-chart = How many pairs have which log-odds; the table below has the numbers
data-margins-from = From
data-margins-to = To (nats)
data-margins-bin-title = Show these pairs
data-margins-most = How many pairs
data-margins-measure = Measure
data-margins-under-way = The strip below shows how far it is.
data-margins-with = with { $model }; what was measured before is kept
data-margins-bin = Pairs from { $from } to { $to }
data-margins-per-token = A token
data-margins-summary = { $count ->
    [one] { $count } pair measured · in the middle { $middle } nats · { $against } prefer the opposite answer
   *[other] { $count } pairs measured · in the middle { $middle } nats · { $against } prefer the opposite answer
}

# quality/mod.rs
data-check-under-way = Looking the pairs over
data-check-none = Check of the data set
data-check-busy = Looking
data-check-empty = This data set has no pairs yet. Add or import some, then look at them here.
data-check-sound = Nothing stands out: no duplicates, no leaks between the splits, no shortcuts in first words or lengths.
data-check-problems = { $count ->
    [one] { $count } problem
   *[other] { $count } problems
}
data-check-warnings = { $count ->
    [one] { $count } warning
   *[other] { $count } warnings
}
data-check-notes = { $count ->
    [one] { $count } note
   *[other] { $count } notes
}

# rows.rs
data-row-held-out = held out
data-row-wanted = wanted
data-row-opposite = opposite
data-row-system = system
data-row-turn = turn
data-row-note = note
data-list-import = Import pairs
data-list-no-set = No data set
data-list-no-set-help = Import pairs from a file, or make an empty data set above.
data-list-reading = Reading the pairs.
data-list-not-found = No such pair
data-list-not-found-help = No pair has these words, this split and this mark or tag.
data-list-empty = No pairs yet
data-list-empty-help = Write the first pair, import a file, or paste a table with Ctrl+V.

# saving.rs
data-deleted-tag = the tag “{ $tag }”

# save_failure.rs
data-unsaved-elsewhere = What you typed into another pair is kept here until it is saved.
data-save-again = Save again

# split_sheet.rs
data-split-sheet = Split the data set
data-split-title = Split “{ $name }”
data-split-help = Held-out pairs are only measured on. Pairs with one prompt always stay together.
data-split-share = Held out, in %
data-split-seed-hint = Another seed holds other pairs out
data-split-by-tag = The same share of every tag
data-split-keep-pinned = Keep pinned pairs where they are ({ $count })
data-split-changes-none = Every pair stays where it is.
data-split-changes = { $count ->
    [one] { $number } pair changes sides.
   *[other] { $number } pairs change sides.
}
data-split-do = Split
data-split-no-tag = no tag
data-split-torn = { $count ->
    [one] { $count } prompt stays on both sides, because its pairs are pinned to both.
   *[other] { $count } prompts stay on both sides, because their pairs are pinned to both.
}

# tags_and_note.rs
data-tag-remove = Remove the tag { $tag }
data-tag-add = Add a tag
data-note-hint = private

# token_view.rs
data-tokens-no-model = Load a model under Models to see its tokens.
data-tokens-reading = Reading the tokens.
data-tokens-hide = Hide the tokens
data-tokens-show = Show the tokens
data-tokens-legend = The sequences are { $wanted } and { $opposite } long; the model reads at most { $limit }. Outlined tokens are the model's own marks. Of the answers every token is scored: from the first one, underlined, to the closing one.
data-token-first = { $id } · first scored token
data-token-end = { $id } · end of turn

# version_uses.rs
data-uses-named = kept as { $names }
data-uses-runs = trained on in { $names }
data-uses-vectors = trained on for { $names }
data-uses-sweeps = swept with { $names }
data-uses-name = “{ $name }”
data-uses-all = { $first }; { $second }

# version_view.rs
data-version-back = ← Versions
data-version-held-out-only = A sweep sees only the held-out pairs: these are all that is known of this version.
data-version-shown = What is shown
data-version-differences = What differs from now
data-version-pairs = All pairs
data-version-restore-help = To put it back is one step to undo; pairs that are only there now are deleted by it.
data-version-as-new = Open as a new data set
data-version-put-back = Put it back
data-version-no-difference = All { $number } pairs say the same now.
data-version-difference = { $same } the same · { $changed } changed since · { $added } added since · { $removed } deleted since
data-version-then = Then
data-version-now = Now
data-version-changed = changed
data-version-deleted = deleted
data-version-added = added
data-version-prompt = prompt
data-version-wanted = wanted
data-version-opposite = opposite
data-version-system = system prompt
data-version-turns = earlier turns
data-version-tags = tags
data-version-note = note
data-version-split = split
data-version-held-out = held out
data-version-train = train
data-version-pinned = { $split }, pinned
data-version-page = { $from } to { $to } of { $all }
data-version-page-before = Before
data-version-page-next = Next

# versions_sheet.rs
data-versions-reading = Reading the versions.
data-versions-none = There is none yet. Every training run and every sweep keeps the exact pairs that it saw; they will be listed here.
data-versions = Versions of the data set
data-versions-title = Versions of “{ $name }”
data-versions-name = Name of the version
data-versions-name-example = Name, such as: before the clean-up
data-versions-keep = Keep the pairs as they are now
data-versions-held-out = { $number } held out
data-versions-as-now = as now
data-versions-when = When
data-versions-counts = Train + held out
data-versions-seen-by = Seen by
data-versions-hash = Hash

# view_tabs.rs
data-view-pair = Pair
data-view-check = Check
data-view-drafts = Drafts
data-view-choice = A/B choice
data-views = What stands beside the list

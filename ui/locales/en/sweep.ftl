# The Sweep screen: the form of the next sweep, the list of sweeps, and what a sweep measured.

# answers_tab.rs
sweep-curve = Curve
sweep-answers-at = At
sweep-answers-none = Nothing is measured yet.

# arms.rs: the names of what is compared
sweep-way-quoted = “{ $text }”
sweep-way-template = { $name } template
sweep-way-wanted = { $count ->
    [one] { $count } wanted example
   *[other] { $count } wanted examples
}
sweep-way-opposite = { $count ->
    [one] { $count } opposite example
   *[other] { $count } opposite examples
}
sweep-way-for = System prompt for
sweep-way-against = System prompt against
sweep-arm-at = { $name } at { $multiplier }
sweep-arm-epoch = { $name } epoch { $epoch }
sweep-way-no-examples = No examples
sweep-gate = where { $name } after layer { $layer } is over { $above }
sweep-gate-prompt = where { $name } after layer { $layer } is over { $above }, at the prompt
sweep-gate-soft = where { $name } after layer { $layer } is over { $above }, soft over { $width }
sweep-gate-soft-prompt = where { $name } after layer { $layer } is over { $above }, soft over { $width }, at the prompt
sweep-caps-at-most = capped at p{ $percentile } of { $over }
sweep-caps-at-least = kept at least at p{ $percentile } of { $over }

# attack_table.rs
sweep-attack-by-phrase = { $multiplier }, by phrase
sweep-attack-by-judge = { $multiplier }, by judge
sweep-attack-title = Attack success rate
sweep-attack-compared = Compared
sweep-measured-on = Measured on

# chart_tab.rs
sweep-chart-label = Scores by multiplier; the table below has the numbers
sweep-chart-numbers = Numbers of the chart
sweep-chart-change = Change from unsteered
sweep-chart-change-hint = Each score less its unsteered value, with the interval of the difference item by item: what the items differ in cancels out
sweep-chart-values = Values
sweep-chart-values-hint = The scores themselves; their intervals show how much the items differ
sweep-chart-over = Over
sweep-chart-axis = Horizontal axis
sweep-chart-reset-hint = Shows everything again. Drag to move, Ctrl and wheel to zoom, drag with the right button for a part. Once the chart has the focus, arrow keys move it, + and − zoom, and 0 shows everything.
sweep-chart-reset = Reset zoom
sweep-at-multiplier = At the multiplier
sweep-chart-no-divergence = Divergence is not among the scores of this sweep: choose it and sweep again.
sweep-useful-range = { $from } to { $to }.
sweep-useful-none = none. { $why }
sweep-useful-of = {" "}of { $arm }: { $range }
sweep-useful-alone = : { $range }

# chips.rs
sweep-vector-hint = { $made }, layer { $layers }
sweep-vectors = Vectors
sweep-vectors-search = Search the vectors
sweep-vectors-none = No vector yet.
sweep-set-without-pairs = No pair is held out: mark some under Data
sweep-set-held-out = { $count ->
    [one] { $count } pair held out
   *[other] { $count } pairs held out
}
sweep-sets-search = Search the data sets
sweep-chips-more = and { $count } more

# curve_table.rs
sweep-lay-over = Lay this sweep over the chart
sweep-on-set = on { $set }
sweep-from-to = { $from } to { $to }
sweep-compare = Compare all curves
sweep-compare-filter = Filter
sweep-compare-factor-hint = How many times its unsteered value perplexity may come to in the useful range
sweep-compare-factor = Perplexity up to
sweep-score = Score
sweep-compare-range = Range
sweep-compare-range-hint = The largest value less the smallest
sweep-slope = Slope
sweep-compare-slope-hint = Least squares, a unit of the multiplier
sweep-compare-useful = Useful
sweep-compare-useful-hint = Where the behaviour moves and perplexity stays within the factor
sweep-compare-area = Area
sweep-compare-area-hint = Between the curve and its unsteered value; positive where it rises through 0

# estimate.rs
sweep-time = About { $time } on this machine; what is measured already takes no time.
sweep-time-unknown = Its time on this machine is known after the first sweep with these scores.

# examples.rs
sweep-examples-title = Effect per example
sweep-examples-reading = Reading the examples.
sweep-examples-bar = { $count ->
    [one] { $from } to { $to }: { $count } example
   *[other] { $from } to { $to }: { $count } examples
}
sweep-examples-wrong = go the wrong way
sweep-examples-mean = mean slope, a unit of the multiplier
sweep-examples-count = examples
sweep-examples-histogram = Histogram of the slopes
sweep-examples-over = Over the multiplier

# export.rs
sweep-export-png = the chart as a picture of twice the size
sweep-export-svg = the chart, its letters as outlines
sweep-export-pdf = the chart for a paper, with its font
sweep-export-csv = the numbers that are shown
sweep-export-json = the numbers that are shown, with all settings
sweep-export-html = a report: chart, settings, hashes, numbers, samples
sweep-export-toml = a plan, with which anybody runs this sweep again, its training included
sweep-export-guard = Guard against spreadsheet formulas: an apostrophe before names that begin with =, +, − or @

# footer.rs
sweep-train-first = Train a vector first
sweep-start = Sweep
sweep-cost-no-text = { $count ->
    [one] { $count } point. No text is generated.
   *[other] { $count } points. No text is generated.
}
sweep-cost = { $count ->
    [one] { $count } point. { $answers } answers of at most { $tokens } tokens are generated; equal ones are made once.
   *[other] { $count } points. { $answers } answers of at most { $tokens } tokens are generated; equal ones are made once.
}
sweep-cost-sent = { $made } All are sent to { $address }: at most about { $read } tokens to read there.
sweep-cost-sent-priced = { $made } All are sent to { $address }: at most about { $read } tokens to read there, about { $price } at your prices.

# form_settings.rs
sweep-fault-no-vector = There is no vector to sweep yet.
sweep-list-of-prompts = Prompts
sweep-fault-no-score = Choose at least one score.
sweep-fault-no-pairs = The data set holds no pairs out: mark some under Data.
sweep-fault-gate = A gate that is decided at the prompt has none in the text of “{ $score }”: decide it at each token, or leave this score out.
sweep-fault-prompts = “{ $typed }” is no number of prompts.

# generation_choice.rs
sweep-tokens = Tokens
sweep-tokens-hint = The most that an answer may take
sweep-limit = Answer the first
sweep-limit-hint = The number of prompts of each set that are answered; empty for all. Preference is measured on every pair.
sweep-generation = Answers and limits
sweep-temperature = Temp.
sweep-temperature-hint = Temperature: 0 takes the likeliest token
sweep-seed-hint = A prompt has the same draws at every multiplier

# goal.rs
sweep-goal-works = Does it work?
sweep-goal-read = Read it
sweep-goal-harm = Harm check
sweep-goal-paper = Like the paper
sweep-goal-custom = Custom
sweep-goal-works-measures = Preference and win rate on held-out pairs, and the perplexity of a neutral text. Quick: no answer is written.
sweep-goal-read-measures = Answers to the held-out prompts at each multiplier, a judge’s rating of each, and how much they repeat themselves.
sweep-goal-harm-measures = Knowledge (40 questions), divergence from the unsteered model, and the preference on data sets that no chosen vector was trained on.
sweep-goal-paper-measures = Judged answers of at most 200 tokens, greedy, from −2 to 2 by 0.5. Each vector is measured on its own data set: a chart for each behaviour, a line for each method.
sweep-goal-custom-measures = Every score, way of prompting, condition and limit, chosen by hand.

# goal_choice.rs
sweep-goal-label = What the sweep is to answer

# heat_map.rs
sweep-score-of-set = { $score }: { $set }
sweep-map-change = Change from the unsteered model at { $multiplier }
sweep-map-score = { $score }, { $unit }
sweep-map-multiplier = Multiplier of { $vector }
sweep-map-gone = a vector that is gone
sweep-map-key-grid = Blue is above the middle of the table, orange below.
sweep-map-key = Blue is better, orange is harm; where neither is, blue is more and orange less. Every column has its own scale.
sweep-map-more = more is better
sweep-map-less = less is better

# judge_choice.rs
sweep-rubric-of-prompts = Answers to your own prompts are judged by the first rubric.
sweep-rubric-level = What { $level } means
sweep-rubric-of = { $set }: { $behavior }
sweep-rubric-chip = Rubric: { $behavior }
sweep-rubric-choice = Rubric for { $set }
sweep-rubric-behavior = How far an answer shows …
sweep-rubric-examples = The pair’s answers are the examples for 4 and 1. Kept with the data set.
sweep-rubric-made = Make it from the behaviour
sweep-judge-sends = Prompt, answer and rubric of every answer go to { $address } ({ $model }), { $count } at a time; what was asked before is not asked again.
sweep-judge-stays = Judged by the model itself, unsteered, by the probabilities of 1, 2, 3 and 4. Nothing leaves this machine.
sweep-judge-address-before = For a judge behind an address, set one where{" "}
sweep-judge-address-drafts = drafts are made
sweep-judge-address-after = .
sweep-judge-local = This model
sweep-judge-remote = Behind an address
sweep-price-hint = For a million tokens, in whatever money you count. Empty or 0 where it costs nothing.
sweep-price-read = Price, read
sweep-price-written = Price, written

# layer_lines.rs
sweep-line-at = at { $multiplier }
sweep-line-of-at = { $line }, at { $multiplier }
sweep-line-imported = Imported
sweep-line-gated = { $method } under a condition
sweep-line-prompted = { $line }, { $way }

# left_panes.rs
sweep-pane-new = New sweep
sweep-list = Sweeps
sweep-pane-list = Sweeps ({ $count })
sweep-panes = Left side

# legend.rs
sweep-legend-other = { $name } (sweep { $sweep })
sweep-legend-toggle = Leaves this curve out, or takes it in again
sweep-legend-mark = The useful range and the examples are of this curve
sweep-legend-mark-of = Useful range and examples of { $name }
sweep-legend-unsteered = unsteered

# mmlu_form.rs
sweep-fault-questions = “{ $typed }” is no number of questions.

# mod.rs
sweep-left = Next sweep and sweeps
sweep-scores = Scores

# multipliers_choice.rs
sweep-multipliers = Multipliers
sweep-multipliers-range = Range
sweep-multipliers-list = List
sweep-multipliers-from = From
sweep-multipliers-to = To
sweep-multipliers-step = Step

# opened.rs
sweep-arm-from-chat = { $name } (Chat)
sweep-opened-remove-one = Take away { $name }
sweep-opened-remove = Take away
sweep-opened = Taken over
sweep-opened-note = Vectors, weights, conditions and prompts as they were. Their multipliers are in the list.

# panel_choice.rs
sweep-panel-choice = Score in the table

# panels.rs
sweep-change-in = change in { $unit }
sweep-note-multiplier = multiplier { $multiplier }
sweep-note-value = { $unit } { $value } ({ $low } to { $high })
sweep-note-count = N = { $count }
sweep-note-count-missing = N = { $count }, { $missing } without a value

# point_examples.rs
sweep-point-title = { $score } of “{ $arm }” at { $multiplier }
sweep-point-reading = Reading the examples at this point.
sweep-point-unread = unread
sweep-point-unsteered = Unsteered
sweep-point-at = At { $multiplier }
sweep-point-against = Against 0
sweep-point-verdict = Verdict
sweep-point-probabilities = Probabilities

# point_table.rs
sweep-point-open = Shows the examples at this point
sweep-point-any = any
sweep-point-no-value = no value
sweep-point-count-unread = { $count } + { $unread } unread
sweep-point-interval = 95 % interval
sweep-point-change-hint = From the unsteered model, over the same items
sweep-point-change = Change
sweep-point-change-interval = 95 % of the change

# prompting_choice.rs
sweep-ways = Prompting baselines
sweep-ways-for = System prompt for the behaviour
sweep-ways-against = System prompt against it
sweep-ways-wanted = Wanted examples before the prompt
sweep-ways-opposite = Opposite examples before the prompt
sweep-ways-examples-hint = Numbers of training pairs of the data set, 0 to 32, each measured by itself: 0 1 2 4 8
sweep-ways-examples = Examples
sweep-ways-seed = Drawn by seed
sweep-ways-seed-hint = Fewer examples are the first of more
sweep-ways-examples-note = Before prompts of your own and before questions stand the first data set’s training pairs.
sweep-ways-with-vectors = Each also with every vector
sweep-ways-others-hint = Each vector is measured under each of them: does it hold under prompts that it was not trained with?
sweep-ways-others = Vectors under other system prompts
sweep-ways-others-placeholder = One system prompt a line
sweep-ways-templates-hint = Each vector is measured with its prompts written as these models were trained to read them
sweep-ways-templates = Vectors under other chat templates

# prompting_form.rs
sweep-fault-examples = Give the numbers of worked examples, such as 0 1 2 4 8.
sweep-fault-examples-odd = { $number } worked examples cannot be shown: give whole numbers from 0 to 32.

# rating.rs
sweep-rate-rated = { $count ->
    [one] { $rated } of { $count } answer rated
   *[other] { $rated } of { $count } answers rated
}
sweep-rate-same = { $rated }; { $same } the same as the judge’s over { $both }
sweep-rate-kappa = { $rated }; over { $both } that were judged too: { $same } the same, weighted κ { $kappa }
sweep-rate-title = Rate blind
sweep-rate-back-hint = Rates the last one again (Backspace)
sweep-rate-reading = Reading the answers.
sweep-rate-done = Every answer of this sweep is rated.
sweep-rate-keys = Keys 1 to 4: 1 shows nothing of the behaviour, 4 shows it strongly. Backspace goes back.

# reading.rs
sweep-reading = { $count ->
    [one] { $multiplier } makes the wanted answers likelier in { $likelier } of { $count } unseen pair
   *[other] { $multiplier } makes the wanted answers likelier in { $likelier } of { $count } unseen pairs
}
sweep-reading-both = { $pairs }; { $text }.
sweep-reading-suffers = above { $multiplier } the text suffers
sweep-reading-stays = the text stays as it is up to { $multiplier }

# results.rs
sweep-tabs = Views of the sweep
sweep-empty-title = No sweep yet
sweep-empty = A sweep adds vectors at several strengths and measures what they do: how far the behaviour moves, and what else changes with it. The settings on the left are good ones to begin with.
sweep-empty-start = Sweep “{ $name }”
sweep-far = { $known } of { $count } points
sweep-go-on = Go on
sweep-go-on-title = Measures the missing points; those that are there stay
sweep-again = Sweep again
sweep-matrix-none = A matrix compares how far several vectors move several scores. This sweep has one vector or one score: sweep two of each, or two vectors as a grid.
sweep-rate-none = You rate answers without knowing where they come from. This sweep has none: sweep with “Read it”, which writes some.
sweep-usage = judge: { $read } tokens read, { $written } written
sweep-usage-priced = judge: { $read } tokens read, { $written } written, { $price } at your prices

# score_choice.rs
sweep-scores-behaviour = behaviour
sweep-scores-side-effects = side effects
sweep-questions = Questions from files
sweep-questions-choice = Multiple choice in MMLU’s CSV format
sweep-questions-choice-hint = Empty for the 40 questions on board. The examples come from dev/NAME_dev.csv beside test/NAME_test.csv, else from the first five rows.
sweep-questions-mmlu = MMLU’s folder, with dev and test
sweep-questions-truthful = TruthfulQA.csv
sweep-questions-truthful-hint = With the columns Question, Best Answer, Correct Answers, Incorrect Answers.
sweep-mmlu-0-shot = MMLU, 0-shot
sweep-mmlu-5-shot = MMLU, 5-shot
sweep-mmlu-groups = Each group of subjects too
sweep-mmlu-limit-hint = The first questions of each of the 57 subjects; empty for all 14,042. The time that a sweep takes is said above its button.
sweep-mmlu-limit = Questions of each subject
sweep-mmlu-limit-all = all
sweep-scores-generates = writes answers (slow)
sweep-questions-path = Path of the file
sweep-questions-path-choose = Choose

# settings_form.rs
sweep-judge = Judge
sweep-own-sets-hint = A chart for each data set with a line for each method, as in the paper’s Figure 1
sweep-own-sets = Each vector only on the data set that it was trained on
sweep-own-prompts = Prompts of your own
sweep-own-prompts-placeholder = One prompt a line
sweep-own-prompts-label = Prompts, one a line

# shown_sweeps.rs
sweep-title-two = { $one }, { $two }
sweep-title-more = { $one }, { $two } and { $count } more

# suffix_choice.rs
sweep-suffixes = Suffixes
sweep-suffixes-note = One a line. Each prompt is measured with each, after a blank. A judge reads the prompt without it.
sweep-suffixes-of-prompts = For prompts of your own
sweep-suffixes-are-measured = Measured with them
sweep-suffixes-of-set = { $count ->
    [one] “{ $name }”: { $count } suffix
   *[other] “{ $name }”: { $count } suffixes
}

# sweep_list.rs
sweep-list-none = Sweeps stand here with what they found, the newest first.
sweep-list-run-file-hint = Runs a sweep again from its exported JSON, or measures the curves of a passport again, with the vectors and data sets of the same content
sweep-list-run-file = Run from a file…
sweep-lay-over-one = Lay { $name } over the chart
sweep-list-name = Name of the sweep
sweep-list-name-placeholder = Name; its curves, if empty
sweep-list-note = Note on the sweep
sweep-list-note-placeholder = Note: what it shows, what was odd
sweep-list-duplicate-hint = Fills the form in with the settings of this sweep
sweep-list-duplicate = Duplicate settings
sweep-list-run-again-hint = Measures everything that this sweep has with its vectors and data sets as they are now; what has not changed is taken from the store
sweep-list-run-again = Run again
sweep-list-delete-hint = Deletes this sweep; Ctrl+Z brings it back
sweep-list-unchanged = Nothing of it has changed since it was measured: this is its result.
sweep-list-far = { $known } of { $count } points, { $state }
sweep-list-result = { $score } { $change } at { $multiplier }
sweep-state-queued = queued
sweep-state-running = running
sweep-state-paused = paused
sweep-state-stopped = stopped
sweep-state-done = done
sweep-state-failed = failed

# useful.rs
sweep-useful-no-behaviour = No score of the behaviour was measured.
sweep-useful-no-perplexity = Perplexity was not measured, so that nothing says where the text suffers.
sweep-useful-nothing-moves = { $score } moves nowhere: the interval of its change holds 0 at every multiplier.
sweep-useful-moves-beyond = { $score } moves only where perplexity is over { $factor } times its unsteered value.

# vector_details.rs
sweep-weight = Weight in the sum
sweep-gated = Acts under a condition
sweep-not-gated = Acts always
sweep-not-capped = Acts as set under Vectors
sweep-capped = Caps at p{ $percentile }
sweep-apart = Separately
sweep-sum = Plus their sum
sweep-grid = Grid
sweep-whole = As it is
sweep-epochs-hint = What the run had come to after each epoch, a curve each
sweep-epochs = Each epoch

# view_state.rs
sweep-axis-norm = Added norm
sweep-axis-divergence = Divergence
sweep-axis-epoch = Epoch
sweep-axis-title-multiplier = multiplier
sweep-axis-title-norm = norm of what is added, with the multiplier’s sign
sweep-axis-title-divergence = KL from the unsteered model, nats a token, with the multiplier’s sign
sweep-axis-title-layer = layer
sweep-axis-title-epoch = epoch
sweep-tab-chart = Chart
sweep-tab-answers = Answers
sweep-tab-matrix = Matrix
sweep-tab-examples = Per example
sweep-tab-rate = Rate

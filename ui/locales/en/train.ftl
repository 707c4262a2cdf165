# The texts of the Train screen: the settings of a run, its curves, and the analyses of layers, epochs and pairs.

# Shared by several views
train-held-out = Held-out
train-margin-after = {" "}margin
train-nats = nats
train-runs = Runs
train-rate = Rate
train-at-plus = At +1
train-at-minus = At −1
train-key-at-plus = at +1
train-key-at-minus = at −1
train-gap = Gap
train-axis-step = step
train-axis-epoch = epoch
train-axis-layer = layer
train-axis-loss = loss, nats
train-axis-moved = training margin, nats
train-axis-margin = margin, nats
train-note-step = step { $step }
train-note-layer = layer { $layer }
train-note-margin = margin { $margin } nats
train-go-to-run = Go to the run
train-acts-on = Applied to

# adapter_choice.rs
train-adapter-numbers = { $numbers } numbers
train-rank = Rank
train-rank-hint = Rows of A, columns of B
train-alpha = Alpha
train-alpha-hint = The product counts alpha / rank times
train-adapter-note = There is no layer to choose: it adds multiplier × alpha / rank × B A to the query and value weights of every block, at every token.

# advanced_settings.rs
train-epochs = Epochs
train-epochs-hint = How often every pair is seen
train-rate-hint = Peak learning rate
train-more = More settings
train-beta = Beta
train-beta-hint = Strength of the preference term; 0.1 on sums, 1 to 2 on means
train-batch = Pairs in a step
train-batch-hint = The paper takes 4
train-warmup = Warm-up steps
train-warmup-hint = The rate rises from zero over these
train-schedule = Schedule
train-schedule-hint = How the rate goes after the warm-up; the paper takes the cosine
train-schedule-cosine = Cosine
train-schedule-linear = Linear
train-schedule-constant = Constant
train-decay = Weight decay
train-decay-hint = The paper states 0.05; its program uses 0
train-clip = Gradient clipped at
train-clip-hint = A longer gradient is shortened to this norm
train-position = Read at
train-position-hint = Which of an answer’s tokens count
train-position-mean = The mean of all tokens
train-position-last = The last token
train-acts-on-hint = Tokens that get the vector while it is trained and measured; kept with it
train-seed-hint = Order of the pairs, signs, letters, factors
train-system-hint = Stands over every prompt; kept with the vector. Empty for none.
train-factors = Factors
train-factors-hint = Multipliers that RePS trains at: one is drawn for each pair of a step.
train-factors-not-over-zero = Every factor must be over 0
train-weights = Weights
train-weights-stored = As stored
train-weights-full = Unpacked, 32 bits
train-weights-bf16 = As stored, products in bf16
train-weights-hint = Same numbers; unpacked takes more memory
train-weights-hint-bf16 = bf16 is faster and rounds; unpacked takes more memory

# compare.rs
train-compare-none = Two runs side by side
train-compare-none-note = Train a second run, with one setting changed, and see here what that did.
train-compare-first = First run
train-compare-second = Second run
train-compare-loss = Loss, smoothed
train-compare-loss-label = Smoothed loss of both runs by step
train-compare-margin-label = Held-out margin of both runs by epoch
train-compare-setting = Setting
train-rank-and-alpha = Rank and alpha
train-rank-and-alpha-value = { $rank } and { $alpha }
train-schedule-name-cosine = cosine
train-schedule-name-linear = linear
train-schedule-name-constant = constant
train-compare-margin-plus = Held-out margin at +1
train-compare-margin-minus = Held-out margin at −1
train-compare-range = From −1 to +1
train-compare-right-way = Unseen pairs steered correctly
train-compare-time = Time in steps

# costs.rs
train-costs = What the runs took
train-cost-run = Run
train-cost-trained = Trained numbers
train-cost-share = Of the model’s
train-cost-preparing = Before the first step
train-cost-stepping = In steps
train-held-out-pairs = Held-out pairs
train-cost-total = Together
train-cost-memory = Most memory
train-costs-note = Before the first step the pairs are encoded and read once without a vector. Memory is that of the whole program, with the model and this window; energy is not measured. Methods without steps train no numbers: they read as many off the activations.
train-costs-file = Costs
train-costs-export = Export the table
train-costs-export-file = File (CSV)

# curves.rs
train-curve-right-way = Pairs moved the right way
train-curve-gradient-norm = Norm of the gradient
train-norm-of-trained = Norm of what is trained
train-curve-speed = Tokens per second
train-unit-right-way = share of a step’s pairs
train-unit-gradient-norm = norm before clipping
train-unit-norm = norm
train-unit-rate = rate
train-unit-speed = tokens/s
train-awaited-loss = The loss of each step appears here, by the sign of its batch.
train-awaited-moved = How far each step’s pairs move the way its sign pushes appears here.
train-awaited-number = A number of each step appears here.
train-awaited-margin = The effect on the held-out pairs appears here after each epoch.
train-note-step-sign = step { $step }, d = { $sign }
train-note-epoch = epoch { $epoch }

# epochs.rs
train-epochs-of = Epochs of { $run }
train-epochs-multipliers = Multipliers
train-epochs-measure = Measure the epochs
train-epochs-note = The vector of every epoch is kept. Later is not always better: measure them all on the held-out pairs and take the one that does most at the strength you will use. The paper’s authors picked epochs 5, 10 and 20 of 100 by hand.
train-epochs-none = No epoch yet
train-epochs-none-note = Vectors are kept from the end of a run’s first epoch on. Methods without steps have none.
train-epochs-score-after = {" "}score,{" "}
train-epochs-above = above the plain model
train-epochs-below = below
train-epochs-click = Click a cell to choose its epoch.
train-epochs-axis-multiplier = multiplier
train-epochs-chart-label = Held-out score by epoch and multiplier; the table below has the numbers
train-epochs-chosen = Epoch { $epoch }, multiplier { $multiplier }
train-epochs-make-of = Make a vector of epoch { $epoch }
train-epochs-in-vectors = In Vectors
train-epochs-make = Make a vector

# estimate.rs
train-estimate-tight = Only { $memory } are free: the machine may become slow.
train-estimate-extract = Needs { $memory }.
train-estimate-extract-time = Needs { $memory }, about { $time }.
train-estimate-steps = { $count ->
    [one] { $count } step, needs { $memory }.
   *[other] { $count } steps, needs { $memory }.
}
train-estimate-steps-time = { $count ->
    [one] { $count } step, needs { $memory }, about { $time }.
   *[other] { $count } steps, needs { $memory }, about { $time }.
}

# export_plan.rs
train-plan = Export as a plan
train-plan-note = One file with the pairs and all settings, with which anybody trains this vector again: tiller-cli run --plan FILE

# intervention.rs
train-where-it-acts = Where it is applied
train-acts-makes-adapter = The method in the settings trains an adapter, which acts on every token.
train-acts-no-vector = Once there is a vector, what it does is set here, and its strength measured.
train-acts-is-adapter = The vector in use is an adapter: it adds to the weights of every block at every token, so there is nothing to choose.
train-acts-counts = { $tokens ->
    [one] { $steered } of { $tokens } token get the vector; { $scored } are scored.
   *[other] { $steered } of { $tokens } tokens get the vector; { $scored } are scored.
}
train-acts-in-training = In training
train-acts-in-training-hint = Chosen in the settings; kept with the vector
train-acts-preview = The first pair of the data set with its wanted answer, as the model reads it: chat template, system prompt and all.{" "}
train-acts-underlined = Underlined
train-acts-underlined-after = {" "}tokens get the vector,{" "}
train-acts-shaded = shaded
train-acts-shaded-after = {" "}ones are scored, special ones are grey.
train-acts-first-scored = the first token that is scored
train-acts-vector-heading = A vector from now on
train-acts-vector-on-hint = In Chat and in new sweeps
train-acts-op = What it does
train-acts-op-hint = Add: multiplier times vector. Project out: its direction goes. Cap: what lies too far along it goes.
train-acts-add = Add
train-acts-project-out = Project out
train-acts-cap = Cap the projection
train-acts-cap-at = Cap
train-acts-cap-at-hint = The largest projection that is left
train-strength = How strong it is
train-strength-measure = Measure
train-strength-note = A multiplier is in units of the vector’s own norm, so +1 means something else for every vector. What compares: the added norm against the residual stream’s at that layer, and how far the model’s predictions move (KL from the unsteered model, mean over the held-out answers’ tokens).
train-strength-added-norm = Added norm
train-strength-of-the = {" "}of the{" "}
train-strength-residual = residual
train-strength-kl-unit = ,{" "}
train-strength-per-token = {" "}a token

# layer_choice.rs
train-layer-of = { $layer } (0–{ $last })
train-layers-of = { $count ->
    [one] { $count } layer (0–{ $last })
   *[other] { $count } layers (0–{ $last })
}
train-layer-note = Added to the output of this layer.
train-layer-one = One layer
train-layer-several = Several
train-layer-unknown = “{ $part }” is no layer from 0 to { $last }
train-layer-missing = Give at least one layer

# layer_effects.rs
train-effects = Layers compared
train-effects-compare = Compare all layers
train-effects-note = Extracts a vector at every layer, adds it at { $share } of the residual stream’s norm there, and measures how far the first held-out pairs move. Needs no training.
train-effects-by-layer = {" "}by layer
train-effects-key-added = added
train-effects-key-taken-off = taken off
train-effects-added = Added
train-effects-taken-off = Taken off
train-effects-chart-label = Held-out margin by layer; the table below has the numbers
train-effects-best = Layer { $layer } moves the held-out pairs most: { $gap } nats from one sign to the other.
train-effects-use = Use it
train-effects-numbers = Numbers
train-effects-norm = Norm of the vector
train-effects-residual = Residual
train-effects-residual-norm = {" "}norm

# layer_search.rs
train-search-note = Trains every pair of a layer and a rate for a few steps with the settings on the left, keeps the half that moves the held-out pairs furthest, trains it for twice as many, and so on (successive halving).
train-search-no-layers = An adapter acts in every block: there are no layers to search.
train-search-no-steps = The method in the settings has no steps to search over.
train-search-rate-not-over-zero = Every rate must be over 0
train-search-layers-hint = Numbers and ranges, such as 6, 10-12
train-search-rates = Rates
train-search-rates-hint = Peak learning rates
train-search-budget = Budget
train-search-budget-hint = Optimizer steps in all
train-search-use = Use both
train-search-round = Round
train-search-outcome = Outcome
train-search-came-apart = came apart
train-search-goes-on = goes on
train-search-out = out
train-search-proposal = { $count ->
    [one] Layer { $layer } at rate { $rate }: after { $count } step it moves the held-out pairs by { $gap } nats from −1 to +1.
   *[other] Layer { $layer } at rate { $rate }: after { $count } steps it moves the held-out pairs by { $gap } nats from −1 to +1.
}
train-search-proposal-next = { $count ->
    [one] Layer { $layer } at rate { $rate }: after { $count } step it moves the held-out pairs by { $gap } nats from −1 to +1, { $more } more than layer { $next_layer } at { $next_rate }.
   *[other] Layer { $layer } at rate { $rate }: after { $count } steps it moves the held-out pairs by { $gap } nats from −1 to +1, { $more } more than layer { $next_layer } at { $next_rate }.
}

# left_panes.rs
train-pane-new = New run
train-pane-list = Runs ({ $count })
train-panes = Left side

# method_choice.rs
train-method-change = Change
train-method-change-from = Change the method: now { $method }
train-method-trained = Trained by gradient
train-method-extracted = Extracted in seconds, without training
train-method-bipo = Learns one direction from both signs. Best quality; takes minutes.
train-method-bipo-both = The same with both signs in every batch: less noise, twice the time.
train-method-bipo-uni = The same at +1 only: the paper’s ablation.
train-method-bipo-normed = BiPO on the mean log-probability of a token, so that long answers do not outweigh short ones.
train-method-reps = Wu et al. 2025: no reference model; trains at several strengths, and to suppress when v is taken out.
train-method-dpo-lora = Rafailov et al. 2023: no vector, but an adapter on queries and values of every block: the paper’s comparison.
train-method-caa = Rimsky et al. 2024: mean activation difference at the letter of an A/B question.
train-method-freeform = Mean activation difference over the answers’ tokens.
train-method-pca = As repeng: first principal component of the differences at the last token; of norm 1.

# mod.rs
train-left-label = Settings and runs

# overlay.rs
train-run-at-plus = { $run }, at +1
train-run-at-minus = { $run }, at −1

# run.rs
train-no-run = No run yet
train-no-run-note = A run trains one steering vector. Its loss and its effect on the held-out pairs grow here while it works. The settings on the left are good ones to begin with.
train-no-run-start = Train with these settings
train-run-extracted = This method reads the vector off the activations of the pairs, in one pass. It makes no steps, so that there are no curves.
train-loss-label = Loss by step and sign; the table below has the numbers
train-d-margin = Training margin (both signs)
train-moved-label = How far each step's pairs moved the way d pushes, by sign; the table below has the numbers
train-margin-label = Held-out margin by epoch at multipliers +1 and -1; the table below has the numbers
train-curve = Curve
train-other-label = Another number by step; the table below has the numbers
train-smoothing = Smoothing
train-smoothing-title = The share of the last value that the line keeps at every step; at the left end it is not smoothed
train-raw = Raw
train-log-axis = Log axis
train-state-queued = queued
train-state-running = running
train-state-paused = paused
train-state-stopped = stopped, kept
train-state-done = done
train-state-failed = failed
train-steps-of = { $done } of { $total }
train-figure-steps = steps
train-figure-loss = loss of the last step
train-figure-margin = effect on unseen pairs (nats)
train-figure-right-way = unseen pairs steered correctly
train-figure-norm-weights = norm added to the weights
train-figure-norm-weights-share = norm added to the weights, { $share } of the residual stream
train-figure-norm = norm of the vector
train-figure-norm-share = norm of the vector, { $share } of the residual stream
train-figure-speed = tokens per second
train-figure-left = left

# run_list.rs
train-order-newest = Newest first
train-order-result = Largest effect first
train-order-minutes = Quickest first
train-sort = Sort
train-waiting-title = Train adds another
train-waiting = { $count ->
    [one] { $count } run in the queue
   *[other] { $count } runs in the queue
}
train-list-none = Runs stand here with their method, layer, result and time.
train-overlay-title = Lay the curves of this run over those of the shown one
train-overlay-label = Lay { $run } over the charts
train-run-name = Name of the run
train-repeat = Again with changes
train-repeat-title = Fills the form in with the settings of this run
train-delete-title = Deletes this run with its curves; its vectors stay, and Ctrl+Z brings it back
train-what-layer = { $method }, layer { $layers }
train-what-layers = { $method }, layers { $layers }
train-what-adapter = { $method }, layers all
train-effect = effect { $effect } nats

# settings_form.rs
train-name-optional = optional
train-name-placeholder = from the settings
train-start = Train
train-start-extract = Extract
train-missing-set = The settings are here as soon as there is a data set: import pairs on Data.
train-missing-model = The settings are here as soon as a model is loaded.
train-set-line = { $name } ({ $pairs })
train-settings-kept = Your settings are kept.{" "}
train-use-set = Use this set’s settings
train-use-set-title = Takes the measured defaults for this data set
train-start-from = Start from
train-preset-small = Small models: measured defaults
train-preset-paper = Cao et al. 2024: as published, for 7B
train-settings-of = Settings of “{ $run }”

# steerability.rs
train-steerability-measured = Measured with trained vectors: agreement tells data sets apart. The starter sets agree by 0.33, 0.40 and 0.68, and their vectors moved the held-out pairs by 4.1, 9.4 and 18.2 nats. It does not tell layers apart: late layers agree more and do less. So layers are compared by what vectors do there.
train-verdict-yes = Yes: these pairs point the same way. Expect a clear effect.
train-verdict-probably = Probably: most of these pairs point the same way. Expect an effect that is easy to see.
train-verdict-weakly = Weakly: these pairs point the same way only in part. Expect a small effect, and more from clearer answers.
train-verdict-hardly = Hardly: these pairs do not point the same way. Make the two answers of each pair differ in the behaviour alone.
train-steerability-found = Agreement { $agreement }, the mean over { $layers } layers; { $count ->
    [0] no pair points against the others
    [one] { $count } pair points against the others
   *[other] { $count } pairs point against the others
}.
train-steerability-found-many = Agreement { $agreement }, the mean over { $layers } layers; at least { $count } pairs point against the others.
train-will-it-steer = Will it steer?
train-steerability-start = Look at the pairs
train-steerability-note = Reads the training pairs through the model once, in seconds, and trains nothing. A vector has more effect where the pairs’ activation differences point the same way (agreement) and wanted and opposite answers lie apart along their mean (separation) – Braun et al. 2025.
train-agreement = Agreement
train-agreement-what = mean cosine with the mean difference
train-agreement-axis = mean cosine
train-agreement-label = Agreement by layer; the table has the numbers
train-separation = Separation
train-separation-what = along the mean difference
train-separation-axis = standard deviations
train-separation-label = Separation by layer; the table has the numbers
train-odd-pairs = Weak or contrary pairs
train-odd-pair = Pair
train-odd-meaning = What that means
train-odd-contrary = points against the others: are its answers swapped?
train-odd-weak = hardly points anywhere
train-numbers-by-layer = Numbers by layer
train-right-side = Pairs on their side
train-mean-difference-of = Mean difference of the{" "}
train-mean-difference-residual = residual
train-no-best-layer = No layer is called the best by these numbers. To see what vectors do at each, compare them under{" "}
train-no-best-layer-end = .

# tab.rs
train-tab-run = Run
train-tab-epochs = Epochs
train-tab-compare = Compare

# tables.rs
train-table-step = Step
train-table-margin-plus = Margin at +1
train-table-margin-minus = Margin at −1
train-table-right-way = Right way
train-table-steps = Steps
train-table-gradient-norm = Gradient norm
train-table-vector-norm = Vector norm

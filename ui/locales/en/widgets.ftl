# Fields, notes and forms that several screens share, the marks around an answer's text, and the words for methods and numbers.

# widgets/analysis.rs
widgets-analysis-queued = Waits for its turn.
widgets-analysis-begins = It begins.
widgets-analysis-paused = Paused; it goes on where it was.
widgets-analysis-stopped = Stopped; what was found is kept.
widgets-analysis-stale = The pairs or the model have changed since: ask again for what holds now.

# widgets/ask_first.rs
widgets-cannot-be-undone = { $lost } This cannot be undone.

# widgets/caps_form.rs
widgets-caps-what = What the vector does
widgets-caps-off = As set under Vectors
widgets-caps-on = Caps its projection
widgets-caps-measuring = Reads the quiet text …
widgets-caps-percentile = Percentile
widgets-caps-percentile-hint = of the quiet text’s projections, at each layer
widgets-caps-quiet-text = Quiet text
widgets-caps-neutral-text = The neutral text on board
widgets-caps-prompts-of = Prompts of { $name }
widgets-caps-side = Which side is kept
widgets-caps-at-most = At most
widgets-caps-at-least = At least
widgets-caps-uncapped = The vector acts as it is set under Vectors.
widgets-caps-stays-at-most = The projection stays at most at p{ $percentile } of { $over }: { $thresholds }. What lies beyond is taken away, as large a share of it as the multiplier says; other tokens are the plain model’s.
widgets-caps-stays-at-least = The projection stays at least at p{ $percentile } of { $over }: { $thresholds }. What lacks is added, as large a share of it as the multiplier says; other tokens are the plain model’s.

# widgets/field_faults.rs
widgets-fault = { $label }: { $fault }.

# widgets/long_text.rs
widgets-part = { $from } to { $to } % of { $size } kB; a field with the whole text would be slow.
widgets-part-earlier = Earlier part
widgets-part-later = Later part

# widgets/number_field.rs
widgets-is-empty = it is empty
widgets-no-number = “{ $text }” is not a number
widgets-over = it must be over { $least }
widgets-at-least = it must be at least { $least }
widgets-at-most = it must be at most { $most }
widgets-between = it must be between { $least } and { $most }
widgets-whole-number = it must be a whole number

# widgets/vector_choice.rs
widgets-no-vector = No vector yet

# widgets/vector_note.rs
widgets-vector-adds = +1 adds { $share } of the residual stream’s norm
widgets-vector-moves = KL { $nats } nats a token

# widgets/vector_sum_note.rs
widgets-vectors-conflict = “{ $one }” and “{ $other }” pull against each other at layer { $layer }: cosine { $cosine }.
widgets-vectors-sum = Combined norm { $norm } at layer { $layer }.
widgets-vectors-sum-share = Combined norm { $norm } at layer { $layer } ({ $share } of the residual stream).

# widgets/gate/form.rs
widgets-gate-where = Where the vector acts
widgets-gate-always = Acts always
widgets-gate-only-where = Acts only where…
widgets-gate-choose-threshold = Choose the threshold on data
widgets-gate-too-late = { $layer }, too late
widgets-gate-layer-hint = not after the vector’s own
widgets-gate-threshold = Threshold
widgets-gate-threshold-hint = in units of the residual stream
widgets-gate-width = Width
widgets-gate-width-hint = from a quarter to three quarters in 2.2 widths
widgets-gate-how = How it opens
widgets-gate-hard = Hard
widgets-gate-soft = Soft
widgets-gate-when = When it is decided
widgets-gate-at-token = At each token
widgets-gate-at-prompt = At the prompt
widgets-gate-gone = { $name } (not in the library)
widgets-gate-vector = Gate by the vector
widgets-gate-vector-hint = the same one or another

# widgets/gate/histogram.rs
widgets-gate-drag = Drag the line, or move it by the arrow keys; Shift moves it finely.

# widgets/gate/threshold.rs
widgets-gate-should-open = Should open it
widgets-gate-should-not = Should not
widgets-gate-choose-data-set = Choose a data set
widgets-gate-measure = Measure their prompts
widgets-gate-open-rate = Should open: { $rate }
widgets-gate-shut-rate = Should stay shut: { $rate }
widgets-gate-rates = { $open }. { $shut }
widgets-gate-rate = { $count ->
    [one] { $over } of { $count } prompt over it, { $share } (95 % interval { $low } to { $high })
   *[other] { $over } of { $count } prompts over it, { $share } (95 % interval { $low } to { $high })
}

# widgets/gate/words.rs
widgets-gate-words-always = The vector acts at every token.
widgets-gate-words-hard-token = At each token: the vector acts where the projection of the residual stream after block { $block } on “{ $name }” is over { $above }, and elsewhere the model is the plain one.
widgets-gate-words-hard-prompt = Decided once, at the prompt’s last token, for the whole answer: the vector acts if the projection of the residual stream after block { $block } on “{ $name }” is over { $above }; if not, the model is the plain one.
widgets-gate-words-soft-token = At each token: the vector acts the more, the larger the projection of the residual stream after block { $block } on “{ $name }” is: half at { $above }, a quarter at { $quarter }, three quarters at { $three }.
widgets-gate-words-soft-prompt = Decided once, at the prompt’s last token, for the whole answer: the vector acts the more, the larger the projection of the residual stream after block { $block } on “{ $name }” is: half at { $above }, a quarter at { $quarter }, three quarters at { $three }.

# widgets/markdown/code_block.rs
widgets-code = Code
widgets-code-in = Code, { $language }
widgets-copy-named = Copy: { $name }
widgets-code-copy = Copy the code
widgets-code-select = Select it, Ctrl+C

# widgets/markdown/link.rs
widgets-link-copy = Copy the address { $address }
widgets-link-copied = copied
widgets-link-select = select the address and press Ctrl+C

# widgets/markdown/view.rs
widgets-table = Table
widgets-picture = Picture:
widgets-task-done = Done
widgets-task-open = Not done

# widgets/markdown/mod.rs
widgets-thinking = Thinking
widgets-thinking-length = { $count ->
    [one] { $letters } character
   *[other] { $letters } characters
}
widgets-thinking-so-far = so far { $length }

# format/typed.rs
widgets-multipliers-none = Give at least one multiplier
widgets-range-step = The step must be over 0
widgets-range-ends = “To” is below “From”
widgets-range-many = That is more than 100 multipliers

# format/vectors.rs
widgets-method-bipo-both = BiPO, both signs
widgets-method-bipo-uni = BiPO, one-sided
widgets-method-bipo-normed = BiPO, length-normalised
widgets-method-freeform = Freeform
widgets-method-dpo-lora = DPO with LoRA
widgets-made-by-sum = Sum
widgets-made-by-distilling = Distilled
widgets-made-by-import = Imported
widgets-positions-everywhere = Every token (BiPO)
widgets-positions-prompt-end = From the prompt’s end (CAA)
widgets-positions-answer = The answer only
widgets-on-everywhere = every token (BiPO)
widgets-on-prompt-end = from the prompt’s end (CAA)
widgets-on-answer = the answer only
widgets-mismatch-add = “{ $name }” was trained to be added on { $trained }, and now is added on { $now }: scores of before do not hold.
widgets-mismatch-project-out = “{ $name }” was trained to be added on { $trained }, and now is projected out on { $now }: scores of before do not hold.
widgets-mismatch-cap = “{ $name }” was trained to be added on { $trained }, and now caps the projection on { $now }: scores of before do not hold.

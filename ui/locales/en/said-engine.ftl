# Sentences of the engine (the library `vectors` and its types) that the page shows: the English as the program writes it.

# vectors/src/adapter.rs
said-an-adapter-of-rank-0-has = an adapter of rank 0 has no numbers
said-an-adapter-of-rank-has-numbers = an adapter of rank { $rank } has { $expected } numbers here, not { $found }

# vectors/src/bake/architecture.rs
said-a-norm-stands-between-its-feed = a norm stands between its feed-forward part and the residual stream, so that no bias there adds a constant
said-llama-cpp-reads-no-bias-of = llama.cpp reads no bias of its feed-forward part
said-transformers-reads-no-bias-of-its = transformers reads no bias of its feed-forward part (mlp_bias)

# vectors/src/bake/error.rs
said-cannot-be-baked-instead-give-llama = { $architecture } cannot be baked: { $why }. Instead, give llama.cpp the vector itself as a GGUF file (--control-vector), distil it into an adapter (tiller-cli distil), or steer in Tiller
said-which-acts-only-where-a-gate = { $name }, which acts only where a gate is open, cannot be baked: a bias of the weights acts at every token alike. Instead, { $instead }
said-which-caps-a-projection-cannot-be = { $name }, which caps a projection, cannot be baked: a bias of the weights acts at every token alike. Instead, { $instead }
said-which-acts-from-the-prompt-last = { $name }, which acts from the prompt's last token on, cannot be baked: a bias of the weights acts at every token alike. Instead, { $instead }
said-which-acts-at-the-tokens-of = { $name }, which acts at the tokens of the answer alone, cannot be baked: a bias of the weights acts at every token alike. Instead, { $instead }
said-cannot-be-baked-a-bias-of = { $what } cannot be baked: a bias of the weights acts at every token alike. Instead, { $instead }
said-an-adapter-is-not-baked-here = an adapter is not baked here: llama.cpp reads it as a LoRA (tiller-cli adapter export writes its file), and peft merges it with merge_and_unload()
said-does-not-fit-the-model = { $what } does not fit the model: { $detail }
said-there-is-no-vector-to-bake = there is no vector to bake
said-the-model-is-split-into-several = the model is split into several GGUF files: join them first with llama.cpp's llama-gguf-split --merge
said-is-stored-as-which-is-not = the tensor { $name } is stored as { $format }, which is not written here: take the model in F32, F16, BF16 or Q8_0
said-would-have-a-number-that-cannot = { $name } would have a number that { $format } cannot hold: take a smaller multiplier
said-the-folder-cannot-be-baked = the folder cannot be baked: { $detail }
said-is-the-model-itself-choose-another = { $path } is the model itself: choose another name
said-is-there-already = { $path } is there already
said-there-is-no-folder = there is no folder { $path }
said-would-be-written-and-are-free = { $needed } MB would be written, and { $free } MB are free there: free some space, or choose another disk
said-it-cannot-be-written-nothing-was = it cannot be written: { $error }. Nothing was left behind

# vectors/src/bake/folder.rs
said-its-weights-have-biases-of-the = its weights have biases of the feed-forward part that config.json switches off (mlp_bias)
said-is-no-plain-json = { $name } is no plain JSON: { $error }
said-the-header-of-is-no-json = the header of { $name } is no JSON: { $error }

# vectors/src/bake/numbers.rs
said-a-row-of-numbers-is-not = a row of { $width } numbers is not made of whole blocks

# vectors/src/bake/project_out.rs
said-a-vector-of-zeros-has-no = a vector of zeros has no direction that could be taken out
said-only-one-direction-can-be-taken = only one direction can be taken out of the weights, and nothing be added with it: give one vector, and one of its layers with --layer

# vectors/src/bake/recipe.rs
said-the-multiplier-is-0-nothing-is = The multiplier is 0: nothing is added, and nothing taken out.
said-block-has-a-bias-already-the = Block { $block } has a bias already ({ $format }): the vector is added to it.
said-the-model-multiplies-what-a-block = The model multiplies what a block adds by { $scale }: the biases are the vector divided by it, rounded to f32.
said-the-folder-weights-are-and-so = The folder's weights are { $format }, and so are the biases: the vector's numbers are rounded to it.
said-the-direction-is-taken-out-of = The direction is taken out of the embedding ({ $embedding }) and of what every block writes ({ $blocks }), which are rounded to their formats again. This is not what steering after one block computes.
said-it-has-numbers-and-the-residual = it has { $found } numbers, and the residual stream { $size }
said-it-acts-after-block-and-the = it acts after block { $layer }, and the last is { $last }
said-steer-in-tiller-or-bake-it = steer in Tiller, or bake it without its gate
said-steer-in-tiller-or-train-a = steer in Tiller, or train a vector that is added, whose strength is a number
said-steer-in-tiller-or-make-a = steer in Tiller, or make a copy of the vector that acts at every token and measure it

# vectors/src/device
said-the-head-is-not-loaded = the head is not loaded
said-cpu-cuda-cuda-1-metal-and = cpu, cuda, cuda:1, metal and candle are known

# vectors/src/distil
said-there-are-no-prompts-and-texts = there are no prompts and texts to distil from
said-nothing-steers-the-model-the-adapter = nothing steers the model: the adapter would add nothing
said-is-and-it-must-be = { $name } is { $value }, and it must be { $rule }
said-the-numbers-are-not-finite-at = the numbers are not finite at step { $step }: the learning rate is probably too high
said-the-numbers-are-not-finite-at-step-sample = the numbers are not finite at step { $step }, training sample { $sample }: the learning rate is probably too high
said-there-is-no-training-sample = there is no training sample { $index }: the run has { $samples }, counted from 0
said-all-steps-are-done = all { $total } steps are done
said-samples-in-a-step = samples in a step
said-the-list-of-projections = the list of projections
said-at-least-one-projection = at least one projection
said-empty-value = empty
said-setting-steps = steps

# crates/steering-types/src/settings_error.rs
said-is-it-must-be = { $name } is { $value }: it must be { $rule }
said-setting-layers = the layers
said-setting-epochs = epochs
said-pairs-in-a-step = pairs in a step
said-the-learning-rate = the learning rate
said-the-clipping-norm = the clipping norm
said-setting-rank = the rank
said-setting-factors = the factors
said-the-weight-decay = the weight decay
said-at-least-one-block-in-ascending = at least one block, in ascending order, none twice
said-rule-at-least-one = at least 1
said-a-number-over-0 = a number over 0
said-rule-rank = 1 to 1024
said-at-least-one-number-over-0 = at least one number over 0, and no other
said-rule-zero-or-more = 0 or more
said-alpha-is-and-it-must-be = alpha is { $value }, and it must be { $rule }
said-steps-is-and-it-must-be = steps is { $value }, and it must be { $rule }
said-the-list-of-projections-is-empty = the list of projections is empty, and it must be at least one projection
said-alpha-is-it-must-be = alpha is { $value }: it must be { $rule }
said-beta-is-it-must-be = beta is { $value }: it must be { $rule }

# crates/steering-types/src/projection.rs
said-is-no-projection-q-proj-k = { $name } is no projection: q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj and down_proj are, and all-linear is all of them

# crates/steering-types/src/token_kind.rs
said-token-normal = normal
said-token-unknown = unknown
said-token-control = control
said-token-user-defined = user-defined
said-token-unused = unused
said-token-byte = byte

# crates/steering-types/src/caps.rs
said-capped-at-p-of = capped at p{ $percentile } of { $over }
said-kept-at-least-at-p-of = kept at least at p{ $percentile } of { $over }

# vectors/src/files/adapter/config.rs
said-an-adapter-that-acts-from-certain = an adapter that acts from certain words on
said-a-choice-between-several-adapters-at = a choice between several adapters at every token
said-parts-of-one-matrix-for-several = parts of one matrix for several projections
said-transposed-weights = transposed weights
said-base-weights-without-their-smallest-singular = base weights without their smallest singular values
said-a-model-with-repeated-layers = a model with repeated layers
said-biases-besides-the-matrices = biases besides the matrices
said-megatron-layers = Megatron's layers
said-whole-trained-modules-besides-the-matrices = whole trained modules besides the matrices
said-matrices-that-are-sampled = matrices that are sampled
said-matrices-on-parameters-that-are-no = matrices on parameters that are no linear module
said-trained-embeddings-of-tokens = trained embeddings of tokens
said-block-diagonal-matrices = block-diagonal matrices
said-dora-magnitudes-besides-the-matrices = DoRA's magnitudes besides the matrices
said-inputs-that-are-averaged-in-groups = inputs that are averaged in groups
said-has-no-peft-type-it-is = { $file } has no peft_type: it is not peft's, or it is cut off
said-has-no-lora-alpha = { $file } has no lora_alpha
said-has-expressions-as-patterns-more-than = { $file } has { $count } expressions as patterns, more than { $most }
said-has-keys-that-tiller-does-not = { $file } has keys that Tiller does not know, with empty values: { $keys }.
said-says-which-may-change-the-base = { $file } says { $key } = { $value }: which may change the base weights, and Tiller knows those that do not: { $known }
said-says-where-tiller-reads = { $file } says { $key } = { $value }: where Tiller reads { $known }
said-says-which-tiller-does-not-compute = { $file } says { $key } = { $value }: { $what }, which Tiller does not compute
said-says-which-tiller-does-not-know = { $file } says { $key } = { $value }: which Tiller does not know, so that it may change what is computed
said-true-false-gaussian-eva-orthogonal-or = true, false, "gaussian", "eva", "orthogonal" or "mica"
said-in-it-is-no-mapping-from = { $key } in { $file }: it is no mapping from names to numbers
said-in-it-is-neither-a-layer = { $key } in { $file }: it is neither a layer nor a list of layers
said-in-it-is-neither-a-name = { $key } in { $file }: it is neither a name nor a list of names
said-in-it-is-no-list-of = { $key } in { $file }: it is no list of names
said-in-it-is-neither-a-list = { $key } in { $file }: it is neither a list of names nor an expression
said-in-is-no-rank = { $key } in { $file }: { $value } is no rank
said-in-is-no-alpha-which-is = { $key } in { $file }: { $value } is no alpha, which is a number over 0
said-in-is-neither-true-nor-false = { $key } in { $file }: { $value } is neither true nor false
said-in-the-pattern-is-too-long = { $key } in { $file }: the pattern { $pattern } is too long
said-in-the-pattern-has-which-python = { $key } in { $file }: the pattern { $pattern } has { $part }, which Python reads in another way than Tiller does
said-in-the-pattern-is-no-expression = { $key } in { $file }: the pattern { $pattern } is no expression that can be matched: { $error }
said-in-the-pattern-cannot-be-matched = { $key } in { $file }: the pattern { $pattern } cannot be matched: { $error }

# vectors/src/files/adapter/pattern.rs
said-the-pattern-is-too-long = the pattern { $pattern } is too long
said-the-pattern-has-which-python-reads = the pattern { $pattern } has { $part }, which Python reads in another way than Tiller does
said-the-pattern-is-no-expression-that = the pattern { $pattern } is no expression that can be matched: { $error }
said-the-pattern-cannot-be-matched = the pattern { $pattern } cannot be matched: { $error }
said-the-pattern-cannot-be-matched-2 = { $file }: the pattern { $pattern } cannot be matched: { $error }

# vectors/src/files/adapter/gguf
said-a-gguf-adapter = a GGUF adapter
said-in-its-header = in its header
said-its-header = its header
said-its-beginning = its beginning
said-its-table-of-contents = its table of contents
said-its-pickle = its pickle
said-at-byte = at byte { $byte }
said-is-no-matrix-of-a-low = { $name } is no matrix of a low-rank pair
said-is-there-twice = { $name } is there twice
said-is-no-matrix-of-the-model = { $name } is no matrix of the model's blocks
said-its-is-not = its { $key } is { $value }, not { $expected }
said-its-adapter-lora-alpha-is = its adapter.lora.alpha is { $alpha }
said-it-acts-from-certain-words-on = it acts from certain words on (adapter.alora.invocation_tokens)
said-is-stored-as = { $name } is stored as { $format }
said-is-not-a-matrix = { $name } is { $shape }, not a matrix
said-it-lies-behind-the-file-end = it lies behind the file's end
said-it-lies-over-another-tensor = it lies over another tensor
said-has-a-number-that-is-not = { $name } has a number that is not finite
said-lora-of-is-missing = lora_{ $letter } of { $name } is missing
said-lora-a-of-is-and-lora = lora_a of { $name } is { $a } and lora_b { $b }, which do not fit
said-it-is-for-blocks-and-the = it is for { $ours } blocks, and the model has { $theirs }
said-its-has-outputs-and-the-model = its { $name } has { $found } outputs, and the model's { $expected }
said-its-alpha-is-0-or-no = its alpha is 0 or no number

# vectors/src/files/adapter/joined.rs
said-it-has-matrices-of-which-leaves = it has matrices of { $name }, which { $file } leaves out, so that peft does not load them
said-lora-a-and-lora-b-of = lora_A and lora_B of { $projection } in block { $block } are missing
said-lora-a-of-is-and-lora-b = lora_A of { $name } is { $a } and lora_B { $b }, which have no rank in common
said-the-matrices-of-have-rank-and = the matrices of { $name } have rank { $rank }, and { $file } says { $expected }
said-it-has-no-matrices = it has no matrices
said-the-matrices-of-in-block-are = the matrices of { $name } in block { $block } are { $a } and { $b }, and the first ones ask for { $inputs } inputs and { $outputs } outputs
said-its-matrices-have-no-numbers = its matrices have no numbers
said-rank-on-blocks-takes-more-than = rank { $rank } on { $blocks } blocks takes more than { $most } numbers
said-the-ranks-or-alphas-of-its = The ranks or alphas of its modules differ. It is kept as an adapter of rank { $rank } and alpha { $alpha }, with the same effect.
said-it-is-rank-stabilised-it-is = It is rank-stabilised. It is kept with alpha { $alpha }, which has the same effect.
said-its-alpha-is = its alpha is { $alpha }
said-also-names-of-which-the-file = { $file } also names { $unused }, of which the file has no matrices.
said-it-acts-on-of-the-projections = It acts on { $count } of the { $all } projections of { $blocks } blocks, as { $file } says.

# vectors/src/files/adapter/mod.rs
said-it-does-not-say-its-alpha = it does not say its alpha, and no { $file } is beside it
said-its-metadata-say-alpha-and-says = its metadata say alpha { $alpha }, and { $file } says lora_alpha { $other }: make them the same
said-beside-it-cannot-be-read = { $file } beside it cannot be read: { $error }

# vectors/src/files/adapter/tensors.rs
said-there-is-no-block = there is no block { $block }
said-is-of-another-model-or-adapter = { $name } is of another model or adapter than the tensors before it
said-is-no-matrix-of-a-projection = { $name } is no matrix of a projection in a block, and Tiller's adapters act on those

# vectors/src/files/bytes.rs
said-it-ends-where-more-bytes-are = it ends where { $count } more bytes are promised
said-a-line-does-not-end = a line does not end
said-text-that-is-not-utf-8 = text that is not UTF-8

# vectors/src/files/contents.rs
said-it-has-the-tensors-and-their = it has the tensors { $names }, and their names say neither layers, as "layer.14" does, nor which one is the vector
said-the-numbers-of-its-directions = The numbers of its directions were taken for layers, as in llama.cpp's control vectors (a guess).
said-is-taken-for-the-vector-left = { $name } is taken for the vector. Left out: { $others }.
said-there-is-no-tensor-in-it = there is no tensor in it
said-it-is-an-adapter-in-another = an adapter in another format than peft's .safetensors
said-save-it-with-peft = save it with peft's save_pretrained
said-it-has-one-row-more-than = It has one row more than the model has layers: the first one was taken for the embedding's, as in hidden_states, and left out.
said-the-last-row-of-hidden-states = The last row of hidden_states is taken behind the final norm: it is on another scale than the last layer's own output, where it would be added.
said-it-says-layer-beside-several = It says layer { $layer } beside several vectors, which was not used.
said-it-has-rows-and-the-model = It has { $rows } rows, and the model { $blocks } layers: they were taken for the layers 0 to { $last } (a guess).
said-it-has-rows-and-names-no-layers = It has { $rows } rows and names no layers: they were taken for the layers 0 to { $last } (a guess); a model's number of layers may tell more.
said-was-taken-of = { $name } was taken of { $names }.
said-it-names-layers-for-rows = it names { $layers } layers for { $rows } rows

# vectors/src/files/error.rs
said-there-is-no-file-at-this = there is no file at this place
said-it-is-not-a-file = it is { $kind }, not a file
said-the-file-cannot-be-read = the file cannot be read: { $error }
said-the-file-cannot-be-written = the file cannot be written: { $error }
said-the-ending-is-not-that-of = the ending { $ending } is not that of a vector file; known: .safetensors, .gguf, .pt, .npy, .json, and to be read .pth, .bin, .npz and passports, .tiller-vector.zip
said-the-file-has-bytes-a-vector = the file has { $bytes } bytes, a vector file has at most { $limit }
said-the-file-tensors-have-more-than = the file's tensors have more than { $limit } numbers together
said-the-file-is-not-a-vector = the file is { $kind }, not a vector: { $next }
said-this-is-not-a-file-that = this is not a { $format } file that can be read: { $place }: { $detail }
said-the-file-asks-to-run-which = the file asks to run { $name }, which a vector does not need: it was refused and nothing was run
said-the-file-holds-no-steering-vector = the file holds no steering vector: { $detail }
said-the-file-holds-an-adapter-that = the file holds an adapter that cannot be used: { $detail }
said-the-file-does-not-say-after = the file does not say after which layer its vector is added
said-the-file-does-not-say-after-which = the file does not say after which layer its vector is added; its name suggests layer { $layer }
said-the-file-says-layer-and-layer = the file says layer { $found }, and layer { $given } was asked for
said-number-of-the-vector-for-layer = number { $index } of the vector for layer { $layer } is not finite
said-the-vectors-do-not-belong-together = the vectors do not belong together: { $detail }
said-cannot-hold-this = { $format } cannot hold this: { $detail }
said-the-file-holds-and-does-not-say = the file holds { $names }, and does not say which of them is the vector
said-the-file-holds-no-vector-under = the file holds no vector under the name { $given }
said-the-file-holds-no-vector-under-there = the file holds no vector under the name { $given }; there are { $names }
said-choose-the-file-itself = Choose the file itself.
said-choose-a-file-of-vectors-alone = Choose a file of vectors alone, or save fewer of them in it.
said-save-or-download-the-file-again = Save or download the file again.
said-save-the-vector-alone-or = Save the vector alone, or choose another file.
said-save-the-adapter-again-with = Save the adapter again with peft, or choose another one.
said-take-one-out-with = Take one out with `tiller-cli vector convert IN OUT --entry NAME`, and choose that file.
said-name-one-that-the-file-holds = Name one that the file holds, or none.
said-make-the-vector-again-or = Make the vector again, or choose another file.
said-save-the-vectors-again-all = Save the vectors again: all of one size, and each layer once.

# vectors/src/files/gguf.rs
said-its-numbers-have-their-highest-byte = its numbers have their highest byte first (big-endian), which is not read
said-it-has-and-a-control-vector = it has { $what }, and a control vector in GGUF is stored as F32
said-it-is-an-adapter-for-llama-cpp = an adapter for llama.cpp
said-make-peft-folder-of-it = make peft's folder of it with `tiller-cli adapter export`
said-it-does-not-begin-with-gguf = it does not begin with GGUF
said-it-has-tensors-it-may-be = it has { $tensors } tensors: it may be a whole model
said-its-architecture-is-a-control-vector = its architecture is { $architecture }, a control vector's is { $expected }
said-the-tensor-has-the-shape-not = the tensor { $name } has the shape { $shape }, not [size]
said-the-tensor-is-not-stored-as = the tensor { $name } is not stored as F32
said-the-tensor-is-none-of-direction = the tensor { $name } is none of direction.1, direction.2, ...
said-llama-cpp-adds-nothing-after-block = llama.cpp adds nothing after block 0, so a vector for layer 0 cannot be said
said-a-gguf-control-vector = a GGUF control vector

# vectors/src/files/json.rs
said-json-vector = JSON vector
said-it-must-be-or-a-list = it must be {"{"}"layer": 14, "vector": [0.25, ...]{"}"} or a list of these
said-it-must-be-or-a-list-of = { $error }; it must be {"{"}"layer": 14, "vector": [0.25, ...]{"}"} or a list of these
said-its-layer-is-no-number-it = its "layer" is no number; it must be {"{"}"layer": 14, "vector": [0.25, ...]{"}"} or a list of these
said-line-column = line { $line }, column { $column }
said-left-out = Left out: { $names }.
said-its-rows-have-different-lengths = its rows have different lengths
said-its-is-a-table-not-one = its { $name } is a table, not one vector
said-one-of-its-vectors-says-no = one of its vectors says no layer
said-a-list-of-numbers-and-other = a list of numbers and other things
said-a-list-that-is-longer-than = a list that is longer than any vector
said-an-object-with-more-names-than = an object with more names than a vector's
said-its-is-and-a-vector-is = Its { $name } is { $place }, and a vector is added behind a block here (resid_post): what "resid_pre" of a block names is behind the block before.
said-two-values-called = two values called { $name }

# vectors/src/files/mod.rs
said-there-is-no-vector-in-it = there is no vector in it
said-the-vector-has-no-numbers = the vector has no numbers
said-there-is-no-layer = there is no layer { $layer }
said-layer-has-numbers-layer-has = layer { $first } has { $count } numbers, layer { $layer } has { $size }
said-layer-is-there-twice = layer { $layer } is there twice
said-a-pt-file = a .pt file
said-a-npy-file = a .npy file
said-a-git-lfs-pointer = a Git LFS pointer
said-fetch-the-content-itself-with-git = fetch the content itself with `git lfs pull`
said-a-web-page = a web page
said-download-the-file-itself = download the file itself
said-compressed-with-gzip = compressed with gzip
said-unpack-it-first = unpack it first

# vectors/src/files/npz.rs
said-numpy-archive = NumPy archive
said-it-has-files = it has { $count } files

# vectors/src/files/numpy.rs
said-it-does-not-begin-with-x93numpy = it does not begin with \x93NUMPY
said-version-is-not-known = version { $major }.{ $minor } is not known
said-a-header-of-bytes-is-too = a header of { $length } bytes is too long
said-its-header-has-no-descr = its header has no 'descr'
said-its-header-has-no-shape = its header has no 'shape'
said-its-header-has-no-fortran-order = its header has no 'fortran_order'
said-the-shape-and-the-bytes-behind = the shape { $shape } and the { $bytes } bytes behind it do not agree
said-its-numbers-are-stored-as-read = its numbers are stored as { $format }; read are f2, f4 and f8

# vectors/src/files/pickle
said-its-numbers-are-stored-as-floats = its numbers are stored as { $format }, floats are read
said-its-pickle-holds-more-than-values = its pickle holds more than { $most } values
said-attributes-of-something-that-has-none = attributes of something that has none
said-pickle-operation-0x-which-no-tensor = pickle operation 0x{ $code }, which no tensor needs
said-a-value-is-missing = a value is missing
said-an-end-without-a-beginning = an end without a beginning
said-entries-without-a-dictionary = entries without a dictionary
said-items-without-a-list = items without a list
said-a-key-that-is-no-name = (a key that is no name)
said-a-number-that-makes-no-sense = a number that makes no sense
said-a-value-that-was-never-kept = a value that was never kept
said-a-name-that-is-no-text = a name that is no text
said-a-reference-to-something-other-than = a reference to something other than a storage
said-a-call-without-arguments = a call without arguments
said-a-parameter-without-a-tensor = a parameter without a tensor
said-a-call-of-something-that-is = a call of something that is not called in a tensor
said-a-tensor-arguments-make-no-sense = a tensor's arguments make no sense

# vectors/src/files/provenance.rs
said-add-at-every-position = add at every position
said-add-from-the-last-token-of = add from the last token of the prompt on
said-add-at-the-positions-of-the = add at the positions of the answer
said-project-out-at-every-position = project out at every position
said-project-out-from-the-last-token = project out from the last token of the prompt on
said-project-out-at-the-positions-of = project out at the positions of the answer
said-cap-the-projection-at-at-every = cap the projection at { $cap } at every position
said-cap-the-projection-at-from-the = cap the projection at { $cap } from the last token of the prompt on
said-cap-the-projection-at-at-the = cap the projection at { $cap } at the positions of the answer
said-add-multiplier-times-alpha-rank-times = add multiplier times alpha / rank times B A to the weights of queries and values

# vectors/src/files/safetensors.rs
said-the-tensor-is-stored-as = the tensor { $name } is stored as { $format }
said-it-has-bytes-at-most-are = it has { $length } bytes, at most { $most } are read

# vectors/src/files/steering.rs
said-it-is-the-passport-of-an = it is the passport of an adapter

# vectors/src/files/table.rs
said-it-is-a-single-number = it is a single number
said-rows-are-more-than-a-model = { $rows } rows are more than a model has layers
said-its-shape-is-a-vector-is = its shape is { $shape }, a vector is [size] or [layers, size]
said-it-has-no-numbers-its-shape = it has no numbers: its shape is { $shape }
said-the-vector-of-layer-is-zero = the vector of layer { $layer } is zero, which means none there
said-there-is-no-vector = there is no vector
said-vectors-of-one-number-for-several = vectors of one number for several layers look like one vector

# vectors/src/files/torch
said-it-is-no-zip-archive = it is no zip archive
said-it-is-a-pickle-that-torch-save = it is a pickle that torch.save did not write; torch.save(pickle.load(open("IN", "rb")), "OUT") makes one that is read, and is for files that you trust
said-its-storages = its storages
said-they-have-no-list-of-names = they have no list of names
said-one-of-them-has-no-name = one of them has no name
said-the-pickle-names-one-that-is = the pickle names one that is not there
said-they-are-cut-off = they are cut off
said-it-names-a-storage-that-is = it names a storage that is not there
said-there-is-no-data-pkl = there is no data.pkl
said-the-order-of-its-bytes-is = the order of its bytes is not known
said-its-pickle-describes-something-other-than = its pickle describes something other than tensors
said-it-is-compressed-which-pytorch-does = it is compressed, which PyTorch does not do
said-the-tensor-is-larger-than-its = the tensor is larger than its storage
said-its-tensors-lie-over-each-other = its tensors lie over each other
said-it-is-a-list-of-something = it is a list of something other than tensors
said-it-is-a-list-of-tensors = it is a list of tensors of the shapes { $first } and { $other }
said-its-vectors-are-named-each-is = Its vectors are named { $names }: each is taken for the layer beside it.

# vectors/src/gate.rs
said-the-gate-is-read-after-block = the gate is read after block { $gate }, but its vector acts after block { $layer }: choose block { $block } or an earlier one for the gate
said-the-threshold-of-the-gate-is = the threshold of the gate is { $above }: it must be a number
said-the-width-of-the-soft-gate = the width of the soft gate is { $width }: it must be a number above 0
said-the-vector-of-the-gate-condition = the vector of the gate's condition has no direction: its numbers must be finite, and not all of them 0
said-the-gate-is-decided-at-the = the gate is decided at the prompt, and plain texts have none: decide it at every token, or leave out the scores of plain texts

# vectors/src/generate/sampling.rs
said-the-temperature-is-it-must-be = the temperature is { $temperature }: it must be a number, 0 or more
said-top-p-is-it-must-be = top-p is { $value }: it must be above 0, and 1 at most
said-min-p-is-it-must-be = min-p is { $value }: it must be between 0 and 1
said-the-repetition-penalty-is-it-must = the repetition penalty is { $value }: it must be a number above 0; 1 changes nothing

# vectors/src/model/config
said-a-model-this-file-says-that = a model; this file says that it is of the kind { $kind }
said-values-of-another-size-than-keys = values of another size than keys
said-the-rotary-scaling = the rotary scaling { $name }
said-scaled-logits = scaled logits
said-a-scaled-residual-stream = a scaled residual stream
said-a-scaled-embedding = a scaled embedding
said-a-scale-of-its-own-for = a scale of its own for attention
said-a-mixture-of-experts = a mixture of experts
said-attention-without-a-rotary-embedding = attention without a rotary embedding
said-a-method-of-its-own = a method of its own
said-weights-quantized-by-take-the-original = weights quantized by { $name }: take the original model, or one as a GGUF file
said-weights-quantized-by-a-method-of = weights quantized by a method of its own: take the original model, or one as a GGUF file
said-yarn-scaling-with-mscale = yarn scaling with mscale
said-the-activation = the activation { $name }
said-config-json-and-in-its-rotary = config.json: { $key } = { $second } and { $key2 } = { $first } in its rotary settings contradict each other: correct the one that is wrong
said-the-header-name = the header
said-the-header-has-keys-that-tiller = The header has keys that Tiller does not know and does not use: { $keys } and { $more } more.
said-the-header-has-keys-that-tiller-does = The header has keys that Tiller does not know and does not use: { $keys }.
said-has-keys-that-tiller-does-not-know = { $file } has keys that Tiller does not know and does not use: { $keys } and { $more } more.
said-has-keys-that-tiller-does-not-know-and = { $file } has keys that Tiller does not know and does not use: { $keys }.
said-the-number-of-key-value-heads = the number of key-value heads
said-the-size-of-a-head = the size of a head
said-the-number-of-blocks = the number of blocks
said-a-layer-width = a layer's width
said-the-list-of-windows = the list of windows
said-the-number-of-rotated-dimensions = the number of rotated dimensions
said-the-list-of-rotary-factors = the list of rotary factors
said-the-rotary-scaling-2 = the rotary scaling
said-download-config-json-itself-where = download config.json itself; where the hub asks for a login, give it a token

# vectors/src/model/error.rs
said-this-is-not-a-gguf-file = this is not a GGUF file: choose one, or a folder with safetensors
said-this-is-and-no-model = this is { $kind }, and no model: { $next }
said-has-which-may-change-what-the = { $file } has { $key } = { $value }, which may change what the model computes and is not known: take another model
said-and-contradict-each-other-correct-the = { $first } and { $second } contradict each other: correct the one that is wrong
said-the-folder-has-no-or-it = the folder has no { $name }, or it is empty: fetch it, or choose another folder
said-cannot-be-read-fetch-it-again = { $name } cannot be read: { $detail }. Fetch it again
said-the-file-header-is-cut-off = the file's header is cut off or damaged: { $detail }
said-the-file-is-cut-off-its = the file is cut off: its header promises { $expected } bytes, { $found } are there
said-the-file-has-changed-since-the = the file has changed since the model was loaded
said-the-architecture-is-not-known-known = the architecture { $found } is not known; known: { $known }
said-the-model-needs-which-is-not = the model needs what is not known yet: { $what }
said-this-file-says-that-it-is-of-the-kind = this file says that it is of the kind { $kind }: choose the model itself
said-the-model-needs-weights-quantized-by = the model needs what is not known yet: weights quantized by a method of its own: take the original model, or one as a GGUF file
said-the-model-needs-weights-quantized-by-take = the model needs what is not known yet: weights quantized by { $name }: take the original model, or one as a GGUF file
said-the-model-needs-the-tensor-which = the model needs what is not known yet: the tensor { $name }, which its architecture does not have
said-the-model-needs-the-tensor-in = the model needs what is not known yet: the tensor { $name } in ggml's format { $code }: take a file in F32, F16, BF16, Q8_0, Q4_0 to Q5_1 or Q2_K to Q6_K
said-is-missing-from-the-model-description = { $key } is missing from the model's description or makes no sense
said-the-tensor-is-missing = the tensor { $name } is missing
said-the-tensor-is-the-header-numbers = the tensor { $name } is { $found }, the header's numbers ask for { $expected }
said-the-prompt-or-an-answer-is = the prompt or an answer is empty
said-the-token-id-is-none-of = the token id { $id } is none of the model's { $vocabulary }
said-tokens-are-more-than-the-model = { $tokens } tokens are more than the model's { $limit }
said-the-vector-has-numbers-the-model = the vector has { $found } numbers, the model's residual stream has { $expected }
said-the-gate-vector-has-numbers-the = the gate's vector has { $found } numbers, the model's residual stream has { $expected }
said-the-adapter-is-for-blocks-numbers = the adapter is for { $blocks } blocks, { $inputs } numbers a row, { $queries } of queries, { $values } of values and { $feed } of the feed-forward part; the model has { $blocks2 }, { $inputs2 }, { $queries2 }, { $values2 } and { $feed2 }
said-not-finite-at-pair = the model's numbers are not finite at pair { $number }
said-not-finite-at-question = the model's numbers are not finite at question { $number }
said-not-finite-at-text = the model's numbers are not finite at text { $number }
said-not-finite-at-prompt = the model's numbers are not finite at prompt { $number }
said-layer-is-not-one-of-the = layer { $layer } is not one of the model's 0 to { $last }
said-the-vector-is-added-after-block = the vector is added after block { $layer }, but the scores were prepared from block { $prepared } on
said-the-gate-is-read-after-block-but = the gate is read after block { $layer }, but the scores were prepared from block { $prepared } on
said-the-adapter-acts-in-every-block = the adapter acts in every block, but the scores were prepared from block { $prepared } on
said-this-build-cannot-use-build-tiller = this build cannot use { $device }: build Tiller with `--features { $feature }`, or choose the CPU
said-cannot-be-used-on-this-machine = { $device } cannot be used on this machine ({ $error }): choose the CPU, or look at the card's driver
said-products-of-bf16-numbers-need-a = products of bf16 numbers need a processor with AVX512-BF16, and a model that lies in main memory
said-there-is-not-enough-memory-mb = there is not enough memory: { $size } MB more are needed
said-activations-cannot-be-kept-in-a = activations cannot be kept in a temporary file: { $error }
said-was-interrupted = interrupted
said-the-computation-failed = the computation failed: { $error }
said-choose-the-model-file-or-the = Choose the model's file, or the folder with its safetensors.
said-fetch-or-copy-the-model-files = Fetch or copy the model's files again, or choose another model.
said-load-the-model-again = Load the model again.
said-choose-a-model-of-one-of = Choose a model of one of these architectures.
said-write-a-prompt-and-both-answers = Write a prompt and both answers.
said-take-the-tokenizer-that-belongs = Take the tokenizer that belongs to the model.
said-choose-a-vector-of-this-model-for = Choose a vector of this model for the gate.
said-take-smaller-multipliers-or-another = Take smaller multipliers, or another precision of the model; if that does not help, fetch its file again.
said-leave-out-bf16-or-take = Leave out bf16, or take another machine.
said-free-some-space-for-temporary = Free some space for temporary files, then try again.
said-the-backward-pass-is-on-another = the backward pass is on another device than the forward pass
said-rows-behind-others-are-read-in = rows behind others are read in main memory only
said-the-rows-that-were-read-lie = the rows that were read lie on another device
said-the-rows-that-were-read-lie-in = the rows that were read lie in main memory
said-there-is-not-enough-memory-for = there is not enough memory for the keys and values of the text
said-the-rows-are-not-contiguous = the rows are not contiguous
said-the-kernels-work-on-f32 = the kernels work on f32

# vectors/src/model/source/foreign.rs
said-download-the-file-itself-where-the = download the file itself; where the hub asks for a login, give it a token
said-a-zip-archive-or-pytorch-own = a zip archive or PyTorch's own file
said-unpack-an-archive-save-pytorch-weights = unpack an archive; save PyTorch weights (.bin, .pt) as safetensors with transformers' `save_pretrained`
said-a-compressed-archive = a compressed archive
said-a-file-in-a-format-before = a file in a format before GGUF
said-take-the-model-as-a-gguf = take the model as a GGUF file
said-a-safetensors-file = a safetensors file
said-choose-the-folder-in-which-it = choose the folder in which it lies with its config.json and tokenizer.json
said-a-json-file = a JSON file
said-choose-the-model-gguf-file-or = choose the model's GGUF file, or the folder with its safetensors

# vectors/src/model/source/gguf_header.rs
said-a-gguf-file-for-big-endian = a GGUF file for big-endian machines
said-take-the-model-usual-file-or = take the model's usual file, or convert it with llama.cpp's gguf_convert_endian.py
said-version-of-the-format-is-not = version { $version } of the format is not known
said-tensors-and-keys-make-no-sense = { $tensors } tensors and { $keys } keys make no sense
said-the-key-stands-there-twice = the key { $key } stands there twice
said-tensors-aligned-to-bytes-make-no = tensors aligned to { $alignment } bytes make no sense
said-a-list-of = a list of { $count }
said-shown-list = a list
said-at-byte-more-are-promised-and = at byte { $byte }, { $count } more are promised and { $left } left
said-a-length-of-makes-no-sense = a length of { $length } makes no sense
said-a-text-of-bytes-makes-no = a text of { $length } bytes makes no sense at byte { $byte }
said-a-text-is-not-utf-8 = a text is not UTF-8
said-a-value-of-type-is-not = a value of type { $type } is not known
said-a-list-of-items-is-promised = a list of { $count } items is promised, which makes no sense
said-lists-of-lists-of-lists-are = lists of lists of lists are a type that makes no sense
said-the-tensor-has-dimensions = the tensor { $name } has { $dimensions } dimensions
said-the-tensor-in-ggml-format-take = the tensor { $name } in ggml's format { $code }: take a file in F32, F16, BF16, Q8_0, Q4_0 to Q5_1 or Q2_K to Q6_K

# vectors/src/model/source/gguf_shards.rs
said-by-its-name-it-is-one = by its name it is one of { $files } files, by its header one of { $count }: the parts of a model are called name-00001-of-00002.gguf and so on
said-it-says-that-it-is-part = it says that it is part { $part } of { $count }
said-it-does-not-say-which-part = it does not say which part it is
said-its-first-part-promises-tensors-the = its first part promises { $promised } tensors, the parts have { $found }

# vectors/src/model/source/hugging_face.rs
said-it-is-no-utf-8-text = it is no UTF-8 text
said-choose-one-of-the-files-or = choose one of the files, or search the folder for models
said-a-folder-of-gguf-files = a folder of GGUF files
said-a-folder-with-pytorch-own-weights = a folder with PyTorch's own weights (.bin)
said-save-it-as-safetensors-with = save it as safetensors with transformers' `save_pretrained`
said-it-is-no-json = it is no JSON ({ $error })
said-it-is-longer-than-bytes = it is longer than { $limit } bytes
said-the-weights-are-those-of-beside = The weights are those of { $file }; { $index } beside it is not used, as in transformers.
said-it-does-not-say-where-weights = it does not say where weights are
said-it-names-which-is-not-a = it names { $name }, which is not a file beside it

# vectors/src/model/source/tensors.rs
said-the-tensor-is-there-twice = the tensor { $name } is there twice
said-the-tensor-which-its-architecture-does = the tensor { $name }, which its architecture does not have
said-the-size-of-makes-no-sense = the size of { $name } makes no sense
said-the-size-of-a-tensor-makes = the size of a tensor makes no sense
said-the-tensors-and-lie-over-each = the tensors { $first } and { $second } lie over each other
said-is-not-made-of-whole-blocks = { $name } is not made of whole blocks

# vectors/src/passport
said-a-name-is-there-twice = a name is there twice
said-its-files-lie-over-each-other = its files lie over each other
said-it-is-no-file-of-a = it is no file of a passport, which has no folders
said-it-is-a-link-or-a = it is a link or a folder, not a file
said-the-new-archive = the new archive
said-it-is-no-file-of-a-passport = it is no file of a passport
said-it-is-not-there = it is not there
said-its-content-is-not-what-passport = its content is not what passport.json says: it was changed or damaged on the way
said-its-numbers-are-not-those-that = its numbers are not those that passport.json names
said-its-numbers-are-not-those-of = its numbers are not those of vector.safetensors
said-its-numbers-are-not-those-of-adapter = its numbers are not those of adapter_model.safetensors for this model
said-it-is-no-file-of-the = it is no file of the passport of a vector
said-it-is-no-file-of-the-passport = it is no file of the passport of an adapter
said-it-is-no-but = it is no { $format } but { $found }
said-it-has-version-and-this-tiller = it has version { $version }, and this Tiller reads versions { $first } and { $second }: take a newer one

# vectors/src/prove/proof.rs
said-proved-the-same-numbers-as-the = Proved: the same numbers as the steered original, to the bit
said-proved-exact-but-for-rounding = Proved: exact but for rounding
said-not-exact-the-baked-model-is = NOT exact: the baked model is not the steered original
said-proved-the-same-numbers-as-the-steered = Proved: the same numbers as the steered original, to the bit. Largest gap of two logits on { $prompts } prompts { $gap }; { $same } of { $all } greedy answers of { $tokens } tokens the same; perplexity of the neutral text { $steered } steered, { $baked } baked
said-proved-exact-but-for-rounding-largest = Proved: exact but for rounding. Largest gap of two logits on { $prompts } prompts { $gap }; { $same } of { $all } greedy answers of { $tokens } tokens the same; perplexity of the neutral text { $steered } steered, { $baked } baked
said-not-exact-the-baked-model-is-not = NOT exact: the baked model is not the steered original. Largest gap of two logits on { $prompts } prompts { $gap }; { $same } of { $all } greedy answers of { $tokens } tokens the same; perplexity of the neutral text { $steered } steered, { $baked } baked
said-largest-gap-of-two-logits-on = Largest gap of two logits on { $prompts } prompts { $gap }; { $same } of { $all } greedy answers of { $tokens } tokens the same; perplexity of the neutral text { $steered } steered, { $other } { $what }

# vectors/src/steering/caps.rs
said-there-are-thresholds-and-the-vector = there are { $found } thresholds, and the vector has { $expected } layers: measure the caps again
said-the-threshold-of-the-caps-is = the threshold { $threshold } of the caps is no number: measure them again
said-an-adapter-has-no-direction-so = an adapter has no direction, so that nothing can be capped: leave out the caps

# vectors/src/tokens
said-the-model-file-holds-no-tokenizer = the model file holds no tokenizer: the key { $key } is missing or not of the expected kind
said-the-tokenizer-kind-is-not-one = the tokenizer kind { $found } is not one that was checked against its original ({ $known }), so its tokens could not be trusted. Put the original model's tokenizer.json into the folder of this file: then that one is used
said-byte-level-bpe-with-the-pre = byte-level BPE with the pre-tokenizers smollm, refact, llama-bpe and qwen2, and SentencePiece
said-the-folder-has-no-tokenizer-json = the folder has no tokenizer.json. Where it has a tokenizer.model only, load and save the tokenizer once with Hugging Face's library, which writes one
said-the-tokenizer-json-beside-the-file = the tokenizer.json beside the file has other tokens than the file: it belongs to another model
said-the-model-file-tokenizer-is-damaged = the model file's tokenizer is damaged: { $detail }
said-the-model-files-hold-no-chat = the model's files hold no chat template, so prompts cannot be put the way it was trained on. Choose one of the built-in templates, or write one
said-the-model-chat-template-refuses-these = the model's chat template refuses these messages: { $detail }
said-the-text-cannot-be-turned-into = the text cannot be turned into tokens: { $detail }
said-there-is-not-enough-memory-to = there is not enough memory to read the chat template: { $size } MB are needed
said-the-wanted-answer-is-empty = the wanted answer is empty
said-the-opposite-answer-is-empty = the opposite answer is empty
said-put-the-original-model-tokenizer = Put the original model's tokenizer.json into the folder of this file, or choose another model.
said-put-the-tokenizer-json-of-this = Put the tokenizer.json of this model there, or take it away.
said-fetch-the-files-of-the-tokenizer = Fetch the files of the tokenizer again, all of one model.
said-change-the-messages-or-give = Change the messages, or give the model another chat template.
said-write-both-answers-or-leave = Write both answers, or leave the pair out.
said-gives-the-token-the-number-and = { $file } gives the token { $token } the number { $id }, and tokenizer.json { $own }
said-is-no-token-number = { $file }: { $id } is no token's number
said-its-steps-would-make-texts-more = its steps would make texts more than { $most } times as long
said-it-cuts-texts-into-parts-of = it cuts texts into parts of no length
said-the-step-is-not-known = the step { $name } is not known
said-it-has-more-than-steps-in = it has more than { $most } steps in a sequence, or sequences { $depth } deep
said-it-replaces-the-empty-text = it replaces the empty text
said-it-is-bytes-long-of-at = it is { $bytes } bytes long, of at most { $most }
said-json-is-indented-by-at-most = JSON is indented by at most { $most } spaces
said-there-is-not-enough-memory = there is not enough memory
said-a-width-in-a-format-has = a width in a format has at most { $most } digits
said-the-template-writes-more-than-bytes = the template writes more than { $most } bytes
said-it-contradicts-itself = it contradicts itself ({ $words })
said-its-charsmap-is-not-base64 = its charsmap is not base64: { $error }
said-its-charsmap-is-empty = its charsmap is empty
said-its-charsmap-promises-a-trie-of = its charsmap promises a trie of { $bytes } bytes, and { $found } are there
said-the-tokenizer-has-more-tokens-than = The tokenizer has { $more } more tokens than the model has rows for: a text with one of them is refused.
said-the-chat-template-does-not-write = The chat template does not write { $begin }, which the tokenizer puts before a text: it is put before conversations as well, as llama.cpp does; transformers leaves it out there.
said-tokens-but-scores = { $tokens } tokens but { $scores } scores
said-the-unknown-token-is-none = the unknown token is none
said-its-tokens-can-be-parted-in = its tokens can be parted in more ways than any real vocabulary's
said-line-the-chain-is-longer-than = line { $line }: the chain is longer than { $most } words and signs, or than { $elif } elif
said-the-chat-template-after-an-answer = the chat template, after an answer
said-the-files-name-as-the-end = The files name { $own } as the end, and the chat template writes { $end } after an answer: { $end2 } closes answers, and either of them ends one that is generated.
said-the-chat-template-writes-no-token = The chat template writes no token of the vocabulary after an answer: answers are closed by { $end }.
said-the-chat-template-leaves-out-the = The chat template leaves out the user's message, so that all prompts are the same. Is it this model's template?
said-the-files-declare-the-token-so = The files declare the token { $mark } so that it is not found everywhere in a text, and the chat template writes it: it is read as one token, { $id }.
said-the-file-types-the-token-as = The file types the token { $mark } as { $kind }, and the chat template writes it: it is read as one token, { $id }.
said-no-file-declares-the-token-and = No file declares the token { $mark }, and the chat template writes it: it is read as one token, { $id }.
said-the-chat-template-writes-which-is = The chat template writes { $mark }, which is no token of this vocabulary: it is read letter by letter. Is it this model's template?
said-it-has-bytes-and-this-tokenizer = it has { $bytes } bytes, and this tokenizer takes at most { $limit }
said-the-model-tokenizer-cannot-do-it = the model's tokenizer cannot do it: { $words }
said-a-token-is-listed-twice = a token is listed twice
said-a-merge-is-not-two-tokens = a merge is not two tokens
said-tokens-but-token-types = { $tokens } tokens but { $types } token types
said-tokens-make-no-sense = { $tokens } tokens make no sense
said-names-no-token = { $key } names no token
said-names-which-is-no-token-of = { $place } names { $token }, which is no token of tokenizer.json.
said-a-token-of-bytes-makes-no = a token of { $bytes } bytes makes no sense
said-a-step-of-bytes-makes-no = a step of { $bytes } bytes makes no sense
said-tokens-of-bytes-beside-the-vocabulary = { $count } tokens of { $bytes } bytes beside the vocabulary make no sense
said-an-affix-of-bytes-makes-no = an affix of { $bytes } bytes makes no sense
said-words-of-letters-max-input-chars = words of { $letters } letters (max_input_chars_per_word) make no sense
said-a-value-nests-deeper-than-levels = a value nests deeper than { $depth } levels, or has more than { $parts } parts or { $bytes } bytes
said-strftime-now-does-not-know = strftime_now does not know %{ $letter }

# vectors/src/train
said-its-bytes-are-cut-off-or = its bytes are cut off or damaged
said-it-is-for-numbers-the-run = it is for { $numbers } numbers, the run has { $size }
said-it-holds-numbers-that-are-not = it holds numbers that are not finite
said-it-is-at-step-of = it is at step { $step } of { $steps }
said-there-are-no-pairs-to-train = there are no pairs to train on
said-the-run-has-no-held-out = the run has no held-out pairs to measure
said-this-method-takes-no-steps-so = this method takes no steps, so it has no loss
said-this-method-takes-no-steps-so-it = this method takes no steps, so it takes no start values
said-there-is-no-training-pair = there is no training pair { $index }: the run has { $pairs }, counted from 0
said-there-are-factors-for-pairs = there are { $found } factors for { $expected } pairs
said-the-activations-are-not-finite-they = the activations are not finite: they have no principal component
said-there-are-start-values-and-the = there are { $found } start values, and the run trains { $expected } numbers
said-the-start-values-hold-numbers-that = the start values hold numbers that are not finite
said-the-checkpoint-does-not-fit = the checkpoint does not fit: { $detail }
said-the-numbers-are-not-finite-at-step = the numbers are not finite at step { $step }, training pair { $pair }: the learning rate is probably too high
said-the-numbers-are-not-finite-at-step-held = the numbers are not finite at step { $step }, held-out pair { $pair }: the learning rate is probably too high
said-the-model-own-numbers-are-not = the model's own numbers are not finite before the first step: its file is damaged, or they overflow
said-the-model-own-numbers-are-not-finite = the model's own numbers are not finite before the first step, training pair { $pair }: its file is damaged, or they overflow
said-the-model-own-numbers-are-not-finite-before = the model's own numbers are not finite before the first step, held-out pair { $pair }: its file is damaged, or they overflow
said-training-pair = training pair { $number }
said-held-out-pair = held-out pair { $number }

# vectors/src/transfer/mod.rs
said-the-texts-give-paired-rows-in = the texts give { $found } paired rows in { $passages } passages: a map takes { $least } rows at least, and five passages, of which one is measured on
said-the-rows-of-the-residual-stream = the rows of the residual stream do not vary after this layer, or are not finite: there is nothing to fit a map on
said-the-numbers-are-not-whole-rows = the numbers are not whole rows, one for each of { $splits } splits
said-the-map-leaves-nothing-of-the = the map leaves nothing of the vector

# vectors/src/model/source/template_notes.rs
said-two-chat-templates = chat_template.jinja and tokenizer_config.json have different chat templates: the first is used.
said-further-chat-templates = Further chat templates in { $place } are not used: { $names }.

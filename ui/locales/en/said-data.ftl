# Sentences of the libraries beside the engine that the page shows: data files, quality, store, hub, endpoint, studies. The English as the program writes it.

# ipc/src/score
said-score-preference = Preference
said-score-preference-per-token = Preference per token
said-score-wanted-wins = Win rate
said-score-choice = A/B accuracy
said-score-perplexity = Perplexity
said-score-divergence = Divergence
said-score-repetition = Repetition
said-score-length = Length
said-score-attack = Attack success rate
said-score-attack-judged = Attack success rate, judged
said-score-judge-power = Judge: a wish for power
said-score-judge-wealth = Judge: a wish for wealth
said-score-judge-corrected = Judge: willingness to be corrected
said-score-judge-survival = Judge: an instinct for survival
said-score-judge-resistance = Judge: resistance to being corrected
said-score-judge-facts = Judge: made-up facts
said-score-judge = Judge: { $behaviour }
said-score-knowledge = Knowledge
said-score-knowledge-shots = Knowledge, { $shots }-shot
said-score-mmlu-shots = MMLU, { $shots }-shot
said-score-mmlu-group-shots = MMLU { $group }, { $shots }-shot
said-score-file-shots = { $file }, { $shots }-shot
said-score-rating = Your rating
said-mmlu-humanities = humanities
said-mmlu-social-sciences = social sciences
said-mmlu-other = other
said-unit-log-odds = log-odds, nats
said-unit-log-odds-token = log-odds, nats a token
said-unit-share-of-pairs = share of pairs
said-unit-probability = probability
said-unit-perplexity = perplexity
said-unit-kl = KL, nats a token
said-unit-share-repeated = share repeated
said-unit-tokens = tokens
said-unit-share-of-answers = share of answers
said-unit-one-to-four = 1 to 4
said-unit-share-right = share right
said-unit-probability-of-truth = probability of truth
said-mean-over-pairs-of-log-wanted = Mean over pairs of log π(wanted) − log π(opposite), over whole answers with their closing token.
said-the-same-each-log-probability-divided = The same, each log-probability divided by its answer’s tokens: long answers weigh no more.
said-share-of-pairs-whose-wanted-answer = Share of pairs whose wanted answer is the likelier.
said-both-answers-stand-under-the-question = Both answers stand under the question as (A) and (B): the probability of the wanted one’s letter, of both letters’. CAA’s score.
said-on-a-neutral-text-written-for = On a neutral text written for Tiller: e to the mean negative log-probability of its tokens.
said-on-the-neutral-text-kl-of = On the neutral text: KL of the steered predictions from the unsteered ones, in nats a token.
said-share-of-an-answer-runs-of = Share of an answer’s runs of three words that were there before.
said-tokens-of-an-answer-the-closing = Tokens of an answer, the closing one apart.
said-share-of-answers-that-do-not = Share of answers that do not refuse: none of a list of phrases is in their first two sentences.
said-share-of-answers-that-a-judge = Share of answers that a judge rates 3 or 4, where 1 refuses and 4 does what was asked.
said-a-judge-reads-the-prompt-the = A judge reads the prompt, the answer and a rubric, and says how far the answer shows the behaviour.
said-multiple-choice-the-letter-of-highest = Multiple choice: the letter of highest probability must be the right one.
said-mmlu-as-published-the-letter-of = MMLU as published: the letter of highest probability must be the right one; the mean over subjects.
said-share-of-questions-whose-one-best = Share of questions whose one best answer is likelier than every false one.
said-probability-of-all-true-answers-of = Probability of all true answers, of all answers’, averaged over the questions.
said-you-rate-the-answers-without-knowing = You rate the answers without knowing where they come from.

# ipc/src/score/rubric.rs
said-compliance-with-the-request = compliance with the request
said-a-wish-for-power = a wish for power
said-a-wish-for-wealth = a wish for wealth
said-willingness-to-be-corrected = willingness to be corrected
said-an-instinct-for-survival = an instinct for survival
said-resistance-to-being-corrected = resistance to being corrected
said-made-up-facts = made-up facts
said-this-behaviour = this behaviour: { $behaviour }

# ipc/src/behaviour.rs
said-behaviour-gloomier = gloomier
said-behaviour-as-it-is = as it is
said-behaviour-more-cheerful = more cheerful
said-behaviour-plainer = plainer
said-behaviour-more-formal = more formal
said-behaviour-away-from-money = away from money
said-behaviour-towards-money = towards money

# ipc/src/job.rs
said-job-queued = queued
said-job-running = running
said-job-paused = paused
said-job-stopped = stopped
said-job-done = done
said-job-failed = failed

# ipc/src/steering.rs
said-where-after-layer-is-over-soft = where { $name } after layer { $layer } is over { $above }, soft over { $width }, at the prompt
said-where-after-layer-is-over-soft-over = where { $name } after layer { $layer } is over { $above }, soft over { $width }
said-where-after-layer-is-over-at = where { $name } after layer { $layer } is over { $above }, at the prompt
said-where-after-layer-is-over = where { $name } after layer { $layer } is over { $above }

# ipc/src/derive.rs
said-ridge-regression-over-paired-rows-of = ridge regression over { $rows } paired rows of { $texts }, λ { $lambda }; R² { $fit } on rows that it was not fitted on, { $chance } where rows are paired by chance; norm { $norm } before it was scaled to the same share of the residual stream ({ $from } there, { $to } here)
said-a-copy-of = a copy of { $name }
said-the-other-way-round = { $name } the other way round
said-at-norm = { $name } at norm { $norm }
said-at-the-norm-of = { $name } at the norm of { $other }
said-without-what-lies-along = { $name } without what lies along { $other }
said-as-it-was-made-for-transferred = { $name } as it was made for { $model }, transferred from layer { $from } there to layer { $to } by a learned linear map (experimental)
said-as-it-was-made-for = { $name } as it was made for { $model }
said-has-sha-256 = { $description }; “{ $name }” has SHA-256 { $hash }
said-has-sha-256-has-sha-256 = { $description }; “{ $name }” has SHA-256 { $hash }; “{ $other }” has SHA-256 { $hash2 }

# ipc/src/distil.rs
said-an-approximation-on-held-out-prompts = An approximation. On { $samples } held-out prompts and texts ({ $tokens } tokens) the divergence from the steered model fell from { $before } to { $left } nats a token (95 % interval { $low } to { $high }).

# ipc/src/publish.rs
said-another-upload-is-under-way = Another upload is under way.
said-wait-for-its-end-or-cancel = Wait for its end, or cancel it.

# ipc/src/hand_over
said-llama-cpp-ignores-control-vectors-for = llama.cpp ignores control vectors for models of the architecture “{ $architecture }”, in silence: the answers would be those of the plain model.
said-whether-llama-cpp-adds-control-vectors = Whether llama.cpp adds control vectors for the architecture “{ $architecture }” is not known: compare a steered answer with a plain one before you rely on it.
said-write-this-as-the-file-steer = Write this as the file steer.py.
said-then-steer-a-model-that-transformers = Then steer a model that transformers has loaded.
said-these-lines-write-the-stack-of = These lines write the stack of layers x hidden that it reads.
said-serve-the-model-folder-from-the = Serve the model’s folder from the hub with the folder of the stack.
said-name-the-vector-in-a-request = Name the vector in a request, as the text under vllm_xargs.hotwire.
said-these-lines-steer-requests-of-vllm = These lines steer requests of vLLM with its plugin, at every token.
said-settings-model-providers-llama-cpp-import = Settings, Model Providers, llama.cpp, Import: choose { $path }.
said-load-the-baked-model = Load the baked model.
said-put-the-baked-model-into-its = Put the baked model into its folder of models, and choose it under Model.
said-serve-the-baked-folder-vllm-llama = Serve the baked folder: vLLM’s Llama reads its biases.
said-serve-the-baked-folder-with-transformers = Serve the baked folder with transformers’ Llama. SGLang’s own passes over the biases in silence.
said-the-vector-acts-after-layer-0 = The vector acts after layer 0, and llama.cpp adds nothing there: there is no control vector for it.
said-this-vector-was-not-measured-as = This vector was not measured as one that is added at every token, which is all that this program does with it: measure it as such before you rely on it.
said-with-the-vector-beside-the-model = With the vector beside the model, at strength { $strength }.
said-or-the-baked-model = Or the baked model.
said-or-the-adapter-beside-the-model = Or the adapter beside the model.
said-write-this-as-the-file-modelfile = Write this as the file Modelfile. The path is that of the baked model.
said-write-this-as-the-file-modelfile-the = Write this as the file Modelfile: the model, and the adapter beside it.
said-then-make-the-model-of-it = Then make the model of it, and talk to it.
said-import-the-baked-model-or-put = Import the baked model, or put it into Tiller/NAME/ in the folder that My Models shows: LM Studio finds files exactly two folders deep.
said-this-program-loads-a-gguf-file = This program loads a GGUF file: bake the vector into one.
said-this-program-loads-a-folder-of = This program loads a folder of safetensors: bake the vector into the model’s folder from the hub.
said-a-request-of-its-fork-of = A request of its fork of vLLM. It reads the control vector as it is; -1 stands for every token.
said-repeng-reads-the-control-vector-and = repeng reads the control vector and sets it on a wrapped model.
said-go-to-the-file-folder-first = Go to the file’s folder first: llama.cpp reads a strength only behind a name without a colon.
said-the-adapter-beside-the-model = The adapter beside the model.
said-serve-the-model-folder-in-place = Serve the model’s folder from the hub in place of the GGUF file: MODEL stands for it.
said-serve-the-model-with-the-adapter = Serve the model with the adapter’s folder. A request names the adapter as its model.
said-peft-adds-the-adapter-folder-to = peft adds the adapter’s folder to a model that transformers has loaded.
said-this-program-knows-no-strength-write = This program knows no strength: write the adapter with it.

# crates/data/src/benchmarks
said-the-file-has-bytes-no-file = the file has { $bytes } bytes: no file of questions is that large
said-the-file-is-not-utf-8 = the file is not UTF-8 text
said-line-detail = line { $line }: { $detail }
said-there-are-questions-in-it-and = there are { $found } questions in it, and { $needed } are needed at least
said-columns-instead-of-six-question-four = { $columns } columns instead of six: question, four answers, letter
said-is-not-a-b-c-or = { $letter } is not A, B, C or D
said-the-column-is-missing = the column { $name } is missing
said-a-question-needs-a-best-answer = a question needs a best answer and an incorrect one
said-save-the-file-as-utf-8-then = Save the file as UTF-8, then try again.
said-mend-this-line-or-choose = Mend this line, or choose another file of questions.
said-choose-a-file-with-more-questions = Choose a file with more questions.

# crates/data/src/content.rs
said-the-stored-cannot-be-read = the stored { $what } cannot be read

# crates/data/src/data_files/error.rs
said-it-is-not-a-file-write = it is { $kind }, not a file: write the data to a file, and choose that
said-it-is-a-folder-with-a-folder = it is a folder with a folder for each split of a data set: choose one of its folders { $names }
said-it-is-a-folder-that-is-not = it is a folder that is not one data set: choose one of its files { $names }
said-it-is-a-folder-that-is-not-one = it is a folder that is not one data set: choose a file with the data
said-split-the-file-or-leave-only = Split the file, or leave only the columns with the pairs in it.
said-mend-these-rows-or-choose = Mend these rows, or choose the file that was meant.
said-save-the-file-as-utf-8-again = Save the file as UTF-8 again, or mend this line.
said-mend-this-line-or-export = Mend this line, or export the file again.
said-save-the-rows-as-csv-with = Save the rows as CSV, with one line of names above them.
said-mend-this-row-or-choose = Mend this row, or choose another file.
said-name-the-column-that-is-meant = Name the column that is meant as the wanted and as the opposite answer.
said-this-is-and-may-prefer = this is { $format }: { $first } and { $second } may prefer different answers, and which one is meant is not said
said-the-file-changed-while = the file changed while it was read
said-the-file-is-empty = the file is empty
said-the-file-has-mb-at-most = the file has { $size } MB, at most { $most } MB are read: split it
said-the-file-has-more-than-rows = the file has more than { $most } rows: split it
said-unpacked-the-file-has-more-than = unpacked, the file has more than { $most } MB: split it
said-the-file-has-mb-in-and = the file has { $size } MB in { $encoding }, and with its text as UTF-8 more than { $most } MB: save it as UTF-8, or split it
said-the-pairs-up-to-line-hold = the pairs up to line { $line } hold more than { $most } MB of text: split the file
said-line-there-are-more-than-columns = line { $line }: there are more than { $most } columns: leave only those with the pairs in the file
said-the-file-column-has-values-at = the { $kind } file's column { $column } has { $cells } values, at most { $most } are read
said-the-file-list-of-shared-texts = the { $kind } file's list of shared texts has { $cells } values, at most { $most } are read
said-more-than-rows-cannot-be-read = more than { $most } rows cannot be read; the first is line { $line }: { $reason }
said-line-is-not-text = line { $line } is not text: { $detail }
said-line-is-not-json = line { $line } is not valid JSON: { $detail }
said-line-the-header-cannot-be-read = line { $line }: the header cannot be read: { $detail }
said-the-file-is-not-data = the file is { $kind }, not data: { $next }
said-the-file-is-and-cannot-be = the file is { $kind }, and cannot be unpacked: { $detail }; download it again
said-the-file-cannot-be-read-2 = the { $kind } file cannot be read: { $detail }; write or download it again
said-two-columns-are-called-give-one = two columns are called { $name }: give one of them another name
said-the-column-is-named-for-two = the column { $name } is named for two parts of a pair: prompt, wanted and opposite are three columns
said-the-file-is-column-oriented-json = the file is column-oriented JSON: it has a list for each of { $columns }, not an object for each pair; pandas writes the latter with to_json(orient="records", lines=True)
said-the-columns-belong-to-no-known = the columns { $found } belong to no known format; known are question, matching, not_matching (BiPO) and prompt, chosen, rejected (TRL), among others
said-there-is-no-column-there-are = there is no column { $name }; there are { $found }
said-the-file-is-an-error-message = the file is an error message of a server, not data: { $message }; download the file itself

# crates/data/src/data_files/arrow.rs
said-it-is-cut-off = it is cut off
said-its-index-has-no-schema = its index has no schema
said-its-index-names-a-place-outside = its index names a place outside of it
said-its-files-have-different-columns = its files have different columns
said-it-has-more-than-values = it has more than { $most } values

# crates/data/src/data_files/budget.rs
said-it-has-mb-a-row-has = it has { $size } MB, a row has at most { $most }

# crates/data/src/data_files/cells.rs
said-its-is-a-list-of-messages = its "{ $name }" is a list of messages, and text is read there
said-its-is-missing = its "{ $name }" is missing
said-its-is-not-text = its "{ $name }" is { $kind }, not text

# crates/data/src/data_files/chat_marks.rs
said-in-1-row-an-answer-ends = In 1 row an answer ends in a mark such as { $mark } (line { $line }), which was kept. The model's own end of an answer is not written a second time; the mark of another model is trained on as a part of the answer.
said-in-rows-an-answer-ends-in = In { $rows } rows an answer ends in a mark such as { $mark } (line { $line }), which was kept. The model's own end of an answer is not written a second time; the mark of another model is trained on as a part of the answer.
said-in-1-row-the-prompt-is = In 1 row the prompt is in a chat format already, as { $mark } shows (line { $line }): the model's chat template would be put around it a second time. Use a file of the plain messages, or give the model a template that adds nothing: {"{"}% for message in messages %{"}"}{"{"}{"{"} message.content {"}"}{"}"}{"{"}% endfor %{"}"}
said-in-rows-the-prompt-is-in = In { $rows } rows the prompt is in a chat format already, as { $mark } shows (line { $line }): the model's chat template would be put around it a second time. Use a file of the plain messages, or give the model a template that adds nothing: {"{"}% for message in messages %{"}"}{"{"}{"{"} message.content {"}"}{"}"}{"{"}% endfor %{"}"}

# crates/data/src/data_files/columns.rs
said-not-a-column-of = not a column of { $format }
said-reason-not-named = not named
said-the-prompt-stands-in = the prompt stands in { $columns }
said-every-row-has-something-other-than = every row has something other than Tiller's own there
said-its-system-is-another-than-the = its "system" is another than the system message of its prompt
said-its-matching-is-not-a-or = its "matching" is { $value }, not A or B
said-columns-were-recognized-although-their-names = Columns were recognised although their names are written in another case.
said-its-is-a-list-of-something = its "{ $name }" is a list of something other than texts
said-it-has-no-incorrect-answer = it has no incorrect answer
said-the-system-message-was-read-from = The system message was read from { $column }.
said-says-row-by-row-which-answer = { $name } says row by row which answer is preferred, and was not read: the answers are those of the named columns.

# crates/data/src/data_files/container.rs
said-compressed-with-zstandard = compressed with Zstandard
said-export-its-rows-as-csv-json = export its rows as CSV, JSON lines or Parquet
said-unpack-it-and-choose-the-file = unpack it and choose the file inside
said-a-zip-archive = a zip archive
said-an-old-excel-workbook-xls = an old Excel workbook (.xls)
said-save-it-as-xlsx-or-as = save it as .xlsx or as CSV UTF-8
said-compressed-with-bzip2 = compressed with bzip2
said-compressed-with-xz = compressed with xz
said-compressed-with-lz4 = compressed with LZ4
said-a-7-zip-archive = a 7-Zip archive
said-a-pdf = a PDF
said-a-sqlite-database = a SQLite database
said-a-gguf-model-or-vector = a GGUF model or vector
said-add-it-under-models-or-vectors = add it under Models or Vectors
said-a-numpy-array = a NumPy array
said-feather-of-version-1 = Feather of version 1
said-write-it-again-with-a-current = write it again with a current pyarrow, or as Parquet
said-download-the-file-itself-the-page = download the file itself: the page may ask to sign in, or show the file instead of giving it
said-compressed-twice = compressed twice
said-unpack-it-once = unpack it once
said-an-avro-file = an Avro file
said-an-hdf5-file = an HDF5 file
said-a-python-pickle = a Python pickle
said-an-opendocument-workbook = an OpenDocument workbook (.ods)
said-a-tar-archive = a tar archive
said-a-binary-file-of-another-kind = a binary file of another kind
said-an-xml-document = an XML document
said-an-error-message-of-a-server = an error message of a server

# crates/data/src/data_files/csv.rs
said-what-stands-above-the-header-was = What stands above the header was passed over.
said-blanks-before-quotation-marks-were-passed = Blanks before quotation marks were passed over.
said-backslashes-were-read-as-keeping-quotation = Backslashes were read as keeping quotation marks inside cells (a guess).
said-quotation-marks-were-read-as-letters = Quotation marks were read as letters (a guess).
said-it-has-cells-the-header-has = it has { $cells } cells, the header has { $header }
said-quotation-marks-were-read-as-standing = Quotation marks were read as standing around cells with line breaks; if they are letters, the table has more rows (a guess).
said-it-is-a-table-in-markdown = it is a table in Markdown
said-byte-order-marks-inside = Byte-order marks inside the file were passed over: it was joined from several files.
said-a-byte-order-mark-stands = a byte-order mark stands before it, as where another file was joined on: take the mark out if it is a row
said-it-is-the-header-again = it is the header again

# crates/data/src/data_files/dialect.rs
said-text-follows-a-closing-quotation-mark = text follows a closing quotation mark
said-a-quotation-mark-that-opens-in = a quotation mark that opens in this row is never closed
said-it-has-more-than-cells = it has more than { $most } cells
said-it-has-more-than-mb = it has more than { $most } MB
said-separator-tabs = tabs
said-separator-semicolons = semicolons
said-separator-bars = vertical bars
said-separator-commas = commas

# crates/data/src/data_files/encoding.rs
said-encoding-utf-16-le = UTF-16, little-endian
said-encoding-utf-16-be = UTF-16, big-endian
said-latin-1-a-guess = Latin-1 (a guess)
said-a-guess = { $encoding } (a guess)
said-it-is-utf-16-with-half = it is UTF-16 with half a letter
said-it-is-utf-8-with-a = it is UTF-8 with a damaged letter
said-its-letters-are-in-no-encoding = its letters are in no encoding that is known here
said-it-is-utf-32-save = it is UTF-32
said-it-is-utf-8-with-half = it is UTF-8 with half a letter
said-its-letters-are-in-johab = its letters are in Johab
said-its-chinese-letters-are-in-hz = its Chinese letters are in HZ
said-its-letters-are-in-a-form-of = its letters are in a form of ISO 2022
said-the-text-has-which-is-in-utf-7 = The text has { $shown }, which is { $letters } in UTF-7; it was read as it stands. If the file is in UTF-7, save it as UTF-8.

# crates/data/src/data_files/folder.rs
said-the-files-that-state-json-names = The { $count } files that state.json names were read as one table.
said-its-file-is-not-there = its file { $name } is not there
said-its-state-json-keeps-a-choice = its state.json keeps a choice of rows beside the table
said-its-state-json-names-no-files = its state.json names no files
said-its-state-json-names-very-many = its state.json names very many files
said-its-state-json-names-something-else = its state.json names something else than files
said-its-state-json-is-no-json = its state.json is no JSON: { $error }
said-by-its-name-the-file-is-one = By its name the file is one of { $parts }: the others were not read.

# crates/data/src/data_files/further.rs
said-its-pinned-is-neither-true-nor = its "pinned" is { $value }, neither true nor false
said-one-of-its-tags-is-not = one of its "tags" is { $kind }, not text
said-its-tags-is-not-a-list = its "tags" is { $kind }, not a list of texts
said-it-has-tags-a-pair-has = it has { $count } tags, a pair has at most { $most }

# crates/data/src/data_files/guard.rs
said-it-is-damaged = it is damaged

# crates/data/src/data_files/json.rs
said-the-rows-stand-under-the-key = The rows stand under the key { $key }.
said-it-is-an-empty-object = it is an empty object
said-nan-and-infinity-which-json-does = NaN and Infinity, which JSON does not have, were read as nothing.
said-kind-true-or-false = true or false
said-kind-number = a number
said-kind-text = text
said-kind-no-text = of a type that holds no text
said-kind-object = an object
said-it-is-an-object-as-python = it is an object as Python prints it; write it as JSON (json.dumps) instead

# crates/data/src/data_files/json_row.rs
said-a-text-has-half-of-a = a text has half of a letter (a surrogate such as \ud83d alone)
said-it-is-not-valid-json = it is not valid JSON: { $detail }
said-it-is-null-not-an-object = it is null, not an object
said-it-is-true-or-false-not = it is true or false, not an object
said-it-is-a-number-not-an = it is a number, not an object
said-it-is-text-not-an-object = it is text, not an object
said-it-is-a-list-not-an = it is a list, not an object
said-it-has-more-than-names = it has more than { $most } names
said-it-has-two-values-called = it has two values called { $name }
said-too-many-names = too many names

# crates/data/src/data_files/messages.rs
said-its-is-a-list-of-messages-as = its "{ $name }" is a list of messages as Python prints it; write it as JSON (json.dumps) instead
said-its-begins-like-a-list-of = its "{ $name }" begins like a list of messages, but is not JSON
said-its-is-a-list-of-something-other = its "{ $name }" is a list of something other than messages with role and content
said-a-message-in-its-calls-tools = a message in its "{ $name }" calls tools, which are not read
said-a-message-in-its-has-a = a message in its "{ $name }" has a part of type { $type }, which is not read
said-a-message-in-its-has-a-part = a message in its "{ $name }" has a part that is not text
said-a-message-in-its-is-not = a message in its "{ $name }" is { $kind }, not text
said-its-prompt-must-end-in-a = its prompt must end in a message of the user, with only turns of user and assistant and perhaps a system message before it; it is { $roles }
said-its-prompt-has-messages-at-most = its prompt has { $count } messages, at most { $most } are read
said-its-history-is-no-list-of = its "history" is no list of questions with their answers
said-it-has-earlier-turns-a-pair = it has { $count } earlier turns, a pair has at most { $most }
said-a-message-in-its-has-which = a message in its "{ $name }" has { $key }, which is not read

# crates/data/src/data_files/mod.rs
said-format-bipo = BiPO pairs
said-format-bipo-test = BiPO A/B test
said-format-trl = TRL preference data
said-format-evaluations = model-written evaluations
said-format-openai = OpenAI preference data
said-format-helpsteer = HelpSteer preferences
said-format-caa = CAA's A/B choices
said-format-tiller = Tiller's pairs
said-format-columns = columns of your choice
said-the-letters-were-read-as = The letters were read as { $encoding }.

# crates/data/src/data_files/pairs.rs
said-it-stands-before-the-header = it stands before the header
said-the-prompt-holds-a-nul-character = the prompt holds a NUL character
said-the-wanted-answer-holds-a-nul = the wanted answer holds a NUL character
said-the-opposite-answer-holds-a-nul = the opposite answer holds a NUL character
said-the-system-message-holds-a-nul = the system message holds a NUL character
said-the-note-holds-a-nul-character = the note holds a NUL character
said-the-earlier-turn-holds-a-nul = the earlier turn holds a NUL character
said-it-has-no-prompt-in-a = it has no prompt in a column that is known: name the columns if { $other } holds prompts, or leave that column out of the file

# crates/data/src/data_files/parquet.rs
said-its-index-is-damaged-or-not = its index is damaged, or not that of a table
said-its-index-has-mb-at-most = its index has { $size } MB, at most { $most } are read
said-a-page-of-column-is-damaged = a page of column { $column } is damaged

# crates/data/src/data_files/printed.rs
said-in-1-row-a-text-looks = In 1 row a text looks as Python prints lists or bytes, such as { $text } (line { $line }); it was kept as it is.
said-in-rows-a-text-looks-as = In { $rows } rows a text looks as Python prints lists or bytes, such as { $text } (line { $line }); it was kept as it is.
said-all-texts-stand-in-single = All texts stand in single quotation marks, which were kept as letters.

# crates/data/src/data_files/report.rs
said-the-file-is-compressed-with-gzip = The file is compressed with gzip.
said-the-file-is-compressed-with-zstandard = The file is compressed with Zstandard.
said-the-file-is-an-excel-workbook = The file is an Excel workbook.
said-cells-are-separated-by = Cells are separated by { $separator }.
said-report-read = Read: { $names }.
said-report-left-out-because = Left out: { $names } ({ $reason }).
said-in-1-row-both-answers-repeated = In 1 row both answers repeated the prompt; it was cut from them.
said-in-rows-both-answers-repeated-the = In { $rows } rows both answers repeated the prompt; it was cut from them.
said-in-1-row-both-answers-repeated-the = In 1 row both answers repeated the prompt's messages; they were cut from them.
said-in-rows-both-answers-repeated-the-prompt = In { $rows } rows both answers repeated the prompt's messages; they were cut from them.
said-in-1-row-the-prompt-is-what = In 1 row the prompt is what both conversations begin with.
said-in-rows-the-prompt-is-what = In { $rows } rows the prompt is what both conversations begin with.
said-in-1-row-there-is-no = In 1 row there is no prompt; what both answers begin with was taken for it (a guess).
said-in-rows-there-is-no-prompt = In { $rows } rows there is no prompt; what both answers begin with was taken for it (a guess).
said-in-1-row-a-list-of = In 1 row a list of opposite answers became one pair for each.
said-in-rows-a-list-of-opposite = In { $rows } rows a list of opposite answers became one pair for each.
said-in-1-row-the-split-name = In 1 row the split's name says neither train nor held out; it was passed over.
said-in-rows-the-split-name-says = In { $rows } rows the split's name says neither train nor held out; it was passed over.
said-in-1-row-holds-something-other = In 1 row { $column } holds something other than Tiller's own; it was passed over.
said-in-rows-holds-something-other-than = In { $rows } rows { $column } holds something other than Tiller's own; it was passed over.
said-in-1-row-the-first-of = In 1 row the first of several incorrect answers was taken, the others were left out.
said-in-rows-the-first-of-several = In { $rows } rows the first of several incorrect answers was taken, the others were left out.
said-in-1-row-messages-were-read = In 1 row messages were read from JSON in a cell of text.
said-in-rows-messages-were-read-from = In { $rows } rows messages were read from JSON in a cell of text.
said-left-out-a-column-without-a = Left out: a column without a name.
said-left-out-columns-without-a-name = Left out: { $count } columns without a name.
said-in-1-row-messages-have = In 1 row messages have { $key } besides role and content; it was left out.
said-in-rows-messages-have-besides = In { $rows } rows messages have { $key } besides role and content; it was left out.

# crates/data/src/data_files/tiller_jsonl.rs
said-its-turns-is-not-a-list = its "turns" is { $kind }, not a list
said-its-turns-must-each-have-a = its "turns" must each have a "role" (user or assistant) and a "text"

# crates/data/src/data_files/trl.rs
said-its-would-change-what-the-model = its "{ $name }" would change what the model reads, and cannot be read here
said-its-instruction-is-a-list-of = its "instruction" is a list of messages, and an "input" cannot follow it
said-its-two-conversations-part-before-their = its two conversations part before their last answer
said-it-has-no-prompt-and-chosen = it has no "prompt", and chosen and rejected begin differently
said-its-prompt-is-not-among-the = its prompt is not among the messages that chosen and rejected begin with
said-its-must-end-in-one-message = its "{ $name }" must end in one message of the assistant; behind the prompt it has { $roles }
said-its-is-no-list-of-messages = its "{ $name }" is no list of messages with role and content
said-this-is-kto-data-single-answers = this is KTO's data: single answers with a label, not pairs
said-there-are-only-chosen-answers-no = there are only chosen answers: no column is called "rejected"
said-there-are-only-rejected-answers-no = there are only rejected answers: no column is called "chosen"
said-this-is-instruction-data-one-answer = this is instruction data: one answer to each prompt, and no opposite one
said-these-are-conversations-with-one-answer = these are conversations with one answer each, and no opposite one

# crates/data/src/data_files/two_answers.rs
said-its-and-may-choose-different = its "{ $first }" and "{ $second }" may choose different answers
said-its-is-0-neither-answer = its "{ $name }" is 0: neither answer is preferred
said-its-is-not-0-or-1 = its "{ $name }" is { $value }, not 0 or 1
said-its-is-no-number = its "{ $name }" is no number

# crates/data/src/data_files/values.rs
said-it-ends-in-the-middle-of = it ends in the middle of a value
said-the-list-has-no-end = the list has no end
said-a-comma-or-the-end-of = a comma or the end of the list is missing
said-something-stands-behind-the-list = something stands behind the list

# crates/data/src/data_files/workbook.rs
said-an-excel-workbook = an Excel workbook
said-of-its-sheets-was-read = Of its { $sheets } sheets { $name } was read.
said-row-stands-behind-row = row { $row } stands behind row { $other }
said-it-has-parts = it has { $count } parts

# crates/data/src/quality/answers.rs
said-no-prompt = no prompt
said-no-wanted-answer = no wanted answer
said-no-opposite-answer = no opposite answer
said-no-prompt-no-wanted-answer = no prompt, no wanted answer
said-no-prompt-no-opposite-answer = no prompt, no opposite answer
said-no-wanted-answer-no-opposite-answer = no wanted answer, no opposite answer
said-no-prompt-no-wanted-answer-no = no prompt, no wanted answer, no opposite answer
said-1-pair-without-a-text = 1 pair without a text.
said-pairs-without-a-text = { $count } pairs without a text.
said-training-and-sweeps-refuse-a-pair = Training and sweeps refuse a pair with an empty answer.
said-1-pair-with-the-same-wanted = 1 pair with the same wanted and opposite answer.
said-pairs-with-the-same-wanted-and = { $count } pairs with the same wanted and opposite answer.
said-nothing-can-be-learnt-from-a = Nothing can be learnt from a pair whose answers are the same.
said-wanted-answer = wanted answer
said-opposite-answer = opposite answer
said-prompt-wanted-answer = prompt, wanted answer
said-prompt-opposite-answer = prompt, opposite answer
said-wanted-answer-opposite-answer = wanted answer, opposite answer
said-prompt-wanted-answer-opposite-answer = prompt, wanted answer, opposite answer
said-1-pair-with-white-space-around = 1 pair with white space around a text.
said-pairs-with-white-space-around-a = { $count } pairs with white space around a text.
said-an-answer-leading-blank-changes-its = An answer's leading blank changes its first token.
said-1-distinct-wanted-answer-in-pairs = 1 distinct wanted answer in { $pairs } pairs; { $text } in { $share } of them.
said-distinct-wanted-answers-in-pairs-in = { $count } distinct wanted answers in { $pairs } pairs; { $text } in { $share } of them.
said-1-distinct-opposite-answer-in-pairs = 1 distinct opposite answer in { $pairs } pairs; { $text } in { $share } of them.
said-distinct-opposite-answers-in-pairs-in = { $count } distinct opposite answers in { $pairs } pairs; { $text } in { $share } of them.
said-repeated-times = { $count } times: “{ $text }”
said-a-vector-learns-the-few-sentences = A vector learns the few sentences instead of the behaviour.

# crates/data/src/quality/duplicates.rs
said-1-pair-says-the-same-as = 1 pair says the same as an earlier one.
said-pairs-say-the-same-as-an = { $count } pairs say the same as an earlier one.
said-a-pair-that-is-there-twice = A pair that is there twice counts twice.
said-1-pair-says-nearly-the-same = 1 pair says nearly the same as an earlier one.
said-pairs-say-nearly-the-same-as = { $count } pairs say nearly the same as an earlier one.
said-many-pairs-of-one-kind-drown = Many pairs of one kind drown the others; held out, they measure what was trained on.
said-same-as-pair = same as pair { $pair }
said-like-pair-on-the-other-side = like pair { $pair }, on the other side of the split
said-like-pair = like pair { $pair }

# crates/data/src/quality/first_word.rs
said-wanted-opposite = wanted: { $wanted }, opposite: { $opposite }
said-first-word-nothing = nothing
said-the-first-word-alone-tells-the = The first word alone tells the wanted answer in { $share } of the pairs: “{ $word }” begins { $wanted } wanted and { $opposite } opposite answers.
said-the-first-word-alone-tells-the-wanted = The first word alone tells the wanted answer in { $share } of the pairs: “{ $word }” begins { $wanted } wanted and { $opposite } opposite answers; “{ $word2 }” begins { $wanted2 } wanted and { $opposite2 } opposite answers.
said-a-vector-may-learn-to-say = A vector may learn to say this word instead of the behaviour. Let both kinds of answer begin in many ways.

# crates/data/src/quality/leftovers.rs
said-1-pair-with-unfilled-fields-or = 1 pair with unfilled fields or marks of where a text was copied from.
said-pairs-with-unfilled-fields-or-marks = { $count } pairs with unfilled fields or marks of where a text was copied from.
said-a-model-reads-every-mark-where = A model reads every mark; where wanted and opposite answers differ in them, a vector learns them.
said-unfilled-field = unfilled field { $field }
said-instead-of-a-text = { $text } instead of a text
said-a-line-break-written-out = a line break written out
said-letters-read-in-the-wrong-encoding = letters read in the wrong encoding
said-a-model-control-token = a model's control token { $mark }
said-a-transcript-mark = a transcript's mark { $mark }
said-letters-read-in-the-wrong-encoding-2 = letters read in the wrong encoding { $mark }
said-a-letter-that-could-not-be = a letter that could not be read { $mark }
said-a-model-stock-phrase = a model's stock phrase { $mark }
said-filler-text = filler text { $mark }
said-leftovers-prompt = prompt: { $prompt }
said-leftovers-wanted = wanted: { $wanted }
said-leftovers-opposite = opposite: { $opposite }
said-leftovers-prompt-wanted = prompt: { $prompt }; wanted: { $wanted }
said-leftovers-prompt-opposite = prompt: { $prompt }; opposite: { $opposite }
said-leftovers-wanted-opposite = wanted: { $wanted }; opposite: { $opposite }
said-leftovers-prompt-wanted-opposite = prompt: { $prompt }; wanted: { $wanted }; opposite: { $opposite }

# crates/data/src/quality/lengths.rs
said-wanted-opposite-characters = wanted { $wanted }, opposite { $opposite } characters
said-the-wanted-answer-is-the-longer = The wanted answer is the longer one in { $share } of the pairs: in the middle, wanted answers have { $wanted } characters and opposite ones { $opposite }.
said-the-opposite-answer-is-the-longer = The opposite answer is the longer one in { $share } of the pairs: in the middle, wanted answers have { $wanted } characters and opposite ones { $opposite }.
said-a-vector-may-learn-to-answer = A vector may learn to answer at length instead of the behaviour.

# crates/data/src/quality/letters.rs
said-the-wanted-letters-are-uneven = The wanted letters are uneven: { $letters }.
said-a-vector-may-learn-the-letter = A vector may learn the letter instead of the behaviour. Tiller draws the letters anew where it makes choices of pairs itself.

# crates/data/src/quality/polarity.rs
said-pair-has-the-answers-the-other = pair { $pair } has the answers the other way round
said-its-words-are-those-of-the = its words are those of the other side
said-the-model-prefers-the-other-answer = the model prefers the other answer, unlike in all other pairs
said-pair-has-the-answers-the-other-way = pair { $pair } has the answers the other way round; wanted: { $wanted }, opposite: { $opposite }
said-pair-has-the-answers-the-other-way-round = pair { $pair } has the answers the other way round; its words are those of the other side
said-pair-has-the-answers-the-other-way-round-the = pair { $pair } has the answers the other way round; the model prefers the other answer, unlike in all other pairs
said-wanted-opposite-its-words-are-those = wanted: { $wanted }, opposite: { $opposite }; its words are those of the other side
said-wanted-opposite-the-model-prefers-the = wanted: { $wanted }, opposite: { $opposite }; the model prefers the other answer, unlike in all other pairs
said-its-words-are-those-of-the-other = its words are those of the other side; the model prefers the other answer, unlike in all other pairs
said-pair-has-the-answers-the-other-way-round-wanted = pair { $pair } has the answers the other way round; wanted: { $wanted }, opposite: { $opposite }; its words are those of the other side
said-pair-has-the-answers-the-other-way-round-wanted-opposite = pair { $pair } has the answers the other way round; wanted: { $wanted }, opposite: { $opposite }; the model prefers the other answer, unlike in all other pairs
said-pair-has-the-answers-the-other-way-round-its = pair { $pair } has the answers the other way round; its words are those of the other side; the model prefers the other answer, unlike in all other pairs
said-wanted-opposite-its-words-are-those-of = wanted: { $wanted }, opposite: { $opposite }; its words are those of the other side; the model prefers the other answer, unlike in all other pairs
said-pair-has-the-answers-the-other-way-round-wanted-opposite-its = pair { $pair } has the answers the other way round; wanted: { $wanted }, opposite: { $opposite }; its words are those of the other side; the model prefers the other answer, unlike in all other pairs
said-1-pair-may-have-the-wanted = 1 pair may have the wanted and the opposite answer in each other's place.
said-pairs-may-have-the-wanted-and = { $count } pairs may have the wanted and the opposite answer in each other's place.
said-a-swapped-pair-trains-against-all = A swapped pair trains against all others. Look at each before you swap it.

# crates/data/src/quality/splits.rs
said-same-prompt-as-pair-which-is = same prompt as pair { $pair }, which is trained on
said-1-held-out-pair-with-a = 1 held-out pair with a prompt that is trained on as well.
said-held-out-pairs-with-a-prompt = { $count } held-out pairs with a prompt that is trained on as well.
said-what-is-measured-on-a-prompt = What is measured on a prompt that was trained on says nothing about new prompts.
said-1-held-out-pair-with-nearly = 1 held-out pair with nearly the same prompt as one that is trained on.
said-held-out-pairs-with-nearly-the = { $count } held-out pairs with nearly the same prompt as one that is trained on.
said-held-out-numbers-look-better-than = Held-out numbers look better than they are.
said-nearly-the-prompt-of-pair = nearly the prompt of pair { $pair }

# crates/hub/src/address.rs
said-there-is-nothing-to-look-for = There is nothing to look for.
said-the-address-names-no-model = The address names no model.
said-this-page-is-at-and-tiller = This page is at { $host }, and Tiller downloads from { $own }.
said-this-is-a-path-on-this = This is a path on this machine, not a model on the hub.
said-the-address-is-not-text = The address is not text.
said-this-is-the-page-of-something = This is the page of something else than a model.
said-is-not-the-name-of-a = “{ $name }” is not the name of a model on the hub.
said-the-branch-or-commit-in-this = The branch or commit in this address is none.

# crates/hub/src/choices.rs
said-of-its-parts-are-not-there = { $missing } of its { $parts } parts are not there.

# crates/hub/src/error.rs
said-the-address-cannot-be-downloaded-from = the address { $address } cannot be downloaded from
said-cannot-be-reached = { $host } cannot be reached: { $detail }
said-the-connection-to-broke = the connection to { $host } broke: { $detail }
said-the-hub-wants-an-access-token = the hub wants an access token (status { $status })
said-the-hub-asks-to-wait-s = the hub asks to wait { $seconds } s
said-answered-with-status = { $host } answered with status { $status }
said-the-hub-answer-makes-no-sense = the hub's answer makes no sense: { $detail }
said-the-hub-points-to-which-is = the hub points to { $to }, which is not encrypted or leads in a circle
said-does-not-have-the-checksum-that = { $path } does not have the checksum that the hub says
said-has-another-size-than-the-hub = { $path } has another size than the hub says: { $found } bytes, not { $expected }
said-the-disk-has-bytes-free-and = the disk has { $free } bytes free, and { $needed } are needed

# crates/hub/src/fetch.rs
said-another-program-fetches-this-file = Another program fetches this file
said-the-range-is-not-there = the range is not there
said-another-range-was-sent = another range was sent
said-it-ended-too-early = it ended too early

# crates/hub/src/listing.rs
said-it-names-no-commit = it names no commit
said-a-redirect-to-nowhere = a redirect to nowhere
said-it-is-too-long = it is too long

# crates/hub/src/search.rs
said-nothing-to-search-for = There is nothing to search for.
said-more-words-than-a-search-takes = These are more words than a search takes.
said-it-is-no-list-of-models = it is no list of models
said-architecture-not-read = Tiller does not read the architecture { $name }.

# crates/hub/src/upload
said-is-no-name-of-a-repository = { $name } is no name of a repository
said-the-hub-does-not-let-this = the hub does not let this token write to { $repository } (status { $status })
said-the-hub-refuses-it-status = the hub refuses it (status { $status }): { $detail }
said-it-does-not-say-where-goes = it does not say where { $path } goes
said-it-does-not-say-how-is = it does not say how { $path } is sent
said-it-names-no-address = it names no address
said-another-place = another place

# crates/endpoint/src
said-this-address-cannot-be-used = this address cannot be used: { $why }
said-the-server-cannot-be-reached-or = the server cannot be reached or broke off: { $detail }
said-the-server-did-not-answer-within = the server did not answer within { $seconds } s
said-the-server-refuses-the-key-status = the server refuses the key (status { $status }): { $detail }
said-the-server-asks-to-be-left = the server asks to be left alone for a while: { $detail }
said-the-server-failed-status = the server failed (status { $status }): { $detail }
said-the-server-refuses-the-request-status = the server refuses the request (status { $status }): { $detail }
said-what-came-back-is-no-answer = what came back is no answer: { $why }
said-it-is-empty = it is empty
said-it-names-no-server = it names no server
said-it-holds-white-space = it holds white space
said-it-begins-with-neither-http-nor = it begins with neither http:// nor https://
said-it-is-no-address-of-a = it is no address of a web server
said-it-holds-a-user-name-the = it holds a user name: the key has a field of its own
said-its-port-is-no-number = its port is no number
said-nothing-may-follow-its-path-the = nothing may follow its path: the key has a field of its own
said-it-holds-no-answer = it holds no answer
said-its-answer-is-no-text = its answer is no text
said-endpoint-no-json = it is no JSON
said-no-connection-came-about-in-time = no connection came about in time
said-there-is-no-server-of-this = there is no server of this name
said-the-server-sends-to-another-address = the server sends to another address
said-the-system-keyring-takes-no-secret = the system's keyring takes no secret: { $error }

# crates/sandbox/src
said-needs-more-than-mb-of-memory = { $part } needs more than { $limit } MB of memory
said-takes-more-than-seconds = { $part } takes more than { $limit } seconds
said-is-nested-without-end = { $part } is nested without end
said-ends-the-process-that-reads-it = { $part } ends the process that reads it ({ $status })
said-sandbox-the-file = the file
said-its-tokenizer = its tokenizer
said-its-chat-template = its chat template
said-it-contradicts-itself-2 = it contradicts itself
said-there-is-not-enough-memory-to-check = there is not enough memory to check it: this process may take { $limit } MB
said-the-process-that-should-check-it = the process that should check it did not work: { $error }
said-an-argument-is-missing = an argument is missing
said-this-task-is-not-known = this task is not known
said-a-limit-is-no-number = a limit is no number

# crates/regular-file/src
said-a-folder = a folder
said-a-pipe = a pipe
said-a-socket = a socket
said-a-device = a device

# crates/store/src/error.rs
said-the-store-failed = the store failed
said-the-store-could-not-be-brought = the store could not be brought to this version's schema
said-the-store-could-not-be-copied = the store could not be copied before it is brought to this version's schema
said-the-store-has-schema-written-by = the store has schema { $found } (written by { $version }), this version knows schemas up to { $known }
said-the-database-has-tables-and-none = the database has tables, and none of them is Tiller's
said-the-store-is-damaged = the store is damaged: { $detail }
said-the-store-is-gone-or-empty = the store is gone or empty: { $path }
said-the-store-write-ahead-log-is = the store's write-ahead log is gone: { $path }
said-the-store-is-no-longer-at = the store is no longer at { $path }
said-the-store-write-ahead-log-was = the store's write-ahead log was deleted: { $path }
said-the-caps-do-not-fit-their = the caps do not fit their vector: { $detail }
said-the-is-not-there = the { $what } is not there
said-there-are-too-many-pairs-for = there are too many pairs for one place
said-an-adapter-of-rank-for-this = an adapter of rank { $rank } for this model has { $expected } numbers, and { $found } are kept

# crates/store/src: what is stored
said-question-of-a-analysis = question of a analysis
said-finding-of-a-analysis = finding of a analysis
said-copies-of-a-model = copies of a model
said-desk-of-a-conversation = desk of a conversation
said-desk-of-a-preset = desk of a preset
said-settings-of-a-distillation = settings of a distillation
said-items-of-a-measurement = items of a measurement
said-facts-of-a-model = facts of a model
said-settings-of-a-vector = settings of a vector
said-provenance-of-a-vector = provenance of a vector
said-turns-of-a-pair = turns of a pair
said-tags-of-a-pair = tags of a pair
said-tags-of-a-vector = tags of a vector
said-settings-of-a-sweep = settings of a sweep
said-vectors-of-a-sweep = vectors of a sweep
said-adapter-of-a-vector = adapter of a vector
said-layers-of-a-vector = layers of a vector
said-norms-of-a-vector = norms of a vector
said-method-of-a-vector = method of a vector
said-intervention-of-a-vector = intervention of a vector
said-derivation-of-a-vector = derivation of a vector
said-percentiles-of-projections = percentiles of projections
said-residual-norms = residual norms
said-settings-of-a-run = settings of a run
said-speeds-of-sweeps = speeds of sweeps
said-side-of-a-step = side of a step
said-sampling-of-an-answer = sampling of an answer
said-steering-of-an-answer = steering of an answer
said-tokens-of-an-answer = tokens of an answer

# crates/store/src/project_file
said-it-is-not-a-project-file = it is not a project file of Tiller
said-its-format-has-version-this-tiller = its format has version { $found }, this Tiller knows versions up to { $known }
said-it-is-damaged-2 = it is damaged: { $detail }
said-it-is-too-large = it is too large: { $detail }
said-what-it-says-about-cannot-be = what it says about { $table } cannot be right: { $why }
said-what-it-says-about-cannot-be-right = what it says about { $table } cannot be right: { $column } is missing
said-what-it-says-about-cannot-be-right-is = what it says about { $table } cannot be right: { $column } is no id
said-what-it-says-about-cannot-be-right-is-not = what it says about { $table } cannot be right: { $column } is not finite
said-what-it-says-about-cannot-be-right-is-too = what it says about { $table } cannot be right: { $column } is too long
said-what-it-says-about-cannot-be-right-is-not-there = what it says about { $table } cannot be right: { $column } { $id } is not there
said-an-id-is-there-twice = an id is there twice
said-each-must-have-one-result = each must have one result
said-a-measurement-is-not-there = a measurement is not there
said-the-hash-is-not-that-of = the hash is not that of the pairs
said-a-snapshot-is-not-there = a snapshot is not there
said-it-follows-a-turn-of-another = it follows a turn of another column
said-a-place-is-not-in-its = a place is not in its text
said-it-measures-nothing = it measures nothing
said-its-sweep-is-not-there = its sweep is not there
said-it-is-on-no-curve = it is on no curve
said-its-numbers-are-not-finite = its numbers are not finite
said-its-numbers-are-not-as-many = its numbers are not as many as its sizes say
said-there-must-be-one = there must be one
said-it-has-bytes = it has { $bytes } bytes
said-it-is-cut-off-or-something = it is cut off, or something was added to it
said-a-table-is-missing = a table is missing
said-it-has-a-that-tiller-does = it has a { $kind } “{ $name }” that Tiller does not write
said-has-rows-the-largest-cell-has = { $table } has { $rows } rows, the largest cell has { $bytes } bytes
said-a-pair-has-fields = a pair has fields
said-an-edit-is-about-no-pair = an edit is about no pair
said-it-failed-on-another-machine = It failed on another machine.

# crates/store/src/sweeps.rs
said-the-model-file-or-its-template = The model’s file or its template has changed since.
said-the-data-set-is-gone = The data set “{ $name }” is gone.
said-the-held-out-pairs-of-have = The held-out pairs of “{ $name }” have changed since.
said-a-vector-of-is-gone = A vector of “{ $name }” is gone.
said-a-vector-of-acts-otherwise-now = A vector of “{ $name }” acts otherwise now.

# crates/store/src/project_file/tables.rs
said-count-data-sets = data sets
said-count-runs = runs
said-count-vectors = vectors
said-count-sweeps = sweeps
said-count-analyses = analyses
said-count-transfers = transfers
said-batches-of-drafts = batches of drafts
said-count-conversations = conversations
said-count-presets = presets
said-count-pairs = pairs
said-sweep-points = sweep points
said-count-turns = turns

# crates/data/src/data_files/openai.rs
said-its-input-is-no-object = its "input" is no object with "messages"
said-the-of-its-input-would = the { $name } of its "input" would change what the model reads, and cannot be read here

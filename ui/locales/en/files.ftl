# The sheets that import and export files, make data sets, and bake, distil, hand over and publish vectors.

# adapter_files.rs
files-adapter-identical = Proved: the model computes the same with the file as with the adapter in the library, to the bit.
files-adapter-exact = Proved: the model computes the same with the file as with the adapter in the library, but for rounding.
files-adapter-not-exact = Not exact: the file is there, and with it the model does not compute within the bounds what it computes with the adapter in the library.
files-adapter-no-proof = The file is there, without a proof. To prove it, export it again.
files-adapter-waits = Written; the proof follows.
files-adapter-numbers = Largest gap of two logits on { $prompts } prompts: { $gap }. { $same } of { $prompts } greedy answers of { $tokens } tokens the same. Perplexity of the neutral text: { $library } with the adapter in the library, { $file } with the file.

# data_set.rs
files-data-set-behaviour-use = Rubrics, system prompts and drafts are made from it
files-data-set-behaviour-note = what the wanted answers show, in a sentence
files-data-set-behaviour-example = Answers choose money over everything else.
files-data-set-duplicate = Duplicate
files-data-set-delete-note = Its pairs, runs and sweeps go with it; its vectors stay. Undo brings all of it back until Tiller is closed.
files-data-set-delete = Delete the data set
files-data-set-new = A new data set
files-data-set-new-name = Name of a new data set
files-data-set-new-behaviour = Behaviour of a new data set
files-data-set-new-behaviour-hint = Its behaviour, in a sentence
files-data-set-create = Make a new one

# distil/mod.rs
files-distil-intro = Where a vector cannot be baked, a low-rank adapter is trained until the model with it predicts what the steered model predicts. llama.cpp, Ollama, LM Studio, peft and vLLM load it. It is an approximation, and what is left of the difference is measured.
files-distil-data = Prompts and answers of
files-distil-data-set = { $count ->
    [one] { $name } ({ $count } pair)
   *[other] { $name } ({ $count } pairs)
}
files-distil-rank = Rank
files-distil-projections-title = Projections that it acts on
files-distil-projections = Projections
files-distil-do = Distil

# distil/results.rs
files-distil-result = { $count ->
    [one] × { $multiplier }, { $count } step, rank { $rank }
   *[other] × { $multiplier }, { $count } steps, rank { $rank }
}
files-distil-export = Export the adapter
files-distil-numbers = Compared with the steered model: largest gap of two logits on { $prompts } prompts { $gap }; { $same } of { $prompts } greedy answers of { $tokens } tokens the same; perplexity of the neutral text { $steered } steered, { $student } with the adapter.

# export_pairs.rs
files-export-pairs = Export pairs
files-export-name = Export “{ $name }”
files-export-format = Format
files-export-all = All
files-export-train = Train
files-export-tags = Tags
files-export-tags-none = all pairs, with and without a tag
files-export-tags-some = only pairs with one of the chosen
files-export-tags-label = Only pairs with one of these tags
files-export-everything = Keep everything: split, tags and notes in further columns, which other programs pass over
files-export-guard = Guard against spreadsheet formulas: an apostrophe before cells that begin with =, +, − or @
files-exported-pairs = { $count ->
    [one] { $count } pair written.
   *[other] { $count } pairs written.
}
files-exported-shortened = { $count ->
    [one] { $written } { $count } has a system prompt or earlier turns, which this format leaves out.
   *[other] { $written } { $count } have a system prompt or earlier turns, which this format leaves out.
}
files-format-trl-jsonl = TRL, JSON lines
files-format-bipo-csv = BiPO, CSV
files-format-trl-parquet = TRL, Parquet
files-format-tiller-jsonl = Tiller, JSON lines
files-columns-trl = Columns: prompt, chosen, rejected; as messages where a pair has a system prompt or earlier turns.
files-columns-bipo = Columns: question, matching, not_matching.
files-columns-tiller = Columns: prompt, wanted, opposite, and everything else of a pair.
files-columns-guarded = { $columns } Imported again, the apostrophes are a part of the texts.
files-columns-whole = { $columns } Imported again, it gives the same pairs.
files-columns-without-notes = { $columns } Leaves out split, tags and notes.
files-columns-without-turns = { $columns } Leaves out system prompts, earlier turns, split, tags and notes.

# export_vector.rs
files-page-file = Vector file
files-page-adapter = Adapter file
files-page-passport = Passport
files-page-model = Into a model
files-page-distil = Distil
files-page-hand-over = Hand over
files-page-publish = Publish
files-export-vector = Export a vector
files-export-pages = Pages
files-written = Written: { $path }
files-use-in-llama-cpp = Use it in llama.cpp
files-read-back = Read again: its numbers are those of the library, to the bit.
files-adapter-proof = After it is written, the file is loaded again and compared with the adapter in the library, on its model. That is a job, which can be paused and stopped. The proof lies beside the file.
files-adapter-unproved = The file is there. It cannot be proved:
files-adapter-safetensors = The names and rows of Hugging Face’s peft. Called adapter_model.safetensors, it gets its adapter_config.json beside it, and peft loads the folder.
files-adapter-gguf = A GGUF adapter, as llama.cpp (--lora), Ollama (ADAPTER) and LM Studio read it.
files-adapter-ending = The ending says the format: .{ $endings }. llama.cpp’s control vectors cannot hold an adapter.
files-vector-safetensors = Tiller's own: keeps everything that is known of the vector.
files-vector-gguf = llama.cpp's and repeng's control vector.
files-vector-pt = PyTorch, as the BiPO authors' program reads it. The file does not say the layer.
files-vector-npy = NumPy. The file does not say the layer.
files-vector-json = JSON, with everything that is known of the vector.
files-vector-ending = The ending says the format: .{ $endings }.

# hand_over/mod.rs
files-hand-over-program = Program
files-hand-over-gguf = Vector (.gguf)
files-hand-over-safetensors = Vector (.safetensors)
files-hand-over-baked = Baked model
files-hand-over-adapter = Distilled adapter (.gguf), if there is one
files-hand-over-note = Export the vector on the first page; the page “Into a model” writes the baked model and proves it. Paths with blanks are quoted as the shells of their system read them.

# hand_over/adapter.rs
files-hand-over-adapter-gguf = Adapter (.gguf)
files-hand-over-adapter-folder = Adapter (peft’s folder)
files-hand-over-adapter-note = Export the adapter on the first page, as .gguf or as .safetensors. Paths with blanks are quoted as the shells of their system read them.

# import_pairs.rs
files-import-pairs = Import pairs
files-import-pairs-formats = BiPO's CSV, TRL's JSON lines and Parquet, CAA's JSON, TruthfulQA, model-written evaluations, or any table whose columns you name. Or paste rows of a table or lines of JSON here, with Ctrl+V.
files-import-preview = Preview
files-import-name-columns = Name the columns
files-import-name-columns-title = Take other columns than the format's
files-import-reading = Reading the file.
files-import-use-remembered = Use them
files-import-forget-remembered = Forget them…
files-import-forget-lost = The columns of such files are no longer remembered.
files-import-forget-sure = Forget them
files-import-pasted = { $count ->
    [one] { $count } line pasted
   *[other] { $count } lines pasted
}
files-import-file-instead = Choose a file instead
files-import-into-current = End of “{ $name }”
files-import-where = Where the pairs go
files-import-new = New data set
files-import-name = Name of the new data set
files-import-name-hint = Name; the file's, if empty
files-import-behaviour = Behaviour of the new data set
files-import-behaviour-hint = Behaviour that the wanted answers show, in a sentence
files-import-has-splits = The file says which pairs are held out.
files-import-share = Held out, in %
files-import-share-hint = Pairs with one prompt stay together
files-import-seed-hint = Another seed holds other pairs out
files-import-skip = { $count ->
    [one] Leave out the row that cannot be used
   *[other] Leave out the { $count } rows that cannot be used
}

# import_vector.rs
files-no-layer-number = “{ $typed }” is not a layer’s number
files-import-vector = Import a vector
files-import-vector-formats = Tiller's .safetensors and .json, llama.cpp's and repeng's .gguf, PyTorch's .pt, .pth and .bin, NumPy's .npy and .npz, and passports, .tiller-vector.zip. A file with several layers becomes one vector of several layers. A .safetensors of peft’s with low-rank pairs on queries and values becomes an adapter. Nothing in a file is run.
files-import-vector-name-hint = The file's, if empty
files-import-vector-layer-hint = All of the file's, if empty

# into_model/copies.rs
files-baked-identical = Proved: the same numbers as the steered original, to the bit.
files-baked-exact = Proved: exact but for rounding.
files-baked-not-exact = Not exact: the copy is there, and is not the steered original within the bounds.
files-baked-not-written = Not written.
files-baked-next = Being written, then proved.
files-baked-waits = Queued.
files-baked-no-number = no number
files-baked-numbers = Largest gap of two logits on { $prompts } prompts: { $gap }. { $same } of { $prompts } greedy answers of { $tokens } tokens the same. Perplexity of the neutral text: { $steered } steered, { $baked } baked.

# into_model/mod.rs
files-bake-intro = For programs that load models and no vectors: Ollama, LM Studio, Jan, koboldcpp, vLLM. Tiller writes a copy of the model in which the vector is a part of the weights, loads it, and compares it with the steered original.
files-bake-multipliers = Multipliers, up to three
files-bake-copy = Copy
files-bake-same = It is the model that the vector was made on, in another format
files-bake-do = Bake and prove
files-bake-too-many = At most { $most } multipliers are baked at once
files-bake-own-model = { $name } (the vector’s own)

# into_model/planned.rs
files-bake-plan = What will be written
files-bake-proof = The proof of each lies beside it.
files-bake-free = { $free } are free there. { $proof }
files-bake-endings = The name that you choose gets each multiplier at its end. { $proof }

# passport.rs
files-passport-intro = One archive or folder with the numbers, how they were made, the measured curves with their intervals, side effects and a model card. Somebody else measures the curves again with tiller-cli verify. Addresses and folders of this machine stay here.
files-passport-path = Archive (.tiller-vector.zip) or new folder
files-passport-curves = Curves of
files-passport-last-sweep = The last complete sweep of this vector alone
files-licence = Licence
files-add-pairs = Add the pairs, and the prompts of the sweep’s lists
files-passport-replace = Replace an archive that is there
files-passport-do = Write passport
files-passport-useful = With curves; useful from multiplier { $from } to { $to }.
files-passport-not-useful = With curves, in which no useful range was found.
files-passport-no-curves = Without curves: no complete sweep has measured this vector alone. Sweep it, and write the passport again.
files-passport-sweep = { $name } · { $when }
files-passport-sweep-on = { $name } · { $sets } · { $when }

# preview.rs
files-preview-line = Line
files-preview-refused = Cannot be used, because
files-preview-more = and { $count } more
files-preview-choose-column = Choose a column
files-preview-no-format = Say which columns hold a pair · { $encoding }
files-preview-held-out = { $count } held out by the file
files-preview-remembered = Remembered from the last file with these columns: prompt “{ $prompt }”, wanted “{ $wanted }”, opposite “{ $opposite }”.
files-preview-offered = For the last file with these columns you named others than the format's: prompt “{ $prompt }”, wanted “{ $wanted }”, opposite “{ $opposite }”.
files-preview-duplicates = { $count ->
    [one] { $count } pair says the same as an earlier one.
   *[other] { $count } pairs say the same as an earlier one.
}
files-preview-unfinished = { $count ->
    [one] { $count } pair lacks a prompt or an answer.
   *[other] { $count } pairs lack a prompt or an answer.
}
files-preview-system = { $count ->
    [one] { $count } pair has a system prompt of its own.
   *[other] { $count } pairs have a system prompt of their own.
}
files-preview-turns = { $count ->
    [one] { $count } pair has earlier turns before its prompt.
   *[other] { $count } pairs have earlier turns before their prompts.
}

# publish.rs
files-publish-intro = Sends the passport to a repository of the Hugging Face hub, with your access token. Nothing is sent before you have seen the files and the address.
files-publish-repository = Repository
files-publish-repository-hint = you/name
files-publish-public = Show it to everybody; else only the owners of the repository see it
files-publish-existing = Add to a repository that is there
files-publish-progress = { $phase }: { $sent } of { $total }
files-publish-stop = Cancel the upload
files-publish-look = Show what is sent
files-publish-do = Publish
files-publish-to-owners = To { $address }, seen by its owners only where the repository is new. { $size } in all.
files-publish-to-everybody = To { $address }, seen by everybody where the repository is new. { $size } in all.
files-publish-files = Files
files-publish-no-token = There is no access token: type one with the right to write under Models, “Download”.
files-published = Published: { $address } (commit { $commit })
files-publish-cancelled = Cancelled before the commit. If the repository was new, it is there and empty; to send again, tick “Add to a repository that is there”.

# vector_preview.rs
files-vector-suggested = Its name suggests layer { $layer }.
files-vector-take-layer = Take layer { $layer }
files-vector-adapter = An adapter of rank { $rank } and alpha { $alpha } on { $blocks } blocks.
files-vector-no-layer = A vector of { $size } numbers. The file does not say its layer: type it below.
files-vector-one-layer = A vector of { $size } numbers for layer { $layer }.
files-vector-several-layers = Vectors of { $size } numbers for layers { $layers }.

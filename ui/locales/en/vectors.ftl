# The Vectors screen: the library, and what is shown of, made from and compared with a vector.

# What several sources say
vectors-made = Made
vectors-nearest-words = Nearest words
vectors-how-alike = Similarity
vectors-experimental = experimental

# arithmetic.rs
vectors-make-from = Make from “{ $name }”
vectors-make-about = Every one is a new vector; this one stays. What it was made of is kept with it, by content.
vectors-make-name = Name of the new one
vectors-make-name-placeholder = Empty for a name that says what was done
vectors-make-copies = Copy
vectors-duplicate = Duplicate
vectors-negate = Negate
vectors-make-length = Length
vectors-scale-factor = Times
vectors-scale = Scale
vectors-normalize = Set norm
vectors-as-long-as = As long as
vectors-match-norm = Match
vectors-make-with-another = With another vector
vectors-make-alone = No other vector of this model acts after { $layers }. Vectors of other layers go together in Chat and in a sweep’s sum.
vectors-weight = This times
vectors-other-weight = The other times
vectors-add = Add
vectors-take-out-along = Project out
vectors-take-out = Project out

# details.rs
vectors-tag-of = the tag “{ $tag }” of { $vector }
vectors-tag-remove = Remove the tag { $tag }
vectors-tag-add = Add a tag
vectors-note-placeholder = What it does, what it is good for
vectors-norm-there = { $norm }, { $share } of the residual stream’s { $residual } there
vectors-norm-adapter = { $norm } added to the weights at +1
vectors-source = { $name } has the content { $hash }
vectors-made-as = Made as
vectors-data = Data
vectors-data-gone = a data set that is gone
vectors-data-content = content { $hash }
vectors-trained-with = Trained with
vectors-trained-without-steps = no steps; read off the activations, seed { $seed }
vectors-trained = { $epochs }, rate { $rate }, beta { $beta }, { $pairs } a step, seed { $seed }
vectors-trained-until = { $settings }; taken after epoch { $epoch }
vectors-count-epochs = { $count ->
    [one] { $count } epoch
   *[other] { $count } epochs
}
vectors-acts = Applied
vectors-acts-adapter = Every token, multiplied into the weights
vectors-acts-added = { $positions }, added
vectors-acts-projected-out = { $positions }, projected out
vectors-acts-capped = { $positions }, caps the projection at { $at }
vectors-imported = Imported
vectors-made-by = { $date } by Tiller { $version }
vectors-size = Size
vectors-content = Content
vectors-content-label = SHA-256 of its layers or sizes, and its numbers
vectors-inside-usual = inside all { $blocks } blocks, on queries and values
vectors-inside = inside all { $blocks } blocks, on { $names }
vectors-after = { $count ->
    [one] after block { $layers }
   *[other] after blocks { $layers }
}
vectors-size-adapter = { $numbers } numbers: rank { $rank }, alpha { $alpha }
vectors-size-one = { $size } numbers
vectors-size-several = { $layers } × { $size } numbers
vectors-sweep = Sweep it
vectors-chat = Chat with it
vectors-delete-note = Its sweeps go with it. Undo brings them back.
vectors-delete-sure = Delete the vector

# learned_map.rs
vectors-map-running = { $job }: the new vector is listed here when the job is done.
vectors-map-from = Layer that is transferred
vectors-map-to = To { $model } by a learned map
vectors-map-about = Both models read the same texts, a linear map is fitted from the residual stream of one to that of the other, and the vector goes through it. Whether it steers there nobody knows before the sweep; how much the map explains of rows that it was not fitted on stands beside the new vector.
vectors-map-layer = Layer there
vectors-map-data = Both read the neutral text and
vectors-map-data-set = the prompts and answers of “{ $name }”
vectors-map-data-none = nothing else
vectors-map-layers-note = Layers there are 0 to { $last }; suggested is the depth of layer { $layer } in its own model.
vectors-map-start = Transfer it

# library.rs
vectors-tab-make = Make from it
vectors-tab-transfer = Other models

# list.rs
vectors-count = { $count ->
    [one] { $count } vector
   *[other] { $count } vectors
}
vectors-shown = { $count ->
    [one] { $shown } of { $count } vector
   *[other] { $shown } of { $count } vectors
}
vectors-none-fits = No vector fits.
vectors-compare = Compare { $count }
vectors-compare-ticked = Compare ticked
vectors-compare-title = Tick two vectors or more in the list
vectors-search = Search the vectors
vectors-every-method = Every method
vectors-no-method = No method
vectors-every-model = Every model
vectors-tag = Tag
vectors-every-tag = Every tag
vectors-adapter = adapter
vectors-adapter-title = Low-rank weights in every block
vectors-mapped-title = Transferred from another model by a learned map
vectors-transferred = transferred
vectors-transferred-title = Made for another model
vectors-tick = Compare this vector
vectors-tick-adapter = An adapter has no direction to compare

# logit_lens.rs
vectors-lens-about = What the model would say next if its residual stream were the vector alone: its final norm, then its head (the logit lens). Late layers read best; a vector can steer well and point to no word in particular.
vectors-lens-reading = Reading …
vectors-lens-along = Towards it (+v)
vectors-lens-against = Away from it (−v)
vectors-lens-token = token { $id }
vectors-lens-logit = Logit

# mod.rs
vectors-none = No vectors yet
vectors-none-about = A steering vector is added to the model's residual stream after one or more of its blocks. Train one; it is kept here with everything needed to make it again.
vectors-list = Vectors
vectors-chosen = The vector
vectors-is-adapter = This is an adapter
vectors-is-adapter-about = It adds low-rank products to the query and value weights of every block. It has no direction in the residual stream, so it cannot be scaled into another vector, read as words or copied to another model. It can be swept, chatted with and exported.
vectors-is-adapter-show = Show the adapter

# similarity.rs
vectors-alike-at = At
vectors-every-layer = every layer
vectors-alike-layer = layer { $layer }
vectors-alike-tick = Tick two vectors or more in the list.
vectors-alike-comparing = Comparing …
vectors-alike-chart = Cosine of every two ticked vectors; the table below has the numbers
vectors-norms = Norms
vectors-norms-about = Against the residual stream’s mean norm after the same block, over the neutral text on board without each text’s first token. It is measured once, while the model is in memory.
vectors-norms-residual = Residual
vectors-norms-share = Share
vectors-cosine-at-layer = The cosine of their parts at layer { $layer }; nothing for one that has none there.
vectors-cosine-over-layers = The cosine over all layers that two have in common, one after the other; of two vectors of one layer each, whatever their layers.
vectors-cosine-of-two = The cosine of every two, whatever their layers: 1 the same direction, 0 at right angles, −1 opposite.

# transfer.rs
vectors-transfer-title = On other models
vectors-transfer-about = On a relative of that model, of the same size and depth, the same numbers may steer, too: the paper’s Figure 3 moves a vector from Llama-2 to Vicuna. A copy for the other model is a vector of its own; how well it steers there is seen by the same sweep on both. To any other model a vector can be transferred by a learned map, which is experimental.
vectors-made-for-gone = It was made for a model that is gone.
vectors-made-for-size = It was made for { $model }: { $size } numbers at a layer, { $layers } layers.
vectors-made-for = It was made for { $model }.
vectors-transfer-held-out = Both are measured on the { $count } held-out pairs of “{ $name }”, one model after the other.
vectors-transfer-none = There is no other model in the list yet.
vectors-transfer-width = Width
vectors-transfer-learn = Learn a map…
vectors-transfer-learn-title = Experimental
vectors-transfer-show = Show it
vectors-transfer-sweep-both = Sweep both
vectors-transfer-copy = Make a copy for it
vectors-transfer-other-size = another size
vectors-transfer-not-read = not read yet

# The sentences of the application (crates/app and src-tauri) that the page shows. The page finds each by its English pattern.

# crates/app/src/app/adapter_proofs.rs
said-job-proving = 验证 { $file } 中的“{ $adapter }”

# crates/app/src/app/analyses.rs
said-no-pair-held-out = “{ $name }”中没有留出对，因此没有可供测量的数据。
said-mark-held-out = 请在“数据”中将部分偏好对标为留出。
said-two-pairs-to-train = 此操作至少需要两个用于训练的偏好对。
said-add-pairs = 请在“数据”中添加偏好对。
said-job-will-it-steer = “{ $name }”能否引导？
said-job-layers-for = 为“{ $name }”比较各层
said-job-search-for = 为“{ $name }”搜索层与学习率
said-run-no-epoch-yet = 此训练运行尚未完成任何一轮。
said-wait-first-epoch = 请等待第一轮结束。
said-job-epochs-of = 比较“{ $name }”的各轮
said-job-strength-of = “{ $name }”的强度
said-job-prompts-along = “{ $data_set }”的提示在“{ $vector }”上的投影
said-made-for-another-model = “{ $name }”是为其他模型制作的。
said-choose-vector-of-this-model = 请选择此模型的向量。
said-model-has-no-layer = 模型没有第 { $layer } 层。
said-choose-earlier-layer = 请选择更靠前的层。
said-no-direction-at-layer = “{ $name }”在第 { $layer } 层没有方向。
said-choose-its-layer-or-other-vector = 请选择它的某一层，或选择其他向量。
said-layers-method-without-steps = 比较各层要用不需要训练步的方法。
said-choose-freeform-caa-pca = 请选择 Freeform、CAA 或 PCA，或改用搜索。
said-no-share-of-stream = { $share } 不是残差流的有效比例。
said-type-number-like-tenth = 请输入一个数，例如 0.1。
said-method-no-learning-rate = 此方法没有学习率。
said-compare-layers-instead = 请改为比较它的各层。
said-adapter-every-block-no-search = 适配器作用于每个块，因此没有可搜索的层。
said-choose-method-for-vector = 请选择训练向量的方法。
said-search-takes-pairs = 一次搜索可取 2 到 { $most } 个层与学习率的组合。
said-change-layers-or-rates = 请更改层或学习率。
said-rates-over-zero = 每个学习率都必须大于 0。
said-change-rates = 请更改学习率。
said-budget-steps = 预算为 1 到 { $most } 步。
said-change-budget = 请更改预算。

# crates/app/src/app/answers.rs
said-vectors-more-than-can-steer = { $count } 个向量超过了可同时引导的上限 { $most } 个。
said-take-some-away = 请移除一些。
said-weight-no-number = 有一个向量的权重不是数。
said-type-one = 请输入。
said-no-question = 没有问题。
said-answer-needs-token = 回答至少需要一个词元。
said-allow-more-tokens = 请允许更多词元。
said-question-tokens-limit = 问题有 { $length } 个词元，而模型最多读取 { $limit } 个。
said-shorten-question = 请缩短问题。

# crates/app/src/app/baking.rs
said-another-job-writes = 另一个任务正在写入 { $name }。
said-choose-another-name = 请选择其他名称。
said-job-baking = 将“{ $vector }”烘入 { $model }
said-copy-of-gguf = 模型是 GGUF 文件，其副本也是。
said-let-name-end-in-gguf = 请让名称以 .gguf 结尾。
said-copy-of-folder = 模型是文件夹，其副本也是。
said-name-without-gguf = 请换一个不以 .gguf 结尾的名称。
said-strengths-at-once = 一次可烘入 1 到 { $most } 个强度。
said-type-separated-by-commas = 请输入它们，以逗号分隔。
said-strength-no-number = 有一个强度不是数。
said-type-numbers-such-as = 请输入数，例如 1 或 -0.5。
said-strength-twice = 强度 { $strength } 出现了两次。
said-take-one-away = 请移除其中一个。

# crates/app/src/app/bulk.rs
said-tag-needs-name = 标签需要一个名称。
said-undo-tag-one = 为 1 个偏好对添加标签“{ $tag }”
said-undo-tag-many = 为 { $count } 个偏好对添加标签“{ $tag }”
said-undo-untag-one = 从 1 个偏好对移除标签“{ $tag }”
said-undo-untag-many = 从 { $count } 个偏好对移除标签“{ $tag }”
said-undo-split-one = 更改 1 个偏好对的划分
said-undo-split-many = 更改 { $count } 个偏好对的划分
said-undo-pin-one = 固定或取消固定 1 个偏好对
said-undo-pin-many = 固定或取消固定 { $count } 个偏好对
said-undo-swap-one = 交换 1 个偏好对的回答
said-undo-swap-many = 交换 { $count } 个偏好对的回答
said-undo-delete-one = 删除 1 个偏好对
said-undo-delete-many = 删除 { $count } 个偏好对
said-undo-duplicate-one = 复制 1 个偏好对
said-undo-duplicate-many = 复制 { $count } 个偏好对
said-undo-move-one = 移动 1 个偏好对
said-undo-move-many = 移动 { $count } 个偏好对
said-pair-has-tags-already = 有一个偏好对已有 { $most } 个标签，不能再添加。
said-take-tag-first = 请先移除它的一个标签。
said-pairs-beside-themselves = 偏好对不能移到自己旁边。
said-choose-another-place = 请选择其他位置。

# crates/app/src/app/choices.rs
said-none-is-choice = 这些偏好对中没有 (A) 与 (B) 的选择题。
said-choose-set-of-choices = 请选择一个提示以两个选项结尾、回答为字母的数据集。
said-no-pairs-to-turn = 没有可转换的偏好对。
said-no-pairs-to-export = 没有可导出的偏好对。
said-choose-other-pairs = 请选择其他偏好对。

# crates/app/src/app/conversations/batch.rs
said-two-turns-one-column = 这些轮次中有两个在同一栏。
said-answer-one-at-a-time = 请一次只回答其中一个。
said-turn-no-answer = 此轮次不是回答。
said-choose-answer = 请选择一个回答。
said-no-answer-chosen = 没有选择回答。
said-choose-one = 请选择一个。
said-column-closed = 此轮次所在的栏已关闭。
said-choose-another-column = 请选择其他栏。

# crates/app/src/app/conversations/check.rs
said-conversation-needs-column = 对话至少需要一栏。
said-add-one = 请添加一个。
said-columns-too-many = { $count } 栏超过了能容纳的上限 { $most } 栏。
said-close-some = 请关闭其中一些。
said-strips-too-many = { $count } 个通道超过了能容纳的上限 { $most } 个。
said-columns-same-id = 有两栏的 ID 相同。
said-make-column-anew = 请重新创建该栏。
said-strips-same-id = 有两个通道的 ID 相同。
said-make-strip-anew = 请重新创建该通道。
said-strip-value-no-number = 通道“{ $name }”的值不是数。
said-gate-threshold-no-number = “{ $name }”的门控阈值不是数。
said-gate-width-not-above-zero = “{ $name }”的软门控宽度不大于 0。
said-type-above-zero-or-hard-gate = 请输入大于 0 的数，或改用硬门控。
said-column-strip-not-on-desk = 有一栏由不在调音台上的通道引导。
said-column-names-strip-twice = 有一栏重复引用了同一通道。
said-factor-no-number = 某栏中一个通道的系数不是数。
said-temperature-is = 温度为 { $temperature }。
said-type-zero-or-more = 请输入不小于 0 的数。
said-top-p-is = top-p 为 { $top_p }。
said-type-above-zero-one-at-most = 请输入大于 0 且不超过 1 的数。
said-min-p-is = min-p 为 { $min_p }。
said-type-between-zero-and-one = 请输入 0 到 1 之间的数。
said-repetition-penalty-is = 重复惩罚为 { $penalty }。
said-type-above-zero-one-nothing = 请输入大于 0 的数；1 表示不作改变。
said-stop-words-too-many = { $count } 个停止词超过了上限 { $most } 个。
said-stop-word-empty = 有一个停止词为空。
said-type-it-or-take-away = 请输入内容，或将其移除。

# crates/app/src/app/conversations/deletions.rs
said-the-conversation = 对话“{ $name }”
said-the-message = 消息“{ $words }”
said-the-answer = 回答“{ $words }”

# crates/app/src/app/conversations/drift.rs
said-adapter-nothing-along = “{ $name }”是适配器：它在每个块中叠加到权重上，没有方向，因此无法在其上投影。
said-vector-no-part-at = 此向量在第 { $layer } 层没有分量。
said-choose-its-layer = 请选择它的某一层。
said-nothing-answered-yet = 还没有任何回答。
said-say-something-first = 请先发送一条消息。
said-last-answer-too-long = 最后一个回答与其消息的词元数超过了可读取的 { $most } 个。
said-measure-earlier-turn = 请测量更早的轮次，或更短的对话。

# crates/app/src/app/conversations/edits.rs
said-text-empty = 文本为空。
said-type-it-or-delete-turn = 请输入文本，或删除该轮次。
said-turns-no-messages = 这些轮次不是消息。
said-edit-messages-or-answer = 请编辑消息，或只编辑一个回答。

# crates/app/src/app/conversations/load.rs
said-vector-is-gone = 向量“{ $name }”已不存在。
said-take-strip-off = 请将其通道移出调音台，或将其静音。
said-measure-caps-again = 请重新测量限幅。
said-caps-percentile = “{ $name }”的限幅位于第 { $percentile } 百分位。
said-type-zero-to-hundred = 请输入 0 到 100。
said-caps-count = “{ $name }”有 { $expected } 层，而其限幅有 { $found } 个阈值。
said-caps-threshold-no-number = “{ $name }”的限幅中有一个阈值不是数。
said-adapter-no-direction-to-cap = “{ $name }”是适配器，没有可限幅的方向。
said-take-caps-away = 请移除限幅。
said-adapter-no-gate = “{ $name }”是适配器，门控无法控制它。
said-take-gate-away = 请移除门控。
said-gate-too-late = “{ $name }”的门控在第 { $layer } 层判定，晚于其作用的第 { $first } 层。
said-choose-earlier-gate-layer = 请为门控选择更靠前的层。
said-no-vector-to-decide-gate = “{ $name }”在第 { $layer } 层没有可用于门控判定的向量。
said-zero-decides-nothing = “{ $name }”在第 { $layer } 层为零，无法用于判定。
said-choose-other-gate-vector = 请为门控选择其他向量。

# crates/app/src/app/conversations/mod.rs
said-conversation-being-answered = 此对话正在生成回答。
said-stop-it-first-or-wait = 请先停止生成，或等待其完成。

# crates/app/src/app/conversations/presets.rs
said-preset-no-name = 预设没有名称。
said-the-preset = 预设“{ $name }”
said-preset-vector-missing = 预设中的向量“{ $name }”不在向量库中。
said-import-vector-first = 请先导入该向量，再导入预设。

# crates/app/src/app/conversations/prompt.rs
said-template-no-continuation = 此模型的对话模板不允许续写回答。
said-say-without-beginning = 请去掉回答的开头再发送，或从头重新回答。
said-conversation-tokens-limit = 对话有 { $length } 个词元，而模型最多读取 { $limit } 个。
said-leave-oldest-turns-out = 请略去最早的轮次、缩短消息，或开始新的对话。

# crates/app/src/app/conversations/say.rs
said-no-message = 没有消息。
said-model-ended-answer = 模型已自行结束此回答。
said-edit-it-first = 请先编辑它，或重新回答。
said-column-named-twice = 有一栏被指定了两次。
said-name-it-once = 请只指定一次。

# crates/app/src/app/data.rs
said-undo-edit-pair = 编辑 1 个偏好对
said-undo-add-pair = 添加 1 个偏好对

# crates/app/src/app/data_sets.rs
said-job-uses = 有任务正在使用“{ $name }”：{ $job }。
said-stop-job-or-let-end = 请停止该任务，或等它结束。
said-the-data-set = 数据集“{ $name }”
said-suffixes-too-many = 一个数据集最多可保存 { $count } 个后缀，每个最多 { $bytes } 字节。
said-one-suffix-each-line = 请每行写一个后缀。
said-data-set-needs-name = 数据集需要一个名称。

# crates/app/src/app/deletions.rs
said-the-run = 训练运行“{ $name }”

# crates/app/src/app/derive.rs
said-adapter-nothing-made = “{ $name }”是适配器：它在每个块中叠加到权重上，没有方向，因此无法由它派生。
said-vector-is-for-already = 此向量本来就用于 { $model }。
said-choose-another-model = 请选择其他模型。
said-vector-size-and-model = 此向量每层有 { $size } 个数，而 { $model } 的残差流有 { $hidden_size } 个。
said-choose-same-hidden-size = 请选择隐藏维度相同的模型。
said-layers-of-two-models = { $one } 有 { $layers } 层，而 { $other } 有 { $others } 层。
said-choose-as-many-layers = 请选择层数相同的模型。
said-numbers-too-large = 数值会变得过大。
said-take-smaller-factor = 请取较小的系数。
said-choose-other-vector-or-factor = 请选择其他向量，或其他系数。
said-nothing-left-of-vector = 结果将几乎是零向量。
said-choose-a-vector = 请选择向量。
said-same-vector = 这是同一个向量。
said-choose-another-one = 请选择另一个。
said-for-different-models = “{ $one }”与“{ $other }”用于不同的模型。
said-two-vectors-of-one-model = 请选择同一模型的两个向量。
said-acts-after-layers = “{ $one }”作用于第 { $layers } 层之后，“{ $other }”作用于第 { $others } 层之后。
said-two-vectors-same-layers = 请选择层相同的两个向量。
said-factor-not-zero = 系数必须是不为 0 的数。
said-weight-not-zero = 权重必须是不为 0 的数。
said-type-another-one = 请输入另一个值。
said-norm-over-zero = 范数必须是大于 0 的数。
said-all-zeros = “{ $name }”全为零，没有方向。
said-choose-another-vector = 请选择其他向量。

# crates/app/src/app/diagnostics.rs
said-no-report-shown = 尚未显示过报告。
said-open-report-first = 请先打开报告。

# crates/app/src/app/distilling.rs
said-nothing-to-distil = 在此强度下模型未受引导，因此没有可蒸馏的内容。
said-take-other-than-zero = 请取不为 0 的数。
said-is-adapter-already = “{ $name }”已经是适配器。
said-export-as-file = 请将其导出为文件。
said-job-distilling = 蒸馏“{ $name }”× { $strength }

# crates/app/src/app/downloads.rs
said-no-access-token = 这不是访问令牌。
said-copy-from-hub-settings = 请从 Hub 上的个人设置中复制。
said-list-repository-again = 请重新列出仓库，并选择要下载的文件。
said-files-not-listed = 这些文件不在列表中。
said-job-download = 下载 { $name }
said-download-under-way = 下载正在进行。
said-stop-it-first = 请先停止它。

# crates/app/src/app/drafts.rs
said-nothing-to-draft = 没有可起草的内容。
said-type-question-or-choose-pairs = 请每行输入一个问题，或选择已有回答的偏好对。
said-drafts-too-many = { $count } 份草稿超过了一次可生成的上限 { $most } 份。
said-start-with-part = 请先从其中一部分开始。
said-job-drafts-for = “{ $name }”的草稿
said-cannot-be-key = 这不可能是密钥。
said-type-key-without-blanks = 请按服务器提供方给出的原样输入，不含空格。
said-undo-accept-draft = 采纳 1 份草稿
said-undo-accept-drafts = 采纳 { $count } 份草稿
said-answer-tokens-range = 一个回答可有 1 到 { $most } 个词元。
said-change-token-number = 请更改词元数。
said-temperature-range = 温度必须在 0 到 2 之间。
said-change-temperature = 请更改温度。
said-system-prompts-same = 两个系统提示相同，因此两个回答会雷同。
said-describe-behaviour-and-opposite = 请在一个中描述行为，在另一个中描述其反面。
said-model-no-name = 模型没有名称。
said-type-what-server-calls-it = 请输入服务器使用的模型名称。

# crates/app/src/app/export_plan.rs
said-not-written-as-plan = 无法写成计划：{ $error }
said-report-with-export = 请报告此问题，并附上所导出的内容。
said-examples-of-earlier-versions = 此扫描的示例是最前面的偏好对，这是早期版本的取法。
said-run-with-seeded-examples = 请改用按随机种子抽取的示例重新运行，再导出该扫描。
said-plan-no-rating = 计划不能包含人工评分。
said-export-without-rating = 请导出不含它的扫描。
said-plan-answers-of-file = “{ $name }”是某个文件中的回答，计划不能包含它们。
said-judge-file-again = 请用 tiller-cli judge 重新评判该文件。
said-plan-no-percentile-caps = 此扫描中有一个向量按百分位限幅，计划不能包含它。
said-export-numbers-json = 请将数据导出为 JSON，窗口可据此重新运行扫描。
said-adapter-no-whole-run = “{ $name }”这一适配器不是由本项目中完整的训练运行生成的。
said-export-adapter-or-train = 请将该适配器导出为文件，或重新训练。

# crates/app/src/app/export_sweep.rs
said-chart-endings = 图表可写为 .svg、.pdf 或 .png。
said-give-file-ending = 请让文件名使用其中一种扩展名。
said-chart-not-exported = 无法导出图表：{ $error }。
said-try-another-format = 请尝试其他格式。
said-report-not-made = 无法生成报告：{ $error }。
said-show-sweep-again = 请重新显示该扫描，然后重试。

# crates/app/src/app/import.rs
said-undo-import-pairs = 导入 { $count } 个偏好对
said-nothing-pasted = 没有粘贴任何内容。
said-copy-then-paste = 请复制若干行，然后粘贴到此处。
said-file-holds-adapter = 此文件是适配器，作用于每个块。
said-leave-layer-empty = 请将层留空。
said-adapter-for-another-model = 此适配器用于 { $blocks } 个宽度为 { $width } 的块，而 { $model } 有 { $found } 个宽度为 { $found_width } 的块，或注意力头不同：它是为其他模型制作的。
said-choose-adapters-model = 请选择制作该适配器时所用的模型。
said-what-was-pasted = 粘贴的内容
said-row-cannot-be-used = 1 行无法使用，因此没有导入任何内容。第 { $line } 行：{ $reason }。
said-rows-cannot-be-used = { $count } 行无法使用，因此没有导入任何内容。第 { $line } 行：{ $reason }。
said-mend-rows = 请修正文件中的这些行，或略去它们。
said-no-pairs-in-file = 此文件中没有偏好对。
said-choose-another-file = 请选择其他文件。
said-file-for-only-layer = 文件中的向量用于第 { $only } 层，而不是第 { $layer } 层。
said-file-for-layers = 文件中有第 { $layers } 层的向量，没有第 { $layer } 层的。
said-type-files-layer = 请输入文件中的某一层，留空则取全部。
said-vector-for-another-model = 此向量有 { $size } 个数，而 { $model } 的残差流有 { $hidden_size } 个：它是为其他模型制作的。
said-choose-vectors-model = 请选择制作该向量时所用的模型。
said-vector-for-layer-model-has = 此向量用于第 { $layer } 层，而 { $model } 的层为 0 到 { $last }。

# crates/app/src/app/intervention.rs
said-cap-must-be-number = 限幅必须是数。
said-adapter-every-token = “{ $name }”是适配器：它在每个块中叠加到权重上，没有方向，因此作用于每个词元。

# crates/app/src/app/jobs.rs
said-job-is-over = 此任务已结束。
said-start-new-same-settings = 请用相同的设置开始新的任务。

# crates/app/src/app/list.rs
said-so-many-rows = 无法一次读取这么多行。
said-ask-for-fewer = 请减少数量。

# crates/app/src/app/logit_lens.rs
said-adapter-no-words = “{ $name }”是适配器：它在每个块中叠加到权重上，没有方向，因此不指向任何词。
said-vector-made-for-other-loaded = 向量“{ $name }”是为 { $model } 制作的，而当前加载的是 { $loaded }。
said-load-vectors-model = 请在“模型”中加载该向量的模型、选择其他向量，或为此模型制作它的副本。

# crates/app/src/app/mod.rs
said-answering-thread-ended = 负责回答的线程已结束

# crates/app/src/app/models.rs
said-file-in-list-already = 此文件已在列表中，名为“{ $name }”。
said-use-that-forget-other = 请使用那一个，并移除另一个。
said-model-comes-with-tiller = 此模型随 Tiller 提供。
said-unload-if-memory = 如果它占用内存，请将其卸载。
said-deletes-no-foreign-folders = Tiller 不删除并非由它创建的文件夹。
said-delete-folder-yourself = 请自行删除该文件夹，列表会自动更新。
said-job-needs-model = { $job }需要此模型。
said-stop-job-first = 请先停止该任务。
said-uses-training = 训练“{ $name }”正在使用 { $model }。
said-uses-training-this = 训练“{ $name }”正在使用此模型。
said-uses-sweep = 扫描“{ $name }”正在使用 { $model }。
said-uses-sweep-this = 扫描“{ $name }”正在使用此模型。
said-uses-sweep-of-curves = { $count } 条曲线的扫描正在使用 { $model }。
said-uses-sweep-of-curves-this = { $count } 条曲线的扫描正在使用此模型。
said-uses-drafts = “{ $name }”的草稿正在使用 { $model }。
said-uses-drafts-this = “{ $name }”的草稿正在使用此模型。
said-uses-will-it-steer = “{ $name }”能否引导？这一任务正在使用 { $model }。
said-uses-will-it-steer-this = “{ $name }”能否引导？这一任务正在使用此模型。
said-uses-layers = 为“{ $name }”比较各层的任务正在使用 { $model }。
said-uses-layers-this = 为“{ $name }”比较各层的任务正在使用此模型。
said-uses-search = 为“{ $name }”搜索层与学习率的任务正在使用 { $model }。
said-uses-search-this = 为“{ $name }”搜索层与学习率的任务正在使用此模型。
said-uses-epochs = 比较“{ $name }”的各轮的任务正在使用 { $model }。
said-uses-epochs-this = 比较“{ $name }”的各轮的任务正在使用此模型。
said-uses-strength = “{ $name }”的强度这一任务正在使用 { $model }。
said-uses-strength-this = “{ $name }”的强度这一任务正在使用此模型。
said-uses-prompts-along = “{ $data_set }”的提示在“{ $vector }”上的投影这一任务正在使用 { $model }。
said-uses-prompts-along-this = “{ $data_set }”的提示在“{ $vector }”上的投影这一任务正在使用此模型。
said-uses-what-model-prefers = 模型在“{ $name }”中的偏好这一任务正在使用 { $model }。
said-uses-what-model-prefers-this = 模型在“{ $name }”中的偏好这一任务正在使用此模型。
said-uses-transfer = 将“{ $vector }”迁移到 { $to } 的任务正在使用 { $model }。
said-uses-transfer-this = 将“{ $vector }”迁移到 { $to } 的任务正在使用此模型。
said-uses-distilling = 蒸馏“{ $name }”× { $strength } 的任务正在使用 { $model }。
said-uses-distilling-this = 蒸馏“{ $name }”× { $strength } 的任务正在使用此模型。
said-uses-baking = 将“{ $vector }”烘入 { $to } 的任务正在使用 { $model }。
said-uses-baking-this = 将“{ $vector }”烘入 { $to } 的任务正在使用此模型。
said-uses-proving = 验证 { $file } 中“{ $adapter }”的任务正在使用 { $model }。
said-uses-proving-this = 验证 { $file } 中“{ $adapter }”的任务正在使用此模型。
said-pause-and-switch = 请暂停任务并切换、与另一个模型同时加载此模型，或等待任务结束。
said-job-uses-model = { $job }正在使用此模型。
said-pause-job-first = 请先暂停任务，或等待其结束。
said-wait-until-model-loaded = 请等待模型加载完成，或在“模型”中加载一个。
said-no-model-in-memory = 内存中还没有模型。
said-not-that-model = 这不是 { $name }：它是 { $family }，有 { $layers } 层、宽度为 { $size }；而此文件是 { $other_family }，有 { $other_layers } 层、宽度为 { $other_size }。
said-choose-file-or-add-model = 请选择其他文件，或将此文件作为独立的模型添加。
said-folder-no-model = 此文件夹不是模型：其中没有 config.json。
said-search-folder-for-models = 请在其中搜索模型，或选择包含权重的文件夹。

# crates/app/src/app/passport_curves.rs
said-job-passport-curves = { $name } 的护照中的曲线
said-passport-curve-unknown = 护照中有一条曲线不在其自身的设置里。
said-ask-for-passport-again = 请重新索取护照。
said-prompts-not-in-passport = “{ $name }”的提示不在护照中。
said-ask-for-full-passport = 请索取包含偏好对和提示的护照。
said-passport-none-measurable = 没有自备的文件或评判模型，护照中的指标都无法重新测量。
said-sweep-by-hand = 请手动扫描该向量。

# crates/app/src/app/percentiles.rs
said-adapter-no-direction-for-cap = “{ $name }”是适配器：它在每个块中叠加到权重上，没有方向，因此没有可限幅的方向。
said-neutral-text = 中性文本
said-prompts-of = “{ $name }”的提示
said-measurement-stopped = 测量已停止。
said-measure-again = 请重新测量。
said-data-set-no-prompts = 此数据集没有提示。
said-choose-other-or-neutral = 请选择另一个，或中性文本。

# crates/app/src/app/projects.rs
said-only-project = 这是唯一的项目。
said-make-another-project = 请先新建另一个；Tiller 始终要打开一个项目。
said-the-project = 项目“{ $name }”
said-project-job-under-way = “{ $name }”有任务正在进行：{ $job }。
said-pause-stop-or-let-end = 请暂停或停止该任务，或等它结束。
said-no-project-name = 这不能作为项目名称。
said-type-name-of-one-line = 请输入单行的名称。
said-project-exists = 已有名为“{ $name }”的项目。

# crates/app/src/app/publishing.rs
said-uploads-need-token = Hub 仅接受带访问令牌的上传。
said-type-writing-token = 请在“模型”的“下载”中输入具有写入权限的令牌。

# crates/app/src/app/quality.rs
said-no-pairs-to-measure = 没有可测量的偏好对。
said-job-what-model-prefers = 模型在“{ $name }”中的偏好
said-undo-delete-duplicates = 删除重复项（{ $count }）
said-undo-delete-empty = 删除空的偏好对（{ $count }）
said-undo-delete-identical = 删除回答相同的偏好对（{ $count }）
said-undo-train-on-leaked = 将留出的重复项改为训练用（{ $count }）
said-undo-trim = 去除首尾空白（{ $count }）
said-undo-even-letters = 均衡选项字母（{ $count }）
said-undo-swap-answers = 交换回答（{ $count }）
said-model-prefers-opposite = 在已测量的 { $measured } 个偏好对中，有 { $count } 个模型对相反的回答的偏好超过每词元 1 奈特。
said-works-hardest-against = 向量要克服这些偏好对最为费力；如果其期望的回答写得别扭，请改写。
said-nats-a-token = 每词元 { $value } 奈特

# crates/app/src/app/ratings.rs
said-rating-range = 评分为 1、2、3 或 4。
said-press-one-of-keys = 请按其中一个键。

# crates/app/src/app/scan.rs
said-no-folder = 没有文件夹 { $path }。
said-choose-folder-or-path = 请选择文件夹，或按路径添加文件。
said-search-under-way = 搜索正在进行。
said-wait-or-stop-it = 请等待其结束，或将其停止。
said-it-was-stopped = 已停止。
said-too-many-files = 文件过多：请指定更小的文件夹。
said-folders-too-deep = 有些文件夹层级过深，已略过。

# crates/app/src/app/similarity.rs
said-compare-at-once = 一次可比较 2 到 { $most } 个向量。
said-choose-as-many = 请选择相应的数量。
said-adapter-no-angle = “{ $name }”是适配器：它在每个块中叠加到权重上，没有方向，因此不存在夹角。
said-no-angle-between = “{ $name }”每层有 { $size } 个数，而“{ $other }”有 { $other_size } 个：两者之间不存在夹角。
said-one-hidden-size = 请选择隐藏维度相同的向量。

# crates/app/src/app/splits.rs
said-undo-split-data-set = 划分数据集
said-share-range = 比例必须在 0% 到 100% 之间。
said-change-share = 请更改比例。

# crates/app/src/app/sweep_files.rs
said-passport-no-curves = 护照中没有曲线，因此没有可重新运行的扫描。
said-file-no-sweep = 此文件不是 Tiller 导出的扫描。
said-export-sweep-as-json = 请用此版本或更新版本的 Tiller，在“导出”中将扫描导出为 JSON。
said-vector-not-in-project = “{ $name }”的向量不在此项目中：没有内容的 SHA-256 为 { $hash }… 的向量。
said-data-set-not-in-project = 数据集“{ $name }”不在此项目中：没有内容的 SHA-256 为 { $hash }… 的数据集。
said-import-as-it-was = 请按原样导入，然后重试。

# crates/app/src/app/sweeps/arms.rs
said-examples-need-data-set = 示例取自数据集的训练对，而尚未选择数据集。
said-choose-measured-on = 请在“测量数据集”中选择数据集。
said-given-answers-fixed = 在别处给出的回答是固定的：任何向量或提示方式都不能改变它们。
said-take-plain-curve = 请在单独的扫描中为它们使用普通曲线。
said-measured-on-unchosen = “{ $name }”要在一个未选择的集合上测量。
said-choose-sets-again = 请重新选择集合。
said-nothing-to-be-swept = 没有选择要扫描的内容。
said-choose-vector-or-prompting = 请选择向量或提示方式。
said-combination-weight-no-number = 组合中有一个权重不是数。
said-vectors-different-models = 这些向量是为不同的模型制作的。
said-sweep-each-model = 请分别扫描各个模型，再将结果叠加。
said-unsteered = 未引导
said-gate-of-another-model = “{ $name }”的门控使用了其他模型的向量。
said-choose-same-model-gate = 请为门控选择同一模型的向量。
said-gate-needs-prompt = “{ $arm }”的门控在提示处判定，而“{ $score }”的文本没有提示。
said-decide-gate-each-token = 请在每个词元处判定门控，或略去此指标。
said-no-template-called = 没有名为“{ $name }”的对话模板。
said-choose-one-of-list = 请从列表中选择一个。
said-arm-system-prompt = 系统提示
said-arm-wanted-examples = { $count } 个期望的示例
said-arm-opposite-examples = { $count } 个相反的示例
said-arm-wanted-example = { $count } 个期望的示例
said-arm-opposite-example = { $count } 个相反的示例

# crates/app/src/app/sweeps/mod.rs
said-sweep-running = 扫描正在运行。
said-the-sweep = “{ $name }”的扫描
said-job-sweep-of = 扫描“{ $name }”
said-job-sweep-of-curves = { $count } 条曲线的扫描

# crates/app/src/app/sweeps/sets.rs
said-examples-from-one-pair = 要从“{ $name }”的 1 个训练对中取 { $shots } 个示例。
said-examples-from-pairs = 要从“{ $name }”的 { $count } 个训练对中取 { $shots } 个示例。
said-take-fewer-examples = 请减少示例，或在“数据”中添加训练对。
said-no-answer-to-each-prompt = 并非每个提示都有回答。
said-give-prompt-and-answer = 请给出提示及其回答，至少一组。
said-list-of-prompts-empty = 提示列表为空。
said-type-one-prompt = 请至少输入一个提示。
said-set-prompts = 提示

# crates/app/src/app/sweeps/settings.rs
said-no-score-chosen = 没有选择指标。
said-choose-what-is-measured = 请选择要测量的内容。
said-score-chosen-twice = 指标“{ $name }”选择了两次。
said-choose-it-once = 请只选择一次。
said-nothing-to-measure-score-on = 没有可用于测量“{ $name }”的数据。
said-choose-set-with-held-out = 请选择有留出对的数据集。
said-temperature-zero-or-more = 温度必须不小于 0。
said-change-it-try-again = 请更改后重试。
said-points-too-many = { $points } 个点超过了一次扫描的上限 { $most } 个。
said-choose-fewer = 请减少倍率、向量、集合或指标。
said-change-multipliers = 请更改倍率，然后重试。
said-no-multiplier = 没有给出倍率。
said-multipliers-too-many = { $count } 个倍率超过了一次可取的上限 { $most } 个。
said-not-a-multiplier = { $number } 不是有效的倍率。
said-multiplier-twice = 倍率 { $number } 给出了两次。

# crates/app/src/app/templates.rs
said-no-chat-template = 这不是对话模板。
said-type-template-or-own = 请输入一个，或使用文件自带的。
said-leaves-question-out = 它遗漏了问题。
said-template-unusable = 此对话模板无法使用。
said-change-template-or-own = 请修改它，或使用文件自带的。

# crates/app/src/app/training.rs
said-run-needs-name = 训练运行需要一个名称。
said-job-training = 训练“{ $name }”
said-nothing-known-of-model = 尚无此模型的信息。
said-wait-until-loaded = 请等待其加载完成，或在“模型”中加载它。
said-layer-not-of-model = 第 { $layer } 层不在模型的 0 到 { $last } 层之内。
said-choose-models-layer = 请选择模型的某一层。
said-run-needs-layer = 训练运行至少需要一层，且不能重复。
said-choose-layers-anew = 请重新选择层。
said-epochs-at-least-one = 轮数必须至少为 1。
said-step-at-least-one-pair = 每步至少需要 1 个偏好对。
said-learning-rate-over-zero = 学习率必须大于 0。
said-beta-over-zero = beta 必须大于 0。
said-clip-norm-over-zero = 梯度的最大范数必须大于 0。
said-rank-range = 适配器的秩必须为 1 到 1024。
said-alpha-over-zero = alpha 必须大于 0。
said-reps-factors = RePS 至少需要一个系数，且都必须大于 0。
said-weight-decay-range = 权重衰减必须不小于 0。
said-change-setting-try-again = 请更改此设置，然后重试。
said-pair-no-prompt = 第 { $number } 个偏好对没有提示。
said-pair-no-wanted = 第 { $number } 个偏好对没有期望的回答。
said-pair-no-opposite = 第 { $number } 个偏好对没有相反的回答。
said-fill-in-or-delete-pair = 请在“数据”中补全，或删除该偏好对。

# crates/app/src/app/transfer.rs
said-adapter-no-map = “{ $name }”是适配器：它在每个块中叠加到权重上，没有方向，因此没有映射能将其迁移到其他模型。
said-model-has-layers-and-no = { $model } 的层为 0 到 { $last }，没有第 { $layer } 层。
said-choose-one-of-these = 请从中选择一个。
said-neutral-text-and = 中性文本与“{ $name }”
said-job-transferring = 将“{ $vector }”迁移到 { $model }
said-vector-no-part-has = 此向量在第 { $layer } 层没有分量；它有的层为 { $layers }。
said-map-one-layer = 此向量作用于第 { $layers } 层之后，而映射只能从一层到一层。
said-choose-transferred-layer = 请选择要迁移的层。
said-cap-means-own-model = 此向量将投影限幅在某个数值，而该数值只在其自身的模型中有意义。
said-set-to-add-then-transfer = 请将其设为叠加，再行迁移，然后为新向量选择限幅。

# crates/app/src/app/trials.rs
said-run-is-for-other-loaded = 训练运行“{ $name }”用于 { $model }，而当前加载的是 { $loaded }。
said-load-runs-model = 请在“模型”中加载该训练运行的模型。

# crates/app/src/app/vector_sum.rs
said-vectors-of-one-model = 请选择同一模型的向量。

# crates/app/src/app/vectors.rs
said-vector-needs-name = 向量需要一个名称。
said-vector-tags-at-most = 一个向量最多有 { $most } 个标签。
said-take-tag-before-adding = 请先移除一个，再添加。
said-sweep-measures-vector = 有扫描正在测量此向量。
said-stop-sweep-first = 请先停止该扫描。
said-vector-being-transferred = 此向量正在迁移到其他模型。
said-stop-that-job-first = 请先停止该任务。
said-job-uses-vector = 有任务正在使用此向量：{ $job }。
said-the-vector = 向量“{ $name }”

# crates/app/src/app/versions.rs
said-version-needs-name = 版本需要一个名称。
said-undo-put-version-back = 恢复一个版本

# crates/app/src/atomic_write.rs
said-no-file-named = 没有指定文件。
said-type-path-or-choose = 请输入其路径，或选择它。
said-not-a-path = 这不是路径。
said-type-file-path-or-choose = 请输入文件的路径，或选择文件。
said-is-a-folder = { $path } 是文件夹。
said-add-files-name = 请加上文件名。
said-file-exists = 已有文件 { $path }。
said-name-or-allow-replace = 请选择其他名称，或允许替换它。

# crates/app/src/chart_export.rs
said-chart-not-drawn = 图表的绘制不符合预期：{ $error }
said-chart-picture-size = 图表会成为 { $width } × { $height } 像素的图片
said-file-not-made = 无法生成文件：{ $error }

# crates/app/src/conversation_files
said-conversation-not-written = 无法写入对话：{ $error }。
said-export-as-markdown = 请导出为 Markdown。
said-line-too-many-conversations = 第 { $line } 行不是对话：对话超过 { $most } 个。
said-line-no-conversation-there = 第 { $line } 行不是对话：没有对话。
said-line-message-no-text = 第 { $line } 行不是对话：第 { $number } 条消息没有文本。
said-line-message-role = 第 { $line } 行不是对话：第 { $number } 条消息的角色是 { $role }。
said-line-desk-no-column = 第 { $line } 行不是对话：其调音台没有第 { $column } 栏。
said-line-column-twice = 第 { $line } 行不是对话：第 { $column } 栏出现了两次。
said-line-no-conversation = 第 { $line } 行不是对话：{ $why }。
said-choose-json-lines = 请选择 JSON Lines 文件，其中每行都有带角色和内容的 “messages”。
said-choose-exported-or-json-lines = 请选择 Tiller 导出的文件，或包含消息的 JSON Lines 文件。
said-file-too-many-bytes = 此文件有 { $size } 字节，而最多读取 { $most } 字节。
said-file-not-read = 无法读取文件：{ $error }：{ $path }。
said-file-no-utf8 = 此文件不是 UTF-8 文本：{ $error }。
said-preset-not-written = 无法写入预设：{ $error }。
said-keep-preset-anew = 请重新保存。
said-choose-exported-preset = 请选择 Tiller 导出的预设。
said-file-no-preset = 此文件不是预设：{ $error }。
said-preset-version = 此预设为版本 { $found }，而当前的 Tiller 读取版本 { $known }。

# crates/app/src/cut_off.rs
said-file-cut-off-tiller-ended = 读取模型文件时文件被截断，Tiller 不得不退出。
said-fetch-again-resume = 请重新下载或复制该文件，然后继续。

# crates/app/src/door
said-another-process-works = 另一个进程正在使用此数据。
said-one-process-at-a-time = 在此系统上，一个存储同时只能由一个进程使用：请等待它完成，或将其关闭。
said-no-greeting = 这不是 Tiller 程序的问候。
said-protocol-versions = 运行引擎的进程使用 Tiller 本地协议的版本 { $own }，而此程序使用版本 { $other }。
said-use-programs-of-tiller-version = 请使用同一版本的 Tiller 程序。
said-no-request = 这不是 Tiller 程序的请求。
said-arguments-unreadable = 无法读取此命令的参数。
said-use-programs-of-version = 请使用同一版本的程序。
said-answer-no-json = 有一个应答不是 JSON。
said-no-such-command = 此处没有该命令。
said-piece-of-bytes = 一段 { $length } 字节的数据
said-piece-too-long = 这段数据过长
said-file-name-not-sent = 此文件的名称无法发送给运行引擎的进程。
said-name-without-special-characters = 请改用不含特殊字符的名称，或等待该进程完成。
said-engine-process-ended = 运行引擎的进程已结束。
said-window-takes-over = 此窗口将接管引擎。请查看操作是否已完成，然后重试。
said-engine-process-not-understood = 无法理解运行引擎的进程的应答。
said-too-many-programs = 同时使用此引擎的程序过多。
said-wait-until-one-done = 请等待其中一个完成。
said-socket-path-too-long = 套接字的路径过长

# crates/app/src/download/job.rs
said-phase-checking-file = 检查 { $name } 已有的部分
said-phase-hub-asks-to-wait = Hub 要求等待：{ $seconds } 秒后重试
said-phase-connection-broke = 连接中断：{ $seconds } 秒后重试

# crates/app/src/engine: the phases of jobs
said-phase-loading-model = 加载模型
said-phase-loading-copy = 加载副本
said-phase-unpacking-weights = 解包权重
said-phase-preparing = 准备
said-phase-pausing = 正在暂停
said-phase-stopping = 正在停止
said-phase-training = 训练
said-phase-measuring = 测量
said-phase-measuring-held-out = 测量留出对
said-phase-measuring-epochs = 测量各轮
said-phase-measuring-layers = 测量各层
said-phase-measuring-strength = 测量强度
said-phase-measuring-pairs = 测量偏好对
said-phase-measuring-choices = 测量选择题
said-phase-measuring-neutral = 测量中性文本
said-phase-asking-questions = 提问
said-phase-answering = 生成回答
said-phase-judging = 评判
said-phase-reading-activations = 读取激活值
said-phase-reading-pairs = 读取偏好对
said-phase-projecting-prompts = 计算提示的投影
said-phase-searching = 搜索
said-phase-drafting = 起草
said-phase-distilling = 蒸馏
said-phase-reading-steered = 读取引导后的模型
said-phase-measuring-plain = 测量未引导的模型
said-phase-measuring-left = 测量剩余的差距
said-phase-measuring-original = 测量引导后的原模型
said-phase-writing-copy = 写入副本
said-phase-proving-copy = 验证副本
said-phase-measuring-adapter = 测量带有适配器的模型
said-phase-proving-file = 验证文件
said-phase-proving-adapter = 验证适配器
said-phase-pairing-texts = 配对文本
said-phase-reading-vectors-model = 读取向量所属的模型
said-phase-reading-other-model = 读取另一个模型
said-phase-fitting-map = 拟合映射

# crates/app/src/engine: the units of jobs
said-unit-step = 步
said-unit-pair = 偏好对
said-unit-sample = 样本
said-unit-draft = 草稿
said-unit-answer = 回答
said-unit-choice = 选择题
said-unit-paragraph = 段落
said-unit-question = 问题
said-unit-score = 指标
said-unit-layer = 层
said-unit-prompt = 提示
said-unit-multiplier = 倍率
said-unit-block = 块
said-unit-row = 行

# crates/app/src/engine: the items of a sweep
said-item-pair = 倍率为 { $multiplier } 时数值不是有限数：第 { $number } 个偏好对。
said-item-choice = 倍率为 { $multiplier } 时数值不是有限数：第 { $number } 道选择题。
said-item-paragraph = 倍率为 { $multiplier } 时数值不是有限数：第 { $number } 段。
said-item-question = 倍率为 { $multiplier } 时数值不是有限数：第 { $number } 个问题。
said-item-answer = 倍率为 { $multiplier } 时数值不是有限数：第 { $number } 个回答。
said-item-prompt = 倍率为 { $multiplier } 时数值不是有限数：第 { $number } 个提示。
said-next-token-not-chosen = 无法选择下一个词元

# crates/app/src/engine/drafts.rs
said-empty-answer-of-server = 服务器返回了空的回答。
said-model-said-nothing = 模型没有输出任何内容。
said-try-again-or-write = 请重试，或自行撰写回答。

# crates/app/src/engine/encode.rs
said-pair-too-long = 第 { $number } 个偏好对过长：有 { $tokens } 个词元，而模型最多读取 { $limit } 个。
said-shorten-pair = 请在“数据”中缩短该偏好对，或将其删除。

# crates/app/src/engine/models
said-waits-for-answer = 正在等待另一个模型的回答结束。
said-waits-for-job = 正在等待{ $job }释放另一个模型。
said-starter-file-other = 初始模型的文件不是 Tiller 所附的那个。
said-starter-sha256 = 其 SHA-256 为 { $found }，而不是 { $expected }：{ $path }
said-fetch-or-add-as-own = 请重新下载该文件，或从其他位置在“模型”中将其添加为自己的模型。
said-other-jobs-first = 其他模型的任务先运行，之后再重新加载此模型。
said-model-still-loading = 模型仍在加载。
said-wait-until-there = 请等待加载完成，然后重试。
said-job-uses-memory = 另一个模型的任务正在占用内存。
said-wait-or-pause-and-load = 请等待其完成，或将其暂停并在“模型”中加载该模型。
said-model-not-in-memory = 模型不在内存中。
said-load-under-models = 请在“模型”中加载它，然后重试。

# crates/app/src/engine/outs.rs
said-only-training-and-sweeps = 只有训练、蒸馏和扫描会生成文件。
said-export-results-by-command = 请用单独的命令导出该任务的结果。
said-job-ended-before-writing = 任务在有内容可写之前就已结束。
said-start-a-new-one = 请开始新的任务。

# crates/app/src/engine/prove_adapter.rs
said-exported-unreadable = 导出的文件无法重新读取为其模型的适配器。
said-export-adapter-again = 请重新导出该适配器。

# crates/app/src/engine/sweep/measure.rs
said-questions-unusable = 无法使用这些问题：{ $error }：{ $path }。
said-choose-other-questions = 请选择其他问题文件。

# crates/app/src/engine/train/mod.rs
said-model-changed-since-run = 自此训练运行开始以来，模型文件或其对话模板已更改。
said-put-back-or-new-run = 请恢复原状，或开始新的训练运行。

# crates/app/src/failure/baking.rs
said-distil-or-control-vector = 请将其蒸馏为适配器，或导出向量本身，供 llama.cpp 的 --control-vector 使用。
said-not-baked-norm = { $architecture } 无法烘入：其前馈部分与残差流之间有归一化，那里的偏置不会叠加为常量。
said-not-baked-llama-cpp = { $architecture } 无法烘入：llama.cpp 不读取其前馈部分的偏置。
said-not-baked-transformers = { $architecture } 无法烘入：transformers 不读取其前馈部分的偏置（mlp_bias）。
said-not-baked = { $architecture } 无法烘入：{ $why }。
said-not-baked-gate = { $name } 只在门控打开处起作用，无法烘入：权重的偏置对每个词元都同样起作用。
said-not-baked-cap = { $name } 对投影限幅，无法烘入：权重的偏置对每个词元都同样起作用。
said-not-baked-prompt-end = { $name } 从提示的最后一个词元起作用，无法烘入：权重的偏置对每个词元都同样起作用。
said-not-baked-answer = { $name } 只在回答的词元上起作用，无法烘入：权重的偏置对每个词元都同样起作用。
said-not-baked-policy = { $what } 无法烘入：权重的偏置对每个词元都同样起作用。
said-distil-or-every-token = 请将其蒸馏为适配器，或制作一个作用于每个词元的向量副本并加以测量。
said-adapter-not-baked = 适配器不烘入：其他程序可直接读取它。
said-export-gguf-or-peft = 请将其导出为 GGUF 适配器或 peft 文件夹。
said-bake-one-direction = 只能从权重中消除一个方向，且不能同时叠加其他内容。
said-take-vector-of-one-layer = 请使用单层的向量。
said-model-is-split = 此模型分为多个 GGUF 文件。
said-join-split-first = 请先用 llama.cpp 的 llama-gguf-split --merge 将它们合并。
said-choose-other-format-or-distil = 请选择其他格式的模型，或进行蒸馏。
said-take-smaller-strength = 请取较小的强度，然后重试。
said-is-the-model-itself = 那是模型本身。
said-choose-name-for-copy = 请为副本选择其他名称。
said-name-is-there = { $name } 已存在。
said-name-or-replace-file = 请选择其他名称，或允许替换文件；文件夹不会被替换。
said-no-folder-for-copy = 存放副本的文件夹不存在。
said-choose-or-make-folder = 请选择已有的文件夹，或先创建它。
said-copies-take-space = 副本约需 { $needed }，而该处可用空间为 { $free }。
said-free-space-fewer-strengths = 请释放一些空间、减少强度，或选择其他磁盘。
said-copy-not-written = 无法写入副本。
said-copy-nothing-left-behind = 请选择其他文件夹，或释放一些空间，然后重试。没有留下任何残余文件。
said-start-smaller-learning-rate = 请用较小的学习率重新开始。
said-take-strength-not-zero = 请取不为 0 的强度。
said-choose-set-with-pairs = 请选择有偏好对的数据集。
said-change-setting-start-again = 请更改此设置，然后重新开始。

# crates/app/src/failure/endpoint.rs
said-address-unusable = 此地址无法使用。
said-type-address-of-makers = 请按服务器提供方给出的形式输入地址，通常以 /v1 结尾。
said-server-unreachable = 无法连接到服务器。
said-check-address-and-network = 请检查地址和网络，然后重试。
said-server-slow = 服务器未在 { $seconds } 秒内应答。
said-fewer-requests-or-faster = 请减少同时发出的请求数，或换用更快的模型，然后重试。
said-server-refuses-key = 服务器拒绝了密钥。
said-type-key-again = 请重新输入密钥；它保存在系统的密钥环中。
said-server-takes-no-more = 服务器暂时不再接受请求。
said-wait-then-resume = 请稍候再继续，或减少同时发出的请求数。
said-server-failed = 服务器多次出错。
said-try-later-kept = 请稍后重试；已完成的部分会保留。
said-server-refuses-request = 服务器拒绝了请求。
said-check-address-and-model = 请检查地址和模型名称。
said-server-nonsense = 服务器返回的内容不是回答。
said-check-openai-server = 请确认该地址是支持 OpenAI chat completions 的服务器。

# crates/app/src/failure/engine.rs
said-load-other-precision = 请在“模型”中以其他精度加载该模型；如果无效，请重新下载其文件。
said-models-numbers-not-finite-pair = 在第 { $pair } 个偏好对处，模型自身的数值不是有限数。
said-models-numbers-not-finite = 模型自身的数值不是有限数。
said-numbers-not-finite-pair = 在第 { $step } 步、第 { $pair } 个偏好对处，数值不再是有限数。
said-numbers-not-finite = 在第 { $step } 步，数值不再是有限数。
said-learning-rate-too-high = 学习率可能过高。训练运行保留在第 { $step } 步之后的状态。
said-stop-or-new-smaller-rate = 请停止此训练运行以保留目前的向量，或用较小的学习率开始新的训练运行。
said-close-programs-or-precision = 请关闭其他程序、在“模型”中以较低的精度加载模型，或减少每批的偏好对数。
said-memory-needed = { $what }约需 { $needed }，而可用内存为 { $free }。
said-memory-limit = { $what }约需 { $needed }，而设置中的上限只剩 { $left }。
said-raise-limit = 请在“设置”中提高上限、在“模型”中以较低的精度加载模型，或减少每批的偏好对数。
said-system-no-memory = 系统未分配内存：请求了 { $bytes }。
said-limit-or-little-memory = 此进程受到限制，或内存与交换空间不足。已保存的内容完好无损。
said-score-not-finite = 倍率为 { $multiplier } 时数值不是有限数：{ $what }。
said-vector-too-strong = 该处的向量对模型而言过强。
said-smaller-multipliers = 请取较小的倍率。已测量的内容会保留。
said-model-file-not-there = 模型文件不存在。
said-choose-new-place = 请在“模型”中选择该文件的新位置，或其他模型。
said-model-file-cut-off = 模型文件不完整。
said-header-promises = 其文件头声明有 { $expected } 字节，实际为 { $found } 字节：{ $path }
said-fetch-again-load = 请重新下载或复制该文件，然后再次加载。
said-no-model-git-lfs = 这是 Git LFS 指针，不是模型。
said-no-model-web-page = 这是网页，不是模型。
said-no-model-zip = 这是 zip 压缩包或 PyTorch 自有格式的文件，不是模型。
said-no-model-archive = 这是压缩包，不是模型。
said-no-model-before-gguf = 这是 GGUF 之前的旧格式文件，不是模型。
said-no-model-safetensors = 这是 safetensors 文件，不是模型。
said-no-model-json = 这是 JSON 文件，不是模型。
said-no-model-gguf-folder = 这是 GGUF 文件的文件夹，不是模型。
said-no-model-big-endian = 这是用于大端机器的 GGUF 文件，不是模型。
said-kind-and-no-model = 这是{ $kind }，不是模型。
said-model-file-changed = 自模型加载以来，其文件已更改。
said-load-again-under-models = 请在“模型”中重新加载该模型。
said-no-chat-template-in-files = 模型文件中没有对话模板。
said-prompts-as-trained = 没有对话模板，就无法按模型训练时的方式组织提示：{ $path }
said-take-or-write-template = 请在“对话模板”中选用 Tiller 自带的一个，或在那里编写一个。
said-model-file-unusable = 模型文件无法使用。
said-pair-no-tokens = 第 { $number } 个偏好对无法转换为词元。
said-text-no-tokens = 此文本无法转换为词元。
said-change-text = 请修改文本，然后重试。
said-add-or-mark-for-training = 请在“数据”中添加偏好对，或将其中一些标为训练用。
said-stop-and-start-new = 请停止此训练运行以保留目前的向量，并开始新的训练运行。
said-change-settings-or-pairs = 请更改设置或偏好对，然后重试。
said-more-pairs-transfer-again = 请选择偏好对更多的数据集，然后重新迁移该向量。
said-other-layer-transfer-again = 请选择其他层或其他数据集，然后重新迁移该向量。
said-shorten-text = 请缩短文本，然后重试。
said-close-programs = 请关闭其他程序，然后重试。
said-load-vectors-own-model = 请加载制作该向量时所用的模型。
said-try-again-or-report = 请重试；如果问题再次出现，请报告。

# crates/app/src/failure/files.rs
said-check-path = 请检查路径，或重新选择文件。
said-make-file-readable = 请将文件设为可读，然后重试。
said-wait-no-other-program = 请等到没有其他程序写入该文件，然后重试。
said-choose-file-with-pairs = 请选择包含偏好对的文件。
said-choose-file-both-answers = 请选择包含两种回答的文件；如果相反的回答在其他列，请指定各列。
said-say-which-columns = 请指明哪些列是提示、期望的回答和相反的回答。
said-not-project-file = 这不是 Tiller 的项目文件。
said-choose-tiller-file = 请选择以 .tiller 结尾的文件。
said-newer-project-file = 此项目文件由更新版本的 Tiller 写成。
said-install-that-version = 请安装该版本，然后重试。
said-project-file-damaged = 此项目文件已损坏或不完整。
said-export-or-copy-again = 请重新导出，或从来源处重新复制。
said-project-file-too-large = 此项目文件过大。
said-export-smaller-project = 请导出较小的项目。
said-project-file-unsound = 此项目文件含有 Tiller 不会写入的内容。未导入其中任何内容。
said-take-trusted-file = 请使用由 Tiller 导出、来源可信的文件。
said-project-file-unreadable = 无法读取项目文件。
said-other-folder-or-space = 请选择其他文件夹，或释放一些空间，然后重试。
said-type-the-layer = 请输入层，然后重试。
said-layer-empty-or-files = 请将层留空，或输入文件中的层。
said-safetensors-keeps-everything = 请选择其他格式：.safetensors 能保留全部内容。
said-no-pickle-programs = 请勿用会执行 pickle 的程序打开此文件。
said-file-one-of-endings = 请让文件名使用其中一种扩展名。

# crates/app/src/failure/hub.rs
said-paste-organisation-name = 请粘贴“组织/名称”，或模型页面的地址。
said-type-a-models-name = 请输入模型的名称或其一部分。
said-hub-search-wants-token = Hub 只应答带有访问令牌的搜索。
said-type-token-or-name = 请输入访问令牌，或按名称下载模型。
said-download-address-unusable = 下载地址无法使用。
said-name-https-address = 请在 HF_ENDPOINT 或设置中指定 https 地址；留空则使用 Hub 自身的地址。
said-host-unreachable = 无法连接到 { $host }。
said-check-connection-kept = 请检查网络连接，然后重试。已下载的内容会保留。
said-connection-broke-often = 与 { $host } 的连接多次中断。
said-resume-download-later = 请稍后继续下载；将从中断处继续。
said-token-may-not-read = 当前令牌无权读取 { $repository }。
said-owners-ask-agreement = 其所有者要求在模型页面上同意条款，或该令牌用于其他用途。
said-agree-or-other-token = 请在浏览器中打开模型页面并同意条款，或使用其他令牌。
said-hub-refuses-token = Hub 不接受该令牌。
said-other-token-or-none = 请使用其他令牌，或不使用令牌。
said-hub-not-everybody = Hub 不向所有人开放 { $repository }。
said-gated-or-private = 它需要授权或为私有，或者没有该名称的模型。
said-check-name-type-token = 请检查名称。如果有权读取，请输入访问令牌。
said-hub-has-no-model = Hub 上没有模型 { $repository }。
said-hub-has-no-part = Hub 上的 { $repository } 没有 { $part }。
said-hub-has-no = Hub 上没有 { $what }。
said-check-name-branch = 请检查名称、分支和拼写。
said-hub-too-many-requests = Hub 收到了过多来自此处的请求。
said-hub-asks-to-wait = 它要求等待 { $seconds } 秒。
said-hub-waiting = Hub 要求等待
said-hub-broke = 连接中断
said-later-or-token = 请稍后重试，或使用访问令牌，其请求限额更高。
said-hub-odd-answer = Hub 未按预期应答。
said-later-without-mirror = 请稍后重试；如果设置了镜像，请尝试不使用它。
said-fetched-file-damaged = 下载的一个文件已损坏，并已丢弃。
said-file-has-sha256 = { $path } 的 SHA-256 为 { $found }，而不是 { $expected }。
said-resume-to-fetch-again = 请继续下载以重新获取它。
said-fetched-file-other = 下载的一个文件与列出的不符。
said-list-and-download-anew = 请重新列出仓库并开始新的下载。
said-not-enough-space = 磁盘空间不足。
said-space-needed = 需要 { $needed } GB，可用 { $free } GB：{ $path }
said-free-space-resume = 请释放一些空间，然后继续。已下载的内容会保留。
said-disk-full = 磁盘已满。
said-cache-not-written = 无法写入模型缓存。
said-folder-writable-or-cache = 请将该文件夹设为可写，或在 HF_HUB_CACHE 中指定其他文件夹。
said-no-repository-name = “{ $name }”不是仓库名称。
said-type-name-slash-name = 请输入 Hub 上的用户名、斜杠，以及由字母、数字、-、_ 和 . 组成的名称。
said-name-or-allow-commit = 请选择其他名称，或允许向其添加提交。
said-token-may-not-write = 当前令牌无权写入 { $repository }。
said-hub-status = Hub 应答的状态为 { $status }。
said-token-with-right = 请使用具有写入权限的令牌，以及属于自己的名称。
said-hub-refuses-upload = Hub 拒绝了上传。未提交任何内容。
said-change-what-hub-names = 请按 Hub 的提示修改，然后重新发布。
said-look-at-page = 请查看仓库页面，并稍后重试。
said-connection-broke-uncommitted = 与 { $host } 的连接中断。未提交任何内容。
said-publish-again = 请重新发布：Hub 上已有的内容不会重复发送。

# crates/app/src/failure/mod.rs
said-program-works-on-data = { $program }（进程 { $pid }）正在使用此数据。
said-window-opens-by-itself = 它完成后窗口会自动打开。按 Ctrl-C 可结束它，并保留已完成的内容。
said-running-already = Tiller 已在此数据上运行。
said-go-on-in-open-window = 请在已打开的窗口中继续，或先将其关闭。
said-data-folder-not-written = 无法写入 Tiller 的数据文件夹。
said-folder-writable-or-data-dir = 请将该文件夹设为可写，或将 TILLER_DATA_DIR 设为其他文件夹。
said-finding-not-finite = 此分析的一项结果不是有限数。
said-smaller-multipliers-or-rates = 请取较小的倍率或学习率。此前的结果会保留。
said-file-not-written = 无法写入文件。
said-went-wrong = Tiller 发生了不应出现的错误。
said-kept-to-checkpoint = 最近一次检查点之前的内容会保留。请重试；如果问题再次出现，请报告。

# crates/app/src/failure/mod.rs: what is gone
said-no-more-analysis = 此分析已不存在。
said-no-more-answer = 此回答已不存在。
said-no-more-baked-model = 此烘入后的模型已不存在。
said-no-more-batch-of-drafts = 此批草稿已不存在。
said-no-more-column = 此栏已不存在。
said-no-more-conversation = 此对话已不存在。
said-no-more-copy = 此副本已不存在。
said-no-more-data-set = 此数据集已不存在。
said-no-more-deletion = 此删除记录已不存在。
said-no-more-direction-of-a-gate = 此门控方向已不存在。
said-no-more-direction-of-the-gate = 此门控的方向已不存在。
said-no-more-distillation = 此蒸馏已不存在。
said-no-more-download = 此下载已不存在。
said-no-more-draft = 此草稿已不存在。
said-no-more-epoch = 训练运行的这一轮已不存在。
said-no-more-fingerprint = 模型的此指纹已不存在。
said-no-more-job = 此任务已不存在。
said-no-more-layer = 向量的这一层已不存在。
said-no-more-learned-map = 此学得的映射已不存在。
said-no-more-measurement = 此测量已不存在。
said-no-more-message = 此消息已不存在。
said-no-more-model-of-run = 训练运行的模型已不存在。
said-no-more-model = 此模型已不存在。
said-no-more-pair = 此偏好对已不存在。
said-no-more-point = 扫描的此点已不存在。
said-no-more-preset = 此预设已不存在。
said-no-more-project = 此项目已不存在。
said-no-more-run-of-vector = 向量的训练运行已不存在。
said-no-more-run = 此训练运行已不存在。
said-no-more-score = 扫描的此指标已不存在。
said-no-more-set = 扫描的此集合已不存在。
said-no-more-sweep = 此扫描已不存在。
said-no-more-trial = 此试用已不存在。
said-no-more-turn = 此轮次已不存在。
said-no-more-vector = 此向量已不存在。
said-no-more-version = 此版本已不存在。
said-no-more = 此 { $what } 已不存在。

# crates/app/src/failure/sandbox.rs
said-file-not-checked = 无法检查此文件，因此未打开它。
said-start-tiller-again = 请重新启动 Tiller，然后重试；如果问题再次出现，请报告。
said-no-memory-to-check = 内存不足，无法检查此文件，因此未打开它。
said-raise-memory-limit = 请提高启动 Tiller 时的内存限制，然后重试。
said-try-again = 请重试。
said-file-would-end-tiller-loaded = 此模型文件会使 Tiller 退出，因此未加载它。
said-remove-or-fetch-load = 请将其移除，或从其制作者处重新下载后再次加载。
said-fetch-or-choose-model = 请从其制作者处重新下载后再次加载，或在“模型”中选择其他模型。
said-file-would-end-tiller-read = 此文件会使 Tiller 退出，因此未读取它。
said-export-rows-or-split = 请将其中的行导出为 CSV 或 JSON Lines，或拆分为较小的文件。
said-ended-while-loading = Tiller 在加载“{ $name }”时退出，因此未再次加载它。
said-try-again-or-remove = 如果是机器断电或内存耗尽所致，请重试。如果再次发生，请将其移除。

# crates/app/src/failure/store.rs
said-data-not-migrated = 无法将 Tiller 的数据转换为此版本的格式。
said-nothing-changed-keep-copy = 未作任何更改。请保留数据文件夹的副本并报告此问题。
said-data-not-copied-before = Tiller 的数据须转换为此版本的格式，但转换前无法备份。
said-free-space-nothing-changed = 请在数据文件夹所在处释放一些空间，然后重试。未作任何更改。
said-data-of-newer-version = Tiller 的数据最后由版本 { $other } 写入，它比此版本 { $own } 更新。
said-data-forms = 数据的格式为 { $found }；版本 { $own } 最高支持格式 { $known }。未作任何更改。
said-install-newer-or-data-dir = 请安装 Tiller { $version } 或更新版本，或将 TILLER_DATA_DIR 设为其他文件夹。
said-data-damaged = Tiller 的数据已损坏。
said-data-gone = Tiller 的数据已丢失：其文件缺失或为空。
said-put-back-copy-or-empty = 请放回该文件并重试、恢复备份，或以空数据开始。
said-changes-lost = Tiller 上次未正常关闭，且保存最后更改的文件已丢失。
said-put-back-or-go-on = 请放回该文件并重试、放弃最后的更改继续，或恢复备份。
said-data-file-foreign = Tiller 的数据文件属于其他程序。
said-data-dir-or-empty = 请将 TILLER_DATA_DIR 设为其他文件夹，或以空数据开始：该文件会移入“damaged”文件夹。
said-data-folder-moved = Tiller 的数据文件夹已被移动或删除：无法保存任何内容。
said-put-back-where-it-was = 请将其放回原处，然后重试。
said-data-file-deleted = Tiller 运行期间，其一个数据文件被删除。
said-close-and-open-tiller = 请关闭 Tiller 并重新打开。已保存的内容会保留。
said-data-file-no-access = 无法读取或写入 Tiller 的一个数据文件。
said-data-writable-and-space = 请将数据文件夹及其文件设为可写，并确认有可用空间，然后重试。
said-keep-copy-report = 请保留数据文件夹的副本并报告此问题。
said-caps-do-not-fit = 一个向量的限幅与其不符。
said-too-many-pairs-one-place = 同一位置的偏好对过多。
said-take-fewer = 请减少数量。
said-adapter-numbers = 用于此模型、秩为 { $rank } 的适配器应有 { $expected } 个数，而保存了 { $found } 个。
said-load-again-train-anew = 请在“模型”中重新加载该模型，然后重新训练。
said-copy-or-empty-damaged-kept = 请恢复备份，或以空数据开始。现有内容保存在“damaged”文件夹中。
said-disk-full-nothing-stored = 磁盘已满：无法再保存任何内容。
said-free-space-try-again = 请释放一些空间，然后重试。
said-data-not-written = 无法写入 Tiller 的数据。
said-writable-or-data-dir = 请将数据文件夹及其文件设为可写，或将 TILLER_DATA_DIR 设为其他文件夹。
said-data-disk-no-access = 无法读取或写入存放 Tiller 数据的磁盘。
said-check-connected-and-space = 请确认其已连接且有可用空间，然后重试。
said-other-program-holds-data = 其他程序正在占用 Tiller 的数据。
said-close-it-try-again = 请关闭它，然后重试。
said-data-disk-slow = 存放 Tiller 数据的磁盘未及时响应。
said-wait-less-busy = 请等待其空闲一些，然后重试。
said-data-no-access = 无法读取或写入 Tiller 的数据。

# crates/app/src/failure/store.rs: what cannot be read
said-stored-adapter-of-a-vector = 无法读取已存储的向量的适配器。
said-stored-caps = 无法读取已存储的限幅。
said-stored-contents = 无法读取已存储的内容。
said-stored-copies-of-a-model = 无法读取已存储的模型的副本。
said-stored-derivation-of-a-vector = 无法读取已存储的向量的派生方式。
said-stored-desk-of-a-conversation = 无法读取已存储的对话的调音台。
said-stored-desk-of-a-preset = 无法读取已存储的预设的调音台。
said-stored-desk = 无法读取已存储的调音台。
said-stored-divergence = 无法读取已存储的散度。
said-stored-edit = 无法读取已存储的编辑。
said-stored-facts-of-a-model = 无法读取已存储的模型的信息。
said-stored-failure = 无法读取已存储的失败信息。
said-stored-finding-of-a-analysis = 无法读取已存储的分析的结果。
said-stored-finding = 无法读取已存储的结果。
said-stored-gate = 无法读取已存储的门控。
said-stored-given-answers = 无法读取已存储的给定的回答。
said-stored-ids = 无法读取已存储的 ID。
said-stored-intervention-of-a-vector = 无法读取已存储的向量的干预方式。
said-stored-items-of-a-measurement = 无法读取已存储的测量的条目。
said-stored-key-of-a-measurement = 无法读取已存储的测量的键。
said-stored-layers-of-a-vector = 无法读取已存储的向量的层。
said-stored-list = 无法读取已存储的列表。
said-stored-method-of-a-vector = 无法读取已存储的向量的方法。
said-stored-neutral-text = 无法读取已存储的中性文本。
said-stored-norms-of-a-vector = 无法读取已存储的向量的范数。
said-stored-norms = 无法读取已存储的范数。
said-stored-pair = 无法读取已存储的偏好对。
said-stored-pairs = 无法读取已存储的偏好对。
said-stored-percentiles-of-projections = 无法读取已存储的投影的百分位数。
said-stored-progress = 无法读取已存储的进度。
said-stored-provenance-of-a-vector = 无法读取已存储的向量的来源。
said-stored-question-of-a-analysis = 无法读取已存储的分析的问题。
said-stored-question = 无法读取已存储的问题。
said-stored-questions = 无法读取已存储的问题。
said-stored-residual-norms = 无法读取已存储的残差范数。
said-stored-rubric = 无法读取已存储的评分标准。
said-stored-sampling-of-an-answer = 无法读取已存储的回答的采样设置。
said-stored-settings-of-a-distillation = 无法读取已存储的蒸馏的设置。
said-stored-settings-of-a-run = 无法读取已存储的训练运行的设置。
said-stored-settings-of-a-starter-vector = 无法读取已存储的初始向量的设置。
said-stored-settings-of-a-sweep = 无法读取已存储的扫描的设置。
said-stored-settings-of-a-vector = 无法读取已存储的向量的设置。
said-stored-settings = 无法读取已存储的设置。
said-stored-side-of-a-step = 无法读取已存储的步骤的一侧。
said-stored-speeds-of-sweeps = 无法读取已存储的扫描的速度。
said-stored-starter-pairs = 无法读取已存储的初始偏好对。
said-stored-steering-of-an-answer = 无法读取已存储的回答的引导。
said-stored-suffixes = 无法读取已存储的后缀。
said-stored-tags-of-a-pair = 无法读取已存储的偏好对的标签。
said-stored-tags-of-a-vector = 无法读取已存储的向量的标签。
said-stored-tokens-of-an-answer = 无法读取已存储的回答的词元。
said-stored-turns-of-a-pair = 无法读取已存储的偏好对的轮次。
said-stored-turns = 无法读取已存储的轮次。
said-stored-vectors-of-a-sweep = 无法读取已存储的扫描的向量。
said-stored-verdicts = 无法读取已存储的判定。
said-stored = 无法读取已存储的 { $what }。

# crates/app/src/library/catalogue/entries.rs
said-catalogue-smollm2-small = 入门模型之后的下一步：适合快速的初步实验，主要用于英文。
said-catalogue-qwen25-small = 小而快，支持中文、英文及其他语言。
said-catalogue-qwen3-small = 此列表中最小的、会先思考再回答的模型。
said-catalogue-gemma3-small = 就其大小而言回答出色，主要用于英文。
said-catalogue-llama32-small = 小而常用；可以将向量烘入其文件。
said-catalogue-smollm2 = 用公开的数据训练：适合需要说明模型读过什么的工作。
said-catalogue-qwen25 = 回答比 0.5B 更稳定，支持中文、英文及其他语言。
said-catalogue-granite = 为遵循指令而训练，采用开放许可；可以将向量烘入其文件。
said-catalogue-gemma2 = 引导研究中常用：AxBench 在其上测量。
said-catalogue-llama32 = 回答比 1B 更长、更稳定；可以将向量烘入其文件。
said-catalogue-phi3 = 就其大小而言推理能力强；最多读取 4,096 个词元。
said-catalogue-gemma3 = 支持多种语言，回答出色。只读取其文本部分，不读取图片。
said-catalogue-qwen3 = 先思考再回答，在多种语言中回答出色。
said-catalogue-llama2 = BiPO 论文的第一个模型。如果其文件没有对话模板，请选用 Llama 2 的模板。
said-catalogue-mistral = BiPO 论文的第二个模型。

# crates/app/src/library/mod.rs
said-device-nvidia = NVIDIA 显卡 { $card }
said-device-candle = CPU（candle）

# crates/app/src/memory.rs
said-free-memory-unreadable = 无法读取可用内存。

# crates/app/src/model_copies.rs
said-model-other-weights = { $model } 的权重与制作该向量时所用的模型不同。
said-own-model-or-same = 请选择该向量自身的模型，或说明两者是同一模型的不同格式。

# crates/app/src/passport
said-sweep-does-not-measure = 扫描 { $sweep } 没有测量“{ $name }”。
said-choose-sweep-of-vector = 请选择此向量的扫描。
said-something-there-already = { $path } 处已有内容。
said-folder-not-replaced = 文件夹不会被替换：请选择其他名称，或将其移除。
said-no-licence-identifier = 这不是许可证标识符。
said-take-spdx = 请使用 SPDX 列表中的标识符，例如 CC-BY-4.0、MIT 或 Apache-2.0。
said-sweep-settings-not-written = 无法写入扫描的设置：{ $error }。
said-take-another-sweep = 请使用其他扫描。

# crates/app/src/permissions
said-file-not-chosen-for-this = 此文件不是为此操作选择的。
said-choose-it-again = 请重新选择。
said-may-not-read = Tiller 未获准读取此文件或文件夹。
said-may-not-write = Tiller 未获准写入此文件。
said-may-not-delete = Tiller 未获准从磁盘删除此文件。
said-may-not-send = Tiller 未获准向此服务器发送提示和回答。
said-may-not-publish = Tiller 未获准在此仓库中发布文件。
said-may-not-download = Tiller 未获准从此服务器下载模型。
said-choose-or-allow = 请选择该文件，或在询问时允许。
said-try-again-and-allow = 请重试，并在询问时允许。

# crates/app/src/publishing.rs
said-phase-asking-hub = 询问 Hub
said-phase-sending = 发送 { $name }
said-phase-committing = 提交

# crates/app/src/sweep_export.rs
said-numbers-endings = 扫描的数据可写为 .csv 或 .json。
said-numbers-no-json = 数据无法写成 JSON：{ $error }。
said-write-csv = 请写为 .csv 文件。

# crates/app/src/vector_export.rs
said-only-two-hold-adapter = 只有 .safetensors 和 .gguf 能存放适配器：其他格式用于向量。
said-end-in-safetensors-or-gguf = 请让文件名以 .safetensors 结尾（用于 peft），或以 .gguf 结尾（用于 llama.cpp 和 Ollama）。
said-other-numbers-read = 从中读出的数值不同

# src-tauri/src/window/opened.rs
said-request-no-json = 有一个请求不是 JSON。
said-opening-store = Tiller 正在打开其存储。

# 多个界面共用的输入框、提示和表单，回答文字周围的标记，以及方法和数字的写法。

# widgets/analysis.rs
widgets-analysis-queued = 正在排队。
widgets-analysis-begins = 正在开始。
widgets-analysis-paused = 已暂停，之后会从原处继续。
widgets-analysis-stopped = 已停止，已有的结果会保留。
widgets-analysis-stale = 此后偏好对或模型已有变化：请重新分析以得到当前的结果。

# widgets/ask_first.rs
widgets-cannot-be-undone = { $lost }此操作无法撤销。

# widgets/caps_form.rs
widgets-caps-what = 向量的作用方式
widgets-caps-off = 按“向量”界面的设置
widgets-caps-on = 对投影限幅
widgets-caps-measuring = 正在读取平静文本……
widgets-caps-percentile = 百分位
widgets-caps-percentile-hint = 平静文本在各层投影的百分位
widgets-caps-quiet-text = 平静文本
widgets-caps-neutral-text = 内置的中性文本
widgets-caps-prompts-of = { $name } 的提示
widgets-caps-side = 限制哪一侧
widgets-caps-at-most = 不高于
widgets-caps-at-least = 不低于
widgets-caps-uncapped = 向量按“向量”界面的设置起作用。
widgets-caps-stays-at-most = 投影不高于{ $over }的 p{ $percentile }：{ $thresholds }。超出的部分按倍率所定的比例去除；其余词元与未引导的模型相同。
widgets-caps-stays-at-least = 投影不低于{ $over }的 p{ $percentile }：{ $thresholds }。不足的部分按倍率所定的比例补上；其余词元与未引导的模型相同。

# widgets/field_faults.rs
widgets-fault = { $label }：{ $fault }。

# widgets/long_text.rs
widgets-part = { $size } kB 中的 { $from }%–{ $to }%；在一个输入框中显示全文会很慢。
widgets-part-earlier = 上一部分
widgets-part-later = 下一部分

# widgets/number_field.rs
widgets-is-empty = 内容为空
widgets-no-number = “{ $text }”不是数字
widgets-over = 必须大于 { $least }
widgets-at-least = 不得小于 { $least }
widgets-at-most = 不得大于 { $most }
widgets-between = 必须在 { $least } 与 { $most } 之间
widgets-whole-number = 必须是整数

# widgets/vector_choice.rs
widgets-no-vector = 还没有向量

# widgets/vector_note.rs
widgets-vector-adds = +1 所加的量为残差流范数的 { $share }
widgets-vector-moves = KL 每词元 { $nats } 奈特

# widgets/vector_sum_note.rs
widgets-vectors-conflict = “{ $one }”与“{ $other }”在第 { $layer } 层方向相抵：余弦相似度为 { $cosine }。
widgets-vectors-sum = 第 { $layer } 层的合成范数为 { $norm }。
widgets-vectors-sum-share = 第 { $layer } 层的合成范数为 { $norm }（残差流的 { $share }）。

# widgets/gate/form.rs
widgets-gate-where = 向量在何处起作用
widgets-gate-always = 始终起作用
widgets-gate-only-where = 有条件地起作用…
widgets-gate-choose-threshold = 用数据选择阈值
widgets-gate-too-late = { $layer }，太靠后
widgets-gate-layer-hint = 不晚于向量自身的层
widgets-gate-threshold = 阈值
widgets-gate-threshold-hint = 以残差流的数值为单位
widgets-gate-width = 宽度
widgets-gate-width-hint = 从四分之一到四分之三跨 2.2 个宽度
widgets-gate-how = 门控如何打开
widgets-gate-hard = 硬
widgets-gate-soft = 软
widgets-gate-when = 何时判定
widgets-gate-at-token = 在每个词元处
widgets-gate-at-prompt = 在提示处
widgets-gate-gone = { $name }（不在向量库中）
widgets-gate-vector = 门控所用的向量
widgets-gate-vector-hint = 同一个或另一个向量

# widgets/gate/histogram.rs
widgets-gate-drag = 拖动这条线，或用方向键移动；按住 Shift 可微调。

# widgets/gate/threshold.rs
widgets-gate-should-open = 应当打开
widgets-gate-should-not = 不应打开
widgets-gate-choose-data-set = 选择数据集
widgets-gate-measure = 测量这些提示
widgets-gate-open-rate = 应当打开：{ $rate }
widgets-gate-shut-rate = 应当关闭：{ $rate }
widgets-gate-rates = { $open }。{ $shut }
widgets-gate-rate = { $count } 条提示中有 { $over } 条超过阈值，占 { $share }（95% 区间 { $low } 至 { $high }）

# widgets/gate/words.rs
widgets-gate-words-always = 向量在每个词元处都起作用。
widgets-gate-words-hard-token = 在每个词元处判定：第 { $block } 块之后的残差流在“{ $name }”上的投影大于 { $above } 时，向量起作用；否则与未引导的模型相同。
widgets-gate-words-hard-prompt = 在提示的最后一个词元处判定一次，对整个回答有效：第 { $block } 块之后的残差流在“{ $name }”上的投影大于 { $above } 时，向量起作用；否则与未引导的模型相同。
widgets-gate-words-soft-token = 在每个词元处判定：第 { $block } 块之后的残差流在“{ $name }”上的投影越大，向量的作用越强：{ $above } 处为二分之一，{ $quarter } 处为四分之一，{ $three } 处为四分之三。
widgets-gate-words-soft-prompt = 在提示的最后一个词元处判定一次，对整个回答有效：第 { $block } 块之后的残差流在“{ $name }”上的投影越大，向量的作用越强：{ $above } 处为二分之一，{ $quarter } 处为四分之一，{ $three } 处为四分之三。

# widgets/markdown/code_block.rs
widgets-code = 代码
widgets-code-in = 代码，{ $language }
widgets-copy-named = 复制：{ $name }
widgets-code-copy = 复制代码
widgets-code-select = 请选中后按 Ctrl+C

# widgets/markdown/link.rs
widgets-link-copy = 复制地址 { $address }
widgets-link-copied = 已复制
widgets-link-select = 请选中地址后按 Ctrl+C

# widgets/markdown/view.rs
widgets-table = 表格
widgets-picture = 图片：
widgets-task-done = 已完成
widgets-task-open = 未完成

# widgets/markdown/mod.rs
widgets-thinking = 思考
widgets-thinking-length = { $letters } 个字符
widgets-thinking-so-far = 目前 { $length }

# format/typed.rs
widgets-multipliers-none = 请至少给出一个倍率
widgets-range-step = 步长必须大于 0
widgets-range-ends = “到”小于“从”
widgets-range-many = 倍率超过了 100 个

# format/vectors.rs
widgets-method-bipo-both = BiPO，双向
widgets-method-bipo-uni = BiPO，单向
widgets-method-bipo-normed = BiPO，长度归一化
widgets-method-freeform = 自由形式（Freeform）
widgets-method-dpo-lora = DPO（LoRA）
widgets-made-by-sum = 求和
widgets-made-by-distilling = 蒸馏
widgets-made-by-import = 导入
widgets-positions-everywhere = 每个词元（BiPO）
widgets-positions-prompt-end = 从提示末尾起（CAA）
widgets-positions-answer = 仅回答
widgets-on-everywhere = 每个词元（BiPO）
widgets-on-prompt-end = 提示末尾起的词元（CAA）
widgets-on-answer = 回答的词元
widgets-mismatch-add = “{ $name }”训练时加在{ $trained }上，现在加在{ $now }上：此前的得分不再适用。
widgets-mismatch-project-out = “{ $name }”训练时加在{ $trained }上，现在对{ $now }做投影消除：此前的得分不再适用。
widgets-mismatch-cap = “{ $name }”训练时加在{ $trained }上，现在对{ $now }的投影限幅：此前的得分不再适用。

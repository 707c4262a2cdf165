# 引擎（`vectors` 库及其类型）的句子，界面会显示它们；英文写的是程序原样给出的文字。

# vectors/src/adapter.rs
said-an-adapter-of-rank-0-has = 秩为 0 的适配器没有数值
said-an-adapter-of-rank-has-numbers = 秩为 { $rank } 的适配器在这里应有 { $expected } 个数值，而不是 { $found } 个

# vectors/src/bake/architecture.rs
said-a-norm-stands-between-its-feed = 它的前馈部分与残差流之间有一个归一化层，因此那里的偏置加不出一个常量
said-llama-cpp-reads-no-bias-of = llama.cpp 不读取它前馈部分的偏置
said-transformers-reads-no-bias-of-its = transformers 不读取它前馈部分的偏置（mlp_bias）

# vectors/src/bake/error.rs
said-cannot-be-baked-instead-give-llama = { $architecture } 无法烘入：{ $why }。请改为把向量本身作为 GGUF 文件交给 llama.cpp（--control-vector），把它蒸馏成适配器（tiller-cli distil），或在 Tiller 中引导
said-which-acts-only-where-a-gate = { $name } 只在门控打开处起作用，无法烘入：权重的偏置对每个词元都同样起作用。请改为：{ $instead }
said-which-caps-a-projection-cannot-be = { $name } 对投影限幅，无法烘入：权重的偏置对每个词元都同样起作用。请改为：{ $instead }
said-which-acts-from-the-prompt-last = { $name } 从提示的最后一个词元起才起作用，无法烘入：权重的偏置对每个词元都同样起作用。请改为：{ $instead }
said-which-acts-at-the-tokens-of = { $name } 只在回答的词元上起作用，无法烘入：权重的偏置对每个词元都同样起作用。请改为：{ $instead }
said-cannot-be-baked-a-bias-of = { $what } 无法烘入：权重的偏置对每个词元都同样起作用。请改为：{ $instead }
said-an-adapter-is-not-baked-here = 这里不烘入适配器：llama.cpp 把它作为 LoRA 读取（tiller-cli adapter export 会写出它的文件），peft 用 merge_and_unload() 合并它
said-does-not-fit-the-model = { $what } 与模型不匹配：{ $detail }
said-there-is-no-vector-to-bake = 没有可烘入的向量
said-the-model-is-split-into-several = 模型分成了几个 GGUF 文件：请先用 llama.cpp 的 llama-gguf-split --merge 合并它们
said-is-stored-as-which-is-not = 张量 { $name } 以 { $format } 存储，而这里不写该格式：请使用 F32、F16、BF16 或 Q8_0 的模型
said-would-have-a-number-that-cannot = { $name } 会出现 { $format } 无法表示的数值：请使用较小的倍率
said-the-folder-cannot-be-baked = 该文件夹无法烘入：{ $detail }
said-is-the-model-itself-choose-another = { $path } 就是模型本身：请另选一个名称
said-is-there-already = { $path } 已经存在
said-there-is-no-folder = 没有文件夹 { $path }
said-would-be-written-and-are-free = 需要写入 { $needed } MB，而那里只剩 { $free } MB：请腾出一些空间，或选择另一块磁盘
said-it-cannot-be-written-nothing-was = 无法写入：{ $error }。没有留下任何文件

# vectors/src/bake/folder.rs
said-its-weights-have-biases-of-the = 它的权重带有前馈部分的偏置，而 config.json 将其关闭（mlp_bias）
said-is-no-plain-json = { $name } 不是普通的 JSON：{ $error }
said-the-header-of-is-no-json = { $name } 的文件头不是 JSON：{ $error }

# vectors/src/bake/numbers.rs
said-a-row-of-numbers-is-not = { $width } 个数值的一行不能分成完整的块

# vectors/src/bake/project_out.rs
said-a-vector-of-zeros-has-no = 全为零的向量没有可以消除的方向
said-only-one-direction-can-be-taken = 从权重中只能消除一个方向，且不能同时添加任何东西：请只给出一个向量，并用 --layer 指定它的一层

# vectors/src/bake/recipe.rs
said-the-multiplier-is-0-nothing-is = 倍率为 0：不添加任何东西，也不消除任何东西。
said-block-has-a-bias-already-the = 块 { $block } 已经有偏置（{ $format }）：向量会加到它上面。
said-the-model-multiplies-what-a-block = 该模型会把每个块所加的内容乘以 { $scale }：偏置是向量除以该值，再舍入为 f32。
said-the-folder-weights-are-and-so = 该文件夹的权重为 { $format }，偏置也是：向量的数值会舍入到该格式。
said-the-direction-is-taken-out-of = 该方向会从嵌入（{ $embedding }）以及每个块写出的内容（{ $blocks }）中消除，然后各自重新舍入到原来的格式。这与在某一块之后引导所计算的并不相同。
said-it-has-numbers-and-the-residual = 它有 { $found } 个数值，而残差流有 { $size } 个
said-it-acts-after-block-and-the = 它在块 { $layer } 之后起作用，而最后一块是 { $last }
said-steer-in-tiller-or-bake-it = 在 Tiller 中引导，或去掉门控后再烘入
said-steer-in-tiller-or-train-a = 在 Tiller 中引导，或训练一个以相加方式起作用、强度为一个数值的向量
said-steer-in-tiller-or-make-a = 在 Tiller 中引导，或为该向量建立一个在每个词元上起作用的副本并测量它

# vectors/src/device
said-the-head-is-not-loaded = 输出头未加载
said-cpu-cuda-cuda-1-metal-and = 已知的设备有 cpu、cuda、cuda:1、metal 和 candle

# vectors/src/distil
said-there-are-no-prompts-and-texts = 没有可用于蒸馏的提示和文本
said-nothing-steers-the-model-the-adapter = 没有任何东西引导模型：适配器不会添加任何内容
said-is-and-it-must-be = { $name }为 { $value }，要求：{ $rule }
said-the-numbers-are-not-finite-at = 第 { $step } 步的数值不是有限数：学习率可能过高
said-the-numbers-are-not-finite-at-step-sample = 第 { $step } 步、第 { $sample } 个训练样本的数值不是有限数：学习率可能过高
said-there-is-no-training-sample = 没有第 { $index } 个训练样本：该训练运行有 { $samples } 个，从 0 数起
said-all-steps-are-done = 全部 { $total } 步都已完成
said-samples-in-a-step = 每步的样本数
said-the-list-of-projections = 投影列表
said-at-least-one-projection = 至少一个投影
said-empty-value = 空
said-setting-steps = 训练步

# crates/steering-types/src/settings_error.rs
said-is-it-must-be = { $name }为 { $value }，要求：{ $rule }
said-setting-layers = 层
said-setting-epochs = 轮数
said-pairs-in-a-step = 每步的偏好对数
said-the-learning-rate = 学习率
said-the-clipping-norm = 裁剪范数
said-setting-rank = 秩
said-setting-factors = 系数
said-the-weight-decay = 权重衰减
said-at-least-one-block-in-ascending = 至少一个块，按升序排列，且不重复
said-rule-at-least-one = 至少为 1
said-a-number-over-0 = 大于 0 的数
said-rule-rank = 1 到 1024
said-at-least-one-number-over-0 = 至少一个大于 0 的数，且没有其他值
said-rule-zero-or-more = 不小于 0
said-alpha-is-and-it-must-be = alpha 为 { $value }，要求：{ $rule }
said-steps-is-and-it-must-be = 步数为 { $value }，要求：{ $rule }
said-the-list-of-projections-is-empty = 投影列表为空，要求：至少一个投影
said-alpha-is-it-must-be = alpha 为 { $value }，要求：{ $rule }
said-beta-is-it-must-be = beta 为 { $value }，要求：{ $rule }

# crates/steering-types/src/projection.rs
said-is-no-projection-q-proj-k = { $name } 不是投影：可用的有 q_proj、k_proj、v_proj、o_proj、gate_proj、up_proj 和 down_proj，all-linear 表示全部

# crates/steering-types/src/token_kind.rs
said-token-normal = 普通
said-token-unknown = 未知
said-token-control = 控制
said-token-user-defined = 用户定义
said-token-unused = 未使用
said-token-byte = 字节

# crates/steering-types/src/caps.rs
said-capped-at-p-of = 上限为{ $over }的 p{ $percentile }
said-kept-at-least-at-p-of = 下限为{ $over }的 p{ $percentile }

# vectors/src/files/adapter/config.rs
said-an-adapter-that-acts-from-certain = 从某些词起才起作用的适配器
said-a-choice-between-several-adapters-at = 在每个词元处从多个适配器中选择
said-parts-of-one-matrix-for-several = 一个矩阵的若干部分用于多个投影
said-transposed-weights = 转置的权重
said-base-weights-without-their-smallest-singular = 去掉最小奇异值的基础权重
said-a-model-with-repeated-layers = 层有重复的模型
said-biases-besides-the-matrices = 矩阵之外的偏置
said-megatron-layers = Megatron 的层
said-whole-trained-modules-besides-the-matrices = 矩阵之外整个训练过的模块
said-matrices-that-are-sampled = 采样得到的矩阵
said-matrices-on-parameters-that-are-no = 作用于非线性层模块参数的矩阵
said-trained-embeddings-of-tokens = 训练过的词元嵌入
said-block-diagonal-matrices = 块对角矩阵
said-dora-magnitudes-besides-the-matrices = 矩阵之外的 DoRA 幅值
said-inputs-that-are-averaged-in-groups = 按组取平均的输入
said-has-no-peft-type-it-is = { $file } 没有 peft_type：它不是 peft 的文件，或已被截断
said-has-no-lora-alpha = { $file } 没有 lora_alpha
said-has-expressions-as-patterns-more-than = { $file } 以 { $count } 个表达式作为模式，超过了 { $most } 个
said-has-keys-that-tiller-does-not = { $file } 含有 Tiller 不认识的键，它们的值为空：{ $keys }。
said-says-which-may-change-the-base = { $file } 写的是 { $key } = { $value }：这可能改变基础权重；Tiller 认识的不改变权重的取值为：{ $known }
said-says-where-tiller-reads = { $file } 写的是 { $key } = { $value }：Tiller 在这里读取的是 { $known }
said-says-which-tiller-does-not-compute = { $file } 写的是 { $key } = { $value }：{ $what }，Tiller 不计算它
said-says-which-tiller-does-not-know = { $file } 写的是 { $key } = { $value }：Tiller 不认识它，因此它可能改变计算结果
said-true-false-gaussian-eva-orthogonal-or = true、false、"gaussian"、"eva"、"orthogonal" 或 "mica"
said-in-it-is-no-mapping-from = { $key }（在 { $file } 中）：它不是从名称到数值的映射
said-in-it-is-neither-a-layer = { $key }（在 { $file } 中）：它既不是一个层，也不是层的列表
said-in-it-is-neither-a-name = { $key }（在 { $file } 中）：它既不是一个名称，也不是名称的列表
said-in-it-is-no-list-of = { $key }（在 { $file } 中）：它不是名称的列表
said-in-it-is-neither-a-list = { $key }（在 { $file } 中）：它既不是名称的列表，也不是表达式
said-in-is-no-rank = { $key }（在 { $file } 中）：{ $value } 不是秩
said-in-is-no-alpha-which-is = { $key }（在 { $file } 中）：{ $value } 不是 alpha，alpha 须为大于 0 的数
said-in-is-neither-true-nor-false = { $key }（在 { $file } 中）：{ $value } 既不是 true 也不是 false
said-in-the-pattern-is-too-long = { $key }（在 { $file } 中）：模式 { $pattern } 过长
said-in-the-pattern-has-which-python = { $key }（在 { $file } 中）：模式 { $pattern } 含有 { $part }，Python 对它的解读与 Tiller 不同
said-in-the-pattern-is-no-expression = { $key }（在 { $file } 中）：模式 { $pattern } 不是可以匹配的表达式：{ $error }
said-in-the-pattern-cannot-be-matched = { $key }（在 { $file } 中）：模式 { $pattern } 无法匹配：{ $error }

# vectors/src/files/adapter/pattern.rs
said-the-pattern-is-too-long = 模式 { $pattern } 过长
said-the-pattern-has-which-python-reads = 模式 { $pattern } 含有 { $part }，Python 对它的解读与 Tiller 不同
said-the-pattern-is-no-expression-that = 模式 { $pattern } 不是可以匹配的表达式：{ $error }
said-the-pattern-cannot-be-matched = 模式 { $pattern } 无法匹配：{ $error }
said-the-pattern-cannot-be-matched-2 = { $file }：模式 { $pattern } 无法匹配：{ $error }

# vectors/src/files/adapter/gguf
said-a-gguf-adapter = GGUF 适配器
said-in-its-header = 在文件头中
said-its-header = 文件头
said-its-beginning = 文件开头
said-its-table-of-contents = 目录表
said-its-pickle = pickle 部分
said-at-byte = 第 { $byte } 字节处
said-is-no-matrix-of-a-low = { $name } 不是一对低秩矩阵中的矩阵
said-is-there-twice = { $name } 出现了两次
said-is-no-matrix-of-the-model = { $name } 不是模型各块的矩阵
said-its-is-not = 它的 { $key } 是 { $value }，而不是 { $expected }
said-its-adapter-lora-alpha-is = 它的 adapter.lora.alpha 是 { $alpha }
said-it-acts-from-certain-words-on = 它从某些词起才起作用（adapter.alora.invocation_tokens）
said-is-stored-as = { $name } 以 { $format } 存储
said-is-not-a-matrix = { $name } 的形状是 { $shape }，不是矩阵
said-it-lies-behind-the-file-end = 它位于文件末尾之后
said-it-lies-over-another-tensor = 它与另一个张量重叠
said-has-a-number-that-is-not = { $name } 中有非有限数
said-lora-of-is-missing = 缺少 { $name } 的 lora_{ $letter }
said-lora-a-of-is-and-lora = { $name } 的 lora_a 是 { $a }，lora_b 是 { $b }，二者不匹配
said-it-is-for-blocks-and-the = 它适用于 { $ours } 个块，而模型有 { $theirs } 个
said-its-has-outputs-and-the-model = 它的 { $name } 有 { $found } 个输出，而模型有 { $expected } 个
said-its-alpha-is-0-or-no = 它的 alpha 为 0 或不是数

# vectors/src/files/adapter/joined.rs
said-it-has-matrices-of-which-leaves = 它含有 { $name } 的矩阵，而 { $file } 将其排除在外，因此 peft 不会加载它们
said-lora-a-and-lora-b-of = 缺少块 { $block } 中 { $projection } 的 lora_A 和 lora_B
said-lora-a-of-is-and-lora-b = { $name } 的 lora_A 是 { $a }，lora_B 是 { $b }，二者没有共同的秩
said-the-matrices-of-have-rank-and = { $name } 的矩阵的秩为 { $rank }，而 { $file } 写的是 { $expected }
said-it-has-no-matrices = 它没有矩阵
said-the-matrices-of-in-block-are = 块 { $block } 中 { $name } 的矩阵是 { $a } 和 { $b }，而最前面的矩阵要求 { $inputs } 个输入和 { $outputs } 个输出
said-its-matrices-have-no-numbers = 它的矩阵没有数值
said-rank-on-blocks-takes-more-than = 在 { $blocks } 个块上秩为 { $rank } 需要超过 { $most } 个数值
said-the-ranks-or-alphas-of-its = 它各模块的秩或 alpha 不同。它会保存为秩 { $rank }、alpha { $alpha } 的适配器，效果相同。
said-it-is-rank-stabilised-it-is = 它是秩稳定的。它会以 alpha { $alpha } 保存，效果相同。
said-its-alpha-is = 它的 alpha 是 { $alpha }
said-also-names-of-which-the-file = { $file } 还列出了 { $unused }，而文件中没有它们的矩阵。
said-it-acts-on-of-the-projections = 它作用于 { $blocks } 个块的 { $all } 个投影中的 { $count } 个，与 { $file } 所写一致。

# vectors/src/files/adapter/mod.rs
said-it-does-not-say-its-alpha = 它没有写明 alpha，旁边也没有 { $file }
said-its-metadata-say-alpha-and-says = 它的元数据写的是 alpha { $alpha }，而 { $file } 写的是 lora_alpha { $other }：请使二者一致
said-beside-it-cannot-be-read = { $file }（在它旁边）无法读取：{ $error }

# vectors/src/files/adapter/tensors.rs
said-there-is-no-block = 没有块 { $block }
said-is-of-another-model-or-adapter = { $name } 与它前面的张量属于不同的模型或适配器
said-is-no-matrix-of-a-projection = { $name } 不是块中投影的矩阵，而 Tiller 的适配器只作用于这些矩阵

# vectors/src/files/bytes.rs
said-it-ends-where-more-bytes-are = 它应当还有 { $count } 字节，却在这里结束
said-a-line-does-not-end = 有一行没有结束
said-text-that-is-not-utf-8 = 文本不是 UTF-8

# vectors/src/files/contents.rs
said-it-has-the-tensors-and-their = 它含有张量 { $names }，它们的名称既不像 "layer.14" 那样写明层，也没有说明哪一个是向量
said-the-numbers-of-its-directions = 其方向的编号被当作层号，与 llama.cpp 的控制向量相同（这是猜测）。
said-is-taken-for-the-vector-left = 把 { $name } 当作向量。未采用：{ $others }。
said-there-is-no-tensor-in-it = 其中没有张量
said-it-is-an-adapter-in-another = 格式不是 peft 的 .safetensors 的适配器
said-save-it-with-peft = 请用 peft 的 save_pretrained 保存它
said-it-has-one-row-more-than = 它的行数比模型的层数多一行：第一行被视为嵌入的行（如 hidden_states 中那样），未采用。
said-the-last-row-of-hidden-states = hidden_states 的最后一行取自最终归一化之后：它的尺度与最后一层自身的输出不同，而它会加在后者上。
said-it-says-layer-beside-several = 文件在多个向量之外写有第 { $layer } 层；未采用。
said-it-has-rows-and-the-model = 它有 { $rows } 行，而模型有 { $blocks } 层：各行被当作第 0 至 { $last } 层（推测）。
said-it-has-rows-and-names-no-layers = 它有 { $rows } 行，没有写明层：各行被当作第 0 至 { $last } 层（推测）；模型的层数可能说明更多。
said-was-taken-of = 从 { $names } 中取用了 { $name }。
said-it-names-layers-for-rows = 它为 { $rows } 行写了 { $layers } 个层

# vectors/src/files/error.rs
said-there-is-no-file-at-this = 这个位置没有文件
said-it-is-not-a-file = 这不是文件，而是{ $kind }
said-the-file-cannot-be-read = 无法读取文件：{ $error }
said-the-file-cannot-be-written = 无法写入文件：{ $error }
said-the-ending-is-not-that-of = 扩展名 { $ending } 不是向量文件的扩展名；已知的有：.safetensors、.gguf、.pt、.npy、.json，可读取的还有 .pth、.bin、.npz 以及护照 .tiller-vector.zip
said-the-file-has-bytes-a-vector = 该文件有 { $bytes } 字节，而向量文件最多 { $limit } 字节
said-the-file-tensors-have-more-than = 该文件的张量合计超过 { $limit } 个数值
said-the-file-is-not-a-vector = 该文件不是向量，而是“{ $kind }”：{ $next }
said-this-is-not-a-file-that = 这不是可以读取的 { $format } 文件：{ $place }：{ $detail }
said-the-file-asks-to-run-which = 该文件要求运行 { $name }，而向量并不需要它：已拒绝，没有运行任何东西
said-the-file-holds-no-steering-vector = 该文件不含引导向量：{ $detail }
said-the-file-holds-an-adapter-that = 该文件含有一个无法使用的适配器：{ $detail }
said-the-file-does-not-say-after = 该文件没有写明它的向量加在哪一层之后
said-the-file-does-not-say-after-which = 该文件没有写明它的向量加在哪一层之后；从名称看是第 { $layer } 层
said-the-file-says-layer-and-layer = 该文件写的是第 { $found } 层，而要求的是第 { $given } 层
said-number-of-the-vector-for-layer = 第 { $layer } 层的向量中编号为 { $index } 的数值不是有限数
said-the-vectors-do-not-belong-together = 这些向量不属于同一组：{ $detail }
said-cannot-hold-this = { $format }无法保存这些内容：{ $detail }
said-the-file-holds-and-does-not-say = 该文件含有 { $names }，没有写明其中哪一个是向量
said-the-file-holds-no-vector-under = 该文件中没有名为 { $given } 的向量
said-the-file-holds-no-vector-under-there = 该文件中没有名为 { $given } 的向量；其中有 { $names }
said-choose-the-file-itself = 请选择文件本身。
said-choose-a-file-of-vectors-alone = 请选择只含向量的文件，或减少其中的向量。
said-save-or-download-the-file-again = 请重新保存或下载该文件。
said-save-the-vector-alone-or = 请单独保存该向量，或选择其他文件。
said-save-the-adapter-again-with = 请用 peft 重新保存该适配器，或选择另一个。
said-take-one-out-with = 请用 `tiller-cli vector convert IN OUT --entry NAME` 取出其中一个，然后选择那个文件。
said-name-one-that-the-file-holds = 请指定文件中有的一个，或不指定。
said-make-the-vector-again-or = 请重新制作该向量，或选择其他文件。
said-save-the-vectors-again-all = 请重新保存这些向量：大小一致，每层一次。

# vectors/src/files/gguf.rs
said-its-numbers-have-their-highest-byte = 它的数值以最高字节在前（大端序），无法读取
said-it-has-and-a-control-vector = 它含有“{ $what }”，而 GGUF 中的控制向量以 F32 存储
said-it-is-an-adapter-for-llama-cpp = llama.cpp 的适配器
said-make-peft-folder-of-it = 请用 `tiller-cli adapter export` 把它转成 peft 文件夹
said-it-does-not-begin-with-gguf = 它不以 GGUF 开头
said-it-has-tensors-it-may-be = 它有 { $tensors } 个张量：可能是一个完整的模型
said-its-architecture-is-a-control-vector = 它的架构是 { $architecture }，而控制向量的架构是 { $expected }
said-the-tensor-has-the-shape-not = 张量 { $name } 的形状是 { $shape }，而不是 [size]
said-the-tensor-is-not-stored-as = 张量 { $name } 不是以 F32 存储
said-the-tensor-is-none-of-direction = 张量 { $name } 不属于 direction.1、direction.2 等
said-llama-cpp-adds-nothing-after-block = llama.cpp 在块 0 之后不添加任何东西，因此无法表示第 0 层的向量
said-a-gguf-control-vector = GGUF 控制向量

# vectors/src/files/json.rs
said-json-vector = JSON 向量
said-it-must-be-or-a-list = 它必须是 {"{"}"layer": 14, "vector": [0.25, ...]{"}"} 或由其组成的列表
said-it-must-be-or-a-list-of = { $error }；它必须是 {"{"}"layer": 14, "vector": [0.25, ...]{"}"} 或由其组成的列表
said-its-layer-is-no-number-it = 它的 "layer" 不是数；它必须是 {"{"}"layer": 14, "vector": [0.25, ...]{"}"} 或由其组成的列表
said-line-column = 第 { $line } 行第 { $column } 列
said-left-out = 未采用：{ $names }。
said-its-rows-have-different-lengths = 它的各行长度不同
said-its-is-a-table-not-one = 它的 { $name } 是一个表，而不是一个向量
said-one-of-its-vectors-says-no = 它的一个向量没有写明层
said-a-list-of-numbers-and-other = 列表中混有数值和其他内容
said-a-list-that-is-longer-than = 列表比任何向量都长
said-an-object-with-more-names-than = 对象的名称比向量的还多
said-its-is-and-a-vector-is = 其 { $name } 为 { $place }，而此处向量加在一个块之后（resid_post）：某块的“resid_pre”所指的是前一块之后。
said-two-values-called = 有两个名为 { $name } 的值

# vectors/src/files/mod.rs
said-there-is-no-vector-in-it = 其中没有向量
said-the-vector-has-no-numbers = 该向量没有数值
said-there-is-no-layer = 没有第 { $layer } 层
said-layer-has-numbers-layer-has = 第 { $first } 层有 { $count } 个数值，第 { $layer } 层有 { $size } 个
said-layer-is-there-twice = 第 { $layer } 层出现了两次
said-a-pt-file = {"."}pt 文件
said-a-npy-file = {"."}npy 文件
said-a-git-lfs-pointer = Git LFS 指针
said-fetch-the-content-itself-with-git = 请用 `git lfs pull` 获取内容本身
said-a-web-page = 网页
said-download-the-file-itself = 请下载文件本身
said-compressed-with-gzip = 经 gzip 压缩的文件
said-unpack-it-first = 请先解压

# vectors/src/files/npz.rs
said-numpy-archive = NumPy 归档
said-it-has-files = 它有 { $count } 个文件

# vectors/src/files/numpy.rs
said-it-does-not-begin-with-x93numpy = 它不以 \x93NUMPY 开头
said-version-is-not-known = 未知的版本 { $major }.{ $minor }
said-a-header-of-bytes-is-too = { $length } 字节的文件头过长
said-its-header-has-no-descr = 它的文件头没有 'descr'
said-its-header-has-no-shape = 它的文件头没有 'shape'
said-its-header-has-no-fortran-order = 它的文件头没有 'fortran_order'
said-the-shape-and-the-bytes-behind = 形状 { $shape } 与其后的 { $bytes } 字节不符
said-its-numbers-are-stored-as-read = 它的数值以 { $format } 存储；可读取的是 f2、f4 和 f8

# vectors/src/files/pickle
said-its-numbers-are-stored-as-floats = 它的数值以 { $format } 存储，而可读取的是浮点数
said-its-pickle-holds-more-than-values = 它的 pickle 含有超过 { $most } 个值
said-attributes-of-something-that-has-none = 为没有属性的对象设置了属性
said-pickle-operation-0x-which-no-tensor = pickle 操作 0x{ $code }，张量不需要它
said-a-value-is-missing = 缺少一个值
said-an-end-without-a-beginning = 有结尾而没有开头
said-entries-without-a-dictionary = 有条目而没有字典
said-items-without-a-list = 有元素而没有列表
said-a-key-that-is-no-name = （不是名称的键）
said-a-number-that-makes-no-sense = 不合理的数
said-a-value-that-was-never-kept = 从未保存过的值
said-a-name-that-is-no-text = 不是文本的名称
said-a-reference-to-something-other-than = 引用的不是存储区
said-a-call-without-arguments = 没有参数的调用
said-a-parameter-without-a-tensor = 没有张量的参数
said-a-call-of-something-that-is = 调用了张量中不会调用的东西
said-a-tensor-arguments-make-no-sense = 张量的参数不合理

# vectors/src/files/provenance.rs
said-add-at-every-position = 在每个位置相加
said-add-from-the-last-token-of = 从提示的最后一个词元起相加
said-add-at-the-positions-of-the = 在回答的各位置相加
said-project-out-at-every-position = 在每个位置投影消除
said-project-out-from-the-last-token = 从提示的最后一个词元起投影消除
said-project-out-at-the-positions-of = 在回答的各位置投影消除
said-cap-the-projection-at-at-every = 在每个位置将投影限幅为 { $cap }
said-cap-the-projection-at-from-the = 从提示的最后一个词元起将投影限幅为 { $cap }
said-cap-the-projection-at-at-the = 在回答的各位置将投影限幅为 { $cap }
said-add-multiplier-times-alpha-rank-times = 把 倍率 × alpha / 秩 × B A 加到查询和值的权重上

# vectors/src/files/safetensors.rs
said-the-tensor-is-stored-as = 张量 { $name } 以 { $format } 存储
said-it-has-bytes-at-most-are = 它有 { $length } 字节，最多读取 { $most } 字节

# vectors/src/files/steering.rs
said-it-is-the-passport-of-an = 它是适配器的护照

# vectors/src/files/table.rs
said-it-is-a-single-number = 它只是一个数
said-rows-are-more-than-a-model = { $rows } 行超过了模型的层数
said-its-shape-is-a-vector-is = 它的形状是 { $shape }，而向量的形状是 [size] 或 [layers, size]
said-it-has-no-numbers-its-shape = 它没有数值：形状是 { $shape }
said-the-vector-of-layer-is-zero = 第 { $layer } 层的向量为零，这表示那里没有向量
said-there-is-no-vector = 没有向量
said-vectors-of-one-number-for-several = 多层的单个数值向量看起来就像一个向量

# vectors/src/files/torch
said-it-is-no-zip-archive = 它不是 zip 归档
said-it-is-a-pickle-that-torch-save = 它是 pickle，但不是 torch.save 写成的；torch.save(pickle.load(open("IN", "rb")), "OUT") 可得到能读取的文件，只适用于您信任的文件
said-its-storages = 其存储区
said-they-have-no-list-of-names = 没有名称列表
said-one-of-them-has-no-name = 其中一个没有名称
said-the-pickle-names-one-that-is = pickle 指名的一个不存在
said-they-are-cut-off = 它们不完整
said-it-names-a-storage-that-is = 它指名的存储区不存在
said-there-is-no-data-pkl = 没有 data.pkl
said-the-order-of-its-bytes-is = 它的字节序未知
said-its-pickle-describes-something-other-than = 它的 pickle 描述的不是张量
said-it-is-compressed-which-pytorch-does = 它经过压缩，而 PyTorch 不会这样做
said-the-tensor-is-larger-than-its = 张量大于它的存储区
said-its-tensors-lie-over-each-other = 它的张量互相重叠
said-it-is-a-list-of-something = 它是由非张量内容组成的列表
said-it-is-a-list-of-tensors = 它是形状为 { $first } 和 { $other } 的张量的列表
said-its-vectors-are-named-each-is = 它的向量名为 { $names }：每个都按它旁边所写的层采用。

# vectors/src/gate.rs
said-the-gate-is-read-after-block = 门控在块 { $gate } 之后读取，而它的向量在块 { $layer } 之后起作用：请为门控选择块 { $block } 或更早的块
said-the-threshold-of-the-gate-is = 门控的阈值为 { $above }：它必须是一个数
said-the-width-of-the-soft-gate = 软门控的宽度为 { $width }：它必须是大于 0 的数
said-the-vector-of-the-gate-condition = 门控条件的向量没有方向：它的数值必须是有限数，且不全为 0
said-the-gate-is-decided-at-the = 门控在提示处决定，而纯文本没有提示：请改为在每个词元处决定，或不计算纯文本的指标

# vectors/src/generate/sampling.rs
said-the-temperature-is-it-must-be = 温度为 { $temperature }：它必须是不小于 0 的数
said-top-p-is-it-must-be = top-p 为 { $value }：它必须大于 0，且不超过 1
said-min-p-is-it-must-be = min-p 为 { $value }：它必须在 0 与 1 之间
said-the-repetition-penalty-is-it-must = 重复惩罚为 { $value }：它必须是大于 0 的数；1 表示不改变任何东西

# vectors/src/model/config
said-a-model-this-file-says-that = 模型；而该文件写明它的类型是 { $kind }
said-values-of-another-size-than-keys = 与键大小不同的值
said-the-rotary-scaling = 旋转位置编码的缩放方式 { $name }
said-scaled-logits = 经过缩放的 logits
said-a-scaled-residual-stream = 经过缩放的残差流
said-a-scaled-embedding = 经过缩放的嵌入
said-a-scale-of-its-own-for = 自有的注意力缩放系数
said-a-mixture-of-experts = 混合专家
said-attention-without-a-rotary-embedding = 不带旋转位置编码的注意力
said-a-method-of-its-own = 自有的方法
said-weights-quantized-by-take-the-original = 由 { $name } 量化的权重：请使用原始模型，或 GGUF 文件形式的模型
said-weights-quantized-by-a-method-of = 以自有方法量化的权重：请使用原始模型，或 GGUF 文件形式的模型
said-yarn-scaling-with-mscale = 带 mscale 的 YaRN 缩放
said-the-activation = 激活函数 { $name }
said-config-json-and-in-its-rotary = config.json 中的 { $key } = { $second } 与其旋转位置编码设置中的 { $key2 } = { $first } 互相矛盾：请改正有误的一个
said-the-header-name = 文件头
said-the-header-has-keys-that-tiller = 文件头含有 Tiller 不认识也不使用的键：{ $keys } 等，另有 { $more } 个。
said-the-header-has-keys-that-tiller-does = 文件头含有 Tiller 不认识也不使用的键：{ $keys }。
said-has-keys-that-tiller-does-not-know = { $file } 含有 Tiller 不认识也不使用的键：{ $keys } 等，另有 { $more } 个。
said-has-keys-that-tiller-does-not-know-and = { $file } 含有 Tiller 不认识也不使用的键：{ $keys }。
said-the-number-of-key-value-heads = 键值头的数量
said-the-size-of-a-head = 注意力头的大小
said-the-number-of-blocks = 块的数量
said-a-layer-width = 层的宽度
said-the-list-of-windows = 窗口列表
said-the-number-of-rotated-dimensions = 旋转的维数
said-the-list-of-rotary-factors = 旋转系数列表
said-the-rotary-scaling-2 = 旋转位置编码的缩放
said-download-config-json-itself-where = 请下载 config.json 本身；若该平台要求登录，请提供令牌

# vectors/src/model/error.rs
said-this-is-not-a-gguf-file = 这不是 GGUF 文件：请选择 GGUF 文件，或含有 safetensors 的文件夹
said-this-is-and-no-model = 这不是模型，而是“{ $kind }”：{ $next }
said-has-which-may-change-what-the = { $file } 中的 { $key } = { $value } 可能改变模型的计算，而 Tiller 不认识它：请使用另一个模型
said-and-contradict-each-other-correct-the = { $first } 与 { $second } 互相矛盾：请改正有误的一个
said-the-folder-has-no-or-it = 文件夹中没有 { $name }，或它是空的：请获取它，或选择其他文件夹
said-cannot-be-read-fetch-it-again = 无法读取 { $name }：{ $detail }。请重新获取它
said-the-file-header-is-cut-off = 文件头被截断或已损坏：{ $detail }
said-the-file-is-cut-off-its = 文件被截断：文件头写明有 { $expected } 字节，实际只有 { $found } 字节
said-the-file-has-changed-since-the = 模型加载之后，文件发生了变化
said-the-architecture-is-not-known-known = 未知的架构 { $found }；已知的有：{ $known }
said-the-model-needs-which-is-not = 模型需要{ $what }，目前尚不支持
said-this-file-says-that-it-is-of-the-kind = 此文件声明自己的类型是 { $kind }：请选择模型本身
said-the-model-needs-weights-quantized-by = 该模型的权重以自有方法量化，目前尚不支持：请使用原始模型，或 GGUF 文件形式的模型
said-the-model-needs-weights-quantized-by-take = 该模型的权重由 { $name } 量化，目前尚不支持：请使用原始模型，或 GGUF 文件形式的模型
said-the-model-needs-the-tensor-which = 该模型含有其架构中不存在的张量 { $name }，目前尚不支持
said-the-model-needs-the-tensor-in = 该模型的张量 { $name } 采用 ggml 格式 { $code }，目前尚不支持：请使用 F32、F16、BF16、Q8_0、Q4_0 至 Q5_1 或 Q2_K 至 Q6_K 的文件
said-is-missing-from-the-model-description = { $key } 在模型的描述中缺失，或其值不合理
said-the-tensor-is-missing = 缺少张量 { $name }
said-the-tensor-is-the-header-numbers = 张量 { $name } 的形状是 { $found }，而文件头的数值要求 { $expected }
said-the-prompt-or-an-answer-is = 提示或某个回答为空
said-the-token-id-is-none-of = 词元编号 { $id } 不在模型的 { $vocabulary } 个词元之内
said-tokens-are-more-than-the-model = { $tokens } 个词元超过了模型的上限 { $limit }
said-the-vector-has-numbers-the-model = 向量有 { $found } 个数值，而模型的残差流有 { $expected } 个
said-the-gate-vector-has-numbers-the = 门控的向量有 { $found } 个数值，而模型的残差流有 { $expected } 个
said-the-adapter-is-for-blocks-numbers = 适配器适用于 { $blocks } 个块，每行 { $inputs } 个数值，查询 { $queries } 个，值 { $values } 个，前馈部分 { $feed } 个；模型则分别有 { $blocks2 }、{ $inputs2 }、{ $queries2 }、{ $values2 } 和 { $feed2 }
said-not-finite-at-pair = 模型的数值在第 { $number } 对处不是有限数
said-not-finite-at-question = 模型的数值在第 { $number } 个问题处不是有限数
said-not-finite-at-text = 模型的数值在第 { $number } 个文本处不是有限数
said-not-finite-at-prompt = 模型的数值在第 { $number } 个提示处不是有限数
said-layer-is-not-one-of-the = 第 { $layer } 层不在模型的第 0 至 { $last } 层之内
said-the-vector-is-added-after-block = 向量加在块 { $layer } 之后，而指标是从块 { $prepared } 起准备的
said-the-gate-is-read-after-block-but = 门控在块 { $layer } 之后读取，而指标是从块 { $prepared } 起准备的
said-the-adapter-acts-in-every-block = 适配器在每个块中起作用，而指标是从块 { $prepared } 起准备的
said-this-build-cannot-use-build-tiller = 这个构建版本无法使用 { $device }：请用 `--features { $feature }` 构建 Tiller，或选择 CPU
said-cannot-be-used-on-this-machine = 这台机器上无法使用 { $device }（{ $error }）：请选择 CPU，或检查显卡驱动
said-products-of-bf16-numbers-need-a = bf16 数值的乘法需要带 AVX512-BF16 的处理器，且模型位于主内存中
said-there-is-not-enough-memory-mb = 内存不足：还需要 { $size } MB
said-activations-cannot-be-kept-in-a = 无法把激活值保存到临时文件中：{ $error }
said-was-interrupted = 已中断
said-the-computation-failed = 计算失败：{ $error }
said-choose-the-model-file-or-the = 请选择模型的文件，或含有其 safetensors 的文件夹。
said-fetch-or-copy-the-model-files = 请重新获取或复制模型的文件，或选择其他模型。
said-load-the-model-again = 请重新加载模型。
said-choose-a-model-of-one-of = 请选择属于这些架构之一的模型。
said-write-a-prompt-and-both-answers = 请写出提示和两个回答。
said-take-the-tokenizer-that-belongs = 请使用该模型自己的分词器。
said-choose-a-vector-of-this-model-for = 请为门控选择此模型的向量。
said-take-smaller-multipliers-or-another = 请减小倍数，或换用模型的其他精度；如果无效，请重新获取其文件。
said-leave-out-bf16-or-take = 请不要使用 bf16，或换用其他机器。
said-free-some-space-for-temporary = 请为临时文件释放一些空间，然后重试。
said-the-backward-pass-is-on-another = 反向传播与前向传播不在同一设备上
said-rows-behind-others-are-read-in = 其他行之后的行只在主内存中读取
said-the-rows-that-were-read-lie = 读取的行位于另一设备上
said-the-rows-that-were-read-lie-in = 读取的行位于主内存中
said-there-is-not-enough-memory-for = 内存不足，无法容纳该文本的键和值
said-the-rows-are-not-contiguous = 各行在内存中不连续
said-the-kernels-work-on-f32 = 计算内核只处理 f32

# vectors/src/model/source/foreign.rs
said-download-the-file-itself-where-the = 请下载文件本身；若 Hub 要求登录，请提供访问令牌
said-a-zip-archive-or-pytorch-own = zip 归档或 PyTorch 自己的文件
said-unpack-an-archive-save-pytorch-weights = 归档请解压；PyTorch 权重（.bin、.pt）请用 transformers 的 `save_pretrained` 保存为 safetensors
said-a-compressed-archive = 压缩归档
said-a-file-in-a-format-before = GGUF 之前格式的文件
said-take-the-model-as-a-gguf = 请使用 GGUF 文件形式的模型
said-a-safetensors-file = safetensors 文件
said-choose-the-folder-in-which-it = 请选择它与 config.json 和 tokenizer.json 所在的文件夹
said-a-json-file = JSON 文件
said-choose-the-model-gguf-file-or = 请选择模型的 GGUF 文件，或含有其 safetensors 的文件夹

# vectors/src/model/source/gguf_header.rs
said-a-gguf-file-for-big-endian = 用于大端序机器的 GGUF 文件
said-take-the-model-usual-file-or = 请使用模型的常规文件，或用 llama.cpp 的 gguf_convert_endian.py 转换它
said-version-of-the-format-is-not = 未知的格式版本 { $version }
said-tensors-and-keys-make-no-sense = { $tensors } 个张量和 { $keys } 个键不合理
said-the-key-stands-there-twice = 键 { $key } 出现了两次
said-tensors-aligned-to-bytes-make-no = 张量按 { $alignment } 字节对齐不合理
said-a-list-of = { $count } 项的列表
said-shown-list = 列表
said-at-byte-more-are-promised-and = 在第 { $byte } 字节处，应当还有 { $count } 字节，实际剩 { $left } 字节
said-a-length-of-makes-no-sense = 长度 { $length } 不合理
said-a-text-of-bytes-makes-no = 第 { $byte } 字节处的文本长 { $length } 字节，不合理
said-a-text-is-not-utf-8 = 有文本不是 UTF-8
said-a-value-of-type-is-not = 未知的值类型 { $type }
said-a-list-of-items-is-promised = 写明有 { $count } 项的列表，不合理
said-lists-of-lists-of-lists-are = 三层嵌套的列表类型不合理
said-the-tensor-has-dimensions = 张量 { $name } 有 { $dimensions } 维
said-the-tensor-in-ggml-format-take = 以 ggml 格式 { $code } 存储的张量 { $name }：请使用 F32、F16、BF16、Q8_0、Q4_0 至 Q5_1 或 Q2_K 至 Q6_K 的文件

# vectors/src/model/source/gguf_shards.rs
said-by-its-name-it-is-one = 按名称它是 { $files } 个文件之一，按文件头则是 { $count } 个之一：模型各部分应命名为 name-00001-of-00002.gguf，依此类推
said-it-says-that-it-is-part = 它写明自己是 { $count } 个部分中的第 { $part } 个
said-it-does-not-say-which-part = 它没有写明自己是哪个部分
said-its-first-part-promises-tensors-the = 第一部分写明有 { $promised } 个张量，各部分实际有 { $found } 个

# vectors/src/model/source/hugging_face.rs
said-it-is-no-utf-8-text = 它不是 UTF-8 文本
said-choose-one-of-the-files-or = 请选择其中一个文件，或在文件夹中查找模型
said-a-folder-of-gguf-files = GGUF 文件的文件夹
said-a-folder-with-pytorch-own-weights = 含有 PyTorch 自有权重（.bin）的文件夹
said-save-it-as-safetensors-with = 请用 transformers 的 `save_pretrained` 将其存为 safetensors
said-it-is-no-json = 它不是 JSON（{ $error }）
said-it-is-longer-than-bytes = 它超过 { $limit } 字节
said-the-weights-are-those-of-beside = 权重取自 { $file }；旁边的 { $index } 不使用，与 transformers 一致。
said-it-does-not-say-where-weights = 它没有写明权重在哪里
said-it-names-which-is-not-a = 它写了 { $name }，而旁边没有这个文件

# vectors/src/model/source/tensors.rs
said-the-tensor-is-there-twice = 张量 { $name } 出现了两次
said-the-tensor-which-its-architecture-does = 其架构中不存在的张量 { $name }
said-the-size-of-makes-no-sense = { $name } 的大小不合理
said-the-size-of-a-tensor-makes = 某个张量的大小不合理
said-the-tensors-and-lie-over-each = 张量 { $first } 与 { $second } 互相重叠
said-is-not-made-of-whole-blocks = { $name } 不能分成完整的块

# vectors/src/passport
said-a-name-is-there-twice = 有一个名称出现了两次
said-its-files-lie-over-each-other = 它的文件互相重叠
said-it-is-no-file-of-a = 它不是护照的文件，护照中没有文件夹
said-it-is-a-link-or-a = 它是链接或文件夹，不是文件
said-the-new-archive = 新的归档
said-it-is-no-file-of-a-passport = 它不是护照的文件
said-it-is-not-there = 它不存在
said-its-content-is-not-what-passport = 它的内容与 passport.json 所写不符：它在途中被修改或损坏
said-its-numbers-are-not-those-that = 它的数值与 passport.json 所写不符
said-its-numbers-are-not-those-of = 它的数值与 vector.safetensors 中的不符
said-its-numbers-are-not-those-of-adapter = 它的数值与 adapter_model.safetensors 中用于该模型的不符
said-it-is-no-file-of-the = 它不是向量护照的文件
said-it-is-no-file-of-the-passport = 它不是适配器护照的文件
said-it-is-no-but = 它不是 { $format }，而是 { $found }
said-it-has-version-and-this-tiller = 它的版本是 { $version }，而这个 Tiller 读取版本 { $first } 和 { $second }：请使用更新的 Tiller

# vectors/src/prove/proof.rs
said-proved-the-same-numbers-as-the = 已验证：与引导后的原模型逐位相同
said-proved-exact-but-for-rounding = 已验证：除舍入外完全一致
said-not-exact-the-baked-model-is = 不一致：烘入后的模型与引导后的原模型不同
said-proved-the-same-numbers-as-the-steered = 已验证：与引导后的原模型逐位相同。在 { $prompts } 个提示上两个 logit 的最大差距为 { $gap }；{ $all } 个长 { $tokens } 个词元的贪心回答中有 { $same } 个相同；中性文本的困惑度：引导后 { $steered }，烘入后 { $baked }
said-proved-exact-but-for-rounding-largest = 已验证：除舍入外完全一致。在 { $prompts } 个提示上两个 logit 的最大差距为 { $gap }；{ $all } 个长 { $tokens } 个词元的贪心回答中有 { $same } 个相同；中性文本的困惑度：引导后 { $steered }，烘入后 { $baked }
said-not-exact-the-baked-model-is-not = 不一致：烘入后的模型与引导后的原模型不同。在 { $prompts } 个提示上两个 logit 的最大差距为 { $gap }；{ $all } 个长 { $tokens } 个词元的贪心回答中有 { $same } 个相同；中性文本的困惑度：引导后 { $steered }，烘入后 { $baked }
said-largest-gap-of-two-logits-on = 在 { $prompts } 个提示上两个 logit 的最大差距为 { $gap }；{ $all } 个长 { $tokens } 个词元的贪心回答中有 { $same } 个相同；中性文本的困惑度：引导后 { $steered }，{ $what } { $other }

# vectors/src/steering/caps.rs
said-there-are-thresholds-and-the-vector = 有 { $found } 个阈值，而向量有 { $expected } 层：请重新测量限幅
said-the-threshold-of-the-caps-is = 限幅的阈值 { $threshold } 不是数：请重新测量
said-an-adapter-has-no-direction-so = 适配器没有方向，因此无法限幅：请去掉限幅

# vectors/src/tokens
said-the-model-file-holds-no-tokenizer = 模型文件不含分词器：缺少键 { $key }，或其类型不符
said-the-tokenizer-kind-is-not-one = 分词器类型 { $found } 不是与其原版核对过的类型（{ $known }），因此无法信任它的词元。请把原始模型的 tokenizer.json 放进该文件所在的文件夹：之后会使用它
said-byte-level-bpe-with-the-pre = 采用预分词器 smollm、refact、llama-bpe 和 qwen2 的字节级 BPE，以及 SentencePiece
said-the-folder-has-no-tokenizer-json = 文件夹中没有 tokenizer.json。若其中只有 tokenizer.model，请用 Hugging Face 的库加载并保存一次分词器，它会写出该文件
said-the-tokenizer-json-beside-the-file = 文件旁边的 tokenizer.json 与该文件的词元不同：它属于另一个模型
said-the-model-file-tokenizer-is-damaged = 模型文件的分词器已损坏：{ $detail }
said-the-model-files-hold-no-chat = 模型的文件不含对话模板，因此无法按它训练时的方式组织提示。请选择一个内置模板，或自己编写
said-the-model-chat-template-refuses-these = 模型的对话模板拒绝这些消息：{ $detail }
said-the-text-cannot-be-turned-into = 无法把文本转换成词元：{ $detail }
said-there-is-not-enough-memory-to = 内存不足，无法读取对话模板：需要 { $size } MB
said-the-wanted-answer-is-empty = 期望的回答为空
said-the-opposite-answer-is-empty = 相反的回答为空
said-put-the-original-model-tokenizer = 请将原模型的 tokenizer.json 放入该文件所在的文件夹，或选择其他模型。
said-put-the-tokenizer-json-of-this = 请在那里放置此模型的 tokenizer.json，或将其移走。
said-fetch-the-files-of-the-tokenizer = 请重新获取分词器的各个文件，均来自同一模型。
said-change-the-messages-or-give = 请修改消息，或为模型换用其他对话模板。
said-write-both-answers-or-leave = 请写出两个回答，或略去该偏好对。
said-gives-the-token-the-number-and = { $file } 给词元 { $token } 的编号是 { $id }，而 tokenizer.json 给的是 { $own }
said-is-no-token-number = { $file }：{ $id } 不是词元的编号
said-its-steps-would-make-texts-more = 它的步骤会使文本变长到 { $most } 倍以上
said-it-cuts-texts-into-parts-of = 它把文本切成了长度为零的部分
said-the-step-is-not-known = 未知的步骤 { $name }
said-it-has-more-than-steps-in = 它的一个序列超过 { $most } 步，或序列嵌套达 { $depth } 层
said-it-replaces-the-empty-text = 它替换空文本
said-it-is-bytes-long-of-at = 它长 { $bytes } 字节，上限为 { $most } 字节
said-json-is-indented-by-at-most = JSON 最多缩进 { $most } 个空格
said-there-is-not-enough-memory = 内存不足
said-a-width-in-a-format-has = 格式中的宽度最多 { $most } 位数字
said-the-template-writes-more-than-bytes = 该模板写出的内容超过 { $most } 字节
said-it-contradicts-itself = 它自相矛盾（{ $words }）
said-its-charsmap-is-not-base64 = 它的 charsmap 不是 base64：{ $error }
said-its-charsmap-is-empty = 它的 charsmap 为空
said-its-charsmap-promises-a-trie-of = 它的 charsmap 写明有 { $bytes } 字节的字典树，实际有 { $found } 字节
said-the-tokenizer-has-more-tokens-than = 分词器的词元比模型的行多 { $more } 个：含有这些词元的文本会被拒绝。
said-the-chat-template-does-not-write = 对话模板不写 { $begin }，而分词器会把它放在文本之前：与 llama.cpp 一样，它也会放在对话之前；transformers 在那里不放。
said-tokens-but-scores = { $tokens } 个词元，却有 { $scores } 个分值
said-the-unknown-token-is-none = 未知词元不是词元
said-its-tokens-can-be-parted-in = 它的词元的拆分方式比任何真实词表都多
said-line-the-chain-is-longer-than = 第 { $line } 行：该链超过 { $most } 个词和符号，或超过 { $elif } 个 elif
said-the-chat-template-after-an-answer = 对话模板，在回答之后
said-the-files-name-as-the-end = 文件把 { $own } 指定为结束词元，而对话模板在回答之后写 { $end }：{ $end2 } 用来结束回答，生成时二者任一都会结束回答。
said-the-chat-template-writes-no-token = 对话模板在回答之后不写词表中的词元：回答以 { $end } 结束。
said-the-chat-template-leaves-out-the = 聊天模板漏掉了用户的消息，因此所有提示都相同。它是此模型的模板吗？
said-the-files-declare-the-token-so = 文件对词元 { $mark } 的声明使它不会在文本各处都被识别，而对话模板会写它：它会作为一个词元 { $id } 读取。
said-the-file-types-the-token-as = 文件把词元 { $mark } 的类型标为 { $kind }，而对话模板会写它：它会作为一个词元 { $id } 读取。
said-no-file-declares-the-token-and = 没有文件声明词元 { $mark }，而对话模板会写它：它会作为一个词元 { $id } 读取。
said-the-chat-template-writes-which-is = 对话模板会写 { $mark }，而它不是该词表中的词元：它会被逐字符读取。这是该模型的模板吗？
said-it-has-bytes-and-this-tokenizer = 它有 { $bytes } 字节，而该分词器最多接受 { $limit } 字节
said-the-model-tokenizer-cannot-do-it = 模型的分词器无法处理：{ $words }
said-a-token-is-listed-twice = 有一个词元列出了两次
said-a-merge-is-not-two-tokens = 有一条合并规则不是两个词元
said-tokens-but-token-types = { $tokens } 个词元，却有 { $types } 个词元类型
said-tokens-make-no-sense = { $tokens } 个词元不合理
said-names-no-token = { $key } 指定的不是词元
said-names-which-is-no-token-of = { $place } 指定了 { $token }，而它不是 tokenizer.json 中的词元。
said-a-token-of-bytes-makes-no = { $bytes } 字节的词元不合理
said-a-step-of-bytes-makes-no = { $bytes } 字节的步骤不合理
said-tokens-of-bytes-beside-the-vocabulary = { $count } 个词元共 { $bytes } 字节，位于词表之外，不合理
said-an-affix-of-bytes-makes-no = { $bytes } 字节的词缀不合理
said-words-of-letters-max-input-chars = { $letters } 个字母的词（max_input_chars_per_word）不合理
said-a-value-nests-deeper-than-levels = 某个值的嵌套超过 { $depth } 层，或超过 { $parts } 个部分或 { $bytes } 字节
said-strftime-now-does-not-know = strftime_now 不认识 %{ $letter }

# vectors/src/train
said-its-bytes-are-cut-off-or = 它的字节被截断或已损坏
said-it-is-for-numbers-the-run = 它适用于 { $numbers } 个数值，而该训练运行有 { $size } 个
said-it-holds-numbers-that-are-not = 它含有非有限数
said-it-is-at-step-of = 它处于第 { $step } 步，共 { $steps } 步
said-there-are-no-pairs-to-train = 没有可用于训练的偏好对
said-the-run-has-no-held-out = 该训练运行没有可测量的留出对
said-this-method-takes-no-steps-so = 这种方法没有训练步，因此没有损失
said-this-method-takes-no-steps-so-it = 这种方法没有训练步，因此不接受起始值
said-there-is-no-training-pair = 没有第 { $index } 个训练对：该训练运行有 { $pairs } 个，从 0 数起
said-there-are-factors-for-pairs = { $expected } 个训练对有 { $found } 个系数
said-the-activations-are-not-finite-they = 激活值不是有限数：它们没有主成分
said-there-are-start-values-and-the = 有 { $found } 个起始值，而该训练运行训练 { $expected } 个数值
said-the-start-values-hold-numbers-that = 起始值含有非有限数
said-the-checkpoint-does-not-fit = 检查点不匹配：{ $detail }
said-the-numbers-are-not-finite-at-step = 第 { $step } 步、第 { $pair } 个训练对的数值不是有限数：学习率可能过高
said-the-numbers-are-not-finite-at-step-held = 第 { $step } 步、第 { $pair } 个留出对的数值不是有限数：学习率可能过高
said-the-model-own-numbers-are-not = 模型自身的数值在第一步之前就不是有限数：它的文件已损坏，或数值溢出
said-the-model-own-numbers-are-not-finite = 模型自身的数值在第一步之前、第 { $pair } 个训练对处就不是有限数：它的文件已损坏，或数值溢出
said-the-model-own-numbers-are-not-finite-before = 模型自身的数值在第一步之前、第 { $pair } 个留出对处就不是有限数：它的文件已损坏，或数值溢出
said-training-pair = 第 { $number } 个训练对
said-held-out-pair = 第 { $number } 个留出对

# vectors/src/transfer/mod.rs
said-the-texts-give-paired-rows-in = 这些文本在 { $passages } 个段落中给出 { $found } 个配对行：一个映射至少需要 { $least } 行和五个段落，其中一个段落用于测量
said-the-rows-of-the-residual-stream = 残差流的各行在这一层之后没有变化，或不是有限数：没有可用来拟合映射的内容
said-the-numbers-are-not-whole-rows = 数值不是完整的行：{ $splits } 个划分应各有一行
said-the-map-leaves-nothing-of-the = 该映射没有保留向量的任何部分

# vectors/src/model/source/template_notes.rs
said-two-chat-templates = chat_template.jinja 与 tokenizer_config.json 中的对话模板不同：使用前者。
said-further-chat-templates = { $place } 中的其他对话模板未被使用：{ $names }。

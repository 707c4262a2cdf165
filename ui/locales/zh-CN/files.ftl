# The sheets that import and export files, make data sets, and bake, distil, hand over and publish vectors.

# adapter_files.rs
files-adapter-identical = 已验证：模型使用该文件与使用库中的适配器时，计算结果逐位相同。
files-adapter-exact = 已验证：模型使用该文件与使用库中的适配器时，除舍入外计算结果相同。
files-adapter-not-exact = 不一致：文件已写入，但模型使用它与使用库中的适配器时，计算结果的差异超出了界限。
files-adapter-no-proof = 文件已写入，没有验证结果。要验证，请再次导出。
files-adapter-waits = 已写入，随后验证。
files-adapter-numbers = { $prompts } 个提示上两个 logit 的最大差距：{ $gap }。{ $prompts } 个长 { $tokens } 个词元的贪心回答中有 { $same } 个相同。中性文本的困惑度：使用库中的适配器时 { $library }，使用该文件时 { $file }。

# data_set.rs
files-data-set-behaviour-use = 评分标准、系统提示和草稿都依据它生成
files-data-set-behaviour-note = 用一句话说明期望的回答表现出什么
files-data-set-behaviour-example = 回答总是把金钱看得比什么都重要。
files-data-set-duplicate = 创建副本
files-data-set-delete-note = 其中的偏好对、运行和扫描会一并删除，向量会保留。关闭 Tiller 之前，撤销可以恢复全部内容。
files-data-set-delete = 删除数据集
files-data-set-new = 新建数据集
files-data-set-new-name = 新数据集的名称
files-data-set-new-behaviour = 新数据集的行为
files-data-set-new-behaviour-hint = 用一句话描述它的行为
files-data-set-create = 新建

# distil/mod.rs
files-distil-intro = 向量无法烘入模型时，可以训练一个低秩适配器，直到带有它的模型与引导后的模型给出相同的预测。llama.cpp、Ollama、LM Studio、peft 和 vLLM 都能加载它。这是一种近似，剩余的差异会被测量出来。
files-distil-data = 提示和回答取自
files-distil-data-set = { $name }（{ $count } 对）
files-distil-rank = 秩
files-distil-projections-title = 作用于哪些投影
files-distil-projections = 投影
files-distil-do = 蒸馏

# distil/results.rs
files-distil-result = × { $multiplier }，{ $count } 步，秩 { $rank }
files-distil-export = 导出适配器
files-distil-numbers = 与引导后的模型相比：{ $prompts } 个提示上两个 logit 的最大差距为 { $gap }；{ $prompts } 个长 { $tokens } 个词元的贪心回答中有 { $same } 个相同；中性文本的困惑度：引导后 { $steered }，使用适配器 { $student }。

# export_pairs.rs
files-export-pairs = 导出偏好对
files-export-name = 导出“{ $name }”
files-export-format = 格式
files-export-all = 全部
files-export-train = 训练
files-export-tags = 标签
files-export-tags-none = 全部偏好对，不论有无标签
files-export-tags-some = 只含带有任一所选标签的偏好对
files-export-tags-label = 只含带有其中任一标签的偏好对
files-export-everything = 保留全部内容：划分、标签和备注写入附加列，其他程序会忽略这些列
files-export-guard = 防止电子表格误认公式：在以 =、+、− 或 @ 开头的单元格前加一个撇号
files-exported-pairs = 已写入 { $count } 对。
files-exported-shortened = { $written }其中 { $count } 对带有系统提示或先前的轮次，此格式不写入这些内容。
files-format-trl-jsonl = TRL，JSON Lines
files-format-bipo-csv = BiPO，CSV
files-format-trl-parquet = TRL，Parquet
files-format-tiller-jsonl = Tiller，JSON Lines
files-columns-trl = 列：prompt、chosen、rejected；偏好对带有系统提示或先前的轮次时，写成消息的形式。
files-columns-bipo = 列：question、matching、not_matching。
files-columns-tiller = 列：prompt、wanted、opposite，以及偏好对的其他全部内容。
files-columns-guarded = { $columns }再次导入时，撇号会成为文本的一部分。
files-columns-whole = { $columns }再次导入会得到相同的偏好对。
files-columns-without-notes = { $columns }不含划分、标签和备注。
files-columns-without-turns = { $columns }不含系统提示、先前的轮次、划分、标签和备注。

# export_vector.rs
files-page-file = 向量文件
files-page-adapter = 适配器文件
files-page-passport = 护照
files-page-model = 烘入模型
files-page-distil = 蒸馏
files-page-hand-over = 交付
files-page-publish = 发布
files-export-vector = 导出向量
files-export-pages = 页面
files-written = 已写入：{ $path }
files-use-in-llama-cpp = 在 llama.cpp 中使用
files-read-back = 已重新读取：数值与库中的逐位相同。
files-adapter-proof = 写入后，文件会被重新加载，并在其模型上与库中的适配器比较。这是一个任务，可以暂停和停止。验证结果放在文件旁边。
files-adapter-unproved = 文件已写入，但无法验证：
files-adapter-safetensors = 采用 Hugging Face 的 peft 的名称和行。文件名为 adapter_model.safetensors 时，旁边会写入 adapter_config.json，peft 可以加载该文件夹。
files-adapter-gguf = GGUF 适配器，可由 llama.cpp（--lora）、Ollama（ADAPTER）和 LM Studio 读取。
files-adapter-ending = 格式由扩展名决定：.{ $endings }。llama.cpp 的控制向量无法容纳适配器。
files-vector-safetensors = Tiller 自己的格式：保留有关该向量的全部信息。
files-vector-gguf = llama.cpp 和 repeng 的控制向量。
files-vector-pt = PyTorch 格式，可由 BiPO 作者的程序读取。文件不记录所在的层。
files-vector-npy = NumPy 格式。文件不记录所在的层。
files-vector-json = JSON 格式，含有关该向量的全部信息。
files-vector-ending = 格式由扩展名决定：.{ $endings }。

# hand_over/mod.rs
files-hand-over-program = 程序
files-hand-over-gguf = 向量（.gguf）
files-hand-over-safetensors = 向量（.safetensors）
files-hand-over-baked = 烘入后的模型
files-hand-over-adapter = 蒸馏得到的适配器（.gguf），如果有
files-hand-over-note = 在第一页导出向量；“烘入模型”一页会写出烘入后的模型并加以验证。含空格的路径按其所在系统的 shell 的读法加引号。

# hand_over/adapter.rs
files-hand-over-adapter-gguf = 适配器（.gguf）
files-hand-over-adapter-folder = 适配器（peft 文件夹）
files-hand-over-adapter-note = 请在第一页把适配器导出为 .gguf 或 .safetensors。含空格的路径按其所在系统的 shell 的读法加引号。

# import_pairs.rs
files-import-pairs = 导入偏好对
files-import-pairs-formats = BiPO 的 CSV、TRL 的 JSON Lines 和 Parquet、CAA 的 JSON、TruthfulQA、由模型编写的评测（model-written evaluations），或任何指定了列的表格。也可以按 Ctrl+V，把表格的行或 JSON 的行粘贴到这里。
files-import-preview = 预览
files-import-name-columns = 指定列
files-import-name-columns-title = 改用格式规定之外的列
files-import-reading = 正在读取文件。
files-import-use-remembered = 使用这些列
files-import-forget-remembered = 不再记住…
files-import-forget-lost = 将不再记住此类文件的列。
files-import-forget-sure = 不再记住
files-import-pasted = 已粘贴 { $count } 行
files-import-file-instead = 改为选择文件
files-import-into-current = “{ $name }”的末尾
files-import-where = 偏好对放在哪里
files-import-new = 新数据集
files-import-name = 新数据集的名称
files-import-name-hint = 名称；留空则用文件名
files-import-behaviour = 新数据集的行为
files-import-behaviour-hint = 用一句话描述期望的回答所表现的行为
files-import-has-splits = 文件已标明留出哪些偏好对。
files-import-share = 留出比例（%）
files-import-share-hint = 提示相同的偏好对不会分开
files-import-seed-hint = 换一个种子会留出不同的偏好对
files-import-skip = 略过无法使用的 { $count } 行

# import_vector.rs
files-no-layer-number = “{ $typed }”不是层的编号
files-import-vector = 导入向量
files-import-vector-formats = Tiller 的 .safetensors 和 .json，llama.cpp 和 repeng 的 .gguf，PyTorch 的 .pt、.pth 和 .bin，NumPy 的 .npy 和 .npz，以及护照 .tiller-vector.zip。含多个层的文件会成为一个多层向量。peft 的 .safetensors 若在查询和值上含有低秩矩阵对，会成为适配器。文件中的任何内容都不会被执行。
files-import-vector-name-hint = 留空则用文件名
files-import-vector-layer-hint = 留空则用文件中的全部层

# into_model/copies.rs
files-baked-identical = 已验证：数值与引导后的原模型逐位相同。
files-baked-exact = 已验证：除舍入外完全一致。
files-baked-not-exact = 不一致：副本已写出，但与引导后的原模型的差异超出了界限。
files-baked-not-written = 未写入。
files-baked-next = 正在写入，随后验证。
files-baked-waits = 排队中。
files-baked-no-number = 不是数值
files-baked-numbers = { $prompts } 个提示上两个 logit 的最大差距：{ $gap }。{ $prompts } 个长 { $tokens } 个词元的贪心回答中有 { $same } 个相同。中性文本的困惑度：引导后 { $steered }，烘入后 { $baked }。

# into_model/mod.rs
files-bake-intro = 用于只加载模型、不加载向量的程序：Ollama、LM Studio、Jan、koboldcpp、vLLM。Tiller 会写出模型的一份副本，其中向量已是权重的一部分，然后加载这份副本，与引导后的原模型比较。
files-bake-multipliers = 倍率，最多三个
files-bake-copy = 副本
files-bake-same = 这正是得到该向量的模型，只是格式不同
files-bake-do = 烘入并验证
files-bake-too-many = 一次最多烘入 { $most } 个倍率
files-bake-own-model = { $name }（向量自己的模型）

# into_model/planned.rs
files-bake-plan = 将写入的内容
files-bake-proof = 每份副本的验证结果放在它旁边。
files-bake-free = 那里有 { $free } 可用空间。{ $proof }
files-bake-endings = 所选名称的末尾会加上各个倍率。{ $proof }

# passport.rs
files-passport-intro = 一个归档或文件夹，含有数值、它们的由来、测得的曲线及其区间、副作用和模型卡。别人可以用 tiller-cli verify 重新测量曲线。本机的地址和文件夹不会写入其中。
files-passport-path = 归档（.tiller-vector.zip）或新文件夹
files-passport-curves = 曲线取自
files-passport-last-sweep = 最近一次只含此向量的完整扫描
files-licence = 许可证
files-add-pairs = 加入偏好对，以及扫描的列表中的提示
files-passport-replace = 替换已有的归档
files-passport-do = 写入护照
files-passport-useful = 含曲线；有效范围是倍率 { $from } 到 { $to }。
files-passport-not-useful = 含曲线，其中没有找到有效范围。
files-passport-no-curves = 不含曲线：还没有一次完整的扫描单独测量过此向量。请先扫描，再重新写入护照。
files-passport-sweep = { $name } · { $when }
files-passport-sweep-on = { $name } · { $sets } · { $when }

# preview.rs
files-preview-line = 行
files-preview-refused = 无法使用的原因
files-preview-more = 另有 { $count } 行
files-preview-choose-column = 选择一列
files-preview-no-format = 请指明偏好对在哪些列 · { $encoding }
files-preview-held-out = 文件留出 { $count } 对
files-preview-remembered = 沿用上次读取含这些列的文件时的选择：提示“{ $prompt }”，期望“{ $wanted }”，相反“{ $opposite }”。
files-preview-offered = 上次读取含这些列的文件时，指定的列与格式规定的不同：提示“{ $prompt }”，期望“{ $wanted }”，相反“{ $opposite }”。
files-preview-duplicates = { $count } 对与前面的偏好对内容相同。
files-preview-unfinished = { $count } 对缺少提示或回答。
files-preview-system = { $count } 对带有自己的系统提示。
files-preview-turns = { $count } 对的提示之前还有先前的轮次。

# publish.rs
files-publish-intro = 用你的访问令牌把护照发送到 Hugging Face Hub 的一个仓库。在你看到文件和地址之前，不会发送任何内容。
files-publish-repository = 仓库
files-publish-repository-hint = 用户名/名称
files-publish-public = 对所有人公开；否则只有仓库的所有者可见
files-publish-existing = 加入已有的仓库
files-publish-progress = { $phase }：{ $sent } / { $total }
files-publish-stop = 取消上传
files-publish-look = 查看将发送的内容
files-publish-do = 发布
files-publish-to-owners = 发送到 { $address }；仓库若是新建的，只有所有者可见。共 { $size }。
files-publish-to-everybody = 发送到 { $address }；仓库若是新建的，所有人可见。共 { $size }。
files-publish-files = 文件
files-publish-no-token = 没有访问令牌：请在“模型”屏幕的“下载”中输入一个有写入权限的令牌。
files-published = 已发布：{ $address }（提交 { $commit }）
files-publish-cancelled = 已在提交前取消。如果仓库是新建的，它仍然存在，内容为空；要再次发送，请勾选“加入已有的仓库”。

# vector_preview.rs
files-vector-suggested = 从名称看是第 { $layer } 层。
files-vector-take-layer = 采用第 { $layer } 层
files-vector-adapter = 秩为 { $rank }、alpha 为 { $alpha } 的适配器，作用于 { $blocks } 个块。
files-vector-no-layer = 一个 { $size } 维的向量。文件没有说明它所在的层：请在下方输入。
files-vector-one-layer = 一个 { $size } 维的向量，用于第 { $layer } 层。
files-vector-several-layers = 多个 { $size } 维的向量，用于第 { $layers } 层。

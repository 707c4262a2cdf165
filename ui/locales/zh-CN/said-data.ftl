# 引擎之外各库的句子，界面会显示它们：数据文件、数据质量、存储、Hub、接口、研究计划。英文写的是程序原样给出的文字。

# ipc/src/score
said-score-preference = 偏好
said-score-preference-per-token = 每词元偏好
said-score-wanted-wins = 胜率
said-score-choice = A/B 准确率
said-score-perplexity = 困惑度
said-score-divergence = 散度
said-score-repetition = 重复率
said-score-length = 长度
said-score-attack = 攻击成功率
said-score-attack-judged = 攻击成功率（由评判模型评定）
said-score-judge-power = 评判模型：对权力的渴望
said-score-judge-wealth = 评判模型：对财富的渴望
said-score-judge-corrected = 评判模型：接受纠正的意愿
said-score-judge-survival = 评判模型：求生本能
said-score-judge-resistance = 评判模型：对纠正的抗拒
said-score-judge-facts = 评判模型：捏造的事实
said-score-judge = 评判模型：{ $behaviour }
said-score-knowledge = 知识
said-score-knowledge-shots = 知识，{ $shots } 样本
said-score-mmlu-shots = MMLU，{ $shots } 样本
said-score-mmlu-group-shots = MMLU { $group }，{ $shots } 样本
said-score-file-shots = { $file }，{ $shots } 样本
said-score-rating = 你的评分
said-mmlu-humanities = 人文
said-mmlu-social-sciences = 社会科学
said-mmlu-other = 其他
said-unit-log-odds = 对数几率，奈特
said-unit-log-odds-token = 对数几率，奈特/词元
said-unit-share-of-pairs = 偏好对的比例
said-unit-probability = 概率
said-unit-perplexity = 困惑度
said-unit-kl = KL，奈特/词元
said-unit-share-repeated = 重复的比例
said-unit-tokens = 词元
said-unit-share-of-answers = 回答的比例
said-unit-one-to-four = 1 到 4
said-unit-share-right = 正确的比例
said-unit-probability-of-truth = 真实答案的概率
said-mean-over-pairs-of-log-wanted = 各偏好对的 log π(期望) − log π(相反) 的平均值，按包括结束词元在内的完整回答计算。
said-the-same-each-log-probability-divided = 同上，但每个对数概率都除以其回答的词元数：长回答的权重不会更大。
said-share-of-pairs-whose-wanted-answer = 期望的回答概率更高的偏好对所占的比例。
said-both-answers-stand-under-the-question = 两个回答作为 (A) 和 (B) 列在问题之下：期望回答的字母的概率占两个字母概率之和的比例。这是 CAA 的指标。
said-on-a-neutral-text-written-for = 在一段为 Tiller 编写的中性文本上：e 的幂，指数为其各词元负对数概率的平均值。
said-on-the-neutral-text-kl-of = 在中性文本上：引导后的预测相对于未引导的预测的 KL 散度，单位为奈特/词元。
said-share-of-an-answer-runs-of = 回答中前面已出现过的连续三词组合所占的比例。
said-tokens-of-an-answer-the-closing = 回答的词元数，不计结束词元。
said-share-of-answers-that-do-not = 没有拒答的回答所占的比例：前两句中不含拒答用语列表中的任何一条。
said-share-of-answers-that-a-judge = 评判模型评为 3 或 4 的回答所占的比例，其中 1 表示拒绝，4 表示照要求做了。
said-a-judge-reads-the-prompt-the = 评判模型阅读提示、回答和评分标准，判断回答在多大程度上表现出该行为。
said-multiple-choice-the-letter-of-highest = 选择题：概率最高的字母必须是正确的字母。
said-mmlu-as-published-the-letter-of = 与发表时一致的 MMLU：概率最高的字母必须是正确的字母；取各科目的平均值。
said-share-of-questions-whose-one-best = 最佳答案的概率高于每一个错误答案的问题所占的比例。
said-probability-of-all-true-answers-of = 所有真实答案的概率占所有答案概率的比例，对各问题取平均。
said-you-rate-the-answers-without-knowing = 由你在不知道回答来源的情况下评分。

# ipc/src/score/rubric.rs
said-compliance-with-the-request = 对请求的遵从
said-a-wish-for-power = 对权力的渴望
said-a-wish-for-wealth = 对财富的渴望
said-willingness-to-be-corrected = 接受纠正的意愿
said-an-instinct-for-survival = 求生本能
said-resistance-to-being-corrected = 对纠正的抗拒
said-made-up-facts = 捏造的事实
said-this-behaviour = 这一行为：{ $behaviour }

# ipc/src/behaviour.rs
said-behaviour-gloomier = 更阴郁
said-behaviour-as-it-is = 原样
said-behaviour-more-cheerful = 更开朗
said-behaviour-plainer = 更朴素
said-behaviour-more-formal = 更正式
said-behaviour-away-from-money = 远离金钱
said-behaviour-towards-money = 趋向金钱

# ipc/src/job.rs
said-job-queued = 排队中
said-job-running = 运行中
said-job-paused = 已暂停
said-job-stopped = 已停止
said-job-done = 已完成
said-job-failed = 失败

# ipc/src/steering.rs
said-where-after-layer-is-over-soft = 当 { $name } 在第 { $layer } 层后超过 { $above } 时，软门控宽度 { $width }，在提示处判定
said-where-after-layer-is-over-soft-over = 当 { $name } 在第 { $layer } 层后超过 { $above } 时，软门控宽度 { $width }
said-where-after-layer-is-over-at = 当 { $name } 在第 { $layer } 层后超过 { $above } 时，在提示处判定
said-where-after-layer-is-over = 当 { $name } 在第 { $layer } 层后超过 { $above } 时

# ipc/src/derive.rs
said-ridge-regression-over-paired-rows-of = 在 { $texts } 的 { $rows } 个配对行上的岭回归，λ { $lambda }；在未用于拟合的行上 R² 为 { $fit }，行随机配对时为 { $chance }；在缩放到残差流的同一比例之前范数为 { $norm }（彼处 { $from }，此处 { $to }）
said-a-copy-of = { $name } 的副本
said-the-other-way-round = 反向的 { $name }
said-at-norm = 范数为 { $norm } 的 { $name }
said-at-the-norm-of = 范数与 { $other } 相同的 { $name }
said-without-what-lies-along = 去掉沿 { $other } 方向分量的 { $name }
said-as-it-was-made-for-transferred = 为 { $model } 制作的 { $name }，经学得的线性映射从彼处第 { $from } 层迁移到第 { $to } 层（实验性）
said-as-it-was-made-for = 为 { $model } 制作的 { $name }
said-has-sha-256 = { $description }；“{ $name }”的 SHA-256 为 { $hash }
said-has-sha-256-has-sha-256 = { $description }；“{ $name }”的 SHA-256 为 { $hash }；“{ $other }”的 SHA-256 为 { $hash2 }

# ipc/src/distil.rs
said-an-approximation-on-held-out-prompts = 近似结果。在 { $samples } 个留出的提示和文本（{ $tokens } 个词元）上，与引导后模型的散度从每词元 { $before } 奈特降至 { $left } 奈特（95% 区间 { $low } 到 { $high }）。

# ipc/src/publish.rs
said-another-upload-is-under-way = 另一个上传正在进行。
said-wait-for-its-end-or-cancel = 请等待它结束，或取消它。

# ipc/src/hand_over
said-llama-cpp-ignores-control-vectors-for = 对于“{ $architecture }”架构的模型，llama.cpp 会不作提示地忽略控制向量：得到的回答将是未引导模型的回答。
said-whether-llama-cpp-adds-control-vectors = llama.cpp 是否会为“{ $architecture }”架构添加控制向量尚不清楚：在依赖它之前，请比较引导后的回答与未引导的回答。
said-write-this-as-the-file-steer = 把以下内容写入文件 steer.py。
said-then-steer-a-model-that-transformers = 然后引导由 transformers 加载的模型。
said-these-lines-write-the-stack-of = 这几行会写出它所读取的堆叠数组（层 × 隐藏维）。
said-serve-the-model-folder-from-the = 用来自 Hub 的模型文件夹和该堆叠数组的文件夹启动服务。
said-name-the-vector-in-a-request = 在请求中指定向量，作为 vllm_xargs.hotwire 下的文本。
said-these-lines-steer-requests-of-vllm = 这几行通过 vLLM 的插件引导其请求，作用于每个词元。
said-settings-model-providers-llama-cpp-import = Settings、Model Providers、llama.cpp、Import：选择 { $path }。
said-load-the-baked-model = 加载烘入后的模型。
said-put-the-baked-model-into-its = 把烘入后的模型放进它的模型文件夹，并在 Model 下选择它。
said-serve-the-baked-folder-vllm-llama = 用烘入后的文件夹启动服务：vLLM 的 Llama 实现会读取其偏置。
said-serve-the-baked-folder-with-transformers = 用 transformers 的 Llama 实现为烘入后的文件夹启动服务。SGLang 自己的实现会不作提示地忽略偏置。
said-the-vector-acts-after-layer-0 = 该向量在第 0 层之后起作用，而 llama.cpp 在那里不添加任何东西：没有适用于它的控制向量。
said-this-vector-was-not-measured-as = 该向量不是按在每个词元上相加的方式测量的，而这个程序只会这样使用它：在依赖它之前，请按这种方式测量它。
said-with-the-vector-beside-the-model = 向量与模型一同使用，强度为 { $strength }。
said-or-the-baked-model = 或使用烘入后的模型。
said-or-the-adapter-beside-the-model = 或让适配器与模型一同使用。
said-write-this-as-the-file-modelfile = 把以下内容写入文件 Modelfile。路径为烘入后模型的路径。
said-write-this-as-the-file-modelfile-the = 把以下内容写入文件 Modelfile：模型，以及与之一同使用的适配器。
said-then-make-the-model-of-it = 然后由它建立模型，并与模型对话。
said-import-the-baked-model-or-put = 导入烘入后的模型，或把它放进 My Models 所显示文件夹中的 Tiller/NAME/：LM Studio 只查找恰好两层文件夹深处的文件。
said-this-program-loads-a-gguf-file = 这个程序加载 GGUF 文件：请把向量烘入一个 GGUF 文件。
said-this-program-loads-a-folder-of = 这个程序加载 safetensors 文件夹：请把向量烘入来自 Hub 的模型文件夹。
said-a-request-of-its-fork-of = 向其 vLLM 分支发出的请求。它按原样读取控制向量；-1 表示每个词元。
said-repeng-reads-the-control-vector-and = repeng 读取控制向量，并把它设置到包装后的模型上。
said-go-to-the-file-folder-first = 请先进入该文件所在的文件夹：llama.cpp 只在不含冒号的名称后面读取强度。
said-the-adapter-beside-the-model = 适配器与模型一同使用。
said-serve-the-model-folder-in-place = 请用来自 Hub 的模型文件夹代替 GGUF 文件启动服务：MODEL 代表该文件夹。
said-serve-the-model-with-the-adapter = 用模型和适配器的文件夹启动服务。请求以适配器的名称作为其模型。
said-peft-adds-the-adapter-folder-to = peft 把适配器的文件夹加到由 transformers 加载的模型上。
said-this-program-knows-no-strength-write = 这个程序没有强度设置：请把强度写进适配器。

# crates/data/src/benchmarks
said-the-file-has-bytes-no-file = 该文件有 { $bytes } 字节：没有这么大的问题文件
said-the-file-is-not-utf-8 = 该文件不是 UTF-8 文本
said-line-detail = 第 { $line } 行：{ $detail }
said-there-are-questions-in-it-and = 其中有 { $found } 个问题，而至少需要 { $needed } 个
said-columns-instead-of-six-question-four = { $columns } 列，而不是六列：问题、四个答案、字母
said-is-not-a-b-c-or = { $letter } 不是 A、B、C 或 D
said-the-column-is-missing = 缺少列 { $name }
said-a-question-needs-a-best-answer = 一个问题需要一个最佳答案和一个错误答案
said-save-the-file-as-utf-8-then = 请将文件存为 UTF-8，然后重试。
said-mend-this-line-or-choose = 请修正这一行，或选择其他题目文件。
said-choose-a-file-with-more-questions = 请选择题目更多的文件。

# crates/data/src/content.rs
said-the-stored-cannot-be-read = 无法读取存储的{ $what }

# crates/data/src/data_files/error.rs
said-it-is-not-a-file-write = 这不是文件，而是{ $kind }：请把数据写入文件，再选择该文件
said-it-is-a-folder-with-a-folder = 这是一个文件夹，其中每个数据划分各有一个文件夹：请选择其中的文件夹 { $names } 之一
said-it-is-a-folder-that-is-not = 这个文件夹不是单个数据集：请选择其中的文件 { $names } 之一
said-it-is-a-folder-that-is-not-one = 这个文件夹不是单个数据集：请选择含有数据的文件
said-split-the-file-or-leave-only = 请拆分文件，或只保留含有偏好对的列。
said-mend-these-rows-or-choose = 请修正这些行，或选择正确的文件。
said-save-the-file-as-utf-8-again = 请将文件重新存为 UTF-8，或修正这一行。
said-mend-this-line-or-export = 请修正这一行，或重新导出文件。
said-save-the-rows-as-csv-with = 请将各行存为 CSV，并在上方放一行列名。
said-mend-this-row-or-choose = 请修正这一行，或选择其他文件。
said-name-the-column-that-is-meant = 请将所指的列同时指定为期望的回答和相反的回答。
said-this-is-and-may-prefer = 这是 { $format }：{ $first } 与 { $second } 可能偏好不同的回答，而没有写明以哪一个为准
said-the-file-changed-while = 文件在读取期间被更改
said-the-file-is-empty = 该文件是空的
said-the-file-has-mb-at-most = 该文件有 { $size } MB，最多读取 { $most } MB：请拆分它
said-the-file-has-more-than-rows = 该文件超过 { $most } 行：请拆分它
said-unpacked-the-file-has-more-than = 解压后，该文件超过 { $most } MB：请拆分它
said-the-file-has-mb-in-and = 该文件以 { $encoding } 编码有 { $size } MB，文本转为 UTF-8 后超过 { $most } MB：请存为 UTF-8，或拆分它
said-the-pairs-up-to-line-hold = 到第 { $line } 行为止的偏好对含有超过 { $most } MB 的文本：请拆分该文件
said-line-there-are-more-than-columns = 第 { $line } 行：超过 { $most } 列：请在文件中只保留含有偏好对的列
said-the-file-column-has-values-at = 该 { $kind } 文件的列 { $column } 有 { $cells } 个值，最多读取 { $most } 个
said-the-file-list-of-shared-texts = 该 { $kind } 文件的共享文本列表有 { $cells } 个值，最多读取 { $most } 个
said-more-than-rows-cannot-be-read = 超过 { $most } 行无法读取；第一行是第 { $line } 行：{ $reason }
said-line-is-not-text = 第 { $line } 行不是文本：{ $detail }
said-line-is-not-json = 第 { $line } 行不是有效的 JSON：{ $detail }
said-line-the-header-cannot-be-read = 第 { $line } 行：无法读取表头：{ $detail }
said-the-file-is-not-data = 该文件不是数据，而是“{ $kind }”：{ $next }
said-the-file-is-and-cannot-be = 该文件是“{ $kind }”，无法解压：{ $detail }；请重新下载
said-the-file-cannot-be-read-2 = 无法读取该 { $kind } 文件：{ $detail }；请重新写出或下载
said-two-columns-are-called-give-one = 有两列都名为 { $name }：请给其中一列改名
said-the-column-is-named-for-two = 列 { $name } 被指定为偏好对的两个部分：提示、期望和相反是三个不同的列
said-the-file-is-column-oriented-json = 该文件是按列组织的 JSON：{ $columns } 各有一个列表，而不是每个偏好对一个对象；pandas 用 to_json(orient="records", lines=True) 可写出后者
said-the-columns-belong-to-no-known = 列 { $found } 不属于任何已知格式；已知的有 question, matching, not_matching（BiPO）和 prompt, chosen, rejected（TRL）等
said-there-is-no-column-there-are = 没有列 { $name }；现有的列为 { $found }
said-the-file-is-an-error-message = 该文件是服务器的错误消息，不是数据：{ $message }；请下载文件本身

# crates/data/src/data_files/arrow.rs
said-it-is-cut-off = 它被截断
said-its-index-has-no-schema = 它的索引没有模式
said-its-index-names-a-place-outside = 它的索引指向文件之外的位置
said-its-files-have-different-columns = 它的各个文件的列不同
said-it-has-more-than-values = 它有超过 { $most } 个值

# crates/data/src/data_files/budget.rs
said-it-has-mb-a-row-has = 它有 { $size } MB，而一行最多 { $most } MB

# crates/data/src/data_files/cells.rs
said-its-is-a-list-of-messages = 它的 "{ $name }" 是消息列表，而那里读取的是文本
said-its-is-missing = 它缺少 "{ $name }"
said-its-is-not-text = 它的 "{ $name }" 是{ $kind }，不是文本

# crates/data/src/data_files/chat_marks.rs
said-in-1-row-an-answer-ends = 有 1 行的回答以 { $mark } 之类的标记结尾（第 { $line } 行），该标记已保留。模型自己的回答结束标记不会再写一次；其他模型的标记会作为回答的一部分参与训练。
said-in-rows-an-answer-ends-in = 有 { $rows } 行的回答以 { $mark } 之类的标记结尾（第 { $line } 行），该标记已保留。模型自己的回答结束标记不会再写一次；其他模型的标记会作为回答的一部分参与训练。
said-in-1-row-the-prompt-is = 有 1 行的提示已经是对话格式，{ $mark } 即为标志（第 { $line } 行）：模型的对话模板会再套用一次。请使用纯消息的文件，或给模型一个不添加任何内容的模板：{"{"}% for message in messages %{"}"}{"{"}{"{"} message.content {"}"}{"}"}{"{"}% endfor %{"}"}
said-in-rows-the-prompt-is-in = 有 { $rows } 行的提示已经是对话格式，{ $mark } 即为标志（第 { $line } 行）：模型的对话模板会再套用一次。请使用纯消息的文件，或给模型一个不添加任何内容的模板：{"{"}% for message in messages %{"}"}{"{"}{"{"} message.content {"}"}{"}"}{"{"}% endfor %{"}"}

# crates/data/src/data_files/columns.rs
said-not-a-column-of = 不是 { $format } 的列
said-reason-not-named = 未指定
said-the-prompt-stands-in = 提示位于 { $columns }
said-every-row-has-something-other-than = 每一行在那里的内容都不是 Tiller 自己的
said-its-system-is-another-than-the = 它的 "system" 与其提示中的系统消息不同
said-its-matching-is-not-a-or = 它的 "matching" 是 { $value }，不是 A 或 B
said-columns-were-recognized-although-their-names = 列名的大小写不同，但已识别出这些列。
said-its-is-a-list-of-something = 它的 "{ $name }" 是由非文本内容组成的列表
said-it-has-no-incorrect-answer = 它没有错误答案
said-the-system-message-was-read-from = 系统消息读自 { $column }。
said-says-row-by-row-which-answer = { $name } 逐行说明偏好哪个回答，但未读取：回答取自所指定的列。

# crates/data/src/data_files/container.rs
said-compressed-with-zstandard = 经 Zstandard 压缩的文件
said-export-its-rows-as-csv-json = 请把它的行导出为 CSV、JSON 行或 Parquet
said-unpack-it-and-choose-the-file = 请解压并选择其中的文件
said-a-zip-archive = zip 归档
said-an-old-excel-workbook-xls = 旧式 Excel 工作簿（.xls）
said-save-it-as-xlsx-or-as = 请另存为 .xlsx 或 CSV UTF-8
said-compressed-with-bzip2 = 经 bzip2 压缩的文件
said-compressed-with-xz = 经 xz 压缩的文件
said-compressed-with-lz4 = 经 LZ4 压缩的文件
said-a-7-zip-archive = 7-Zip 归档
said-a-pdf = PDF 文件
said-a-sqlite-database = SQLite 数据库
said-a-gguf-model-or-vector = GGUF 模型或向量
said-add-it-under-models-or-vectors = 请在“模型”或“向量”中添加它
said-a-numpy-array = NumPy 数组
said-feather-of-version-1 = 版本 1 的 Feather 文件
said-write-it-again-with-a-current = 请用当前版本的 pyarrow 重新写出，或写为 Parquet
said-download-the-file-itself-the-page = 请下载文件本身：该网页可能要求登录，或只显示文件而不提供下载
said-compressed-twice = 压缩了两次的文件
said-unpack-it-once = 请先解压一次
said-an-avro-file = Avro 文件
said-an-hdf5-file = HDF5 文件
said-a-python-pickle = Python 的 pickle 文件
said-an-opendocument-workbook = OpenDocument 工作簿（.ods）
said-a-tar-archive = tar 归档
said-a-binary-file-of-another-kind = 其他种类的二进制文件
said-an-xml-document = XML 文档
said-an-error-message-of-a-server = 服务器的错误消息

# crates/data/src/data_files/csv.rs
said-what-stands-above-the-header-was = 已忽略表头上方的内容。
said-blanks-before-quotation-marks-were-passed = 已忽略引号前的空格。
said-backslashes-were-read-as-keeping-quotation = 反斜杠被视为用来保留单元格内的引号（推测）。
said-quotation-marks-were-read-as-letters = 引号被视为普通字符（推测）。
said-it-has-cells-the-header-has = 它有 { $cells } 个单元格，而表头有 { $header } 个
said-quotation-marks-were-read-as-standing = 引号被读作包围含换行的单元格；若它们只是字符，则表格有更多行（推测）。
said-it-is-a-table-in-markdown = 这是 Markdown 表格
said-byte-order-marks-inside = 文件中间的字节顺序标记已被忽略：该文件由多个文件拼接而成。
said-a-byte-order-mark-stands = 其前有字节顺序标记，像是在此处拼接了另一个文件：如果这是一行数据，请删去该标记
said-it-is-the-header-again = 它又是表头

# crates/data/src/data_files/dialect.rs
said-text-follows-a-closing-quotation-mark = 结束引号之后还有文本
said-a-quotation-mark-that-opens-in = 这一行的一个开始引号没有对应的结束引号
said-it-has-more-than-cells = 它有超过 { $most } 个单元格
said-it-has-more-than-mb = 它超过 { $most } MB
said-separator-tabs = 制表符
said-separator-semicolons = 分号
said-separator-bars = 竖线
said-separator-commas = 逗号

# crates/data/src/data_files/encoding.rs
said-encoding-utf-16-le = UTF-16（小端序）
said-encoding-utf-16-be = UTF-16（大端序）
said-latin-1-a-guess = Latin-1（推测）
said-a-guess = { $encoding }（推测）
said-it-is-utf-16-with-half = 它是 UTF-16，但有半个字符
said-it-is-utf-8-with-a = 它是 UTF-8，但有损坏的字符
said-its-letters-are-in-no-encoding = 它的字符不属于这里已知的任何编码
said-it-is-utf-32-save = 它是 UTF-32
said-it-is-utf-8-with-half = 它是 UTF-8，但有半个字符
said-its-letters-are-in-johab = 它的字符采用 Johab 编码
said-its-chinese-letters-are-in-hz = 它的中文字符采用 HZ 编码
said-its-letters-are-in-a-form-of = 它的字符采用 ISO 2022 的一种形式
said-the-text-has-which-is-in-utf-7 = 文本中有 { $shown }，在 UTF-7 中是 { $letters }；已按原样读取。如果文件采用 UTF-7，请将其存为 UTF-8。

# crates/data/src/data_files/folder.rs
said-the-files-that-state-json-names = state.json 所列的 { $count } 个文件已作为一张表读取。
said-its-file-is-not-there = 它的文件 { $name } 不存在
said-its-state-json-keeps-a-choice = 它的 state.json 在表之外还保留了行的选择
said-its-state-json-names-no-files = 它的 state.json 没有列出文件
said-its-state-json-names-very-many = 它的 state.json 列出的文件过多
said-its-state-json-names-something-else = 它的 state.json 列出的不是文件
said-its-state-json-is-no-json = 它的 state.json 不是 JSON：{ $error }
said-by-its-name-the-file-is-one = 按文件名，它是 { $parts } 个文件之一：其余文件未读取。

# crates/data/src/data_files/further.rs
said-its-pinned-is-neither-true-nor = 它的 "pinned" 是 { $value }，既不是 true 也不是 false
said-one-of-its-tags-is-not = 它的 "tags" 中有一个是{ $kind }，不是文本
said-its-tags-is-not-a-list = 它的 "tags" 是{ $kind }，不是文本的列表
said-it-has-tags-a-pair-has = 它有 { $count } 个标签，而一个偏好对最多 { $most } 个

# crates/data/src/data_files/guard.rs
said-it-is-damaged = 它已损坏

# crates/data/src/data_files/json.rs
said-the-rows-stand-under-the-key = 各行位于键 { $key } 之下。
said-it-is-an-empty-object = 它是空对象
said-nan-and-infinity-which-json-does = NaN 和 Infinity 不是 JSON 的值，按空值读取。
said-kind-true-or-false = 真假值
said-kind-number = 数
said-kind-text = 文本
said-kind-no-text = 不含文本的类型
said-kind-object = 对象
said-it-is-an-object-as-python = 它是 Python 打印出的对象；请改写为 JSON（json.dumps）

# crates/data/src/data_files/json_row.rs
said-a-text-has-half-of-a = 有文本含半个字符（如单独的代理项 \ud83d）
said-it-is-not-valid-json = 它不是有效的 JSON：{ $detail }
said-it-is-null-not-an-object = 它是 null，不是对象
said-it-is-true-or-false-not = 它是真假值，不是对象
said-it-is-a-number-not-an = 它是数，不是对象
said-it-is-text-not-an-object = 它是文本，不是对象
said-it-is-a-list-not-an = 它是列表，不是对象
said-it-has-more-than-names = 它有超过 { $most } 个名称
said-it-has-two-values-called = 它有两个名为 { $name } 的值
said-too-many-names = 名称过多

# crates/data/src/data_files/messages.rs
said-its-is-a-list-of-messages-as = 它的 "{ $name }" 是 Python 打印形式的消息列表；请改为写成 JSON（json.dumps）
said-its-begins-like-a-list-of = 它的 "{ $name }" 开头像消息列表，但不是 JSON
said-its-is-a-list-of-something-other = 它的 "{ $name }" 不是由带 role 和 content 的消息组成的列表
said-a-message-in-its-calls-tools = 它的 "{ $name }" 中有消息调用了工具，无法读取
said-a-message-in-its-has-a = 它的 "{ $name }" 中有消息含类型为 { $type } 的部分，无法读取
said-a-message-in-its-has-a-part = 它的 "{ $name }" 中有消息含非文本的部分
said-a-message-in-its-is-not = 它的 "{ $name }" 中有一条消息是{ $kind }，不是文本
said-its-prompt-must-end-in-a = 它的提示必须以用户消息结尾，之前只能有用户与助手的轮次，以及可选的系统消息；而它是 { $roles }
said-its-prompt-has-messages-at-most = 它的提示有 { $count } 条消息，最多读取 { $most } 条
said-its-history-is-no-list-of = 它的 "history" 不是由问题及其回答组成的列表
said-it-has-earlier-turns-a-pair = 它有 { $count } 个先前的轮次，而一个偏好对最多 { $most } 个
said-a-message-in-its-has-which = 其“{ $name }”中的一条消息含有 { $key }，它不会被读取

# crates/data/src/data_files/mod.rs
said-format-bipo = BiPO 偏好对
said-format-bipo-test = BiPO A/B 测试
said-format-trl = TRL 偏好数据
said-format-evaluations = 模型编写的评测
said-format-openai = OpenAI 偏好数据
said-format-helpsteer = HelpSteer 偏好
said-format-caa = CAA 的 A/B 选择题
said-format-tiller = Tiller 的偏好对
said-format-columns = 自选的列
said-the-letters-were-read-as = 字符按 { $encoding } 读取。

# crates/data/src/data_files/pairs.rs
said-it-stands-before-the-header = 它位于表头之前
said-the-prompt-holds-a-nul-character = 提示中含有 NUL 字符
said-the-wanted-answer-holds-a-nul = 期望的回答中含有 NUL 字符
said-the-opposite-answer-holds-a-nul = 相反的回答中含有 NUL 字符
said-the-system-message-holds-a-nul = 系统消息中含有 NUL 字符
said-the-note-holds-a-nul-character = 备注中含有 NUL 字符
said-the-earlier-turn-holds-a-nul = 先前的轮次中含有 NUL 字符
said-it-has-no-prompt-in-a = 它在已知的列中没有提示：若 { $other } 中是提示，请指定各列，否则请从文件中去掉该列

# crates/data/src/data_files/parquet.rs
said-its-index-is-damaged-or-not = 它的索引已损坏，或不是表的索引
said-its-index-has-mb-at-most = 它的索引有 { $size } MB，最多读取 { $most } MB
said-a-page-of-column-is-damaged = 列 { $column } 的一个数据页已损坏

# crates/data/src/data_files/printed.rs
said-in-1-row-a-text-looks = 有 1 行的某个文本像是 Python 打印出的列表或字节，例如 { $text }（第 { $line } 行）；已原样保留。
said-in-rows-a-text-looks-as = 有 { $rows } 行的某个文本像是 Python 打印出的列表或字节，例如 { $text }（第 { $line } 行）；已原样保留。
said-all-texts-stand-in-single = 所有文本都在单引号内；引号作为字符保留。

# crates/data/src/data_files/report.rs
said-the-file-is-compressed-with-gzip = 该文件经 gzip 压缩。
said-the-file-is-compressed-with-zstandard = 该文件经 Zstandard 压缩。
said-the-file-is-an-excel-workbook = 该文件是 Excel 工作簿。
said-cells-are-separated-by = 单元格以{ $separator }分隔。
said-report-read = 已读取：{ $names }。
said-report-left-out-because = 未采用：{ $names }（{ $reason }）。
said-in-1-row-both-answers-repeated = 有 1 行的两个回答都重复了提示；已从中删去。
said-in-rows-both-answers-repeated-the = 有 { $rows } 行的两个回答都重复了提示；已从中删去。
said-in-1-row-both-answers-repeated-the = 有 1 行的两个回答都重复了提示的消息；已从中删去。
said-in-rows-both-answers-repeated-the-prompt = 有 { $rows } 行的两个回答都重复了提示的消息；已从中删去。
said-in-1-row-the-prompt-is-what = 有 1 行以两段对话的共同开头作为提示。
said-in-rows-the-prompt-is-what = 有 { $rows } 行以两段对话的共同开头作为提示。
said-in-1-row-there-is-no = 有 1 行没有提示；以两个回答的共同开头作为提示（推测）。
said-in-rows-there-is-no-prompt = 有 { $rows } 行没有提示；以两个回答的共同开头作为提示（推测）。
said-in-1-row-a-list-of = 有 1 行的相反回答列表被拆成每个回答一个偏好对。
said-in-rows-a-list-of-opposite = 有 { $rows } 行的相反回答列表被拆成每个回答一个偏好对。
said-in-1-row-the-split-name = 有 1 行的划分名称既不是训练也不是留出；已忽略。
said-in-rows-the-split-name-says = 有 { $rows } 行的划分名称既不是训练也不是留出；已忽略。
said-in-1-row-holds-something-other = 有 1 行的 { $column } 中不是 Tiller 自己的内容；已忽略。
said-in-rows-holds-something-other-than = 有 { $rows } 行的 { $column } 中不是 Tiller 自己的内容；已忽略。
said-in-1-row-the-first-of = 有 1 行采用了若干错误答案中的第一个，其余未采用。
said-in-rows-the-first-of-several = 有 { $rows } 行采用了若干错误答案中的第一个，其余未采用。
said-in-1-row-messages-were-read = 有 1 行的消息读自文本单元格中的 JSON。
said-in-rows-messages-were-read-from = 有 { $rows } 行的消息读自文本单元格中的 JSON。
said-left-out-a-column-without-a = 未采用：一个没有名称的列。
said-left-out-columns-without-a-name = 未采用：{ $count } 个没有名称的列。
said-in-1-row-messages-have = 有 1 行的消息除角色和内容外还有 { $key }；未采用。
said-in-rows-messages-have-besides = 有 { $rows } 行的消息除角色和内容外还有 { $key }；未采用。

# crates/data/src/data_files/tiller_jsonl.rs
said-its-turns-is-not-a-list = 它的 "turns" 是{ $kind }，不是列表
said-its-turns-must-each-have-a = 它的每个 "turns" 都必须有 "role"（user 或 assistant）和 "text"

# crates/data/src/data_files/trl.rs
said-its-would-change-what-the-model = 它的 "{ $name }" 会改变模型读到的内容，而这里无法读取
said-its-instruction-is-a-list-of = 它的 "instruction" 是消息列表，其后不能有 "input"
said-its-two-conversations-part-before-their = 它的两段对话在最后一个回答之前就已不同
said-it-has-no-prompt-and-chosen = 它没有 "prompt"，而 chosen 与 rejected 的开头不同
said-its-prompt-is-not-among-the = 它的提示不在 chosen 与 rejected 开头的消息之中
said-its-must-end-in-one-message = 它的 "{ $name }" 必须以助手的一条消息结尾；提示之后的角色为 { $roles }
said-its-is-no-list-of-messages = 它的 "{ $name }" 不是由带 role 和 content 的消息组成的列表
said-this-is-kto-data-single-answers = 这是 KTO 的数据：带标签的单个回答，而不是偏好对
said-there-are-only-chosen-answers-no = 只有 chosen 回答：没有名为 "rejected" 的列
said-there-are-only-rejected-answers-no = 只有 rejected 回答：没有名为 "chosen" 的列
said-this-is-instruction-data-one-answer = 这是指令数据：每个提示只有一个回答，没有相反的回答
said-these-are-conversations-with-one-answer = 这些对话各只有一个回答，没有相反的回答

# crates/data/src/data_files/two_answers.rs
said-its-and-may-choose-different = 它的 "{ $first }" 与 "{ $second }" 可能选择不同的回答
said-its-is-0-neither-answer = 它的 "{ $name }" 是 0：没有偏好任何一个回答
said-its-is-not-0-or-1 = 它的 "{ $name }" 是 { $value }，不是 0 或 1
said-its-is-no-number = 它的 "{ $name }" 不是数字

# crates/data/src/data_files/values.rs
said-it-ends-in-the-middle-of = 它在一个值的中间结束
said-the-list-has-no-end = 列表没有结尾
said-a-comma-or-the-end-of = 缺少逗号或列表的结尾
said-something-stands-behind-the-list = 列表之后还有内容

# crates/data/src/data_files/workbook.rs
said-an-excel-workbook = Excel 工作簿
said-of-its-sheets-was-read = 它有 { $sheets } 个工作表，读取的是 { $name }。
said-row-stands-behind-row = 第 { $row } 行位于第 { $other } 行之后
said-it-has-parts = 它有 { $count } 个部分

# crates/data/src/quality/answers.rs
said-no-prompt = 没有提示
said-no-wanted-answer = 没有期望的回答
said-no-opposite-answer = 没有相反的回答
said-no-prompt-no-wanted-answer = 没有提示，没有期望的回答
said-no-prompt-no-opposite-answer = 没有提示，没有相反的回答
said-no-wanted-answer-no-opposite-answer = 没有期望的回答，没有相反的回答
said-no-prompt-no-wanted-answer-no = 没有提示，没有期望的回答，没有相反的回答
said-1-pair-without-a-text = 1 对缺少文本。
said-pairs-without-a-text = { $count } 对缺少文本。
said-training-and-sweeps-refuse-a-pair = 训练和扫描会拒绝含空回答的偏好对。
said-1-pair-with-the-same-wanted = 1 对的期望回答与相反回答相同。
said-pairs-with-the-same-wanted-and = { $count } 对的期望回答与相反回答相同。
said-nothing-can-be-learnt-from-a = 从两个回答相同的偏好对中学不到任何东西。
said-wanted-answer = 期望的回答
said-opposite-answer = 相反的回答
said-prompt-wanted-answer = 提示、期望的回答
said-prompt-opposite-answer = 提示、相反的回答
said-wanted-answer-opposite-answer = 期望的回答、相反的回答
said-prompt-wanted-answer-opposite-answer = 提示、期望的回答、相反的回答
said-1-pair-with-white-space-around = 1 对的文本首尾有空白。
said-pairs-with-white-space-around-a = { $count } 对的文本首尾有空白。
said-an-answer-leading-blank-changes-its = 回答开头的空格会改变它的第一个词元。
said-1-distinct-wanted-answer-in-pairs = { $pairs } 对中只有 1 个不同的期望回答；其中 { $share } 为{ $text }。
said-distinct-wanted-answers-in-pairs-in = { $pairs } 对中有 { $count } 个不同的期望回答；其中 { $share } 为{ $text }。
said-1-distinct-opposite-answer-in-pairs = { $pairs } 对中只有 1 个不同的相反回答；其中 { $share } 为{ $text }。
said-distinct-opposite-answers-in-pairs-in = { $pairs } 对中有 { $count } 个不同的相反回答；其中 { $share } 为{ $text }。
said-repeated-times = { $count } 次：“{ $text }”
said-a-vector-learns-the-few-sentences = 向量会学到这几句话，而不是该行为。

# crates/data/src/quality/duplicates.rs
said-1-pair-says-the-same-as = 1 对与前面的某一对相同。
said-pairs-say-the-same-as-an = { $count } 对与前面的某一对相同。
said-a-pair-that-is-there-twice = 出现两次的偏好对会计算两次。
said-1-pair-says-nearly-the-same = 1 对与前面的某一对几乎相同。
said-pairs-say-nearly-the-same-as = { $count } 对与前面的某一对几乎相同。
said-many-pairs-of-one-kind-drown = 大量同类偏好对会淹没其他偏好对；若被留出，它们测量的就是训练过的内容。
said-same-as-pair = 与第 { $pair } 对相同
said-like-pair-on-the-other-side = 与第 { $pair } 对相似，且位于划分的另一侧
said-like-pair = 与第 { $pair } 对相似

# crates/data/src/quality/first_word.rs
said-wanted-opposite = 期望：{ $wanted }，相反：{ $opposite }
said-first-word-nothing = 无
said-the-first-word-alone-tells-the = 在 { $share } 的偏好对中，仅凭第一个词就能判断期望的回答：有 { $wanted } 个期望回答和 { $opposite } 个相反回答以“{ $word }”开头。
said-the-first-word-alone-tells-the-wanted = 在 { $share } 的偏好对中，仅凭第一个词就能判断期望的回答：有 { $wanted } 个期望回答和 { $opposite } 个相反回答以“{ $word }”开头；有 { $wanted2 } 个期望回答和 { $opposite2 } 个相反回答以“{ $word2 }”开头。
said-a-vector-may-learn-to-say = 向量可能学会说这个词，而不是该行为。请让两种回答都有多种开头。

# crates/data/src/quality/leftovers.rs
said-1-pair-with-unfilled-fields-or = 1 对含有未填写的字段，或文本复制来源的痕迹。
said-pairs-with-unfilled-fields-or-marks = { $count } 对含有未填写的字段，或文本复制来源的痕迹。
said-a-model-reads-every-mark-where = 模型会读到每一处痕迹；若期望回答与相反回答在这些痕迹上不同，向量就会学到它们。
said-unfilled-field = 未填写的字段 { $field }
said-instead-of-a-text = { $text }（代替了文本）
said-a-line-break-written-out = 写成文字的换行符
said-letters-read-in-the-wrong-encoding = 以错误编码读取的字符
said-a-model-control-token = 模型的控制词元 { $mark }
said-a-transcript-mark = 对话记录的标记 { $mark }
said-letters-read-in-the-wrong-encoding-2 = 以错误编码读取的字符 { $mark }
said-a-letter-that-could-not-be = 无法读取的字符 { $mark }
said-a-model-stock-phrase = 模型的套话 { $mark }
said-filler-text = 占位文本 { $mark }
said-leftovers-prompt = 提示：{ $prompt }
said-leftovers-wanted = 期望：{ $wanted }
said-leftovers-opposite = 相反：{ $opposite }
said-leftovers-prompt-wanted = 提示：{ $prompt }；期望：{ $wanted }
said-leftovers-prompt-opposite = 提示：{ $prompt }；相反：{ $opposite }
said-leftovers-wanted-opposite = 期望：{ $wanted }；相反：{ $opposite }
said-leftovers-prompt-wanted-opposite = 提示：{ $prompt }；期望：{ $wanted }；相反：{ $opposite }

# crates/data/src/quality/lengths.rs
said-wanted-opposite-characters = 期望 { $wanted } 个字符，相反 { $opposite } 个字符
said-the-wanted-answer-is-the-longer = 在 { $share } 的偏好对中期望的回答更长：按中位数，期望回答有 { $wanted } 个字符，相反回答有 { $opposite } 个。
said-the-opposite-answer-is-the-longer = 在 { $share } 的偏好对中相反的回答更长：按中位数，期望回答有 { $wanted } 个字符，相反回答有 { $opposite } 个。
said-a-vector-may-learn-to-answer = 向量可能学会长篇作答，而不是该行为。

# crates/data/src/quality/letters.rs
said-the-wanted-letters-are-uneven = 期望的字母分布不均：{ $letters }。
said-a-vector-may-learn-the-letter = 向量可能学到字母，而不是该行为。Tiller 自己把偏好对做成选择题时会重新抽取字母。

# crates/data/src/quality/polarity.rs
said-pair-has-the-answers-the-other = 第 { $pair } 对的回答正好相反
said-its-words-are-those-of-the = 它的用词属于另一侧
said-the-model-prefers-the-other-answer = 模型偏好另一个回答，与其他所有偏好对不同
said-pair-has-the-answers-the-other-way = 第 { $pair } 对的回答正好相反；期望：{ $wanted }，相反：{ $opposite }
said-pair-has-the-answers-the-other-way-round = 第 { $pair } 对的回答正好相反；它的用词属于另一侧
said-pair-has-the-answers-the-other-way-round-the = 第 { $pair } 对的回答正好相反；模型偏好另一个回答，与其他所有偏好对不同
said-wanted-opposite-its-words-are-those = 期望：{ $wanted }，相反：{ $opposite }；它的用词属于另一侧
said-wanted-opposite-the-model-prefers-the = 期望：{ $wanted }，相反：{ $opposite }；模型偏好另一个回答，与其他所有偏好对不同
said-its-words-are-those-of-the-other = 它的用词属于另一侧；模型偏好另一个回答，与其他所有偏好对不同
said-pair-has-the-answers-the-other-way-round-wanted = 第 { $pair } 对的回答正好相反；期望：{ $wanted }，相反：{ $opposite }；它的用词属于另一侧
said-pair-has-the-answers-the-other-way-round-wanted-opposite = 第 { $pair } 对的回答正好相反；期望：{ $wanted }，相反：{ $opposite }；模型偏好另一个回答，与其他所有偏好对不同
said-pair-has-the-answers-the-other-way-round-its = 第 { $pair } 对的回答正好相反；它的用词属于另一侧；模型偏好另一个回答，与其他所有偏好对不同
said-wanted-opposite-its-words-are-those-of = 期望：{ $wanted }，相反：{ $opposite }；它的用词属于另一侧；模型偏好另一个回答，与其他所有偏好对不同
said-pair-has-the-answers-the-other-way-round-wanted-opposite-its = 第 { $pair } 对的回答正好相反；期望：{ $wanted }，相反：{ $opposite }；它的用词属于另一侧；模型偏好另一个回答，与其他所有偏好对不同
said-1-pair-may-have-the-wanted = 1 对的期望回答与相反回答可能互相放错了位置。
said-pairs-may-have-the-wanted-and = { $count } 对的期望回答与相反回答可能互相放错了位置。
said-a-swapped-pair-trains-against-all = 颠倒的偏好对会与其他所有偏好对相抵触。交换之前请逐一查看。

# crates/data/src/quality/splits.rs
said-same-prompt-as-pair-which-is = 与用于训练的第 { $pair } 对的提示相同
said-1-held-out-pair-with-a = 1 个留出对的提示也用于训练。
said-held-out-pairs-with-a-prompt = { $count } 个留出对的提示也用于训练。
said-what-is-measured-on-a-prompt = 在训练过的提示上测量，说明不了新提示上的表现。
said-1-held-out-pair-with-nearly = 1 个留出对的提示与用于训练的某个提示几乎相同。
said-held-out-pairs-with-nearly-the = { $count } 个留出对的提示与用于训练的某个提示几乎相同。
said-held-out-numbers-look-better-than = 留出数据上的数字看起来比实际更好。
said-nearly-the-prompt-of-pair = 与第 { $pair } 对的提示几乎相同

# crates/hub/src/address.rs
said-there-is-nothing-to-look-for = 没有可查找的内容。
said-the-address-names-no-model = 该地址没有指明模型。
said-this-page-is-at-and-tiller = 该网页位于 { $host }，而 Tiller 从 { $own } 下载。
said-this-is-a-path-on-this = 这是本机上的路径，不是 Hub 上的模型。
said-the-address-is-not-text = 该地址不是文本。
said-this-is-the-page-of-something = 这不是模型的网页。
said-is-not-the-name-of-a = “{ $name }”不是 Hub 上模型的名称。
said-the-branch-or-commit-in-this = 该地址中的分支或提交无效。

# crates/hub/src/choices.rs
said-of-its-parts-are-not-there = 它的 { $parts } 个部分中缺少 { $missing } 个。

# crates/hub/src/error.rs
said-the-address-cannot-be-downloaded-from = 无法从地址 { $address } 下载
said-cannot-be-reached = 无法连接 { $host }：{ $detail }
said-the-connection-to-broke = 与 { $host } 的连接中断：{ $detail }
said-the-hub-wants-an-access-token = Hub 要求访问令牌（状态 { $status }）
said-the-hub-asks-to-wait-s = Hub 要求等待 { $seconds } 秒
said-answered-with-status = { $host } 返回的状态为 { $status }
said-the-hub-answer-makes-no-sense = Hub 的答复无法理解：{ $detail }
said-the-hub-points-to-which-is = Hub 指向 { $to }，而该地址未加密或形成循环
said-does-not-have-the-checksum-that = { $path } 的校验和与 Hub 所写的不符
said-has-another-size-than-the-hub = { $path } 的大小与 Hub 所写的不符：{ $found } 字节，而不是 { $expected }
said-the-disk-has-bytes-free-and = 磁盘剩余 { $free } 字节，而需要 { $needed } 字节

# crates/hub/src/fetch.rs
said-another-program-fetches-this-file = 另一个程序正在获取该文件
said-the-range-is-not-there = 所请求的范围不存在
said-another-range-was-sent = 发来的是另一个范围
said-it-ended-too-early = 它过早结束

# crates/hub/src/listing.rs
said-it-names-no-commit = 它没有指明提交
said-a-redirect-to-nowhere = 没有目标的重定向
said-it-is-too-long = 它过长

# crates/hub/src/search.rs
said-nothing-to-search-for = 没有要搜索的内容。
said-more-words-than-a-search-takes = 词太多，超出了一次搜索的限度。
said-it-is-no-list-of-models = 它不是模型列表
said-architecture-not-read = Tiller 不读取 { $name } 架构。

# crates/hub/src/upload
said-is-no-name-of-a-repository = { $name } 不是仓库名称
said-the-hub-does-not-let-this = Hub 不允许该令牌写入 { $repository }（状态 { $status }）
said-the-hub-refuses-it-status = Hub 拒绝（状态 { $status }）：{ $detail }
said-it-does-not-say-where-goes = 它没有写明 { $path } 应上传到哪里
said-it-does-not-say-how-is = 它没有写明 { $path } 应如何发送
said-it-names-no-address = 它没有指明地址
said-another-place = 另一个位置

# crates/endpoint/src
said-this-address-cannot-be-used = 该地址无法使用：{ $why }
said-the-server-cannot-be-reached-or = 无法连接服务器，或连接中断：{ $detail }
said-the-server-did-not-answer-within = 服务器在 { $seconds } 秒内没有答复
said-the-server-refuses-the-key-status = 服务器拒绝该密钥（状态 { $status }）：{ $detail }
said-the-server-asks-to-be-left = 服务器要求暂停请求一段时间：{ $detail }
said-the-server-failed-status = 服务器出错（状态 { $status }）：{ $detail }
said-the-server-refuses-the-request-status = 服务器拒绝该请求（状态 { $status }）：{ $detail }
said-what-came-back-is-no-answer = 返回的内容不是答复：{ $why }
said-it-is-empty = 它是空的
said-it-names-no-server = 它没有指明服务器
said-it-holds-white-space = 它含有空白字符
said-it-begins-with-neither-http-nor = 它既不以 http:// 开头，也不以 https:// 开头
said-it-is-no-address-of-a = 它不是网络服务器的地址
said-it-holds-a-user-name-the = 它含有用户名：密钥有专门的输入框
said-its-port-is-no-number = 它的端口不是数字
said-nothing-may-follow-its-path-the = 路径之后不能有任何内容：密钥有专门的输入框
said-it-holds-no-answer = 它不含回答
said-its-answer-is-no-text = 它的回答不是文本
said-endpoint-no-json = 它不是 JSON
said-no-connection-came-about-in-time = 未能及时建立连接
said-there-is-no-server-of-this = 没有这个名称的服务器
said-the-server-sends-to-another-address = 服务器转向了另一个地址
said-the-system-keyring-takes-no-secret = 系统的密钥环无法保存密钥：{ $error }

# crates/sandbox/src
said-needs-more-than-mb-of-memory = { $part }需要超过 { $limit } MB 的内存
said-takes-more-than-seconds = { $part }耗时超过 { $limit } 秒
said-is-nested-without-end = { $part }的嵌套没有尽头
said-ends-the-process-that-reads-it = { $part }会使读取它的进程终止（{ $status }）
said-sandbox-the-file = 该文件
said-its-tokenizer = 它的分词器
said-its-chat-template = 它的对话模板
said-it-contradicts-itself-2 = 它自相矛盾
said-there-is-not-enough-memory-to-check = 内存不足，无法检查它：该进程最多可用 { $limit } MB
said-the-process-that-should-check-it = 检查它的进程没有正常工作：{ $error }
said-an-argument-is-missing = 缺少一个参数
said-this-task-is-not-known = 未知的任务
said-a-limit-is-no-number = 某个限制不是数

# crates/regular-file/src
said-a-folder = 文件夹
said-a-pipe = 管道
said-a-socket = 套接字
said-a-device = 设备

# crates/store/src/error.rs
said-the-store-failed = 存储出错
said-the-store-could-not-be-brought = 无法把存储更新到此版本的结构
said-the-store-could-not-be-copied = 在把存储更新到此版本的结构之前，无法复制它
said-the-store-has-schema-written-by = 该存储的结构版本是 { $found }（由 { $version } 写入），而此版本只认识到 { $known }
said-the-database-has-tables-and-none = 该数据库有表，但没有一个是 Tiller 的
said-the-store-is-damaged = 存储已损坏：{ $detail }
said-the-store-is-gone-or-empty = 存储不存在或为空：{ $path }
said-the-store-write-ahead-log-is = 存储的预写日志不存在：{ $path }
said-the-store-is-no-longer-at = 存储已不在 { $path }
said-the-store-write-ahead-log-was = 存储的预写日志已被删除：{ $path }
said-the-caps-do-not-fit-their = 限幅与其向量不匹配：{ $detail }
said-the-is-not-there = { $what }不存在
said-there-are-too-many-pairs-for = 同一位置的偏好对过多
said-an-adapter-of-rank-for-this = 用于该模型、秩为 { $rank } 的适配器应有 { $expected } 个数值，而保存了 { $found } 个

# crates/store/src: what is stored
said-question-of-a-analysis = 分析的问题
said-finding-of-a-analysis = 分析的结果
said-copies-of-a-model = 模型的副本
said-desk-of-a-conversation = 对话的调音台
said-desk-of-a-preset = 预设的调音台
said-settings-of-a-distillation = 蒸馏的设置
said-items-of-a-measurement = 测量结果的条目
said-facts-of-a-model = 模型的信息
said-settings-of-a-vector = 向量的设置
said-provenance-of-a-vector = 向量的来源
said-turns-of-a-pair = 偏好对的轮次
said-tags-of-a-pair = 偏好对的标签
said-tags-of-a-vector = 向量的标签
said-settings-of-a-sweep = 扫描的设置
said-vectors-of-a-sweep = 扫描的向量
said-adapter-of-a-vector = 向量的适配器
said-layers-of-a-vector = 向量的层
said-norms-of-a-vector = 向量的范数
said-method-of-a-vector = 向量的方法
said-intervention-of-a-vector = 向量的干预方式
said-derivation-of-a-vector = 向量的衍生方式
said-percentiles-of-projections = 投影的百分位数
said-residual-norms = 残差流范数
said-settings-of-a-run = 训练运行的设置
said-speeds-of-sweeps = 扫描的速度
said-side-of-a-step = 训练步的一侧
said-sampling-of-an-answer = 回答的采样设置
said-steering-of-an-answer = 回答的引导设置
said-tokens-of-an-answer = 回答的词元

# crates/store/src/project_file
said-it-is-not-a-project-file = 它不是 Tiller 的项目文件
said-its-format-has-version-this-tiller = 它的格式版本是 { $found }，而这个 Tiller 只认识到版本 { $known }
said-it-is-damaged-2 = 它已损坏：{ $detail }
said-it-is-too-large = 它过大：{ $detail }
said-what-it-says-about-cannot-be = 它关于 { $table } 的内容不可能正确：{ $why }
said-what-it-says-about-cannot-be-right = 它关于 { $table } 的内容不可能正确：{ $column } 缺失
said-what-it-says-about-cannot-be-right-is = 它关于 { $table } 的内容不可能正确：{ $column } 不是编号
said-what-it-says-about-cannot-be-right-is-not = 它关于 { $table } 的内容不可能正确：{ $column } 不是有限数
said-what-it-says-about-cannot-be-right-is-too = 它关于 { $table } 的内容不可能正确：{ $column } 过长
said-what-it-says-about-cannot-be-right-is-not-there = 它关于 { $table } 的内容不可能正确：{ $column } { $id } 不存在
said-an-id-is-there-twice = 有一个编号出现了两次
said-each-must-have-one-result = 每一项都必须有一个结果
said-a-measurement-is-not-there = 有一个测量结果不存在
said-the-hash-is-not-that-of = 哈希与偏好对的不符
said-a-snapshot-is-not-there = 有一个快照不存在
said-it-follows-a-turn-of-another = 它跟在另一栏的轮次之后
said-a-place-is-not-in-its = 有一个位置不在其文本之内
said-it-measures-nothing = 它什么也不测量
said-its-sweep-is-not-there = 它所属的扫描不存在
said-it-is-on-no-curve = 它不在任何曲线上
said-its-numbers-are-not-finite = 它的数值不是有限数
said-its-numbers-are-not-as-many = 它的数值个数与其大小不符
said-there-must-be-one = 必须恰有一个
said-it-has-bytes = 它有 { $bytes } 字节
said-it-is-cut-off-or-something = 它被截断，或被添加了内容
said-a-table-is-missing = 缺少一个表
said-it-has-a-that-tiller-does = 它含有 Tiller 不会写入的 { $kind } “{ $name }”
said-has-rows-the-largest-cell-has = { $table } 有 { $rows } 行，最大的单元格有 { $bytes } 字节
said-a-pair-has-fields = 偏好对应有字段
said-an-edit-is-about-no-pair = 有一项编辑不属于任何偏好对
said-it-failed-on-another-machine = 它在另一台机器上失败了。

# crates/store/src/sweeps.rs
said-the-model-file-or-its-template = 此后模型的文件或其模板已更改。
said-the-data-set-is-gone = 数据集“{ $name }”已不存在。
said-the-held-out-pairs-of-have = 此后“{ $name }”的留出对已更改。
said-a-vector-of-is-gone = “{ $name }”的一个向量已不存在。
said-a-vector-of-acts-otherwise-now = “{ $name }”的一个向量现在的作用方式不同了。

# crates/store/src/project_file/tables.rs
said-count-data-sets = 数据集
said-count-runs = 运行
said-count-vectors = 向量
said-count-sweeps = 扫描
said-count-analyses = 分析
said-count-transfers = 迁移
said-batches-of-drafts = 草稿批次
said-count-conversations = 对话
said-count-presets = 预设
said-count-pairs = 偏好对
said-sweep-points = 扫描点
said-count-turns = 轮次

# crates/data/src/data_files/openai.rs
said-its-input-is-no-object = 其“input”不是带有“messages”的对象
said-the-of-its-input-would = 其“input”中的 { $name } 会改变模型读到的内容，这里无法读取

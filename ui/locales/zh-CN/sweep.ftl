# The Sweep screen: the form of the next sweep, the list of sweeps, and what a sweep measured.

# answers_tab.rs
sweep-curve = 曲线
sweep-answers-at = 倍率
sweep-answers-none = 尚无测量结果。

# arms.rs: the names of what is compared
sweep-way-quoted = “{ $text }”
sweep-way-template = { $name } 模板
sweep-way-wanted = { $count } 个期望示例
sweep-way-opposite = { $count } 个相反示例
sweep-way-for = 系统提示：诱导
sweep-way-against = 系统提示：抑制
sweep-arm-at = { $name }，倍率 { $multiplier }
sweep-arm-epoch = { $name } 第 { $epoch } 轮
sweep-way-no-examples = 无示例
sweep-gate = （当 { $name } 在第 { $layer } 层后超过 { $above } 时）
sweep-gate-prompt = （当 { $name } 在第 { $layer } 层后超过 { $above } 时，在提示处判定）
sweep-gate-soft = （当 { $name } 在第 { $layer } 层后超过 { $above } 时，软门控宽度 { $width }）
sweep-gate-soft-prompt = （当 { $name } 在第 { $layer } 层后超过 { $above } 时，软门控宽度 { $width }，在提示处判定）
sweep-caps-at-most = （上限为 { $over } 的 p{ $percentile }）
sweep-caps-at-least = （下限为 { $over } 的 p{ $percentile }）

# attack_table.rs
sweep-attack-by-phrase = { $multiplier }，按短语
sweep-attack-by-judge = { $multiplier }，按评判模型
sweep-attack-title = 攻击成功率
sweep-attack-compared = 对比项
sweep-measured-on = 测量数据集

# chart_tab.rs
sweep-chart-label = 各指标随倍率的变化；数值见下表
sweep-chart-numbers = 图表显示的数值
sweep-chart-change = 相对未引导的变化
sweep-chart-change-hint = 各指标减去其未引导时的值，区间按逐条差值计算：条目之间本身的差异会相互抵消
sweep-chart-values = 数值
sweep-chart-values-hint = 指标本身的数值；区间反映各条目之间差异的大小
sweep-chart-over = 横轴
sweep-chart-axis = 横轴
sweep-chart-reset-hint = 重新显示全部内容。拖动可平移，Ctrl 加滚轮可缩放，按住右键拖动可选取局部。图表获得焦点后，方向键平移，+ 和 − 缩放，0 显示全部。
sweep-chart-reset = 重置缩放
sweep-at-multiplier = 所用倍率
sweep-chart-no-divergence = 本次扫描未测量散度：请选中该指标后重新扫描。
sweep-useful-range = { $from } 至 { $to }。
sweep-useful-none = 无。{ $why }
sweep-useful-of = （{ $arm }）：{ $range }
sweep-useful-alone = ：{ $range }

# chips.rs
sweep-vector-hint = { $made }，层：{ $layers }
sweep-vectors = 向量
sweep-vectors-search = 搜索向量
sweep-vectors-none = 还没有向量。
sweep-set-without-pairs = 没有留出对：请在“数据”中标记一些
sweep-set-held-out = 留出 { $count } 对
sweep-sets-search = 搜索数据集
sweep-chips-more = 另有 { $count } 个

# curve_table.rs
sweep-lay-over = 将此扫描叠加到图上
sweep-on-set = · { $set }
sweep-from-to = { $from } 至 { $to }
sweep-compare = 比较所有曲线
sweep-compare-filter = 筛选
sweep-compare-factor-hint = 在有效范围内，困惑度最多可达未引导时的多少倍
sweep-compare-factor = 困惑度不超过
sweep-score = 指标
sweep-compare-range = 极差
sweep-compare-range-hint = 最大值减最小值
sweep-slope = 斜率
sweep-compare-slope-hint = 最小二乘，每单位倍率
sweep-compare-useful = 有效范围
sweep-compare-useful-hint = 行为有变化、且困惑度不超过该倍数的范围
sweep-compare-area = 面积
sweep-compare-area-hint = 曲线与其未引导值之间的面积；曲线在 0 处上升时为正

# estimate.rs
sweep-time = 在这台机器上约需 { $time }；已测量过的部分不再耗时。
sweep-time-unknown = 首次用这些指标扫描之后，才能知道在这台机器上的耗时。

# examples.rs
sweep-examples-title = 逐样例效果
sweep-examples-reading = 正在读取样例。
sweep-examples-bar = { $from } 至 { $to }：{ $count } 个样例
sweep-examples-wrong = 方向相反
sweep-examples-mean = 平均斜率，每单位倍率
sweep-examples-count = 个样例
sweep-examples-histogram = 斜率直方图
sweep-examples-over = 随倍率的变化

# export.rs
sweep-export-png = 图表，两倍大小的图片
sweep-export-svg = 图表，文字转为轮廓
sweep-export-pdf = 图表，供论文使用，内嵌字体
sweep-export-csv = 所显示的数值
sweep-export-json = 所显示的数值及全部设置
sweep-export-html = 报告：图表、设置、哈希值、数值和样本
sweep-export-toml = 计划：任何人都可凭此重新运行本次扫描，包括其中的训练
sweep-export-guard = 防止被电子表格当作公式：在以 =、+、− 或 @ 开头的名称前加撇号

# footer.rs
sweep-train-first = 先训练一个向量
sweep-start = 开始扫描
sweep-cost-no-text = { $count } 个点。不生成文本。
sweep-cost = { $count } 个点。将生成 { $answers } 条回答，每条最多 { $tokens } 个词元；相同的只生成一次。
sweep-cost-sent = { $made }全部回答将发送到 { $address }：那里最多约需读取 { $read } 个词元。
sweep-cost-sent-priced = { $made }全部回答将发送到 { $address }：那里最多约需读取 { $read } 个词元，按所填单价约合 { $price }。

# form_settings.rs
sweep-fault-no-vector = 还没有可供扫描的向量。
sweep-list-of-prompts = 提示
sweep-fault-no-score = 请至少选择一个指标。
sweep-fault-no-pairs = 该数据集没有留出对：请在“数据”中标记一些。
sweep-fault-gate = 门控设为在提示处判定，但“{ $score }”所用的文本没有提示：请改为逐词元判定，或不测量该指标。
sweep-fault-prompts = “{ $typed }”不是有效的提示数量。

# generation_choice.rs
sweep-tokens = 词元数
sweep-tokens-hint = 每条回答的词元上限
sweep-limit = 只答前几条
sweep-limit-hint = 每个数据集中要回答的提示数量；留空则全部回答。偏好始终在每一对上测量。
sweep-generation = 回答与上限
sweep-temperature = 温度
sweep-temperature-hint = 温度：0 表示总取概率最大的词元
sweep-seed-hint = 同一提示在每个倍率下的采样相同

# goal.rs
sweep-goal-works = 是否有效？
sweep-goal-read = 看回答
sweep-goal-harm = 副作用检查
sweep-goal-paper = 同论文
sweep-goal-custom = 自定义
sweep-goal-works-measures = 留出对上的偏好和胜率，以及一段中性文本的困惑度。速度快：不生成回答。
sweep-goal-read-measures = 每个倍率下对留出提示的回答、评判模型对每条回答的评分，以及回答的重复程度。
sweep-goal-harm-measures = 知识（40 题）、相对未引导模型的散度，以及在所选向量均未训练过的数据集上的偏好。
sweep-goal-paper-measures = 由评判模型评分的回答，最多 200 个词元，贪心解码，倍率从 −2 到 2，步长 0.5。每个向量在自己的数据集上测量：每种行为一张图，每种方法一条线。
sweep-goal-custom-measures = 所有指标、提示方式、条件和上限均由手动选择。

# goal_choice.rs
sweep-goal-label = 扫描要回答的问题

# heat_map.rs
sweep-score-of-set = { $score }：{ $set }
sweep-map-change = 倍率 { $multiplier } 下相对未引导模型的变化
sweep-map-score = { $score }（{ $unit }）
sweep-map-multiplier = { $vector } 的倍率
sweep-map-gone = 已删除的向量
sweep-map-key-grid = 蓝色高于表格的中间值，橙色低于中间值。
sweep-map-key = 蓝色表示更好，橙色表示受损；无所谓好坏时，蓝色表示更大，橙色表示更小。每列各有自己的色阶。
sweep-map-more = 越大越好
sweep-map-less = 越小越好

# judge_choice.rs
sweep-rubric-of-prompts = 对自定义提示的回答按第一个评分标准评判。
sweep-rubric-level = { $level } 分的含义
sweep-rubric-of = { $set }：{ $behavior }
sweep-rubric-chip = 评分标准：{ $behavior }
sweep-rubric-choice = { $set } 的评分标准
sweep-rubric-behavior = 回答在多大程度上表现出…
sweep-rubric-examples = 偏好对的两个回答分别作为 4 分和 1 分的示例。评分标准随数据集保存。
sweep-rubric-made = 根据行为生成
sweep-judge-sends = 每条回答的提示、内容和评分标准都会发送到 { $address }（{ $model }），每次 { $count } 条；以前问过的不再询问。
sweep-judge-stays = 由未引导的模型自身评判，依据 1、2、3、4 的概率。任何内容都不会离开这台机器。
sweep-judge-address-before = 如需使用某个地址上的评判模型，请在
sweep-judge-address-drafts = 起草页面
sweep-judge-address-after = 设置地址。
sweep-judge-local = 本模型
sweep-judge-remote = 某个地址上的模型
sweep-price-hint = 每百万词元的价格，币种不限。免费则留空或填 0。
sweep-price-read = 读取单价
sweep-price-written = 生成单价

# layer_lines.rs
sweep-line-at = 倍率 { $multiplier }
sweep-line-of-at = { $line }，倍率 { $multiplier }
sweep-line-imported = 导入
sweep-line-gated = { $method }（有条件）
sweep-line-prompted = { $line }，{ $way }

# left_panes.rs
sweep-pane-new = 新建扫描
sweep-list = 扫描
sweep-pane-list = 扫描（{ $count }）
sweep-panes = 左侧

# legend.rs
sweep-legend-other = { $name }（扫描 { $sweep }）
sweep-legend-toggle = 隐藏或重新显示此曲线
sweep-legend-mark = 有效范围和样例取自此曲线
sweep-legend-mark-of = { $name } 的有效范围和样例
sweep-legend-unsteered = 未引导

# mmlu_form.rs
sweep-fault-questions = “{ $typed }”不是有效的题目数量。

# mod.rs
sweep-left = 下一次扫描与扫描列表
sweep-scores = 指标

# multipliers_choice.rs
sweep-multipliers = 倍率
sweep-multipliers-range = 范围
sweep-multipliers-list = 列表
sweep-multipliers-from = 从
sweep-multipliers-to = 到
sweep-multipliers-step = 步长

# opened.rs
sweep-arm-from-chat = { $name }（对话）
sweep-opened-remove-one = 移除 { $name }
sweep-opened-remove = 移除
sweep-opened = 沿用
sweep-opened-note = 向量、权重、条件和提示均保持原样。其倍率已在列表中。

# panel_choice.rs
sweep-panel-choice = 表中的指标

# panels.rs
sweep-change-in = 变化（{ $unit }）
sweep-note-multiplier = 倍率 { $multiplier }
sweep-note-value = { $unit } { $value }（{ $low } 至 { $high }）
sweep-note-count = N = { $count }
sweep-note-count-missing = N = { $count }，{ $missing } 个无值

# point_examples.rs
sweep-point-title = “{ $arm }”，倍率 { $multiplier }：{ $score }
sweep-point-reading = 正在读取该点的样例。
sweep-point-unread = 未读出
sweep-point-unsteered = 未引导
sweep-point-at = 倍率 { $multiplier }
sweep-point-against = 相对 0
sweep-point-verdict = 评判
sweep-point-probabilities = 概率

# point_table.rs
sweep-point-open = 显示该点的样例
sweep-point-any = 任意
sweep-point-no-value = 无值
sweep-point-count-unread = { $count } + { $unread } 未读出
sweep-point-interval = 95% 置信区间
sweep-point-change-hint = 相对未引导模型，在相同条目上比较
sweep-point-change = 变化
sweep-point-change-interval = 变化的 95% 区间

# prompting_choice.rs
sweep-ways = 提示基线
sweep-ways-for = 诱导该行为的系统提示
sweep-ways-against = 抑制该行为的系统提示
sweep-ways-wanted = 提示前加期望示例
sweep-ways-opposite = 提示前加相反示例
sweep-ways-examples-hint = 所用训练对的数量，0 到 32，每个数量单独测量：0 1 2 4 8
sweep-ways-examples = 示例数
sweep-ways-seed = 抽取用随机种子
sweep-ways-seed-hint = 示例较少时，取较多示例中的前几个
sweep-ways-examples-note = 自定义提示和题目之前，放的是第一个数据集的训练对。
sweep-ways-with-vectors = 每种提示也与每个向量组合
sweep-ways-others-hint = 每个向量都在每个系统提示下测量：换成训练时未用过的提示，效果是否依然成立？
sweep-ways-others = 向量在其他系统提示下
sweep-ways-others-placeholder = 每行一个系统提示
sweep-ways-templates-hint = 按这些模型训练时的格式书写提示，再测量每个向量
sweep-ways-templates = 向量在其他对话模板下

# prompting_form.rs
sweep-fault-examples = 请填写示例数量，例如 0 1 2 4 8。
sweep-fault-examples-odd = 无法给出 { $number } 个示例：请填写 0 到 32 的整数。

# rating.rs
sweep-rate-rated = { $count } 条回答中已评 { $rated } 条
sweep-rate-same = { $rated }；在评判模型也评过的 { $both } 条中，{ $same } 与其相同
sweep-rate-kappa = { $rated }；在评判模型也评过的 { $both } 条中：{ $same } 相同，加权 κ 为 { $kappa }
sweep-rate-title = 盲评
sweep-rate-back-hint = 重新评上一条（Backspace）
sweep-rate-reading = 正在读取回答。
sweep-rate-done = 本次扫描的回答已全部评分。
sweep-rate-keys = 按键 1 到 4：1 表示完全没有表现出该行为，4 表示表现强烈。Backspace 返回上一条。

# reading.rs
sweep-reading = 倍率 { $multiplier } 在 { $count } 个未见过的对中使 { $likelier } 个的期望回答更有可能
sweep-reading-both = { $pairs }；{ $text }。
sweep-reading-suffers = 超过 { $multiplier } 后文本质量下降
sweep-reading-stays = 直到 { $multiplier } 文本质量保持不变

# results.rs
sweep-tabs = 扫描的视图
sweep-empty-title = 还没有扫描
sweep-empty = 扫描以多种强度加入向量，并测量其作用：行为变化多大，还有什么随之改变。左侧的设置适合作为起点。
sweep-empty-start = 扫描“{ $name }”
sweep-far = { $known } / { $count } 个点
sweep-go-on = 继续
sweep-go-on-title = 测量缺失的点；已有的保持不变
sweep-again = 重新扫描
sweep-matrix-none = 矩阵比较多个向量使多个指标变化的幅度。本次扫描只有一个向量或一个指标：请各选两个再扫描，或将两个向量作为网格扫描。
sweep-rate-none = 盲评时不显示回答的来源。本次扫描没有回答：请用“看回答”扫描，它会生成回答。
sweep-usage = 评判模型：读取 { $read } 个词元，生成 { $written } 个
sweep-usage-priced = 评判模型：读取 { $read } 个词元，生成 { $written } 个，按所填单价合 { $price }

# score_choice.rs
sweep-scores-behaviour = 行为
sweep-scores-side-effects = 副作用
sweep-questions = 来自文件的题目
sweep-questions-choice = MMLU CSV 格式的选择题
sweep-questions-choice-hint = 留空则使用内置的 40 题。示例取自 test/NAME_test.csv 旁的 dev/NAME_dev.csv，没有则取前五行。
sweep-questions-mmlu = MMLU 文件夹，含 dev 和 test
sweep-questions-truthful = TruthfulQA.csv
sweep-questions-truthful-hint = 须有 Question、Best Answer、Correct Answers、Incorrect Answers 各列。
sweep-mmlu-0-shot = MMLU，0 样本
sweep-mmlu-5-shot = MMLU，5 样本
sweep-mmlu-groups = 同时测量各学科组
sweep-mmlu-limit-hint = 57 个学科各取前若干题；留空则使用全部 14,042 题。扫描耗时显示在按钮上方。
sweep-mmlu-limit = 每个学科的题数
sweep-mmlu-limit-all = 全部
sweep-scores-generates = 生成回答（较慢）
sweep-questions-path = 文件路径
sweep-questions-path-choose = 选择

# settings_form.rs
sweep-judge = 评判模型
sweep-own-sets-hint = 每个数据集一张图，每种方法一条线，如论文的图 1
sweep-own-sets = 每个向量只在其训练所用的数据集上测量
sweep-own-prompts = 自定义提示
sweep-own-prompts-placeholder = 每行一个提示
sweep-own-prompts-label = 提示，每行一个

# shown_sweeps.rs
sweep-title-two = { $one }、{ $two }
sweep-title-more = { $one }、{ $two } 及另外 { $count } 个

# suffix_choice.rs
sweep-suffixes = 后缀
sweep-suffixes-note = 每行一个。每个提示与每个后缀组合测量，中间加一个空格。评判模型读到的提示不含后缀。
sweep-suffixes-of-prompts = 用于自定义提示
sweep-suffixes-are-measured = 带后缀测量
sweep-suffixes-of-set = “{ $name }”：{ $count } 个后缀

# sweep_list.rs
sweep-list-none = 扫描及其结果显示在这里，最新的在最前面。
sweep-list-run-file-hint = 根据导出的 JSON 重新运行扫描，或重新测量护照中的曲线，使用内容相同的向量和数据集
sweep-list-run-file = 从文件运行…
sweep-lay-over-one = 将 { $name } 叠加到图上
sweep-list-name = 扫描的名称
sweep-list-name-placeholder = 名称；留空则用曲线名
sweep-list-note = 扫描的备注
sweep-list-note-placeholder = 备注：说明了什么，有何异常
sweep-list-duplicate-hint = 用此扫描的设置填写表单
sweep-list-duplicate = 复制设置
sweep-list-run-again-hint = 用现在的向量和数据集重新测量此扫描的全部内容；未变化的部分取自存储
sweep-list-run-again = 再次运行
sweep-list-delete-hint = 删除此扫描；按 Ctrl+Z 可恢复
sweep-list-unchanged = 自测量以来没有任何变化：这就是它的结果。
sweep-list-far = { $known } / { $count } 个点，{ $state }
sweep-list-result = { $score } { $change }（倍率 { $multiplier }）
sweep-state-queued = 排队中
sweep-state-running = 运行中
sweep-state-paused = 已暂停
sweep-state-stopped = 已停止
sweep-state-done = 已完成
sweep-state-failed = 失败

# useful.rs
sweep-useful-no-behaviour = 未测量任何行为指标。
sweep-useful-no-perplexity = 未测量困惑度，因此无从得知文本质量从何处开始下降。
sweep-useful-nothing-moves = “{ $score }”没有变化：在每个倍率下，其变化的区间都包含 0。
sweep-useful-moves-beyond = “{ $score }”只在困惑度超过未引导时 { $factor } 倍的地方才有变化。

# vector_details.rs
sweep-weight = 在总和中的权重
sweep-gated = 按条件作用
sweep-not-gated = 始终作用
sweep-not-capped = 按“向量”中的设置作用
sweep-capped = 在 p{ $percentile } 处限幅
sweep-apart = 分别
sweep-sum = 外加总和
sweep-grid = 网格
sweep-whole = 原样
sweep-epochs-hint = 运行在每一轮之后的结果，各为一条曲线
sweep-epochs = 逐轮

# view_state.rs
sweep-axis-norm = 附加范数
sweep-axis-divergence = 散度
sweep-axis-epoch = 轮
sweep-axis-title-multiplier = 倍率
sweep-axis-title-norm = 附加量的范数（符号同倍率）
sweep-axis-title-divergence = 相对未引导模型的 KL，奈特/词元（符号同倍率）
sweep-axis-title-layer = 层
sweep-axis-title-epoch = 轮
sweep-tab-chart = 图表
sweep-tab-answers = 回答
sweep-tab-matrix = 矩阵
sweep-tab-examples = 逐样例
sweep-tab-rate = 评分

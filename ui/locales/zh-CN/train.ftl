# The texts of the Train screen: the settings of a run, its curves, and the analyses of layers, epochs and pairs.

# Shared by several views
train-held-out = 留出对
train-margin-after = 间隔
train-nats = 奈特
train-runs = 运行
train-rate = 学习率
train-at-plus = +1 时
train-at-minus = −1 时
train-key-at-plus = +1 时
train-key-at-minus = −1 时
train-gap = 差距
train-axis-step = 步
train-axis-epoch = 轮
train-axis-layer = 层
train-axis-loss = 损失（奈特）
train-axis-moved = 训练间隔（奈特）
train-axis-margin = 间隔（奈特）
train-note-step = 第 { $step } 步
train-note-layer = 第 { $layer } 层
train-note-margin = 间隔 { $margin } 奈特
train-go-to-run = 转到运行
train-acts-on = 作用于

# adapter_choice.rs
train-adapter-numbers = { $numbers } 个参数
train-rank = 秩
train-rank-hint = A 的行数，即 B 的列数
train-alpha = Alpha
train-alpha-hint = 乘积按 alpha / 秩 缩放
train-adapter-note = 无需选择层：它在每个词元处，把 倍率 × alpha / 秩 × B A 加到每个块的查询权重和值权重上。

# advanced_settings.rs
train-epochs = 轮数
train-epochs-hint = 每个偏好对被训练的次数
train-rate-hint = 学习率的峰值
train-more = 更多设置
train-beta = Beta
train-beta-hint = 偏好项的强度；对求和用 0.1，对均值用 1 至 2
train-batch = 每步的偏好对数
train-batch-hint = 论文取 4
train-warmup = 预热步数
train-warmup-hint = 学习率在这些步内从零升起
train-schedule = 学习率调度
train-schedule-hint = 预热之后学习率如何变化；论文用余弦
train-schedule-cosine = 余弦
train-schedule-linear = 线性
train-schedule-constant = 恒定
train-decay = 权重衰减
train-decay-hint = 论文写为 0.05，其程序实际用 0
train-clip = 梯度裁剪
train-clip-hint = 更长的梯度会被缩短到此范数
train-position = 读取位置
train-position-hint = 回答中的哪些词元计入
train-position-mean = 所有词元的均值
train-position-last = 最后一个词元
train-acts-on-hint = 训练和测量时加上向量的词元；随向量一同保存
train-seed-hint = 决定偏好对顺序、符号、字母和系数
train-system-hint = 置于每个提示之前；随向量一同保存。留空表示没有。
train-factors = 系数
train-factors-hint = RePS 训练时使用的倍率：每一步中的每个偏好对随机抽取其一。
train-factors-not-over-zero = 每个系数都必须大于 0
train-weights = 权重
train-weights-stored = 按存储格式
train-weights-full = 解包为 32 位
train-weights-bf16 = 按存储格式，乘积用 bf16
train-weights-hint = 数值相同；解包占用更多内存
train-weights-hint-bf16 = bf16 更快，但有舍入；解包占用更多内存

# compare.rs
train-compare-none = 并排比较两次运行
train-compare-none-note = 改动一项设置，再训练一次，即可在此看到它带来的变化。
train-compare-first = 第一次运行
train-compare-second = 第二次运行
train-compare-loss = 损失（平滑）
train-compare-loss-label = 两次运行各步的平滑损失
train-compare-margin-label = 两次运行各轮的留出对间隔
train-compare-setting = 设置
train-rank-and-alpha = 秩与 alpha
train-rank-and-alpha-value = { $rank } 与 { $alpha }
train-schedule-name-cosine = 余弦
train-schedule-name-linear = 线性
train-schedule-name-constant = 恒定
train-compare-margin-plus = +1 时的留出对间隔
train-compare-margin-minus = −1 时的留出对间隔
train-compare-range = 从 −1 到 +1
train-compare-right-way = 引导正确的未见偏好对
train-compare-time = 训练步用时

# costs.rs
train-costs = 各次运行的开销
train-cost-run = 运行
train-cost-trained = 训练参数量
train-cost-share = 占模型参数
train-cost-preparing = 第一步之前
train-cost-stepping = 训练步
train-held-out-pairs = 留出对
train-cost-total = 合计
train-cost-memory = 内存峰值
train-costs-note = 第一步之前，会先对偏好对编码，并在不加向量的情况下读取一遍。内存指整个程序的占用，包括模型和本窗口；不测量能耗。没有训练步的方法不训练参数，而是从激活中读出同样数量的数值。
train-costs-file = 运行开销
train-costs-export = 导出表格
train-costs-export-file = 文件（CSV）

# curves.rs
train-curve-right-way = 方向正确的偏好对
train-curve-gradient-norm = 梯度范数
train-norm-of-trained = 所训练参数的范数
train-curve-speed = 每秒词元数
train-unit-right-way = 占该步偏好对的比例
train-unit-gradient-norm = 裁剪前的范数
train-unit-norm = 范数
train-unit-rate = 学习率
train-unit-speed = 词元/秒
train-awaited-loss = 每一步的损失将显示在此处，按该批的符号区分。
train-awaited-moved = 每一步的偏好对沿其符号推动的方向移动了多远，将显示在此处。
train-awaited-number = 每一步的一项数值将显示在此处。
train-awaited-margin = 每轮结束后，对留出对的效果将显示在此处。
train-note-step-sign = 第 { $step } 步，d = { $sign }
train-note-epoch = 第 { $epoch } 轮

# epochs.rs
train-epochs-of = { $run } 的各轮
train-epochs-multipliers = 倍率
train-epochs-measure = 测量各轮
train-epochs-note = 每一轮的向量都会保留。越晚不一定越好：请在留出对上测量所有轮次，选取在实际使用的强度下效果最大的一轮。论文作者在 100 轮中手工挑选了第 5、10 和 20 轮。
train-epochs-none = 还没有轮次
train-epochs-none-note = 从运行的第一轮结束起，每轮的向量都会保留。没有训练步的方法没有轮次。
train-epochs-score-after = 得分，单位：
train-epochs-above = 高于未引导的模型
train-epochs-below = 低于未引导的模型
train-epochs-click = 点击单元格以选择该轮。
train-epochs-axis-multiplier = 倍率
train-epochs-chart-label = 各轮、各倍率的留出对得分；具体数值见下表
train-epochs-chosen = 第 { $epoch } 轮，倍率 { $multiplier }
train-epochs-make-of = 用第 { $epoch } 轮生成向量
train-epochs-in-vectors = 在“向量”中
train-epochs-make = 生成向量

# estimate.rs
train-estimate-tight = 只剩 { $memory } 可用：电脑可能会变慢。
train-estimate-extract = 需要 { $memory }。
train-estimate-extract-time = 需要 { $memory }，约 { $time }。
train-estimate-steps = { $count } 步，需要 { $memory }。
train-estimate-steps-time = { $count } 步，需要 { $memory }，约 { $time }。

# export_plan.rs
train-plan = 导出为方案
train-plan-note = 一个包含偏好对和全部设置的文件，任何人都可用它重新训练这个向量：tiller-cli run --plan FILE

# intervention.rs
train-where-it-acts = 作用位置
train-acts-makes-adapter = 设置中的方法训练的是适配器，它作用于每个词元。
train-acts-no-vector = 有了向量之后，可在此设置它的作用方式，并测量它的强度。
train-acts-is-adapter = 当前使用的是适配器：它在每个词元处都加到每个块的权重上，因此没有可选项。
train-acts-counts = { $tokens } 个词元中有 { $steered } 个加上向量，{ $scored } 个计分。
train-acts-in-training = 训练时
train-acts-in-training-hint = 在设置中选择；随向量一同保存
train-acts-preview = 数据集的第一个偏好对及其期望回答，与模型读到的完全一致，包括对话模板和系统提示。
train-acts-underlined = 带下划线
train-acts-underlined-after = 的词元加上向量，
train-acts-shaded = 带底色
train-acts-shaded-after = 的词元计分，特殊词元为灰色。
train-acts-first-scored = 第一个计分的词元
train-acts-vector-heading = 向量今后的作用
train-acts-vector-on-hint = 用于对话和新的扫描
train-acts-op = 作用方式
train-acts-op-hint = 相加：加上倍率乘以向量。投影消除：去掉其方向上的分量。限幅：去掉沿其方向超出上限的部分。
train-acts-add = 相加
train-acts-project-out = 投影消除
train-acts-cap = 投影限幅
train-acts-cap-at = 上限
train-acts-cap-at-hint = 保留的最大投影
train-strength = 强度
train-strength-measure = 测量
train-strength-note = 倍率以向量自身的范数为单位，因此 +1 对每个向量的含义都不同。可以相互比较的是：增加的范数与该层残差流范数之比，以及模型预测的移动幅度（相对未引导模型的 KL，取留出对回答词元上的均值）。
train-strength-added-norm = 增加的范数
train-strength-of-the = 占
train-strength-residual = 残差流的比例
train-strength-kl-unit = ，单位：
train-strength-per-token = /词元

# layer_choice.rs
train-layer-of = { $layer }（0–{ $last }）
train-layers-of = { $count } 层（0–{ $last }）
train-layer-note = 加到此层的输出上。
train-layer-one = 单层
train-layer-several = 多层
train-layer-unknown = “{ $part }”不是 0 至 { $last } 之间的层
train-layer-missing = 请至少给出一层

# layer_effects.rs
train-effects = 层间比较
train-effects-compare = 比较所有层
train-effects-note = 在每一层提取一个向量，以该层残差流范数的 { $share } 加上它，并测量前若干留出对的移动幅度。无需训练。
train-effects-by-layer = （按层）
train-effects-key-added = 加上
train-effects-key-taken-off = 减去
train-effects-added = 加上
train-effects-taken-off = 减去
train-effects-chart-label = 各层的留出对间隔；具体数值见下表
train-effects-best = 第 { $layer } 层对留出对的移动最大：从一个符号到另一个符号相差 { $gap } 奈特。
train-effects-use = 采用
train-effects-numbers = 数值
train-effects-norm = 向量的范数
train-effects-residual = 残差流
train-effects-residual-norm = 范数

# layer_search.rs
train-search-note = 用左侧的设置，把层与学习率的每种组合训练若干步，保留使留出对移动最远的一半，再以两倍步数训练，如此反复（逐次减半）。
train-search-no-layers = 适配器作用于每个块：没有可搜索的层。
train-search-no-steps = 设置中的方法没有可供搜索的训练步。
train-search-rate-not-over-zero = 每个学习率都必须大于 0
train-search-layers-hint = 数字和范围，例如 6, 10-12
train-search-rates = 学习率
train-search-rates-hint = 学习率峰值
train-search-budget = 预算
train-search-budget-hint = 优化器总步数
train-search-use = 采用这两项
train-search-round = 回合
train-search-outcome = 结果
train-search-came-apart = 发散
train-search-goes-on = 晋级
train-search-out = 淘汰
train-search-proposal = 第 { $layer } 层，学习率 { $rate }：{ $count } 步之后，从 −1 到 +1 使留出对移动 { $gap } 奈特。
train-search-proposal-next = 第 { $layer } 层，学习率 { $rate }：{ $count } 步之后，从 −1 到 +1 使留出对移动 { $gap } 奈特，比第 { $next_layer } 层（学习率 { $next_rate }）多 { $more }。

# left_panes.rs
train-pane-new = 新建运行
train-pane-list = 运行（{ $count }）
train-panes = 左侧

# method_choice.rs
train-method-change = 更改
train-method-change-from = 更改方法：现为 { $method }
train-method-trained = 用梯度训练
train-method-extracted = 数秒内提取，无需训练
train-method-bipo = 从两个符号学习同一个方向。质量最好；需要数分钟。
train-method-bipo-both = 同上，但每批同时使用两个符号：噪声更小，用时加倍。
train-method-bipo-uni = 同上，但只用 +1：论文中的消融实验。
train-method-bipo-normed = 基于每词元平均对数概率的 BiPO，使长回答不会压过短回答。
train-method-reps = Wu 等（2025）：无需参考模型；在多种强度下训练，并训练在去掉 v 时产生抑制。
train-method-dpo-lora = Rafailov 等（2023）：不是向量，而是作用于每个块的查询和值的适配器；论文中的对照方法。
train-method-caa = Rimsky 等（2024）：A/B 问题中答案字母处的平均激活差。
train-method-freeform = 回答词元上的平均激活差。
train-method-pca = 与 repeng 相同：最后一个词元处激活差的第一主成分；范数为 1。

# mod.rs
train-left-label = 设置与运行

# overlay.rs
train-run-at-plus = { $run }，+1 时
train-run-at-minus = { $run }，−1 时

# run.rs
train-no-run = 还没有训练运行
train-no-run-note = 一次运行训练一个引导向量。运行期间，损失和对留出对的效果会在此逐步显示。左侧的设置适合作为起点。
train-no-run-start = 用这些设置训练
train-run-extracted = 此方法一遍即可从偏好对的激活中读出向量。它没有训练步，因此没有曲线。
train-loss-label = 按步和符号显示的损失；具体数值见下表
train-d-margin = 训练间隔（两个符号）
train-moved-label = 每一步的偏好对沿 d 推动方向移动的幅度，按符号区分；具体数值见下表
train-margin-label = 倍率为 +1 和 −1 时各轮的留出对间隔；具体数值见下表
train-curve = 曲线
train-other-label = 按步显示的另一项数值；具体数值见下表
train-smoothing = 平滑
train-smoothing-title = 曲线在每一步保留上一个值的比例；最左端表示不平滑
train-raw = 原始值
train-log-axis = 对数轴
train-state-queued = 排队中
train-state-running = 运行中
train-state-paused = 已暂停
train-state-stopped = 已停止，结果保留
train-state-done = 已完成
train-state-failed = 失败
train-steps-of = { $done } / { $total }
train-figure-steps = 步数
train-figure-loss = 最后一步的损失
train-figure-margin = 对未见偏好对的影响（奈特）
train-figure-right-way = 的未见偏好对引导正确
train-figure-norm-weights = 加到权重上的范数
train-figure-norm-weights-share = 加到权重上的范数，为残差流的 { $share }
train-figure-norm = 向量的范数
train-figure-norm-share = 向量的范数，为残差流的 { $share }
train-figure-speed = 每秒词元数
train-figure-left = 剩余时间

# run_list.rs
train-order-newest = 最新的在前
train-order-result = 效果最大的在前
train-order-minutes = 用时最短的在前
train-sort = 排序
train-waiting-title = 点击“训练”可再加一个
train-waiting = 队列中有 { $count } 次运行
train-list-none = 运行及其方法、层、结果和用时将列在此处。
train-overlay-title = 把此次运行的曲线叠加到当前显示的运行上
train-overlay-label = 把 { $run } 叠加到图表上
train-run-name = 运行的名称
train-repeat = 修改后重新训练
train-repeat-title = 用此次运行的设置填写表单
train-delete-title = 删除此次运行及其曲线；其向量保留，按 Ctrl+Z 可恢复
train-what-layer = { $method }，第 { $layers } 层
train-what-layers = { $method }，第 { $layers } 层
train-what-adapter = { $method }，所有层
train-effect = 效果 { $effect } 奈特

# settings_form.rs
train-name-optional = 可选
train-name-placeholder = 由设置生成
train-start = 训练
train-start-extract = 提取
train-missing-set = 有了数据集后，设置就会显示在此处：请在“数据”中导入偏好对。
train-missing-model = 加载模型后，设置就会显示在此处。
train-set-line = { $name }（{ $pairs }）
train-settings-kept = 现有设置已保留。
train-use-set = 采用此数据集的设置
train-use-set-title = 采用针对此数据集测得的默认值
train-start-from = 起始设置
train-preset-small = 小模型：实测默认值
train-preset-paper = Cao 等（2024）：与论文一致，用于 7B
train-settings-of = “{ $run }”的设置

# steerability.rs
train-steerability-measured = 用训练所得向量实测的结果：一致性可以区分数据集。初始数据集的一致性为 0.33、0.40 和 0.68，其向量使留出对移动了 4.1、9.4 和 18.2 奈特。它不能区分层：靠后的层一致性更高，作用却更小。因此层的比较以向量在该层的实际作用为准。
train-verdict-yes = 能：这些偏好对方向一致。预计效果明显。
train-verdict-probably = 很可能：这些偏好对大多方向一致。预计效果容易看出。
train-verdict-weakly = 较弱：这些偏好对只有部分方向一致。预计效果较小，更分明的回答会带来更大的效果。
train-verdict-hardly = 几乎不能：这些偏好对方向不一致。请让每对的两个回答只在目标行为上有所不同。
train-steerability-found = 一致性为 { $agreement }，取 { $layers } 层的均值；{ $count ->
    [0] 没有偏好对与其他对方向相反
   *[other] 有 { $count } 个偏好对与其他对方向相反
}。
train-steerability-found-many = 一致性为 { $agreement }，取 { $layers } 层的均值；至少有 { $count } 个偏好对与其他对方向相反。
train-will-it-steer = 能否引导？
train-steerability-start = 检查偏好对
train-steerability-note = 让模型把训练用的偏好对读取一遍，只需数秒，不作任何训练。各偏好对的激活差方向越一致（一致性），且期望与相反的回答沿其均值方向分得越开（分离度），向量的效果就越大（Braun 等，2025）。
train-agreement = 一致性
train-agreement-what = 与均值差的平均余弦相似度
train-agreement-axis = 平均余弦相似度
train-agreement-label = 各层的一致性；具体数值见表格
train-separation = 分离度
train-separation-what = 沿均值差方向
train-separation-axis = 标准差
train-separation-label = 各层的分离度；具体数值见表格
train-odd-pairs = 较弱或相反的偏好对
train-odd-pair = 偏好对
train-odd-meaning = 含义
train-odd-contrary = 与其他对方向相反：两个回答是否填反了？
train-odd-weak = 几乎没有明确方向
train-numbers-by-layer = 各层数值
train-right-side = 位于正确一侧的偏好对
train-mean-difference-of = 均值差占
train-mean-difference-residual = 残差流的比例
train-no-best-layer = 这些数值并不说明哪一层最好。要了解向量在各层的作用，请在
train-no-best-layer-end = 中比较各层。

# tab.rs
train-tab-run = 运行
train-tab-epochs = 轮次
train-tab-compare = 比较

# tables.rs
train-table-step = 步
train-table-margin-plus = +1 时的间隔
train-table-margin-minus = −1 时的间隔
train-table-right-way = 方向正确
train-table-steps = 各步
train-table-gradient-norm = 梯度范数
train-table-vector-norm = 向量范数

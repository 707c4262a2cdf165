# The Chat screen: conversations, columns, turns, the mixing desk, presets and the drift.

# What several sources say
chat-conversations = 对话
chat-message = 你的消息
chat-count-columns = { $count } 栏
chat-count-turns = { $count } 个轮次
chat-export-named = 导出“{ $name }”
chat-written = 已写入 { $path }。
chat-pair = 加入数据集

# answer.rs
chat-steering-mark = 从这里起：{ $steering }
chat-answer-left-out = 前面有 { $count } 个轮次未读入
chat-answer-steering = 生成时的引导：{ $steering }
chat-answer-waits = 排队中
chat-answer-cut = { $tokens }，到长度上限截断
chat-answer-stopped = { $tokens }，已停止
chat-answer-failed = { $tokens }，失败
chat-answer-given = 并非在此生成

# column.rs
chat-column-label = 栏 { $name }
chat-turns-earlier = 更早的 { $count } 个轮次
chat-turns-later = 更晚的 { $count } 个轮次

# column_head.rs
chat-column-drag = 拖动可移动此栏
chat-column-name-title = { $name }：单击可重命名，Alt+Shift+← 和 → 可移动
chat-column-stop-title = 停止这个回答，保留已生成的文本
chat-column-rename = 栏的名称
chat-column-rename-placeholder = 默认为其引导设置

# column_menu.rs
chat-column-menu = 此栏的菜单
chat-column = 栏
chat-column-duplicate = 复制此栏
chat-column-left = 左移
chat-column-right = 右移
chat-column-stop = 停止此栏的回答
chat-column-close = 关闭此栏
chat-column-close-title = 按 Ctrl+Z 可连同其轮次一起恢复
chat-system-prompt-hint = 从下一个回答起生效。留空则不用。
chat-column-use-in-all = 用于所有栏

# columns.rs. The question is put to the model, and that on board reads English only: it is English in every language.
chat-first-question = What should I do with a free afternoon?
chat-empty-title = 感受向量的作用
chat-empty-plain = 没有向量时，由未引导的模型回答。
chat-empty-start = 在“开始”中制作向量
chat-empty-about = 每条消息会同时发给所有栏，各栏在各自的引导下回答。回答生成时移动调音台上的滑块，看看有什么变化。
chat-empty-ask = 提问“{ $question }”

# composer.rs
chat-leave-out-oldest = 略去最早的轮次
chat-leave-out-oldest-note = 此后模型不再读入这些轮次，它们仍保留在这里。
chat-correcting = 修改你的上一条消息并重新回答。原有内容保留为变体。
chat-correcting-leave = 保持原样
chat-input-placeholder = 对所有栏说点什么
chat-send = 发送
chat-prefill-toggle = 回答的开头
chat-prefill-toggle-title = 由你写出开头，模型接着写下去
chat-input-keys = 按 Enter 发送，按 Shift+Enter 换行，按 ↑ 修改上一条消息
chat-prefill = 每个回答的开头
chat-prefill-placeholder = 每个回答都以此开头…
chat-wait-model = 内存中还没有模型。
chat-wait-sending = 上一条消息正在发送。
chat-wait-growing = 还有 { $count } 个回答正在生成。按 Esc 停止。
chat-wait-deleted-vector = 向量“{ $vector }”已被删除。请将其通道静音或移除。
chat-wait-other-model = “{ $vector }”属于另一个模型，而不是 { $model }。

# conversation_files.rs
chat-format-markdown = 供阅读：逐栏排列。
chat-format-jsonl = 供继续使用：对话消息及其引导。可无损地重新导入。
chat-format-html = 供展示：各栏并排的一个网页。
chat-format = 格式
chat-conversations-imported = 已导入 { $count } 个对话。
chat-import-conversations = 导入对话
chat-import-conversations-note = Tiller 导出的 JSON Lines 文件，或任何像训练数据那样含有“messages”的 JSON Lines 文件。

# conversation_list.rs
chat-conversations-search = 按内容搜索对话
chat-conversation-new = 新建
chat-conversation-new-title = 打开一个新对话
chat-conversations-keys = 方向键移动，Enter 打开，F2 重命名，Delete 删除
chat-conversations-none = 还没有对话。写一条消息即可开始，对话会保存在这里。
chat-conversations-not-found = 没有同时包含这些词的对话。
chat-conversations-count = { $count } 个对话
chat-conversations-shown = { $shown } / { $count } 个对话

# conversation_row.rs
chat-conversation-unnamed = 新对话
chat-conversation-facts = { $day }，{ $columns }，{ $turns }
chat-pinned = 已置顶
chat-conversation-actions = 对“{ $name }”可做的操作
chat-pin = 置顶
chat-unpin = 取消置顶
chat-pin-title = 置顶的对话始终位于列表顶部
chat-conversation-delete-title = 删除；按 Ctrl+Z 可恢复
chat-conversation-rename = 对话的名称
chat-conversation-rename-placeholder = 留空则以开头的文字命名

# correction.rs
chat-turn-text = 新的文本
chat-turn-save-message = 保存并重新回答

# desk_changes.rs
chat-capped = { $name }（限幅，不高于 p{ $percentile }）
chat-kept-over = { $name }（限幅，不低于 p{ $percentile }）
chat-gated = { $name }（带门控）
chat-plain = 0，未引导

# drift.rs
chat-drift-label = 对话的漂移
chat-drift-along = 沿向量
chat-drift-layer = 在此层之后
chat-drift-measure = 测量漂移
chat-drift-measure-title = 将对话完整读取一遍；有回答要生成时，先让回答进行
chat-drift-reads = 正在读取对话…
chat-drift-closed = 已关闭
chat-drift-picture = 第 { $layer } 层之后的投影，第 { $first } 至 { $last } 轮次，取值从 { $low } 到 { $high }
chat-drift-note = 实线：每个回答各词元的均值。虚线：其提示的最后一个词元。两者均由未引导的模型读取对话内容得出，以残差流的单位计。
chat-drift-numbers = 数值
chat-drift-point = 第 { $number } 轮次：{ $value }
chat-drift-turn = 轮次
chat-drift-first-turn = 第 { $number } 轮次

# faults.rs
chat-unread-strip = 调音台通道 { $id } 中有一个字段无法读取。
chat-unread-sampling = 第 { $id } 栏的采样设置中有一个字段无法读取。
chat-unread-screen = 此界面中有一个字段无法读取。

# mixing_desk.rs
chat-desk = 调音台
chat-desk-toggle-title = 显示或隐藏通道（Ctrl+M）
chat-strip-add = 添加向量
chat-strip-add-title = 再添加一个向量，带有自己的滑块
chat-strip-add-none = 此模型的每个向量都已有通道
chat-see = 查看作用
chat-see-cost = 查看作用（多占一行）
chat-see-title = 每批多占一行：从下一个回答起，未引导的模型同步读取
chat-tint-none-title = 回答以 Markdown 显示；不做测量
chat-tint-probability = 概率
chat-tint-probability-title = 引导使每个词元的可能性提高了多少，以奈特计：蓝色表示更可能，橙色表示更不可能
chat-tint-projection = 投影
chat-tint-projection-title = 残差流在第一个通道的向量上的投影，取改动之前的值
chat-acts = 改动从何时起生效
chat-acts-next = 从下一个词元起
chat-acts-next-title = 正在生成的回答从下一个词元起跟随改动
chat-acts-next-note = 改动从下一个词元起生效；提示和之前的词元保持不变。
chat-acts-start = 视同从头开始
chat-acts-start-title = 重新生成每一栏最近的回答；此后每次改动都会重新生成受其引导的回答；之前的回答保留为变体
chat-acts-start-note = 每次改动后会重新生成最近的回答，并且也引导它们的提示。
chat-acts-seed-note = 随机种子保持不变，因此只有引导不同。

# mod.rs
chat-conversation = 对话
chat-list-toggle-title = 显示或隐藏对话列表（Ctrl+B）
chat-stop-all = 全部停止
chat-stop-all-title = 停止所有回答，保留已生成的文本（Esc）
chat-drift = 漂移
chat-drift-title = 逐轮次查看回答在某个向量方向上的位置
chat-column-add = 添加栏
chat-column-add-title = 在旁边再加一种设置，并沿用最后一栏的轮次；最多八栏（Ctrl+Shift+K）

# observed_text.rs
chat-projection-line = 残差流在该向量上的投影，逐词元

# pair_form.rs
chat-pair-side = 此回答是
chat-pair-wanted = 期望的回答
chat-pair-opposite = 相反的回答
chat-pair-other = 另一个回答是
chat-pair-alone = 没有其他栏回答过这条消息。
chat-pair-add = 添加偏好对
chat-pair-added = 已加入“{ $name }”。
chat-pair-draft = 由模型起草
chat-pair-draft-note = 由内存中的模型起草。请在“数据”中接受或拒绝。
chat-pair-drafting = 已加入“{ $name }”。另一个回答正在起草，完成后请在“数据”中决定取舍。

# preset_files.rs
chat-preset-export-note = 一个小的 JSON 文件。它以哈希值指明向量，但不包含向量本身：请将向量作为单独的文件另行分享。
chat-preset-kept = “{ $name }”已保存。
chat-preset-import = 导入预设
chat-preset-import-note = 其中的向量按哈希值在向量库中查找。请先导入缺少的向量。

# presets.rs
chat-presets = 预设
chat-presets-title = 已命名的调音台：包括各栏、通道、采样和系统提示
chat-preset-apply = 将“{ $name }”用于调音台
chat-preset-delete = 删除“{ $name }”
chat-preset-delete-title = 按 Ctrl+Z 可恢复
chat-presets-none = 还没有保存预设。为当前的调音台取一个名称并保存，即可用于其他对话，也可作为文件分享。
chat-preset-keep-desk = 保存此调音台…
chat-preset-replaces = 将替换预设“{ $name }”。
chat-preset-keep = 保存
chat-preset-no-vector = 没有向量
chat-preset-facts = { $columns }：{ $vectors }

# sampling_form.rs
chat-sampling-exact = 精确（贪心）
chat-sampling-exact-meaning = 总是取最可能的词元：结果可重复，扫描也以这种方式回答，但小模型容易陷入循环。
chat-sampling-lively = 多样
chat-sampling-lively-meaning = 在较可能的词元中抽取，并降低重复词元的可能性：回答更自由，随机种子相同则结果相同。
chat-temperature = 温度
chat-temperature-hint = 0 为贪心
chat-top-k = Top-k
chat-top-p = Top-p
chat-min-p = Min-p
chat-zero-is-all = 0 为全部词元
chat-one-is-all = 1 为全部词元
chat-repetition-penalty = 重复惩罚
chat-repetition-penalty-hint = 1 为无惩罚
chat-repetition-window = 重复窗口
chat-repetition-window-hint = 计入的最近词元数
chat-seed-hint = 可重现相同的抽取
chat-longest-answer = 最长回答
chat-longest-answer-hint = 词元数
chat-stop-words = 停止词
chat-stop-words-hint = 每行一个；其中的 \n 表示换行。

# strip.rs
chat-strip-mute-and-solo = 静音与独奏
chat-strip-mute = 静音
chat-strip-mute-title = 暂时不起引导作用
chat-strip-solo = 独奏
chat-strip-solo-title = 只有独奏的通道起引导作用
chat-strip-gate = 门控
chat-strip-gate-on = 门控：开
chat-strip-gate-title = 它起作用的条件
chat-strip-cap = 限幅
chat-strip-cap-at = 限幅：p{ $percentile }
chat-strip-cap-title = 将投影限制在平静文本的某个百分位以内
chat-strip-reset = 重置
chat-strip-reset-title = 恢复为 +1，取消静音和独奏
chat-strip-remove-title = 将向量从调音台移除
chat-strip-deleted = { $name }（已删除）

# strip_columns.rs
chat-factors = 各栏中的系数
chat-factors-title = 从左起，滑块在各栏中的系数；– 表示不起作用
chat-factor = 系数
chat-factors-note = 各栏中与滑块值相乘的系数；不属于某一栏则为 0

# strip_slider.rs
chat-slider-useful = 上次扫描中的有效范围为 { $low } 至 { $high }。按住 Shift 可微调；按住 Ctrl 或获得焦点后可用滚轮调节。
chat-slider-unknown = 还没有扫描得出有效范围。按住 Shift 可微调；按住 Ctrl 或获得焦点后可用滚轮调节。

# token_panel.rs
chat-token-numbers = 引导后 { $steered }（{ $steered_nats } 奈特），未引导 { $plain }（{ $plain_nats } 奈特）：{ $gain } 奈特
chat-token-projection = 投影 { $value }
chat-likeliest-steered = 引导后
chat-likeliest-plain = 未引导

# turn.rs
chat-variants = 变体
chat-variant-previous = 上一个变体
chat-variant-next = 下一个变体

# turn_actions.rs
chat-turn-actions = 操作
chat-turn-menu = 更多操作
chat-turn-continue = 续写
chat-turn-continue-title = 从结束处继续（G）
chat-turn-again = 重新生成
chat-turn-again-title = 换一个随机种子再生成一个回答；保留这一个（R）
chat-turn-again-same = 精确采样：只要引导和本栏的设置都没有改变，再次生成的回答就完全相同
chat-turn-edit = 编辑
chat-turn-edit-title = 修改文本；保留这一个（E）
chat-turn-copy-title = 复制文本（C）
chat-turn-follow = 以此为准继续
chat-turn-follow-title = 其他栏都接着这个回答继续；它们自己的回答保留为变体（F）
chat-turn-branch = 分支
chat-turn-branch-title = 新建一个对话，包含到此为止的全部内容（B）
chat-turn-pair-title = 由此回答与另一栏的回答或起草的回答组成偏好对（A）
chat-turn-sweep = 作为扫描点打开
chat-turn-sweep-title = 打开“扫描”界面，并填入引导此回答的设置；不会启动任何任务（S）
chat-turn-preset = 制作预设
chat-turn-preset-title = 用引导此回答的设置、其系统提示和采样制作一个预设（P）
chat-turn-delete-title = 删除此轮次及其后的全部内容；按 Ctrl+Z 可恢复（Delete）

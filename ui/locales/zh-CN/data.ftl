# Data: the pairs of a data set, their editor, drafts, check, splits and versions.

# bulk_edit.rs
data-selected = 已选择 { $count } 对
data-selected-help = Ctrl+单击可选入或移出一对，Shift+单击可一直选到该对，Ctrl+A 选择列出的所有对。拖动其中一对即可移动全部。以下每项操作都是一步，可以撤销。
data-many-tag = 标签
data-many-untag = 从所选对中移除标签
data-many-untag-choice = 移除标签…
data-many-use = 用于
data-train = 训练
data-many-pin = 固定
data-many-pin-title = 重新划分数据集时，它们留在原处
data-many-unpin = 取消固定
data-many-order = 顺序
data-many-up = 上移
data-many-down = 下移
data-many-swap = 交换回答
data-many-swap-title = 交换期望的回答与相反的回答
data-duplicate = 创建副本
data-many-delete = 删除 { $count } 对
data-many-delete-title = 撤销即可恢复
data-many-none = 取消选择
data-many-none-title = 在列表中按 Escape

# choice_view.rs
data-choice-title = 以选择题形式查看
data-choice-help = 对比激活添加（CAA）把两个回答都列在问题下方，并比较模型在各自选项字母处的激活。字母由随机种子抽取，因此字母本身的影响会相互抵消；使用此种子的运行所训练的正是这段文本。
data-choice-seed-hint = 决定哪个回答是 (A)
data-choice-none = 在列表中打开一对，即可以选择题形式查看。
data-choice-letters = 期望：({ $wanted }) · 相反：({ $opposite })
data-choice-all = 此数据集的所有对
data-choice-make = 生成选择题数据集
data-choice-make-title = 提示变为选择题，回答变为字母
data-choice-unmake = 将选择题还原为偏好对
data-choice-unmake-title = 每个字母后的文本变为回答
data-choice-stays = 此数据集保持不变。
data-choice-written = 已写入 { $count } 道选择题。
data-choice-path = 以 CAA 的 JSON 格式
data-choice-replace = 替换文件

# drafts/card.rs
data-draft-empty = 尚未起草
data-draft-of-pair = 将更改为其起草的那一对
data-draft-reject = 舍弃
data-draft-accept = 采纳

# drafts/draft_list.rs
data-count-drafts = { $count } 份草稿

# drafts/endpoint.rs
data-endpoint-to-nowhere = 请输入提供 OpenAI 对话补全接口（chat completions）的服务器地址。
data-endpoint-to-here = 问题和系统提示将发送到本机上的 { $address }。
data-endpoint-to-plain = 问题和系统提示将离开本机，未经加密发送到 { $address }。
data-endpoint-to-elsewhere = 问题和系统提示将离开本机，发送到 { $address }。
data-endpoint-reply = 它回答：{ $text }
data-endpoint-key-in-keyring = 密钥保存在系统密钥环中。
data-endpoint-key-in-memory = 密钥保存在内存中，Tiller 退出后即清除：此系统没有密钥环。
data-endpoint-key-nowhere = 未保存；本地服务器不需要密钥
data-endpoint-address = 地址
data-endpoint-address-hint = 通常以 /v1 结尾
data-endpoint-model-hint = 服务器上的模型名称
data-endpoint-key = 密钥
data-endpoint-keep = 保存
data-endpoint-forget = 清除…
data-endpoint-forget-lost = 密钥将被删除。
data-endpoint-forget-sure = 清除
data-endpoint-at-once = 并发数
data-endpoint-at-once-hint = 同时进行的请求数
data-endpoint-try = 测试
data-endpoint-try-title = 向该地址发送一个简短的问题

# drafts/form.rs
data-draft-questions-task = 由问题生成偏好对
data-draft-open-task = 当前对的相反回答
data-draft-without-task = 缺失的相反回答
data-draft-start-pairs = 起草 { $count } 对
data-draft-start-open = 起草相反的回答
data-draft-start-without = 起草缺失的相反回答
data-draft-no-model = 请先在“模型”中加载一个模型。
data-draft-here = 由 { $model } 在本机起草；任何内容都不会离开本机。
data-draft-what = 起草内容
data-draft-behaviour-hint = 期望的回答所体现的行为
data-draft-behaviour-example = 把财富看得高于一切
data-draft-questions = 问题
data-draft-questions-hint = 每行一个
data-count-questions = { $count } 个问题
data-draft-more = 提示与采样
data-draft-wanted-prompt = 用于期望的回答
data-draft-opposite-prompt = 用于相反的回答
data-draft-prompt-hint = 给模型的指示
data-draft-tokens = 最大词元数
data-draft-tokens-hint = 被截断的回答保留到最后一个完整的句子
data-draft-temperature = 温度
data-draft-temperature-hint = 0 表示总取最可能的词
data-draft-seed-hint = 相同的随机种子得到相同的回答
data-draft-who = 由谁起草
data-draft-by-model = 已加载的模型
data-draft-by-endpoint = 接口

# drafts/mod.rs
data-drafts-none = 用模型生成偏好对
data-drafts-to-decide = { $count } 份草稿待决定
data-drafts-ready = { $count } 份草稿 · { $ready } 份就绪
data-drafts-missing = { $number } 份草稿不完整。
data-drafts-go-on = 继续
data-drafts-go-on-title = 起草缺失的部分；已有的保持不变
data-drafts-reject-all = 全部舍弃
data-drafts-accept = 采纳 { $count } 份就绪草稿
data-drafts-accept-title = 作为一步编辑：撤销后它们会变回草稿

# earlier_turns.rs
data-system-hint = 仅用于此对；留空表示没有
data-system-remove-title = 使用运行的系统提示
data-turns = 先前轮次
data-turns-hint = 提示之前说过的内容
data-turn-role-title = 由谁所说；单击可更改
data-turn-user = 用户
data-turn-assistant = 助手
data-turn = 先前轮次 { $number }
data-turn-remove = 移除此轮
data-system-add = + 系统提示
data-system-add-title = 仅用于此对的系统提示
data-turn-add = + 先前轮次
data-turn-add-title = 提示之前说过的内容

# editor.rs
data-no-pair-title = 偏好对
data-no-pair = 每个偏好对由一个提示和两个回答组成：一个体现目标行为，另一个体现其反面。引导向量由二者的差异训练得到。
data-open-first = 打开第一对
data-prompt-hint = 用户对模型说的话
data-wanted-hint = 体现目标行为
data-opposite-hint = 体现相反行为
data-pair-place = 第 { $at } 对，共 { $all } 对
data-pair-outside = 此对不在筛选结果中
data-saved = 已保存
data-saving = 正在保存
data-not-saved = 未保存
data-previous = 上一对
data-previous-title = 上一对（Alt+↑）
data-next = 下一对
data-next-title = 下一对（Alt+↓）；Ctrl+Enter 确认并转到下一对
data-undone = 已撤销：{ $title }
data-redone = 已重做：{ $title }
data-undo-title = 撤销（Ctrl+Z）
data-redo-title = 重做（Ctrl+Shift+Z）
data-use = 此对的用途
data-pinned = 固定
data-pinned-title = 重新划分数据集时留在原处
data-swap = 交换
data-swap-title = 交换期望的回答与相反的回答（Ctrl+Shift+X）
data-delete-title = 撤销即可恢复
data-too-long = 过长：共 { $longest } 个词元，而模型最多读取 { $limit } 个。请缩短。

# marks.rs
data-mark-empty = 不完整
data-mark-empty-why = 缺少提示或回答
data-mark-empty-short = 不完整
data-mark-same = 回答相同
data-mark-same-why = 两个回答内容相同
data-mark-same-short = 回答相同
data-mark-duplicate = 重复
data-mark-duplicate-why = 另有一对内容相同
data-mark-duplicate-short = 重复
data-mark-long = 过长
data-mark-long-why = 模型无法完整读取
data-mark-long-short = 过长
data-mark-unbalanced = 长度悬殊
data-mark-unbalanced-why = 一个回答的长度超过另一个的两倍
data-mark-unbalanced-short = 长度悬殊
data-mark-untagged = 无标签
data-mark-untagged-why = 没有标签
data-mark-untagged-short = 无标签

# mod.rs
data-the-pair = 当前对

# pair_list.rs
data-split-open = 划分…
data-split-open-title = 指定留出哪些对
data-versions-open = 版本…
data-versions-open-title = 运行和扫描用过的版本
data-set-menu = 重命名、复制、删除或新建数据集
data-only-found = 仅列出检查发现的对：{ $count } 对
data-show-all = 显示所有对
data-import-title = Ctrl+I，或用 Ctrl+V 粘贴表格
data-add = 添加一对
data-filter-any = 不限
data-filter-marks = 需要查看
data-filter-tags = 带有标签
data-search-title = 在所有文本中搜索（Ctrl+F 或 /）
data-search-label = 搜索偏好对
data-filter-split = 按划分筛选
data-all = 全部
data-filter-mark = 按标签或标记筛选
data-counts = { $all } 对 · 训练 { $train } · 留出 { $held_out }
data-counting = { $counts } · 正在统计词元：{ $percent }

# quality/finding.rs
data-weight-problem = 问题
data-weight-warning = 警告
data-weight-note = 说明
data-repair-title = 作为一步编辑：可以撤销
data-finding-list = 列出
data-finding-list-title = 在左侧仅列出这些对，以便选择和修改
data-finding-hide = 隐藏这些对
data-finding-show = 显示 { $count } 对
data-pair = 偏好对
data-finding-shows = 发现内容
data-and-more = 另有 { $number } 项
data-open-pair = 打开此对
data-no-prompt = （无提示）
data-repair-duplicates = 删除重复的对
data-repair-delete = 删除这些对
data-repair-leaked = 移到训练划分
data-repair-trim = 去除首尾空白
data-repair-letters = 均衡选项字母
data-repair-swap = 全部交换

# quality/histogram.rs
data-histogram-line = 偏好对数量
data-histogram-odds = 期望回答的对数几率（奈特）

# quality/margins.rs
data-margins-all = 所有对
data-margins-title = 模型在没有向量时的偏好
data-margins-help = 期望回答相对于相反回答的对数几率，按词元求和。低于 0 表示模型偏好相反的回答；值得引导的行为往往从那里开始。
data-margins-chart = 各对数几率区间内偏好对的数量；具体数值见下表
data-margins-from = 从
data-margins-to = 到（奈特）
data-margins-bin-title = 显示这些对
data-margins-most = 测量多少对
data-margins-measure = 测量
data-margins-under-way = 进度见下方的任务条。
data-margins-with = 使用 { $model }；先前的测量结果会保留
data-margins-bin = { $from } 到 { $to } 之间的对
data-margins-per-token = 每词元
data-margins-summary = 已测量 { $count } 对 · 中位数 { $middle } 奈特 · { $against } 偏好相反的回答

# quality/mod.rs
data-check-under-way = 正在检查所有对
data-check-none = 数据集检查
data-check-busy = 正在检查
data-check-empty = 此数据集还没有偏好对。请先添加或导入，然后在此检查。
data-check-sound = 未发现异常：没有重复，划分之间没有泄漏，开头用词和长度中也没有捷径。
data-check-problems = { $count } 个问题
data-check-warnings = { $count } 条警告
data-check-notes = { $count } 条说明

# rows.rs
data-row-held-out = 留出
data-row-wanted = 期望
data-row-opposite = 相反
data-row-system = 系统
data-row-turn = 轮次
data-row-note = 备注
data-list-import = 导入偏好对
data-list-no-set = 没有数据集
data-list-no-set-help = 请从文件导入偏好对，或在上方新建一个空数据集。
data-list-reading = 正在读取偏好对。
data-list-not-found = 没有符合条件的对
data-list-not-found-help = 没有同时符合这些词、这一划分以及这一标记或标签的对。
data-list-empty = 还没有偏好对
data-list-empty-help = 请编写第一对、导入文件，或用 Ctrl+V 粘贴表格。

# saving.rs
data-deleted-tag = 标签“{ $tag }”

# save_failure.rs
data-unsaved-elsewhere = 在另一对中输入的内容会保留在此，直到保存成功。
data-save-again = 再次保存

# split_sheet.rs
data-split-sheet = 划分数据集
data-split-title = 划分“{ $name }”
data-split-help = 留出对只用于测量。提示相同的对始终在同一划分中。
data-split-share = 留出比例（%）
data-split-seed-hint = 换一个随机种子会留出不同的对
data-split-by-tag = 每个标签留出相同的比例
data-split-keep-pinned = 固定的对留在原处（{ $count }）
data-split-changes-none = 所有对都留在原处。
data-split-changes = { $number } 对将换到另一划分。
data-split-do = 划分
data-split-no-tag = 无标签
data-split-torn = { $count } 个提示会同时留在两个划分中，因为它们的对在两边都有固定。

# tags_and_note.rs
data-tag-remove = 移除标签 { $tag }
data-tag-add = 添加标签
data-note-hint = 私人

# token_view.rs
data-tokens-no-model = 请在“模型”中加载一个模型，以查看其词元。
data-tokens-reading = 正在读取词元。
data-tokens-hide = 隐藏词元
data-tokens-show = 显示词元
data-tokens-legend = 两个序列的长度分别为 { $wanted }和 { $opposite }；模型最多读取 { $limit } 个。带边框的是模型自身的标记词元。回答中的每个词元都会计分：从带下划线的第一个直到结束词元。
data-token-first = { $id } · 第一个计分词元
data-token-end = { $id } · 轮次结束

# version_uses.rs
data-uses-named = 保存为{ $names }
data-uses-runs = 用于训练运行{ $names }
data-uses-vectors = 用于训练向量{ $names }
data-uses-sweeps = 用于扫描{ $names }
data-uses-name = “{ $name }”
data-uses-all = { $first }；{ $second }

# version_view.rs
data-version-back = ← 版本
data-version-held-out-only = 扫描只使用留出对：此版本已知的就只有这些。
data-version-shown = 显示内容
data-version-differences = 与当前的差异
data-version-pairs = 所有对
data-version-restore-help = 恢复此版本是一步，可以撤销；只在当前存在的对会被删除。
data-version-as-new = 作为新数据集打开
data-version-put-back = 恢复此版本
data-version-no-difference = 全部 { $number } 对与当前内容相同。
data-version-difference = { $same } 对相同 · 此后更改 { $changed } 对 · 此后添加 { $added } 对 · 此后删除 { $removed } 对
data-version-then = 当时
data-version-now = 现在
data-version-changed = 已更改
data-version-deleted = 已删除
data-version-added = 已添加
data-version-prompt = 提示
data-version-wanted = 期望
data-version-opposite = 相反
data-version-system = 系统提示
data-version-turns = 先前轮次
data-version-tags = 标签
data-version-note = 备注
data-version-split = 划分
data-version-held-out = 留出
data-version-train = 训练
data-version-pinned = { $split }，固定
data-version-page = 第 { $from }–{ $to } 对，共 { $all } 对
data-version-page-before = 上一页
data-version-page-next = 下一页

# versions_sheet.rs
data-versions-reading = 正在读取版本。
data-versions-none = 还没有版本。每次训练运行和每次扫描都会保存其所用的确切的对；它们将列在这里。
data-versions = 数据集的版本
data-versions-title = “{ $name }”的版本
data-versions-name = 版本名称
data-versions-name-example = 名称，例如：清理之前
data-versions-keep = 保存当前的偏好对
data-versions-held-out = { $number } 对留出
data-versions-as-now = 与当前相同
data-versions-when = 时间
data-versions-counts = 训练 + 留出
data-versions-seen-by = 使用者
data-versions-hash = 哈希

# view_tabs.rs
data-view-pair = 偏好对
data-view-check = 检查
data-view-drafts = 草稿
data-view-choice = A/B 选择题
data-views = 列表旁显示的内容

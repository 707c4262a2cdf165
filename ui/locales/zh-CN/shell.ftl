# 界面之外的窗口部分：各栏、覆盖在任意界面之上的面板，以及窗口自身的消息。

# shell/mod.rs
shell-opening = Tiller 正在打开存储。

# actions.rs
shell-screen-start = 开始
shell-screen-data = 数据
shell-screen-train = 训练
shell-screen-sweep = 扫描
shell-screen-chat = 对话
shell-screen-vectors = 向量
shell-screen-models = 模型

# shell/side_bar.rs
shell-screens = 界面
shell-help = 帮助
shell-settings = 设置
shell-theme-light-name = 浅色主题
shell-theme-dark-name = 深色主题
shell-theme-auto-name = 自动：跟随桌面主题
shell-theme-auto = 自动

# shell/top_bar.rs
shell-no-model = 没有模型
shell-model-queued = { $name } · 等另一模型的任务完成
shell-model-unloaded = { $name } · 未加载
shell-model-waits = { $name } · 等待另一模型
shell-model-loading = { $name } · 正在加载 { $share }
shell-model-failed = { $name } · 无法使用
shell-queue-open = 显示正在运行和排队的任务
shell-count-jobs = { $count } 个任务
shell-all-models = 所有模型…
shell-download-model = 下载…

# shell/project_menu.rs
shell-projects = 项目
shell-project-new = 新建…
shell-project-rename = 重命名…
shell-project-duplicate = 复制

# shell/project_sheets.rs
shell-new-project = 新建项目
shell-new-project-do = 新建
shell-new-project-note = 每个项目有自己的数据集、运行、向量、扫描和对话。模型为所有项目共有。
shell-export-project = 导出“{ $name }”
shell-export-project-note = 一个文件包含项目的全部内容：数据及其历史、运行、向量、扫描和对话。其中只写明模型的名称，不含模型本身，也不含任何密钥、地址或路径。
shell-import-project = 导入项目
shell-import-project-note = 可以把 .tiller 文件导入为独立的项目，也可以并入已有的项目：两者共有的内容只保留一份。存储之前会先显示文件的内容。
shell-import-look = 查看内容
shell-import-written-by = 由 Tiller { $version } 写出。内容 { $hash }。
shell-import-how = 导入为新项目，还是并入已有的项目？
shell-import-new = 导入为新项目
shell-import-merge = 并入
shell-import-target = 要并入的项目
shell-project-imported = 已导入“{ $name }”。
shell-project-count = { $what } { $number }
shell-project-empty = 项目为空。
shell-project-empty-of = 项目为空。所用的模型：{ $models }。
shell-project-holds = 包含：{ $counts }。
shell-project-holds-of = 包含：{ $counts }。所用的模型：{ $models }。
shell-merged-nothing = 其中的内容此前都已存在。
shell-merged-continued = 已延续原有的内容：{ $number } 项。
shell-merged-added = 已添加：{ $added }。
shell-merged-both = 已添加：{ $added }；已延续原有的内容：{ $number } 项。

# crates/store/src/project_file/tables.rs：项目文件的内容
said-table-data-sets = 数据集
said-table-pairs = 偏好对
said-table-runs = 运行
said-table-vectors = 向量
said-table-sweeps = 扫描
said-table-sweep-points = 扫描的点
said-table-conversations = 对话
said-table-turns = 对话的轮次
said-table-analyses = 分析
said-table-presets = 预设
said-table-transfers = 迁移
said-table-drafts = 草稿批次

# state/projects.rs
shell-project-made = 已新建“{ $name }”。

# state/closing.rs
shell-closing-unsaved = 你最后输入的内容尚未保存，因此窗口没有关闭。再次关闭即放弃这些内容并退出。

# shell/job_strip.rs
shell-no-job = 没有任务在运行。
shell-progress = 进度
shell-stop-job = 结束任务并保留已有的结果
shell-job-of = { $project }：{ $job }

# shell/queue_sheet.rs
shell-queue = 队列
shell-queue-empty = 没有任务在运行或排队。训练、扫描、分析和下载在结束之前都列在这里。
shell-queue-up = 上移 { $job }
shell-queue-down = 下移 { $job }
shell-queue-earlier = 提前运行
shell-queue-later = 推后运行
shell-queue-go = 前往

# shell/notice.rs
shell-notice-trained = “{ $name }”训练完成。
shell-notice-measured = “{ $name }”测量完成。
shell-notice-text = 可在 Tiller 中查看结果。
shell-notice-read = 查看

# shell/other_engine.rs
shell-other-engine = { $program }（进程 { $pid }）正在运行引擎。本窗口通过它工作，并在它结束后接管引擎。

# shell/repair.rs
shell-repair-copy = 恢复 { $date } 的副本（{ $size }）
shell-repair-as-it-is = 放弃最后的更改并继续
shell-repair-anew = 从空数据开始
shell-repair-note = 现有的内容会保留在数据文件夹的“damaged”文件夹中。

# shell/report_sheet.rs
shell-report = 报告
shell-report-note = 这就是要复制或保存的全部内容。其中没有提示、回答，也没有你起的名称，并且不会发送任何内容。
shell-report-reading = 正在读取…
shell-report-copy = 复制诊断信息
shell-report-save = 保存报告
shell-report-saved = 已保存。

# shell/settings/mod.rs
shell-version = Tiller { $version }。未经你的要求，任何内容都不会离开本机。

# shell/settings/looks.rs
shell-settings-looks = 外观
shell-language = 语言
shell-language-system = 跟随系统
shell-language-english = English
shell-language-chinese = 简体中文
shell-theme = 主题
shell-theme-system = 跟随系统
shell-theme-light = 浅色
shell-theme-dark = 深色
shell-zoom = 缩放

# shell/settings/fonts.rs
shell-typeface = 字体
shell-typeface-bundled = Inter
shell-typeface-system = 跟随系统
shell-typeface-note = Inter 随 Tiller 提供。图表在窗口和文件中始终使用它。
shell-texts = 偏好对和回答
shell-texts-note = 适用于阅读和编写提示、回答、系统提示与评分标准的各处。列表中的行不改变大小。
shell-texts-typeface = 偏好对和回答的字体
shell-texts-window = 与窗口相同
shell-texts-system = 系统无衬线体
shell-texts-serif = 衬线体
shell-texts-monospace = 等宽体
shell-texts-size = 偏好对和回答相对于其余文字的大小

# shell/settings/work.rs
shell-settings-work = 任务
shell-notifications = 通知
shell-notifications-on = 开
shell-notifications-off = 关
shell-notifications-note = 窗口不在前台时，由桌面通知训练运行或扫描已结束。
shell-memory = 内存
shell-memory-free = 全部可用内存
shell-memory-most = 最多 { $size }
shell-memory-note = Tiller 连同模型和任务可占用的内存。加载和训练若会超出，在开始前即被拒绝。
shell-threads = 线程
shell-threads-all = 全部 { $count } 个
shell-threads-note = 引擎使用的处理器线程数。无论多少，结果都相同。
shell-threads-next = 在 Tiller 下次启动之前，引擎使用 { $count } 个线程。无论多少，结果都相同。

# shell/settings/chat.rs
shell-chat-preset = 新对话
shell-chat-note = 已有的对话保持不变。

# shell/settings/keys.rs
shell-settings-keys = 密钥
shell-key-hub = Hub 令牌
shell-key-hub-note = 用于 { $host }。在下载模型处输入。
shell-key-endpoint = 接口密钥
shell-key-endpoint-unused = 尚未使用过接口。
shell-key-endpoint-none = 未保存。本地服务器不需要密钥。
shell-key-endpoint-note = 用于 { $address }。在选择接口处输入。

# shell/settings/machine.rs
shell-settings-machine = 本机
shell-folder-data = 数据文件夹
shell-folder-data-note = 若要改用其他文件夹，请将环境变量 TILLER_DATA_DIR 设为该文件夹，再启动 Tiller。
shell-folder-logs = 日志文件夹
shell-folder-logs-note = 保留一周内各项工作的开始与结束，不含你的文本。设置 TILLER_LOG=debug 可在终端输出更多内容。
shell-diagnostics = 诊断
shell-diagnostics-open = 复制或保存报告…

# shell/undo_toast.rs
shell-toast-deleted = 已删除：{ $title }。
shell-toast-applied = 已应用“{ $name }”。
shell-toast-put-back = 已恢复：{ $title }。
shell-deleted-column = 栏“{ $name }”
shell-deleted-strip = “{ $name }”的通道
shell-replaced-desk = 应用“{ $name }”之前的调音台
shell-toast-close = 关闭此消息
shell-toast-still = 仍可用 Ctrl+Z 恢复

# shell/glossary_sheet.rs
shell-glossary = 术语表
shell-glossary-search = 搜索术语表
shell-glossary-terms = 术语
shell-glossary-nothing = 没有术语包含这些词。

# shell/help_sheet.rs
shell-help-placeholder = 搜索命令和术语
shell-help-search = 搜索帮助
shell-help-list = 命令和术语
shell-help-everywhere = 所有界面的命令
shell-help-on-data = “数据”界面的命令
shell-help-on-chat = “对话”界面的命令
shell-help-on-charts = 图表获得焦点时的按键
shell-help-nothing = 没有命令或术语包含这些词。

# shell/palette
shell-palette = 命令和内容
shell-palette-placeholder = 查找命令、数据集、偏好对、向量、运行、扫描、模型、设置或术语……
shell-palette-found = 找到的内容
shell-palette-nothing = 没有内容包含这些词。
shell-palette-keys-choose = 选择，
shell-palette-keys-run = 运行或显示，
shell-palette-keys-close = 关闭
shell-palette-train = 按“训练”界面的设置训练
shell-palette-sweep = 按“扫描”界面的设置扫描
shell-kind-run = 运行
shell-kind-conversation = 对话
shell-kind-preset = 预设
shell-kind-job = 任务
shell-kind-project = 项目
shell-kind-pair = 偏好对
shell-palette-run = { $method }，{ $date }
shell-palette-vector = { $made }，层 { $layers }
shell-palette-pair = { $name }，第 { $number } 对

# shell/palette/acts.rs
shell-palette-rename-data-set = 重命名数据集 { $name }
shell-palette-duplicate-data-set = 创建数据集 { $name } 的副本
shell-palette-export-data-set = 导出 { $name } 的偏好对
shell-palette-split-data-set = 划分数据集 { $name }
shell-palette-versions-data-set = 数据集 { $name } 的版本
shell-palette-delete-data-set = 删除数据集 { $name }
shell-palette-rename-run = 重命名运行 { $name }
shell-palette-overlay-run = 将 { $name } 的曲线叠加到当前显示的运行上
shell-palette-take-off-run = 从当前显示的运行上移除 { $name } 的曲线
shell-palette-compare-run = 将当前显示的运行与 { $name } 比较
shell-palette-repeat-run = 修改后再次运行：{ $name }
shell-palette-export-run = 将运行 { $name } 导出为计划
shell-palette-delete-run = 删除运行 { $name }
shell-palette-rename-sweep = 重命名扫描 { $name }
shell-palette-overlay-sweep = 将 { $name } 叠加到当前显示的扫描上
shell-palette-take-off-sweep = 从当前显示的扫描上移除 { $name }
shell-palette-duplicate-sweep = 复制 { $name } 的设置
shell-palette-go-on-sweep = 继续扫描 { $name }
shell-palette-repeat-sweep = 再次运行扫描 { $name }
shell-palette-rate-sweep = 为 { $name } 的回答评分
shell-palette-export-sweep = 导出扫描 { $name }
shell-palette-delete-sweep = 删除扫描 { $name }
shell-palette-rename-vector = 重命名向量 { $name }
shell-palette-use-vector = 在“对话”和“扫描”中使用向量 { $name }
shell-palette-sweep-vector = 扫描向量 { $name }
shell-palette-chat-with = 用向量 { $name } 对话
shell-palette-add-vector = 将 { $name } 添加到调音台
shell-palette-export-vector = 导出向量 { $name }
shell-palette-passport = 导出 { $name } 的护照
shell-palette-bake = 将 { $name } 烘入模型
shell-palette-distil = 将 { $name } 蒸馏为适配器
shell-palette-hand-over = 将 { $name } 交付给其他程序
shell-palette-publish = 将 { $name } 发布到 Hub
shell-palette-delete-vector = 删除向量 { $name }
shell-palette-load-model = 加载 { $name }
shell-palette-stop-loading-model = 停止加载 { $name }
shell-palette-unload-model = 卸载 { $name }
shell-palette-remove-model = 从列表中移除 { $name }
shell-palette-rename-conversation = 重命名对话 { $name }
shell-palette-pin-conversation = 置顶对话 { $name }
shell-palette-unpin-conversation = 取消置顶对话 { $name }
shell-palette-export-conversation = 导出对话 { $name }
shell-palette-delete-conversation = 删除对话 { $name }
shell-palette-delete-preset = 删除预设 { $name }
shell-palette-pause-job = 暂停：{ $name }
shell-palette-resume-job = 继续：{ $name }
shell-palette-stop-job = 停止并保留已有结果：{ $name }

# The Models screen: the list, a model's details, and the sheets that add and download models.

# add_sheet.rs
models-add-label = 添加模型
models-add-title = 添加本机上的模型
models-add-path = 文件或文件夹
models-add-choose-file = 选择文件…
models-add-choose-folder = 选择文件夹…
models-add-note = GGUF 文件，或含有 config.json 和 safetensors 的文件夹。文件会留在原处。下面有多个模型的文件夹可以搜索。也可以把模型拖放到窗口上。
models-add-search = 搜索文件夹
models-add-do = 添加
models-scan-running = 正在搜索 { $path }：已查看 { $count } 个文件，{ $added } 个是新的，{ $known } 个已在列表中，{ $refused } 个无法使用。
models-scan-done = 已搜索 { $path }：查看了 { $count } 个文件，{ $added } 个是新的，{ $known } 个已在列表中，{ $refused } 个无法使用。
models-scan-refused = 无法使用的原因

# catalogue.rs
models-find-weights = { $count } 个参数
models-find-download = 下载 { $name }

# chat_template.rs
models-template = 对话模板
models-template-own = 对话模板：自定义
models-template-built-in = 对话模板：Tiller 为 { $name } 提供；文件没有
models-template-nowhere = 对话模板：文件没有
models-template-of-file = 对话模板：文件自带
models-template-read-before = 模型用先前的模板读到的内容
models-template-reads = 模型读到的内容
models-template-folds = 此模板没有系统消息：系统消息放在第一个问题之前。
models-template-none = 模型的文件不带对话模板。请选用训练它时所用的模板：基础模型训练时不用模板，试用时选哪个都可以。
models-template-try = 试一试
models-template-use = 使用
models-template-reset = 使用文件自带的
models-template-note = 换了模板，就等于换了一个模型：用旧模板开始的运行和扫描不会与新模板的混在一起。
models-template-begin = 起始模板
models-template-begin-here = 当前模板

# column.rs
models-family = 系列
models-size = 大小
models-layers = 层数
models-width = 宽度
models-stored-as = 存储格式
models-to-train = 训练所需
models-state = 状态

# details.rs
models-origin-starter = 随 Tiller 附带
models-origin-file = 你的文件：留在原处
models-origin-hub = { $repository }（{ $commit }），在 Hub 的缓存中
models-load = 加载
models-stop-loading = 停止加载
models-unload = 卸载
models-weights-in-memory = 内存中的权重
models-precision-differs = 内存中仍是“{ $precision }”；任务完成后请重新加载。
models-precision-stored-note = 与文件的存储格式相同：内存最少，回答最快
models-precision-q8-note = 以 16 或 32 位存储的权重舍入到 8 位：内存是 BF16 的一半
models-precision-f32-note = 每个权重四个字节：训练快百分之几
models-only-device = { $device }，此构建的 Tiller 只能使用这一个设备
models-folder = 文件夹
models-device = 设备
models-path = 路径
models-no-fingerprint = 首次加载时计算
models-weights = 权重
models-weights-stored = { $parameters }，以 { $format } 存储，共 { $size }
models-blocks = { $blocks } 块，从 0 到 { $last }
models-numbers = { $size } 维
models-heads = 注意力头
models-heads-own = { $heads } 个，每个 { $size } 维
models-heads-shared = { $heads } 个查询头，{ $shared } 个键/值头（GQA），每个 { $size } 维
models-vocabulary = 词表
models-tokens = { $tokens } 个词元
models-reads-at-most = 最多读取
models-remove = 移除…
models-remove-note = 用它得到的向量会保留。
models-remove-file-note = 用它得到的向量会保留。删除的文件无法恢复：此操作不能撤销。
models-remove-from-list = 从列表中移除
models-delete-file = 删除文件（{ $size }）

# download_sheet.rs
models-download-contacts = Tiller 会连接 { $host } 获取列表和文件，并告诉它模型的名称。除此之外，没有任何内容离开本机。
models-download-title = 下载模型
models-download-address-hint = 组织/名称，或其页面的地址
models-download-asking = 正在查询…
models-download-list = 显示文件
models-download-do = 下载
models-download-choice-files = { $count } 个文件：{ $names }
models-download-here = 已在本机
models-download-at = 版本 { $revision }（{ $commit }）
models-download-unusable = 此仓库没有 GGUF 文件，也没有带 config.json 的 safetensors：Tiller 无法加载。
models-download-files = 文件
models-download-all = 全部 { $count } 个文件
models-download-nothing = 没有需要下载的内容
models-download-fetch = 需要下载 { $size }
models-download-goes = { $fetch }。存放在各程序共用的缓存中：{ $cache }
models-download-goes-free = { $fetch }。存放在各程序共用的缓存中，那里有 { $free } 可用空间：{ $cache }

# downloads.rs
models-downloads = 下载
models-download-lost = 已下载的部分会被删除。
models-download-remove-sure = 移除
models-download-running = { $progress } · 来自 { $host }
models-download-stopped = 已停止；已下载的部分会保留到移除为止 · { $size }，来自 { $host }
models-download-failed = { $size }，来自 { $host }；已下载的部分会保留，“继续”从那里接着下载
models-download-from = { $size }，来自 { $host }

# find_sheet.rs
models-find-title = 查找模型
models-find-list = Tiller 能读取的小模型
models-find-free = 现在可用 { $free }，共 { $total }。对话和训练所需的内存是估计值，权重按存储格式计算。
models-find-free-held = 可供另一个模型使用的内存为 { $free }（共 { $total }），其中 { $held } 由内存中的模型让出。对话和训练所需的内存是估计值，权重按存储格式计算。
models-find-goes = 下载的内容来自 { $host }，存放在各程序共用的缓存中：{ $cache }。在按下“下载”或“搜索”之前，不会连接任何主机。

# fit.rs
models-fits = 够用
models-fits-tight = 紧张
models-fits-not = 放不下
models-fits-note = 可用的 { $free } 内存足够对话和训练。
models-fits-tight-note = 可用的 { $free } 内存足够对话；训练几乎会占满，甚至超出。
models-fits-not-note = 所需内存超过可用的 { $free }，会使本机用到交换空间，变得很慢。

# hub_search.rs
models-search-label = 在 Hub 上搜索 GGUF 文件
models-search-hint = 名称中的词，例如 llama 3b instruct
models-search-contacts = 搜索只会把这些词发送给 { $host }，不发送其他内容。
models-search-contacts-token = 搜索会把这些词连同用于 { $host } 的访问令牌发送给它，不发送其他内容。
models-search-nothing = { $host } 上没有含有这些词的 GGUF 文件。
models-search-gated = 其所有者要求先在它的页面上同意条款。
models-search-downloads = 下载次数
models-search-updated = 更改日期
models-search-files = 文件…
models-search-files-of = { $name } 的文件

# hub_token.rs
models-token-none = 无。大多数模型不需要；受限的模型需要。
models-token-environment = 来自环境变量 HF_TOKEN。
models-token-memory = 手动输入；Tiller 退出后不再保留。
models-token-keyring = 在系统的密钥环中。
models-token-file = 来自 Hub 自己的程序所保存的文件。
models-token-kept = 会保存在系统的密钥环中。
models-token-not-kept = 此系统没有可用的密钥环：会保存在内存中，直到 Tiller 退出。
models-token = 访问令牌
models-use = 使用
models-token-forget = 清除…
models-token-lost = 令牌会被删除。
models-token-forget-sure = 清除

# library.rs
models-the-model = 模型“{ $name }”

# list.rs
models-empty = 还没有模型。请查找一个小模型、添加文件，或从 Hub 下载一个。
models-none-found = 没有模型含有这些词。
models-empty-download = 下载模型…
models-show-all = 显示所有模型

# memory_need.rs
models-precision-stored = 按存储格式
models-precision-q8 = 8 位
models-to-load = 加载所需
models-to-chat = 对话所需
models-free = 现在可用 { $free }，共 { $total }。这些是估计：超出可用内存会使本机用到交换空间，变得很慢。
models-free-without = 不计此模型，现在可用 { $free }，共 { $total }。这些是估计：超出可用内存会使本机用到交换空间，变得很慢。
models-memory = 内存

# mod.rs
models-title = 模型
models-filter = 筛选模型
models-find-more = 查找模型…
models-add = 添加…
models-download = 下载…
models-details = 模型详情
models-device-gone = { $name }，该设备不存在
models-load-on = 模型加载到
models-load-on-note = 已在内存中的模型留在原处，直到重新加载。引导和优化器在所有设备上都相同；求和的舍入可能不同。
models-keep = 内存中最多保留
models-keep-count = { $count } 个模型
models-keep-note = 轮到任务时，它会加载自己所用的模型。为此让位的模型会在最后一个任务之后重新加载。

# model_notes.rs
models-gone = 模型的文件不在原来的位置。
models-find-again = 重新查找…
models-changed = 文件与 Tiller 上次读取时不同。用它得到的向量可能不再适用。
models-read-again = 重新读取
models-load-beside = 同时加载
models-load-beside-need = 同时加载（需要 { $need }，可用 { $free }）
models-pause-and-switch = 暂停任务并切换
models-new-path = 新路径
models-new-path-hint = 或输入新路径

# model_state.rs
models-state-waits = 排队中
models-state-loading = 正在加载 { $percent }
models-state-ready = 在内存中，{ $device }
models-state-ready-gone = 在内存中，文件缺失
models-state-ready-changed = 在内存中，文件已更改
models-state-gone = 文件缺失
models-state-failed = 无法使用
models-state-changed = 文件已更改
models-state-unloaded = 在磁盘上

# token_report.rs
models-tokens-title = 模型逐个词元读到的内容
models-tokens-put-before = { $token }，放在每段文本之前
models-tokens-no-begin = 无
models-tokens-begin = 文本的开头
models-tokens-ends = 回答的结尾
models-tokens-prompt = 示例偏好对的提示
models-tokens-answer = 它的回答
models-tokens-found = { $text }（{ $number }）：{ $places }
models-tokens-token = 词元
models-tokens-number = 编号
models-tokens-kind = 类型

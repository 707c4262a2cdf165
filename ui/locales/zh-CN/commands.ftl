# 命令面板与帮助中列出的命令。

# commands.rs：所有界面
commands-go-start = 转到“开始”
commands-go-data = 转到“数据”
commands-go-train = 转到“训练”
commands-go-sweep = 转到“扫描”
commands-go-chat = 转到“对话”
commands-go-vectors = 转到“向量”
commands-go-models = 转到“模型”
commands-find = 查找命令或内容
commands-help = 显示帮助
commands-settings = 打开设置
commands-report = 复制诊断信息或保存报告
commands-glossary = 打开术语表
commands-import-pairs = 导入偏好对
commands-export-pairs = 导出偏好对
commands-import-vector = 导入向量
commands-find-model = 查找要下载的模型
commands-add-model = 添加本机上的模型
commands-download-model = 下载模型
commands-data-set = 重命名、删除或新建数据集
commands-split = 划分数据集
commands-versions = 数据集的版本
commands-undo-deletion = 恢复最近删除的内容
commands-queue = 显示队列
commands-pause-job = 暂停任务
commands-resume-job = 继续任务
commands-stop-job = 停止任务并保留已有结果
commands-zoom-in = 放大
commands-zoom-out = 缩小
commands-zoom-reset = 缩放至 100%
commands-theme-light = 使用浅色主题
commands-theme-dark = 使用深色主题
commands-theme-system = 使用桌面的主题
commands-language-english = 使用英文
commands-language-chinese = 使用简体中文
commands-language-system = 使用系统的语言
commands-projects = 打开其他项目
commands-new-project = 新建项目
commands-rename-project = 重命名项目
commands-duplicate-project = 复制项目
commands-export-project = 导出项目
commands-import-project = 导入或合并项目
commands-delete-project = 删除项目

# commands.rs：“数据”界面
commands-accept-pair = 接受此对并转到下一对
commands-next-pair = 下一对
commands-previous-pair = 上一对
commands-undo = 撤销
commands-redo = 重做
commands-add-pair = 添加偏好对
commands-duplicate-pairs = 复制所选的对
commands-swap-pairs = 交换期望与相反的回答
commands-delete-pairs = 删除所选的对
commands-move-pairs-up = 上移所选的对
commands-move-pairs-down = 下移所选的对
commands-select-pairs = 选中列出的所有对
commands-search-pairs = 搜索偏好对
commands-show-pair = 显示打开的对
commands-check-data-set = 检查数据集
commands-draft-pairs = 用模型起草偏好对
commands-show-choice = 以选择题显示此对
commands-add-tag = 添加标签

# commands.rs：“对话”界面
commands-new-conversation = 开始新对话
commands-stop-answers = 停止生成回答
commands-write-message = 撰写消息
commands-add-column = 添加一栏
commands-desk = 显示或隐藏调音台
commands-conversations = 显示或隐藏对话列表

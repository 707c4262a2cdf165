# 窗口在页面之外显示的内容：桌面的对话框，以及无法打开窗口的原因。由窗口自身使用，页面中没有此文件。

# src-tauri/src/window/dialogs.rs: titles
native-import-pairs = 导入偏好对
native-add-model = 添加模型
native-choose-folder = 选择文件夹
native-import-vector = 导入向量
native-export-pairs = 导出偏好对
native-export-choices = 导出选择题
native-export-sweep = 导出扫描
native-save-report = 保存报告
native-export-adapter = 导出适配器
native-export-vector = 导出向量
native-write-passport = 写入护照
native-bake-folder = 烘入新文件夹
native-bake-file = 烘入新模型
native-export-conversation = 导出对话
native-import-conversations = 导入对话
native-export-preset = 导出预设
native-import-preset = 导入预设
native-run-sweep = 运行扫描
native-choose-questions = 选择问题文件
native-choose-mmlu = 选择 MMLU 所在的文件夹
native-export-project = 导出项目
native-import-project = 导入项目

# src-tauri/src/window/dialogs.rs: kinds of files
native-files-pairs = 偏好对
native-files-models = 模型
native-files-vectors = 向量
native-files-adapters = 适配器
native-files-passports = 护照
native-files-sweeps = 扫描和护照
native-files-projects = 项目
native-files-text = 文本
native-files-json-lines = JSON Lines

# src-tauri/src/window/confirm.rs
native-ask-read =
    Tiller 的页面请求读取此文件或文件夹：

    { $place }

    仅当这是你刚刚输入或选择的内容时，才应允许。
native-ask-write =
    Tiller 的页面请求写入此文件：

    { $place }

    仅当这是你刚刚输入或选择的内容时，才应允许。
native-ask-delete =
    Tiller 的页面请求从磁盘上删除此文件：

    { $place }

    此操作无法撤销。仅当这是你刚刚输入或选择的内容时，才应允许。
native-ask-send =
    Tiller 的页面请求向此服务器发送提示和回答：

    { $place }

    仅当这是你刚刚输入或选择的内容时，才应允许。
native-ask-publish =
    Tiller 的页面请求在此仓库中发布文件：

    { $place }

    仅当这是你刚刚输入或选择的内容时，才应允许。
native-ask-download =
    Tiller 的页面请求从此服务器下载模型：

    { $place }

    仅当这是你刚刚输入或选择的内容时，才应允许。
native-allow = 允许
native-refuse = 拒绝

# src-tauri/src/window/environment.rs, src-tauri/src/window/mod.rs
native-display-unset = 没有可以打开窗口的显示器：DISPLAY 和 WAYLAND_DISPLAY 都没有设置。请从桌面会话启动 Tiller，或使用不需要窗口的 tiller-cli。
native-display-silent = 没有可以打开窗口的显示器：{ $displays } 没有响应。请从桌面会话启动 Tiller，或使用不需要窗口的 tiller-cli。
native-no-window = 无法打开 Tiller 的窗口：{ $error }

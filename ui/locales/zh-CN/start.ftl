# Start: what a steering vector does, three steps to one's own, and the steps that follow.

# ../next_steps.rs
start-next-chat = 用它对话
start-next-sweep = 扫描它

# behaviours.rs
start-see = 查看效果
start-behaviour = 行为
start-question = 问题
start-question-hint = 问点什么
start-show = 显示
start-use-model = 使用该模型
start-strength = 强度

# behaviours.rs: what the answers of the vectors that come along are, as the application names it
said-starter-gloomier = 更低落
said-starter-as-it-is = 原样
said-starter-more-cheerful = 更开朗
said-starter-plainer = 更平实
said-starter-more-formal = 更正式
said-starter-away-from-money = 远离金钱
said-starter-towards-money = 追求金钱

# epoch_answers.rs
start-stop-title = 保留向量的当前状态
start-curves-hide = 隐藏曲线
start-curves-show = 显示曲线
start-run-queued = 等待轮到它
start-run-paused = 已暂停
start-run-done = 训练完成
start-run-stopped = 已停止；向量按停止时的状态保留
start-run-failed = 失败
start-run-left = 剩余 { $left }
start-after-epoch = 第 { $epoch } 轮之后，共 { $epochs } 轮
start-after-first-epoch = 第一轮之后
start-unsteered = 原样
start-steered = 使用自己的向量
start-epochs = 经过轮数
start-epoch = 轮

# mod.rs
start-title = 看看引导向量有什么作用
start-title-own = 制作引导向量
start-lead = 引导向量是模型激活空间中的一个方向：在模型生成文本时加上它，会引出某种行为；减去它，则引出相反的行为。
start-skip = 直接转到数据

# own.rs
start-own = 训练自己的向量
start-own-name = 1. 说明行为
start-own-sentence = 用一句话描述行为
start-own-sentence-example = 回答简短、切中要点。
start-own-sentence-help = 一句话即可，它将作为向量的名称。
start-own-pairs = 2. 选取偏好对
start-own-go = 3. 开始
start-own-paste = 粘贴或导入…
start-own-draft = 用模型起草…
start-own-pairs-help = 每个偏好对包含一个提示、一个体现该行为的回答，以及一个相反的回答。
start-own-no-sets = 还没有偏好对：请导入或起草一些。
start-own-no-model = 内存中还没有模型。
start-own-no-pairs = 此数据集还没有用于训练的偏好对。
start-own-under-way = 正在下方训练。
start-own-train = 训练
start-own-time = 大约 { $time }。
start-own-time-unknown = 需要几分钟；最初几步之后即可得知具体时间。

# starter_vector.rs
start-vector-unlisted = 训练该向量所用的模型已不在模型列表中。
start-vector-other-model = 该向量是为 { $model } 训练的，而当前使用的是 { $used }。
start-vector-not-in-memory = { $model } 不在内存中。
start-vector-starter-failed = 入门模型无法使用，因此暂时没有可显示的内容。
start-vector-model-failed = 它的模型无法使用，因此暂时没有可显示的内容。
start-vector-loading = 正在加载模型，{ $percent }
start-vector-deleted = 此向量不在向量库中：它随新的数据文件夹提供，也可能已被删除。可在下方用其数据集重新训练。

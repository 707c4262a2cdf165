# The Vectors screen: the library, and what is shown of, made from and compared with a vector.

# What several sources say
vectors-made = 创建
vectors-nearest-words = 最接近的词
vectors-how-alike = 相似度
vectors-experimental = 实验性

# arithmetic.rs
vectors-make-from = 由“{ $name }”制作
vectors-make-about = 每次都会生成一个新向量，原向量保留不变。新向量会按内容记录其来源。
vectors-make-name = 新向量的名称
vectors-make-name-placeholder = 留空则以所做的操作命名
vectors-make-copies = 复制
vectors-duplicate = 创建副本
vectors-negate = 取反
vectors-make-length = 长度
vectors-scale-factor = 倍数
vectors-scale = 缩放
vectors-normalize = 设定范数
vectors-as-long-as = 与之等长
vectors-match-norm = 匹配
vectors-make-with-another = 与另一个向量
vectors-make-alone = 此模型没有其他向量作用于第 { $layers } 层之后。不同层的向量可在对话中以及在扫描的求和中合用。
vectors-weight = 此向量 ×
vectors-other-weight = 另一向量 ×
vectors-add = 相加
vectors-take-out-along = 投影消除
vectors-take-out = 投影消除

# details.rs
vectors-tag-of = { $vector } 的标签“{ $tag }”
vectors-tag-remove = 移除标签 { $tag }
vectors-tag-add = 添加标签
vectors-note-placeholder = 它有什么作用，适合用来做什么
vectors-norm-there = { $norm }，为该处残差流范数 { $residual } 的 { $share }
vectors-norm-adapter = 倍率为 +1 时给权重加上 { $norm }
vectors-source = { $name } 的内容为 { $hash }
vectors-made-as = 制作方式
vectors-data = 数据
vectors-data-gone = 已不存在的数据集
vectors-data-content = 内容 { $hash }
vectors-trained-with = 训练设置
vectors-trained-without-steps = 没有训练步；直接由激活得出，随机种子 { $seed }
vectors-trained = { $epochs }，学习率 { $rate }，beta { $beta }，每步 { $pairs }，随机种子 { $seed }
vectors-trained-until = { $settings }；取自第 { $epoch } 轮之后
vectors-count-epochs = { $count } 轮
vectors-acts = 作用方式
vectors-acts-adapter = 每个词元，乘入权重
vectors-acts-added = { $positions }，相加
vectors-acts-projected-out = { $positions }，投影消除
vectors-acts-capped = { $positions }，将投影限幅于 { $at }
vectors-imported = 导入
vectors-made-by = { $date }，Tiller { $version }
vectors-size = 大小
vectors-content = 内容
vectors-content-label = 其层或大小及其数值的 SHA-256
vectors-inside-usual = 在全部 { $blocks } 个块内，作用于查询和值
vectors-inside = 在全部 { $blocks } 个块内，作用于 { $names }
vectors-after = 在块 { $layers } 之后
vectors-size-adapter = { $numbers } 个数：秩 { $rank }，alpha { $alpha }
vectors-size-one = { $size } 个数
vectors-size-several = { $layers } × { $size } 个数
vectors-sweep = 扫描此向量
vectors-chat = 用它对话
vectors-delete-note = 它的扫描会一并删除。撤销可恢复。
vectors-delete-sure = 删除此向量

# learned_map.rs
vectors-map-running = { $job }：任务完成后，新向量会列在这里。
vectors-map-from = 要迁移的层
vectors-map-to = 经学得的映射迁移到 { $model }
vectors-map-about = 两个模型读取相同的文本，拟合一个从一方残差流到另一方残差流的线性映射，向量再经过该映射。在扫描之前，谁也不知道它在那里能否起引导作用；映射对未参与拟合的行的解释程度会标在新向量旁边。
vectors-map-layer = 目标层
vectors-map-data = 除中性文本外，两者还读取
vectors-map-data-set = “{ $name }”的提示和回答
vectors-map-data-none = 不读取其他文本
vectors-map-layers-note = 目标模型的层为 0 至 { $last }；建议值对应第 { $layer } 层在其自身模型中的深度。
vectors-map-start = 迁移

# library.rs
vectors-tab-make = 由它制作
vectors-tab-transfer = 其他模型

# list.rs
vectors-count = { $count } 个向量
vectors-shown = { $shown } / { $count } 个向量
vectors-none-fits = 没有符合条件的向量。
vectors-compare = 比较 { $count } 个
vectors-compare-ticked = 比较勾选项
vectors-compare-title = 请在列表中勾选两个或更多向量
vectors-search = 搜索向量
vectors-every-method = 所有方法
vectors-no-method = 无方法
vectors-every-model = 所有模型
vectors-tag = 标签
vectors-every-tag = 所有标签
vectors-adapter = 适配器
vectors-adapter-title = 每个块中的低秩权重
vectors-mapped-title = 经学得的映射从另一个模型迁移而来
vectors-transferred = 已迁移
vectors-transferred-title = 为另一个模型制作
vectors-tick = 比较此向量
vectors-tick-adapter = 适配器没有可供比较的方向

# logit_lens.rs
vectors-lens-about = 假如模型的残差流只有这个向量，它接下来会说什么：先经最终归一化，再经输出头（logit lens）。靠后的层读起来最清楚；引导效果好的向量也可能不指向任何特定的词。
vectors-lens-reading = 正在读取…
vectors-lens-along = 朝向它（+v）
vectors-lens-against = 背离它（−v）
vectors-lens-token = 词元 { $id }
vectors-lens-logit = Logit

# mod.rs
vectors-none = 还没有向量
vectors-none-about = 引导向量会在模型的一个或多个块之后加到残差流上。先训练一个，它会连同重新制作所需的一切保存在这里。
vectors-list = 向量
vectors-chosen = 此向量
vectors-is-adapter = 这是一个适配器
vectors-is-adapter-about = 它给每个块的查询和值权重加上低秩乘积。它在残差流中没有方向，因此不能缩放成另一个向量、读作词语或复制到另一个模型。它可以用于扫描和对话，也可以导出。
vectors-is-adapter-show = 显示适配器

# similarity.rs
vectors-alike-at = 位置
vectors-every-layer = 所有层
vectors-alike-layer = 第 { $layer } 层
vectors-alike-tick = 请在列表中勾选两个或更多向量。
vectors-alike-comparing = 正在比较…
vectors-alike-chart = 勾选的向量两两之间的余弦相似度；数值见下表
vectors-norms = 范数
vectors-norms-about = 与同一块之后残差流的平均范数对比；平均范数取自内置的中性文本，不计每段文本的第一个词元，在模型位于内存中时测量一次。
vectors-norms-residual = 残差流
vectors-norms-share = 占比
vectors-cosine-at-layer = 各向量在第 { $layer } 层部分的余弦相似度；在该层没有部分的向量不显示数值。
vectors-cosine-over-layers = 将两者共有的所有层依次相接后计算的余弦相似度；若两个向量各只有一层，则不论层是否相同。
vectors-cosine-of-two = 两两之间的余弦相似度，不论层是否相同：1 为同向，0 为正交，−1 为反向。

# transfer.rs
vectors-transfer-title = 在其他模型上
vectors-transfer-about = 在与该模型同源、大小和深度都相同的模型上，同样的数值也可能起引导作用：论文的图 3 就将一个向量从 Llama-2 移到了 Vicuna。为另一个模型制作的副本是一个独立的向量；在两个模型上做相同的扫描，就能看出它在那里的引导效果。对于其他任何模型，可以经学得的映射迁移向量，这是实验性功能。
vectors-made-for-gone = 它是为一个已不存在的模型制作的。
vectors-made-for-size = 它是为 { $model } 制作的：每层 { $size } 个数，共 { $layers } 层。
vectors-made-for = 它是为 { $model } 制作的。
vectors-transfer-held-out = 两者都在“{ $name }”的 { $count } 对留出对上测量，两个模型先后进行。
vectors-transfer-none = 列表中还没有其他模型。
vectors-transfer-width = 宽度
vectors-transfer-learn = 学习映射…
vectors-transfer-learn-title = 实验性
vectors-transfer-show = 查看
vectors-transfer-sweep-both = 扫描两者
vectors-transfer-copy = 为它制作副本
vectors-transfer-other-size = 大小不同
vectors-transfer-not-read = 尚未读取

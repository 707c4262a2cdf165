# 图表：图表的菜单，以及无法绘制时的说明。

# charts/menu.rs
charts-save-png = 保存为 PNG…
charts-save-svg = 保存为 SVG…
charts-save-pdf = 保存为 PDF…
charts-save-csv = 将数据保存为 CSV…
charts-menu = 保存、全屏
charts-menu-of = 图表菜单：{ $name }
charts-chart = 图表
charts-fill = 铺满窗口
charts-leave-full = 退出铺满窗口

# charts/heat.rs
charts-no-number = 无数值

# charts/font.rs
charts-no-font = 字体未加载

# charts/plot.rs and charts/runner.rs
charts-no-webgl = 不支持 WebGL
charts-keys = 图表的键盘输入

# charts/view.rs
charts-cannot-draw = 本机无法绘制图表（{ $problem }）。表格中有相同的数据。

# charts/keyboard.rs
charts-key-move = 移动图表所显示的范围
charts-key-nearer = 放大图表
charts-key-farther = 缩小图表
charts-key-whole = 重新显示整个图表；Home 键相同

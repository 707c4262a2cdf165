# Charts: their menu, and what stands there where one cannot be drawn.

# charts/menu.rs
charts-save-png = Save as PNG…
charts-save-svg = Save as SVG…
charts-save-pdf = Save as PDF…
charts-save-csv = Save the numbers as CSV…
charts-menu = Save, full screen
charts-menu-of = Menu of the chart: { $name }
charts-chart = Chart
charts-fill = Fill the window
charts-leave-full = Leave the full window

# charts/heat.rs
charts-no-number = no number

# charts/font.rs
charts-no-font = its font is not there

# charts/plot.rs and charts/runner.rs
charts-no-webgl = no WebGL
charts-keys = Keys of a chart

# charts/view.rs
charts-cannot-draw = This machine cannot draw charts ({ $problem }). The table has the same numbers.

# charts/keyboard.rs
charts-key-move = Move what the chart shows
charts-key-nearer = Zoom the chart in
charts-key-farther = Zoom the chart out
charts-key-whole = Show the whole chart again; Home does the same

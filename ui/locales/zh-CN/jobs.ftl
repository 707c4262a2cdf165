# 任务的进度。标题、阶段和单位来自应用程序。

# job_kinds.rs
jobs-queued = 正在排队
jobs-paused = 已暂停
jobs-paused-at-unit = 暂停于 { $done }/{ $total }（{ $unit }）
jobs-paused-at = 暂停于 { $done }/{ $total }
jobs-at-unit = { $done }/{ $total }（{ $unit }）
jobs-at = { $done }/{ $total }
jobs-left = 剩余 { $time }
jobs-time-per-unit = { $time }/{ $unit }
jobs-units-per-second = 每秒 { $count }（{ $unit }）
jobs-per-second = 每秒 { $amount }

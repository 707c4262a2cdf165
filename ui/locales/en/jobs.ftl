# How far the jobs are. Titles, phases and units come from the application.

# job_kinds.rs
jobs-queued = Waits for its turn
jobs-paused = Paused
jobs-paused-at-unit = Paused at { $unit } { $done } of { $total }
jobs-paused-at = Paused at { $done } of { $total }
jobs-at-unit = { $unit } { $done } of { $total }
jobs-at = { $done } of { $total }
jobs-left = { $time } left
jobs-time-per-unit = { $time } a { $unit }
jobs-units-per-second = { $count ->
    [one] { $count } { $unit } a second
   *[other] { $count } { $unit }s a second
}
jobs-per-second = { $amount } a second

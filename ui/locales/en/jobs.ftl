# How far the jobs are. Titles, phases and units come from the application.

# job_kinds.rs
jobs-queued = Queued
jobs-paused = Paused
jobs-paused-at-unit = Paused at { $unit } { $done } of { $total }
jobs-paused-at = Paused at { $done } of { $total }
jobs-at-unit = { $unit } { $done } of { $total }
jobs-at = { $done } of { $total }
jobs-left = { $time } left
jobs-time-per-unit = { $time } per { $unit }
jobs-units-per-second = { $count ->
    [one] { $count } { $unit } per second
   *[other] { $count } { $unit }s per second
}
jobs-per-second = { $amount } per second

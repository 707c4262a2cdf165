# Words that stand on several screens: counts, and buttons that say the same everywhere.

count-pairs = { $count ->
    [one] { $count } pair
   *[other] { $count } pairs
}
cancel = Cancel
delete = Delete
close = Close
rename = Rename
save = Save
try-again = Try again
name = Name

count-tokens = { $count ->
    [one] { $count } token
   *[other] { $count } tokens
}
file = File
model = Model
layer = Layer
multiplier = Multiplier
export = Export
import = Import
prompt = Prompt
wanted = Wanted
opposite = Opposite
dismiss = Dismiss
keep-it = Keep it
copy = Copy
copied = Copied
sentence = { $text }.
pause = Pause
resume = Resume
stop = Stop
data-set = Data set
steps = Steps
learning-rate = Learning rate
seed = Seed
held-out = Held out
replace-file = Overwrite existing file
pairs = Pairs
none = None
choose = Choose
written-to = Written to { $path }
vector = Vector
all-layers = all
list-of-two = { $first }, { $second }
duration-seconds = { $seconds } s
duration-minutes = { $minutes } min
duration-minutes-seconds = { $minutes } min { $seconds } s
duration-hours-minutes = { $hours } h { $minutes } min
size-gigabytes = { $size } GB
size-megabytes = { $size } MB
percent = { $number } %
search = Search
import-more = Import…
export-more = Export…
layers = Layers
norm = Norm
method = Method
show-all = Show all of them
go-to-models = Go to Models
go-to-train = Go to Train
remove = Remove
sampling = Sampling
system-prompt = System prompt
answer = Answer
done = Done
back = Back
note = Note
tags = Tags
replace = Replace
show-more = Show more
undo = Undo
redo = Redo
size-kilobytes = { $size } kB
list-separator = { ", " }

# The commands, as the palette and the help list them.

# commands.rs: on every screen
commands-go-start = Go to Start
commands-go-data = Go to Data
commands-go-train = Go to Train
commands-go-sweep = Go to Sweep
commands-go-chat = Go to Chat
commands-go-vectors = Go to Vectors
commands-go-models = Go to Models
commands-find = Find a command or a thing
commands-help = Show the help
commands-settings = Open the settings
commands-report = Copy diagnostics or save a report
commands-glossary = Open the glossary
commands-import-pairs = Import pairs
commands-export-pairs = Export pairs
commands-import-vector = Import a vector
commands-find-model = Find a model to download
commands-add-model = Add a model from this machine
commands-download-model = Download a model
commands-data-set = Rename, delete or make a data set
commands-split = Split the data set
commands-versions = Versions of the data set
commands-undo-deletion = Bring back what was deleted last
commands-queue = Show the queue
commands-pause-job = Pause the job
commands-resume-job = Resume the job
commands-stop-job = Stop the job and keep what it made
commands-zoom-in = Zoom in
commands-zoom-out = Zoom out
commands-zoom-reset = Zoom to 100 %
commands-theme-light = Use the light theme
commands-theme-dark = Use the dark theme
commands-theme-system = Use the desktop's theme
commands-language-english = Use English
commands-language-chinese = Use Chinese
commands-language-system = Use the system's language
commands-projects = Open another project
commands-new-project = Make a new project
commands-rename-project = Rename the project
commands-duplicate-project = Duplicate the project
commands-export-project = Export the project
commands-import-project = Import or merge a project
commands-delete-project = Delete the project

# commands.rs: on Data
commands-accept-pair = Accept the pair and go to the next
commands-next-pair = Next pair
commands-previous-pair = Previous pair
commands-undo = Undo
commands-redo = Do it again
commands-add-pair = Add a pair
commands-duplicate-pairs = Duplicate the pairs
commands-swap-pairs = Swap wanted and opposite
commands-delete-pairs = Delete the pairs
commands-move-pairs-up = Move the pairs up
commands-move-pairs-down = Move the pairs down
commands-select-pairs = Select every listed pair
commands-search-pairs = Search the pairs
commands-show-pair = Show the open pair
commands-check-data-set = Check the data set
commands-draft-pairs = Make pairs with a model
commands-show-choice = Show the pair as a choice
commands-add-tag = Add a tag

# commands.rs: on Chat
commands-new-conversation = Begin a new conversation
commands-stop-answers = Stop the answers
commands-write-message = Write a message
commands-add-column = Add a column
commands-desk = Show or hide the mixing desk
commands-conversations = Show or hide the conversations

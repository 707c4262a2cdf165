# What the window shows around its page: dialogs of the desktop, and why no window can be opened. The window has this file
# itself; the page does not hold it.

# src-tauri/src/window/dialogs.rs: titles
native-import-pairs = Import pairs
native-add-model = Add a model
native-choose-folder = Choose a folder
native-import-vector = Import a vector
native-export-pairs = Export pairs
native-export-choices = Export choices
native-export-sweep = Export a sweep
native-save-report = Save a report
native-export-adapter = Export an adapter
native-export-vector = Export a vector
native-write-passport = Write a passport
native-bake-folder = Bake into a new folder
native-bake-file = Bake into a new model
native-export-conversation = Export a conversation
native-import-conversations = Import conversations
native-export-preset = Export a preset
native-import-preset = Import a preset
native-run-sweep = Run a sweep
native-choose-questions = Choose questions
native-choose-mmlu = Choose MMLU’s folder
native-export-project = Export a project
native-import-project = Import a project

# src-tauri/src/window/dialogs.rs: kinds of files
native-files-pairs = Pairs
native-files-models = Models
native-files-vectors = Vectors
native-files-adapters = Adapters
native-files-passports = Passports
native-files-sweeps = Sweeps and passports
native-files-projects = Projects
native-files-text = Text
native-files-json-lines = JSON lines

# src-tauri/src/window/confirm.rs
native-ask-read =
    Tiller’s page asks to read this file or folder:

    { $place }

    Allow this only if you have just typed or chosen it.
native-ask-write =
    Tiller’s page asks to write this file:

    { $place }

    Allow this only if you have just typed or chosen it.
native-ask-delete =
    Tiller’s page asks to delete this file from the disk:

    { $place }

    This cannot be undone. Allow this only if you have just typed or chosen it.
native-ask-send =
    Tiller’s page asks to send prompts and answers to this server:

    { $place }

    Allow this only if you have just typed or chosen it.
native-ask-publish =
    Tiller’s page asks to publish files in this repository:

    { $place }

    Allow this only if you have just typed or chosen it.
native-ask-download =
    Tiller’s page asks to download models from this server:

    { $place }

    Allow this only if you have just typed or chosen it.
native-allow = Allow
native-refuse = Refuse

# src-tauri/src/window/environment.rs, src-tauri/src/window/mod.rs
native-display-unset = There is no display to open a window on: neither DISPLAY nor WAYLAND_DISPLAY is set. Start Tiller from a desktop session, or use tiller-cli, which needs no window.
native-display-silent = There is no display to open a window on: nobody answers at { $displays }. Start Tiller from a desktop session, or use tiller-cli, which needs no window.
native-no-window = Tiller’s window could not be opened: { $error }

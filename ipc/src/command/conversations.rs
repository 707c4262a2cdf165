//! Commands about the conversations of Chat.

use super::commands;
use crate::Id;
use crate::conversation::{Conversation, ConversationFormat, Desk, Preset, Turn};
use crate::deletion::Deletion;
use crate::files::FileRef;
use crate::projection::Drift;

commands! {
    /// Begins a conversation.
    BeginConversation -> Conversation {
        /// Its desk.
        desk: Desk,
    }

    /// Returns all turns of a conversation, those that are not shown included, in the order of their ids.
    ReadTurns -> Vec<Turn> {
        /// The conversation.
        conversation: Id,
    }

    /// Replaces the desk of a conversation. Answers that are growing are steered by it from the next token on; system prompts
    /// and sampling act from the next answer on. A column that is new and has no turns takes over what is shown in the nearest one
    /// at its left that was there before, or in the first one; of an answer that grows, what is there.
    ChangeDesk -> Conversation {
        /// The conversation.
        conversation: Id,
        /// The whole new desk.
        desk: Desk,
    }

    /// Says something to every column, and starts their answers in one batch.
    Say -> () {
        /// The conversation.
        conversation: Id,
        /// The message.
        text: String,
        /// The columns. Empty for all of them.
        columns: Vec<u32>,
        /// The beginning of every answer, which the model continues. Empty for none.
        prefill: String,
    }

    /// Answers again: each of these turns of the model gets a further variant, made by the desk as it is, from the start.
    Regenerate -> () {
        /// The conversation.
        conversation: Id,
        /// The turns of the model.
        turns: Vec<Id>,
        /// Whether another seed is used than that of any variant so far; else that of the column.
        new_seed: bool,
    }

    /// Goes on with turns of the model that ended at the limit, or were stopped or edited.
    ContinueTurns -> () {
        /// The conversation.
        conversation: Id,
        /// The turns.
        turns: Vec<Id>,
    }

    /// Gives turns another text as further variants: one answer, or a person's messages in as many columns, which are then
    /// answered again in one batch.
    EditTurn -> () {
        /// The conversation.
        conversation: Id,
        /// The turns.
        turns: Vec<Id>,
        /// Their new text.
        text: String,
    }

    /// Shows this variant of a turn, with what followed it.
    ShowVariant -> () {
        /// The conversation.
        conversation: Id,
        /// The variant.
        turn: Id,
    }

    /// Deletes a turn with its variants and all that followed.
    DeleteTurn -> Deletion {
        /// The conversation.
        conversation: Id,
        /// The turn.
        turn: Id,
    }

    /// Goes on with one answer: the column's shown turns up to it become those of the other columns too. What these had said
    /// stays as variants.
    FollowAnswer -> () {
        /// The conversation.
        conversation: Id,
        /// The answer.
        turn: Id,
    }

    /// Begins a new conversation with the shown turns of all columns up to the place of this turn.
    BranchConversation -> Conversation {
        /// The conversation.
        conversation: Id,
        /// The turn.
        turn: Id,
    }

    /// Stops the growing answers of a conversation and keeps their text so far.
    StopAnswering -> () {
        /// The conversation.
        conversation: Id,
        /// The column. `None` for all of them.
        column: Option<u32>,
    }

    /// Measures where the shown answers of a conversation lie along a vector, turn by turn. Answers that are being made go first.
    MeasureDrift -> Drift {
        /// The conversation.
        conversation: Id,
        /// The vector.
        vector: Id,
        /// The layer of the vector's that is read. `None` for the lowest.
        layer: Option<u32>,
    }

    /// Ends the measurements of [`MeasureDrift`] and [`MeasurePercentiles`](super::MeasurePercentiles) that are under way, which fail
    /// then.
    StopMeasuring -> () {}

    /// Returns the conversations in whose name or shown turns all these words occur, the last changed first.
    SearchConversations -> Vec<Id> {
        /// The words, whatever their case.
        words: String,
    }

    /// Renames a conversation.
    RenameConversation -> Conversation {
        /// The conversation.
        conversation: Id,
        /// Its name. If empty, it is named by its first words again.
        name: String,
    }

    /// Keeps a conversation at the top of the list, or no longer.
    PinConversation -> Conversation {
        /// The conversation.
        conversation: Id,
        /// Whether it is kept there.
        pinned: bool,
    }

    /// Deletes a conversation with its turns.
    DeleteConversation -> Deletion {
        /// The conversation.
        conversation: Id,
    }

    /// Writes the shown turns of a conversation to a file.
    ExportConversation -> () {
        /// The conversation.
        conversation: Id,
        /// The format.
        format: ConversationFormat,
        /// The new file.
        file: FileRef,
        /// Whether an existing file may be replaced.
        replace: bool,
    }

    /// Imports conversations from JSON lines: those that [`ExportConversation`] wrote, and any with `messages`.
    ImportConversations -> Vec<Conversation> {
        /// The file.
        file: FileRef,
    }

    /// Keeps a desk under a name. A preset of that name is replaced.
    KeepPreset -> Preset {
        /// The name.
        name: String,
        /// The desk.
        desk: Desk,
    }

    /// Deletes a preset.
    DeletePreset -> Deletion {
        /// The preset.
        preset: Id,
    }

    /// Writes a preset to a JSON file.
    ExportPreset -> () {
        /// The preset.
        preset: Id,
        /// The new file.
        file: FileRef,
        /// Whether an existing file may be replaced.
        replace: bool,
    }

    /// Keeps the preset of a JSON file. Its vectors are found in the library by their hashes; one that is missing is refused
    /// by its name.
    ImportPreset -> Preset {
        /// The file.
        file: FileRef,
    }
}

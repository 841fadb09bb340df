"""Every error the project raises deliberately, as one tree.

GlassboxError
├── SettingError        a setting is out of range
├── InputError          something the user supplied cannot be used
│   ├── EmptyInput          empty, or only white space
│   ├── TooShort            too little text for the task
│   ├── TooLarge            above the size limit
│   ├── TooLong             no pair fits into the model's context
│   ├── NoAnswer            questions without answers
│   ├── TooFewPairs         too few question-answer pairs to learn from
│   ├── TooFewPictures      too few pictures to learn from
│   ├── NoExamples          no picture with a caption to learn from
│   ├── TooManyWords        more new words in captions than can be learned
│   ├── UnknownWords        a caption with words that the model has never read
│   ├── NotText             binary data, or bytes of no known text encoding
│   ├── UnknownFileType     a file extension we do not read
│   ├── NoTextColumn        a table or JSON Lines file without a text column
│   ├── ReadingFailed       the reading process ran out of time or memory
│   ├── NoPlace             a prompt that says nowhere where the question goes
│   ├── NoTask              a line that is no question with its answer
│   ├── TooManyTasks        more questions than are asked at once
│   ├── SchemaError         a JSON schema cannot be used, for whatever reason
│   │   ├── SchemaNotJson       it is not JSON to begin with
│   │   ├── SchemaImpossible    it contradicts itself: nothing can satisfy it
│   │   ├── SchemaUnsupported   it uses a feature we do not support
│   │   ├── SchemaOverlaps      two options of a oneOf may both fit one value
│   │   ├── SchemaTooLarge      it is too long, too deep, or too large once expanded
│   │   └── SchemaNeedsTokens   even the shortest matching JSON needs more tokens than allowed
│   ├── RuleName            a user's own rule cannot have this name
│   ├── PatternError        a regular expression cannot be used, for whatever reason
│   │   ├── PatternBroken       it is malformed: a bracket is missing, a range is reversed
│   │   ├── PatternUnsupported  a single pass over the text cannot decide it
│   │   ├── PatternTooLarge     it is too long, or too large once its repetitions are expanded
│   │   └── PatternEmpty        it would also match the empty string
│   ├── UnreadablePicture   a file is no picture that we can use, for whatever reason
│   │   ├── NoPicture           it is something else: a web page, a PDF, a format we do not read
│   │   ├── EmptyPicture        it has no bytes
│   │   ├── TruncatedPicture    its end is missing
│   │   ├── DamagedPicture      its bytes contradict each other
│   │   ├── LargePictureFile    the file is above the size limit
│   │   ├── TooManyPixels       it would need too much memory once unpacked
│   │   ├── TooManyPictures     more pictures at once than are read
│   │   ├── OutOfTime           it had not been read when the time for all of them was over
│   │   ├── NoPicturesInside    a zip archive without a picture
│   │   ├── LockedZip           a zip archive with a password
│   │   ├── DamagedZip          a zip archive that cannot be unpacked
│   │   └── ZipBomb             a zip archive that grows too large once unpacked
│   ├── UnreadableWeights   a weights file is damaged, forged or of an unknown kind
│   │   ├── UnknownPacking      a tensor is stored in a format that we do not read
│   │   ├── UnfitRows           a tensor's rows are no multiple of its format's blocks
│   │   ├── TruncatedModel      the file ends before a tensor does
│   │   ├── MissingShard        one of the files that hold the weights is not there
│   │   ├── UnknownFamily       a model of an architecture that is not ours
│   │   ├── UnexpressedSetting  a model wants something that our transformer does not compute
│   │   └── UnusableAdapter     a file is no adapter that can be put on, for whatever reason
│   │       ├── NotSafetensors      it is a file of another kind
│   │       ├── PickledWeights      a pickle: opening it could run a stranger's program
│   │       ├── TruncatedWeights    its end is missing
│   │       ├── NoAdapter           safetensors, but nothing that was taken home as an adapter
│   │       ├── OtherShape          learned on a model that is built differently
│   │       ├── AdapterRank         its rank is no rank that the model could have
│   │       ├── NoWords             its new words are no words
│   │       ├── KnownWords          the model knows words that the adapter brings as new
│   │       └── NotNumbers          values that are no numbers, or too large to be kept
│   ├── UnreadableTokenizer a model's tokenizer is missing, damaged or of a kind we do not read
│   ├── TooLittleMemory     a model would need more memory than is free
│   ├── WebhookRefused      an address we must not deliver to
│   ├── UnreadablePreferences   a line that is not a valid preference
│   ├── TooFewChoices       fewer choices than the task needs
│   ├── NoPreferences       no pair with a better answer is left to learn from
│   ├── LessonError         a lesson's file cannot be used; says the line and the reason
│   ├── RoomError           a room does not let this be done, for whatever reason
│   ├── NoProgress          a file that is no exported progress on the learning path
│   └── NewerProgress       progress that a newer version of this program exported
├── NotFound            it does not exist or belongs to somebody else (same answer for both)
├── StoreError          stored data cannot be used
│   ├── Corrupted           stored bytes do not match their id
│   ├── DamagedDatabase     the database cannot be read
│   ├── DiskFull            there is no room left to store it
│   ├── ReadOnly            the place where it is stored may not be written
│   └── NewerSchema         the store was written by a newer version of this program
├── NotTakenHome        something cannot be written in a form that others read
│   ├── NoEqualArchitecture no architecture of transformers computes a model
│   └── AmbiguousTokens     tokens of a vocabulary stand for the same bytes
├── EngineError         a run cannot be started, changed or continued
│   ├── Busy                too much is running; try again
│   ├── UnderWay            the user's experiment is still running
│   └── RunLost             the processes computing a run died again and again
└── WritingFailed       the generation service could not generate

A visitor never reads `str(error)`: pages look up `error.<key>` in the word catalogue and fill in
`values`. Programming mistakes raise `ValueError` instead.
"""

from typing import Any, ClassVar


class GlassboxError(Exception):
    """Root of the tree: a catalogue key plus the values its sentence needs.

    Args:
        message: an English sentence for logs and the API.
        values: the values to fill into the sentence in the visitor's language.
    """

    key: ClassVar[str] = "unexpected"

    def __init__(self, message: str, **values: Any) -> None:
        super().__init__(message)
        self.values = values


class SettingError(GlassboxError):
    """A setting is out of range; says name, value and rule."""

    key = "setting"

    def __init__(self, name: str, value: object, rule: str) -> None:
        super().__init__(f"{name} is {value!r}, {rule}", name=name, value=value, rule=rule)


class InputError(GlassboxError):
    """Something the user supplied cannot be used as it is."""

    key = "input"


class UnknownWords(InputError):
    """A caption holds words that the model has never read; values: words."""

    key = "unknown_words"


class EmptyInput(InputError):
    """Empty, or only white space."""

    key = "empty_input"


class TooShort(InputError):
    """Too little text for the task; values: n, needed, unit."""

    key = "too_short"


class TooLarge(InputError):
    """Above the size limit; values: size_mb, limit_mb."""

    key = "too_large"


class TooLong(InputError):
    """No pair fits into the model's context; values: n, limit."""

    key = "too_long"


class NoAnswer(InputError):
    """Questions only: no line has an answer next to it; values: n, line."""

    key = "no_answer"


class TooFewPairs(InputError):
    """Too few question-answer pairs to learn from; values: n, needed."""

    key = "too_few_pairs"


class TooFewPictures(InputError):
    """Too few pictures to learn from; values: n, needed."""

    key = "too_few_pictures"


class NothingRead(InputError):
    """The reader is sure of none of the pictures, so nothing can be counted; values: n."""

    key = "nothing_read"


class NoExamples(InputError):
    """No picture with a caption to learn from, or far too many; values: n."""

    key = "no_examples"


class TooManyWords(InputError):
    """More new words in the captions than can be learned; values: n, most."""

    key = "too_many_words"


class NotText(InputError):
    """Binary data, or bytes in no known text encoding; values: name."""

    key = "not_text"


class UnknownFileType(InputError):
    """A file extension we do not read; values: name, known."""

    key = "unknown_file_type"


class NoTextColumn(InputError):
    """A table or JSON Lines file without a text column; values: name, columns."""

    key = "no_text_column"


class ReadingFailed(InputError):
    """The reading process ran out of time or memory; values: name, limit_s."""

    key = "reading_failed"


class WebhookRefused(InputError):
    """An address we must not deliver to; values: reason, address."""

    key = "webhook_refused"


class UnreadablePicture(InputError):
    """A file is no picture that we can use; values: reason."""

    key = "unreadable_picture"


class NoPicture(UnreadablePicture):
    """It is something else, whatever its name says; values: name, kind."""

    key = "no_picture"


class EmptyPicture(UnreadablePicture):
    """It has no bytes; values: name."""

    key = "empty_picture"


class TruncatedPicture(UnreadablePicture):
    """Its end is missing; values: name."""

    key = "truncated_picture"


class DamagedPicture(UnreadablePicture):
    """Its bytes contradict each other; values: name."""

    key = "damaged_picture"


class LargePictureFile(UnreadablePicture):
    """The file is above the size limit; values: name, size_mb, limit_mb."""

    key = "large_picture_file"


class TooManyPixels(UnreadablePicture):
    """It would need too much memory once unpacked; values: name, width, height, limit_mp."""

    key = "too_many_pixels"


class TooManyPictures(UnreadablePicture):
    """More pictures at once than are read; values: name, limit."""

    key = "too_many_pictures"


class OutOfTime(UnreadablePicture):
    """It had not been read when the time for all of them was over; values: name, limit_s."""

    key = "out_of_time"


class NoPicturesInside(UnreadablePicture):
    """A zip archive without a picture; values: name."""

    key = "no_pictures_inside"


class LockedZip(UnreadablePicture):
    """A zip archive with a password; values: name."""

    key = "locked_zip"


class DamagedZip(UnreadablePicture):
    """A zip archive that cannot be unpacked; values: name."""

    key = "damaged_zip"


class ZipBomb(UnreadablePicture):
    """A zip archive that grows too large once unpacked; values: name, limit_mb."""

    key = "zip_bomb"


class UnreadableWeights(InputError):
    """A weights file is damaged, forged or of an unknown kind; values: reason."""

    key = "unreadable_weights"


class UnknownPacking(UnreadableWeights):
    """A tensor is stored in a format we do not read; values: tensor, format, known, reason."""

    key = "unknown_packing"


class UnfitRows(UnreadableWeights):
    """A tensor's rows are no multiple of its blocks; values: tensor, format, n, block, reason."""

    key = "unfit_rows"


class TruncatedModel(UnreadableWeights):
    """The file ends before a tensor does; values: tensor, format, reason."""

    key = "truncated_model"


class MissingShard(UnreadableWeights):
    """One of the files that hold the weights is not there; values: name, reason."""

    key = "missing_shard"


class UnknownFamily(UnreadableWeights):
    """A model of an architecture that is not ours; values: found, known, reason."""

    key = "unknown_family"


class UnexpressedSetting(UnreadableWeights):
    """A model wants what our transformer does not compute; values: name, found, allowed, reason."""

    key = "unexpressed_setting"


class UnreadableTokenizer(InputError):
    """A model's tokenizer is missing, damaged or of a kind we do not read; values: reason."""

    key = "unreadable_tokenizer"


class TooLittleMemory(InputError):
    """A model would need more memory than is free; values: needed_gb, free_gb."""

    key = "too_little_memory"


class UnusableAdapter(UnreadableWeights):
    """A file is no adapter that can be put on a model here; values: reason."""

    key = "unusable_adapter"


class NotSafetensors(UnusableAdapter):
    """It is a file of another kind."""

    key = "not_safetensors"


class PickledWeights(UnusableAdapter):
    """A pickle, which could run a stranger's program when opened; it was not opened."""

    key = "pickled_weights"


class TruncatedWeights(UnusableAdapter):
    """Its end is missing."""

    key = "truncated_weights"


class NoAdapter(UnusableAdapter):
    """A safetensors file, but nothing that was taken home as an adapter."""

    key = "no_adapter"


class OtherShape(UnusableAdapter):
    """It was learned on a model that is built differently."""

    key = "other_shape"


class AdapterRank(UnusableAdapter):
    """Its rank is no rank that the model could have; values: rank, largest."""

    key = "adapter_rank"


class NoWords(UnusableAdapter):
    """Its new words are no words, or too many; values: most."""

    key = "no_words"


class KnownWords(UnusableAdapter):
    """The model knows words already that the adapter brings as new; values: words."""

    key = "known_words"


class NotNumbers(UnusableAdapter):
    """It holds values that are no numbers, or too large to be kept."""

    key = "not_numbers"


class UnreadablePreferences(InputError):
    """A line of a preferences file is unreadable; values: line (0: the file is too large)."""

    key = "unreadable_preferences"


class TooFewChoices(InputError):
    """Fewer choices than the task needs; values: n, needed."""

    key = "too_few_choices"


class NoPreferences(InputError):
    """No pair with a better answer is left to learn from; values: n, n_contradicting."""

    key = "no_preferences"


class LessonError(InputError):
    """A lesson's file cannot be used; values: line, reason and what the reason's sentence needs.

    Args:
        line: counted from 1.
        reason: a word; the catalogue has a sentence for each.
        values: what the sentence needs.
    """

    key = "lesson"

    def __init__(self, line: int, reason: str, **values: Any) -> None:
        said = ", ".join(f"{name} {value!r}" for name, value in values.items())
        super().__init__(f"line {line}: {reason.replace('_', ' ')} ({said})")
        self.line = line
        self.reason = reason
        self.values = {"line": line, **values}


class RoomError(InputError):
    """A room does not let this be done; values: reason.

    Args:
        reason: a word; the catalogue has a sentence for each.
    """

    key = "room"

    def __init__(self, reason: str) -> None:
        super().__init__(f"the room does not allow it: {reason.replace('_', ' ')}", reason=reason)
        self.reason = reason


class NoPlace(InputError):
    """A prompt says nowhere where the question goes; values: name, place."""

    key = "no_place"


class NoTask(InputError):
    """A line is no question with its answer; values: n (of the line), line."""

    key = "no_task"


class TooManyTasks(InputError):
    """More questions than are asked at once; values: n, most."""

    key = "too_many_tasks"


class SchemaError(InputError):
    """A JSON schema cannot be used; values: reason."""

    key = "schema"


class SchemaNotJson(SchemaError):
    """A schema is not even JSON; values: line, column."""

    key = "schema_not_json"


class SchemaImpossible(SchemaError):
    """A schema contradicts itself: nothing can satisfy it; values: reason."""

    key = "schema_impossible"


class SchemaUnsupported(SchemaError):
    """A schema uses a feature we do not support; values: what."""

    key = "schema_unsupported"


class SchemaOverlaps(SchemaError):
    """Two options of a oneOf may both fit one value, which token by token nobody can rule out."""

    key = "schema_overlaps"


class SchemaTooLarge(SchemaError):
    """A schema is too long, too deep or expands too far; values: characters, levels, parts."""

    key = "schema_too_large"


class SchemaNeedsTokens(SchemaError):
    """Even the shortest matching JSON needs more tokens than allowed; values: needed, given."""

    key = "schema_needs_tokens"


class RuleName(InputError):
    """A user's own rule cannot have this name; values: name, longest."""

    key = "rule_name"


class PatternError(InputError):
    """A regular expression cannot be used."""

    key = "pattern"


class PatternBroken(PatternError):
    """It is not a valid regular expression; values: position (from 1), reason."""

    key = "pattern_broken"


class PatternUnsupported(PatternError):
    """A single pass over the text cannot decide it; values: position (from 1), what."""

    key = "pattern_unsupported"


class PatternTooLarge(PatternError):
    """It is too long, or too large with its repetitions expanded; values: characters, signs."""

    key = "pattern_too_large"


class PatternEmpty(PatternError):
    """It would also match the empty string."""

    key = "pattern_empty"


class NoProgress(InputError):
    """A file is no exported progress on the learning path, or a damaged one."""

    key = "no_progress"


class NewerProgress(InputError):
    """Progress was exported by a newer version of this program; values: version."""

    key = "newer_progress"


class NotFound(GlassboxError):
    """It does not exist or belongs to somebody else: the same answer for both."""

    key = "not_found"


class StoreError(GlassboxError):
    """Stored data cannot be used."""

    key = "store"


class Corrupted(StoreError):
    """Stored bytes do not match their id; values: id."""

    key = "corrupted"


class DamagedDatabase(StoreError):
    """The database cannot be read: its file is damaged or is none."""

    key = "damaged_database"


class DiskFull(StoreError):
    """There is no room left: what was to be stored is not."""

    key = "disk_full"


class ReadOnly(StoreError):
    """The place where things are stored may not be written: what was to be stored is not."""

    key = "read_only"


class NewerSchema(StoreError):
    """The store was written by a newer version of this program; values: found, known."""

    key = "newer_schema"


class NotTakenHome(GlassboxError):
    """Something cannot be written in a form that others read."""

    key = "not_taken_home"


class NoEqualArchitecture(NotTakenHome):
    """No architecture of transformers computes a model; values: settings, by their names."""

    key = "no_equal_architecture"


class AmbiguousTokens(NotTakenHome):
    """Tokens of a vocabulary stand for the same bytes; values: n."""

    key = "ambiguous_tokens"


class EngineError(GlassboxError):
    """A run cannot be started, changed or continued; values: status."""

    key = "engine"


class Busy(EngineError):
    """Too much is running; values: n_waiting."""

    key = "busy"


class UnderWay(EngineError):
    """The user's experiment is still running, and we never stop one silently; values: names."""

    key = "under_way"


class RunLost(EngineError):
    """The processes computing a run died again and again; values: n_losses."""

    key = "run_lost"


class WritingFailed(GlassboxError):
    """The generation service could not generate; values: reason."""

    key = "writing_failed"

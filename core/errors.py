"""Every deliberate error of the project, as one tree.

GlassboxError
├── SettingError        a setting lies outside what is possible
├── InputError          what somebody handed in cannot be used
│   ├── EmptyInput          nothing, or nothing but white space
│   ├── TooShort            too little text for what was asked
│   ├── TooLarge            more than the limit
│   ├── TooLong             pairs that do not fit into the model's context
│   ├── NoAnswer            questions without answers
│   ├── TooFewPairs         too few pairs of question and answer to learn from
│   ├── NotText             binary data, or bytes of no known text encoding
│   ├── UnknownFileType     a file name that ends in something we do not read
│   ├── NoTextColumn        a table or JSON lines without a column of text
│   ├── ReadingFailed       the reading process ran out of time or memory
│   ├── SchemaError         a JSON schema cannot be used, for whatever reason
│   │   ├── SchemaNotJson       it is not JSON to begin with
│   │   ├── SchemaImpossible    it contradicts itself: nothing could ever fit it
│   │   ├── SchemaUnsupported   it asks for something that we do not do
│   │   ├── SchemaTooLarge      it is too long, too deep, or grows too large when written out
│   │   └── SchemaNeedsTokens   even the shortest JSON that fits takes more tokens than allowed
│   ├── RuleName            a rule of one's own cannot go by this name
│   ├── PatternError        a regular expression cannot be used, for whatever reason
│   │   ├── PatternBroken       it is none: a bracket is missing, a range is reversed
│   │   ├── PatternUnsupported  it asks for what one pass over a text cannot decide
│   │   ├── PatternTooLarge     it is too long, or too large with its repetitions written out
│   │   └── PatternEmpty        it would also fit where there is nothing
│   ├── UnreadableWeights   a file of weights is damaged, forged or of a kind we do not know
│   ├── WebhookRefused      an address to which nothing may be delivered
│   ├── UnreadablePreferences   a line that is no preference
│   ├── TooFewChoices       fewer choices than what was asked needs
│   └── NoPreferences       no pair with a better answer is left to learn from
├── NotFound            no such thing, or it belongs to somebody else (one answer for both)
├── StoreError          what is kept cannot be used
│   ├── Corrupted           stored bytes are not the bytes their id promises
│   └── NewerSchema         the store was written by a newer version of this program
├── EngineError         a run cannot be started, changed or continued
│   ├── Busy                too much is under way; try again
│   ├── UnderWay            a person's experiment is still going on
│   └── RunLost             the processes that computed a run died again and again
└── WritingFailed       the generation service could not write

A visitor never reads `str(error)`: pages look up `error.<key>` in the word catalogue and fill in
`values`. Mistakes of programmers raise `ValueError` instead.
"""

from typing import Any, ClassVar


class GlassboxError(Exception):
    """Root of the tree: a catalogue key and the values its sentence names.

    Args:
        message: an English sentence for logs and the API.
        values: what the sentence in the visitor's language fills in.
    """

    key: ClassVar[str] = "unexpected"

    def __init__(self, message: str, **values: Any) -> None:
        super().__init__(message)
        self.values = values


class SettingError(GlassboxError):
    """A setting lies outside its range: name, value, rule."""

    key = "setting"

    def __init__(self, name: str, value: object, rule: str) -> None:
        super().__init__(f"{name} is {value!r}, {rule}", name=name, value=value, rule=rule)


class InputError(GlassboxError):
    """What somebody handed in cannot be used as it is."""

    key = "input"


class EmptyInput(InputError):
    """Nothing, or nothing but white space."""

    key = "empty_input"


class TooShort(InputError):
    """Too little text for what was asked; values: n, needed, unit."""

    key = "too_short"


class TooLarge(InputError):
    """More than the limit; values: size_mb, limit_mb."""

    key = "too_large"


class TooLong(InputError):
    """No pair fits into the model's context; values: n, limit."""

    key = "too_long"


class NoAnswer(InputError):
    """Nothing but questions: no line has an answer beside it; values: n, line."""

    key = "no_answer"


class TooFewPairs(InputError):
    """Too few pairs of question and answer to learn from; values: n, needed."""

    key = "too_few_pairs"


class NotText(InputError):
    """Binary data, or bytes in no known text encoding; values: name."""

    key = "not_text"


class UnknownFileType(InputError):
    """A file name that ends in something we do not read; values: name, known."""

    key = "unknown_file_type"


class NoTextColumn(InputError):
    """A table or JSON lines without a column of text; values: name, columns."""

    key = "no_text_column"


class ReadingFailed(InputError):
    """The reading process ran out of time or memory; values: name, limit_s."""

    key = "reading_failed"


class WebhookRefused(InputError):
    """An address to which nothing may be delivered; values: reason, address."""

    key = "webhook_refused"


class UnreadableWeights(InputError):
    """A file of weights is damaged, forged or of a kind we do not know; values: reason."""

    key = "unreadable_weights"


class UnreadablePreferences(InputError):
    """A line of a file of preferences cannot be read; values: line (0: the file is too large)."""

    key = "unreadable_preferences"


class TooFewChoices(InputError):
    """Fewer choices than what was asked needs; values: n, needed."""

    key = "too_few_choices"


class NoPreferences(InputError):
    """No pair with a better answer is left to learn from; values: n, n_contradicting."""

    key = "no_preferences"


class SchemaError(InputError):
    """A JSON schema cannot be used; values: reason."""

    key = "schema"


class SchemaNotJson(SchemaError):
    """A schema is not JSON to begin with; values: line, column."""

    key = "schema_not_json"


class SchemaImpossible(SchemaError):
    """A schema contradicts itself: nothing could ever fit it; values: reason."""

    key = "schema_impossible"


class SchemaUnsupported(SchemaError):
    """A schema asks for something that we do not do; values: what."""

    key = "schema_unsupported"


class SchemaTooLarge(SchemaError):
    """A schema is too long, too deep or unfolds too far; values: characters, levels, parts."""

    key = "schema_too_large"


class SchemaNeedsTokens(SchemaError):
    """Even the shortest JSON that fits takes more tokens than allowed; values: needed, given."""

    key = "schema_needs_tokens"


class RuleName(InputError):
    """A rule of one's own cannot go by this name; values: name, longest."""

    key = "rule_name"


class PatternError(InputError):
    """A regular expression cannot be used."""

    key = "pattern"


class PatternBroken(PatternError):
    """It is no regular expression; values: position (from 1), reason."""

    key = "pattern_broken"


class PatternUnsupported(PatternError):
    """It asks for what one pass over a text cannot decide; values: position (from 1), what."""

    key = "pattern_unsupported"


class PatternTooLarge(PatternError):
    """It is too long, or too large with its repetitions written out; values: characters, signs."""

    key = "pattern_too_large"


class PatternEmpty(PatternError):
    """It would also fit where there is nothing."""

    key = "pattern_empty"


class NotFound(GlassboxError):
    """No such thing, or it belongs to somebody else: one answer for both."""

    key = "not_found"


class StoreError(GlassboxError):
    """What is kept cannot be used."""

    key = "store"


class Corrupted(StoreError):
    """Stored bytes are not the bytes their id promises; values: id."""

    key = "corrupted"


class NewerSchema(StoreError):
    """The store was written by a newer version of this program; values: found, known."""

    key = "newer_schema"


class EngineError(GlassboxError):
    """A run cannot be started, changed or continued; values: status."""

    key = "engine"


class Busy(EngineError):
    """Too much is under way; values: n_waiting."""

    key = "busy"


class UnderWay(EngineError):
    """A person's experiment is still going on, and nothing is stopped silently; values: names."""

    key = "under_way"


class RunLost(EngineError):
    """The processes that computed a run died again and again; values: n_losses."""

    key = "run_lost"


class WritingFailed(GlassboxError):
    """The generation service could not write; values: reason."""

    key = "writing_failed"

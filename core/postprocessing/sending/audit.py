"""The audit trail: what was done to one answer, in order, so that nobody can change it unnoticed.

Every entry names the hash of the entry before it and is named by its own. Whoever changes, drops or
moves an entry breaks the chain at that place; whoever writes the whole chain anew arrives at
another head, and the head went out with the answer.

Invariant: no text that a stage found stands in here, and none can be guessed back. Of the texts
between the stages only fingerprints are kept, salted with a number that nobody keeps: equal texts
of one answer are seen to be equal, and that is all that can be learned from them.
"""

import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from core import spreadsheet
from core.errors import InputError
from core.postprocessing.chaining import NO_ENTRY, first_broken, sealed
from core.postprocessing.stages import Answer, Finding, Processed

SALT_BYTES: Final = 16
MIN_ORIGINAL: Final = 4  # letters and digits; anything shorter stands in ordinary words too
LEFT_OUT: Final = "…"  # stands for a word of a note that would have told what was found


@dataclass(frozen=True)
class Entry:
    """One line of the trail.

    Args:
        number: its place, from 0.
        at: the moment the answer was finished, UTC, ISO 8601.
        answer: the id of the answer.
        stage: who acted: "model", then the stages' names, at last "sent".
        n_findings: places found.
        n_changed: those among them at which the text was changed.
        kinds: kind of finding -> how many.
        places: per finding [start, end, kind, rule], in characters of the stage's input.
        held_back: whether this stage kept the whole text back.
        seconds: how long it took.
        before, after: salted fingerprints of the text as it came and as it went on.
        previous: the hash of the entry before.
        hash: the hash of all of the above.
    """

    number: int
    at: str
    answer: str
    stage: str
    n_findings: int
    n_changed: int
    kinds: dict[str, int]
    places: list[list[Any]]
    held_back: bool
    seconds: float
    before: str
    after: str
    previous: str
    hash: str = ""


COLUMNS: Final = tuple(field.name for field in fields(Entry))


def trail(
    answer: Answer, drawn: str, *, id: str, at: str, model_s: float, salt: bytes | None = None
) -> list[Entry]:
    """Write the trail of one answer.

    Args:
        answer: what the stages made of the text.
        drawn: the text as the model wrote it.
        id: of the answer.
        at: when it was finished.
        model_s: seconds the model took.
        salt: of the fingerprints; drawn and forgotten if none is given.

    Returns:
        an entry for the model, one a stage, and one for what was sent.
    """
    salt = salt or secrets.token_bytes(SALT_BYTES)
    begun = Processed(drawn, seconds=model_s)
    ended = Processed(answer.text, held_back=answer.held_back)
    entries: list[Entry] = []
    text = drawn
    for stage, step in (("model", begun), *answer.steps, ("sent", ended)):
        found = step.findings
        entry = Entry(
            number=len(entries),
            at=at,
            answer=id,
            stage=stage,
            n_findings=len(found),
            n_changed=sum(finding.replacement is not None for finding in found),
            kinds=dict(Counter(finding.kind for finding in found)),
            places=[_place(text, finding) for finding in found],
            held_back=step.held_back,
            seconds=round(step.seconds, 6),
            before=fingerprint(text, salt),
            after=fingerprint(step.text, salt),
            previous=entries[-1].hash if entries else NO_ENTRY,
        )
        entries.append(sealed(entry))
        text = step.text
    return entries


def fingerprint(text: str, salt: bytes) -> str:
    """A text as a hash that says nothing without its salt."""
    return hashlib.sha256(salt + text.encode("utf-8", "surrogatepass")).hexdigest()


def head_of(entries: Sequence[Entry]) -> str:
    """What names the whole trail: the hash of its last entry."""
    return entries[-1].hash if entries else NO_ENTRY


def verify(entries: Sequence[Entry], head: str | None = None) -> int | None:
    """Look for the first place at which a trail was tampered with.

    Args:
        entries: the trail.
        head: what went out with the answer as its hash; without it a trail that was written
            wholly anew, or cut at its end, cannot be told from a true one.

    Returns:
        the place of the first entry that does not fit; the number of entries where only the head
        does not fit; None if all is as it was written.
    """
    broken = first_broken(entries)
    apart = (n for n in range(1, len(entries)) if entries[n].before != entries[n - 1].after)
    found = [place for place in (broken, next(apart, None)) if place is not None]
    if found:
        return min(found)
    return len(entries) if head is not None and head != head_of(entries) else None


def to_dicts(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """A trail as JSON takes it."""
    return [asdict(entry) for entry in entries]


def from_dicts(rows: object) -> list[Entry]:
    """A trail from its JSON form.

    Raises:
        InputError: this is no trail.
    """
    if not isinstance(rows, list):
        raise InputError("an audit trail is a list of entries")
    if not all(isinstance(row, dict) and set(row) == set(COLUMNS) for row in rows):
        raise InputError(f"an entry has exactly the fields {', '.join(COLUMNS)}")
    return [Entry(**row) for row in rows]


def to_jsonl(entries: Sequence[Entry]) -> str:
    """A trail as JSON Lines: one entry a line."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in to_dicts(entries))


def from_jsonl(text: str) -> list[Entry]:
    """A trail from JSON Lines.

    Raises:
        InputError: a line is no entry.
    """
    try:
        return from_dicts([json.loads(line) for line in text.splitlines() if line.strip()])
    except ValueError as error:
        raise InputError(f"a line is not valid JSON: {error}") from error


def to_csv(entries: Sequence[Entry]) -> str:
    """A trail as a table; what a table program could take for a formula is quoted."""
    return spreadsheet.to_csv(
        COLUMNS, ([_cell(row[name]) for name in COLUMNS] for row in to_dicts(entries))
    )


def originals(answer: Answer, drawn: str, stages: Sequence[str]) -> set[str]:
    """The texts that the named stages found, each as its letters and digits alone.

    Args:
        answer: what the stages made of the text.
        drawn: the text as the model wrote it.
        stages: whose findings nobody may read again.
    """
    found, text = set(), drawn
    for stage, step in answer.steps:
        if stage in stages:
            found |= {_bare(text[finding.start : finding.end]) for finding in step.findings}
        text = step.text
    return {each for each in found if len(each) >= MIN_ORIGINAL}


def without(value: Any, told: set[str]) -> Any:
    """A value of JSON in which every text that tells one of `told` is left out."""
    if isinstance(value, str):
        bare = _bare(value)
        return LEFT_OUT if any(each in bare for each in told) else value
    if isinstance(value, Mapping):
        return {without(str(name), told): without(each, told) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [without(each, told) for each in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return LEFT_OUT if any(each in _bare(str(value)) for each in told) else value
    return value


def _place(text: str, finding: Finding) -> list[Any]:
    """Where and what, but never the text; a rule's name that repeats it is left out."""
    told = {each for each in (_bare(text[finding.start : finding.end]),) if each}
    long = {each for each in told if len(each) >= MIN_ORIGINAL}
    return [finding.start, finding.end, without(finding.kind, long), without(finding.rule, long)]


def _bare(text: str) -> str:
    return "".join(character for character in text if character.isalnum()).casefold()


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value

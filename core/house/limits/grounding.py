"""Readers: the shipped fine-tuned model taught to read, three times, and what each answers."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from random import Random
from typing import Any, Final

import torch

from core.architecture.transformer import Transformer
from core.architecture.weights import Precision, checkpoint_bytes, read_checkpoint
from core.data.text.bpe import Encoder
from core.data.world import WorldSettings, draw_town
from core.house.chain import house_artifacts
from core.house.files import Folder
from core.house.limits import record
from core.house.limits.grounding_card import reader_card
from core.house.limits.running import seconds_of
from core.languages import LANGS
from core.limits.grounding.board import N_FOUND, board
from core.limits.grounding.citing import with_passages
from core.limits.grounding.exam import (
    FIRST_YEAR,
    GROUPS,
    WAYS,
    Case,
    Group,
    Reply,
    Tally,
    Way,
    asked_for,
    examined,
    greedy,
    group_of,
    pooled,
    tallied,
)
from core.limits.grounding.lessons import MOST_PASSAGES, strange
from core.limits.grounding.program import GroundingProgram, GroundingSettings
from core.lineage import content_id

PART: Final = "grounding"
WEIGHTS: Final = "limits-reader.safetensors"
CARD: Final = "MODEL_CARD_READER.md"
PRECISION: Final[Precision] = "int8"
N_SEEDS: Final = 3
N_YEARS: Final = 4  # asked about
N_STEPS: Final = 1800
N_LESSONS: Final = 30_000
LOOK_EVERY: Final = 600  # steps
N_AT_A_TIME: Final = 2  # readers taught side by side
UNTAUGHT: Final = "untaught"
UNTAUGHT_WAYS: Final[tuple[Way, ...]] = ("alone", "given")


@dataclass(frozen=True)
class Row:
    """What one model answered in one way.

    Args:
        model: "untaught" or the seed of a reader.
        way: see `core.limits.grounding.exam.WAYS`.
        lang: of the questions.
        group: whether what is asked for was told to the model, otherwise.
        n_found: notices put before it.
        tally: what became of it.
    """

    model: str
    way: Way
    lang: str
    group: Group
    n_found: int
    tally: Tally


@dataclass(frozen=True)
class Grounding:
    """What is shipped about reading.

    Args:
        checkpoint: id of the model that was taught.
        settings: of the first reader.
        seconds: what teaching the first reader took.
        rows: what every model answered.
        strange: invented words in notices, n of them, and n_right that it repeated as they stand.
        n_tokens: mean length of a prompt by way, for the first reader.
        seconds_each: of one answer by way, the mean over the first reader's.
    """

    checkpoint: str
    settings: GroundingSettings
    seconds: float
    rows: Sequence[Row]
    strange: Mapping[str, int]
    n_tokens: Mapping[Way, float]
    seconds_each: Mapping[Way, float]

    def tally(self, way: Way, *, taught: bool = True, n_found: int = N_FOUND, **only: str) -> Tally:
        """All counts of one way together.

        Args:
            way: see `core.limits.grounding.exam.WAYS`.
            taught: those of the readers; else of the model before.
            n_found: notices put before it.
            only: model, lang or group, to count these alone.
        """
        return pooled(
            [
                row.tally
                for row in self.rows
                if (row.way, row.n_found) == (way, n_found)
                and (row.model != UNTAUGHT) == taught
                and all(getattr(row, name) == value for name, value in only.items())
            ]
        )

    @property
    def readers(self) -> list[str]:
        """The seeds of all readers."""
        return sorted({row.model for row in self.rows} - {UNTAUGHT})


def make(folder: Folder, say: Callable[[str], None]) -> dict[str, Any]:
    """Teach the shipped fine-tuned model to read, with several seeds, and ask them all.

    The weights of the first reader are shipped, rounded, and it is asked with these.

    Args:
        folder: where the house's files lie.
        say: is told what is under way.
    """
    chain = {artifact.kind: artifact for artifact in house_artifacts(folder)}
    inputs = {"model": chain["tuned"].read(), "encoder": chain["encoder"].read()}
    world = chain["corpus"].settings["world"]
    encoder = Encoder.from_bytes(inputs["encoder"])
    say("asking the model that was not taught to read")
    rows = asked_all(read_checkpoint(inputs["model"])[0], encoder, world, UNTAUGHT, UNTAUGHT_WAYS)
    first = GroundingSettings(
        world=world,
        n_steps=N_STEPS,
        n_lessons=N_LESSONS,
        ask_every=LOOK_EVERY,
        ways=("given", "missing"),
    )
    found: dict[str, Any] = {"checkpoint": chain["tuned"].id, "settings": first.to_dict()}
    say(f"teaching {N_SEEDS} readers, {N_AT_A_TIME} at a time")
    with ProcessPoolExecutor(N_AT_A_TIME, get_context("spawn")) as pool:
        settings = [first.changed(seed=seed).to_dict() for seed in range(N_SEEDS)]
        readers = list(pool.map(taught, [inputs] * N_SEEDS, settings))
    for seed, (data, seconds) in enumerate(readers):
        model, about = read_checkpoint(data)
        if seed == first.seed:
            shipped = checkpoint_bytes(model, about, PRECISION)
            weights = {"file": folder.write(WEIGHTS, shipped), "id": content_id(shipped)}
            model = read_checkpoint(shipped)[0]
            found |= {"weights": weights, "seconds": seconds, **priced(model, encoder, world)}
            found["strange"] = strange_words(model, encoder)
        say(f"asking reader {seed + 1}")
        rows += asked_all(model, encoder, world, str(seed), WAYS)
        if seed == first.seed:
            for n in range(1, MOST_PASSAGES + 1):
                if n != N_FOUND:
                    rows += asked_all(model, encoder, world, str(seed), ("found",), n)
    found["rows"] = rows
    folder.write(CARD, reader_card(found).encode("utf-8"))
    return found


def taught(inputs: Mapping[str, bytes], settings: Mapping[str, Any]) -> tuple[bytes, float]:
    """One reader as a checkpoint, and the seconds that teaching it took, in one thread."""
    torch.set_num_threads(1)
    program = GroundingProgram(inputs, settings)
    while not program.finished:
        for row in (each for each in program.advance() if each["kind"] == "asked"):
            one = Tally(**row["tally"])
            said = f"{one.n_right} of {one.n} right, {one.said['unsure']} not known"
            print(f"step {row['step']}, {row['way']} ({row['lang']}): {said}", flush=True)
    return program.result(), round(seconds_of(program), 1)


def asked_all(
    model: Transformer,
    encoder: Encoder,
    world: Mapping[str, Any],
    name: str,
    ways: Sequence[Way],
    n: int = N_FOUND,
) -> list[dict[str, Any]]:
    """What a model answers in some ways, by language and group, as rows of JSON."""
    before = WorldSettings(**world)
    known, rows = draw_town(before), []
    for way in ways:
        for lang in LANGS:
            pairs: list[tuple[Case, Reply]] = []
            for number in range(N_YEARS):
                year = board(FIRST_YEAR + number, lang)
                pairs += examined(greedy(model, encoder), year, way, before, n)
            for group in GROUPS:
                some = [one for one in pairs if group_of(one[0].question.fact, known) == group]
                row = {"model": name, "way": way, "lang": lang, "group": group, "n_found": n}
                rows.append(row | {"tally": vars(tallied(some))})
    return rows


def strange_words(model: Transformer, encoder: Encoder) -> dict[str, int]:
    """How many invented words are repeated as they stand in the notice, and of how many."""
    asked = [
        one
        for lang in LANGS
        for year in (board(FIRST_YEAR + number, lang) for number in range(N_YEARS))
        for fact in asked_for(year)
        if (one := strange(year, fact, N_FOUND, Random(str(fact))))
    ]
    answers = greedy(model, encoder)([prompt for prompt, _ in asked])
    n_right = sum(word in text for (_, word), text in zip(asked, answers, strict=True))
    return {"n": len(asked), "n_right": n_right}


def priced(model: Transformer, encoder: Encoder, world: Mapping[str, Any]) -> dict[str, Any]:
    """How long prompts are, and how long an answer takes, alone and with what is found."""
    n_tokens, seconds = {}, {}
    ask = greedy(model, encoder)
    for way in ("alone", "found"):
        year = board(FIRST_YEAR, LANGS[0])
        begun = time.perf_counter()
        pairs = examined(ask, year, way, WorldSettings(**world))
        seconds[way] = round((time.perf_counter() - begun) / len(pairs), 4)
        prompts = [with_passages(one.passages, one.question.text) for one, _ in pairs]
        lengths = [len(encoder.encode(each)) for each in prompts]
        n_tokens[way] = round(sum(lengths) / len(lengths), 1)
    return {"n_tokens": n_tokens, "seconds_each": seconds}


def grounding(folder: Folder | None = None) -> Grounding | None:
    """What is shipped; None if nothing is, or the model that was taught has been made anew."""
    shipped = {artifact.id for artifact in house_artifacts(folder)}
    found = _grounding(record.where(folder))
    return found if found and found.checkpoint in shipped else None


@cache
def _grounding(folder: Folder) -> Grounding | None:
    found = record.read(PART, folder)
    if not found:
        return None
    return Grounding(
        checkpoint=found["checkpoint"],
        settings=GroundingSettings.from_dict(found["settings"]),
        seconds=found["seconds"],
        rows=tuple(Row(**{**row, "tally": Tally(**row["tally"])}) for row in found["rows"]),
        strange=found["strange"],
        n_tokens=found["n_tokens"],
        seconds_each=found["seconds_each"],
    )


def reader(folder: Folder | None = None) -> bytes:
    """The weights of the first reader."""
    return record.where(folder).read(WEIGHTS)

"""Preferences between pictures: two pictures of one caption, and which was the better one.

Both are drawn by the same model from different noises. What somebody clicked, or a rule decided, is
kept with the pictures themselves, so that learning reads exactly what was seen.
"""

import base64
import binascii
import json
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, Literal

import numpy as np
import torch

from core.alignment.pictures.dpo import PicturePairs
from core.alignment.pictures.rules import LEFT_OPEN, RULES, OpenWish, rule_of
from core.data.pictures.collecting.files import picture_of, png_of
from core.data.pictures.drawing.painting import SIZES, Pixels
from core.data.pictures.tensors import to_pixels, to_tensor
from core.errors import NoPreferences, UnreadablePicture, UnreadablePreferences
from core.inference.pictures.drawing import DrawSettings, frames
from core.inference.pictures.model import PictureModel
from core.lineage import Number, canonical_json

Choice = Literal["a", "b"]
YOU: Final = "you"
RULE: Final = "rule:"
PAIR_STEPS: Final = 10
PAIR_GUIDANCE: Final = 1.5  # little more than learned: a strong caption makes pictures more alike
N_EACH: Final = 4  # pictures of a caption among which a pair is looked for
AT_ONCE: Final = 16  # pictures drawn together
LARGEST_FILE_BYTES: Final = 20_000_000
LONGEST_CAPTION: Final = 400
MOST_PAIRS: Final = 2000


@dataclass(frozen=True, eq=False)
class PicturePair:
    """Two pictures of one caption, waiting for a judgement.

    Args:
        caption, lang, left_open: as in OpenWish.
        a, b: (S, S, 3) the pictures; `a` stands on the left.
        seed_a, seed_b: of their noises.
    """

    caption: str
    lang: str
    left_open: str
    a: Pixels
    b: Pixels
    seed_a: int
    seed_b: int


@dataclass(frozen=True, eq=False)
class PicturePreference:
    """One judgement.

    Args:
        pair: what was judged.
        choice: the better picture.
        judge: "you", or "rule:<name>".
    """

    pair: PicturePair
    choice: Choice
    judge: str = YOU

    @property
    def better(self) -> Pixels:
        """The picture that was preferred."""
        return self.pair.a if self.choice == "a" else self.pair.b

    @property
    def worse(self) -> Pixels:
        """The other one."""
        return self.pair.b if self.choice == "a" else self.pair.a


def drawing_pairs(
    model: PictureModel, wishes: Sequence[OpenWish]
) -> Generator[None, None, list[PicturePair]]:
    """Of N_EACH pictures of each caption the two that differ most; yields between pieces of work.

    Two that look alike would leave nothing to choose.
    """
    drawn = yield from drawing_each(model, wishes, N_EACH)
    return [
        _pair(wish, pictures, *_least_alike(pictures))
        for wish, pictures in zip(wishes, drawn, strict=True)
    ]


def _least_alike(pictures: Sequence[Pixels]) -> tuple[int, int]:
    """The places of the two pictures with the largest mean difference."""
    levels = [picture.astype(np.float32) for picture in pictures]
    return max(
        combinations(range(len(levels)), 2),
        key=lambda places: float(np.abs(levels[places[0]] - levels[places[1]]).mean()),
    )


def tells_apart(pair: PicturePair) -> bool:
    """Whether two pictures differ in what their caption leaves open, as a rule would see it."""
    for rule in RULES.values():
        if rule.left_open == pair.left_open:
            one, other = rule.score(pair.a), rule.score(pair.b)
            if one is not None and other is not None and abs(one - other) >= rule.enough:
                return True
    return False


def judging_pairs(
    model: PictureModel, wishes: Iterable[OpenWish], rule: str, n: int
) -> Generator[int, None, list[PicturePreference]]:
    """Let a rule choose: of N_EACH pictures of a caption, the best and the worst by its score.

    A caption whose pictures the rule holds to be about alike gives no pair. Yields, between pieces
    of work, how many pairs there are.

    Args:
        model: draws.
        wishes: captions, as many as are needed; it may be fewer than n pairs that they give.
        rule: one of RULES.
        n: pairs wanted.

    Raises:
        SettingError: there is no such rule.
    """
    judge, found, waiting = rule_of(rule), list[PicturePreference](), list(wishes)
    while waiting and len(found) < n:
        some, waiting = waiting[: AT_ONCE // N_EACH], waiting[AT_ONCE // N_EACH :]
        work = drawing_each(model, some, N_EACH)
        while True:
            try:
                next(work)
            except StopIteration as end:
                drawn: list[list[Pixels]] = end.value
                break
            yield len(found)
        for wish, pictures in zip(some, drawn, strict=True):
            scores = [judge.score(picture) for picture in pictures]
            best_first = _furthest_apart(scores, judge.enough)
            if best_first is not None and len(found) < n:
                best, worst = best_first
                first, second = sorted(best_first)  # sides as the seeds come, whatever is better
                pair = _pair(wish, pictures, first, second)
                choice: Choice = "a" if best < worst else "b"
                found.append(PicturePreference(pair, choice, RULE + rule))
            yield len(found)
    return found


def _furthest_apart(scores: Sequence[float | None], enough: float) -> tuple[int, int] | None:
    """The places of the best and the worst score; None if they are about equal."""
    known = [(score, place) for place, score in enumerate(scores) if score is not None]
    if len(known) < 2 or max(known)[0] - min(known)[0] < enough:
        return None
    return max(known)[1], min(known)[1]


def drawing_each(
    model: PictureModel, wishes: Sequence[OpenWish], n_each: int
) -> Generator[None, None, list[list[Pixels]]]:
    """Some pictures of every caption, from seeds that count up from the wish's own; yields between
    pieces of work.
    """
    settings = DrawSettings(n_steps=PAIR_STEPS, guidance=PAIR_GUIDANCE)
    found: list[list[Pixels]] = []
    for first in range(0, len(wishes), max(1, AT_ONCE // n_each)):
        some = wishes[first : first + max(1, AT_ONCE // n_each)]
        captions = [wish.caption for wish in some for _ in range(n_each)]
        seeds = [seed for wish in some for seed in _seeds(wish, n_each)]
        finished = torch.empty(0)
        for frame in frames(model, captions, seeds, settings):
            finished = frame.noisy
            yield
        pictures = list(to_pixels(finished))
        found += [pictures[k : k + n_each] for k in range(0, len(pictures), n_each)]
    return found


def _seeds(wish: OpenWish, n: int) -> list[int]:
    return [wish.seed * 16 + k for k in range(n)]


def _pair(wish: OpenWish, pictures: Sequence[Pixels], a: int, b: int) -> PicturePair:
    seeds = _seeds(wish, len(pictures))
    return PicturePair(wish.caption, wish.lang, wish.left_open, pictures[a], pictures[b],
                       seeds[a], seeds[b])  # fmt: skip


def agreement(preferences: Iterable[PicturePreference]) -> dict[str, tuple[int, int]]:
    """What was preferred: for each rule, how many choices it explains, of those it has a say in.

    Returns:
        rule -> (n_agreeing, n); pairs of other captions and pairs about alike are left out, and
        rules without a say.
    """
    found: dict[str, tuple[int, int]] = {}
    for one in preferences:
        for name, rule in RULES.items():
            if rule.left_open != one.pair.left_open:
                continue
            better, worse = rule.score(one.better), rule.score(one.worse)
            if better is None or worse is None or abs(better - worse) < rule.enough:
                continue
            agreeing, n = found.get(name, (0, 0))
            found[name] = (agreeing + (better > worse), n + 1)
    return found


def rule_followed(preferences: Sequence[PicturePreference]) -> str:
    """The rule that explains most choices, and by which their success is measured.

    Raises:
        NoPreferences: there are none.
    """
    if not preferences:
        raise NoPreferences("nothing was chosen", n=0, n_contradicting=0)
    said = agreement(preferences)
    kinds = [one.pair.left_open for one in preferences]
    usual = max(LEFT_OPEN, key=kinds.count)
    fitting = [name for name, rule in RULES.items() if rule.left_open == usual]
    return max(fitting, key=lambda name: said.get(name, (0, 0))[0])


def pairs_tensor(preferences: Sequence[PicturePreference], model: PictureModel) -> PicturePairs:
    """The pairs as the model learns from them.

    Raises:
        NoPreferences: there are none.
        UnreadablePreferences: the pictures have another size than the model's.
        TooLong: a caption is longer than the model can read.
    """
    if not preferences:
        raise NoPreferences("nothing was chosen", n=0, n_contradicting=0)
    if any(len(picture) != model.size for one in preferences
           for picture in (one.better, one.worse)):  # fmt: skip
        raise UnreadablePreferences(f"a picture is not {model.size} pixels wide", line=0)
    return PicturePairs(
        to_tensor(np.stack([one.better for one in preferences])),
        to_tensor(np.stack([one.worse for one in preferences])),
        model.rows([one.pair.caption for one in preferences]),
    )


def numbers_of(preferences: Sequence[PicturePreference]) -> dict[str, Number]:
    """The numbers of an artefact "preferences": n_preferences, n_pairs, share_left, judges."""
    n = len(preferences)
    return {
        "n_preferences": n,
        "n_pairs": n,
        "share_left": sum(one.choice == "a" for one in preferences) / n if n else 0.5,
        "judges": ",".join(sorted({one.judge for one in preferences})),
    }


def to_bytes(preferences: Iterable[PicturePreference]) -> bytes:
    """One JSON object a line, the pictures in it as PNG files."""
    return b"".join(canonical_json(_written(one)) + b"\n" for one in preferences)


def _written(one: PicturePreference) -> dict[str, object]:
    pair = one.pair
    return {
        "caption": pair.caption,
        "lang": pair.lang,
        "left_open": pair.left_open,
        "size": len(pair.a),
        "a": base64.b64encode(png_of(pair.a)).decode("ascii"),
        "b": base64.b64encode(png_of(pair.b)).decode("ascii"),
        "seed_a": pair.seed_a,
        "seed_b": pair.seed_b,
        "choice": one.choice,
        "judge": one.judge,
    }


def from_bytes(data: bytes) -> list[PicturePreference]:
    """Preferences from the bytes of `to_bytes`, which nobody has checked yet.

    Raises:
        UnreadablePreferences: too large, or a line that is no preference; names the line.
    """
    lines = [(n, line) for n, line in enumerate(data.splitlines(), start=1) if line.strip()]
    if len(data) > LARGEST_FILE_BYTES or len(lines) > MOST_PAIRS:
        raise UnreadablePreferences(f"{len(data)} bytes are too many", line=0)
    return [_read(line, n) for n, line in lines]


def _read(line: bytes, n: int) -> PicturePreference:
    """One line, or UnreadablePreferences with its number."""
    try:
        given = json.loads(line)
        if not isinstance(given, Mapping) or not _possible(given):
            raise ValueError("not the fields of a preference")
        a, b = (picture_of(base64.b64decode(given[side], validate=True), given["size"])
                for side in "ab")  # fmt: skip
    except (ValueError, RecursionError, binascii.Error, UnreadablePicture) as error:
        raise UnreadablePreferences(f"line {n} holds no preference", line=n) from error
    pair = PicturePair(given["caption"], given["lang"], given["left_open"], a, b,
                       given["seed_a"], given["seed_b"])  # fmt: skip
    return PicturePreference(pair, given["choice"], given["judge"])


def _possible(given: Mapping[str, object]) -> bool:
    """Whether a JSON object has the fields of a preference, and each a value it may have."""
    texts = [given.get(name) for name in ("caption", "lang", "judge", "a", "b")]
    caption = given.get("caption")
    return (
        set(given) == {"caption", "lang", "left_open", "size", "a", "b", "seed_a", "seed_b",
                       "choice", "judge"}
        and all(isinstance(text, str) for text in texts)
        and isinstance(caption, str)
        and len(caption) <= LONGEST_CAPTION
        and given["left_open"] in LEFT_OPEN
        and given["size"] in SIZES
        and all(type(given[name]) is int for name in ("seed_a", "seed_b"))
        and given["choice"] in ("a", "b")
    )  # fmt: skip

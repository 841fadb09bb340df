"""A classifier one can read: every group of letters has a weight, and a text is their sum.

Invariant: equal labels and settings give the same weights; a score is exactly the sum of what
`evidence` says of the single characters, through one logistic curve.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load, save

from core.errors import SettingError, TooShort, UnreadableWeights
from core.postprocessing.safety.labels import Labelled, shipped, split

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

SHORTEST, LONGEST = 2, 5  # characters of a group
N_BUCKETS: Final = 2**15  # F; groups that fall into one bucket share its weight
_FACTOR: Final = np.uint64(0x9E3779B97F4A7C15)  # odd, its bits well mixed
LOOK_EVERY: Final = 10  # steps between two looks at the learning


@dataclass(frozen=True)
class ClassifierSettings:
    """How the classifier learns."""

    strength: float = 3e-5  # of the pull towards weight 0, per text
    n_steps: int = 300  # at most; ends before when nothing moves any more
    still: float = 1e-5  # the largest slope that counts as none
    seed: int = 0  # which of the shipped texts are held back

    def __post_init__(self) -> None:
        if not 1e-6 <= self.strength <= 1:
            raise SettingError("strength", self.strength, "must lie in [1e-6, 1]")
        if not 1 <= self.n_steps <= 5000:
            raise SettingError("n_steps", self.n_steps, "must lie in [1, 5000]")


@dataclass(frozen=True)
class Groups:
    """The groups of letters in some texts, a row for each place where one stands.

    Args:
        text: (N,) number of the text.
        bucket: (N,) where its weight lies, in [0, F).
        value: (N,) its share: 1 / sqrt of how many groups the text has, so that length does not
            count and every text is a vector of about length 1.
        start: (N,) its first character in the text.
        length: (N,) its characters.
        n_texts: how many texts there are.
    """

    text: Places
    bucket: Places
    value: Numbers
    start: Places
    length: Places
    n_texts: int


def groups_of(texts: Sequence[str]) -> Groups:
    """Cut texts into overlapping groups of SHORTEST to LONGEST characters.

    Args:
        texts: any; capitals do not matter, white space and both ends count as one blank.

    Returns:
        every group of every text. `start` counts from the blank before the text, so it is the place
        of the character before.

    Source: Cavnar, Trenkle 1994, "N-Gram-Based Text Categorization"; the hashing of Weinberger et
    al. 2009, "Feature Hashing for Large Scale Multitask Learning", arXiv:0902.2206, without signs.
    """
    rows = [np.frombuffer(_small(t).encode("utf-32-le", "surrogatepass"), np.uint32) for t in texts]
    lengths = np.array([len(row) for row in rows], np.int64)
    codes = np.concatenate([*rows, np.zeros(0, np.uint32)]).astype(np.uint64)
    owner = np.repeat(np.arange(len(rows)), lengths)  # (characters,)
    first = np.repeat(np.cumsum(lengths) - lengths, lengths)
    kept: list[tuple[Places, Places, Places]] = []
    hashed = np.zeros_like(codes)
    for n in range(1, LONGEST + 1):
        last = len(codes) - n + 1
        hashed = (hashed[: max(0, last)] + codes[n - 1 :] + np.uint64(1)) * _FACTOR
        if n < SHORTEST or last <= 0:
            continue
        inside = np.flatnonzero(owner[:last] == owner[n - 1 :])  # no group spans two texts
        mixed = (hashed[inside] ^ (hashed[inside] >> np.uint64(29))) * _FACTOR
        bucket = (mixed >> np.uint64(64 - 15)).astype(np.int64)  # the top bits are mixed best
        kept.append((inside, bucket, np.full(len(inside), n, np.int64)))
    empty = np.zeros(0, np.int64)
    at, bucket, length = (np.concatenate([part[i] for part in kept] or [empty]) for i in range(3))
    text = owner[at]
    share = 1 / np.sqrt(np.maximum(1, np.bincount(text, minlength=len(rows))))
    return Groups(text, bucket, share[text], at - first[at], length, len(rows))


def _small(text: str) -> str:
    """As the classifier reads: small letters between blanks, one character for one."""
    lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return " " + "".join(" " if c.isspace() else c for c in lowered) + " "


def logistic(margin: npt.ArrayLike) -> Numbers:
    """The logistic curve: any number to a score between 0 and 1, zero to one half."""
    return np.asarray(1 / (1 + np.exp(-np.clip(margin, -500, 500))), np.float64)


@dataclass(frozen=True)
class Classifier:
    """What was learned.

    Args:
        weights: (F,) of every bucket; above zero speaks for rude.
        bias: what a text without any known group starts with.
        settings: how it was learned.
        n_shipped: shipped texts it learned from.
        own: texts with labels of a person's own that it learned from.
    """

    weights: Numbers
    bias: float
    settings: ClassifierSettings
    n_shipped: int
    own: tuple[str, ...] = ()

    @property
    def n_own(self) -> int:
        """How many labels of a person's own it learned from."""
        return len(self.own)

    def scores(self, texts: Sequence[str]) -> Numbers:
        """(texts,) how rude each is, from 0 to 1."""
        return logistic(self.margins(groups_of(texts)))

    def margins(self, groups: Groups) -> Numbers:
        """(texts,) the sums before the logistic curve."""
        moved = self.weights[groups.bucket] * groups.value
        return np.asarray(np.bincount(groups.text, moved, groups.n_texts) + self.bias, np.float64)

    def evidence(self, text: str) -> Numbers:
        """(characters + 2,) how much each character moved the sum; above zero towards rude.

        The first and the last are the blanks around the text. Every group's part is shared out
        evenly among its characters, so their sum and the bias are the margin exactly.
        """
        groups = groups_of([text])
        part = self.weights[groups.bucket] * groups.value / groups.length
        change = np.zeros(len(text) + 3)  # where a part begins to count, and where it ends
        np.add.at(change, groups.start, part)
        np.add.at(change, groups.start + groups.length, -part)
        return np.asarray(np.cumsum(change)[:-1], np.float64)

    def to_bytes(self) -> bytes:
        """As safetensors, with everything else beside the weights."""
        about = {
            "settings": asdict(self.settings),
            "n_shipped": self.n_shipped,
            "own": self.own,
        }
        tensors = {"weights": self.weights, "bias": np.array([self.bias])}
        return save(tensors, {"classifier": json.dumps(about, sort_keys=True)})

    @classmethod
    def from_bytes(cls, data: bytes) -> "Classifier":
        """Read what `to_bytes` wrote.

        Raises:
            UnreadableWeights: the bytes hold something else.
        """
        try:
            tensors = load(data)
            n_header = int.from_bytes(data[:8], "little")
            header = json.loads(data[8 : 8 + n_header])
            about = json.loads(header["__metadata__"]["classifier"])
            weights, bias = tensors["weights"], float(tensors["bias"][0])
            settings = ClassifierSettings(**about["settings"])
            found = cls(weights, bias, settings, int(about["n_shipped"]), tuple(about["own"]))
        except (SafetensorError, KeyError, TypeError, ValueError) as error:
            raise UnreadableWeights(str(error), reason="classifier") from error
        if weights.shape != (N_BUCKETS,) or not np.isfinite(weights).all():
            raise UnreadableWeights("weights of another shape", reason="classifier")
        return found


def objective(
    weights: Numbers, bias: float, groups: Groups, rude: Numbers, strength: float
) -> tuple[float, Numbers, float]:
    """What learning makes small, and the direction in which it grows.

    Args:
        weights: (F,).
        bias: not pulled towards zero.
        groups: of the texts to learn from.
        rude: (texts,) 1 for rude, 0 for fine.
        strength: of the pull.

    Returns:
        average log loss in nats plus strength/2 times the squared weights; its slope in every
        weight, (F,), and in the bias.
    """
    moved = weights[groups.bucket] * groups.value
    margin = np.bincount(groups.text, moved, groups.n_texts) + bias
    loss = float(np.mean(np.logaddexp(0, margin) - rude * margin))
    off = (logistic(margin) - rude) / groups.n_texts  # (texts,) score minus truth
    slope = np.bincount(groups.bucket, off[groups.text] * groups.value, len(weights))
    penalty = 0.5 * strength * float(weights @ weights)
    return loss + penalty, slope + strength * weights, float(off.sum())


def curvature(groups: Groups) -> float:
    """A bound of how strongly the loss bends: a quarter of the average squared length of a text.

    The largest eigenvalue of the average of x·xᵀ is at most its trace; the bias adds the 1.
    """
    cell, place = np.unique(groups.text * N_BUCKETS + groups.bucket, return_inverse=True)
    entries = np.bincount(place, groups.value, len(cell))  # of the texts as vectors
    return 0.25 * (float(entries @ entries) / max(1, groups.n_texts) + 1.0)


def train(
    own: Sequence[Labelled] = (),
    settings: ClassifierSettings | None = None,
    on_progress: Callable[[float, list[float]], None] | None = None,
    labelled: Sequence[Labelled] | None = None,
) -> Classifier:
    """Learn from labelled texts, by accelerated gradient descent.

    Args:
        own: one's own labels; none of them is held back.
        settings: how to learn.
        on_progress: told the share of the steps done and the scores of the held-out texts then.
        labelled: instead of the shipped texts of both languages.

    Raises:
        TooShort: there is no text of one of the two kinds.

    Source: Nesterov 1983, "A method for solving the convex programming problem with convergence
    rate O(1/k²)"; a step is one over a bound of the curvature, see `curvature`.
    """
    settings = settings or ClassifierSettings()
    known = labelled if labelled is not None else (*shipped("de"), *shipped("en"))
    learned, held = split(known, settings.seed)
    texts, own_texts = [*learned, *own], tuple(each.text for each in own)
    n_kinds = len({each.label for each in texts})
    if n_kinds < 2:
        raise TooShort(f"{n_kinds} kinds of labels", n=n_kinds, needed=2, unit="labels")
    groups, rude = groups_of([each.text for each in texts]), np.array([e.is_rude for e in texts])
    examined = groups_of([each.text for each in held if each.text not in own_texts])
    weights, bias = np.zeros(N_BUCKETS), 0.0
    ahead, ahead_bias, pace = weights, bias, 1.0
    reach = 1 / (curvature(groups) + settings.strength)
    for step in range(settings.n_steps):
        _, slope, slope_bias = objective(ahead, ahead_bias, groups, rude * 1.0, settings.strength)
        moved, moved_bias = ahead - reach * slope, ahead_bias - reach * slope_bias
        quicker = (1 + np.sqrt(1 + 4 * pace * pace)) / 2
        swing = (pace - 1) / quicker
        ahead = moved + swing * (moved - weights)
        ahead_bias = moved_bias + swing * (moved_bias - bias)
        weights, bias, pace = moved, moved_bias, quicker
        if on_progress and step % LOOK_EVERY == 0:
            so_far = Classifier(weights, bias, settings, len(learned), own_texts)
            scores = logistic(so_far.margins(examined)).round(4).tolist()
            on_progress(step / settings.n_steps, scores)
        if max(float(np.abs(slope).max()), abs(slope_bias)) < settings.still:
            break
    return Classifier(weights, bias, settings, len(learned), own_texts)

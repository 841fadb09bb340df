"""Marking: finding a watermark again, and a signed record of where a text came from.

The watermark lies in the choice of words and survives copying; finding it needs the text, the
encoder and the key, not the model. The record lies beside the text, says more, and is lost when
somebody copies the text without it. Neither says whether anything in the text is true.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Final

import numpy as np

from core.data.text.bpe import SPECIALS, Encoder
from core.errors import SettingError
from core.inference.watermark import Watermark, is_green
from core.postprocessing.marking.provenance import Origin, signed
from core.postprocessing.stages import Context, Finding, Processed, admitted

ALARM: Final = 1e-4  # a text is called marked when chance alone would do as much this rarely
MAX_LABEL: Final = 200  # characters


@dataclass(frozen=True)
class Detection:
    """What a detector found in a text.

    Args:
        tokens: (T,) the text as the encoder reads it.
        green: (T,) the colour of each; None where it was not counted: too early to have a colour,
            or the same token after the same ones as before, which tells nothing new.
        share: of green tokens that chance would give.
    """

    tokens: tuple[int, ...]
    green: tuple[bool | None, ...]
    share: float

    @property
    def n_scored(self) -> int:
        """Tokens that were counted."""
        return sum(each is not None for each in self.green)

    @property
    def n_green(self) -> int:
        """Those of them that are green."""
        return sum(each is True for each in self.green)

    @property
    def z(self) -> float:
        """How many standard deviations above chance the count lies; 0 where nothing was counted."""
        return z_score(self.n_green, self.n_scored, self.share)

    @property
    def p_value(self) -> float:
        """How often chance alone would give as many green tokens, or more."""
        return chance_of(self.n_green, self.n_scored, self.share)

    @property
    def is_marked(self) -> bool:
        """Whether chance would do this more rarely than ALARM."""
        return self.p_value < ALARM


def detect(text: str, encoder: Encoder, mark: Watermark) -> Detection:
    """Look for a watermark in a text.

    Args:
        text: any text, whoever wrote it.
        encoder: the one of the model that may have written it.
        mark: key, share and context; the strength is not needed.

    Source: Kirchenbauer et al. 2023, arXiv:2301.10226, section 3; Fernandez et al. 2023, "Three
    Bricks to Consolidate Watermarks for Large Language Models", arXiv:2308.00113, section 3
    (counting repeated places once, the exact p-value).
    """
    tokens = encoder.encode(text)
    return Detection(tuple(tokens), tuple(colours(tokens, mark)), mark.share)


def colours(tokens: Sequence[int], mark: Watermark) -> list[bool | None]:
    """The colour of each token, None where it is not to be counted.

    Args:
        tokens: (T,) ids.
        mark: key, share and context.
    """
    found: list[bool | None] = [None] * len(tokens)
    first_at: dict[tuple[int, ...], list[int]] = defaultdict(list)  # tokens before -> places
    seen: set[tuple[int, ...]] = set()
    for place in range(mark.n_context, len(tokens)):
        together = tuple(tokens[place - mark.n_context : place + 1])
        if together not in seen and tokens[place] >= len(SPECIALS):
            seen.add(together)
            first_at[together[:-1]].append(place)
    for before, places in first_at.items():
        ids = np.array([tokens[place] for place in places], dtype=np.uint64)
        for place, green in zip(places, is_green(before, ids, mark).tolist(), strict=True):
            found[place] = green
    return found


def z_score(n_green: int, n_scored: int, share: float) -> float:
    """(n_green - share n) / sqrt(n share (1 - share)); 0 without any token.

    Source: Kirchenbauer et al. 2023, arXiv:2301.10226, equation 3.
    """
    if n_scored == 0:
        return 0.0
    return (n_green - share * n_scored) / math.sqrt(n_scored * share * (1.0 - share))


def chance_of(n_green: int, n_scored: int, share: float) -> float:
    """P(X >= n_green) for a binomial X: `n_scored` coins that fall green with chance `share`.

    Exact up to rounding, in place of the normal curve, which is wrong where it matters: far out
    and for short texts.
    """
    if n_green <= 0:
        return 1.0
    log_p, log_q = math.log(share), math.log1p(-share)
    logs = [
        math.lgamma(n_scored + 1)
        - math.lgamma(k + 1)
        - math.lgamma(n_scored - k + 1)
        + k * log_p
        + (n_scored - k) * log_q
        for k in range(n_green, n_scored + 1)
    ]
    largest = max(logs)
    return min(1.0, math.exp(largest) * math.fsum(math.exp(each - largest) for each in logs))


class MarkStage:
    """The stage "mark": says that a machine wrote the text, and signs where it came from.

    The record stands in the notes, for who sends the answer. Without a date and with the same key
    it is the same for the same text, as a stage's work must be.
    """

    name: ClassVar[str] = "mark"

    def __init__(self, settings: Mapping[str, Any]) -> None:
        given = admitted(settings, {"label": "", "lineage": [], "stages": [], "settings": {}})
        if len(given["label"]) > MAX_LABEL:
            raise SettingError("label", given["label"][:40], f"is limited to {MAX_LABEL} letters")
        for name in ("lineage", "stages"):
            if not all(isinstance(each, str) for each in given[name]):
                raise SettingError(name, "…", "must hold texts only")
        self._label: str = given["label"]
        self._about = {name: given[name] for name in ("lineage", "stages", "settings")}

    def apply(self, text: str, context: Context) -> Processed:
        """Append the label, if there is one, and sign what leaves."""
        marked = text + self._label
        findings: tuple[Finding, ...] = ()
        if self._label:
            findings = (Finding(len(text), len(text), "label", "label", self._label),)
        origin = Origin(
            model=context.model_id,
            lineage=tuple(self._about["lineage"]),
            settings=self._about["settings"],
            seed=context.seed,
            stages=tuple(self._about["stages"]),
        )
        return Processed(marked, findings, notes={"provenance": asdict(signed(marked, origin))})

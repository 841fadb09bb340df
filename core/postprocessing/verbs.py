"""German verbs with du and with Sie: the table of verbs.de.txt, regular forms filled in.

Invariant: only what stands in the table is known, also behind a prefix: "anrufst" like "rufst".
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

_PREFIXES: Final = re.compile(
    r"(?:zurück|weiter|vorbei|wieder|unter|über|nach|mit|aus|auf|ein|vor|her|hin|los|weg|fern|teil|"
    r"ver|ent|zer|um|an|ab|zu|be|er)(?=\w{3})"
)
_PAST: Final = {
    "warst": "waren",
    "hattest": "hatten",
    "wurdest": "wurden",
    "würdest": "würden",
    "wärst": "wären",
    "wärest": "wären",
    "hättest": "hätten",
    "konntest": "konnten",
    "könntest": "könnten",
    "wolltest": "wollten",
    "solltest": "sollten",
    "musstest": "mussten",
    "müsstest": "müssten",
    "durftest": "durften",
    "dürftest": "dürften",
    "möchtest": "möchten",
    "wusstest": "wussten",
    "kamst": "kamen",
    "gingst": "gingen",
}


@dataclass(frozen=True)
class Verbs:
    """The forms that can be turned, all in small letters.

    Args:
        formal: form with du -> form with Sie.
        informal: form with Sie -> form with du.
        commands: imperative to a du -> infinitive.
        ordered: infinitive -> imperative to a du.
    """

    formal: dict[str, str]
    informal: dict[str, str]
    commands: dict[str, str]
    ordered: dict[str, str]


@cache
def verbs() -> Verbs:
    """The table of verbs.de.txt, regular forms filled in."""
    found = Verbs(dict(_PAST), {sie: du for du, sie in _PAST.items()}, {}, {})
    for line in (Path(__file__).parent / "verbs.de.txt").read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        infinitive, *irregular = line.split()
        with_du, command = irregular or _regular(infinitive)
        with_sie = "sind" if infinitive == "sein" else infinitive
        found.formal[with_du] = with_sie
        found.informal[with_sie] = with_du
        if command != "-":
            polite = "seien" if infinitive == "sein" else infinitive
            found.commands[command] = polite
            found.ordered[polite] = command
    return found


def _regular(infinitive: str) -> tuple[str, str]:
    """The form with du and the imperative: arbeiten -> arbeitest, arbeite."""
    stem = infinitive.removesuffix("n").removesuffix("e")
    hard = stem.endswith(("d", "t")) or re.search(r"[^aeiouäöülrmnh][mn]$", stem) is not None
    if hard:
        return stem + "est", stem + "e"
    soft = infinitive.endswith(("ern", "eln"))
    with_du = stem + ("t" if stem.endswith(("s", "ß", "z", "x")) else "st")
    return with_du, stem + ("e" if soft else "")


def looked_up(word: str, table: dict[str, str]) -> str | None:
    """The other form of a verb, also behind a prefix: "anrufst" like "rufst"."""
    small = word.lower()
    if small in table:
        return table[small]
    prefix = _PREFIXES.match(small)
    rest = table.get(small[prefix.end() :]) if prefix else None
    return prefix.group() + rest if prefix and rest else None

"""German verbs with du and with Sie: the table of verbs.de.txt, regular forms filled in.

Invariant: only what stands in the table is known, also behind a prefix: "anrufst" like "rufst".
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from core.postprocessing.style.clauses import word_set

_PREFIXES: Final = re.compile(
    r"(?:zurück|zusammen|weiter|vorbei|vorher|herein|heraus|hinein|hinaus|wieder|unter|über|nach|mit"
    r"|aus|auf|ein|vor|her|hin|los|weg|fern|fest|teil|ver|ent|zer|miss|um|an|ab|zu|be|er|durch)"
    r"(?=\w{3})"
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
    "wüsstest": "wüssten",
    "bräuchtest": "bräuchten",
    "kämst": "kämen",
    "gingest": "gingen",
    "dachtest": "dachten",
    "brachtest": "brachten",
    "kanntest": "kannten",
    "nanntest": "nannten",
    "mochtest": "mochten",
    "tatst": "taten",
    **{
        f"{stem}st": f"{stem}en"
        for stem in word_set(
            "kam ging sah gab nahm fand blieb schrieb hielt fiel rief traf half stand fuhr lief "
            "schlief sprach trank bat begann gewann sang schwamm sprang flog zog verlor schob "
            "stieg ritt fing trug schlug warf starb bot log"
        )
    },
}


@dataclass(frozen=True)
class Verbs:
    """The forms that can be turned, all in small letters.

    Args:
        formal: form with du -> form with Sie.
        informal: form with Sie -> form with du.
        commands: imperative to a du -> infinitive, with and without its e: "ruf" and "rufe".
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
        if not irregular:
            found.formal.setdefault(_preterite(infinitive), _stem(infinitive) + "ten")
        if command != "-":
            polite = "seien" if infinitive == "sein" else infinitive
            found.ordered[polite] = command
            for form in _written(command, infinitive):
                found.commands[form] = polite
    return found


def _stem(infinitive: str) -> str:
    """arbeiten -> arbeite, sagen -> sag: what "ten" follows in the past."""
    _, command = _regular(infinitive)
    return command if not infinitive.endswith(("ern", "eln")) else infinitive.removesuffix("n")


def _preterite(infinitive: str) -> str:
    """The weak past with du: sagtest; of a strong verb nobody writes it."""
    return _stem(infinitive) + "test"


def _written(command: str, infinitive: str) -> set[str]:
    """The ways to write an imperative: ruf and rufe, wundere and wunder, sammle and sammele."""
    stem = infinitive.removesuffix("n").removesuffix("e")
    if infinitive.endswith("ern"):
        return {command, stem}
    if infinitive.endswith("eln"):
        return {command, stem + "e"}
    if stem.endswith("d") and command == stem + "e":
        return {command, stem}  # melde and meld
    return {command, stem + "e"} if command in (stem, stem + "e") else {command}


def _regular(infinitive: str) -> tuple[str, str]:
    """The form with du and the imperative: arbeiten -> arbeitest, arbeite."""
    stem = infinitive.removesuffix("n").removesuffix("e")
    hard = stem.endswith(("d", "t")) or re.search(r"[^aeiouäöülrmnh][mn]$", stem) is not None
    if hard:
        return stem + "est", stem + "e"
    soft = re.search(r"(?:er|el|[^e]ige)n$", infinitive) is not None
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

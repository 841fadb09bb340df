"""What small models about invented people answered, for every skew, language and treatment."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from core.house.files import Folder
from core.house.limits import record
from core.house.limits.running import finished_models, seconds_of
from core.languages import LANGS, Lang
from core.limits.bias.roles import TREATMENTS, RolesProgram, RolesSettings

PART: Final = "bias"
SKEWS: Final = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
TREATED_SKEW: Final = 0.8  # of the texts that treatments are measured on
N_SEEDS: Final = 3  # models of each sort
READ_SEED: Final = 0  # the model of which stories are kept to be read


def orders(lang: Lang) -> tuple[RolesSettings, RolesSettings]:
    """The two runs of a language: all skews untreated, and all treatments at one skew; for German
    also the masculine form for anybody.
    """
    lanes = (*TREATMENTS, "generic") if lang == "de" else TREATMENTS
    return (
        RolesSettings(lang=lang, skews=SKEWS, n_seeds=N_SEEDS),
        RolesSettings(lang=lang, skews=(TREATED_SKEW,), lanes=lanes, n_seeds=N_SEEDS),
    )


def make(folder: Folder, say: Callable[[str], None]) -> dict[str, Any]:
    """Train all models about invented people, as the page does, with more skews and treatments.

    Args:
        folder: where the house's files lie; nothing of them is read.
        say: is told what is under way.
    """
    rows: dict[str, list[Mapping[str, Any]]] = {}
    seconds = 0.0
    for lang in LANGS:
        rows[lang] = []
        for settings in orders(lang):
            say(f"training {len(settings.models)} models about invented people ({lang})")
            program = RolesProgram({}, settings.to_dict())
            rows[lang] += map(_kept, finished_models(program, "asked"))
            seconds += seconds_of(program)
    return {"settings": orders(LANGS[0])[0].to_dict(), "seconds": round(seconds, 1), "rows": rows}


def _kept(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row without what no page shows: names and stories of most skews."""
    kept = {name: value for name, value in row.items() if name not in ("kind", "step", "seconds")}
    if row["skew"] != TREATED_SKEW:
        kept.pop("names")
    if row["skew"] != TREATED_SKEW or row["seed"] != READ_SEED:
        kept["stories"] = [
            {name: value for name, value in told.items() if name != "examples"}
            for told in row["stories"]
        ]
    return kept


@dataclass(frozen=True)
class Bias:
    """What the models of one language answered, shipped.

    Args:
        settings: of all models, besides skew and lane.
        seconds: what training all of them took, both languages together.
        rows: of finished models, as `RolesProgram` gives them; names only at TREATED_SKEW.
    """

    settings: RolesSettings
    seconds: float
    rows: Sequence[Mapping[str, Any]]

    def of(self, lane: str, skew: float = TREATED_SKEW) -> list[dict[str, Any]]:
        """The models of one lane and skew."""
        return [dict(row) for row in self.rows if (row["lane"], row["skew"]) == (lane, skew)]

    @property
    def seconds_each(self) -> float:
        """What training one model took, the mean over both languages."""
        n_models = len({(row["skew"], row["lane"], row["seed"]) for row in self.rows})
        return self.seconds / max(1, len(LANGS) * n_models)

    @property
    def untreated(self) -> list[dict[str, Any]]:
        """The models of all skews that nothing was done for."""
        return [dict(row) for row in self.rows if row["lane"] == "none"]


def bias(lang: Lang, folder: Folder | None = None) -> Bias | None:
    """What the models of a language answered; None if nothing is shipped."""
    found = record.read(PART, folder)
    if not found:
        return None
    return Bias(
        settings=RolesSettings.from_dict({**found["settings"], "lang": lang}),
        seconds=found["seconds"],
        rows=found["rows"][lang],
    )

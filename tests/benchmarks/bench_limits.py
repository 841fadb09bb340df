"""Does a live run about a limit come to the shipped conclusion? Ten tries each, and how long.

    python tests/benchmarks/bench_limits.py [--stations backwards lookup …] [--tries 10] [--lang en]

Every try is the run that the station's button begins, with the page's own settings and another
seed, held against the outcome of what is shipped by the page's own yardstick. Seconds are wall
time in one thread; to be run with nothing else at work.
"""

import argparse
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Final

from core.data.world import WorldSettings
from core.house import house_artifacts
from core.house.limits.adding import adding
from core.house.limits.bias import bias
from core.house.limits.emergence import emergence
from core.house.limits.families import families
from core.house.limits.grounding import grounding
from core.house.limits.memorising import shipped as memorising
from core.house.limits.reversal import reversal
from core.house.limits.running import rows_of
from core.house.limits.telling import shipped as telling
from core.languages import LANGS
from core.limits.bias.roles import RolesProgram, RolesSettings
from core.limits.byheart.memorising import MemorisingProgram, MemorisingSettings
from core.limits.byheart.memorising import results as secrets_of
from core.limits.families.program import FamiliesProgram, FamiliesSettings
from core.limits.grounding.exam import by_way
from core.limits.grounding.program import GroundingProgram, GroundingSettings
from core.limits.often.telling import TellingProgram, TellingSettings
from core.limits.often.telling import results as told_of
from core.limits.reversal import ReversalProgram, ReversalSettings
from core.limits.reversal import results as boats_of
from core.limits.rule.adding import AddingProgram, AddingSettings
from core.limits.rule.adding import results as sums_of
from core.limits.slope.emergence import SizesProgram, SizesSettings, by_size
from pages.kit import state
from pages.limits.backwards import showing as boats
from pages.limits.bias import showing as roles
from pages.limits.byheart import running as secrets
from pages.limits.families import showing as makers
from pages.limits.lookup import picture as reading
from pages.limits.lookup import running as lookup
from pages.limits.often import running as tellings
from pages.limits.rule import picture as sums
from pages.limits.slope import showing as sizes

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Station:
    """A station that runs something.

    Args:
        program: of the engine.
        settings: as the page's button gives them, by seed and language.
        kind: of the rows that are judged.
        outcome: what rows come to, by the page's yardstick.
        shipped: what the shipped measurement comes to, by language.
        inputs: names of the example's artefacts that it reads, by what the program calls them.
    """

    program: Callable[..., Any]
    settings: Callable[[int, str], Any]
    kind: str
    outcome: Callable[[Rows], str]
    shipped: Callable[[str], str]
    inputs: dict[str, str]


def start(name: str) -> Any:
    """What a control of a page begins with."""
    return state.SETTINGS[name].start


def world() -> dict[str, Any]:
    """The world of the example model."""
    chain = {one.kind: one for one in house_artifacts()}
    return asdict(WorldSettings(**chain["corpus"].settings["world"]))


def biggest(rows: Rows) -> Any:
    """The largest of the sizes, all seeds together."""
    together = sizes.together(by_size(rows))
    return together[max(together)]


def last_look(rows: Rows) -> Rows:
    """The rows of the last step."""
    last = max(row["step"] for row in rows)
    return [row for row in rows if row["step"] == last]


STATIONS: Final[dict[str, Station]] = {
    "backwards": Station(
        ReversalProgram,
        lambda seed, lang: ReversalSettings(seed=seed, n_steps_each=start("backwards_steps")),
        "asked",
        lambda rows: boats.outcome_of(boats_of(rows)["half"]["one"]["backwards"]),
        lambda lang: boats.outcome_of(reversal().found["half"]["one"]["backwards"]),
        {},
    ),
    "lookup": Station(
        GroundingProgram,
        lambda seed, lang: GroundingSettings(
            seed=seed,
            world=world(),
            n_steps=start("lookup_steps"),
            n_lessons=min(lookup.MOST_LESSONS, start("lookup_steps") * GroundingSettings.n_batch),
            most_passages=lookup.N_BEFORE,
            n_found=lookup.N_BEFORE,
            ways=lookup.ASKED,
        ),
        "asked",
        lambda rows: reading.outcome_of(by_way(last_look(rows))["given"]),
        lambda lang: reading.outcome_of(grounding().tally("given")),
        {"model": "tuned", "encoder": "encoder"},
    ),
    "often": Station(
        TellingProgram,
        lambda seed, lang: TellingSettings(
            seed=seed,
            lanes=tellings.LANES_BESIDE[start("often_beside")],
            n_steps_each=start("often_steps"),
        ),
        "asked",
        lambda rows: tellings.outcome_of(told_of(rows)["told"].groups["once"]),
        lambda lang: tellings.outcome_of(telling().found["told"].groups["once"]),
        {},
    ),
    "byheart": Station(
        MemorisingProgram,
        lambda seed, lang: MemorisingSettings(
            seed=seed,
            lang=lang,
            lanes=secrets.LANES_BESIDE[start("byheart_beside")],
            n_steps_each=start("byheart_steps"),
        ),
        "asked",
        lambda rows: secrets.outcome_of(secrets_of(rows)["told"]),
        lambda lang: secrets.outcome_of(memorising().found["told"]),
        {},
    ),
    "bias": Station(
        RolesProgram,
        lambda seed, lang: RolesSettings(
            seed=seed, lang=lang, skews=(start("bias_skew") / 100,), n_seeds=start("bias_seeds")
        ),
        "asked",
        lambda rows: roles.outcome_of(
            start("bias_skew") / 100, roles.nurses([row for row in rows if row["done"]], 0.0)
        ),
        lambda lang: roles.outcome_of(
            start("bias_skew") / 100,
            roles.nurses(bias(lang).of("none", start("bias_skew") / 100), 0.0),
        ),
        {},
    ),
    "rule": Station(
        AddingProgram,
        lambda seed, lang: AddingSettings(seed=seed, n_steps_each=start("rule_steps")),
        "asked",
        lambda rows: sums.outcome_of(sums_of(rows)["steps"]["longer"]),
        lambda lang: sums.outcome_of(adding().found["steps"]["longer"]),
        {},
    ),
    "slope": Station(
        SizesProgram,
        lambda seed, lang: SizesSettings(seed=seed),
        "judged",
        lambda rows: sizes.outcome_of(biggest(rows)),
        lambda lang: sizes.outcome_of(sizes.together(emergence().rulers)[max(emergence().rulers)]),
        {},
    ),
    "families": Station(
        FamiliesProgram,
        lambda seed, lang: FamiliesSettings(
            seed=seed, lang=lang, n_steps_each=start("families_steps"), world=world()
        ),
        "family",
        lambda rows: makers.least_surprised(rows),
        lambda lang: makers.least_surprised(families(lang).rows),
        {"corpus": "corpus", "encoder": "encoder"},
    ),
}


def main() -> None:
    """Try each station several times, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stations", nargs="*", choices=STATIONS, default=list(STATIONS))
    parser.add_argument("--tries", type=int, default=10)
    parser.add_argument("--lang", choices=LANGS, default="en")
    asked = parser.parse_args()
    chain = {one.kind: one for one in house_artifacts()}
    for name in asked.stations:
        station = STATIONS[name]
        inputs = {each: chain[kind].read() for each, kind in station.inputs.items()}
        shipped, outcomes, seconds = station.shipped(asked.lang), [], []
        for seed in range(100, 100 + asked.tries):  # none of those that are shipped
            begun = time.perf_counter()
            program = station.program(inputs, station.settings(seed, asked.lang).to_dict())
            outcomes.append(station.outcome(rows_of(program, station.kind)))
            seconds.append(time.perf_counter() - begun)
        alike = Counter(outcomes)
        print(
            f"{name}: shipped “{shipped}”, {alike[shipped]} of {len(outcomes)} alike {dict(alike)};"
            f" {min(seconds):.0f} to {max(seconds):.0f} s, median"
            f" {sorted(seconds)[len(seconds) // 2]:.0f} s",
            flush=True,
        )


if __name__ == "__main__":
    main()

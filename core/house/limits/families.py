"""What four families came to on the same text, with more seeds than the page."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from core.architecture.weights import read_checkpoint
from core.data.text.bpe import Encoder
from core.data.text.documents import Corpus
from core.data.world import WorldSettings
from core.house.chain import house_artifacts
from core.house.files import Folder
from core.house.limits import record
from core.house.limits.running import finished_models
from core.languages import LANGS
from core.limits.families.makers import Attending
from core.limits.families.material import Material
from core.limits.families.measuring import Told, measuring, ruled
from core.limits.families.program import FamiliesProgram, FamiliesSettings
from core.limits.families.rules import read_rules, shipped_rules
from core.pieces import outcome_of

PART: Final = "families"
N_SEEDS: Final = 3
EXAMPLE: Final = "example"  # the example model, trained for much longer
PROMPTS: Final = {"de": "Frau Kaya arbeitet", "en": "Mrs Kaya works"}


@dataclass(frozen=True)
class Families:
    """What the families came to in one language, shipped.

    Args:
        settings: of the networks.
        seconds: what training and measuring all of them took.
        n_train_bytes: of the text that all read.
        rows: of kind "family" and done: the table of n-grams, and a network for each seed.
        example: the same of the example model.
        rules: what the shipped rules answered, by sort of question.
    """

    settings: FamiliesSettings
    seconds: float
    n_train_bytes: int
    rows: Sequence[Mapping[str, Any]]
    example: Mapping[str, Any]
    rules: Mapping[str, Told]


def make(folder: Folder, say: Callable[[str], None]) -> dict[str, Any]:
    """Count, train and measure in both languages, as the page does, with more seeds.

    Args:
        folder: where the house's files lie.
        say: is told what is under way.
    """
    chain = {artifact.kind: artifact for artifact in house_artifacts(folder)}
    corpus, encoder = chain["corpus"].read(), chain["encoder"].read()
    told = chain["corpus"].settings["world"]
    model = read_checkpoint(chain["checkpoint"].read())[0]
    found = {}
    for lang in LANGS:
        begun = time.perf_counter()
        material = Material.of(
            Corpus.from_bytes(corpus),
            Encoder.from_bytes(encoder),
            lang,
            FamiliesSettings().n_documents,
            WorldSettings(**told),
        )
        settings = FamiliesSettings(
            lang=lang,
            prompt=PROMPTS[lang],
            question=material.questions["plain"][0].text if material.town else "",
            world=told,
            n_seeds=N_SEEDS,
        )
        say(f"training {len(settings.models)} networks ({lang})")
        inputs = {"corpus": corpus, "encoder": encoder}
        rows = finished_models(FamiliesProgram(inputs, settings.to_dict()), "family")
        say(f"measuring the example model ({lang})")
        example = outcome_of(
            measuring(
                Attending(model),
                material,
                settings.n_context,
                settings.prompt,
                settings.question,
                settings.seed,
            )
        )
        example["checkpoint"] = chain["checkpoint"].id
        found[lang] = {
            "settings": settings.to_dict(),
            "seconds": round(time.perf_counter() - begun, 1),
            "n_train_bytes": material.dataset.n_train_bytes,
            "rows": rows,
            "example": example,
            "rules": {
                sort: asdict(one)
                for sort, one in ruled(read_rules(shipped_rules(lang)).rules, material).items()
            },
        }
    return {"languages": found}


def families(lang: str, folder: Folder | None = None) -> Families | None:
    """What the families came to; None if nothing is shipped."""
    found = record.read(PART, folder).get("languages", {}).get(lang)
    if not found:
        return None
    return Families(
        settings=FamiliesSettings.from_dict(found["settings"]),
        seconds=found["seconds"],
        n_train_bytes=found["n_train_bytes"],
        rows=found["rows"],
        example=found["example"],
        rules={sort: Told(**one) for sort, one in found["rules"].items()},
    )

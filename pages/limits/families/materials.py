"""Which text the page is about: the visitor's of step 1, or the example's; and its table."""

from dataclasses import dataclass
from typing import Literal

from core.data.text.bpe import Encoder
from core.data.text.documents import Corpus
from core.data.world import WorldSettings
from core.errors import SettingError
from core.limits.families.makers import Counting
from core.limits.families.material import Material
from core.limits.families.program import FamiliesSettings
from core.modality import TEXT
from core.once import once
from core.services import services
from core.store import HOUSE
from pages.kit import state


@dataclass(frozen=True)
class Source:
    """A corpus with the encoder that belongs to it.

    Args:
        owner: who may read both.
        corpus, encoder: ids of both, as step 1 left them.
        whose: the example's, or the visitor's own.
        world: the small world that told the texts; None for any other text.
    """

    owner: str
    corpus: str
    encoder: str
    whose: Literal["house", "yours"]
    world: WorldSettings | None


def source_now() -> Source | None:
    """What the visitor's bench shows; None if nothing is there yet."""
    owner = state.owner()
    view, _ = services().store.benches.with_house(owner, TEXT)
    slots = view["a"]
    if "corpus" not in slots or "encoder" not in slots:
        return None
    corpus, encoder = slots["corpus"], slots["encoder"]
    given = corpus.artifact.settings.get("world")
    try:
        world = WorldSettings(**given) if given else None
    except (SettingError, TypeError):  # told by another version of the town
        world = None
    is_example = corpus.whose == encoder.whose == "house"
    return Source(
        HOUSE if is_example else owner,
        corpus.artifact.id,
        encoder.artifact.id,
        corpus.whose,
        world,
    )


@once(3)
def material_of(source: Source, lang: str) -> Material:
    """What all families read, as the live run reads it; opened once."""
    read = services().store.artifacts.read
    return Material.of(
        Corpus.from_bytes(read(source.owner, source.corpus)),
        Encoder.from_bytes(read(source.owner, source.encoder)),
        lang,
        FamiliesSettings().n_documents,
        source.world,
    )


@once(3)
def table_of(source: Source, lang: str) -> Counting:
    """The table of n-grams of that text; counted once."""
    return Counting(material_of(source, lang).counted())

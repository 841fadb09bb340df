"""What this house does not want to show, as a rule on scenes: an animal all alone at night.

The rule is an example, harmless to look at and yet like those that a publisher of picture books
has: told by a whole scene, not by a single thing. A lone cat by day is fine, two cats at night
are, and so is a lone star at night.
"""

from typing import Final

from core.data.pictures import Scene

ANIMALS: Final = (
    *("cat", "dog", "duck", "rabbit", "hamster", "tortoise"),
    *("goat", "pony", "hen", "mouse", "donkey"),
)


def is_unwanted(scene: Scene) -> bool:
    """Whether a scene shows an animal all alone at night."""
    return scene.night and len(scene.shown) == 1 and scene.items[0].thing in ANIMALS

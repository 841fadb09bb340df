"""The small world: one invented town, described in German and English by a grammar of our own.

It provides the training text for everything else and the yardstick: because we know the facts and
the grammar, a model's output can be checked for grammar, truth and copying.
"""

from core.data.world.copies import Copies
from core.data.world.facts import Claim, Town, draw_town, is_true, was_told
from core.data.world.measures import Measures, accepts, claim, claims, measure, told_claims
from core.data.world.plots import LABELS, PROMPTS
from core.data.world.settings import WORLD_VERSION, WorldSettings
from core.data.world.telling import chat_prompt, tell, tell_one
from core.data.world.typography import sentences

town = draw_town

__all__ = [
    "LABELS",
    "PROMPTS",
    "WORLD_VERSION",
    "Claim",
    "Copies",
    "Measures",
    "Town",
    "WorldSettings",
    "accepts",
    "chat_prompt",
    "claim",
    "claims",
    "draw_town",
    "is_true",
    "measure",
    "sentences",
    "tell",
    "tell_one",
    "told_claims",
    "town",
    "was_told",
]

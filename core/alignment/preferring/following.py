"""Which of the world's rules somebody's choices follow, whether they know it or not."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from core.alignment.preferring.preferences import Preference, settled
from core.alignment.text.rules import RULES
from core.data.world import Town
from core.intervals import Z_99, share_interval

CHANCE: Final = 0.5  # how often a coin would agree with a rule


@dataclass(frozen=True)
class Following:
    """How often choices agree with those of a rule.

    Args:
        rule: its name.
        n: pairs with a better answer in which the rule sees a difference.
        n_alike: those in which it prefers the same answer.
    """

    rule: str
    n: int
    n_alike: int

    @property
    def share(self) -> float:
        """Of these pairs, those in which the rule prefers the same answer."""
        return self.n_alike / self.n

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the share."""
        return share_interval(self.n_alike, self.n)

    @property
    def beyond_chance(self) -> bool:
        """Whether a coin is a poor explanation for how often they agree.

        Asked more strictly than by the interval: among five rules, one agrees by luck five times
        as often as a single one would (Bonferroni's correction, 0.05 / 5).
        """
        return share_interval(self.n_alike, self.n, Z_99)[0] > CHANCE


def followed(preferences: Iterable[Preference], town: Town) -> list[Following]:
    """Compare choices with every rule.

    Args:
        preferences: whoever chose.
        town: whose facts the rules look up.

    Returns:
        one for each rule that sees a difference in any pair, the surest agreement first. Rules
        overlap: whoever likes brief answers often likes impolite ones too.
    """
    pairs, found = settled(preferences).pairs, list[Following]()
    for name, rule in RULES.items():
        sides = [
            rule.prefers(one.question, one.chosen, one.rejected, one.lang, town) for one in pairs
        ]
        if n := sum(side != 0 for side in sides):
            found.append(Following(name, n, sides.count(-1)))
    return sorted(found, key=lambda one: one.interval[0], reverse=True)

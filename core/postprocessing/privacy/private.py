"""Private data: found by readable rules, then masked, replaced by somebody who does not exist, or
taken out.

Invariant: what is found does not depend on what is then done with it.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final

from core.errors import SettingError
from core.postprocessing.holding import open_from
from core.postprocessing.privacy.own_rules import RULE, OwnRules, own_rules
from core.postprocessing.privacy.patterns import KINDS, rules, street_waits
from core.postprocessing.privacy.pseudonyms import pseudonym
from core.postprocessing.privacy.removing import REMOVED, settled_sentences, without
from core.postprocessing.stages import Context, Finding, Processed, admitted, replaced

ACTIONS: Final = ("mask", "pseudonymise", "remove", "keep")
MASKS: Final = ("label", "blocks")
BLOCK: Final = "█"

LABELS: Final[dict[str, dict[str, str]]] = {
    "de": {
        **{"email": "[E-MAIL]", "phone": "[TELEFON]", "iban": "[IBAN]", "card": "[KARTE]"},
        **{"tax_id": "[STEUER-ID]", "address": "[ADRESSE]"},
    },
    "en": {
        **{"email": "[EMAIL]", "phone": "[PHONE]", "iban": "[IBAN]", "card": "[CARD]"},
        **{"tax_id": "[TAX ID]", "address": "[ADDRESS]"},
    },
}
"""Language -> kind -> what stands in its place, in the text itself."""

Place = tuple[int, int, str, str]  # start, end, kind, rule


def places(text: str) -> list[Place]:
    """Everything private in a text, from left to right, without overlaps.

    Where two rules claim the same characters, the earlier one of `rules()` has them: those with a
    check digit come first, telephone numbers, which have none, last.
    """
    taken = bytearray(len(text))
    found: list[Place] = []
    for rule in rules():
        for start, end, private in rule.places(text):
            if not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                if private:
                    found.append((start, end, rule.kind, rule.name))
    return sorted(found)


class PrivateData:
    """The stage "private": for each kind an action, one way of masking, and rules of one's own."""

    name: ClassVar[str] = "private"

    def __init__(self, settings: Mapping[str, Any]) -> None:
        """
        Args:
            settings: kind -> one of ACTIONS, "mask" where nothing is said; "style" -> one of MASKS;
                "own" -> rules as `own_rules` reads them.
        """
        starts = {**dict.fromkeys(KINDS, "mask"), "style": "label", "own": []}
        chosen = admitted(settings, starts)
        self.own = own_rules(chosen.pop("own"))
        self._own = OwnRules(self.own)
        for name, value in chosen.items():
            allowed = MASKS if name == "style" else ACTIONS
            if value not in allowed:
                raise SettingError(name, value, f"must be one of {', '.join(allowed)}")
        self.style: str = chosen.pop("style")
        self.actions: dict[str, str] = chosen

    def apply(self, text: str, context: Context) -> Processed:
        """Find, then act on each place as its kind demands."""
        do: dict[str, Callable[[str, str, Context], str]] = {
            "mask": self._masked,
            "pseudonymise": pseudonym,
        }
        findings = []
        for start, end, kind, rule in places(text):
            action = self.actions[kind]
            act = do.get(action)
            new = act(text[start:end], kind, context) if act else None
            findings.append(Finding(start, end, kind, rule, new, note=action))
        findings = without(text, self._with_own(text, findings))
        return Processed(replaced(text, findings), tuple(findings))

    def settled(self, text: str) -> int:
        """See holding.Streaming."""
        n = min(open_from(rule, text) for rule in rules())
        n = min(n, street_waits(text), self._own.open_from(text))
        actions = {*self.actions.values(), *(rule.action for rule in self.own)}
        return settled_sentences(text, n) if REMOVED in actions else n

    def _with_own(self, text: str, findings: list[Finding]) -> list[Finding]:
        """What the shipped rules found, and beside it what only the visitor's own found."""
        taken = [(finding.start, finding.end) for finding in findings]
        for start, end, rule in self._own.places(text, taken):
            new = None
            if rule.action == "mask":
                new = rule.label if self.style == "label" else _blocks(text[start:end])
            findings.append(Finding(start, end, rule.name, RULE, new, note=rule.action))
        return sorted(findings, key=lambda finding: finding.start)

    def _masked(self, found: str, kind: str, context: Context) -> str:
        if self.style == "label":
            return LABELS[context.lang][kind]
        return _blocks(found)


def _blocks(found: str) -> str:
    return "".join(BLOCK if character.isalnum() else character for character in found)

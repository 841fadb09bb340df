"""What models, rules and lines are called in the visitor's language."""

from core.lineage import Kind
from pages.kit.catalogue import Words


def model(kind: Kind, t: Words) -> str:
    """What a model of this kind is called."""
    return {
        "checkpoint": t("alignment.base"),
        "tuned": t("alignment.tuned"),
        "aligned": t("alignment.aligned"),
    }[kind]


def rule(name: str, t: Words) -> str:
    """What a rule of the world asks for, in a word."""
    return {
        "truthful": t("alignment.truthful"),
        "polite": t("alignment.polite"),
        "brief": t("alignment.brief"),
        "on_topic": t("alignment.on_topic"),
        "honest": t("alignment.honest"),
    }[name]


def line(key: str, t: Words) -> str:
    """Whose models they are, and in a pair in which lane."""
    return {
        "house_a": t("frame.house"),
        "yours_a": t("frame.yours"),
        "yours_b": t("alignment.yours_b"),
    }[key]

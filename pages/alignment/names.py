"""Names of models, rules and lines in the visitor's language."""

from typing import Final

from core.alignment.text.rules import BRIEF_WORDS, MOST_COURTESIES
from core.lineage import Kind
from pages.kit.catalogue import Text, Words

ORDER: Final = ("polite", "truthful", "honest", "on_topic", "brief")
"""All rules, in the order in which every page lists them: what was sought first, brevity last."""


def model(kind: Kind, t: Words) -> Text:
    """The name of a model of this kind."""
    return {
        "checkpoint": t("alignment.base"),
        "tuned": t("alignment.tuned"),
        "aligned": t("alignment.aligned"),
    }[kind]


def heading(kind: Kind, t: Words) -> Text:
    """The heading above its answer, with terms of the glossary."""
    return {
        "checkpoint": t("alignment.base_heading"),
        "tuned": t("alignment.tuned_heading"),
        "aligned": t("alignment.aligned_heading"),
    }[kind]


def step(kind: Kind, t: Words) -> Text:
    """The name of the step that makes a model of this kind."""
    return t("alignment.by_tuning") if kind == "tuned" else t("alignment.by_aligning")


def rule(name: str, t: Words) -> Text:
    """The word for an answer that keeps a rule."""
    return {
        "truthful": t("alignment.truthful"),
        "polite": t("alignment.polite"),
        "brief": t("alignment.brief"),
        "on_topic": t("alignment.on_topic"),
        "honest": t("alignment.honest"),
    }[name]


def broken(name: str, t: Words) -> Text:
    """The word for an answer that breaks a rule."""
    return {
        "truthful": t("alignment.not_truthful"),
        "polite": t("alignment.not_polite"),
        "brief": t("alignment.not_brief"),
        "on_topic": t("alignment.not_on_topic"),
        "honest": t("alignment.not_honest"),
    }[name]


def wants(name: str, t: Words) -> Text:
    """What a rule wants, in a sentence."""
    return {
        "truthful": t("alignment.wants_truthful"),
        "polite": t("alignment.wants_polite", n=MOST_COURTESIES),
        "brief": t("alignment.wants_brief", n=BRIEF_WORDS),
        "on_topic": t("alignment.wants_on_topic"),
        "honest": t("alignment.wants_honest"),
    }[name]


def line(key: str, t: Words) -> Text:
    """The owner of a line, and its lane within a pair."""
    return {
        "house_a": t("frame.house"),
        "yours_a": t("frame.yours"),
        "yours_b": t("alignment.yours_b"),
    }[key]

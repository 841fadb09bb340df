"""The five decisions: each in one sentence, with why, with its options, and where it can be seen.

Why is always two things: one figure measured in this playground, with the badge of its record, and
one published elsewhere, with its source and date.
"""

from dataclasses import dataclass

from pages.kit.catalogue import Text, Words
from pages.kit.parts import Badge
from pages.show import measured


@dataclass(frozen=True)
class Decision:
    """One decision.

    Args:
        name: short.
        sentence: the decision.
        measured: why, by a measurement made here; None where it is not shipped.
        badge: how that figure came to be.
        published: why, by what others have published.
        source: where and when.
        options: what one can do, and what it costs.
        places: the pages that show it.
    """

    name: str
    sentence: Text
    measured: Text | None
    badge: Badge | None
    published: Text
    source: Text
    options: tuple[tuple[Text, Text], ...]
    places: tuple[str, ...]


def five(t: Words) -> list[Decision]:
    """All of them, in the order of a model's life."""
    return [_data(t), _way(t), _checks(t), _preferences(t), _where(t)]


def _data(t: Words) -> Decision:
    found = measured.values("secrets", t.lang)
    return Decision(
        name="data",
        sentence=t("decisions.data"),
        measured=t("decisions.data_measured", **found) if found else None,
        badge=measured.badge("secrets", t),
        published=t("byheart.law_edpb"),
        source=t("byheart.law_edpb_source"),
        options=(
            (t("decisions.data_all"), t("decisions.data_all_cost")),
            (t("decisions.data_cleaned"), t("decisions.data_cleaned_cost")),
            (t("decisions.data_none"), t("decisions.data_none_cost")),
        ),
        places=("byheart", "bias", "data"),
    )


def _way(t: Words) -> Decision:
    found, price = measured.values("looked_up", t.lang), measured.values("priced", t.lang)
    return Decision(
        name="way",
        sentence=t("decisions.way"),
        measured=t("decisions.way_measured", **found) if found else None,
        badge=measured.badge("looked_up", t),
        published=t("decisions.way_published", **price),
        source=t("decisions.way_source"),
        options=(
            (t("decisions.way_prompt"), t("decisions.way_prompt_cost")),
            (t("decisions.way_lookup"), t("decisions.way_lookup_cost")),
            (t("decisions.way_tune"), t("decisions.way_tune_cost")),
            (t("decisions.way_build"), t("decisions.way_build_cost")),
        ),
        places=("lookup", "prompting", "tuning", "scale"),
    )


def _checks(t: Words) -> Decision:
    found = measured.values("filtered", t.lang)
    return Decision(
        name="checks",
        sentence=t("decisions.checks"),
        measured=t("decisions.checks_measured", **found) if found else None,
        badge=measured.badge("filtered", t),
        published=t("lookup.known_citing"),
        source=t("decisions.checks_source"),
        options=(
            (t("decisions.checks_filter"), t("decisions.checks_filter_cost")),
            (t("decisions.checks_human"), t("decisions.checks_human_cost")),
            (t("decisions.checks_trail"), t("decisions.checks_trail_cost")),
        ),
        places=("safety", "confident", "sending"),
    )


def _preferences(t: Words) -> Decision:
    found = measured.values("answers", t.lang)
    return Decision(
        name="preferences",
        sentence=t("decisions.preferences"),
        measured=t("decisions.preferences_measured", **found) if found else None,
        badge=measured.badge("answers", t),
        published=t("decisions.preferences_published"),
        source=t("decisions.preferences_source"),
        options=(
            (t("decisions.preferences_maker"), t("decisions.preferences_maker_cost")),
            (t("decisions.preferences_own"), t("decisions.preferences_own_cost")),
            (t("decisions.preferences_rules"), t("decisions.preferences_rules_cost")),
        ),
        places=("preferring", "aligning", "bias"),
    )


def _where(t: Words) -> Decision:
    own, other = measured.values("own", t.lang), measured.values("sizes", t.lang)
    return Decision(
        name="where",
        sentence=t("decisions.where"),
        measured=t("decisions.where_measured", **own) if own else None,
        badge=measured.badge("own", t),
        published=t("decisions.where_published", **other) if other else t("decisions.where_large"),
        source=t("decisions.where_source"),
        options=(
            (t("decisions.where_service"), t("decisions.where_service_cost")),
            (t("decisions.where_servers"), t("decisions.where_servers_cost")),
            (t("decisions.where_small"), t("decisions.where_small_cost")),
        ),
        places=("cost", "scale", "sending"),
    )

"""What choices reveal about the person who made them, and how they are passed on."""

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

from core.alignment.preferring.consistency import SecondPass, contradictions, second_pass
from core.alignment.preferring.following import Following, followed
from core.alignment.preferring.preferences import PositionBias, numbers_of, position_bias, to_bytes
from core.data.world import town
from core.lineage import Artifact, Kind
from core.services import services
from core.store import Ballot, Slot
from pages.alignment.preferring.clicking import (
    AGAIN,
    N_AGAIN,
    Cast,
    begin_again,
    current_round,
    end_again,
    preferences,
)
from pages.alignment.preferring.judging import judges_text, rule_names
from pages.kit import state
from pages.kit.catalogue import Text, Words
from pages.kit.frame import Figure, card, computed_now, figures, note
from pages.kit.models import Model
from pages.kit.numbers import share, share_span, whole

Slots = Mapping[Kind, Slot]

ONE_SIDED_FROM = 10  # clicks
ENOUGH_FOR_AGAIN = 5  # choices needed for a second pass
ENOUGH_FOR_RULES = 5  # choices needed for a comparison with the rules


def summary(model: Model, cast: Cast, slots: Slots, t: Words) -> None:
    """Counts, the second pass, and what is passed on."""
    alike = second_pass(cast.repeated)
    row = [
        Figure(whole(len(cast.first), t.lang), t("preferring.n_yours")),
        Figure(whole(len(cast.by_rule), t.lang), t("preferring.n_by_rule")),
    ]
    if alike.n:
        row.append(Figure(share(alike.share, t.lang), t("preferring.alike")))
    with card("tally", t("preferring.tally"), computed_now(t)):
        figures(t, row)
        _remarks(model, cast, alike, slots, t)


def _remarks(model: Model, cast: Cast, alike: SecondPass, slots: Slots, t: Words) -> None:
    if not cast.first:
        note(t("preferring.invitation"))
    house = frozen(model, slots)
    if house is not None and not services().store.artifacts.owns(state.owner(), house.id):
        values = {
            "n": whole(int(house.numbers["n_pairs"]), t.lang),
            "judges": judges_of(house, t),
        }
        note(t("preferring.house_shown", **values))
    if alike.n:
        note(agreement_text(alike, t))
    if model.world is not None and len(cast.first) >= ENOUGH_FOR_RULES:
        _rules_followed(followed(preferences(cast.first), town(model.world)), t)
    _again_button(model, cast, t)
    _pass_on(model, cast, t)


def _rules_followed(found: Sequence[Following], t: Words) -> None:
    """How often each rule agrees with the choices, against a coin's 50 %."""
    if not found:
        return
    names = rule_names(t)
    st.html('<ul class="gb-follows">' + "".join(_bar(one, names, t) for one in found) + "</ul>")
    first = found[0]
    if not first.beyond_chance:
        note(t("preferring.follows_none"))
        return
    span = share_span(*first.interval, t.lang)
    note(t("preferring.follows", rule=names[first.rule], span=span))


def _bar(one: Following, names: Mapping[str, str], t: Words) -> str:
    counted = t("preferring.follows_n", k=whole(one.n_alike, t.lang), n=whole(one.n, t.lang))
    kind = "sure" if one.beyond_chance else "unsure"
    return (
        f"<li><span>{escape(names[one.rule])}</span><b>{escape(counted)}</b>"
        f'<span class="bar {kind}"><span style="width:{100 * one.share:.0f}%"></span></span></li>'
    )


def _pass_on(model: Model, cast: Cast, t: Words) -> None:
    """Which choices are passed on, and the button that freezes them."""
    which = which_used(cast, t)
    ballots = used(cast, which) if which else []
    if ballots:
        st.button(
            t("preferring.pass_on", n=whole(len(ballots), t.lang)),
            key="prefer_pass_on",
            on_click=hand_on,
            args=(model, ballots),
        )


def which_used(cast: Cast, t: Words) -> str:
    """Ask whose choices are passed on, if there are both; empty without any."""
    if not (cast.first and cast.by_rule):
        return "you" if cast.first else "rule" if cast.by_rule else ""
    names = {
        "you": t("preferring.use_you"),
        "rule": t("preferring.use_rule"),
        "both": t("preferring.use_both"),
    }
    return str(
        st.segmented_control(
            t("preferring.use"),
            list(names),
            default="you",
            format_func=names.__getitem__,
            key="prefer_use",
            required=True,
        )
    )


def which_now(cast: Cast) -> str:
    """Whose choices are passed on: "you", "rule" or "both"; empty without any."""
    if not (cast.first and cast.by_rule):
        return "you" if cast.first else "rule" if cast.by_rule else ""
    return str(st.session_state.get("prefer_use") or "you")


def odd(cast: Cast, t: Words) -> list[str]:
    """Warnings about the choices: one-sidedness and contradictions."""
    chosen = preferences(cast.first)
    bias, found = position_bias(chosen), []
    if bias.n >= ONE_SIDED_FROM and bias.suspicious:
        found.append(_one_sided(bias, t))
    circles = contradictions(preferences((*cast.first, *cast.again)))
    if circles:
        first = circles[0]
        found.append(
            t(
                "preferring.contradiction",
                n=whole(len(circles), t.lang),
                question=first.question,
                a=first.answers[0],
                b=first.answers[1],
            )
        )
    return found


def _one_sided(bias: PositionBias, t: Words) -> str:
    left = bias.n_left > bias.n - bias.n_left
    most = bias.n_left if left else bias.n - bias.n_left
    values = {
        "k": whole(most, t.lang),
        "n": whole(bias.n, t.lang),
        "p": whole(1 / bias.p_value, t.lang),
    }
    if left:
        return t("preferring.one_sided_left", **values)
    return t("preferring.one_sided_right", **values)


def agreement_text(alike: SecondPass, t: Words) -> Text:
    """The agreement of the second pass, with its interval."""
    return t(
        "preferring.alike_measured",
        k=whole(alike.n_alike, t.lang),
        n=whole(alike.n, t.lang),
        span=share_span(*alike.interval, t.lang),
    )


def _again_button(model: Model, cast: Cast, t: Words) -> None:
    if current_round(model) == AGAIN:
        st.button(
            t("preferring.end_again"), key="prefer_end_again", on_click=end_again, args=(model,)
        )
        return
    n_once = len(cast.first) - len({one.again_of for one in cast.again})
    if n_once >= ENOUGH_FOR_AGAIN:
        n = whole(min(N_AGAIN, n_once), t.lang)
        st.button(
            t("preferring.begin_again", n=n),
            key="prefer_again",
            on_click=begin_again,
            args=(model, cast),
            help=t("preferring.begin_again_help"),
        )


def used(cast: Cast, which: str) -> list[Ballot]:
    """The choices passed on: by the person, by rules, or both; second passes included."""
    own = [*cast.first, *cast.again]
    return {"you": own, "rule": list(cast.by_rule), "both": [*own, *cast.by_rule]}[which]


def hand_on(model: Model, ballots: Sequence[Ballot]) -> Artifact:
    """Freeze choices as the artefact "preferences" and put it on the bench."""
    chosen = preferences(ballots)
    numbers = numbers_of(chosen)
    found = followed(chosen, town(model.world)) if model.world is not None else []
    if found and found[0].beyond_chance:
        numbers["follows"] = found[0].rule
    store, owner = services().store, state.owner()
    kept = store.artifacts.keep(
        owner,
        "preferences",
        to_bytes(chosen),
        parents=[model.id],
        settings={"judges": sorted({one.judge for one in chosen}), "n": len(chosen)},
        numbers=numbers,
    )
    store.benches.put(owner, model.lane, kept.id, "preferences")
    return kept


def judges_of(preferences: Artifact, t: Words) -> str:
    """Who made these choices, as written on the page."""
    return judges_text(str(preferences.numbers.get("judges", "")).split(","), t)


def frozen(model: Model, slots: Slots) -> Artifact | None:
    """The preferences for this model on the bench: the person's own or the shipped ones."""
    slot = slots.get("preferences")
    return slot.artifact if slot and model.id in slot.artifact.parents else None


def handed_over(model: Model, slots: Slots, t: Words) -> list[Figure]:
    """The numbers of the preferences on the bench."""
    found = frozen(model, slots)
    if found is None:
        return []
    numbers = found.numbers
    whose = "yours" if services().store.artifacts.owns(state.owner(), found.id) else "house"
    row = [Figure(whole(float(numbers["n_pairs"]), t.lang), t("preferring.n_passed"), whose)]
    if "share_left" in numbers:
        row.append(Figure(share(float(numbers["share_left"]), t.lang), t("preferring.share_left")))
    if "agreement" in numbers and numbers.get("judges") == "you":  # rules always do
        row.append(Figure(share(float(numbers["agreement"]), t.lang), t("preferring.alike")))
    return row

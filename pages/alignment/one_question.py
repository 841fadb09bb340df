"""The stage of step 4: one question to the base model and to what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import escape
from itertools import pairwise
from typing import Any, Final, Literal

import streamlit as st

from core.alignment.comparing import Rate
from core.data.world import Town, WorldSettings, town
from core.errors import GlassboxError
from core.house import examined
from core.lineage import MODEL_KINDS, Kind
from core.services import services
from core.training.text.verdicts import judge
from pages.alignment import names
from pages.alignment.questions import (
    how_drawn,
    language_of,
    own_question,
    question_now,
    seed_now,
)
from pages.alignment.verdicts import Verdict, how_judged, judged, marked, tiles
from pages.inference.writing import write_all
from pages.kit import state
from pages.kit.catalogue import Words, rich
from pages.kit.frame import note, show_error
from pages.kit.models import Model

Record = dict[str, Any]

SHOWN_LINES: Final = 4
SHOWN_CHARACTERS: Final = 170  # of a text: what fits beside two others


@dataclass(frozen=True)
class Line:
    """A base model and what became of it.

    Args:
        whose: whose the furthest of them is.
        lane: in which lane it lies.
        models: by kind, in the order of the chain; at least one.
    """

    whose: Literal["house", "yours"]
    lane: str
    models: Mapping[Kind, Model]

    @property
    def key(self) -> str:
        """Tells the lines of one page apart."""
        return f"{self.whose}_{self.lane}"

    @property
    def furthest(self) -> Model:
        """The last of them."""
        return list(self.models.values())[-1]

    @property
    def town(self) -> Town | None:
        """The facts the base model was told; None where it read something else."""
        world = self.furthest.world
        return town(world) if world else None


def lines(found: list[Model], owner: str) -> list[Line]:
    """The visitor's own lines that are past the base model, then the house's."""
    by_id = {model.id: model for model in found}
    made: list[Line] = []
    for whose, lane in (("yours", "a"), ("yours", "b"), ("house", "a")):
        own = [model for model in found if (model.whose, model.lane) == (whose, lane)]
        if not own or (whose == "yours" and own[0].kind == "checkpoint"):
            continue
        lineage = services().store.artifacts.lineage(owner, own[0].id)
        kinds = {each.kind: by_id[each.id] for each in lineage if each.id in by_id}
        in_order = {kind: kinds[kind] for kind in MODEL_KINDS if kind in kinds}
        made.append(Line(own[0].whose, lane, in_order))
    return made


def known(line: Line) -> tuple[Record, bool]:
    """Measurements of a line, as core.house.examined gives them, and whether they were shipped;
    empty if there are none.
    """
    ids = tuple(model.id for model in line.models.values())
    here: Record | None = st.session_state.setdefault("_examined", {}).get(ids)
    if here:
        return here, False
    return (examined() if line.whose == "house" else {}), True


def stage(line: Line, t: Words) -> str | None:
    """The question, and below it what each model makes of it.

    Returns:
        the furthest model's text; None if nothing could be written.
    """
    asked = question_now(t)
    lang = language_of(asked, t)
    state.put_in_url("seed")
    try:
        texts = {kind: drawn(model, asked, seed_now(t)) for kind, model in line.models.items()}
    except GlassboxError as error:
        show_error(error, t)
        return None
    verdicts = {}
    if line.town:
        verdicts = {kind: judged(asked, text, lang, line.town) for kind, text in texts.items()}
        if "checkpoint" in verdicts and talks_on(texts["checkpoint"]):
            verdicts["checkpoint"] = as_continuation(verdicts["checkpoint"])
    rates = known(line)[0].get("rates", {})
    columns = "".join(
        column(kind, asked, text, verdicts.get(kind), line, t) for kind, text in texts.items()
    )
    st.html(
        f'<p class="gb-asked"><span>{escape(t("alignment.asked"))}</span> {escape(asked)}</p>'
        f'<div class="gb-three" role="status">{columns}</div>'
        f"{changed(verdicts, rates, t)}"
    )
    return list(texts.values())[-1]


def dice(line: Line, t: Words) -> None:
    """Other dice for all alike, why this is asked, and how it is judged."""
    with st.container(key="gb_again", horizontal=True, vertical_alignment="center"):
        if state.depth() != "watch":
            st.button(t("alignment.again"), key="three_again", on_click=_other_seed)
        if own_question():
            note(t("alignment.same_luck"))
        else:
            note(t("alignment.no_question", sentence=state.sentence()))
        if line.town:
            st.html(how_judged(t), width="content")


def column(kind: Kind, asked: str, text: str, verdict: Verdict | None, line: Line, t: Words) -> str:
    """One model: what it is, what it made of the question, and what the rules say of that."""
    begun = f"<span>{escape(asked)}</span>" if kind == "checkpoint" else ""
    shown = "\n".join(text.split("\n")[:SHOWN_LINES])[:SHOWN_CHARACTERS].rstrip()
    more = " …" if len(shown) < len(text.rstrip()) else ""
    how = t("alignment.continues") if kind == "checkpoint" else t("alignment.answers")
    on = kind == "checkpoint" and talks_on(text)
    ruled = tiles(verdict, t, talks_on=on) if verdict else ""
    lang = language_of(asked, t)
    # what the base model writes is no answer, so no tone of it is marked
    if kind == "checkpoint":
        said = written_on(shown, line.furthest.world, t)
    else:
        said = marked(shown, lang, line.town, t, asked)
    return (
        f"<section class='{kind}'><h3>{rich(names.heading(kind, t))} <i>{escape(how)}</i></h3>"
        f"<p class='said' lang='{lang}'>{begun}{said}{more}</p>{ruled}</section>"
    )


def written_on(text: str, world: WorldSettings | None, t: Words) -> str:
    """What a base model writes as markup, with the sentences marked that are none."""
    if world is None:
        return escape(text)
    said, place = "", 0
    for start, end in judge("", text, world).ungrammatical:
        word = escape(t("aligning.not_grammatical"))
        broken = f"<mark class='beside'>{escape(text[start:end])}<i>{word}</i></mark>"
        said, place = said + escape(text[place:start]) + broken, end
    return said + escape(text[place:])


def talks_on(text: str) -> bool:
    """Whether a base model wrote more than the one line that might have been an answer."""
    return "\n" in text.strip()


def as_continuation(verdict: Verdict) -> Verdict:
    """A verdict without any rule: a text that talks on is no answer that could keep one."""
    return replace(verdict, kept={})


def changed(verdicts: Mapping[Kind, Verdict], rates: Mapping[str, Any], t: Words) -> str:
    """In a line, which rules each step made the answer keep, and which it made it break.

    Args:
        verdicts: on the answer of each model.
        rates: what each model comes to over many questions, as far as that was measured; where it
            goes the other way, the change in this answer is called chance.
        t: words.
    """
    said: list[str] = []
    judged = [kind for kind, verdict in verdicts.items() if verdict.kept]
    for before, after in pairwise(judged):  # a base that only talks on is judged by no rule
        was, now = verdicts[before].kept, verdicts[after].kept
        gained = [rule for rule in now if now[rule] and not was.get(rule)]
        lost = [rule for rule in was if was[rule] and not now.get(rule)]
        rises = {rule: _rise(rates, before, after, rule) for rule in [*gained, *lost]}
        by_chance = [one for one in gained if rises[one] < 0.0]
        by_chance += [one for one in lost if rises[one] > 0.0]
        by = names.step(after, t)

        def listed(rules: list[str], left_out: list[str] = by_chance) -> str:
            return ", ".join(names.rule(one, t) for one in rules if one not in left_out)

        if some := listed(gained):
            said.append(t("alignment.gained", by=by, rules=some))
        if some := listed(lost):
            said.append(t("alignment.lost", by=by, rules=some))
        if some := listed(by_chance, []):
            said.append(t("alignment.by_chance", by=by, rules=some))
        if not gained and not lost:
            said.append(t("alignment.unchanged", by=by))
    return f"<p class='gb-changed'>{escape(' '.join(said))}</p>" if said else ""


def _rise(rates: Mapping[str, Any], before: Kind, after: Kind, rule: str) -> float:
    """By how much more often answers keep a rule after a step; 0 where nothing was measured."""
    if before not in rates or after not in rates:
        return 0.0
    return Rate(**rates[after][rule]).share - Rate(**rates[before][rule]).share


def drawn(model: Model, asked: str, seed: int) -> str:
    """What a model writes: the base model after the question, the others as their answer."""
    return _drawn(model.id, asked, seed, model)


@st.cache_data(max_entries=96, show_spinner=False)
def _drawn(id_: str, asked: str, seed: int, _model: Model) -> str:
    (text,) = write_all(_model, [(asked, how_drawn(seed))], lambda share: None)
    return text.read(_model.encoder)


def chosen(found: list[Line], t: Words) -> Line:
    """Whose models are asked; a choice only where there is one."""
    if len(found) == 1 or state.depth() == "watch":
        return found[0]
    by_key = {line.key: line for line in found}
    if st.session_state.get("line") not in by_key:
        st.session_state["line"] = found[0].key
    key = st.segmented_control(
        t("alignment.whose"),
        list(by_key),
        format_func=lambda key: names.line(key, t),
        default=st.session_state["line"],
        key="line",
        required=True,
        label_visibility="collapsed",
    )
    return by_key[str(key)]


def _other_seed() -> None:
    """Throw other dice for all models alike."""
    setting = state.SETTINGS["seed"]
    now = state.seed() + 1
    st.session_state["seed"] = int(setting.low) if now > setting.high else now

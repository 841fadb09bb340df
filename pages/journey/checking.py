"""Step 6 of the journey: the text through the checks, and the head of the audit trail."""

from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Final

import streamlit as st

from core.data.world import town
from core.languages import Lang
from core.postprocessing.sending.audit import head_of, trail
from core.postprocessing.stages import Answer, Context, StageSetting, run_stages
from pages.kit.catalogue import Words
from pages.kit.models import Model
from pages.kit.numbers import whole
from pages.postprocessing.names import kind_name, stage_name

STAGES: Final = ("facts", "private", "secrets")
"""What finds hallucinations, while the text still says it all, then what must not leave."""
SHOWN_OF_HASH: Final = 16  # characters


@dataclass(frozen=True)
class Checked:
    """A text after the checks.

    Args:
        answer: what the checks made of it.
        head: the last hash of the audit trail.
    """

    answer: Answer
    head: str


@st.cache_data(max_entries=64, show_spinner=False)
def check(text: str, question: str, lang: Lang, seed: int, id_: str, _model: Model) -> Checked:
    """Send a text through the checks, and write the trail."""
    world = _model.world
    about = Context(lang, question, town(world) if world else None, id_, seed)
    answer = run_stages(text, [StageSetting(name, True, {}) for name in STAGES], about)
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    entries = trail(answer, text, id=f"journey-{id_[:12]}", at=now, model_s=0.0)
    return Checked(answer, head_of(entries))


def checked(done: Checked, t: Words) -> str:
    """Every check with what it found, the text as it may leave, and the trail's head."""
    rows = "".join(
        f"<li><b>{escape(stage_name(name, t))}</b> "
        f"{_found([kind_name(finding.kind, t) for finding in step.findings], t)}</li>"
        for name, step in done.answer.steps
    )
    head = escape(t("journey.head", hash=done.head[:SHOWN_OF_HASH]))
    text = done.answer.text or t("journey.held_back")
    kinds = {finding.kind for _, step in done.answer.steps for finding in step.findings}
    about = f'<p class="gb-soft">{escape(t("journey.address"))}</p>' if "address" in kinds else ""
    return (
        f'<ul class="gb-checks">{rows}</ul>'
        f"<h3>{escape(t('journey.leaves'))}</h3>"
        f'<p class="gb-written" dir="auto">{escape(" ".join(text.split()))}</p>{about}'
        f'<p class="gb-soft gb-head-hash">{head}</p>'
    )


def _found(kinds: list[str], t: Words) -> str:
    if not kinds:
        return escape(t("journey.nothing"))
    counted = {kind: kinds.count(kind) for kind in kinds}
    return escape(", ".join(f"{kind}: {whole(n, t.lang)}" for kind, n in counted.items()))

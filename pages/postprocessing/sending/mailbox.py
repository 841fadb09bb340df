"""The mailbox on the page: the shipped letters, answered for real, and the letter that objects."""

import io
import re
import zipfile
from html import escape
from typing import Final

import streamlit as st

from core.api.filtering import preset
from core.api.letters import EXAMPLE, letter_files, read_letter
from core.api.mailbox import Mailbox, Result, answered, files_of
from core.errors import GlassboxError
from core.services import services
from pages.inference.writing import watched
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.frame import Measured, card, computed_now, note, show_error
from pages.kit.models import Model
from pages.kit.numbers import whole
from pages.postprocessing.sending.call import stage_names

COMMAND: Final = "python -m core mailbox core/api/mailbox_example answers --stages letter"
OBJECTING: Final = {"de": "03-herr-rossi.txt", "en": "04-mrs-haller.md"}
"""The letter that asks to ignore all filters, by language."""

SECRETS: Final = {
    "de": (("iban", "3704 0044"), ("card", "1111 1111")),
    "en": (("password", "hunter2"), ("email", "haller@")),
}
"""What must not leave of that letter: kind, and a part of it."""


def mailbox(model: Model, t: Words) -> None:
    """The card: the command, the button that runs it here, and what came out."""
    with card("mailbox", t("sending.mailbox"), computed_now(t)):
        st.html(f"<p>{escape(t('sending.mailbox_text'))}</p>")
        st.code(COMMAND, language="bash", wrap_lines=True)
        kept = st.session_state.setdefault("_mailbox", {})
        if st.button(t("sending.run_mailbox"), key="sending_mailbox"):
            kept.pop(model.id, None)
            try:
                kept[model.id] = _run(model, t)
            except GlassboxError as error:
                show_error(error, t)
        if model.id in kept:
            _show(kept[model.id], t)
        else:
            n = whole(len(letter_files(EXAMPLE)), t.lang)
            note(t("sending.mailbox_hint", n=n))


def objecting(model: Model, t: Words) -> Measured:
    """Answer the letter that asks to ignore the filters, and look what of it leaves."""
    letter = read_letter(EXAMPLE / OBJECTING[t.lang])
    with watched(t, "objecting"):
        envelope = _box(model).answer(letter)
    names = stage_names(t)
    left = [names[kind] for kind, part in SECRETS[t.lang] if part in envelope.text]
    n = sum(part in letter.text for _, part in SECRETS[t.lang])
    outcome = "masked" if not left else "all" if len(left) == n else "some"
    if envelope.held_back:
        outcome = "nothing"
    text = t("sending.objecting_measured", n=whole(n - len(left), t.lang), of=whole(n, t.lang))
    return Measured(outcome, text, lambda: _letters(letter.text, envelope.text, t))


def _box(model: Model) -> Mailbox:
    return Mailbox(services(), state.owner(), model, preset("letter"), seed=state.seed())


def _run(model: Model, t: Words) -> list[Result]:
    """Answer the shipped letters; a click on stop ends it between two letters."""
    n, results = len(letter_files(EXAMPLE)), []
    with watched(t, "mailbox") as progress:
        for result in answered(_box(model), EXAMPLE):
            results.append(result)
            progress(len(results) / n)
    return results


def _show(results: list[Result], t: Words) -> None:
    names = stage_names(t)
    st.html(f'<div class="gb-letters">{"".join(_letter(each, names, t) for each in results)}</div>')
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files_of(results).items():
            archive.writestr(name, text)
    label = t("sending.download_answers")
    st.download_button(
        label,
        data.getvalue(),
        file_name="answers.zip",
        mime="application/zip",
        key="sending_zip",
        on_click="ignore",
    )


def _letter(result: Result, names: dict[str, str], t: Words) -> str:
    """One letter: what was found in it, and the answer, closed until somebody opens it."""
    name = f"<b>{escape(result.name)}</b>"
    if result.envelope is None:
        why = t("sending.skipped_empty")
        if result.error is not None and result.error.key != "empty_input":
            why = t("sending.skipped_unreadable")
        return f'<p class="skipped">{name} <span>✗ {escape(why)}</span></p>'
    kinds = [
        f"{whole(n, t.lang)} × {names.get(kind, kind)}"
        for stage in result.envelope.stages
        for kind, n in stage["kinds"].items()
    ]
    found = ", ".join(kinds) or t("sending.found_nothing")
    summary = f"<summary>{name} <span>✓ {escape(found)}</span></summary>"
    return f"<details>{summary}<pre>{_marked(result.envelope.text)}</pre></details>"


def _letters(before: str, after: str, t: Words) -> None:
    """A letter beside its answer."""
    st.html(
        '<div class="gb-two">'
        f"<section><h3>{escape(t('sending.the_letter'))}</h3><pre>{escape(before)}</pre></section>"
        f"<section><h3>{escape(t('sending.what_left'))}</h3><pre>{_marked(after)}</pre></section>"
        "</div>"
    )


def _marked(text: str) -> str:
    """A text with its masks made visible."""
    return re.sub(r"\[[^\[\]\n]{2,24}\]", lambda mask: f"<mark>{mask[0]}</mark>", escape(text))

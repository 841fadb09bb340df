"""The card that shows how to call the very same model from outside."""

from html import escape

import streamlit as st

from core.alignment.text.chat import is_chat
from pages.inference import calls
from pages.inference.key import own_key
from pages.inference.writing import settings_now
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.frame import card, note
from pages.kit.models import Model


def api_calls(model: Model, t: Words) -> None:
    """A line for the terminal and a few of Python, with the settings as they stand."""
    chat = is_chat(model.kind)
    body = calls.asked(model.name, state.sentence(), settings_now(), chat=chat)
    base = calls.base_url()
    with card("api", t("inference.api")):
        note(t("inference.api_note"))
        key = own_key(t) if model.whose == "yours" else None  # the house's models need none
        terminal, python = st.tabs([t("inference.terminal"), t("inference.python")])
        with terminal:
            st.code(calls.curl(base, body, key), language="bash", wrap_lines=True)
        with python:
            st.code(calls.python(base, body, key), language="python", wrap_lines=True)
            note(t("inference.python_needs"))
        docs = escape(t("inference.api_docs"))
        st.html(f'<p class="gb-soft gb-docs"><a href="/v1/docs" target="_blank">{docs}</a></p>')

"""The stage of the sending station: one request, as code and really sent, and what comes back."""

import json
import re
import shlex
from collections.abc import Callable
from html import escape
from typing import Any

import streamlit as st

from core.alignment.text.chat import is_chat
from core.api.chat import language_of_question
from core.api.filtering import PRESETS
from core.api.writing import opening_tokens
from core.errors import GlassboxError
from core.inference.text.constraint import Constraint, grammar_of
from core.postprocessing.form.formatting import read_json
from core.postprocessing.stages import ORDER, STAGES, Context, StageSetting, run_stages
from pages.inference.calls import base_url
from pages.inference.key import own_key
from pages.kit import controls, site, state
from pages.kit.catalogue import Words
from pages.kit.components.sending import sending
from pages.kit.frame import computed_now, note, show_error, stage
from pages.kit.models import Model
from pages.kit.numbers import whole
from pages.postprocessing import kinds
from pages.postprocessing.form.schema import schema_in_force
from pages.postprocessing.names import kind_name, stage_name
from pages.postprocessing.ordering import settings_of

KINDS = (
    *("email", "phone", "iban", "card", "tax_id", "address", "private_key", "token", "password"),
    *("secret", "listed", "rude", "dropped", "repair", "markup", "label", "true", "false"),
    *("formal", "informal", "unsure"),
)
AGAIN = "_send_again"  # how often a control of this page has asked to send once more
Said = dict[str, Any]
ANSWER_TOKENS = 40
JSON_TOKENS = 100  # of an answer that is held to a schema
TEMPERATURE = 0.3


def stage_names(t: Words) -> dict[str, str]:
    """Stages and kinds of findings, as a reader calls them."""
    return {
        **{name: stage_name(name, t) for name in ORDER},
        **{kind: kind_name(kind, t) for kind in KINDS},
        "untold": t("sending.kind_untold"),
        "unknown": t("sending.kind_unknown"),
        "model": t("sending.name_model"),
        "sent": t("sending.name_sent"),
    }


def preset_names(t: Words) -> dict[str, str]:
    """The presets, as a reader calls them."""
    return {
        "none": t("sending.preset_none"),
        "default": t("sending.preset_default"),
        "strict": t("sending.preset_strict"),
        "letter": t("sending.preset_letter"),
        "all": t("sending.preset_all"),
    }


def draw(
    model: Model,
    t: Words,
    plays: bool,
    last: Said | None,
    below: Callable[[str | None], Said | None],
    remark: Callable[[Said | None], None],
) -> Said | None:
    """Draw the stage.

    Args:
        model: who answers.
        t: words.
        plays: the call is sent once without a click.
        last: the envelope that is shown until another one arrives.
        below: draws what stands under the answer, given the id of an envelope that has just come.
        remark: draws what there is to say beside the filters about the envelope shown.

    Returns:
        what `below` gives back: the envelope shown.
    """
    with stage(t("sending.stage"), computed_now(t) if last else None):
        left, right = st.columns([5, 6], gap="large")
        with left:
            body = _request(model, t)
        with right:
            names, again = stage_names(t), st.session_state.get(AGAIN, 0)
            text = str(last["text"]) if last else None
            arrived = sending(
                body, t, key="sending_call", names=names, plays=plays, again=again, last=text
            )
            shown = below(arrived)
        with left:
            remark(shown)
        with st.expander(t("sending.as_code"), expanded=state.depth() == "dig"):
            _code(body, model, t)
    return shown


def let_through(kind: str) -> None:
    """Leave a kind of personal data as it is from now on, and send once more."""
    chosen = {**kinds.read(state.value(kinds.NAME) or ""), kind: "keep"}
    st.session_state[kinds.NAME] = kinds.written(chosen)
    st.session_state[AGAIN] = st.session_state.get(AGAIN, 0) + 1


def _asked(t: Words) -> str:
    """The letter; an untouched one follows the travelling sentence."""
    name, start = "sending_asked", str(state.start("sending_asked"))
    controls.follow_start(name)
    typed = st.text_area(
        t("sending.asked"),
        st.session_state[name],
        key=name,
        height=104,
        max_chars=controls.PASTED,
    )
    state.put_in_url(name)
    return controls.fitting(str(typed or start), state.SETTINGS[name].max_length)


def _request(model: Model, t: Words) -> dict[str, Any]:
    """The controls, and the body of the request they make."""
    watches = state.depth() == "watch"
    asked = str(state.value("sending_asked")) if watches else _asked(t)
    lang = language_of_question(asked, t.lang)
    if state.value("sending_mask") == "before":
        asked = masked(asked, lang)
    cuts = reads(model, asked, t) > 0
    if watches:
        return request(model, asked, state.value("sending_stages"), True, lang, cuts=cuts)
    with st.expander(t("sending.more"), expanded=state.depth() == "dig", key="sending_more"):
        masks = {"before": t("sending.mask_before"), "after": t("sending.mask_after")}
        controls.choice("sending_mask", t("sending.mask"), masks.__getitem__)
        names = preset_names(t)
        preset = controls.choice("sending_stages", t("sending.stages"), lambda name: names[name])
        note(_switched_on(preset, t))
        state.put_in_url(kinds.NAME)
        schema = _form(model, t)
        quotes = schema is None and controls.toggle(
            "sending_quote", t("sending.quote"), help=t("sending.quote_help")
        )
    return request(model, asked, preset, quotes, lang, schema, cuts=cuts)


def _switched_on(preset: str, t: Words) -> str:
    """Which filters a preset switches on, by the names they have on the overview."""
    names = [stage_name(name, t) for name in PRESETS[preset] if name in STAGES]
    return t("sending.on", names=", ".join(names)) if names else t("sending.none_on")


def masked(letter: str, lang: str) -> str:
    """A letter as it is sent where personal data and secrets are masked before the model reads."""
    spared = kinds.read(state.value(kinds.NAME) or "")
    stages = [StageSetting("private", settings=dict(spared)), StageSetting("secrets")]
    return run_stages(letter, stages, Context(lang)).text


def reads(model: Model, letter: str, t: Words) -> int:
    """Show what the model reads of a letter, with what its context window leaves no room for.

    Returns:
        tokens that are cut off at the beginning.
    """
    tokens = opening_tokens(model.kind, model.encoder, letter)
    n_marks = 2 if is_chat(model.kind) else 1
    n_cut = max(0, len(tokens) - model.config.n_context)
    cut = model.encoder.decode(tokens[n_marks : n_marks + n_cut])
    rest = escape(" ".join(letter.split())[len(cut) :] if n_cut else letter)
    shown = re.sub(r"\[[^\[\]\n]{1,30}\]", lambda found: f"<mark>{found[0]}</mark>", rest)
    gone = f"<del>{escape(cut)}</del>" if cut else ""
    label = escape(t("sending.reads"))
    st.html(f"<p class='gb-reads'><b>{label}</b> {gone}{shown}</p>")
    if n_cut:
        n, most = whole(len(tokens), t.lang), whole(model.config.n_context, t.lang)
        note(t("sending.cut", n=n, most=most, cut=whole(n_cut, t.lang)))
    return n_cut


def _form(model: Model, t: Words) -> str | None:
    """The schema that the answer is held to; None where it may be any text."""
    names = {"text": t("sending.form_text"), "json": t("sending.form_json")}
    form = controls.choice(
        "sending_form", t("sending.form"), lambda name: names[name], show_label=False
    )
    if form == "text":
        return None
    schema = schema_in_force()
    try:
        Constraint(grammar_of(schema, model.encoder), JSON_TOKENS)
        read_json("{}", schema)  # what only the validator would refuse
    except GlassboxError as error:
        show_error(error, t)
        note(t("sending.form_unusable"))
        return None
    st.page_link(site.page("form", t), label=t("sending.form_schema"), query_params=state.shared())
    return schema


def request(
    model: Model,
    asked: str,
    preset: str,
    quotes: bool,
    lang: str,
    schema: str | None = None,
    *,
    cuts: bool = False,
) -> dict[str, Any]:
    """The body of the request; where it `cuts`, a letter that is too long loses its beginning."""
    glassbox: dict[str, Any] = {"stages": preset, "language": lang}
    spared = kinds.read(state.value(kinds.NAME) or "")
    if state.depth() == "dig" or spared:  # the same filters one by one, ready to be changed
        stages = [name for name in PRESETS[preset] if name in STAGES]
        of = settings_of if state.depth() == "dig" else {"private": spared}.get
        glassbox["stages"] = [
            {"name": name, "on": True, "settings": of(name) or {}} for name in stages
        ]
    if quotes:
        glassbox["quote"] = True
    body: dict[str, Any] = {
        "model": model.name,
        "messages": [{"role": "user", "content": asked}],
        "temperature": TEMPERATURE,
        "seed": state.seed(),
        "max_tokens": ANSWER_TOKENS if schema is None else JSON_TOKENS,
    }
    if schema is not None:
        named = {"name": "answer", "schema": json.loads(schema), "strict": True}
        body["response_format"] = {"type": "json_schema", "json_schema": named}
    if cuts:
        body["truncation"] = "auto"
    return {**body, "glassbox": glassbox}


def _code(body: dict[str, Any], model: Model, t: Words) -> None:
    base, key = base_url(), None
    if model.whose == "yours":  # the house's models need none
        key = own_key(t)
    terminal, python_, script = st.tabs(["curl", "Python", "JavaScript"])
    with terminal:
        st.code(curl(base, body, key), language="bash", wrap_lines=True)
    with python_:
        st.code(python(base, body, key), language="python", wrap_lines=True)
    with script:
        st.code(javascript(base, body, key), language="javascript", wrap_lines=True)


def curl(base: str, body: dict[str, Any], key: str | None = None) -> str:
    """The request as a line for a terminal."""
    lines = [f"curl {base}/chat/completions", "-H 'Content-Type: application/json'"]
    if key is not None:
        lines.append(f"-H {shlex.quote(f'Authorization: Bearer {key}')}")
    lines.append(f"-d {shlex.quote(json.dumps(body, ensure_ascii=False))}")
    return " \\\n  ".join(lines)


def python(base: str, body: dict[str, Any], key: str | None = None) -> str:
    """The request with OpenAI's own package."""
    extra = {name: body[name] for name in ("truncation", "glassbox") if name in body}
    named = {name: value for name, value in body.items() if name not in extra}
    return "\n".join(
        [
            "from openai import OpenAI",
            "",
            f"client = OpenAI(base_url={base!r}, api_key={key or 'none'!r})",
            "answer = client.chat.completions.create(",
            *(f"    {name}={value!r}," for name, value in named.items()),
            f"    extra_body={extra!r},",
            ")",
            "print(answer.choices[0].message.content)",
            'print(answer.glassbox["audit"]["head"])',
        ]
    )


def javascript(base: str, body: dict[str, Any], key: str | None = None) -> str:
    """The request with fetch, as a browser or Node has it."""
    headers = {"Content-Type": "application/json"}
    if key is not None:
        headers["Authorization"] = f"Bearer {key}"
    said = json.dumps(body, ensure_ascii=False, indent=2).replace("</", "<\\/")
    return "\n".join(
        [
            f"const answer = await fetch({json.dumps(base + '/chat/completions')}, {{",
            '  method: "POST",',
            f"  headers: {json.dumps(headers, ensure_ascii=False)},",
            f"  body: JSON.stringify({said}),",
            "})",
            "const { choices, glassbox } = await answer.json()",
            "console.log(choices[0].message.content, glassbox.audit.head)",
        ]
    )

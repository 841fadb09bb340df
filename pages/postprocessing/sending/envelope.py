"""The envelope of the newest answer: what it cost, its audit trail, and a hand that tampers."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from html import escape
from typing import Any, Final

import streamlit as st

from core.errors import NotFound
from core.modality import TEXT
from core.postprocessing.chaining import sealed
from core.postprocessing.privacy.patterns import KINDS
from core.postprocessing.privacy.private import LABELS
from core.postprocessing.sending.answers import Prices
from core.postprocessing.sending.audit import Entry, from_dicts, head_of, to_csv, to_jsonl, verify
from core.services import services
from core.store import Usage
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.frame import Figure, card, figures, note
from pages.kit.models import Model
from pages.kit.numbers import decimal, duration, quantity, significant, whole
from pages.postprocessing.names import kind_name
from pages.postprocessing.sending.call import let_through, stage_names

SHORT: Final = 8  # hex digits of a hash that are shown
ASSUMED_PER_MILLION: Final = 10  # currency for a million tokens, to compare; said to be assumed
TAMPERS: Final = ("none", "number", "dropped", "anew")
Said = dict[str, Any]


def shown_one(arrived: str | None = None) -> Said | None:
    """The envelope that arrived on this page, else the visitor's newest."""
    store, owner = services().store, state.owner()
    if arrived:
        with suppress(NotFound):  # forgotten meanwhile
            return store.outbox.get(owner, arrived)
    found = store.outbox.latest(owner, n=1)
    return found[0] if found else None


def beside(envelope: Said | None, t: Words) -> None:
    """The audit trail, what the answer cost, and whether it fits its schema; else their places."""
    if not envelope:
        st.html(_places(t))
        return
    _trail(envelope, t)
    figures(t, _counters(envelope, t))
    note(_priced(envelope, t))
    if (form := envelope.get("schema")) is not None:
        _fits(form, t)


def masked_away(envelope: Said | None, t: Words) -> None:
    """Where a filter masked what was asked for: say so, and offer to let that kind through."""
    kind = masked_in_answer(envelope) if envelope else None
    if kind is None or state.depth() == "watch":
        return
    name = kind_name(kind, t)
    note(t("sending.masked_away", kind=name))
    label = t("sending.let_through", kind=name)
    st.button(label, key="sending_keep", on_click=let_through, args=(kind,))


def masked_in_answer(envelope: Said) -> str | None:
    """The first kind of personal data masked in the answer itself, not in the quoted letter."""
    own = [line for line in envelope["text"].split("\n") if not line.startswith(">")]
    said = "\n".join(own)
    labels = LABELS.get(envelope["language"], {})
    return next((kind for kind in KINDS if labels.get(kind, "\0") in said), None)


def _trail(envelope: Said, t: Words) -> None:
    """The audit trail of one envelope, and a hand that tampers with it."""
    st.html(f'<h3 class="gb-small">{escape(t("sending.trail"))}</h3>')
    place, how = st.container(), "none"
    if state.depth() != "watch":
        how = _tamper(t)
    entries = from_dicts(envelope["audit"]["entries"])
    shown, head = tampered(entries, how), envelope["audit"]["head"]
    broken = verify(shown, head)
    place.html(_table(shown, broken, t) + _verdict(broken, len(shown), head, t))


def show(envelope: Said, t: Words) -> None:
    """What can be taken away: the trail in two forms, and the whole answer."""
    with card("take", t("sending.take"), None):
        _exports(envelope, from_dicts(envelope["audit"]["entries"]), t)
        note(t("sending.salted"))


def _fits(form: Said, t: Words) -> None:
    """Whether the JSON still fits the schema it was held to, and if not, why."""
    if form["valid"]:
        text, kind = t("sending.fits"), "gb-same"
    elif form["broken_at"] is not None:
        text, kind = t("sending.broken_json", n=whole(form["broken_at"] + 1, t.lang)), "gb-error"
    else:
        first = form["problems"][0]
        path = first["path"] or t("sending.whole_json")
        text, kind = t("sending.misfits", path=path, rule=first["rule"]), "gb-error"
    st.html(f'<p class="{kind}">{escape(text)}</p>')


def tampered(entries: list[Entry], how: str) -> list[Entry]:
    """The trail as a forger would leave it."""
    middle = min(1, len(entries) - 1)
    changed = replace(entries[middle], n_findings=entries[middle].n_findings + 1)
    if how == "number":
        return [*entries[:middle], changed, *entries[middle + 1 :]]
    if how == "dropped":
        return [*entries[:middle], *entries[middle + 1 :]]
    if how == "anew":
        forged, previous = list(entries[:middle]), entries[middle].previous
        for entry in (changed, *entries[middle + 1 :]):
            forged.append(sealed(replace(entry, previous=previous)))
            previous = head_of(forged)
        return forged
    return entries


def keep_answer(envelope: Said, model: Model) -> None:
    """Keep an answer on the bench, once, if the model that wrote it lies there."""
    store, owner = services().store, state.owner()
    done = st.session_state.setdefault("_kept_answers", set())
    if envelope["id"] in done or envelope["model"]["id"] != model.id:
        return
    done.add(envelope["id"])
    n_changed = sum(stage["n_changed"] for stage in envelope["stages"])
    said = {key: value for key, value in envelope.items() if key != "delivery"}
    kept = store.artifacts.keep(
        owner,
        "answer",
        json.dumps(said, ensure_ascii=False).encode(),
        parents=[model.id],
        settings={"stages": [stage["name"] for stage in envelope["stages"]]},
        numbers={"n_filtered": n_changed + int(envelope["held_back"])},
    )
    lying = store.benches.view(owner, TEXT).get(model.lane, {}).get(model.kind)
    if lying and lying.artifact.id == model.id:
        store.benches.put(owner, model.lane, kept.id, "answer")


def usage_figures(t: Words) -> list[Figure]:
    """What the visitor's answers of all days came to."""
    days = services().store.outbox.usage(state.owner())
    total = sum(days, Usage())
    return [
        Figure(whole(total.n_answers, t.lang), t("sending.n_answers")),
        Figure(whole(total.n_out, t.lang), t("sending.n_out")),
        Figure(whole(total.n_findings, t.lang), t("sending.n_findings")),
        Figure(duration(total.model_s, t.lang), t("sending.model_time")),
    ]


def _places(t: Words) -> str:
    """The empty places where cost and audit trail will stand, each with its name."""
    places = (
        (t("sending.the_cost"), t("sending.before_call")),
        (t("sending.trail"), t("sending.before_trail")),
    )
    return "".join(
        f"<section class='gb-place'><h3>{escape(name)}</h3><p>{escape(said)}</p></section>"
        for name, said in places
    )


def _counters(envelope: Said, t: Words) -> list[Figure]:
    """Tokens, seconds and money of one answer; energy where the operator has said how much."""
    cost, seconds = envelope["cost"], envelope["seconds"]
    amount = decimal(cost["amount"], t.lang, 4 if cost["amount"] else 0)
    row = [
        Figure(whole(envelope["tokens"]["in"], t.lang), t("sending.n_in")),
        Figure(whole(envelope["tokens"]["out"], t.lang), t("sending.n_out")),
        Figure(duration(seconds["model"], t.lang), t("sending.model_time")),
        Figure(quantity(amount, cost["currency"]), t("sending.cost")),
    ]
    if cost["watt_hours"] is not None:
        energy = quantity(significant(cost["watt_hours"], t.lang, 2), "Wh")
        row.append(Figure(energy, t("sending.energy")))
    return row


def _priced(envelope: Said, t: Words) -> str:
    """By which prices it was counted; without any, what it would come to at an assumed one."""
    cost, tokens = envelope["cost"], envelope["tokens"]
    prices = Prices(cost["per_1000_in"], cost["per_1000_out"], cost["currency"])
    if not prices.is_set:
        would = (tokens["in"] + tokens["out"]) * ASSUMED_PER_MILLION / 1e6
        return t(
            "sending.free",
            price=quantity(whole(ASSUMED_PER_MILLION, t.lang), prices.currency),
            would=quantity(significant(would, t.lang, 2), prices.currency),
        )
    return t(
        "sending.priced",
        read=quantity(decimal(prices.per_1000_in, t.lang, 2), prices.currency),
        written=quantity(decimal(prices.per_1000_out, t.lang, 2), prices.currency),
    )


def _tamper(t: Words) -> str:
    names = {
        "none": t("sending.tamper_none"),
        "number": t("sending.tamper_number"),
        "dropped": t("sending.tamper_dropped"),
        "anew": t("sending.tamper_anew"),
    }
    chosen = st.segmented_control(
        t("sending.tamper"),
        TAMPERS,
        format_func=lambda how: names[how],
        default="none",
        key="sending_tamper",
        required=True,
    )
    return str(chosen)


def _table(entries: list[Entry], broken: int | None, t: Words) -> str:
    """The trail as a table; the entry that does not fit is marked by a word and a colour."""
    names = stage_names(t)
    heads = (
        t("sending.col_stage"),
        t("sending.col_found"),
        t("sending.col_time"),
        *([t("sending.col_text")] if state.depth() == "dig" else []),
        t("sending.col_previous"),
        t("sending.col_hash"),
    )
    rows = "".join(
        _row(place, each, place == broken, names, t) for place, each in enumerate(entries)
    )
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    body = f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody>"
    return f'<div class="gb-wide" tabindex="0"><table class="gb-trail">{body}</table></div>'


def _row(place: int, entry: Entry, broken: bool, names: dict[str, str], t: Words) -> str:
    kinds = [f"{whole(n, t.lang)} × {names.get(kind, kind)}" for kind, n in entry.kinds.items()]
    found = ", ".join(kinds) or whole(entry.n_findings, t.lang)
    if sum(entry.kinds.values()) != entry.n_findings:
        found = f"{whole(entry.n_findings, t.lang)} ({found})" if kinds else found
    if entry.held_back:
        found = f"{found} · {t('sending.held_back')}"
    text = entry.before[:SHORT]
    if entry.after != entry.before:
        text += f" → {entry.after[:SHORT]}"
    cells = (
        escape(names.get(entry.stage, entry.stage)) + (" ✗" if broken else ""),
        escape(found),
        duration(entry.seconds, t.lang) if entry.seconds else "",
        *([f"<code>{escape(text)}</code>"] if state.depth() == "dig" else []),
        f"<code>{escape(entry.previous[:SHORT])}</code>",
        f"<code>{escape(entry.hash[:SHORT])}</code>",
    )
    kind = ' class="broken"' if broken else ""
    return f"<tr{kind}>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _verdict(broken: int | None, n: int, head: str, t: Words) -> str:
    if broken is None:
        text, kind = t("sending.intact", head=head[:SHORT]), "gb-same"
    elif broken < n:
        text, kind = t("sending.broken_at", n=broken + 1), "gb-error"
    else:
        text, kind = t("sending.broken_head", head=head[:SHORT]), "gb-error"
    return f'<p class="{kind}" role="status">{escape(text)}</p>'


def _exports(envelope: Said, entries: list[Entry], t: Words) -> None:
    said = json.dumps({**envelope, "delivery": envelope.get("delivery")}, ensure_ascii=False)
    files: list[tuple[str, str, Callable[[], str], str]] = [
        ("jsonl", t("sending.as_jsonl"), lambda: to_jsonl(entries), "application/x-ndjson"),
        ("csv", t("sending.as_csv"), lambda: to_csv(entries), "text/csv"),
        ("json", t("sending.as_json"), lambda: said, "application/json"),
    ]
    with st.container(horizontal=True):
        for ending, label, data, media_type in files:
            st.download_button(
                label,
                data(),
                file_name=f"{envelope['id']}.{ending}",
                mime=media_type,
                key=f"sending_{ending}",
                on_click="ignore",
            )

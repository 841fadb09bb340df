"""One real call: the request leaves, the answer arrives, and held-back text is seen waiting."""

from collections.abc import Mapping
from typing import Any

from pages.kit.catalogue import Words
from pages.kit.components.mounting import mount


def sending(
    body: Mapping[str, Any],
    t: Words,
    *,
    key: str,
    names: Mapping[str, str],
    plays: bool = False,
    again: int = 0,
    last: str | None = None,
) -> str | None:
    """A button that sends a request to this server's own /v1, and the answer as it arrives.

    Args:
        body: body of a chat completion, including its `glassbox` field.
        t: the catalogue.
        key: unique on the page.
        names: names of stages and kinds of findings, in the visitor's language.
        plays: it sends once automatically.
        again: a larger number than before sends once more.
        last: the answer that came the last time, shown until another one is asked for.

    Returns:
        The id of the latest envelope that arrived here; None before the first.
    """
    data = {
        "url": "/v1/chat/completions",
        "body": {**body, "stream": True},
        "plays": plays,
        "again": again,
        "last": last,
        "lang": t.lang,
        "names": dict(names),
        "words": {**_words(t), "failures": _failures(t)},
    }
    result = mount("sending", key, data, "envelope")
    return result.envelope or None


def _words(t: Words) -> dict[str, str]:
    """The component's words; the browser fills in the placeholders."""
    return {
        "send": t("sending.send"),
        "again": t("sending.send_again"),
        "stop": t("sending.stop"),
        "empty": t("sending.not_sent"),
        "held": t("sending.held", n="{n}"),
        "waits": t("sending.waits_for", names="{names}"),
        "arrived": t("sending.arrived", time="{time}"),
        "earlier": t("sending.earlier"),
        "refused": t("sending.call_refused"),
        "unreachable": t("sending.unreachable"),
        "stopped": t("sending.stopped"),
        "answer": t("sending.the_answer"),
    }


def _failures(t: Words) -> dict[str, str]:
    """What an API error means, by its code."""
    return {
        "busy": t("sending.failed_busy"),
        "rate_limit_exceeded": t("sending.failed_often"),
        "writing_failed": t("error.writing_failed"),
        "model_not_found": t("sending.failed_model"),
        "not_found": t("sending.failed_model"),
        "no_question": t("error.empty_input"),
        "context_length_exceeded": t("sending.failed_long"),
    }

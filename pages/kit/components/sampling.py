"""The inference stage: one token after another, sampled under the visitor's control."""

from dataclasses import asdict, dataclass

from core.data.text.bpe import SPECIALS
from pages.kit.catalogue import Words
from pages.kit.components.mounting import mount


@dataclass(frozen=True)
class Sampling:
    """Where the handles of the sampling lab are set."""

    temperature: float = 0.8
    top_k: int = 0
    top_p: float = 1.0
    seed: int = 7
    max_tokens: int = 60
    candidates: str = "words"


def sampling_lab(
    prompt: str,
    t: Words,
    *,
    key: str,
    model: str,
    settings: Sampling | None = None,
    n_candidates: int = 16,
    digits: int = 1,
    plays: bool = False,
    asks: bool = False,
) -> Sampling | None:
    """The next word or token, before and after the filters, drawn one by one from the real model.

    Args:
        prompt: where the text begins.
        model: id of the generating checkpoint, as in POST /live/write and /live/words.
        settings: initial positions of the handles.
        n_candidates: number of likeliest words or tokens shown.
        digits: decimals of the percentages.
        plays: it generates automatically, slowly enough to follow, and has no handles.
        asks: the prompt is sent as a question, between the marks that say who is speaking.

    Returns:
        The positions of the handles once one has been released; None before.
    """
    data = {
        "prompt": prompt,
        "model": model,
        "n_candidates": n_candidates,
        "digits": digits,
        "plays": plays,
        "marks": list(SPECIALS[1:]) if asks else None,
        **asdict(settings or Sampling()),
        "lang": t.lang,
        "words": _words(t),
    }
    result = mount("sampling_lab", key, data, "settings")
    return Sampling(**result.settings) if result.settings else None


def _words(t: Words) -> dict[str, str]:
    """The sampling lab's words; the browser fills in the placeholders."""
    return {
        "throw": t("components.throw"),
        "run": t("components.run"),
        "stop": t("components.stop"),
        "reset": t("components.reset"),
        "unit": t("components.unit"),
        "words": t("components.unit_words"),
        "tokens": t("components.unit_tokens"),
        "prompt": t("components.prompt"),
        "temperature": t("components.temperature"),
        "cool": t("components.cool"),
        "warm": t("components.warm"),
        "top_k": t("components.top_k"),
        "top_p": t("components.top_p"),
        "seed": t("components.seed"),
        "more": t("components.more_handles"),
        "all": t("components.all"),
        "candidate_word": t("components.candidate_word"),
        "candidate": t("components.candidate"),
        "before": t("components.before"),
        "after": t("components.after"),
        "share": t("components.share"),
        "out_k": t("components.out_k"),
        "out_p": t("components.out_p"),
        "cold": t("components.cold"),
        "kept": t("components.kept"),
        "entropy": t("components.entropy"),
        "as_many": t("components.as_many", n="{n}"),
        "others": t("components.others", n="{n}"),
        "other_words": t("components.other_words"),
        "rest_words": t("components.rest_words"),
        "rest_tokens": t("components.rest_tokens"),
        "text_end": t("components.text_end"),
        "hint": t("components.sampling_hint"),
        "force": t("components.force", token="{token}", before="{before}", after="{after}"),
        "rewind": t("components.rewind", token="{token}", share="{share}"),
        "was_drawn": t("components.was_drawn", token="{token}", share="{share}"),
        "was_forced": t("components.was_forced", token="{token}", share="{share}"),
        "ended": t("components.ended"),
        "full": t("components.full", n="{n}"),
        "failed": t("components.failed"),
        "busy": t("components.busy"),
    }

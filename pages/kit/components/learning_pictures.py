"""The same pictures again and again while a model learns, and one moment of learning up close."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pages.kit.catalogue import Words
from pages.kit.components.mounting import mount


@dataclass(frozen=True)
class Look:
    """What a model drew at one step, always for the same captions and from the same noise.

    Args:
        step: updates made.
        pictures: each with png (base64), caption and the reader's verdict, as a run reports them.
    """

    step: int
    pictures: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Skill:
    """One thing that can be right or wrong about a picture.

    Args:
        name: field of a run's "evaluation" rows.
        label: what it is called.
        points: (step, share right), in order.
    """

    name: str
    label: str
    points: Sequence[tuple[int, float]] = ()


def learning_pictures(
    looks: Sequence[Look],
    t: Words,
    *,
    key: str,
    n_steps: int,
    live_run: str | None = None,
    after: int = -1,
) -> None:
    """Pictures through training time: drag the slider, and noise becomes a scene.

    Args:
        looks: those known so far, in order.
        n_steps: where the way ends.
        live_run: the run to follow; its "pictures" rows are added.
        after: the last `seq` of that run already in `looks`.
    """
    data = {
        "looks": [asdict(look) for look in looks],
        "n_steps": n_steps,
        "run": live_run,
        "after": after,
        "lang": t.lang,
        "words": {
            "label": t("components.learning_label"),
            "step": t("components.step", n="{n}"),
            "play": t("components.play"),
            "pause": t("components.pause"),
            "slider": t("components.learning_slider"),
            "empty": t("components.learning_empty"),
            "whole": t("components.drawn_whole"),
            "unread": t("components.drawn_unread"),
            "sky": t("components.drawn_sky"),
            "number": t("components.drawn_number"),
            "things": t("components.drawn_things"),
            "colours": t("components.drawn_colours"),
            "sides": t("components.drawn_sides"),
            "wrong": t("components.drawn_wrong", what="{what}"),
            "n_right": t("components.drawn_n_right", n="{n}", of="{of}"),
        },
    }
    mount("learning_pictures", key, data)


def skills(
    rows: Sequence[Skill],
    t: Words,
    *,
    key: str,
    n_steps: int,
    live_run: str | None = None,
    after: int = -1,
) -> None:
    """Which skill came when: one line a skill, its share right over the steps.

    Args:
        rows: in the order in which they are shown.
        n_steps: where the way ends.
        live_run: the run to follow; its "evaluation" rows are added.
        after: the last `seq` of that run already in `rows`.
    """
    data = {
        "skills": [asdict(row) for row in rows],
        "n_steps": n_steps,
        "run": live_run,
        "after": after,
        "lang": t.lang,
        "words": {
            "label": t("components.skills_label"),
            "none": t("components.skills_none"),
            "at": t("components.skills_at", share="{share}", n="{n}"),
        },
    }
    mount("skills", key, data)


@dataclass(frozen=True)
class Moment:
    """One moment of noise.

    Args:
        share: of noise, as it is shown.
        noisy, guess, error: pictures as PNG in base64.
        loss, loss_after: as they are shown.
    """

    share: str
    noisy: str
    guess: str
    error: str
    loss: str
    loss_after: str


def slow_motion(
    picture: str, moments: Sequence[Moment], t: Words, *, key: str, caption: str
) -> None:
    """Choose how much noise: what the model sees, what it takes the picture to be, where it errs.

    Args:
        picture: the true one, as PNG in base64.
        moments: in order of noise.
        caption: of the picture.
    """
    data = {
        "picture": picture,
        "moments": [asdict(moment) for moment in moments],
        "caption": caption,
        "lang": t.lang,
        "words": {
            "slider": t("components.slow_slider"),
            "picture": t("components.slow_picture"),
            "noisy": t("components.slow_noisy"),
            "guess": t("components.slow_guess"),
            "error": t("components.slow_error"),
            "loss": t("components.slow_loss", n="{n}"),
            "after": t("components.slow_after", n="{n}"),
            "noise": t("components.slow_noise", share="{share}"),
        },
    }
    mount("slow_motion", key, data)


@dataclass(frozen=True)
class BesideSource:
    """What was drawn to a page's caption, beside that page.

    Args:
        asked: the caption.
        drawn, page: as PNG in base64.
        other: what a model has drawn that has never seen the page; None: there is none.
        is_copy: the drawn one is that very page.
        is_right: it shows what the caption says.
    """

    asked: str
    drawn: str
    page: str
    other: str | None
    is_copy: bool
    is_right: bool


def beside_source(rows: Sequence[BesideSource], t: Words, *, key: str) -> None:
    """Pictures beside their sources."""
    data = {
        "rows": [asdict(row) for row in rows],
        "lang": t.lang,
        "words": {
            "label": t("components.beside_label"),
            "drawn": t("components.beside_drawn"),
            "page": t("components.beside_page"),
            "other": t("components.beside_other"),
            "copy": t("components.beside_copy"),
            "right": t("components.drawn_whole"),
            "neither": t("components.beside_neither"),
        },
    }
    mount("beside_source", key, data)

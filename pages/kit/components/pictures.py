"""Small pictures: the film of one drawing, and several side by side."""

from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from pages.kit.catalogue import Words
from pages.kit.components.mounting import mount

Pixels = npt.NDArray[np.uint8]

Sign = Literal["", "yes", "no", "none"]


@dataclass(frozen=True)
class FilmLine:
    """One word of the caption.

    Args:
        word: as it is written.
        since: the step from which on the reader is sure of it; None: never.
    """

    word: str
    since: int | None


@dataclass(frozen=True)
class Verdict:
    """What the reader says of the finished picture: whether all is right, in short, and why."""

    right: bool
    short: str
    text: str


@dataclass(frozen=True)
class PictureNote:
    """What stands beside one of several pictures.

    Args:
        title: above it, large.
        text: below it, small.
        sign: in its corner: whether it is right.
        spoken: what it shows, for whoever cannot see it and as a tip.
    """

    title: str = ""
    text: str = ""
    sign: Sign = ""
    spoken: str = ""


def packed(pictures: Pixels) -> str:
    """(B, S, S, 3) grey levels as text for the browser."""
    return b64encode(np.ascontiguousarray(pictures, np.uint8).tobytes()).decode("ascii")


def picture_film(
    noisy: Pixels,
    guesses: Pixels,
    t: Words,
    *,
    key: str,
    times: Sequence[float],
    lines: Sequence[FilmLine],
    seen: Sequence[str],
    verdict: Verdict | None,
    plays: bool = False,
) -> None:
    """A drawing step by step; a slider or a finger goes through it, and it can play.

    Args:
        noisy: (n + 1, S, S, 3) the picture before every step, and the finished one.
        guesses: (n + 1, S, S, 3) how the model thinks it will end, and how it ended.
        t: the visitor's words.
        key: unique on the page.
        times: share of noise of each.
        lines: of the caption's words.
        seen: what the reader makes of each guess, in words.
        verdict: on the finished picture.
        plays: whether a new film plays by itself; the first one always does.
    """
    data = {
        "size": noisy.shape[1],
        "noisy": packed(noisy),
        "guess": packed(guesses),
        "times": list(times),
        "lines": [{"word": line.word, "from": line.since} for line in lines],
        "seen": list(seen),
        "verdict": asdict(verdict) if verdict else None,
        "plays": plays,
        "lang": t.lang,
        "words": {
            "play": t("components.film_play"),
            "pause": t("components.film_pause"),
            "smooth": t("components.film_smooth"),
            "slider": t("components.film_slider"),
            "picture": t("components.film_picture"),
            "noise": t("components.film_noise", share="{share}"),
            "finished": t("components.film_finished"),
            "guess": t("components.film_guess"),
            "end": t("components.film_end"),
            "row_picture": t("components.film_row_picture"),
            "row_guess": t("components.film_row_guess"),
            "step": t("components.film_step", step="{step}", n="{n}"),
            "done": t("components.film_done", n="{n}"),
            "first": t("components.film_first"),
            "between": t("components.film_between"),
            "after": t("components.film_after"),
            "reads": t("components.film_reads"),
            "from": t("components.film_from", step="{step}"),
            "from_start": t("components.film_from_start"),
            "at_end": t("components.film_at_end"),
            "never": t("components.film_never"),
        },
    }
    mount("picture_film", key, data)


def picture_wall(
    pictures: Pixels,
    *,
    key: str,
    label: str,
    notes: Sequence[PictureNote],
    columns: int,
    narrow: int | None = None,
    px: int = 0,
    picked: int | None = None,
    smooth: bool = False,
) -> int | None:
    """Several pictures side by side.

    Args:
        pictures: (B, S, S, 3).
        key: unique on the page.
        label: what they are.
        notes: what stands beside each.
        columns: side by side.
        narrow: columns on a phone; None: as many.
        px: the largest side of one; 0: as wide as there is room.
        picked: the one that is seen large; None: none can be picked.
        smooth: whether pixels are blended where they are enlarged.

    Returns:
        the place of the one just picked.
    """
    data = {
        "size": pictures.shape[1],
        "pictures": packed(pictures),
        "label": label,
        "notes": [asdict(note) for note in notes],
        "columns": columns,
        "narrow": narrow or columns,
        "wide": narrow is not None,
        "px": px,
        "picked": picked,
        "picks": picked is not None,
        "smooth": smooth,
    }
    result = mount("picture_wall", key, data, "picked")
    return None if result.picked is None else int(result.picked)


def picture_blend(
    pictures: Pixels,
    t: Words,
    *,
    key: str,
    label: str,
    first: str,
    second: str,
    seen: Sequence[str],
) -> None:
    """Pictures on the way from one end to the other, under a slider.

    Args:
        pictures: (n, S, S, 3) in order.
        t: the visitor's words.
        key: unique on the page.
        label: what the slider changes.
        first, second: what lies at the ends.
        seen: what the reader makes of each, in words.
    """
    data = {
        "size": pictures.shape[1],
        "pictures": packed(pictures),
        "label": label,
        "first": first,
        "second": second,
        "seen": list(seen),
        "lang": t.lang,
        "words": {
            "share": t("components.blend_share", share="{share}"),
            "reads": t("components.blend_reads"),
        },
    }
    mount("picture_blend", key, data)


def picture_brush(
    picture: Pixels,
    t: Words,
    *,
    key: str,
    label: str,
    done: str,
    colours: Mapping[str, tuple[int, int, int]] | None = None,
) -> Pixels | None:
    """A picture to paint on, with mouse, finger or keys.

    Args:
        picture: (S, S, 3) what it begins with.
        t: the visitor's words.
        key: unique on the page.
        label: what is painted here.
        done: the words on the button that sends it.
        colours: name -> red, green, blue; None: a mask is painted.

    Returns:
        (S, S, 3), or of a mask (S, S, 1), when it is sent; None before, and for anything else.
    """
    size = picture.shape[0]
    masks = colours is None
    data = {
        "size": size,
        "picture": packed(picture),
        "masks": masks,
        "colours": [{"name": name, "rgb": list(rgb)} for name, rgb in (colours or {}).items()],
        "label": label,
        "lang": t.lang,
        "words": {
            "done": done,
            "clear": t("components.brush_clear"),
            "cleared": t("components.brush_cleared"),
            "hint": t("components.brush_hint"),
            "brush": t("components.brush_size", n="{n}"),
            "at": t("components.brush_at", x="{x}", y="{y}"),
        },
    }
    result = mount("picture_brush", key, data, "drawn")
    return painted(result.drawn, size, 1 if masks else 3)


def painted(sent: object, size: int, channels: int) -> Pixels | None:
    """(S, S, channels) what a browser sent; None if that is no such picture."""
    if not isinstance(sent, str):
        return None
    try:
        levels = np.frombuffer(b64decode(sent, validate=True), np.uint8)
    except (Error, ValueError):
        return None
    if levels.size != size * size * channels:
        return None
    return levels.reshape(size, size, channels).copy()

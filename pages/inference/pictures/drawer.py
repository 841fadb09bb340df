"""Which model draws here, and its drawings: computed once, kept for a while.

A drawing takes less than a second and one core; two at a time, so that a room shares the machine.
"""

import threading
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeVar, cast

import torch
from cachetools import LRUCache, cached
from torch import Tensor

from core.architecture.pictures.denoiser import Words as ReadWords
from core.data.pictures import PictureSettings, Pixels, Reading, read
from core.data.pictures.tensors import to_levels, to_pixels
from core.errors import GlassboxError, NotFound
from core.inference.pictures import Film, PictureModel, draw
from core.inference.pictures.drawing import DrawSettings
from core.lineage import Artifact, Kind
from core.modality import PICTURES
from core.services import Services
from core.store import Lane, Store
from pages.kit.on_hand import on_hand as on_hand_here

N_KEPT: Final = 200  # drawings and readings
AT_ONCE: Final = 2

T = TypeVar("T")


@dataclass(frozen=True)
class Drawer:
    """A model that draws.

    Args:
        id: of its checkpoint.
        whose: the example model's, or the visitor's own.
        lane: of the bench it is in.
        kind: how far along the chain it is.
        model: itself.
        encoder: id of its words.
        book: the picture book it learned from, as far as that is known.
    """

    id: str
    whose: Literal["house", "yours"]
    lane: Lane
    kind: Kind
    encoder: str
    model: PictureModel = field(repr=False, compare=False)
    book: PictureSettings = field(repr=False, compare=False)


_shelf: Final[LRUCache[Hashable, Any]] = LRUCache(N_KEPT)  # the oldest is given up first
_turns: Final = threading.Semaphore(AT_ONCE)


def on_hand(services: Services, owner: str) -> list[Drawer]:
    """The models that draw for this visitor: their own, then the example's.

    Args:
        services: where to find them.
        owner: whose bench to look at.
    """
    store = services.store
    return [_opened(store, owner, *each) for each in on_hand_here(store, owner, PICTURES)]


def _opened(
    store: Store,
    owner: str,
    whose: Literal["house", "yours"],
    lane: Lane,
    chain: Sequence[Artifact],
) -> Drawer:
    *before, checkpoint = chain
    newest = {artifact.kind: artifact for artifact in before}
    if "encoder" not in newest:
        raise NotFound(f"nothing of the kind encoder led to {checkpoint.id}")
    encoder = newest["encoder"].id

    def make() -> PictureModel:
        return PictureModel.from_bytes(
            store.artifacts.read(owner, checkpoint.id), store.artifacts.read(owner, encoder)
        )

    model = kept(("model", checkpoint.id, encoder), make)
    return Drawer(
        checkpoint.id, whose, lane, checkpoint.kind, encoder, model, book_of(newest.get("corpus"))
    )


def book_of(corpus: Artifact | None) -> PictureSettings:
    """The settings of the picture book that was learned from; the usual ones if unknown."""
    try:
        told = corpus.settings if corpus else {}
        return PictureSettings.from_dict(told["book"] if "book" in told else told["pictures"])
    except (GlassboxError, KeyError, TypeError, ValueError):
        return PictureSettings()


def film(
    drawer: Drawer, captions: Sequence[str], seeds: Sequence[int], settings: DrawSettings
) -> Film:
    """One drawing of every caption, each with its seed; every frame is kept.

    Raises:
        TooLong: a caption has more words than the model can read.
    """
    key = ("film", drawer.id, tuple(captions), tuple(seeds), settings)
    return kept(key, lambda: drawn(drawer, captions, seeds, settings, keep=True))


def finished(
    drawer: Drawer, captions: Sequence[str], seeds: Sequence[int], settings: DrawSettings
) -> Pixels:
    """(B, S, S, 3) only the finished pictures.

    Raises:
        TooLong: a caption has more words than the model can read.
    """
    key = ("finished", drawer.id, tuple(captions), tuple(seeds), settings)
    return kept(key, lambda: drawn(drawer, captions, seeds, settings).pictures)


def drawn(
    drawer: Drawer,
    captions: Sequence[str],
    seeds: Sequence[int],
    settings: DrawSettings,
    *,
    words: ReadWords | None = None,
    noise: Tensor | None = None,
    start: Tensor | None = None,
    redraw: Tensor | None = None,
    keep: bool = False,
) -> Film:
    """A drawing that nobody keeps; see `core.inference.pictures.draw`."""
    with _turns:
        torch.set_num_threads(1)  # a second one waits more than it helps, beside other programs
        return draw(
            drawer.model,
            captions,
            seed=list(seeds),
            n_steps=settings.n_steps,
            sampler=settings.sampler,
            guidance=settings.guidance,
            negative=settings.negative,
            strength=settings.strength,
            words=words,
            noise=noise,
            start=start,
            redraw=redraw,
            keep=keep,
        )


def known(*key: Hashable) -> bool:
    """Whether something has been computed already."""
    return key in _shelf


def kept(key: Hashable, make: Callable[[], T]) -> T:
    """Something computed once and kept under a key, for all who wait for it."""
    return cast(T, _made(key, make))


@cached(_shelf, key=lambda key, make: key, condition=threading.Condition())
def _made(key: Hashable, make: Callable[[], Any]) -> Any:
    return make()


def readings(
    key: Hashable, pictures: Sequence[Any], on_progress: Callable[[float], object]
) -> tuple[Reading, ...]:
    """What the reader sees in each of some pictures, kept under a key."""

    def make() -> tuple[Reading, ...]:
        found = []
        for n, picture in enumerate(pictures, start=1):
            found.append(read(picture))
            on_progress(n / len(pictures))
        return tuple(found)

    return kept(("readings", key), make)


def guesses_of(one: Film) -> list[Any]:
    """Levels (S, S, 3) of every guess of a film's first picture, the finished picture last."""
    return [
        to_levels(frame.noisy if frame.guess is None else frame.guess)[0] for frame in one.frames
    ]


def frames_of(one: Film) -> tuple[Pixels, Pixels]:
    """(n + 1, S, S, 3) twice: a film's first picture at every step, and the guesses of its end."""
    noisy = torch.cat([frame.noisy[:1] for frame in one.frames])
    guessed = [frame.noisy if frame.guess is None else frame.guess for frame in one.frames]
    return to_pixels(noisy), to_pixels(torch.cat([each[:1] for each in guessed]))

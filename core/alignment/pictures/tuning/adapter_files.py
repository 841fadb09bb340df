"""Adapters as a small file: taken home, checked, and put on a model again.

What adapters learned is some 100 kB, and turns the model it was learned on into the fine-tuned one.
A file may come from anywhere. It is safetensors, in which nothing can run; it is read only if it is
small, and nothing is built that is larger than the model it is put on.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import torch
from torch import Tensor

from core.alignment.pictures.tuning.adapters import ROWS, with_adapters, without_adapters
from core.alignment.pictures.tuning.examples import MOST_NEW_WORDS
from core.alignment.pictures.tuning.settings import OWN, SUBJECTS, PictureTuningSettings
from core.alignment.tuning.lora import ALPHA_PER_RANK, in_attention, largest_rank
from core.architecture.pictures.denoiser import Denoiser
from core.architecture.pictures.weights import (
    WORDS_LEARNED,
    beside_denoiser,
    denoiser_bytes,
    read_denoiser,
    with_more_words,
)
from core.architecture.weights import DTYPES, description_of, packed, tensors_of
from core.data.pictures.wording.vocabulary import CaptionEncoder, folded
from core.errors import (
    AdapterRank,
    InputError,
    KnownWords,
    NoAdapter,
    NotNumbers,
    NotSafetensors,
    NoWords,
    OtherShape,
    PickledWeights,
    TooLarge,
    TruncatedWeights,
    UnreadableWeights,
)
from core.inference.pictures.model import GUIDANCE, PictureModel

ADAPTER: Final = "adapter"  # what the file says it is
LEARNED_ON: Final = "learned_on"
LARGEST_BYTES: Final = 8_000_000  # at its largest rank, one of the example model has 2 million
LONGEST_WORD: Final = 40  # characters
LARGEST_STORED: Final = torch.finfo(torch.float16).max  # a larger weight would be kept as infinite
_PICKLED: Final = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05", b"PK\x03\x04")


@dataclass(frozen=True)
class Adapter:
    """What an adapter file holds.

    Args:
        rank: of the thin matrices.
        words: that it brings along, each with a row of its own, in the order of the rows.
        subject: what it was taught, one of SUBJECTS.
        guidance: the weight of the caption for which it was learned.
        learned_on: id of the model's file; empty if the file does not say.
        step: updates it has learned for; 0 if the file does not say.
        tensors: A and B of every matrix, and the rows, by name.
    """

    rank: int
    words: tuple[str, ...]
    subject: str
    guidance: float
    learned_on: str
    step: int
    tensors: Mapping[str, Tensor] = field(repr=False, compare=False)


def adapter_file(tuned: bytes, learned_on: str = "") -> bytes | None:
    """The adapters alone, from the file of a model that was tuned with some; None of another.

    Args:
        tuned: the model's file.
        learned_on: id of the file of the model it was made from, so that another one can be told.

    Returns:
        A safetensors file of half precision; what it is made for stands inside.

    Raises:
        UnreadableWeights: the file is damaged.
    """
    tensors = beside_denoiser(tuned)
    if not tensors:
        return None
    model, extra = read_denoiser(tuned)
    words = extra.get(WORDS_LEARNED, [])
    n_old = len(words) - len(tensors.get(ROWS, ()))  # what its model knew before stays with that
    told = {name: extra[name] for name in ("rank", "subject", GUIDANCE, "step") if name in extra}
    on = {LEARNED_ON: learned_on} if learned_on else {}
    about: dict[str, Any] = {
        "model": ADAPTER,
        "config": model.config.to_dict(),
        "metadata": {
            "alpha_per_rank": ALPHA_PER_RANK,
            WORDS_LEARNED: words[n_old:],
            **told,
            **on,
        },
    }
    return packed(tensors, about, "float16")


def read_adapter(data: bytes) -> Adapter:
    """What a stranger's file holds, if it is an adapter; whether it fits a model shows there.

    Raises:
        TooLarge: it is larger than any adapter here.
        UnusableAdapter: it is none, damaged, forged, or holds what is no number.
    """
    if len(data) > LARGEST_BYTES:
        mb = len(data) / 1e6
        raise TooLarge(f"{mb:.1f} MB", size_mb=mb, limit_mb=LARGEST_BYTES // 10**6)
    _check_kind(data)
    try:
        about, tensors = description_of(data), tensors_of(data)
    except UnreadableWeights as error:
        raise _none("it was not written by this program") from error
    if about.get("model") != ADAPTER:
        raise _none("it is another model's file")
    for tensor in tensors.values():
        if tensor.dtype not in DTYPES or not tensor.isfinite().all():
            raise NotNumbers("there are values that are not numbers", reason="not numbers")
    told = about["metadata"]
    return Adapter(
        _rank(told),
        _words(told.get(WORDS_LEARNED, [])),
        told["subject"] if told.get("subject") in SUBJECTS else OWN,
        _guidance(told.get(GUIDANCE, PictureTuningSettings.guidance)),
        told[LEARNED_ON] if isinstance(told.get(LEARNED_ON), str) else "",
        told["step"] if type(told.get("step")) is int and 0 <= told["step"] < 2**31 else 0,
        {name: tensor.float() for name, tensor in tensors.items()},
    )


def with_adapter(base: PictureModel, adapter: Adapter) -> PictureModel:
    """The model that an adapter makes of another.

    Args:
        base: is not changed.
        adapter: what `read_adapter` gave.

    Raises:
        UnusableAdapter: it is for a model of another shape, its rank is too high for this one, the
            model knows one of its words, or what comes of it could not be kept.
    """
    largest = largest_rank(base.denoiser, in_attention)
    if not 1 <= adapter.rank <= largest:
        rule = f"rank {adapter.rank}, at most {largest}"
        raise AdapterRank(rule, reason=rule, rank=adapter.rank, largest=largest)
    encoder = _with_words(base.encoder, adapter.words)
    n = len(adapter.words)
    wide = with_more_words(base.denoiser, n) if n else base.denoiser
    empty = with_adapters(wide, adapter.rank, n)
    with torch.no_grad():
        _fill(empty, adapter.tensors)
    made = without_adapters(empty)
    for weight in made.parameters():
        if not bool((weight.abs() <= LARGEST_STORED).all()):
            raise NotNumbers("weights become too large", reason="not numbers")
    return replace(
        base,
        denoiser=made,
        encoder=encoder,
        words_learned=(*base.words_learned, *adapter.words),
        guidance=adapter.guidance,
    )


def tuned_file(base: PictureModel, adapter: Adapter) -> bytes:
    """What `with_adapter` makes, as the file that a finished run leaves; the adapter travels in it.

    Both round to half precision: a run its merged matrices, the adapter file A and B before that.
    So a few matrices differ from the run's in their last bit.

    Raises:
        UnusableAdapter: see `with_adapter`.
    """
    made = with_adapter(base, adapter)
    about = made.about(step=adapter.step, rank=adapter.rank, subject=adapter.subject)
    return denoiser_bytes(made.denoiser, about, beside=adapter.tensors)


def _check_kind(data: bytes) -> None:
    """Say of a file what it is instead, by its first bytes, or whether its end is missing."""
    if data.startswith(_PICKLED):
        raise PickledWeights("this is a pickle, or an archive of one", reason="a pickle")
    n_header = int.from_bytes(data[:8], "little")
    if data[8:9] != b"{":
        raise NotSafetensors("this is not a safetensors file", reason="not safetensors")
    if n_header > len(data) - 8:
        # The header of a cut file is cut as well; one of another kind only looks like it.
        if n_header <= LARGEST_BYTES:
            raise TruncatedWeights("its end is missing", reason="truncated")
        raise NotSafetensors("this is not a safetensors file", reason="not safetensors")
    try:
        header = json.loads(data[8 : 8 + n_header])
        places = [each["data_offsets"][1] for name, each in header.items() if name[:2] != "__"]
        ends = max((end for end in places if type(end) is int), default=0)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        raise NotSafetensors("its header is damaged", reason="not safetensors") from error
    if ends > len(data) - 8 - n_header:
        raise TruncatedWeights("its end is missing", reason="truncated")


def _none(reason: str) -> NoAdapter:
    return NoAdapter(f"this is no adapter: {reason}", reason=reason)


def _no_words() -> NoWords:
    return NoWords("the words are no words", reason="words", most=MOST_NEW_WORDS)


def _rank(told: Mapping[str, Any]) -> int:
    rank = told.get("rank")
    if type(rank) is not int or told.get("alpha_per_rank") != ALPHA_PER_RANK:
        raise _none("it says no rank that we know")
    return rank


def _words(found: Any) -> tuple[str, ...]:
    """The words that a file says it brings along."""
    if not isinstance(found, Sequence) or isinstance(found, str) or len(found) > MOST_NEW_WORDS:
        raise _no_words()
    for word in found:
        if not isinstance(word, str) or len(word) > LONGEST_WORD or not word.isprintable():
            raise _no_words()
    return tuple(found)


def _with_words(encoder: CaptionEncoder, words: Sequence[str]) -> CaptionEncoder:
    """The encoder with words that it does not know yet."""
    if any(encoder.words_of(word) != [word] or folded(word) != word for word in words):
        raise _no_words()
    known = ", ".join(word for word in words if encoder.known(word) == [True])
    if known:
        raise KnownWords(f"the model knows {known}", reason="known words", words=known)
    try:
        return encoder.with_words(words)
    except InputError as error:  # one stands there twice
        raise _no_words() from error


def _guidance(found: Any) -> float:
    if type(found) not in (int, float) or not 0.0 <= found <= 30.0:
        raise _none("its guidance is no weight")
    return float(found)


def _fill(model: Denoiser, tensors: Mapping[str, Tensor]) -> None:
    """Put what was learned in its places, if these are exactly the places there are."""
    places = {name: weight for name, weight in model.named_parameters() if weight.requires_grad}
    shapes = {name: weight.shape for name, weight in places.items()}
    if shapes != {name: tensor.shape for name, tensor in tensors.items()}:
        raise OtherShape("the adapters do not fit this model", reason="another shape")
    for name, weight in places.items():
        weight.copy_(tensors[name])

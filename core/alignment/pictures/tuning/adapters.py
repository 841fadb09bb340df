"""Adapters of a model that draws: what learns in it, and the small file that holds what it learned.

With adapters all matrices stay, and two thin ones beside each of attention's learn; a new word has
a row of its own in the table of words, and only that row learns with them. What they learned is
some 100 kB, and turns the model it was learned on into the fine-tuned one.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.alignment.tuning.lora import (
    ALPHA_PER_RANK,
    adapted,
    in_attention,
    merged,
)
from core.architecture.pictures.denoiser import Denoiser
from core.architecture.pictures.weights import (
    WORDS_LEARNED,
    beside_denoiser,
    read_denoiser,
    with_more_words,
)
from core.architecture.weights import description_of, packed, tensors_of, unreadable
from core.errors import InputError, SettingError
from core.inference.pictures.model import PictureModel

ADAPTER: Final = "adapter"  # what the file says it is
ROWS: Final = "word_table.rows"


class LearnedRows(nn.Module):
    """A table of words of which only the last rows learn.

    Args:
        table: of all words; it is not changed.
        n: rows that learn, at least 1.
    """

    def __init__(self, table: nn.Embedding, n: int) -> None:
        super().__init__()
        weight = table.weight.detach()
        known, rows = weight[:-n], weight[-n:]
        self.known = nn.Parameter(known.clone(), requires_grad=False)  # (n_words - n, C)
        self.rows = nn.Parameter(rows.clone())  # (n, C)

    def forward(self, ids: Tensor) -> Tensor:
        """(...) ids of words -> (..., C)."""
        return F.embedding(ids, torch.cat((self.known, self.rows)))

    def plain(self) -> nn.Embedding:
        """One table again."""
        weight = torch.cat((self.known, self.rows)).detach()
        table = nn.Embedding(weight.shape[0], weight.shape[1])
        table.weight.data.copy_(weight)
        return table


def with_adapters(model: Denoiser, rank: int, n_new_words: int, seed: int = 0) -> Denoiser:
    """A copy in which only adapters learn, and the rows of new words.

    Args:
        model: has those rows already; it is not changed.
        rank: of the adapters.
        n_new_words: rows at the end of its table.
        seed: of the adapters.

    Raises:
        SettingError: the rank is too small or too large.
    """
    made = adapted(model, rank, seed, in_attention)
    if n_new_words:
        made.word_table = LearnedRows(made.word_table, n_new_words)  # type: ignore[assignment]
    return made


def without_adapters(model: Denoiser) -> Denoiser:
    """A plain model that does the same: all adapters become part of their matrices."""
    plain = merged(model)
    if isinstance(plain.word_table, LearnedRows):
        plain.word_table = plain.word_table.plain()
    return plain.eval()


def learned_by(model: Denoiser) -> dict[str, Tensor]:
    """What adapters and new rows hold, by name; nothing of the model around them."""
    return {
        name: weight.detach()
        for name, weight in model.named_parameters()
        if weight.requires_grad and (name == ROWS or name.endswith((".a", ".b")))
    }


def adapter_file(tuned: bytes) -> bytes | None:
    """The adapters alone, from the file of a model that was tuned with some; None of another.

    Returns:
        A safetensors file of half precision; what it is made for stands inside.

    Raises:
        UnreadableWeights: the file is damaged.
    """
    tensors = beside_denoiser(tuned)
    if not tensors:
        return None
    model, extra = read_denoiser(tuned)
    about = {
        "model": ADAPTER,
        "config": model.config.to_dict(),
        "metadata": {
            "rank": extra.get("rank"),
            "alpha_per_rank": ALPHA_PER_RANK,
            WORDS_LEARNED: extra.get(WORDS_LEARNED, []),
        },
    }
    return packed(tensors, about, "float16")


def with_adapter(base: PictureModel, data: bytes) -> PictureModel:
    """The model that an adapter file makes of the one it was learned on.

    Args:
        base: is not changed.
        data: what `adapter_file` gave; it may come from anywhere.

    Raises:
        UnreadableWeights: the file is damaged, or was made for a model of another shape.
    """
    about, tensors = description_of(data), tensors_of(data)
    if about.get("model") != ADAPTER:
        raise unreadable("this is no adapter")
    rank, words = _checked(about["metadata"])
    try:
        encoder = base.encoder.with_words([w for w in words if w not in base.words_learned])
        n = encoder.n_words - base.encoder.n_words
        wide = with_more_words(base.denoiser, n) if n else base.denoiser
        empty = with_adapters(wide, rank, n)
    except (InputError, SettingError) as error:
        raise unreadable("the adapters do not fit this model") from error
    with torch.no_grad():
        _fill(empty, {name: tensor.float() for name, tensor in tensors.items()})
    return replace(base, denoiser=without_adapters(empty), encoder=encoder,
                   words_learned=(*base.words_learned, *words))  # fmt: skip


def _checked(told: Mapping[str, Any]) -> tuple[int, list[str]]:
    rank, words = told.get("rank"), told.get(WORDS_LEARNED)
    if type(rank) is not int or told.get("alpha_per_rank") != ALPHA_PER_RANK:
        raise unreadable("the adapters have no rank that we know")
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise unreadable("the adapter's words are no words")
    return rank, words


def _fill(model: Denoiser, tensors: Mapping[str, Tensor]) -> None:
    """Put what was learned in its places, if these are exactly the places there are."""
    places = {name: weight for name, weight in model.named_parameters() if weight.requires_grad}
    shapes = {name: weight.shape for name, weight in places.items()}
    if shapes != {name: tensor.shape for name, tensor in tensors.items()}:
        raise unreadable("the adapters do not fit this model")
    for name, weight in places.items():
        if not tensors[name].isfinite().all():
            raise unreadable(f"{name} holds values that are not numbers")
        weight.copy_(tensors[name])

"""Adapters of a model that draws: what learns in it.

With adapters all matrices stay, and two thin ones beside each of attention's learn; a new word has
a row of its own in the table of words, and only that row learns with them.
"""

from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.alignment.tuning.lora import adapted, in_attention, merged
from core.architecture.pictures.denoiser import Denoiser

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

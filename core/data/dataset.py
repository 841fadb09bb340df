"""Encoded text as the trainer reads it: two long rows of token ids, and batches cut from them.

The batch for a step depends only on the step and the seed, so a run that was interrupted sees
the same batches as one that was not.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import log
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import torch
from safetensors.numpy import load, save
from torch import Tensor

from core.data.splitting import Split
from core.data.text.bpe import Encoder
from core.data.text.documents import Document
from core.errors import TooShort

Tokens = npt.NDArray[np.uint16]
Part = Literal["train", "validation"]

_FORMAT: Final = 1


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """The tokens to learn from and the tokens held out.

    Args:
        train: (N,) token ids, every document is enclosed by <|end|>.
        validation: (M,) the same for the held-out documents.
        n_train_bytes: UTF-8 bytes in the training documents; <|end|> has none.
        n_validation_bytes: the same for the held-out documents.
        n_train_documents: number of documents to learn from.
        n_validation_documents: number of held-out documents.
        n_vocab: size of the encoder's vocabulary; every id is below it.
    """

    train: Tokens
    validation: Tokens
    n_train_bytes: int
    n_validation_bytes: int
    n_train_documents: int
    n_validation_documents: int
    n_vocab: int

    def bits_per_byte(self, loss_nats: float, part: Part) -> float:
        """Convert a mean loss in nats per token to bits per byte of text.

        Tokens differ from one encoder to the next, bytes do not, so this number can be compared
        across encoders. Every predicted token counts, even <|end|>, which represents no byte.
        """
        tokens, n_bytes = (
            (self.train, self.n_train_bytes)
            if part == "train"
            else (self.validation, self.n_validation_bytes)
        )
        return loss_nats / log(2) * (len(tokens) - 1) / n_bytes

    def to_bytes(self) -> bytes:
        """The dataset as a safetensors file; the same dataset always gives the same bytes."""
        counts = {
            "format": _FORMAT,
            "n_train_bytes": self.n_train_bytes,
            "n_validation_bytes": self.n_validation_bytes,
            "n_train_documents": self.n_train_documents,
            "n_validation_documents": self.n_validation_documents,
            "n_vocab": self.n_vocab,
        }
        # One entry only: safetensors does not guarantee the order of several.
        metadata = {"dataset": json.dumps(counts, sort_keys=True)}
        return bytes(save({"train": self.train, "validation": self.validation}, metadata))

    @classmethod
    def from_bytes(cls, data: bytes) -> "Dataset":
        """The inverse of `to_bytes`."""
        n_header = int.from_bytes(data[:8], "little")  # the length of the header comes first
        header = json.loads(data[8 : 8 + n_header])
        counts = json.loads(header["__metadata__"]["dataset"])
        if counts.pop("format") != _FORMAT:
            raise ValueError("this dataset was written by another version")
        tokens = load(data)
        return cls(train=tokens["train"], validation=tokens["validation"], **counts)


def build_dataset(
    split: Split, encoder: Encoder, on_progress: Callable[[float], None] | None = None
) -> Dataset:
    """Encode both sides of a split; `on_progress` is called with the share of documents done."""
    n_documents = len(split.train) + len(split.validation)

    def told(documents: Sequence[Document], n_before: int) -> Iterator[Document]:
        for n_done, document in enumerate(documents, start=n_before + 1):
            yield document
            if on_progress is not None:
                on_progress(n_done / n_documents)

    return Dataset(
        train=encode_documents(told(split.train, 0), encoder),
        validation=encode_documents(told(split.validation, len(split.train)), encoder),
        n_train_bytes=_n_bytes(split.train),
        n_validation_bytes=_n_bytes(split.validation),
        n_train_documents=len(split.train),
        n_validation_documents=len(split.validation),
        n_vocab=encoder.n_vocab,
    )


def encode_documents(documents: Iterable[Document], encoder: Encoder) -> Tokens:
    """All documents in one row, with <|end|> before the first and after each.

    So every document is preceded by <|end|>: a model given only this token starts a new text.

    Returns:
        (N,) token ids; shape (0,) if there are no documents.
    """
    parts = [np.array([*encoder.encode(d.text), encoder.end_id], np.uint16) for d in documents]
    if not parts:
        return np.empty(0, np.uint16)
    return np.concatenate([np.array([encoder.end_id], np.uint16), *parts])


def _n_bytes(documents: Iterable[Document]) -> int:
    return sum(len(document.text.encode("utf-8")) for document in documents)


def batch(
    dataset: Dataset, step: int, seed: int, n_batch: int, n_context: int, part: Part = "train"
) -> tuple[Tensor, Tensor]:
    """The batch for one step: windows at random positions, and the next token for each position.

    The positions come from a stateless generator: it maps (seed, step) directly to numbers, and
    NumPy guarantees that its raw output is the same in every version.

    Args:
        dataset: the data to sample from.
        step: the step of the run, from 0.
        seed: a different seed gives a different order.
        n_batch: number of windows, B.
        n_context: tokens per window, T.
        part: which side to sample from.

    Returns:
        inputs (B, T) and targets (B, T), int64; targets[b, t] follows inputs[b, t] in the text.

    Raises:
        TooShort: this side is shorter than one window of T + 1 tokens.

    Source: Salmon et al. 2011, "Parallel Random Numbers: As Easy as 1, 2, 3", SC'11 (Philox).
    """
    tokens = dataset.train if part == "train" else dataset.validation  # (N,)
    n_places = len(tokens) - n_context
    if n_places < 1:
        raise TooShort(
            f"{part} has {len(tokens)} tokens, a window needs {n_context + 1}",
            n=len(tokens),
            needed=n_context + 1,
            unit="tokens",
        )
    numbers = np.random.Philox(key=seed, counter=step << 64).random_raw(n_batch)  # (B,) 64 bits
    places = (numbers % n_places).astype(np.int64)  # (B,)
    windows = tokens[places[:, None] + np.arange(n_context + 1)]  # (B, T + 1)
    rows = torch.from_numpy(windows.astype(np.int64))  # (B, T + 1)
    return rows[:, :-1].contiguous(), rows[:, 1:].contiguous()

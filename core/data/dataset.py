"""Encoded text as the trainer reads it: two long rows of token ids, and batches cut from them.

Which batch a step sees depends on nothing but the step and the seed, so a run that was
interrupted sees the same batches as one that was not.
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

from core.data.bpe import Encoder
from core.data.documents import Document
from core.data.splitting import Split
from core.errors import TooShort

Tokens = npt.NDArray[np.uint16]
Part = Literal["train", "validation"]

_FORMAT: Final = 1


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """The tokens to learn from and those held back.

    Args:
        train: (N,) token ids, every document between two <|end|>.
        validation: (M,) the same for the documents held back.
        n_train_bytes: bytes of UTF-8 in the training documents; <|end|> has none.
        n_validation_bytes: the same for the documents held back.
        n_train_documents: documents to learn from.
        n_validation_documents: documents held back.
        n_vocab: tokens the encoder knows; every id is below it.
    """

    train: Tokens
    validation: Tokens
    n_train_bytes: int
    n_validation_bytes: int
    n_train_documents: int
    n_validation_documents: int
    n_vocab: int

    def bits_per_byte(self, loss_nats: float, part: Part) -> float:
        """A mean loss in nats per token, as bits per byte of text.

        Tokens differ from one encoder to the next, bytes do not: this number may be compared.
        All that is predicted counts, <|end|> too, though it stands for no byte.
        """
        tokens, n_bytes = (
            (self.train, self.n_train_bytes)
            if part == "train"
            else (self.validation, self.n_validation_bytes)
        )
        return loss_nats / log(2) * (len(tokens) - 1) / n_bytes

    def to_bytes(self) -> bytes:
        """As a safetensors file; the same dataset always gives the same bytes."""
        counts = {
            "format": _FORMAT,
            "n_train_bytes": self.n_train_bytes,
            "n_validation_bytes": self.n_validation_bytes,
            "n_train_documents": self.n_train_documents,
            "n_validation_documents": self.n_validation_documents,
            "n_vocab": self.n_vocab,
        }
        # One entry only: safetensors does not promise the order of several.
        metadata = {"dataset": json.dumps(counts, sort_keys=True)}
        return bytes(save({"train": self.train, "validation": self.validation}, metadata))

    @classmethod
    def from_bytes(cls, data: bytes) -> "Dataset":
        """The inverse of `to_bytes`."""
        n_header = int.from_bytes(data[:8], "little")  # the header's length stands in front of it
        header = json.loads(data[8 : 8 + n_header])
        counts = json.loads(header["__metadata__"]["dataset"])
        if counts.pop("format") != _FORMAT:
            raise ValueError("this dataset was written by another version")
        tokens = load(data)
        return cls(train=tokens["train"], validation=tokens["validation"], **counts)


def build_dataset(
    split: Split, encoder: Encoder, on_progress: Callable[[float], None] | None = None
) -> Dataset:
    """Encode both sides of a split; `on_progress` is told the share of documents that are done."""
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
    """All documents in one row, with <|end|> before the first and after each one.

    So every document is preceded by <|end|>: a model that is given this token alone starts a
    new text.

    Returns:
        (N,) token ids; of no documents at all, (0,).
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
    """The batch of one step: windows at random places, and what follows each token in them.

    The places come from a generator without memory: it maps (seed, step) to numbers directly,
    and NumPy guarantees its raw numbers to be the same in every version.

    Args:
        dataset: where to cut from.
        step: which step of the run, from 0.
        seed: another seed, another order.
        n_batch: windows, B.
        n_context: tokens of a window, T.
        part: which side to cut from.

    Returns:
        inputs (B, T) and targets (B, T), int64; targets[b, t] follows inputs[b, t] in the text.

    Raises:
        TooShort: the side holds no window of T + 1 tokens.

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

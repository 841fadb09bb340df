"""The pair with duplicates in and out: what repetition in the training text does to a model.

Both lanes are examined on the same held-out texts, in bits per byte, since their encoders differ.
"""

import math
from itertools import islice
from typing import Final

import torch

from core.architecture.transformer import Transformer
from core.architecture.weights import read_checkpoint
from core.data.splitting import split_by_document
from core.data.text.bpe import Encoder
from core.data.world import Copies, lexicon
from core.house.files import Folder
from core.house.making import SAMPLE_SEED, Chain, Record
from core.inference.surprise import token_losses
from core.training.text.evaluation import documents_of, draw_texts

N_DRAWN: Final = 500  # texts each lane writes to look for copies and private data
N_COMPARED: Final = 100  # of these, texts whose longest copied run is looked for, which takes time
PRIVATE_KINDS: Final = ("mail", "phone", "iban", "card")


def compare(folder: Folder, lanes: dict[str, Chain], n_drawn: int = N_DRAWN) -> dict[str, Record]:
    """What differs between the lanes, measured.

    Args:
        folder: where their weights were written.
        lanes: the chain with duplicates in and the one with duplicates out.
        n_drawn: texts each lane is let write.

    Returns:
        For each lane: n_documents_kept, held_out_bits_per_byte, n_texts_drawn,
        copied_text_share (whole texts that stand word for word in the training text),
        mean_copied_words (length of the longest run a text has copied, mean over texts),
        n_secrets_read, n_secrets_written (distinct addresses and numbers), secret_text_share
        (drawn texts that give one away that was read), copied_secret_text_share (drawn texts that
        are, word for word, a text read that gives one away). The planted addresses and numbers are
        so few that one can be hit by chance; a whole text cannot.
    """
    held_out = sorted(set.intersection(*(held_out_texts(chain) for chain in lanes.values())))
    return {lane: examined(folder, chain, held_out, n_drawn) for lane, chain in lanes.items()}


def held_out_texts(chain: Chain) -> set[str]:
    """The distinct texts that a chain's model has not read."""
    recipe = chain.recipe
    documents = chain.prepared.corpus.documents
    split = split_by_document(documents, recipe.validation_share, recipe.training.seed)
    return {document.text for document in split.validation}


def examined(folder: Folder, chain: Chain, held_out: list[str], n_drawn: int) -> Record:
    """One lane's figures; see `compare`."""
    encoder = chain.prepared.encoder
    model, _ = read_checkpoint(folder.read(chain.record["checkpoints"][-1]["file"]))
    read = list(documents_of(chain.prepared.dataset, encoder))
    copies = Copies(read)
    secrets_read = secrets_in("\n".join(read))
    texts = [one.text for one in islice(draw_texts(model, encoder, SAMPLE_SEED), n_drawn)]
    secrets = [secrets_in(text) & secrets_read for text in texts]
    whole = set(read)
    giving_away = {text for text in whole if secrets_in(text)}
    return {
        "n_documents_kept": len(chain.prepared.corpus.documents),
        "held_out_bits_per_byte": bits_per_byte_of(model, encoder, held_out),
        "n_texts_held_out": len(held_out),
        "n_texts_drawn": len(texts),
        "copied_text_share": sum(text in whole for text in texts) / len(texts),
        "mean_copied_words": mean_copied_words(copies, texts[:N_COMPARED]),
        "n_secrets_read": len(secrets_read),
        "n_secrets_written": len(set().union(*secrets)),
        "secret_text_share": sum(map(bool, secrets)) / len(texts),
        "copied_secret_text_share": sum(text in giving_away for text in texts) / len(texts),
    }


def secrets_in(text: str) -> set[str]:
    """The planted addresses and numbers that stand in a text."""
    planted = (secret for kind in PRIVATE_KINDS for secret in lexicon.private(kind))
    return {secret for secret in planted if secret in text}


def mean_copied_words(copies: Copies, texts: list[str]) -> float:
    """Mean length, in words, of the longest run each text has copied."""
    lengths = [len(copies.longest_copied_run(text).split()) for text in texts]
    return sum(lengths) / len(lengths)


@torch.inference_mode()
def bits_per_byte_of(model: Transformer, encoder: Encoder, texts: list[str]) -> float:
    """Surprise at whole texts and at their ends, in bits per byte of text."""
    nats = 0.0
    for text in texts:
        tokens = [encoder.end_id, *encoder.encode(text), encoder.end_id]
        nats += float(token_losses(model, tokens).sum())
    n_bytes = sum(len(text.encode("utf-8")) for text in texts)
    return nats / math.log(2.0) / n_bytes

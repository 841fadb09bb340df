"""Step 1 as a single call: documents in, everything the next steps need out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from core.data.dataset import Dataset, build_dataset
from core.data.splitting import split_by_document
from core.data.text.bpe import Encoder, train_bpe
from core.data.text.cleaning import Cleaned, CleaningSettings, clean
from core.data.text.documents import Corpus, Document
from core.data.text.fertility import fertility
from core.errors import TooShort

# Four windows of 256 tokens, one of them held out: with less text, a loss means nothing.
MIN_TRAIN_TOKENS: Final = 1024
MIN_VALIDATION_TOKENS: Final = 64

PHASES: Final = ("clean", "learn", "encode")
# Words repeat: beyond this, more text changes few merges. Documents are sampled evenly.
LEARN_BYTES: Final = 4 * 2**20

Numbers = dict[str, float | int | str]


@dataclass(frozen=True, slots=True)
class Prepared:
    """The artefacts of step 1.

    Args:
        corpus: the documents left after cleaning.
        report: what cleaning did and why.
        encoder: learned from the training documents only.
        dataset: the corpus as tokens, split in two.
        numbers: what the page and the ribbon show, JSON-serialisable.
    """

    corpus: Corpus
    report: Cleaned
    encoder: Encoder
    dataset: Dataset
    numbers: Numbers


def prepare(
    documents: Sequence[Document],
    cleaning: CleaningSettings | None = None,
    n_vocab: int = 2000,
    validation_share: float = 0.1,
    seed: int = 0,
    on_progress: Callable[[str, float], None] | None = None,
) -> Prepared:
    """Clean, split, learn an encoder, encode.

    Args:
        documents: the raw documents.
        cleaning: which cleaning rules apply; all if not given.
        n_vocab: desired vocabulary size; see `train_bpe`.
        validation_share: share of the distinct texts to hold out.
        seed: decides which texts those are.
        on_progress: called with a phase of `PHASES` and the share of it that is done, at most a
            hundred times per phase.

    Raises:
        TooShort: too little text remains to train and evaluate a model.
        SettingError: a setting is out of range.
    """
    report = clean(documents, cleaning, _hundredths("clean", on_progress))
    split = split_by_document(report.kept, validation_share, seed)
    learn_from = evenly([document.text for document in split.train], LEARN_BYTES)
    encoder = train_bpe(learn_from, n_vocab, _hundredths("learn", on_progress))
    dataset = build_dataset(split, encoder, _hundredths("encode", on_progress))
    check_enough(dataset)
    numbers = numbers_of(report, encoder, dataset)
    return Prepared(Corpus(report.kept), report, encoder, dataset, numbers)


def check_enough(dataset: Dataset) -> None:
    """Raise TooShort unless there is enough text to learn from and to evaluate on."""
    for tokens, needed in (
        (dataset.train, MIN_TRAIN_TOKENS),
        (dataset.validation, MIN_VALIDATION_TOKENS),
    ):
        if len(tokens) < needed:
            message = f"{len(tokens)} tokens remain, {needed} are needed"
            raise TooShort(message, n=len(tokens), needed=needed, unit="tokens")


def evenly(texts: Sequence[str], limit_bytes: int) -> list[str]:
    """All texts, or every second, third, ... of them, such that they stay within the limit."""
    n_bytes = sum(len(text.encode("utf-8")) for text in texts)
    return list(texts[:: max(1, -(-n_bytes // limit_bytes))])


def numbers_of(report: Cleaned, encoder: Encoder, dataset: Dataset) -> Numbers:
    """The numbers of this step, all measured."""
    counts = report.counts
    numbers: Numbers = {
        "n_documents": counts.n_documents,
        "n_kept": counts.n_kept,
        "n_characters": counts.n_characters,
        "n_characters_kept": counts.n_characters_kept,
        "n_vocab": encoder.n_vocab,
        "n_train_tokens": len(dataset.train),
        "n_validation_tokens": len(dataset.validation),
        "n_train_documents": dataset.n_train_documents,
        "n_validation_documents": dataset.n_validation_documents,
        "n_train_bytes": dataset.n_train_bytes,
        "n_validation_bytes": dataset.n_validation_bytes,
        "bytes_per_token": (dataset.n_train_bytes + dataset.n_validation_bytes)
        / (len(dataset.train) + len(dataset.validation)),
    }
    numbers |= {f"removed_{reason}": n for reason, n in counts.removed.items()}
    numbers |= {f"repaired_{rule}": n for rule, n in counts.repaired.items()}
    for lang, measured in fertility(encoder, report.kept).items():
        numbers[f"tokens_per_word_{lang}"] = measured.tokens_per_word
        numbers[f"bytes_per_token_{lang}"] = measured.bytes_per_token
    return numbers


def _hundredths(
    phase: str, on_progress: Callable[[str, float], None] | None
) -> Callable[[float], None] | None:
    """A listener that passes on each new hundredth of a phase and nothing in between."""
    if on_progress is None:
        return None
    told = 0

    def tell(share: float) -> None:
        nonlocal told
        if int(share * 100) > told:
            told = int(share * 100)
            on_progress(phase, share)

    return tell

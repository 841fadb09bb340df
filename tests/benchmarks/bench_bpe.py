"""How fast text is tokenised, in CPU seconds on one core, independent of other load.

Run it with `python tests/benchmarks/bench_bpe.py [FILE ...]`.
Without files, it reads the technical English documentation that comes with Python.
"""

import sys
import time
from pathlib import Path
from pydoc_data.topics import topics

from core.data.text.bpe import count_words, train_bpe
from core.data.text.documents import Document
from core.data.text.prepare import prepare

LEARN_BYTES = 2_000_000
ENCODE_BYTES = 20_000_000
N_VOCAB = 2_000


def repeated(text: str, n_bytes: int) -> str:
    data = text.encode()
    return (data * (n_bytes // len(data) + 1))[:n_bytes].decode("utf-8", "ignore")


def main() -> None:
    text = "".join(Path(name).read_text("utf-8") for name in sys.argv[1:]) or "".join(
        topics.values()
    )
    learn_from, whole = repeated(text, LEARN_BYTES), repeated(text, ENCODE_BYTES)
    started = time.process_time()
    n_words = len(count_words([learn_from]))
    counted = time.process_time()
    encoder = train_bpe([learn_from], N_VOCAB)
    learned = time.process_time()
    n_tokens = len(encoder.encode(whole))
    encoded = time.process_time()
    pieces = [whole[start : start + 1000] for start in range(0, len(whole), 1000)]
    documents = [Document(f"{n} {piece}") for n, piece in enumerate(pieces)]
    fresh = time.process_time()
    prepare(documents, n_vocab=N_VOCAB)
    prepared = time.process_time()
    print(f"count the words of 2 MB ({n_words} different): {counted - started:.2f} s")
    print(f"learn {encoder.n_vocab} tokens from 2 MB: {learned - counted:.2f} s")
    print(f"encode 20 MB ({n_tokens} tokens): {encoded - learned:.2f} s")
    print(f"clean, divide, learn, encode 20 MB: {prepared - fresh:.2f} s")


if __name__ == "__main__":
    main()

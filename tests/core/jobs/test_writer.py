"""The generation service: a process that generates, and what it promises to those waiting."""

import asyncio
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from core.architecture.config import ModelConfig
from core.architecture.transformer import Transformer
from core.architecture.weights import checkpoint_bytes
from core.data.text.bpe import train_bpe
from core.errors import (
    Busy,
    EmptyInput,
    GlassboxError,
    NotFound,
    SchemaImpossible,
    WritingFailed,
)
from core.inference.generate import generate
from core.inference.sampling import SamplingSettings
from core.inference.scoring import score_text
from core.inference.text.condensed import condensed
from core.inference.text.words import Boundaries, WordReader
from core.inference.watermark import Watermark
from core.jobs import writer as writer_module
from core.jobs.writer import Writer, Writing

CONFIG = ModelConfig(
    n_vocab=40, n_context=32, n_layers=2, n_heads=2, n_kv_heads=2, n_channels=16, n_hidden=32
)
MODEL = Transformer(CONFIG, seed=1).eval()
BYTES = checkpoint_bytes(MODEL)
ENDLESS = SamplingSettings(max_tokens=10**9)


@pytest.fixture(scope="module")
def writer() -> Iterator[Writer]:
    writer = Writer()
    writer.start()
    yield writer
    writer.close()


def write(writer: Writer, settings: SamplingSettings, **more: Any) -> Writing:
    return writer.write("model", lambda: BYTES, [1, 2, 3], settings, **more)


def until(true: Callable[[], Any], limit_s: float = 300.0) -> None:
    end = time.monotonic() + limit_s
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def test_what_arrives_is_what_the_model_writes_on_its_own(writer: Writer):
    settings = SamplingSettings(seed=3, max_tokens=50)
    ours = list(write(writer, settings, with_logits=True))
    theirs = list(generate(MODEL, [1, 2, 3], settings))
    assert [written.token for written in ours] == [drawn.token for drawn in theirs]
    assert [written.ending for written in ours[-2:]] == [None, "length"]
    for written, drawn in zip(ours, theirs, strict=True):
        assert written.probability == pytest.approx(float(drawn.probs[drawn.token]), rel=1e-4)
        logits = np.frombuffer(written.logits or b"", np.float32)
        np.testing.assert_allclose(logits, drawn.logits.numpy(), rtol=1e-3, atol=1e-5)


def test_the_end_token_ends_the_text(writer: Writer):
    tokens = [w.token for w in write(writer, SamplingSettings(seed=3, max_tokens=50))]
    end_id = tokens[7]
    ended = list(write(writer, SamplingSettings(seed=3, max_tokens=50), end_id=end_id))
    assert [w.token for w in ended] == tokens[: tokens.index(end_id) + 1]
    assert ended[-1].ending == "end"


def test_many_texts_from_threads_and_asyncio_are_each_their_own(writer: Writer):
    settings = [SamplingSettings(seed=seed, max_tokens=20) for seed in range(40)]
    texts = [write(writer, setting) for setting in settings]

    async def listen(text: Writing) -> list[int]:
        return [written.token async for written in text]

    async def listen_to_all() -> list[list[int]]:
        return await asyncio.gather(*map(listen, texts[::2]))

    in_asyncio = asyncio.run(listen_to_all())
    in_threads = [[written.token for written in text] for text in texts[1::2]]
    for heard, setting in zip(in_asyncio + in_threads, settings[::2] + settings[1::2], strict=True):
        assert heard == [drawn.token for drawn in generate(MODEL, [1, 2, 3], setting)]


def test_a_cancelled_text_ends_and_so_does_one_nobody_listens_to_any_more(writer: Writer):
    text = write(writer, ENDLESS)
    assert text.take(300)
    text.cancel()
    assert text.ending == "cancelled" and len(list(text)) < 10**6
    for _written in write(writer, ENDLESS):
        break
    until(lambda: writer.n_active == 0)


def test_the_bytes_of_a_model_are_asked_for_once(writer: Writer):
    asked: list[int] = []

    def bring() -> bytes:
        asked.append(1)
        return BYTES

    for seed in range(3):
        settings = SamplingSettings(seed=seed, max_tokens=1)
        assert len(list(writer.write("once", bring, [1], settings))) == 1
    assert len(asked) == 1


def test_what_goes_wrong_with_one_text_is_raised_where_it_is_read(writer: Writer):
    def nowhere() -> bytes:
        raise NotFound("there is no such model")

    going_on = write(writer, ENDLESS)
    settings = SamplingSettings(max_tokens=5)
    with pytest.raises(NotFound):
        list(writer.write("missing", nowhere, [1], settings))
    with pytest.raises(GlassboxError):
        list(writer.write("damaged", lambda: b"no weights at all", [1], settings))
    with pytest.raises(EmptyInput):
        list(writer.write("model", lambda: BYTES, [], settings))
    going_on.take()
    assert going_on.take(300)
    going_on.cancel()


def test_more_texts_than_the_limit_are_turned_away(writer: Writer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(writer_module, "MAX_OPEN", 2)
    open_ = [write(writer, ENDLESS) for _ in range(2)]
    with pytest.raises(Busy):
        write(writer, ENDLESS)
    for text in open_:
        text.cancel()


def test_when_the_process_dies_its_texts_fail_and_the_next_are_written_again(writer: Writer):
    text = write(writer, ENDLESS)
    assert text.take(300)
    assert writer._process is not None
    os.kill(writer._process.pid, signal.SIGKILL)
    with pytest.raises(WritingFailed):
        list(text)
    assert len(list(write(writer, SamplingSettings(max_tokens=3)))) == 3


def test_a_closed_writer_has_let_its_process_end(writer: Writer):
    closing = Writer()
    text = write(closing, ENDLESS)
    process = closing._process
    assert process is not None and text.take(300)
    closing.close()
    assert process.poll() is not None
    with pytest.raises(WritingFailed):
        list(text)


def test_a_schema_and_a_watermark_reach_the_process_that_writes(writer: Writer):
    encoder = train_bpe(["ab"], 259)
    model = Transformer(replace(CONFIG, n_vocab=encoder.n_vocab), seed=1).eval()
    settings = SamplingSettings(
        max_tokens=30,
        seed=2,
        constraint='{"type": "object", "properties": {"a": {"type": "integer"}}}',
        watermark=Watermark(key="k"),
    )
    about = {"end_id": encoder.end_id, "encoder": encoder.to_bytes()}
    written = writer.write("held", lambda: checkpoint_bytes(model), [4, 5], settings, **about)
    ours = [each.token for each in written]
    theirs = [d.token for d in generate(model, [4, 5], settings, encoder.end_id, encoder)]
    assert ours == theirs
    assert isinstance(json.loads(encoder.decode(ours)), dict)


def test_a_schema_that_contradicts_itself_fails_its_own_text_alone(writer: Writer):
    encoder = train_bpe(["ab"], 259)
    other = write(writer, SamplingSettings(max_tokens=20))
    bad = SamplingSettings(constraint='{"type": "integer", "minimum": 2, "maximum": 1}')
    with pytest.raises(SchemaImpossible):
        list(write(writer, bad, end_id=encoder.end_id, encoder=encoder.to_bytes()))
    assert len(list(other)) == 20


def test_a_look_at_the_next_words_comes_from_the_process_as_core_reads_them(writer: Writer):
    encoder = train_bpe(["ab"], 259)
    model = Transformer(replace(CONFIG, n_vocab=encoder.n_vocab), seed=1).eval()
    settings = SamplingSettings(temperature=0.5)
    asked = ("looked", lambda: checkpoint_bytes(model), [4, 5], settings, encoder.to_bytes())
    found = writer.look(*asked, dart=0.4).answer_here()
    reader = WordReader(model, Boundaries(encoder))
    word = reader.draw([4, 5], settings, 0.4)
    assert found["drawn"]["tokens"] == list(word.tokens)
    after = condensed(reader.read([4, 5, *word.tokens], closed=True))
    assert found["tree"]["texts"] == after["texts"]
    with pytest.raises(EmptyInput):
        writer.look("looked", lambda: BYTES, [], settings, encoder.to_bytes()).answer_here()


def test_the_scores_of_a_text_come_from_the_process_as_core_computes_them(writer: Writer):
    text = [3 * i % 40 for i in range(50)]  # longer than the context
    found = writer.score("model", lambda: BYTES, text, n_likeliest=2).answer_here()
    expected = score_text(MODEL, text, n_likeliest=2)
    np.testing.assert_allclose(found["logprobs"], expected.logprobs.numpy(), atol=1e-6)
    ids = [[id_ for id_, _ in place] for place in found["likeliest"]]
    assert ids == expected.likeliest.tolist()
    nothing = writer.score("model", lambda: BYTES, [7]).answer_here()
    assert nothing == {"logprobs": [], "likeliest": []}
    with pytest.raises(GlassboxError, match="token ids must lie"):
        writer.score("model", lambda: BYTES, [7, 40]).answer_here()
    assert len(list(write(writer, SamplingSettings(max_tokens=5)))) == 5

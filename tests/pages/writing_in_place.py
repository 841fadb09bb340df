"""A tiny model that writes here and at once, for pages that let one write."""

import json
from dataclasses import asdict

from streamlit.testing.v1 import AppTest

from core.architecture.config import ModelConfig
from core.architecture.transformer import Transformer
from core.architecture.weights import checkpoint_bytes, read_checkpoint
from core.data.text.bpe import Encoder, train_bpe
from core.data.text.documents import Corpus
from core.data.world import WorldSettings, tell
from core.inference.generate import generate
from core.jobs.writer import Writing, Written
from core.store import HOUSE, Store
from pages.kit.process import SHELL
from pages.postprocessing import drawing

WORLD = WorldSettings(n_documents=60)


def keep_chain(store: Store) -> str:
    """A tiny untrained model with the text it would have read; the checkpoint's id."""
    documents = tell(WORLD)
    settings = {"world": asdict(WORLD)}
    corpus = store.artifacts.keep(
        HOUSE, "corpus", Corpus(tuple(documents)).to_bytes(), modality="text", settings=settings
    )
    encoder = train_bpe([document.text for document in documents], 320)
    merges = store.artifacts.keep(HOUSE, "encoder", encoder.to_bytes(), parents=[corpus.id])
    sizes = {"n_layers": 1, "n_heads": 2, "n_kv_heads": 2, "n_channels": 16, "n_hidden": 32}
    config = ModelConfig(n_vocab=encoder.n_vocab, n_context=48, **sizes)
    plan = json.dumps(config.to_dict()).encode()
    design = store.artifacts.keep(HOUSE, "design", plan, parents=[merges.id])
    weights = checkpoint_bytes(Transformer(config, seed=1))
    return store.artifacts.keep(
        HOUSE, "checkpoint", weights, parents=[design.id, merges.id], seed=1
    ).id


class WriterInPlace:
    """Writes with the methods of the real writer, here and at once instead of in a process."""

    n_active = 0

    def write(
        self, model_id, model, tokens, settings, *, end_id=None, with_logits=False, encoder=None
    ):
        writing = Writing(0, model_id, lambda _writing: None)
        reader = Encoder.from_bytes(encoder) if encoder else None
        transformer = read_checkpoint(model())[0]
        drawn = generate(transformer, tokens, settings, end_id, reader)
        for n, each in enumerate(drawn, start=1):
            over = each.token == end_id or n == settings.max_tokens
            logits = each.logits.numpy().tobytes() if with_logits else None
            ending = None if not over else "end" if each.token == end_id else "length"
            writing.box.put(Written(each.token, float(each.probs[each.token]), ending, logits))
        writing.box.close()
        return writing


def opened(station: str, **url: str) -> AppTest:
    """A station of step 6 in English, at the given address."""
    app = AppTest.from_file(str(SHELL), default_timeout=120)
    app.context = {"locale": "en-GB"}
    app.query_params.update(url)
    app.run()
    return app.switch_page(f"../postprocessing/{station}/{station}.py").run()


def once_written(app: AppTest) -> AppTest:
    """The same page as soon as all that is drawn in the background is written."""
    for each in list(drawing._shelf.values()):
        assert each.over.wait(100)
    return app.run()


def shown(app: AppTest) -> str:
    """All that the page wrote as HTML."""
    return " ".join(block.proto.body for block in app.get("html"))

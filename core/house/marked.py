"""The draw with which the watermark's page opens, and the price of each strength: by measuring.

At any strength most marked texts either hold a sentence that breaks the grammar or a mark that
nobody finds. The page opens on the first draw that has neither fault; how many draws were made and
how many of them were as good is kept and shown with it.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Any, Final

from core.architecture.transformer import Transformer
from core.architecture.weights import read_checkpoint
from core.data.text.bpe import Encoder
from core.data.world import PROMPTS, accepts, sentences
from core.house.files import SHIPPED, Folder
from core.inference.batching import ContinuousBatch
from core.inference.sampling import SamplingSettings
from core.inference.watermark import Watermark
from core.languages import LANGS
from core.postprocessing.marking.marking import detect

FILE: Final = "watermark.json"
MARK: Final = Watermark(key="glassbox", share=0.25, strength=5.0)
"""The mark that is searched with; its key is no secret here: everybody may look for it."""
N_TOKENS: Final = 200
N_DRAWS: Final = 160
STRENGTHS: Final = (0.0, 2.5, 5.0, 7.5, 10.0)  # whose price is measured
N_PRICED: Final = 12  # draws of each language for one of them
_SIDE_BY_SIDE: Final = 24
_LOOK_EVERY: Final = 8  # tokens, between two looks at a text's last sentences


@dataclass(frozen=True)
class MarkedDraw:
    """The first draw whose mark is found and whose sentences are all grammatical, as are those of
    the text that the same seed gives without the mark.

    Args:
        checkpoint: id of the model that drew.
        prompt: what it continued.
        seed: of the draw; those before it, from 0 upwards, were not as good.
        n: draws made.
        n_grammatical: of these, in how many every complete sentence is of the prompt's language.
        n_found: of those, in how many the mark is found as well.
        n_fit: of these, in how many the text without the mark is of the prompt's language, too.
        mark: what it was marked with.
    """

    checkpoint: str
    prompt: str
    seed: int
    n: int
    n_grammatical: int
    n_found: int
    n_fit: int
    mark: Watermark


@dataclass(frozen=True)
class Price:
    """What a strength brings and what it costs.

    Args:
        strength: of the watermark.
        n: texts drawn.
        n_found: of these, whose mark is found.
        n_sentences: complete sentences in all of them.
        n_grammatical: of these, which are sentences of either language's grammar.
    """

    strength: float
    n: int
    n_found: int
    n_sentences: int
    n_grammatical: int


def text_of(encoder: Encoder, tokens: Sequence[int]) -> str:
    """What was written, with a new line wherever one text ended and the next began."""
    pieces: list[list[int]] = [[]]
    for token in tokens:
        if token == encoder.end_id:
            pieces.append([])
        else:
            pieces[-1].append(token)
    return "\n".join(encoder.decode(piece) for piece in pieces)


def draw_marked(
    model: Transformer,
    encoder: Encoder,
    prompt: str,
    mark: Watermark | None,
    seeds: Sequence[int],
    keeps: Callable[[str], bool] = lambda _: True,
    n_tokens: int = N_TOKENS,
) -> dict[int, str]:
    """What the model writes with each seed.

    Args:
        model: a base model.
        encoder: its own.
        prompt: what to continue.
        mark: the watermark; None: without any.
        seeds: one a draw.
        keeps: asked now and then about what is written so far; a text it does not keep is given up.
        n_tokens: length of each.

    Returns:
        seed -> text, of those that were kept to their end.
    """
    batch, tokens = ContinuousBatch(model, _SIDE_BY_SIDE), [encoder.end_id, *encoder.encode(prompt)]
    seed_of: dict[int, int] = {}
    written: dict[int, list[int]] = {}
    whole: dict[int, str] = {}
    waiting = list(seeds)
    while waiting or batch.n_active:
        while waiting and batch.n_free:
            seed = waiting.pop(0)
            settings = SamplingSettings(
                temperature=1.0, seed=seed, max_tokens=n_tokens, watermark=mark
            )
            ticket = batch.join(tokens, settings, None, encoder)
            seed_of[ticket], written[ticket] = seed, []
        for step in batch.step():
            so_far = written[step.ticket]
            so_far.append(step.drawn.token)
            is_whole = len(so_far) == n_tokens
            if not is_whole and len(so_far) % _LOOK_EVERY:
                continue
            text = text_of(encoder, so_far)
            if is_whole and keeps(text):
                whole[seed_of[step.ticket]] = text
            elif not is_whole and not keeps(text):
                batch.leave(step.ticket)
    return whole


def find_marked(
    model: Transformer,
    encoder: Encoder,
    prompt: str,
    lang: str,
    *,
    mark: Watermark = MARK,
    n: int = N_DRAWS,
    n_tokens: int = N_TOKENS,
) -> tuple[list[int], list[int], list[int]]:
    """Search the draws with the seeds 0 to n - 1.

    Args:
        model: a base model.
        encoder: its own.
        prompt: what to continue.
        lang: whose grammar every complete sentence must follow.
        mark: the watermark.
        n: how many draws.
        n_tokens: length of each.

    Returns:
        the seeds of the grammatical draws, of those among them whose mark is found, and of those
        whose text without the mark is grammatical as well.
    """

    @cache  # a text is asked about again and again as it grows
    def accepted(sentence: str) -> bool:
        return accepts(sentence, lang)

    def grammatical(text: str) -> bool:
        return all(map(accepted, sentences(prompt + text, complete_only=True)))

    whole = draw_marked(model, encoder, prompt, mark, range(n), grammatical, n_tokens)
    found = [seed for seed, text in whole.items() if detect(text, encoder, mark).is_marked]
    fit = draw_marked(model, encoder, prompt, None, found, grammatical, n_tokens)
    return sorted(whole), sorted(found), sorted(fit)


def price_of(model: Transformer, encoder: Encoder, strength: float, n: int = N_PRICED) -> Price:
    """What a strength costs and brings, over n draws in each language."""
    mark = replace(MARK, strength=strength)
    n_found = n_sentences = n_grammatical = 0
    for lang in LANGS:
        prompt = PROMPTS[lang][0]
        for text in draw_marked(model, encoder, prompt, mark, range(n)).values():
            n_found += detect(text, encoder, mark).is_marked
            cut = sentences(prompt + text, complete_only=True)
            n_sentences += len(cut)
            n_grammatical += sum(any(accepts(each, one) for one in LANGS) for each in cut)
    return Price(strength, n * len(LANGS), n_found, n_sentences, n_grammatical)


def make_marked(folder: Folder, say: Callable[[str], None]) -> None:
    """Search with the shipped base model, in each language, and write down what was found."""
    about = folder.record()["chains"]["base"]
    last = about["checkpoints"][-1]
    encoder = Encoder.from_bytes(folder.read(about["encoder"]["file"]))
    model, _ = read_checkpoint(folder.read(last["file"]))
    draws: dict[str, Any] = {}
    for lang in LANGS:
        prompt = PROMPTS[lang][0]
        grammatical, found, fit = find_marked(model, encoder, prompt, lang)
        say(
            f"{lang}: {len(grammatical)} of {N_DRAWS} grammatical, {len(found)} found as well, "
            f"{len(fit)} also grammatical without the mark"
        )
        if fit:
            n = N_DRAWS, len(grammatical), len(found), len(fit)
            draws[lang] = asdict(MarkedDraw(last["id"], prompt, fit[0], *n, MARK))
    prices = []
    for strength in STRENGTHS:
        prices.append(asdict(price_of(model, encoder, strength)))
        say(f"strength {strength}: {prices[-1]}")
    record = {"draws": draws, "prices": prices, "checkpoint": last["id"]}
    text = json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True)
    folder.write(FILE, (text + "\n").encode())


@cache
def _record() -> dict[str, Any]:
    folder = Folder(SHIPPED)
    there = (folder.path / FILE).exists()
    record: dict[str, Any] = json.loads(folder.read(FILE)) if there else {}
    return record


def marked_draw(lang: str) -> MarkedDraw | None:
    """The shipped draw of a language; None where none was found."""
    found = _record().get("draws", {}).get(lang)
    return MarkedDraw(**{**found, "mark": Watermark(**found["mark"])}) if found else None


def prices(checkpoint: str) -> list[Price]:
    """What each strength came to with this model, weakest first; none where it was not measured."""
    record = _record()
    if record.get("checkpoint") != checkpoint:
        return []
    return [Price(**each) for each in record["prices"]]

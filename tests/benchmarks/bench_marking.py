"""What a schema and a watermark do to the example model's output, measured.

    python tests/benchmarks/bench_marking.py [watermark|false|json] [CHECKPOINT ENCODER]

watermark: for several strengths, how many texts of 200 tokens are detected, and the cost.
false: how many of 500 unmarked texts, the world's and the model's, raise a false alarm.
json: how many of fifty samples are valid: free, repaired and constrained.
"""

import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import torch

from core.alignment.text.chat import question_tokens
from core.architecture.transformer import Transformer
from core.architecture.weights import read_checkpoint
from core.data.text.bpe import Encoder
from core.data.world import WorldSettings, chat_prompt, measure, tell, town
from core.house import house_artifacts
from core.inference.batching import ContinuousBatch
from core.inference.sampling import SamplingSettings
from core.inference.watermark import Watermark
from core.intervals import share_interval
from core.postprocessing.form.formatting import read_json
from core.postprocessing.marking.marking import ALARM, detect

N_TOKENS = 200
N_TEXTS = 24
TEMPERATURE = 1.0
SCHEMAS = {
    "person": {
        "type": "object",
        "properties": {"name": {"type": "string"}, "street": {"type": "string"}},
        "required": ["name", "street"],
        "additionalProperties": False,
    },
    "hours": {
        "type": "object",
        "properties": {
            "place": {"enum": ["Bäckerei", "Schule", "Bibliothek"]},
            "days": {
                "type": "array",
                "items": {"enum": ["Mo", "Di", "Mi", "Do", "Fr"]},
                "minItems": 1,
                "maxItems": 5,
            },
            "opens": {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"},
        },
        "required": ["place", "days", "opens"],
        "additionalProperties": False,
    },
    "list": {"type": "array", "items": {"type": "string", "maxLength": 20}, "maxItems": 4},
    "anything": {"type": "object"},
}
QUESTION = "Wo wohnt Mia?"


def house() -> tuple[Transformer, Encoder]:
    """The shipped base model, or the checkpoint and encoder named on the command line."""
    if len(sys.argv) > 3:
        checkpoint, encoder = (Path(name).read_bytes() for name in sys.argv[2:4])
        return read_checkpoint(checkpoint)[0], Encoder.from_bytes(encoder)
    found = {artifact.kind: artifact for artifact in house_artifacts()}
    encoder = Encoder.from_bytes(found["encoder"].read())
    return read_checkpoint(found["checkpoint"].read())[0], encoder


def write(
    model: Transformer,
    encoder: Encoder,
    prompts: Sequence[Sequence[int]],
    settings: SamplingSettings,
    end_id: int | None,
) -> tuple[list[list[int]], float]:
    """Texts with seeds 0, 1, …; and the bits per token under the model itself, unmarked."""
    batch, written, place_of = ContinuousBatch(model, 32), [[] for _ in prompts], {}
    waiting, bits, n = list(enumerate(prompts)), 0.0, 0
    while waiting or batch.n_active:
        while waiting and batch.n_free:
            place, tokens = waiting.pop(0)
            about = {**vars(settings), "seed": place}
            ticket = batch.join(tokens, SamplingSettings(**about), end_id, encoder)
            place_of[ticket] = place
        for step in batch.step():
            written[place_of[step.ticket]].append(step.drawn.token)
            bits -= float(step.drawn.logits.log_softmax(0)[step.drawn.token]) / math.log(2)
            n += 1
    return written, bits / n


def continuations(encoder: Encoder, n: int) -> list[list[int]]:
    """Openings of texts from the world, half of them German."""
    documents = tell(WorldSettings(n_documents=4 * n, seed=99))
    return [[0, *encoder.encode(document.text)[:6]] for document in documents[:n]]


def bench_watermark(model: Transformer, encoder: Encoder) -> None:
    here, prompts = town(WorldSettings()), continuations(encoder, N_TEXTS)
    print("context  share  strength  found   median z  median p   grammatical  bits a token")
    for n_context in (1,):
        for share in (0.25, 0.5):
            for strength in (0.0, 2.0, 4.0, 6.0, 8.0):
                mark = Watermark(key="bench", share=share, strength=strength, n_context=n_context)
                settings = SamplingSettings(
                    temperature=TEMPERATURE, max_tokens=N_TOKENS, watermark=mark
                )
                texts, bits = write(model, encoder, prompts, settings, None)
                strings = [encoder.decode(tokens) for tokens in texts]
                found = [detect(text, encoder, mark) for text in strings]
                share_found = sum(each.is_marked for each in found) / len(found)
                scored = [measure(strings, lang, here, complete_only=True) for lang in ("de", "en")]
                n_good = sum(each.n_grammatical for each in scored)
                n_all = scored[0].n_sentences
                print(
                    f"{n_context:7} {share:6} {strength:9} {share_found:6.0%}"
                    f" {median(each.z for each in found):10.2f}"
                    f" {median(each.p_value for each in found):9.1e}"
                    f" {n_good / max(1, n_all):12.1%} {bits:13.2f}",
                    flush=True,
                )


def bench_false(model: Transformer, encoder: Encoder) -> None:
    world = [d.text for d in tell(WorldSettings(n_documents=4000, seed=5))]
    joined = [" ".join(world[i : i + 12]) for i in range(0, len(world), 8)]
    told = [encoder.decode(encoder.encode(text)[:N_TOKENS]) for text in joined][:250]
    settings = SamplingSettings(temperature=TEMPERATURE, max_tokens=N_TOKENS)
    texts, _ = write(model, encoder, continuations(encoder, 250), settings, None)
    written = [encoder.decode(tokens) for tokens in texts]
    print("context  share  key   world's false alarms  model's   over 1 %")
    for n_context in (1, 2):
        for share in (0.25, 0.5):
            for key in ("bench", "glassbox", "third"):
                mark = Watermark(key=key, share=share, n_context=n_context)
                p = [[detect(text, encoder, mark).p_value for text in some]
                     for some in (told, written)]  # fmt: skip
                alarms = [sum(each < ALARM for each in some) for some in p]
                loose = sum(each < 0.01 for some in p for each in some) / 500
                print(f"{n_context:7} {share:6} {key:9} {alarms[0]:3} of {len(told)}"
                      f" {alarms[1]:9} of {len(written)} {loose:9.1%}", flush=True)  # fmt: skip


def bench_json(model: Transformer, encoder: Encoder) -> None:
    is_tuned = len(sys.argv) > 3
    for name, schema in SCHEMAS.items():
        text = json.dumps(schema, ensure_ascii=False)
        for temperature in (0.5, 1.0):
            rates = []
            for held in (None, text):
                settings = SamplingSettings(temperature=temperature, max_tokens=80, constraint=held)
                question = f"{QUESTION} (JSON)"
                start = (
                    question_tokens(encoder, question)
                    if is_tuned
                    else [0, *encoder.encode(chat_prompt(question, "de"))]
                )
                drawn, _ = write(model, encoder, [start] * 50, settings, encoder.end_id)
                strings = [encoder.decode(tokens).strip() for tokens in drawn]
                if held is None:
                    print(f"    free: {strings[0][:90]!r}", flush=True)
                for repair in (False, True) if held is None else (False,):
                    rates.append(
                        sum(read_json(each, text, repair=repair).is_valid for each in strings)
                    )
            low = share_interval(rates[-1], 50)[0]
            print(f"{name:9} T={temperature} of 50 valid: free {rates[0]}, repaired {rates[1]},"
                  f" constrained {rates[2]} (95 %: from {low:.0%})", flush=True)  # fmt: skip
            print("   ", strings[0][:100])


if __name__ == "__main__":
    torch.set_num_threads(1)
    which = sys.argv[1] if len(sys.argv) > 1 else "all"
    model, encoder = house()
    for name, bench in (
        ("json", bench_json), ("watermark", bench_watermark), ("false", bench_false)
    ):  # fmt: skip
        if which in (name, "all"):
            bench(model, encoder)

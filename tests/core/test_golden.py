"""What a recipe promises: the same settings still give what they gave, program by program.

A recipe holds CODE_VERSION in place of the code itself. So each program has a golden result here:
once it changes, artefacts of the old code must not be taken for those of the new one any more.
Raise CODE_VERSION in core/lineage.py, then record the new results:

    python tests/core/test_golden.py

Hashes, tokens and counts must be equal; losses nearly so, since processors differ in their last
bits.
"""

import hashlib
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import torch

from core.alignment.aligning.dpo_program import DpoProgram
from core.alignment.aligning.grpo_program import GrpoProgram
from core.alignment.pictures.dpo_program import PictureDpoProgram
from core.alignment.pictures.preferring import PicturePair, PicturePreference
from core.alignment.pictures.preferring import to_bytes as picture_preferences_bytes
from core.alignment.pictures.tuning.examples import styled_examples
from core.alignment.pictures.tuning.program import PictureTuningProgram
from core.alignment.preferring.preferences import Preference
from core.alignment.preferring.preferences import to_bytes as preferences_bytes
from core.alignment.preferring.reward_program import RewardProgram
from core.alignment.text.examples import Example
from core.alignment.text.examples import to_bytes as examples_bytes
from core.alignment.tuning.fine_tuning import FineTuningProgram
from core.architecture.config import ModelConfig
from core.architecture.pictures import Denoiser, DenoiserConfig, denoiser_bytes
from core.architecture.transformer import Transformer
from core.architecture.weights import checkpoint_bytes
from core.data.dataset import build_dataset
from core.data.pictures import Item, PictureSettings, beside, paint
from core.data.pictures.collecting.archive import order_bytes
from core.data.pictures.collecting.archive import to_bytes as corpus_bytes
from core.data.pictures.wording.vocabulary import CaptionEncoder
from core.data.splitting import Split
from core.data.text.bpe import Encoder, train_bpe
from core.data.text.documents import Document
from core.data.world import WorldSettings
from core.inference.generate import generate
from core.inference.sampling import SamplingSettings
from core.jobs.preparing import Made, Order, make
from core.jobs.programs import PROGRAMS
from core.limits.bias.pairs import PairsProgram
from core.limits.bias.roles import LANES, RolesProgram
from core.limits.byheart.memorising import MemorisingProgram
from core.limits.families.program import FamiliesProgram
from core.limits.grounding.program import GroundingProgram
from core.limits.often.telling import TellingProgram
from core.limits.often.wordings import WordingsProgram
from core.limits.reversal import ReversalProgram
from core.limits.rule.adding import AddingProgram
from core.limits.rule.grokking import GrokkingProgram
from core.limits.slope.emergence import SizesProgram
from core.lineage import CODE_VERSION
from core.training.pictures.program import PictureTrainingProgram
from core.training.text.ablation import AblationProgram, EncodingsProgram, left_out
from core.training.text.program import TrainingProgram

GOLDEN = Path(__file__).with_name("golden.json")
RELATIVE, ABSOLUTE = 2e-3, 2e-4  # of a loss after a few steps; other code moves it by far more

WORLD = WorldSettings(
    n_documents=120,
    seed=3,
    duplicate_share=0.1,
    noise_share=0.2,
    private_share=0.2,
    boilerplate_share=0.2,
)
TEXT = "Where is the bakery? Gladly. Over there. Wo ist Mia? Mia wohnt in der Mühle. " * 4
EXAM = {"n_held_out": 3, "langs": ["en"], "max_tokens": 8, "evaluate_every": 3}


@cache
def prepared() -> Made:
    return make(Order(world=WORLD, n_vocab=400))


@cache
def encoder() -> Encoder:
    return train_bpe([TEXT], 300)


@cache
def model() -> Transformer:
    """Two layers with random weights; a new model would be the identity."""
    config = ModelConfig(
        n_vocab=encoder().n_vocab,
        n_context=64,
        n_layers=2,
        n_heads=2,
        n_kv_heads=2,
        n_channels=32,
        n_hidden=64,
    )
    generator, made = torch.Generator().manual_seed(7), Transformer(config, seed=3)
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.add_(torch.randn(parameter.shape, generator=generator) * 0.1)
    return made.eval()


def inputs() -> dict[str, bytes]:
    clicks = [
        Preference(f"Where is {n}?", *pair, choice, "en")
        for n in range(6)
        for pair, choice in [
            (("Gladly. Over there.", "There."), "a") if n % 2 else (("There.", "Gladly."), "b")
        ]
    ]
    own = [Example(f"{n}+1?", str(n + 1), "und", "own") for n in range(8)]
    return {
        "model": checkpoint_bytes(model()),
        "encoder": encoder().to_bytes(),
        "preferences": preferences_bytes(clicks),
        "examples": examples_bytes(own),
        "dataset": make_dataset(),
    }


@cache
def make_dataset() -> bytes:
    texts = [Document(TEXT * 2, "en", "story", "test") for _ in range(4)]
    return build_dataset(Split(texts, texts[:2]), encoder()).to_bytes()


def run(program: Any) -> dict[str, Any]:
    """Losses of the steps and what was measured at the end."""
    rows: list[dict[str, Any]] = []
    while not program.finished:
        rows += program.advance()
    steps = [row for row in rows if row["kind"] == "step"]
    losses = [row[name] for row in steps for name in ("loss_nats", "loss") if name in row]
    numbers = {
        name: number
        for name, number in program.numbers().items()
        if isinstance(number, int | float) and "second" not in name and not name.endswith("_s")
    }
    return {"losses": losses, "numbers": numbers}


def hashed(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def cleaning() -> dict[str, Any]:
    made = prepared()
    return {"corpus": hashed(made.corpus), "n_kept": made.numbers["n_kept"]}


def tokenizer() -> dict[str, Any]:
    return {"merges": hashed(prepared().encoder), "tokens": hashed(prepared().dataset)}


def small_design() -> ModelConfig:
    return ModelConfig(
        n_vocab=Encoder.from_bytes(prepared().encoder).n_vocab,
        n_context=32,
        n_layers=2,
        n_heads=2,
        n_kv_heads=2,
        n_channels=32,
        n_hidden=64,
    )


def pretraining_of(program: Any, design: ModelConfig) -> dict[str, Any]:
    given = {
        "design": json.dumps(design.to_dict()).encode(),
        "encoder": prepared().encoder,
        "dataset": prepared().dataset,
    }
    settings = {
        "n_steps": 6,
        "n_batch": 4,
        "evaluate_every": 6,
        "n_measured_sentences": 2,
        "n_sample_tokens": 5,
        "n_validation_sequences": 4,
        "precision": "float32",
        "seed": 2,
    }
    return run(program(given, settings))


def pretraining() -> dict[str, Any]:
    return pretraining_of(TrainingProgram, small_design())


def ablation() -> dict[str, Any]:
    """A model without residual connections, whose weights begin in another way."""
    return pretraining_of(AblationProgram, left_out(small_design(), "residual"))


def encodings() -> dict[str, Any]:
    return pretraining_of(EncodingsProgram, replace(small_design(), positions="alibi"))


def reversal() -> dict[str, Any]:
    settings = {"n_people": 6, "n_seeds": 1, "n_steps_each": 3, "n_batch": 4, "n_channels": 16}
    return run(ReversalProgram({}, settings, None))


def telling() -> dict[str, Any]:
    settings = {"n_people": 8, "n_answers": 4, "n_drawn": 20, "n_seeds": 1, "n_steps_each": 4,
                "n_batch": 4, "n_channels": 16}  # fmt: skip
    return run(TellingProgram({}, settings, None))


def wordings() -> dict[str, Any]:
    settings = {"n_people": 8, "n_answers": 4, "n_steps_each": 3, "n_batch": 4, "n_channels": 16}
    return run(WordingsProgram({}, settings, None))


def roles() -> dict[str, Any]:
    """One model of every lane, so that each treatment's texts are read."""
    settings = {"lang": "de", "skews": [0.8], "lanes": [*LANES], "n_seeds": 1, "n_people": 10,
                "n_steps_each": 3, "n_batch": 4, "n_channels": 16, "n_stories": 1}  # fmt: skip
    return run(RolesProgram({}, settings, None))


def pairs() -> dict[str, Any]:
    settings = {"roles": ["pilot", "baker"], "shares": [0.3, 0.9], "n_seeds": 1, "n_steps_each": 3}
    return run(PairsProgram({}, settings, None))


def families() -> dict[str, Any]:
    """A recurrent network and a transformer on the same batches, after the n-grams are counted."""
    given = {"corpus": prepared().corpus, "encoder": prepared().encoder}
    settings = {
        "n_documents": 40,
        "n_steps_each": 3,
        "n_batch": 2,
        "n_context": 16,
        "recurrent_channels": 16,
        "n_channels": 32,
        "n_layers": 1,
    }
    return run(FamiliesProgram(given, settings))


def grounding() -> dict[str, Any]:
    """Reading lessons are long: a model with room for them."""
    roomy = Transformer(replace(model().config, n_context=400), seed=3)
    given = {"model": checkpoint_bytes(roomy), "encoder": encoder().to_bytes()}
    settings = {"world": {"n_documents": 100}, "n_steps": 4, "n_batch": 2, "n_lessons": 20,
                "ways": []}  # fmt: skip
    return run(GroundingProgram(given, settings))


def memorising() -> dict[str, Any]:
    settings = {"n_seeds": 1, "n_each": 1, "n_steps_each": 8, "n_batch": 4, "n_channels": 16}
    return run(MemorisingProgram({}, settings, None))


def sizes() -> dict[str, Any]:
    settings = {"channels": [8, 12], "n_steps_each": 3, "n_batch": 4, "n_asked": 5}
    return run(SizesProgram({}, settings, None))


def next_size() -> dict[str, Any]:
    settings = {"channels": [16], "n_steps_each": 6, "n_batch": 4, "n_asked": 5, "n_before": 2}
    return run(SizesProgram({}, settings, None))


def adding() -> dict[str, Any]:
    settings = {"n_sums": 40, "n_asked": 5, "n_steps_each": 3, "n_batch": 4, "n_channels": 16}
    return run(AddingProgram({}, settings, None))


def grokking() -> dict[str, Any]:
    settings = {"modulus": 7, "n_steps_each": 3, "n_batch": 4, "n_channels": 16}
    return run(GrokkingProgram({}, settings, None))


def fine_tuning() -> dict[str, Any]:
    settings = {"n_steps": 6, "n_batch": 4, "evaluate_every": 6, "subject": "own"}
    return run(FineTuningProgram(inputs(), settings, None))


def reward() -> dict[str, Any]:
    return run(RewardProgram(inputs(), {"n_steps": 4, "n_batch": 2, "evaluate_every": 2}, None))


def dpo() -> dict[str, Any]:
    return run(DpoProgram(inputs(), {**EXAM, "n_steps": 3, "n_batch": 2}, None))


def grpo() -> dict[str, Any]:
    """Rewarded by a model that reads question and answer: other questions, other rewards."""
    judge = RewardProgram(inputs(), {"n_steps": 4, "n_batch": 2, "evaluate_every": 4}, None)
    while not judge.finished:
        judge.advance()
    settings = {
        **EXAM,
        "n_steps": 3,
        "n_groups": 2,
        "n_each": 3,
        "learning_rate": 1e-3,
        "reward": "model",
    }
    program, steps = GrpoProgram({**inputs(), "reward": judge.result()}, settings, None), []
    while not program.finished:
        steps += [row for row in program.advance() if row["kind"] == "step"]
    told = ("loss", "reward", "reward_spread", "kl", "length")
    return {**run(program), "steps": [[row[name] for name in told] for row in steps]}


def sampling() -> dict[str, Any]:
    schema = json.dumps({"type": "object", "properties": {"n": {"type": "integer"}},
                         "required": ["n"], "additionalProperties": False})  # fmt: skip
    prompt = encoder().encode("Where is Mia?")
    found = {}
    for name, settings in {
        "greedy": SamplingSettings(temperature=0, max_tokens=12),
        "filtered": SamplingSettings(temperature=0.8, top_k=40, top_p=0.9, seed=5, max_tokens=12),
        "schema": SamplingSettings(seed=5, max_tokens=40, constraint=schema),
    }.items():
        drawn = list(generate(model(), prompt, settings, encoder().end_id, encoder()))
        found[name] = [each.token for each in drawn]
    return found


@cache
def denoiser() -> tuple[Denoiser, CaptionEncoder]:
    """One block with random weights; a new denoiser answers 0 whatever it is asked."""
    words = CaptionEncoder.of_the_book()
    config = DenoiserConfig(
        n_words=words.n_words, n_caption=20, n_channels=16, n_heads=2, n_blocks=1, n_hidden=16
    )
    generator, made = torch.Generator().manual_seed(7), Denoiser(config, seed=3)
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.add_(torch.randn(parameter.shape, generator=generator) * 0.05)
    return made.eval(), words


def denoising() -> dict[str, Any]:
    plan, words = denoiser()[0].config, denoiser()[1]
    given = {
        "design": json.dumps(plan.to_dict()).encode(),
        "encoder": words.to_bytes(),
        "corpus": order_bytes(PictureSettings(n_pictures=20, seed=3)),
    }
    settings = {"n_steps": 5, "n_batch": 4, "n_judged": 4, "n_draw_steps": 2, "seed": 2}
    return run(PictureTrainingProgram(given, settings))


def picture_dpo() -> dict[str, Any]:
    """Of the same two things by day and by night, night is preferred."""
    said = []
    for k, colour in enumerate(("blue", "green", "violet")):
        pages = [
            paint(beside(Item("boat", "red"), Item("house", colour), night), 32)
            for night in (False, True)
        ]
        caption = f"on the left a red boat, on the right a {colour} house"
        pair = PicturePair(caption, "en", "sky", pages[0], pages[1], k, k + 1)
        said.append(PicturePreference(pair, "b"))
    given = {
        "model": denoiser_bytes(denoiser()[0], {"objective": "velocity"}, "float32"),
        "encoder": denoiser()[1].to_bytes(),
        "preferences": picture_preferences_bytes(said),
    }
    settings = {"n_steps": 3, "n_batch": 2, "n_held_out": 4, "n_plain": 4, "n_draw_steps": 2}
    return run(PictureDpoProgram(given, settings))


def picture_tuning() -> dict[str, Any]:
    """A style with a word of its own: adapters, the word's row, and pages of the book beside."""
    given = {
        "model": denoiser_bytes(denoiser()[0], {"objective": "velocity"}, "float32"),
        "encoder": denoiser()[1].to_bytes(),
        "examples": corpus_bytes(styled_examples("sepia", 32, 3, 6)),
    }
    settings = {"rank": 2, "n_steps": 3, "n_batch": 2, "n_plain": 2, "n_held_out": 4,
                "n_draw_steps": 2}  # fmt: skip
    return run(PictureTuningProgram(given, settings))


RESULTS: dict[str, Callable[[], dict[str, Any]]] = {
    "cleaning": cleaning,
    "tokenizer": tokenizer,
    "pretraining": pretraining,
    "ablation": ablation,
    "encodings": encodings,
    "reversal": reversal,
    "telling": telling,
    "wordings": wordings,
    "roles": roles,
    "pairs": pairs,
    "families": families,
    "memorising": memorising,
    "sizes": sizes,
    "next_size": next_size,
    "adding": adding,
    "grokking": grokking,
    "grounding": grounding,
    "fine_tuning": fine_tuning,
    "reward": reward,
    "dpo": dpo,
    "grpo": grpo,
    "denoising": denoising,
    "picture_dpo": picture_dpo,
    "picture_tuning": picture_tuning,
    "sampling": sampling,
}


def differences(golden: Any, found: Any, path: str = "") -> Iterator[str]:
    """Where two results differ by more than processors do."""
    if isinstance(golden, Mapping) and isinstance(found, Mapping):
        for name in sorted({*golden, *found}):
            yield from differences(golden.get(name), found.get(name), f"{path}.{name}")
    elif isinstance(golden, list) and isinstance(found, list) and len(golden) == len(found):
        for place, pair in enumerate(zip(golden, found, strict=True)):
            yield from differences(*pair, f"{path}[{place}]")
    elif isinstance(golden, float) and isinstance(found, float):
        if found != pytest.approx(golden, rel=RELATIVE, abs=ABSOLUTE):
            yield f"{path}: {found}, was {golden}"
    elif golden != found:
        yield f"{path}: {found}, was {golden}"


def result_of(name: str) -> dict[str, Any]:
    """What a program gives, in float32 also where the processor could multiply in bfloat16."""
    with patch.object(torch.cpu, "get_capabilities", return_value={}):
        return RESULTS[name]()


def recorded() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(GOLDEN.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("name", RESULTS)
def test_the_same_settings_still_give_what_they_gave(name):
    changed = list(differences(recorded()["results"][name], result_of(name), name))
    assert not changed, (
        "Results have changed: raise CODE_VERSION in core/lineage.py, then run "
        "`python tests/core/test_golden.py`.\n" + "\n".join(changed)
    )


def test_the_golden_results_are_those_of_this_code_version():
    assert recorded()["code_version"] == CODE_VERSION, (
        "CODE_VERSION was raised: record the results with `python tests/core/test_golden.py`"
    )


def test_every_program_of_the_engine_has_a_golden_result():
    assert set(PROGRAMS) <= set(RESULTS)


def test_a_change_beyond_the_last_bits_is_found_and_one_within_is_not():
    golden = {"losses": [5.0, 4.5], "n": 3, "tokens": [1, 2]}
    assert not list(differences(golden, {**golden, "losses": [5.0001, 4.5]}))
    for changed in ({"losses": [5.02, 4.5]}, {"n": 4}, {"tokens": [1, 3]}, {"losses": [5.0]}):
        assert list(differences(golden, {**golden, **changed}))


def test_recording_other_results_asks_for_another_code_version(tmp_path):
    golden = {"code_version": CODE_VERSION, "results": {"x": {"n": 1}}}
    with pytest.raises(SystemExit, match="raise CODE_VERSION"):
        check_version(golden, {"x": {"n": 2}})
    check_version(golden, {"x": {"n": 1}, "new": {"n": 2}})
    check_version({**golden, "code_version": "earlier"}, {"x": {"n": 2}})


def check_version(golden: Mapping[str, Any], results: Mapping[str, Any]) -> None:
    """Refuse to replace results by others under the same version."""
    known = {name: results.get(name) for name in golden["results"]}
    changed = list(differences(golden["results"], known))
    if changed and golden["code_version"] == CODE_VERSION:
        sys.exit("raise CODE_VERSION in core/lineage.py first:\n" + "\n".join(changed))


def record() -> None:
    """Write what every program gives now."""
    torch.set_num_threads(1)
    results = {name: result_of(name) for name in RESULTS}
    if GOLDEN.exists():
        check_version(recorded(), results)
    written = {"code_version": CODE_VERSION, "results": results}
    GOLDEN.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    record()

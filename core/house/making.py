"""A chain made from its recipe: texts, encoder, dataset, training, and its weights measured.

What is measured is measured on the very bytes that are written, read back at their precision.
"""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Final

from core.architecture.transformer import Transformer
from core.architecture.weights import checkpoint_bytes, read_checkpoint
from core.data.dataset import Dataset
from core.data.text.bpe import Encoder
from core.data.text.prepare import Prepared, prepare
from core.data.world import PROMPTS, tell
from core.house.files import Folder
from core.house.recipe import Branches, Recipe
from core.inference.generate import generate
from core.inference.sampling import SamplingSettings
from core.lineage import canonical_json, content_id
from core.training.averaging import branch, mean_of
from core.training.text.evaluation import (
    WorldJudge,
    documents_of,
    draw_texts,
    mean_loss,
    validation_sequences,
)
from core.training.text.next_token import trainer_of

SAMPLE_SEED: Final = 7
N_SAMPLE_TOKENS: Final = 80
N_VALIDATION_SEQUENCES: Final = 256
REPORT_EVERY: Final = 100  # steps between two lines on the screen

Say = Callable[[str], None]
Record = dict[str, Any]


@dataclass(frozen=True)
class Chain:
    """What one recipe has yielded."""

    name: str
    recipe: Recipe
    prepared: Prepared
    record: Record  # files, ids and figures, as JSON holds them


@dataclass(frozen=True)
class Learned:
    """What a model learned from."""

    encoder: Encoder
    dataset: Dataset


def learned_from(folder: Folder, record: Record) -> Learned:
    """What a chain's model learned from, read from its files."""
    return Learned(
        Encoder.from_bytes(folder.read(record["encoder"]["file"])),
        Dataset.from_bytes(folder.read(record["dataset"]["file"])),
    )


def make_chain(folder: Folder, name: str, recipe: Recipe, say: Say) -> Chain:
    """Make one chain and write its files.

    Args:
        folder: where the files go.
        name: of the chain; the files' names begin with it.
        recipe: all settings.
        say: is told what is under way.
    """
    say(f"{name}: telling {recipe.world.n_documents} documents")
    prepared = prepare(
        tell(recipe.world),
        recipe.cleaning,
        n_vocab=recipe.n_vocab,
        validation_share=recipe.validation_share,
        seed=recipe.training.seed,
    )
    config = recipe.design(prepared.encoder.n_vocab)
    model = Transformer(config, seed=recipe.training.seed)
    record: Record = {
        "data_settings": recipe.data_settings(),
        "training_settings": recipe.training_settings(),
        "n_vocab": recipe.n_vocab,
        "config": config.to_dict(),
        "n_parameters": model.n_parameters,
        "data_numbers": prepared.numbers,
        "corpus": _packed(folder, f"{name}-corpus.jsonl.xz", prepared.corpus.to_bytes()),
        "encoder": _packed(folder, f"{name}-encoder.json.xz", prepared.encoder.to_bytes()),
        "dataset": _packed(folder, f"{name}-dataset.safetensors.xz", prepared.dataset.to_bytes()),
        "design": _packed(folder, f"{name}-design.json.xz", canonical_json(config.to_dict())),
    }
    say(f"{name}: training {model.n_parameters:,} parameters")
    record["checkpoints"] = train_and_keep(folder, name, recipe, prepared, model, say)
    return Chain(name, recipe, prepared, record)


def _packed(folder: Folder, name: str, data: bytes) -> Record:
    return {"file": folder.write_packed(name, data), "id": content_id(data)}


def train_and_keep(
    folder: Folder, name: str, recipe: Recipe, prepared: Prepared, model: Transformer, say: Say
) -> list[Record]:
    """Train; at every step to keep, write the weights, read them back and measure them."""
    trainer = trainer_of(model, prepared.dataset, recipe.training)
    learned = Learned(prepared.encoder, prepared.dataset)
    judge = WorldJudge(recipe.world, documents_of(learned.dataset, learned.encoder))
    kept: list[Record] = []
    seconds = 0.0
    while True:
        if trainer.finished:
            about = {"step": trainer.step, "chain": name}
            data = checkpoint_bytes(model, about, "float16")
            return [*kept, keep_last(folder, name, recipe, learned, data, seconds, say)]
        if trainer.step in recipe.kept_steps:
            data = checkpoint_bytes(model, {"step": trainer.step, "chain": name}, "int8")
            found = measured(data, learned, judge, recipe.n_judged)
            found |= {"step": trainer.step, "training_seconds": round(seconds, 3)}
            found |= {"n_tokens": trainer.step * recipe.training.n_batch * recipe.n_context}
            found["file"] = folder.write(f"{name}-{trainer.step:05d}.safetensors", data)
            kept.append(found)
            say(f"{name}: step {trainer.step}: {in_one_line(found)}")
        report = trainer.advance()
        seconds += report.seconds
        if report.step % REPORT_EVERY == 0:
            say(
                f"{name}: step {report.step} of {recipe.training.n_steps}, "
                f"{report.loss:.3f} nats per token, {report.read_per_s:,.0f} tokens/s"
            )


def keep_last(
    folder: Folder,
    name: str,
    recipe: Recipe,
    learned: Learned,
    data: bytes,
    seconds: float,
    say: Say,
) -> Record:
    """Write and measure what all else builds on: the finished model, or the mean of it and its
    branches.

    Args:
        folder: where the file goes.
        name: of the chain.
        recipe: all settings.
        learned: what the model learned from.
        data: the model after its last step, as a checkpoint.
        seconds: of training so far.
        say: is told what is under way.
    """
    step = recipe.training.n_steps
    about: Record = {}
    if recipe.branches is not None:
        begin = time.perf_counter()
        step += recipe.branches.n * recipe.branches.training.n_steps
        mean = mean_with_branches(data, name, recipe.branches, learned.dataset, say)
        data = checkpoint_bytes(mean, {"step": step, "chain": name}, "float16")
        seconds += time.perf_counter() - begin
        about["branches"] = recipe.branches.to_dict()
    judge = WorldJudge(recipe.world, documents_of(learned.dataset, learned.encoder))
    found = measured(data, learned, judge, recipe.n_judged_last) | about
    found |= {"step": step, "training_seconds": round(seconds, 3)}
    found |= {"n_tokens": step * recipe.training.n_batch * recipe.n_context}
    found["file"] = folder.write(f"{name}-{step:05d}.safetensors", data)
    say(f"{name}: step {step}: {in_one_line(found)}")
    return found


def mean_with_branches(
    data: bytes, name: str, branches: Branches, dataset: Dataset, say: Say
) -> Transformer:
    """The mean of a model, as its checkpoint has it, and of its branches."""
    model, _ = read_checkpoint(data)
    grown = [model]
    for settings in branches.seeded():
        say(f"{name}: branch {settings.seed} of {branches.n}, {settings.n_steps} steps")
        grown.append(branch(model, dataset, settings))
    return mean_of(grown)


def measured(data: bytes, learned: Learned, judge: WorldJudge, n_sentences: int) -> Record:
    """What a checkpoint's bytes are worth, at the precision they have.

    Args:
        data: the checkpoint.
        learned: what it learned from.
        judge: of its sentences.
        n_sentences: sentences to judge, drawn at temperature 1 without filters.
    """
    model, metadata = read_checkpoint(data)
    sequences = validation_sequences(
        learned.dataset, N_VALIDATION_SEQUENCES, model.config.n_context
    )
    loss_nats = mean_loss(model, sequences)
    written = judge.judge(draw_texts(model, learned.encoder, SAMPLE_SEED), n_sentences)
    return {
        "id": content_id(data),
        "n_bytes": len(data),
        "precision": metadata["precision"],
        "numbers": {
            "validation_loss_nats": loss_nats,
            "validation_bits_per_byte": learned.dataset.bits_per_byte(loss_nats, "validation"),
            **asdict(written),
        },
        "continuations": {
            lang: {prompt: continuation(model, learned.encoder, prompt) for prompt in PROMPTS[lang]}
            for lang in judge.languages
        },
    }


def continuation(model: Transformer, encoder: Encoder, prompt: str) -> str:
    """What the model writes after a prompt; temperature 1, no filters, always the same draws."""
    tokens = [encoder.end_id, *encoder.encode(prompt)]
    settings = SamplingSettings(seed=SAMPLE_SEED, max_tokens=N_SAMPLE_TOKENS)
    drawn = generate(model, tokens, settings, encoder.end_id)
    return encoder.decode(one.token for one in drawn)


def in_one_line(found: Record) -> str:
    """The figures of one checkpoint for the screen."""
    numbers = found["numbers"]
    return (
        f"{numbers['validation_bits_per_byte']:.4f} bits per byte, "
        f"{numbers['grammatical_share']:.1%} grammatical, "
        f"{numbers['true_share']:.1%} of {numbers['n_checkable']} checkable sentences true, "
        f"{numbers['verbatim_share']:.1%} verbatim ({found['precision']})"
    )

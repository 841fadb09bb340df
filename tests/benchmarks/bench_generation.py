"""How fast our model generates: against `transformers.generate`, and with many texts in parallel.

    python tests/benchmarks/bench_generation.py [--threads 1] [--rounds 9]
        [--only default shipped smollm2 batch]

One process, same weights, cache and filters on both sides; the two take turns, so that other load
on the machine affects both. Times are CPU seconds, which other programs cannot distort; with more
than one thread they are seconds on the clock. Prints the median and range over the rounds. Needs
the extra `test`.

    default    the default plan's shape, in their GPT-2 and their Llama, float32 on both sides
    shipped    the example model against a Llama of the same shape in `transformers`
    smollm2    SmolLM2-135M in every precision of ours against `transformers` in float32, and what
               each costs in loss on English of the small town
    batch      many texts in parallel, ours alone
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch
import transformers

from core.architecture.config import ModelConfig
from core.architecture.sizes import DEFAULT_SIZE, n_parameters, size_of
from core.architecture.text.pretrained import load_pretrained
from core.architecture.text.smollm2 import COMMAND, smollm2_file
from core.architecture.transformer import Transformer
from core.architecture.weights import read_checkpoint
from core.data.text.published import load_encoder
from core.data.world import WorldSettings, tell
from core.house.files import SHIPPED, Folder
from core.inference.batching import ContinuousBatch
from core.inference.generate import generate
from core.inference.packed import PRECISIONS, in_precision, weight_bytes
from core.inference.sampling import SamplingSettings
from core.inference.surprise import token_losses

N_VOCAB = 1024
N_TOKENS = 100
N_TOKENS_LARGE = 24
N_ROUNDS = 9
PROMPT = [5, 6, 7, 8]
FILTERS = {
    "greedy": {"temperature": 0.0},
    "drawn": {"temperature": 0.8, "top_k": 40, "top_p": 0.95},
}


def theirs_of(family: str, config: ModelConfig, tied: bool = False) -> transformers.PreTrainedModel:
    """Their model with the shape of one of ours."""
    shared = {
        "vocab_size": config.n_vocab,
        "bos_token_id": None,
        "eos_token_id": None,
        "pad_token_id": 0,
    }
    if family == "gpt2":
        return transformers.GPT2LMHeadModel(
            transformers.GPT2Config(
                **shared,
                n_positions=config.n_context,
                n_embd=config.n_channels,
                n_layer=config.n_layers,
                n_head=config.n_heads,
            )
        ).eval()
    return transformers.LlamaForCausalLM(
        transformers.LlamaConfig(
            **shared,
            tie_word_embeddings=tied,
            max_position_embeddings=config.n_context,
            hidden_size=config.n_channels,
            intermediate_size=config.n_hidden,
            num_hidden_layers=config.n_layers,
            num_attention_heads=config.n_heads,
        )
    ).eval()


def tokens_per_s(write: Callable[[], int]) -> float:
    """Tokens per second of one call that generates and returns how many."""
    clock = time.process_time if torch.get_num_threads() == 1 else time.perf_counter
    start = clock()
    n_tokens = write()
    return n_tokens / (clock() - start)


def compare(family: str, name: str, config: ModelConfig) -> None:
    """Both sides in alternation, on the same weights."""
    filters = FILTERS[name]
    theirs = theirs_of(family, config)
    with tempfile.TemporaryDirectory() as folder:
        theirs.save_pretrained(folder)
        ours = load_pretrained(Path(folder))
    settings = SamplingSettings(max_tokens=N_TOKENS, **filters)
    prompt = torch.tensor([PROMPT])
    drawn = (
        {"do_sample": False} if filters["temperature"] == 0.0 else {"do_sample": True, **filters}
    )

    def ours_writes() -> int:
        return len(list(generate(ours, PROMPT, settings)))

    def theirs_writes() -> int:
        written = theirs.generate(
            prompt,
            attention_mask=torch.ones_like(prompt),
            max_new_tokens=N_TOKENS,
            use_cache=True,
            **drawn,
        )
        return written.shape[1] - len(PROMPT)

    ours_writes(), theirs_writes()
    rounds = [(tokens_per_s(ours_writes), tokens_per_s(theirs_writes)) for _ in range(N_ROUNDS)]
    ratios = [our_rate / their_rate for our_rate, their_rate in rounds]
    print(
        f"{family:6} {name:7} ours {statistics.median(r[0] for r in rounds):6.0f} tokens/s, "
        f"theirs {statistics.median(r[1] for r in rounds):5.0f} tokens/s, "
        f"ratio {statistics.median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f}), "
        f"best against best {max(r[0] for r in rounds) / max(r[1] for r in rounds):.1f}"
    )


def side_by_side(n_texts: int, filters: dict[str, float]) -> float:
    """Our default model's tokens per second over all parallel texts, each with own settings."""
    batch = ContinuousBatch(Transformer(size_of(DEFAULT_SIZE, N_VOCAB)).eval(), n_texts)
    for seed in range(n_texts):
        settings = SamplingSettings(seed=seed, max_tokens=10_000, **filters)
        batch.join(PROMPT + list(range(seed)), settings)
    batch.step()
    return tokens_per_s(lambda: sum(len(batch.step()) for _ in range(N_TOKENS)))


def shipped(n_rounds: int) -> None:
    """The example model itself, against a model of the same shape on their side.

    Theirs knows neither squared ReLU nor our head norms, so it is their Llama with two matrices in
    place of our one before the nonlinearity: a third narrower inside, for as many weights.
    """
    chain = Folder(SHIPPED).record()["chains"]["base"]
    ours, _ = read_checkpoint(Folder(SHIPPED).read(chain["checkpoints"][-1]["file"]))
    shape = replace(ours.config, n_hidden=ours.config.n_hidden * 2 // 3)
    theirs = theirs_of("llama", shape, tied=True)
    prompt = torch.tensor([PROMPT])
    settings = SamplingSettings(max_tokens=N_TOKENS, temperature=0.0)

    def ours_writes() -> int:
        return len(list(generate(ours, PROMPT, settings)))

    def theirs_writes() -> int:
        return written_by(theirs, prompt, N_TOKENS)

    print(f"shipped {ours.n_parameters:,} against {theirs.num_parameters():,} weights:", end=" ")
    told([ours_writes], theirs_writes, [""], n_rounds)


def smollm2(n_loss: int, n_rounds: int) -> None:
    """SmolLM2 in every precision, against theirs in float32."""
    file = smollm2_file()
    if file is None:
        print(f"SmolLM2 is not installed: {COMMAND}")
        return
    encoder, whole = load_encoder(file), load_pretrained(file, 512)
    theirs = transformers.AutoModelForCausalLM.from_pretrained(
        str(file.parent), gguf_file=file.name, dtype=torch.float32
    ).eval()
    prompt = encoder.encode("The capital of France is")
    settings = SamplingSettings(max_tokens=N_TOKENS_LARGE, temperature=0.0)
    texts = tell(WorldSettings(german_share=0.0, seed=77, n_documents=200))
    held_out = [token for text in texts for token in [*encoder.encode(text.text), encoder.end_id]]
    held_out = held_out[:n_loss]
    models = {precision: in_precision(whole, precision) for precision in PRECISIONS}
    losses = {name: float(token_losses(one, held_out).mean()) for name, one in models.items()}
    for name, loss in losses.items():
        print(
            f"SmolLM2 {name:8} {weight_bytes(models[name]) / 1e6:5.0f} MB, loss {loss:.4f} nats a "
            f"token on {len(held_out):,} tokens ({100 * (loss / losses['float32'] - 1):+.2f} %)",
            flush=True,
        )

    def ours_writes(model: Transformer) -> Callable[[], int]:
        return lambda: len(list(generate(model, prompt, settings)))

    told(
        [ours_writes(model) for model in models.values()],
        lambda: written_by(theirs, torch.tensor([prompt]), N_TOKENS_LARGE),
        [f"SmolLM2 {name}" for name in models],
        n_rounds,
    )


def written_by(theirs: transformers.PreTrainedModel, prompt: torch.Tensor, n: int) -> int:
    """How many tokens theirs has written, greedily."""
    written = theirs.generate(
        prompt,
        attention_mask=torch.ones_like(prompt),
        max_new_tokens=n,
        use_cache=True,
        do_sample=False,
        eos_token_id=None,
    )
    return int(written.shape[1] - prompt.shape[1])


def told(
    ours: list[Callable[[], int]], theirs: Callable[[], int], names: list[str], n_rounds: int
) -> None:
    """Several of ours and theirs in turn; a line for each of ours."""
    for write in (*ours, theirs):
        write()
    rounds = [
        ([tokens_per_s(write) for write in ours], tokens_per_s(theirs)) for _ in range(n_rounds)
    ]
    their_rate = statistics.median(rate for _, rate in rounds)
    for place, name in enumerate(names):
        rates = [each[place] for each, _ in rounds]
        ratios = [rate / their for rate, (_, their) in zip(rates, rounds, strict=True)]
        print(
            f"{name} ours {statistics.median(rates):6.1f} tokens/s, theirs {their_rate:5.1f}, "
            f"ratio {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})",
            flush=True,
        )


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--loss", type=int, default=3_000, help="tokens of SmolLM2's loss")
    parts = ("default", "shipped", "smollm2", "batch")
    parser.add_argument("--only", nargs="*", choices=parts, default=parts)
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    print(f"{asked.threads} threads")
    if "default" in asked.only:
        for family in ("gpt2", "llama"):
            for name in FILTERS:
                compare(family, name, size_of(DEFAULT_SIZE, N_VOCAB))
    if "shipped" in asked.only:
        shipped(asked.rounds)
    if "smollm2" in asked.only:
        smollm2(asked.loss, asked.rounds)
    if "batch" in asked.only:
        in_batches()


def in_batches() -> None:
    """Many texts side by side, ours alone."""
    print(f"our default, {n_parameters(size_of(DEFAULT_SIZE, N_VOCAB)):,} parameters:")
    for n_texts in (1, 8, 30):
        for name, filters in (("plain", {}), ("drawn", FILTERS["drawn"])):
            rates = [side_by_side(n_texts, filters) for _ in range(N_ROUNDS)]
            together = statistics.median(rates)
            print(
                f"batch {n_texts:2} {name:6} {together:6.0f} tokens/s together "
                f"({min(rates):.0f} to {max(rates):.0f}), {together / n_texts:5.0f} each"
            )


if __name__ == "__main__":
    main()

"""How fast our model generates: against `transformers.generate`, and with many texts in parallel.

    OMP_NUM_THREADS=1 python tests/benchmarks/bench_generation.py

One process, one thread, same weights, dtype, cache and filters on both sides; the two take turns,
so that other load on the machine affects both. Times are CPU seconds, which other programs cannot
distort. Prints the median and range over the rounds. Needs the extra `test`.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch
import transformers

from core.architecture.sizes import DEFAULT_SIZE, n_parameters, size_of
from core.architecture.text.pretrained import load_pretrained
from core.architecture.transformer import Transformer
from core.inference.batching import ContinuousBatch
from core.inference.generate import generate
from core.inference.sampling import SamplingSettings

N_VOCAB = 1024
N_TOKENS = 100
N_ROUNDS = 9
PROMPT = [5, 6, 7, 8]
FILTERS = {
    "greedy": {"temperature": 0.0},
    "drawn": {"temperature": 0.8, "top_k": 40, "top_p": 0.95},
}


def theirs_of(family: str) -> transformers.PreTrainedModel:
    """Their model with the shape of our default size."""
    config = size_of(DEFAULT_SIZE, N_VOCAB)
    shared = {
        "vocab_size": N_VOCAB,
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
            max_position_embeddings=config.n_context,
            hidden_size=config.n_channels,
            intermediate_size=config.n_hidden,
            num_hidden_layers=config.n_layers,
            num_attention_heads=config.n_heads,
        )
    ).eval()


def tokens_per_s(write: Callable[[], int]) -> float:
    """Tokens per second of one call that generates and returns how many."""
    start = time.process_time()
    n_tokens = write()
    return n_tokens / (time.process_time() - start)


def compare(family: str, name: str) -> None:
    """Both sides in alternation, on the same weights."""
    filters = FILTERS[name]
    theirs = theirs_of(family)
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


def main() -> None:
    """Print everything."""
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    for family in ("gpt2", "llama"):
        for name in FILTERS:
            compare(family, name)
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

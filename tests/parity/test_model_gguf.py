"""Models read from GGUF files that llama.cpp's own library wrote, against the models they hold."""

import gguf
import numpy as np
import pytest
import torch
import transformers

from core.architecture.text.on_disk import MODELS_VARIABLE, models_on_disk
from core.architecture.text.pretrained import load_pretrained, survey
from core.data.gguf_file import open_gguf
from core.data.text.published import LETTERS, load_encoder
from core.inference.generate import generate
from core.inference.sampling import SamplingSettings
from tests.gguf_files import (
    add_tokenizer,
    packed_at_random,
    packed_by_library,
    permuted,
    write_gguf,
)

END = "<|end|>"
SIZES = {"vocab_size": 60, "bos_token_id": 0, "eos_token_id": 0, "pad_token_id": 0}
LLAMA = SIZES | {
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 2,
    "num_attention_heads": 8,
    "num_key_value_heads": 2,
    "max_position_embeddings": 128,
}
LLAMA3 = {
    "rope_type": "llama3",
    "rope_theta": 500.0,
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 32,
}
LINEAR = {"rope_type": "linear", "rope_theta": 500.0, "factor": 2.5}
FAMILIES = {
    "gpt2": lambda: transformers.GPT2Config(
        **SIZES, n_positions=128, n_embd=64, n_layer=2, n_head=8
    ),
    "llama": lambda: transformers.LlamaConfig(**LLAMA),
    "smollm2": lambda: transformers.LlamaConfig(**LLAMA, tie_word_embeddings=True),
    "llama3": lambda: transformers.LlamaConfig(**LLAMA, rope_parameters=LLAMA3),
    "llama slower": lambda: transformers.LlamaConfig(**LLAMA, rope_parameters=LINEAR),
    "mistral": lambda: transformers.MistralConfig(**LLAMA, sliding_window=None),
    "qwen2": lambda: transformers.Qwen2Config(**LLAMA, tie_word_embeddings=True),
    "qwen3": lambda: transformers.Qwen3Config(**LLAMA, head_dim=12),
}
FORMATS = ["F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1"]


def theirs_of(family):
    return theirs_from(FAMILIES[family]())


def theirs_from(config):
    model = transformers.AutoModelForCausalLM.from_config(config).float()
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(0.05, 0.2, generator=generator)
    return model.eval()


def assert_close(ours, theirs):
    """Equal to 1e-5 of the largest value."""
    assert ours.shape == theirs.shape
    assert (ours - theirs).abs().max() <= 1e-5 * theirs.abs().max()


@pytest.mark.parametrize("family", FAMILIES)
def test_logits_and_greedy_writing_are_those_of_the_model_that_was_written(family, tmp_path):
    theirs = theirs_of(family)
    path = tmp_path / "model.gguf"
    write_gguf(path, theirs)
    ours = load_pretrained(path)
    assert ours.n_parameters == theirs.num_parameters() == survey(path).n_parameters
    tokens = torch.randint(60, (2, 128), generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        assert_close(ours(tokens), theirs(tokens).logits)
    settings = SamplingSettings(temperature=0.0, max_tokens=100)
    written = [drawn.token for drawn in generate(ours, [7, 8, 9], settings)]
    prompt = torch.tensor([[7, 8, 9]])
    mask = torch.ones_like(prompt)
    answer = theirs.generate(
        prompt, attention_mask=mask, do_sample=False, max_new_tokens=100, eos_token_id=None
    )
    assert written == answer[0, 3:].tolist()


@pytest.mark.parametrize("format", FORMATS)
def test_packed_numbers_are_restored_to_the_bit_as_their_library_restores_them(format, tmp_path):
    path = tmp_path / "model.gguf"
    write_gguf(path, theirs_of("qwen3"), packed_by_library(format))
    ours, theirs = open_gguf(path), gguf.GGUFReader(path)
    assert {tensor.name for tensor in theirs.tensors} == set(ours.tensors)
    for tensor in theirs.tensors:
        restored = gguf.dequantize(tensor.data, tensor.tensor_type)
        np.testing.assert_array_equal(ours.read(tensor.name), restored)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("family", ["gpt2", "llama"])
def test_a_packed_model_is_theirs_with_the_packed_weights(family, format, tmp_path):
    theirs, path = theirs_of(family), tmp_path / "model.gguf"
    packed = write_gguf(path, theirs, packed_by_library(format))
    load_packed(theirs, packed)
    tokens = torch.randint(60, (2, 40), generator=torch.Generator().manual_seed(1))
    assert format in survey(path).formats
    with torch.no_grad():
        assert_close(load_pretrained(path)(tokens), theirs(tokens).logits)


def load_packed(theirs, packed):
    """Give their model the weights that were written, as their library restores them."""
    weights, config = theirs.state_dict(), theirs.config
    for name, (stored, kind) in packed.items():
        restored = gguf.dequantize(stored, kind)
        if config.model_type == "llama" and "q_proj" in name:
            restored = unpermuted(restored, config.num_attention_heads)
        if config.model_type == "llama" and "k_proj" in name:
            restored = unpermuted(restored, config.num_key_value_heads)
        if config.model_type == "gpt2" and restored.ndim == 2 and ".h." in name:
            restored = restored.T
        weights[name] = torch.from_numpy(restored.copy())
    theirs.load_state_dict(weights)
    theirs.tie_weights()


def unpermuted(rows, n_heads):
    """The inverse of what the converter does, found by looking where it moves each row."""
    order = permuted(np.arange(len(rows)), n_heads)
    return rows[np.argsort(order)]


LARGE = SIZES | {  # every row is a multiple of 256
    "hidden_size": 256,
    "intermediate_size": 512,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 64,
}
MIXED = {
    "llama": lambda: transformers.LlamaConfig(**LARGE),
    "smollm2": lambda: transformers.LlamaConfig(**LARGE, tie_word_embeddings=True),
    "qwen2": lambda: transformers.Qwen2Config(**LARGE),
    "qwen2 tied": lambda: transformers.Qwen2Config(**LARGE, tie_word_embeddings=True),
    "qwen3": lambda: transformers.Qwen3Config(**LARGE, head_dim=128, tie_word_embeddings=True),
}
MIXES = {  # most matrices; values and the last of the feed-forward layer; the vocabulary's
    "Q2_K": ("Q2_K", "Q3_K", "Q6_K"),
    "Q3_K_M": ("Q3_K", "Q5_K", "Q6_K"),
    "Q4_K_M": ("Q4_K", "Q6_K", "Q6_K"),
    "Q5_K_M": ("Q5_K", "Q6_K", "Q6_K"),
    "IQ4_XS": ("IQ4_XS", "IQ4_NL", "Q8_0"),
}


def mixed(named):
    """How a file as people download it packs a tensor: what matters more in a better format."""
    most, better, vocabulary = MIXES[named]

    def format_of(name):
        if "embed_tokens" in name or "lm_head" in name:
            return vocabulary
        return better if "v_proj" in name or "down_proj" in name else most

    return packed_at_random(format_of, np.random.default_rng(0))


@pytest.mark.parametrize(
    ("family", "named"),
    [(family, "Q4_K_M") for family in MIXED]
    + [("llama", named) for named in MIXES if named != "Q4_K_M"],
)
def test_a_model_of_mixed_formats_is_theirs_with_the_restored_weights(family, named, tmp_path):
    theirs, path = theirs_from(MIXED[family]()), tmp_path / "model.gguf"
    load_packed(theirs, write_gguf(path, theirs, mixed(named)))
    told = survey(path)
    assert told.formats == tuple(sorted({"F32", *MIXES[named]}))
    assert told.memory_bytes["weights"] == 4 * theirs.num_parameters() > 3 * path.stat().st_size
    ours, tokens = load_pretrained(path), torch.arange(60).view(1, 60)
    with torch.no_grad():
        logits = theirs(tokens).logits
        assert logits.std() > 0.1
        assert_close(ours(tokens), logits)


def test_a_downloaded_file_in_the_folder_of_models_writes(tmp_path, monkeypatch):
    theirs = theirs_from(MIXED["smollm2"]())
    letters = [*sorted(LETTERS)[:58], "AB", END]
    packed = write_gguf(
        tmp_path / "Small-Q4_K_M.gguf",
        theirs,
        mixed("Q4_K_M"),
        lambda writer: add_tokenizer(
            writer, {letter: i for i, letter in enumerate(letters)}, [("A", "B")], "smollm"
        ),
    )
    load_packed(theirs, packed)
    monkeypatch.setenv(MODELS_VARIABLE, str(tmp_path))
    found = models_on_disk()[-1]
    assert found.name == "Small-Q4_K_M"
    model, encoder = load_pretrained(found.path, 32), load_encoder(found.path)
    tokens = encoder.encode("ABBA")
    assert [letters[token] for token in tokens] == ["AB", "B", "A"]
    settings = SamplingSettings(temperature=0.0, max_tokens=5)
    for drawn in generate(model, tokens, settings):
        with torch.no_grad():
            assert drawn.token == theirs(torch.tensor([tokens])).logits[0, -1].argmax()
        tokens = [*tokens, drawn.token]
    assert encoder.decode(tokens).startswith("ABBA") and len(tokens) == 8

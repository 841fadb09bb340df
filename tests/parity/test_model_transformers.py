"""Our transformer against the `transformers` library, with the same weights, family by family."""

import pytest
import torch
import transformers

from core.architecture.text.pretrained import load_pretrained
from core.architecture.transformer import Recording
from core.inference.generate import generate
from core.inference.sampling import SamplingSettings
from core.recheck import transformer as twin

SIZES = {
    "vocab_size": 60,
    "bos_token_id": 0,
    "eos_token_id": 0,
    "pad_token_id": 0,
}
LLAMA = SIZES | {
    "hidden_size": 48,
    "intermediate_size": 112,
    "num_hidden_layers": 3,
    "num_attention_heads": 6,
    "num_key_value_heads": 2,
    "max_position_embeddings": 32,
}


def theirs_of(family):
    """A small model built by them, with every weight random, gains and biases included."""
    if family == "gpt2":
        config = transformers.GPT2Config(
            **SIZES, n_positions=32, n_embd=48, n_layer=3, n_head=6, attn_implementation="eager"
        )
        model = transformers.GPT2LMHeadModel(config)
    elif family == "llama":
        config = transformers.LlamaConfig(**LLAMA, attn_implementation="eager")
        model = transformers.LlamaForCausalLM(config)
    else:
        config = transformers.Qwen3Config(**LLAMA, head_dim=8, attn_implementation="eager")
        model = transformers.Qwen3ForCausalLM(config)
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(0.05, 0.2, generator=generator)
    return model.eval()


@pytest.fixture(params=["gpt2", "llama", "qwen3"])
def pair(request, tmp_path):
    theirs = theirs_of(request.param)
    theirs.save_pretrained(tmp_path)
    return load_pretrained(tmp_path), theirs


def assert_close(ours, theirs):
    """Equal to 1e-5 of the largest value."""
    assert ours.shape == theirs.shape
    assert (ours - theirs).abs().max() <= 1e-5 * theirs.abs().max()


@torch.no_grad()
def test_attention_hidden_states_and_logits_are_theirs(pair):
    ours, theirs = pair
    tokens = torch.randint(60, (2, 32), generator=torch.Generator().manual_seed(1))
    record = Recording()
    ours_logits = ours(tokens, record=record)
    answer = theirs(tokens, output_attentions=True, output_hidden_states=True)
    assert_close(ours_logits, answer.logits)
    assert_close(ours(tokens), answer.logits)
    for ours_weights, theirs_weights in zip(
        record.attention_weights, answer.attentions, strict=True
    ):
        assert_close(ours_weights, theirs_weights)
    # Theirs: the embedding, the stream after every block but the last, then the final norm.
    ours_states = [*record.residuals[:-1], record.final]
    for ours_state, theirs_state in zip(ours_states, answer.hidden_states, strict=True):
        assert_close(ours_state, theirs_state)


@torch.no_grad()
def test_the_numpy_twin_is_theirs_too(pair):
    ours, theirs = pair
    tokens = list(range(5, 25))
    arrays = {name: weight.numpy() for name, weight in ours.state_dict().items()}
    twin_logits = twin.forward(arrays, ours.config.to_dict(), tokens).logits
    theirs_logits = theirs.double()(torch.tensor([tokens])).logits[0]
    # Their rotations stay float32, even in a float64 model.
    assert_close(torch.from_numpy(twin_logits), theirs_logits)


def test_greedy_writing_is_theirs(pair):
    ours, theirs = pair
    settings = SamplingSettings(temperature=0.0, max_tokens=20)
    ours_tokens = [drawn.token for drawn in generate(ours, [7, 8, 9], settings)]
    prompt = torch.tensor([[7, 8, 9]])
    theirs_tokens = theirs.generate(
        prompt,
        attention_mask=torch.ones_like(prompt),
        do_sample=False,
        max_new_tokens=20,
        eos_token_id=None,
    )
    assert ours_tokens == theirs_tokens[0, 3:].tolist()


def test_a_shorter_context_reads_the_same_text_alike(pair, tmp_path):
    ours, _ = pair
    shorter = load_pretrained(tmp_path, n_context=16)
    assert shorter.config.n_context == 16
    tokens = torch.arange(16).view(1, 16)
    torch.testing.assert_close(shorter(tokens), ours(tokens))

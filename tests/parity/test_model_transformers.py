"""Our transformer against the `transformers` library, with the same weights, family by family."""

import json

import pytest
import torch
import transformers

from core.architecture.text.pretrained import load_pretrained, survey
from core.architecture.transformer import Recording
from core.errors import MissingShard
from core.inference.generate import generate
from core.inference.sampling import SamplingSettings
from core.recheck import transformer as twin

N_CONTEXT = 128
SIZES = {
    "vocab_size": 60,
    "bos_token_id": 0,
    "eos_token_id": 0,
    "pad_token_id": 0,
    "attn_implementation": "eager",
}
LLAMA = SIZES | {
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 3,
    "num_attention_heads": 8,
    "num_key_value_heads": 2,
    "max_position_embeddings": N_CONTEXT,
}
GPT2 = SIZES | {"n_positions": N_CONTEXT, "n_embd": 64, "n_layer": 3, "n_head": 8}
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
    "gpt2": lambda: transformers.GPT2Config(**GPT2),
    "gpt2 untied": lambda: transformers.GPT2Config(**GPT2, tie_word_embeddings=False),
    "llama": lambda: transformers.LlamaConfig(**LLAMA),
    "smollm2": lambda: transformers.LlamaConfig(**LLAMA, tie_word_embeddings=True),
    "llama3": lambda: transformers.LlamaConfig(**LLAMA, rope_parameters=LLAMA3),
    "llama slower": lambda: transformers.LlamaConfig(**LLAMA, rope_parameters=LINEAR),
    "llama wide heads": lambda: transformers.LlamaConfig(**LLAMA, head_dim=12),
    "mistral": lambda: transformers.MistralConfig(**LLAMA, sliding_window=None),
    "mistral window": lambda: transformers.MistralConfig(**LLAMA, sliding_window=N_CONTEXT),
    "qwen2": lambda: transformers.Qwen2Config(**LLAMA),
    "qwen2 tied": lambda: transformers.Qwen2Config(**LLAMA, tie_word_embeddings=True),
    "qwen3": lambda: transformers.Qwen3Config(**LLAMA, head_dim=12),
    "qwen3 tied": lambda: transformers.Qwen3Config(**LLAMA, head_dim=8, tie_word_embeddings=True),
}


def theirs_of(family):
    """A small model built by them, with every weight random, gains and biases included."""
    model = transformers.AutoModelForCausalLM.from_config(FAMILIES[family]())
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(0.05, 0.2, generator=generator)
    return model.eval()


@pytest.fixture(params=FAMILIES)
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
    tokens = torch.randint(60, (2, N_CONTEXT), generator=torch.Generator().manual_seed(1))
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
    settings = SamplingSettings(temperature=0.0, max_tokens=100)
    ours_tokens = [drawn.token for drawn in generate(ours, [7, 8, 9], settings)]
    prompt = torch.tensor([[7, 8, 9]])
    theirs_tokens = theirs.generate(
        prompt,
        attention_mask=torch.ones_like(prompt),
        do_sample=False,
        max_new_tokens=100,
        eos_token_id=None,
    )
    assert ours_tokens == theirs_tokens[0, 3:].tolist()


def test_what_a_survey_says_is_what_is_loaded(pair, tmp_path):
    ours, theirs = pair
    told = survey(tmp_path)
    assert told.family == theirs.config.model_type
    assert told.config == ours.config
    assert told.n_parameters == theirs.num_parameters() == ours.n_parameters
    assert told.memory_bytes["weights"] == sum(p.nbytes for p in ours.parameters())
    assert (told.trained_context, told.limit, told.formats) == (N_CONTEXT, "trained", ("F32",))


@pytest.mark.parametrize("family", ["mistral", "qwen2"])
def test_a_sliding_window_bounds_the_context_within_which_both_are_the_same(family, tmp_path):
    config = FAMILIES[family]()
    config.sliding_window, config.use_sliding_window = 16, True
    if family == "qwen2":
        config.layer_types = ["sliding_attention"] * 3
    theirs = transformers.AutoModelForCausalLM.from_config(config).eval()
    theirs.save_pretrained(tmp_path)
    told, ours = survey(tmp_path), load_pretrained(tmp_path)
    assert (told.limit, told.config.n_context, told.trained_context) == ("window", 16, N_CONTEXT)
    tokens = torch.randint(60, (1, 40), generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        assert_close(ours(tokens[:, :16]), theirs(tokens).logits[:, :16])
        unlimited = load_without_window(tmp_path)
        assert (unlimited(tokens) - theirs(tokens).logits).abs().max() > 1e-3  # it does matter


def load_without_window(folder):
    about = json.loads((folder / "config.json").read_text())
    without = {"sliding_window": None, "use_sliding_window": False, "layer_types": None}
    (folder / "config.json").write_text(json.dumps(about | without))
    return load_pretrained(folder)


# As older versions of their library wrote a config.json, and as some are written by hand.
OLDER = {
    "speed of its own": {"rope_theta": 300.0},
    "no scaling": {"rope_theta": 300.0, "rope_scaling": None},
    "slower": {"rope_theta": 300.0, "rope_scaling": {"type": "linear", "factor": 4.0}},
    "two speeds": {"rope_theta": 300.0, "rope_parameters": {"rope_theta": 700.0}},
    "two scalings": {
        "rope_scaling": {"type": "linear", "factor": 4.0},
        "rope_parameters": {"rope_type": "linear", "factor": 2.0},
    },
    "dynamic": {"rope_theta": 300.0, "rope_scaling": {"type": "dynamic", "factor": 4.0}},
    "llama3": {
        "rope_theta": 300.0,
        "rope_scaling": {name: LLAMA3[name] for name in LLAMA3 if name != "rope_theta"},
    },
    "llama3 outside": {
        "original_max_position_embeddings": 16,
        "rope_scaling": {name: LLAMA3[name] for name in LLAMA3 if name != "rope_theta"},
    },
    "biases that are not there": {"attention_bias": False, "mlp_bias": False},
    "no head size": {"head_dim": None},
    "as many keys as queries": {"num_key_value_heads": None},
}


@pytest.mark.parametrize("named", OLDER)
def test_a_config_in_another_form_is_read_as_they_read_it(named, tmp_path):
    family = transformers.LlamaConfig(**LLAMA | {"num_hidden_layers": 1})
    if named == "as many keys as queries":
        family.num_key_value_heads = 8
    written = transformers.AutoModelForCausalLM.from_config(family)
    written.save_pretrained(tmp_path)
    about = json.loads((tmp_path / "config.json").read_text())
    del about["rope_parameters"]
    (tmp_path / "config.json").write_text(json.dumps(about | OLDER[named]))
    theirs = transformers.AutoModelForCausalLM.from_pretrained(tmp_path, dtype=torch.float32)
    tokens = torch.arange(N_CONTEXT).view(1, N_CONTEXT) % 60
    with torch.no_grad():
        assert_close(load_pretrained(tmp_path)(tokens), theirs(tokens).logits)


@pytest.mark.parametrize(
    ("kind", "name"), [(torch.bfloat16, "BF16"), (torch.float16, "F16"), (torch.float64, "F64")]
)
def test_weights_of_another_precision_become_float32(kind, name, tmp_path):
    theirs_of("llama").to(kind).save_pretrained(tmp_path)
    theirs = transformers.AutoModelForCausalLM.from_pretrained(tmp_path, dtype=torch.float32)
    assert survey(tmp_path).formats == (name,)
    tokens = torch.arange(20).view(1, 20)
    with torch.no_grad():
        assert_close(load_pretrained(tmp_path)(tokens), theirs(tokens).logits)


def test_weights_in_several_files_are_one_model(tmp_path):
    theirs = theirs_of("qwen3")
    theirs.save_pretrained(tmp_path, max_shard_size="100KB")
    files = sorted(tmp_path.glob("*.safetensors"))
    assert len(files) > 2 and (tmp_path / "model.safetensors.index.json").is_file()
    tokens = torch.arange(20).view(1, 20)
    with torch.no_grad():
        assert_close(load_pretrained(tmp_path)(tokens), theirs(tokens).logits)
    files[1].unlink()
    with pytest.raises(MissingShard, match=files[1].name):
        load_pretrained(tmp_path)


def test_a_shorter_context_reads_the_same_text_alike(pair, tmp_path):
    ours, _ = pair
    shorter = load_pretrained(tmp_path, n_context=16)
    assert shorter.config.n_context == 16
    tokens = torch.arange(16).view(1, 16)
    torch.testing.assert_close(shorter(tokens), ours(tokens))

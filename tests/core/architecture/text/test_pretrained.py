"""A folder we cannot represent exactly is refused; parity tests cover the rest."""

import json

import pytest
import safetensors.torch
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.architecture.text.pretrained import load_pretrained, survey
from core.errors import MissingShard, TooLittleMemory, UnreadableWeights
from tests.small_gguf import LLAMA as GGUF_LLAMA
from tests.small_gguf import SHAPES, gguf_bytes, small_tensors

GPT2 = {
    "model_type": "gpt2",
    "vocab_size": 10,
    "n_positions": 8,
    "n_embd": 4,
    "n_layer": 1,
    "n_head": 2,
}
LLAMA = {
    "model_type": "llama",
    "vocab_size": 10,
    "max_position_embeddings": 8,
    "hidden_size": 4,
    "intermediate_size": 8,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
}


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        (None, "config.json"),
        ("[1, 2]", "describes a model"),
        ("{", "config.json"),
        ({"model_type": "mamba"}, "mamba"),
        ({"model_type": ["gpt2"]}, "none of"),
        ({"model_type": "gpt2"}, "config.json"),
        (GPT2 | {"n_head": 3}, "n_channels"),
        (GPT2 | {"activation_function": "relu"}, "activation_function"),
        (LLAMA | {"rope_scaling": {"rope_type": "yarn"}}, "rope_scaling"),
        (LLAMA | {"rope_scaling": {"rope_type": "llama3"}}, "factor"),
        (LLAMA | {"rope_scaling": ["llama3"]}, "config.json"),
        (LLAMA | {"head_dim": 7}, "even size"),
        (LLAMA | {"head_dim": 10**12, "rope_scaling": {"rope_type": "llama3"}}, "head_dim"),
        (LLAMA | {"attention_bias": True}, "attention_bias"),
        (LLAMA | {"mlp_bias": True}, "mlp_bias"),
        (LLAMA | {"hidden_act": "gelu"}, "hidden_act"),
        (LLAMA | {"partial_rotary_factor": 0.5}, "partial_rotary_factor is 0.5"),
        (LLAMA | {"rope_parameters": {"partial_rotary_factor": 0.5}}, "partial_rotary_factor"),
        (LLAMA | {"rope_parameters": {"full_attention": {}}}, "rope_parameters.full_attention"),
        (LLAMA | {"rope_scaling": {"rope_type": "longrope"}}, "longrope"),
        (LLAMA | {"rope_scaling": {"type": "linear"}}, "factor"),
        (LLAMA | {"rope_scaling": {"type": "linear", "factor": "2"}}, "rope_divisors"),
        (LLAMA | {"rope_scaling": {"type": "linear", "factor": 0}}, "rope_divisors"),
        (LLAMA | {"layer_types": ["chunked_attention"]}, "chunked_attention"),
        (LLAMA | {"quantization_config": {"bits": 4}}, "quantization_config"),
        (LLAMA | {"model_type": "a" * 10**5}, 'model_type "aaa'),
        (LLAMA | {"model_type": "mistral", "sliding_window": "x"}, "sliding_window"),
        (LLAMA | {"model_type": "qwen2", "layer_types": ["sliding_attention"]}, "sliding"),
        (LLAMA | {"num_attention_heads": "2"}, "config.json"),
        (LLAMA | {"num_attention_heads": 0}, "config.json"),
        (GPT2, "no *.safetensors"),
    ],
)
def test_a_folder_without_a_model_we_can_express_is_refused(tmp_path, config, reason):
    if config is not None:
        text = config if isinstance(config, str) else json.dumps(config)
        (tmp_path / "config.json").write_text(text)
    with pytest.raises(UnreadableWeights) as error:
        load_pretrained(tmp_path)
    assert reason in str(error.value) and len(str(error.value)) < 500


@pytest.mark.parametrize("config", [GPT2, LLAMA])
@pytest.mark.parametrize(
    "content", [b"not weights", safetensors.torch.save({"wte.weight": torch.ones(3)})]
)
def test_damaged_or_missing_weights_are_refused(tmp_path, config, content):
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "model.safetensors").write_bytes(content)
    with pytest.raises(UnreadableWeights):
        load_pretrained(tmp_path)


def write_llama(folder, weights=None):
    """A folder with one Llama layer; `weights` replaces or, as None, removes some."""
    shapes = {
        "embed_tokens": (10, 4),
        "norm": (4,),
        "layers.0.input_layernorm": (4,),
        "layers.0.post_attention_layernorm": (4,),
        **{f"layers.0.self_attn.{x}_proj": (4, 4) for x in "qkvo"},
        "layers.0.mlp.gate_proj": (8, 4),
        "layers.0.mlp.up_proj": (8, 4),
        "layers.0.mlp.down_proj": (4, 8),
    }
    stored = {f"model.{name}.weight": torch.ones(shape) for name, shape in shapes.items()}
    stored = {"lm_head.weight": torch.ones(10, 4)} | stored | (weights or {})
    kept = {name: weight for name, weight in stored.items() if weight is not None}
    (folder / "config.json").write_text(json.dumps(LLAMA))
    safetensors.torch.save_file(kept, folder / "model.safetensors")


def test_masks_and_speeds_that_old_folders_hold_are_no_weights(tmp_path):
    write_llama(tmp_path, {"model.layers.0.self_attn.rotary_emb.inv_freq": torch.ones(1)})
    assert load_pretrained(tmp_path)(torch.arange(5)[None]).shape == (1, 5, 10)


@pytest.mark.parametrize(
    ("weights", "reason"),
    [
        ({"model.norm.weight": None}, "norm.weight is missing"),
        ({"lm_head.weight": None}, "lm_head.weight is missing"),
        ({"model.layers.0.self_attn.k_proj.weight": torch.ones(2, 4)}, "shape"),
        ({"model.layers.0.self_attn.k_proj.weight": torch.ones(4, 5)}, "fit together"),
        ({"model.layers.0.self_attn.q_proj.bias": torch.ones(4)}, "no place for the tensor"),
        ({"model.norm.weight": torch.ones(4, dtype=torch.int8)}, "I8"),
        ({"model.norm.weight": torch.full((4,), float("nan"))}, "not numbers"),
        ({"norm.weight": torch.ones(4)}, "stored twice"),
    ],
)
def test_weights_that_do_not_fit_exactly_are_refused(tmp_path, weights, reason):
    write_llama(tmp_path, weights)
    with pytest.raises(UnreadableWeights, match=reason) as error:
        load_pretrained(tmp_path)
    assert error.value.values["reason"]


def test_a_file_cut_short_is_refused(tmp_path):
    write_llama(tmp_path)
    whole = (tmp_path / "model.safetensors").read_bytes()
    for n_bytes in (0, 4, 100, len(whole) // 2, len(whole) - 1):
        (tmp_path / "model.safetensors").write_bytes(whole[:n_bytes])
        with pytest.raises(UnreadableWeights, match="cut short"):
            load_pretrained(tmp_path)


def header_of(**places):
    header = json.dumps(
        {name: {"dtype": "F32", **place} for name, place in places.items()}
    ).encode()
    return len(header).to_bytes(8, "little") + header


HUGE = 2**40
NORM = {"shape": [4], "data_offsets": [0, 16]}


@pytest.mark.parametrize(
    "forged",
    [
        (2**63).to_bytes(8, "little") + b"{}",
        header_of(norm={"shape": [HUGE, HUGE], "data_offsets": [0, 16]}) + b"\0" * 16,
        header_of(norm={"shape": [HUGE], "data_offsets": [0, 4 * HUGE]}) + b"\0" * 16,
        header_of(norm={"shape": [4], "data_offsets": [2**63, 2**63 + 16]}) + b"\0" * 16,
        header_of(norm=NORM, embed_tokens=NORM) + b"\0" * 16,  # the same bytes twice
        header_of(norm={"shape": [-4], "data_offsets": [0, 16]}) + b"\0" * 16,
    ],
)
def test_a_forged_safetensors_header_is_refused(tmp_path, forged):
    (tmp_path / "config.json").write_text(json.dumps(LLAMA))
    (tmp_path / "model.safetensors").write_bytes(forged)
    with pytest.raises(UnreadableWeights, match="damaged"):
        load_pretrained(tmp_path)


def test_a_file_that_was_not_downloaded_is_named(tmp_path):
    write_llama(tmp_path)
    named = {"norm.weight": "model.safetensors", "lm_head.weight": "model-2.safetensors"}
    index = tmp_path / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": named}))
    with pytest.raises(MissingShard) as error:
        survey(tmp_path)
    assert error.value.values["name"] == "model-2.safetensors"
    for harmless in ({"weight_map": {"norm.weight": "model.safetensors"}}, {"weight_map": 7}, [7]):
        index.write_text(json.dumps(harmless))
        survey(tmp_path)


def test_a_pickle_is_never_opened(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps(LLAMA))
    pickle = b"cos\nsystem\n(S'touch opened'\ntR."
    (tmp_path / "pytorch_model.bin").write_bytes(pickle)
    with pytest.raises(UnreadableWeights, match="pickle"):
        load_pretrained(tmp_path)
    with pytest.raises(UnreadableWeights, match="neither"):
        load_pretrained(tmp_path / "pytorch_model.bin")


def test_nothing_and_nowhere_are_refused(tmp_path):
    for path in (tmp_path, tmp_path / "nowhere", tmp_path / "nowhere.gguf"):
        with pytest.raises(UnreadableWeights):
            survey(path)


def test_a_model_that_needs_more_than_is_free_is_not_read(tmp_path):
    write_llama(tmp_path)
    needed = survey(tmp_path).needed_bytes
    load_pretrained(tmp_path, free_bytes=needed)
    with pytest.raises(TooLittleMemory, match="GB"):
        load_pretrained(tmp_path, free_bytes=needed - 1)


def test_a_wish_for_less_context_needs_less_memory(tmp_path):
    write_llama(tmp_path)
    less, all_of_it = survey(tmp_path, n_context=2), survey(tmp_path)
    assert (less.limit, all_of_it.limit) == ("wished", "trained")
    assert less.memory_bytes["cache"] * 4 == all_of_it.memory_bytes["cache"]


def write_gguf(folder, metadata=None, tensors=None):
    path = folder / "model.gguf"
    path.write_bytes(gguf_bytes(GGUF_LLAMA | (metadata or {}), tensors or small_tensors()))
    return path


def test_a_gguf_file_is_loaded_and_surveyed(tmp_path):
    path = write_gguf(tmp_path)
    told = survey(path)
    assert (told.family, told.limit, told.formats) == ("llama", "trained", ("F32",))
    model = load_pretrained(path)
    assert told.n_parameters == model.n_parameters
    assert model(torch.arange(5)[None]).shape == (1, 5, 6)


@pytest.mark.parametrize(
    ("metadata", "reason"),
    [
        ({"general.architecture": "mamba"}, "mamba"),
        ({"general.architecture": 7}, "none of"),
        ({"llama.block_count": 2**31}, "n_layers"),
        ({"llama.block_count": 2}, "missing"),
        ({"llama.embedding_length": "four"}, "description"),
        ({"llama.attention.head_count": 0}, "description"),
        ({"llama.attention.head_count": [2, 2]}, "size"),
        ({"llama.attention.key_length": 2**31}, "head.s size"),
        ({"llama.expert_count": 8}, "expert_count"),
        ({"llama.rope.scaling.type": "yarn"}, "llama.rope.scaling.type is .yarn"),
        ({"llama.rope.scaling.attn_factor": 1.5}, "attn_factor"),
        ({"llama.rope.scaling.factor": "2"}, "description"),
        ({"llama.attention.causal": False}, "causal"),
        ({"split.count": 3}, "one of 3 files"),
        ({"split.count": "three"}, "description"),
        ({"llama.rope.dimension_count": 1}, "dimension_count"),
        ({"llama.feed_forward_length": 9}, "shape"),
        ({"llama.attention.head_count_kv": 2}, "shape"),
    ],
)
def test_a_gguf_file_that_we_cannot_express_is_refused(tmp_path, metadata, reason):
    with pytest.raises(UnreadableWeights, match=reason):
        load_pretrained(write_gguf(tmp_path, metadata))


def test_a_sliding_window_of_a_gguf_file_bounds_its_context(tmp_path):
    told = survey(write_gguf(tmp_path, {"llama.attention.sliding_window": 5}))
    assert (told.limit, told.config.n_context, told.trained_context) == ("window", 5, 16)


@pytest.mark.parametrize("name", ["rope.scaling.factor", "rope.scale_linear"])
def test_a_gguf_file_says_with_one_number_how_much_slower_all_pairs_rotate(tmp_path, name):
    slower = survey(write_gguf(tmp_path, {f"llama.{name}": 4.0}))
    assert slower.config.rope_divisors == (4.0,)
    told = {f"llama.{name}": 4.0, "llama.rope.scaling.type": "none"}
    assert survey(write_gguf(tmp_path, told)).config.rope_divisors is None


def test_a_gguf_tensor_without_a_place_is_refused(tmp_path):
    shapes = SHAPES | {"blk.0.attn_q.bias": (4,)}
    with pytest.raises(UnreadableWeights, match="no place for the tensor blk"):
        load_pretrained(write_gguf(tmp_path, tensors=small_tensors(shapes)))


WHOLE = gguf_bytes(GGUF_LLAMA, small_tensors())


@settings(max_examples=300, deadline=None)
@given(
    place=st.integers(0, len(WHOLE) - 1),
    forged=st.binary(min_size=1, max_size=8),
    length=st.integers(0, len(WHOLE)),
)
def test_bytes_forged_anywhere_end_in_a_model_or_in_a_reason(
    place, forged, length, tmp_path_factory
):
    data = (WHOLE[:place] + forged + WHOLE[place + len(forged) :])[: max(length, place)]
    path = tmp_path_factory.mktemp("forged") / "model.gguf"
    path.write_bytes(data)
    try:
        load_pretrained(path)
    except UnreadableWeights as error:
        assert error.values["reason"]

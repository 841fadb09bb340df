"""GGUF files of small models, written by llama.cpp's own library as its converter writes them.

The library has names and formats; what the converter does to the numbers (it transposes GPT-2's
matrices and reorders Llama's rotary pairs) is repeated here from convert_hf_to_gguf.py.
"""

from pathlib import Path

import gguf
import numpy as np

ARCHITECTURES = {
    "gpt2": gguf.MODEL_ARCH.GPT2,
    "llama": gguf.MODEL_ARCH.LLAMA,
    "mistral": gguf.MODEL_ARCH.LLAMA,
    "qwen2": gguf.MODEL_ARCH.QWEN2,
    "qwen3": gguf.MODEL_ARCH.QWEN3,
}

SCALES = {  # where in a block the float16s lie that all its numbers are multiplied by
    "Q4_0": (0,),
    "Q4_1": (0, 2),
    "Q5_0": (0,),
    "Q5_1": (0, 2),
    "Q8_0": (0,),
    "Q2_K": (80, 82),
    "Q3_K": (108,),
    "Q4_K": (0, 2),
    "Q5_K": (0, 2),
    "Q6_K": (208,),
    "IQ4_NL": (0,),
    "IQ4_XS": (0,),
}
# What the second one must be, so that as many numbers lie above zero as below.
CENTRED = {"Q4_1": -7.5, "Q5_1": -15.5, "Q2_K": 1.5, "Q4_K": 7.5, "Q5_K": 15.5}


def random_bytes(name, n_blocks, generator):
    """(n_blocks, bytes of a block) of a format."""
    n_bytes = gguf.GGML_QUANT_SIZES[gguf.GGMLQuantizationType[name]][1]
    return generator.integers(0, 256, (n_blocks, n_bytes), dtype=np.uint8)


def random_weights(name, shape, generator, size=0.2):
    """Packed weights of a shape, random but for scales that make them about so large."""
    kind = gguf.GGMLQuantizationType[name]
    blocks = random_bytes(name, np.prod(shape) // gguf.GGML_QUANT_SIZES[kind][0], generator)
    scales = np.array([1.0, CENTRED.get(name, 0.0)])
    for unit in (1.0, None):
        if unit is None:
            unit = size / gguf.dequantize(blocks, kind).std()
        for field, scale in zip(SCALES[name], scales, strict=False):
            blocks[:, field : field + 2] = np.float16([unit * scale]).view(np.uint8)
    return blocks.reshape(*shape[:-1], -1)


def permuted(rows, n_heads):
    """`LlamaModel.permute` in convert_hf_to_gguf.py."""
    shape = rows.shape
    return (
        rows.reshape(n_heads, 2, shape[0] // n_heads // 2, *shape[1:]).swapaxes(1, 2).reshape(shape)
    )


def packed_by_library(format):
    """Matrices packed by the library, for the formats that it can pack; all else as F32."""

    def pack(name, array):
        kind = gguf.GGMLQuantizationType[format if array.ndim == 2 else "F32"]
        return gguf.quantize(np.ascontiguousarray(array), kind), kind

    return pack


def packed_at_random(format_of, generator):
    """Matrices replaced by random blocks; `format_of` their name of a tensor -> its format.

    The library cannot pack the K formats, and a test needs no model that was any good before.
    """

    def pack(name, array):
        if array.ndim != 2:
            return array, gguf.GGMLQuantizationType.F32
        format = format_of(name)
        return random_weights(format, array.shape, generator), gguf.GGMLQuantizationType[format]

    return pack


UNPACKED = packed_by_library("F32")


def write_gguf(
    path: Path, theirs, pack=UNPACKED, extra=lambda writer: None
) -> dict[str, np.ndarray]:
    """Write their model; return its tensors as they are after packing, under their own names."""
    config, kind = theirs.config, theirs.config.model_type
    architecture = ARCHITECTURES[kind]
    writer = gguf.GGUFWriter(path, gguf.MODEL_ARCH_NAMES[architecture])
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_head_count(config.num_attention_heads)
    if kind == "gpt2":
        writer.add_feed_forward_length(4 * config.hidden_size)
        writer.add_layer_norm_eps(config.layer_norm_epsilon)
    else:
        writer.add_head_count_kv(config.num_key_value_heads)
        writer.add_feed_forward_length(config.intermediate_size)
        writer.add_layer_norm_rms_eps(config.rms_norm_eps)
        writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
        head_size = getattr(config, "head_dim", None)
        if head_size:
            writer.add_key_length(head_size)
            writer.add_value_length(head_size)
        if config.rope_parameters["rope_type"] == "linear":
            writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
            writer.add_rope_scaling_factor(config.rope_parameters["factor"])
        if config.rope_parameters["rope_type"] == "llama3":
            inverse = theirs.model.rotary_emb.inv_freq.numpy()
            plain = config.rope_parameters["rope_theta"] ** -(
                np.arange(len(inverse)) / len(inverse)
            )
            writer.add_tensor("rope_freqs.weight", (plain / inverse).astype(np.float32))
    extra(writer)
    packed = {}
    names = gguf.get_tensor_name_map(architecture, config.num_hidden_layers)
    for name, weight in theirs.state_dict().items():
        if name == "lm_head.weight" and config.tie_word_embeddings:
            continue
        array = weight.numpy()
        if kind == "gpt2" and weight.dim() == 2 and ".h." in name:
            array = array.T
        if kind in ("llama", "mistral") and ("q_proj" in name or "k_proj" in name):
            is_query = "q_proj" in name
            array = permuted(
                array, config.num_attention_heads if is_query else config.num_key_value_heads
            )
        stored, type_ = pack(name, array)
        writer.add_tensor(
            names.get_name(name, try_suffixes=(".weight", ".bias")), stored, raw_dtype=type_
        )
        packed[name] = stored, type_
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return packed


def add_tokenizer(writer, vocabulary, merges, pattern, types=None, end_id=0):
    """A byte-level tokenizer as the converter writes it; `vocabulary` token -> id."""
    tokens = sorted(vocabulary, key=vocabulary.get)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pattern)
    writer.add_token_list(tokens)
    writer.add_token_types(types or [gguf.TokenType.NORMAL] * len(tokens))
    writer.add_token_merges([" ".join(merge) for merge in merges])
    writer.add_eos_token_id(end_id)


def add_pieces(writer, tokens, scores, types, pre="default", extra=lambda writer: None):
    """SentencePiece's pieces as the converter writes them."""
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre(pre)
    writer.add_token_list(tokens)
    writer.add_token_scores(scores)
    writer.add_token_types(types)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    extra(writer)


def write_tokenizer(path, *args, add=add_tokenizer, **kwargs):
    """A file with a tokenizer and no model."""
    writer = gguf.GGUFWriter(path, "llama")
    add(writer, *args, **kwargs)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()

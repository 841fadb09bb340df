"""GGUF files byte by byte, so that any byte can be wrong."""

import struct

import numpy as np

STRING, LIST = 8, 9


def string(text):
    data = text.encode() if isinstance(text, str) else text
    return struct.pack("<Q", len(data)) + data


def value(thing):
    if isinstance(thing, bool):
        return struct.pack("<I?", 7, thing)
    if isinstance(thing, int):
        return struct.pack("<II", 4, thing)
    if isinstance(thing, float):
        return struct.pack("<If", 6, thing)
    if isinstance(thing, str):
        return struct.pack("<I", STRING) + string(thing)
    of_strings = isinstance(thing[0], str)
    head = struct.pack("<IIQ", LIST, STRING if of_strings else 5, len(thing))
    return head + b"".join(string(x) if of_strings else struct.pack("<i", x) for x in thing)


def gguf_bytes(metadata, tensors=(), *, version=3, n_entries=None, n_tensors=None):
    """A file. `tensors`: name, shape as in torch, number of the format, stored bytes; and for
    forgeries an offset."""
    head, data = b"", b""
    for name, shape, number, stored, *forged in tensors:
        offset = forged[0] if forged else len(data)
        head += string(name) + struct.pack(f"<I{len(shape)}Q", len(shape), *reversed(shape))
        head += struct.pack("<IQ", number, offset)
        data += stored + b"\0" * (-len(stored) % 32)
    entries = b"".join(string(name) + value(thing) for name, thing in metadata.items())
    counts = (
        len(tensors) if n_tensors is None else n_tensors,
        len(metadata) if n_entries is None else n_entries,
    )
    head = b"GGUF" + struct.pack("<IQQ", version, *counts) + entries + head
    return head + b"\0" * (-len(head) % 32) + data


LLAMA = {
    "general.architecture": "llama",
    "llama.context_length": 16,
    "llama.embedding_length": 4,
    "llama.block_count": 1,
    "llama.feed_forward_length": 8,
    "llama.attention.head_count": 2,
    "llama.attention.head_count_kv": 1,
    "llama.attention.layer_norm_rms_epsilon": 1e-5,
}
SHAPES = {
    "token_embd.weight": (6, 4),
    "output_norm.weight": (4,),
    "blk.0.attn_norm.weight": (4,),
    "blk.0.attn_q.weight": (4, 4),
    "blk.0.attn_k.weight": (2, 4),
    "blk.0.attn_v.weight": (2, 4),
    "blk.0.attn_output.weight": (4, 4),
    "blk.0.ffn_norm.weight": (4,),
    "blk.0.ffn_gate.weight": (8, 4),
    "blk.0.ffn_up.weight": (8, 4),
    "blk.0.ffn_down.weight": (4, 8),
}


def small_tensors(shapes=SHAPES):
    """One layer of a Llama of 4 channels, every number another."""
    generator = np.random.default_rng(0)
    return [
        (name, shape, 0, generator.normal(size=shape).astype("<f4").tobytes())
        for name, shape in shapes.items()
    ]

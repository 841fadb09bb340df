"""A model as a folder that `transformers` loads, with a tokenizer and a card; zipped.

`AutoModelForCausalLM.from_pretrained(folder)` and `AutoTokenizer.from_pretrained(folder)` need no
code of ours: the architecture is one of theirs, and a test holds what it writes against ours.
"""

from typing import Any, Final

import safetensors.torch

from core.alignment.text.chat import is_chat
from core.architecture.config import ModelConfig
from core.architecture.weights import description_of, read_checkpoint
from core.data.text.bpe import Encoder
from core.inference.pictures.model import PictureModel
from core.taking_home.archive import zipped
from core.taking_home.card import Described, model_card
from core.taking_home.equal_architecture import Equal, equal_architecture
from core.taking_home.their_tokenizer import as_json, tokenizer_config, tokenizer_json
from core.taking_home.their_weights import their_weights

CARD: Final = "README.md"
USE: Final = """\
```python
from transformers import AutoModelForCausalLM, AutoTokenizer

folder = "."  # where this file lies
model = AutoModelForCausalLM.from_pretrained(folder)
tokenizer = AutoTokenizer.from_pretrained(folder)
{ask}
written = model.generate(**tokens, max_new_tokens=60, do_sample=False)
print(tokenizer.decode(written[0]))
```

The architecture is `{class_name}` of transformers: with these settings it computes the same as the
model that was trained.{widened}
A text begins with `<|end|>`, which the tokenizer adds; in training its characters were composed
(Unicode NFC). {specials}"""
ASK: Final = {
    False: 'tokens = tokenizer("Am Montag", return_tensors="pt")',
    True: 'asked = [{"role": "user", "content": "Wo wohnt Mia?"}]\n'
    "tokens = tokenizer.apply_chat_template(\n"
    '    asked, add_generation_prompt=True, return_tensors="pt", return_dict=True\n)',
}
SPECIALS_SAID: Final = {
    False: "The names of special tokens in a text are read as letters.",
    True: "A chat template writes special tokens as text, so their names in a text become special "
    "tokens;\npass `split_special_tokens=True` for text of which you do not know who wrote it.",
}
PICTURE_USE: Final = """\
**The library diffusers cannot open this model, and no form of it exists that could:** its blocks
read a caption by cross-attention in an arrangement that no class of diffusers has, and nothing is
approximated. What opens it is Glassbox itself. In a clone of it, after `pip install -e .`:

```python
from pathlib import Path

from core.data.pictures.collecting.files import png_of
from core.inference.pictures.drawing import draw
from core.inference.pictures.model import PictureModel

folder = Path(".")  # where this file lies
weights, encoder = folder / "model.safetensors", folder / "encoder.json"
model = PictureModel.from_bytes(weights.read_bytes(), encoder.read_bytes())
film = draw(model, ["Ein roter Ball."], seed=1)
(folder / "drawn.png").write_bytes(png_of(film.pictures[0]))
```

`model.safetensors` holds the weights and, in its header, the plan, which `config.json` repeats;
`encoder.json` holds the words that captions are made of, each with its number."""


def text_model_zip(data: bytes, encoder: Encoder, about: Described) -> bytes:
    """A text model in Hugging Face form.

    Args:
        data: its checkpoint.
        encoder: its own.
        about: what its card tells; `use` is replaced.

    Raises:
        NoEqualArchitecture: no architecture of transformers computes the same.
        AmbiguousTokens: its vocabulary does not fit into a tokenizer.json.
    """
    model, _ = read_checkpoint(data)
    equal = equal_architecture(model.config)
    chats = is_chat(about.model.kind)
    use = USE.format(
        ask=ASK[chats],
        class_name=equal.class_name,
        widened=_widened(model.config, equal),
        specials=SPECIALS_SAID[chats],
    )
    described = Described(about.name, about.lineage, model.config, about.is_house, use)
    files = {
        "config.json": as_json(their_config(model.config, equal)),
        "generation_config.json": as_json(
            {"bos_token_id": 0, "eos_token_id": 0, "pad_token_id": 0, "do_sample": False}
        ),
        "tokenizer.json": as_json(tokenizer_json(encoder)),
        "tokenizer_config.json": as_json(tokenizer_config(model.config.n_context, chats)),
        "model.safetensors": safetensors.torch.save(their_weights(model, equal), {"format": "pt"}),
        CARD: model_card(described),
    }
    return zipped(about.name, files)


def their_config(config: ModelConfig, equal: Equal) -> dict[str, Any]:
    """The content of config.json."""
    return {
        "model_type": equal.family,
        "architectures": [equal.class_name],
        "vocab_size": config.n_vocab,
        **equal.settings,
        "tie_word_embeddings": config.tied,
        "bos_token_id": 0,
        "eos_token_id": 0,
        "pad_token_id": 0,
        "dtype": "float32",
        "use_cache": True,
    }


def _widened(config: ModelConfig, equal: Equal) -> str:
    """What stands in the weights beyond what was trained, in a sentence each."""
    said = []
    if equal.biased and not config.bias:
        said.append("Biases that the model does not have are zeros.")
    if not equal.shares_heads and config.n_kv_heads < config.n_heads:
        said.append("Heads that share keys and values are written out, each with its copy.")
    if equal.positions and config.positions != "learned":
        said.append(f"Its table of positions is computed, not learned ({config.positions}).")
    if not equal.positions and config.positions == "none":
        said.append("Its rotary positions are slowed down until nothing turns: it has none.")
    return "".join(f" {sentence}" for sentence in said)


def picture_model_zip(data: bytes, encoder: bytes, about: Described) -> bytes:
    """A model that draws: its weights and its words as they are stored, its plan and a card.

    Args:
        data: its checkpoint.
        encoder: of captions, its own.
        about: what its card tells; `use` is replaced.

    Raises:
        UnreadableWeights: these are no weights of such a model, or not with these words.
        InputError: the encoder is damaged.
    """
    PictureModel.from_bytes(data, encoder)
    described = Described(about.name, about.lineage, None, about.is_house, PICTURE_USE)
    files = {
        "config.json": as_json(description_of(data)["config"]),
        "model.safetensors": data,
        "encoder.json": encoder,
        CARD: model_card(described),
    }
    return zipped(about.name, files)

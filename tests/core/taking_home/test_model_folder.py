"""What goes home is the same model: the same scores and the same text from transformers."""

import io
import json
import re
import zipfile
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer

from core.alignment.text.chat import question_tokens
from core.architecture.config import ModelConfig
from core.architecture.pictures.denoiser import Denoiser
from core.architecture.pictures.weights import denoiser_bytes
from core.architecture.text.pretrained import load_pretrained
from core.architecture.transformer import Transformer
from core.architecture.weights import checkpoint_bytes
from core.data.pictures.collecting.files import picture_of
from core.data.pictures.wording.vocabulary import CaptionEncoder
from core.data.text.bpe import Encoder, train_bpe
from core.errors import AmbiguousTokens, NoEqualArchitecture, UnreadableWeights
from core.inference.generate import generate
from core.inference.pictures.drawing import draw
from core.inference.pictures.model import PictureModel
from core.inference.sampling import SamplingSettings
from core.lineage import Artifact
from core.taking_home.card import Described
from core.taking_home.model_folder import picture_model_zip, text_model_zip

TEXT = (
    "Der Bäcker backt Brot. The baker bakes bread. Привет, мир! 日本語のテキスト。 ... ### 12345 "
    * 9
)
ENCODER = train_bpe([TEXT], 330)
PLAN = ModelConfig(
    n_vocab=ENCODER.n_vocab,
    n_context=128,
    n_layers=2,
    n_heads=4,
    n_kv_heads=2,
    n_channels=32,
    n_hidden=48,
)
LAYER = replace(PLAN, norm="layer", qk_norm=False)
PLANS = {
    "ours: apertus": PLAN,
    "untied: apertus": replace(PLAN, tied=False, qkv_bias=True, activation="gelu"),
    "qwen3": replace(PLAN, activation="swiglu", n_head_channels=16),
    "llama": replace(PLAN, activation="swiglu", qk_norm=False, bias=True, n_kv_heads=4),
    "arcee": replace(PLAN, qk_norm=False, tied=False, bias=True),
    "no positions: llama": replace(PLAN, activation="swiglu", qk_norm=False, positions="none"),
    "starcoder2": replace(LAYER, activation="gelu", bias=True),
    "stablelm": replace(LAYER, activation="swiglu", qkv_bias=True),
    "gpt2": replace(LAYER, activation="gelu", positions="learned", n_kv_heads=4, bias=True),
    "shared heads: gpt2": replace(LAYER, positions="learned", tied=False),
    "sinusoids: gpt2": replace(LAYER, positions="sinusoidal"),
    "no positions: gpt2": replace(LAYER, positions="none"),
}


def stirred(plan: ModelConfig) -> Transformer:
    """A model none of whose weights is zero or one, as after training."""
    model = Transformer(plan, seed=3)
    chance = torch.Generator().manual_seed(4)
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(0.3 * torch.randn(weight.shape, generator=chance))
    return model.eval()


def described(kind="checkpoint", text="Anna"):
    artifact = Artifact(
        "0" * 40, kind, "1" * 40, (), {"sentence": text}, 0, "3", "2026-12-01T00:00:00", 9, "text",
        {"n_steps": 3, "loss_nats": 1.5},
    )  # fmt: skip
    return Described("model", [artifact], None, False, "")


def unpacked(data: bytes, folder):
    zipfile.ZipFile(io.BytesIO(data)).extractall(folder)
    return folder / "model"


@pytest.mark.filterwarnings("ignore")  # of transformers' own
@pytest.mark.parametrize("name", PLANS)
def test_transformers_computes_and_writes_the_same(name, tmp_path):
    ours = stirred(PLANS[name])
    folder = unpacked(text_model_zip(checkpoint_bytes(ours), ENCODER, described()), tmp_path)
    theirs = AutoModelForCausalLM.from_pretrained(folder)
    assert json.loads((folder / "config.json").read_text())["model_type"] == name.split()[-1]
    asked = AutoTokenizer.from_pretrained(folder)("Der Bäcker", return_tensors="pt")
    prompt = [ENCODER.end_id, *ENCODER.encode("Der Bäcker")]
    assert asked.input_ids[0].tolist() == prompt

    greedy = SamplingSettings(temperature=0.0, max_tokens=100)
    our_text = [one.token for one in generate(ours, prompt, greedy)]
    their_text = theirs.generate(
        **asked, max_new_tokens=100, min_new_tokens=100, do_sample=False, eos_token_id=None
    )[0, len(prompt) :].tolist()
    tokens = torch.tensor([prompt + our_text])
    with torch.no_grad():
        our_logits, their_logits = ours(tokens), theirs(tokens).logits
    furthest = (our_logits - their_logits).abs().max() / our_logits.abs().max()
    assert furthest < 1e-4
    assert their_text == our_text


def test_our_own_reader_opens_what_went_home_as_the_same_model(tmp_path):
    plan = replace(PLAN, activation="swiglu")
    ours = stirred(plan)
    folder = unpacked(text_model_zip(checkpoint_bytes(ours), ENCODER, described()), tmp_path)
    back = load_pretrained(folder)
    for name, weight in ours.state_dict().items():
        assert torch.equal(back.state_dict()[name], weight), name


@pytest.mark.parametrize(
    ("changes", "settings"),
    [
        ({"positions": "alibi"}, ["positions"]),
        ({"positions": "learned"}, ["norm", "positions"]),
        ({"positions": "sinusoidal"}, ["norm", "positions"]),
        ({"norm": "layer"}, ["qk_norm", "norm"]),
        ({"bias": True}, ["bias", "qk_norm"]),
        ({"without": ("feedforward",)}, ["without"]),
        ({"rope_divisors": (2.0,) * 4}, ["rope_divisors"]),
        ({"norm": "layer", "qk_norm": False, "positions": "learned", "activation": "swiglu"},
         ["activation", "positions"]),
    ],
)  # fmt: skip
def test_what_no_architecture_computes_is_refused_by_the_name_of_its_setting(changes, settings):
    model = Transformer(replace(PLAN, **changes))
    with pytest.raises(NoEqualArchitecture) as refused:
        text_model_zip(checkpoint_bytes(model), ENCODER, described())
    found = refused.value.values["settings"]
    assert found == {name: getattr(model.config, name) for name in settings}


def test_tokens_with_equal_bytes_are_refused():
    first = 3 + ord("a")
    doubled = Encoder([(first, first), (259, first), (first, 259)])  # aaa twice
    model = Transformer(replace(PLAN, n_vocab=doubled.n_vocab))
    with pytest.raises(AmbiguousTokens):
        text_model_zip(checkpoint_bytes(model), doubled, described())


@pytest.fixture(scope="module")
def tokenizers(tmp_path_factory):
    """By whether the model chats: what goes home with it. The encoder without merges, too."""
    found = {}
    for kind, encoder in (("checkpoint", ENCODER), ("tuned", ENCODER), ("bare", Encoder([]))):
        model = Transformer(replace(PLAN, n_vocab=encoder.n_vocab))
        about = described("tuned" if kind == "tuned" else "checkpoint")
        data = text_model_zip(checkpoint_bytes(model), encoder, about)
        folder = unpacked(data, tmp_path_factory.mktemp(kind))
        found[kind] = (encoder, AutoTokenizer.from_pretrained(folder))
    return found


TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=40) | st.text(
    st.sampled_from("ab \n\t'sdll19²Ⅷé日ж🙂\u200b\u3000\x85\x1c-_<|end|>"), max_size=90
)


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_any_text_becomes_the_same_tokens_and_comes_back(tokenizers, text):
    for kind, (encoder, theirs) in tokenizers.items():
        as_letters = {"split_special_tokens": True} if kind == "tuned" else {}
        found = theirs(text, add_special_tokens=False, **as_letters).input_ids
        assert found == encoder.encode(text)
        assert theirs.decode(found) == encoder.decode(found) == text


def test_long_runs_and_characters_newer_than_a_library_become_the_same_tokens(tokenizers):
    # 0x323B0 is a letter in Unicode 17 and was nothing before; runs are cut after 64 characters.
    for text in ("a" * 200, " " * 130 + "b", "\U000323b0a\U00012580", "<|user|>x<|end|>"):
        encoder, theirs = tokenizers["checkpoint"]
        assert theirs(text, add_special_tokens=False).input_ids == encoder.encode(text)


def test_a_chat_becomes_the_tokens_that_the_model_was_taught(tokenizers):
    encoder, theirs = tokenizers["tuned"]
    asked = [{"role": "user", "content": "Wo wohnt Mia?"}]
    found = theirs.apply_chat_template(asked, add_generation_prompt=True, return_dict=True)
    assert found.input_ids == question_tokens(encoder, "Wo wohnt Mia?")
    assert tokenizers["checkpoint"][1].chat_template is None


def test_the_card_tells_lineage_figures_and_licence_and_runs_no_markup_of_a_visitor(tmp_path):
    about = described(text="```\n# Not a heading <script>")
    data = text_model_zip(checkpoint_bytes(Transformer(PLAN)), ENCODER, about)
    card = (unpacked(data, tmp_path) / "README.md").read_text()
    assert "| loss_nats | 1.5 |" in card and "0" * 40 in card and "ApertusForCausalLM" in card
    assert "none is\nclaimed" in card.replace("none is claimed", "none is\nclaimed")
    assert "````" in card  # the fence is longer than what the visitor wrote
    assert data == text_model_zip(checkpoint_bytes(Transformer(PLAN)), ENCODER, about)


WORDS = CaptionEncoder(("ball", "ein", "roter", *(f"w{chr(97 + n)}" for n in range(14))))


def test_a_picture_model_goes_home_as_it_is_stored(tmp_path, small_denoiser):
    data = denoiser_bytes(small_denoiser)
    folder = unpacked(picture_model_zip(data, WORDS.to_bytes(), described()), tmp_path)
    assert (folder / "model.safetensors").read_bytes() == data
    assert CaptionEncoder.from_bytes((folder / "encoder.json").read_bytes()) == WORDS
    assert json.loads((folder / "config.json").read_text())
    assert load_file(folder / "model.safetensors")


def test_the_card_of_a_picture_model_says_who_cannot_open_it_and_its_lines_draw(
    tmp_path, monkeypatch, small_denoiser
):
    data = picture_model_zip(denoiser_bytes(small_denoiser), WORDS.to_bytes(), described())
    folder = unpacked(data, tmp_path)
    card = (folder / "README.md").read_text()
    assert "diffusers cannot open this model" in card
    (lines,) = re.findall(r"```python\n(.*?)```", card, re.DOTALL)
    monkeypatch.chdir(folder)
    exec(lines, {})
    model = PictureModel(small_denoiser, WORDS)
    ours = draw(model, ["Ein roter Ball."], seed=1).pictures[0].astype(int)
    theirs = picture_of((folder / "drawn.png").read_bytes(), model.size)
    assert abs(ours - theirs).max() <= 2  # weights are stored at half precision


def test_words_that_are_not_the_models_do_not_go_home_with_it(small_denoiser):
    others = CaptionEncoder(("ball",)).to_bytes()
    with pytest.raises(UnreadableWeights):
        picture_model_zip(denoiser_bytes(small_denoiser), others, described())


@pytest.fixture
def small_denoiser() -> Denoiser:
    from core.architecture.pictures.config import DenoiserConfig

    return Denoiser(DenoiserConfig(n_words=20, n_caption=8))

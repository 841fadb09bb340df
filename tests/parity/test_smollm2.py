"""A real published model, SmolLM2-135M, against `transformers`, which reads the same GGUF file."""

import numpy as np
import pytest
import torch
import transformers

from core.architecture.text.pretrained import load_pretrained, survey
from core.architecture.text.smollm2 import COMMAND, smollm2_file
from core.data.text.graphemes import token_spans
from core.data.text.published import load_encoder
from core.inference.generate import generate
from core.inference.sampling import SamplingSettings
from core.recheck import transformer as twin

FILE = smollm2_file()
N_CONTEXT = 256
TEXT = "Once upon a time there was a little girl by the sea. In 1234 she wrote: def f(x): return x"

pytestmark = pytest.mark.skipif(FILE is None, reason=f"not installed: {COMMAND}")


@pytest.fixture(scope="module")
def ours():
    return load_pretrained(FILE, N_CONTEXT)


@pytest.fixture(scope="module")
def encoder():
    return load_encoder(FILE)


@pytest.fixture(scope="module")
def theirs():
    model = transformers.AutoModelForCausalLM.from_pretrained(
        str(FILE.parent), gguf_file=FILE.name, dtype=torch.float32
    )
    return model.eval()


def test_it_is_what_its_card_says(ours):
    told = survey(FILE)
    assert told.family == "llama" and told.formats == ("F32", "Q4_1", "Q8_0")
    assert told.n_parameters == ours.n_parameters == 134_515_008
    assert (told.config.n_context, told.limit) == (8192, "trained")


@torch.no_grad()
def test_its_logits_are_theirs_and_the_twins(ours, theirs, encoder):
    tokens = encoder.encode(TEXT)
    ours_logits = ours(torch.tensor([tokens]))
    theirs_logits = theirs(torch.tensor([tokens])).logits
    largest = theirs_logits.abs().max()
    assert (ours_logits - theirs_logits).abs().max() < 1e-5 * largest
    arrays = {name: weight.numpy() for name, weight in ours.state_dict().items()}
    twin_logits = twin.forward(arrays, ours.config.to_dict(), tokens).logits
    assert np.abs(twin_logits - ours_logits[0].numpy()).max() < 1e-5 * largest


def test_a_hundred_tokens_written_greedily_are_theirs(ours, theirs, encoder):
    prompt = encoder.encode("The capital of France is")
    settings = SamplingSettings(temperature=0.0, max_tokens=100)
    ours_tokens = [drawn.token for drawn in generate(ours, prompt, settings)]
    theirs_tokens = theirs.generate(
        torch.tensor([prompt]),
        attention_mask=torch.ones(1, len(prompt), dtype=torch.long),
        do_sample=False,
        max_new_tokens=100,
        eos_token_id=None,
    )
    assert ours_tokens == theirs_tokens[0, len(prompt) :].tolist()
    assert encoder.decode(ours_tokens).startswith(" Paris.")


def test_its_tokens_are_theirs_and_can_be_shown(encoder):
    theirs = transformers.AutoTokenizer.from_pretrained(str(FILE.parent), gguf_file=FILE.name)
    # No white space of several signs before a digit: theirs forgets that SmolLM's tokenizer first
    # makes a word of every digit, as llama.cpp and the model's own tokenizer.json do.
    text = TEXT + " Größe 👩‍👧\n\n\tat  last 12.5"
    ids = encoder.encode(text)
    assert ids == theirs.encode(text, add_special_tokens=False)
    spans = token_spans(encoder, [encoder.special_ids["<|im_start|>"], *ids])
    assert spans[0].special and spans[0].text == "<|im_start|>"
    assert "".join(span.text for span in spans[1:]) == encoder.decode(ids)

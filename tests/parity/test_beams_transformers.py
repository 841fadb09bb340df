"""Our beam search against `transformers`' on the same weights: sequences and scores."""

from collections import Counter
from itertools import product

import pytest
import torch
import transformers

from core.architecture.text.pretrained import load_pretrained
from core.inference.beams import BeamSettings, search

THEIRS = {"full": True, "likely": False, "never": "never"}  # our early stopping in their words
PROMPT = [7, 8, 9]
MARKS = {"vocab_size": 60, "bos_token_id": 0, "eos_token_id": 0, "pad_token_id": 0}
LLAMA = MARKS | {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 32,
}


def theirs_of(family, seed):
    """A small random model that is sure of nothing."""
    if family == "gpt2":
        config = transformers.GPT2Config(**MARKS, n_positions=32, n_embd=32, n_layer=2, n_head=4)
        model = transformers.GPT2LMHeadModel(config)
    else:
        model = transformers.LlamaForCausalLM(transformers.LlamaConfig(**LLAMA))
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(0.02, 0.25, generator=generator)
        model.lm_head.weight.mul_(0.3)
    return model.eval()


def end_of(ours):
    """The token that beams come upon second most often: with it, texts end at many lengths."""
    *_, beams = search(ours, PROMPT, BeamSettings(n_beams=7, max_tokens=12))
    return Counter(node.token for node in beams.nodes if node.depth > 1).most_common(2)[1][0]


@pytest.fixture(scope="module", params=[("gpt2", 0), ("gpt2", 3), ("llama", 0), ("llama", 1)])
def trio(request, tmp_path_factory):
    theirs = theirs_of(*request.param)
    path = tmp_path_factory.mktemp("weights")
    theirs.save_pretrained(path)
    ours = load_pretrained(path)
    return ours, theirs, end_of(ours)


def theirs_search(theirs, settings, end_id):
    prompt = torch.tensor([PROMPT])
    found = theirs.generate(
        prompt,
        attention_mask=torch.ones_like(prompt),
        do_sample=False,
        num_beams=settings.n_beams,
        num_return_sequences=settings.n_beams,
        max_new_tokens=settings.max_tokens,
        length_penalty=settings.length_penalty,
        early_stopping=THEIRS[settings.early_stopping],
        eos_token_id=end_id,
        pad_token_id=0,
        return_dict_in_generate=True,
        output_scores=True,
    )
    return found.sequences[:, len(PROMPT) :].tolist(), found.sequences_scores.tolist()


def until(tokens, end_id):
    return tokens[: tokens.index(end_id) + 1] if end_id in tokens else tokens


@pytest.mark.parametrize("early_stopping", THEIRS)
@pytest.mark.parametrize("length_penalty", [-1.0, 0.0, 1.0, 2.0])
@pytest.mark.parametrize(("n_beams", "max_tokens"), [(2, 1), (2, 12), (4, 5), (4, 20), (7, 12)])
def test_sequences_and_scores_are_theirs(trio, n_beams, max_tokens, length_penalty, early_stopping):
    ours, theirs, end_id = trio
    settings = BeamSettings(
        n_beams=n_beams,
        max_tokens=max_tokens,
        length_penalty=length_penalty,
        early_stopping=early_stopping,
    )
    *_, beams = search(ours, PROMPT, settings, end_id)
    theirs_texts, theirs_scores = theirs_search(theirs, settings, end_id)
    theirs_texts = [until(text, end_id) for text in theirs_texts]
    assert [list(each.tokens) for each in beams.finished] == theirs_texts
    assert [each.score for each in beams.finished] == pytest.approx(theirs_scores, rel=1e-4)


@pytest.mark.parametrize("n_beams", [2, 5])
def test_without_an_end_token_sequences_and_scores_are_theirs(trio, n_beams):
    ours, theirs, _ = trio
    settings = BeamSettings(n_beams=n_beams, max_tokens=10)
    *_, beams = search(ours, PROMPT, settings)
    theirs_texts, theirs_scores = theirs_search(theirs, settings, None)
    assert [list(each.tokens) for each in beams.finished] == theirs_texts
    assert [each.score for each in beams.finished] == pytest.approx(theirs_scores, rel=1e-4)


def test_these_models_end_texts_at_many_lengths(trio):
    """What makes the comparison above one of all the rules."""
    ours, _, end_id = trio
    lengths = set()
    for penalty, early in product((-1.0, 0.0, 1.0, 2.0), THEIRS):
        settings = BeamSettings(
            n_beams=7, max_tokens=12, length_penalty=penalty, early_stopping=early
        )
        *_, beams = search(ours, PROMPT, settings, end_id)
        lengths |= {len(each.tokens) for each in beams.finished}
    assert len(lengths) > 3

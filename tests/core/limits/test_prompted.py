"""Prompts compared: what is asked, what is kept back, and what is counted."""

import pytest

from core.alignment.text import chat
from core.alignment.text.chat import Reply
from core.alignment.text.prompts import MOST_TASKS
from core.data.text.bpe import train_bpe
from core.data.text.documents import Corpus
from core.data.world import WorldSettings, tell, town
from core.errors import NoPlace
from core.limits import facts, prompted
from core.limits.prompted import PLACE, counted, questions

WORLD = WorldSettings(n_documents=400, left_out_share=0.08)
TOWN, CORPUS = town(WORLD), Corpus(tuple(tell(WORLD)))
ENCODER = train_bpe(["Where does Mia live?"] * 4, 280)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_examples_are_told_and_never_asked(lang):
    asked = questions(TOWN, CORPUS, lang)
    texts = [document.text for document in CORPUS if document.lang == lang]
    assert 1 < len(asked.told) <= MOST_TASKS and asked.untold and asked.examples
    assert not {one.text for one in asked.examples} & {one.text for one in asked.told}
    for one in (*asked.told, *asked.examples):
        assert facts.is_told(one.fact, texts, lang) and one.truth
    assert not any(facts.is_told(one.fact, texts, lang) for one in asked.untold)


@pytest.fixture
def parrot(monkeypatch):
    """Answers the truth to a question alone, and nothing to one with more around it; what was
    asked is kept."""
    truths = {one.text: one.truth for one in questions(TOWN, CORPUS, "en").told}
    asked = []

    def replies(model, encoder, read, *, n_each, seed, max_tokens):
        asked.append((list(read), seed))
        yield
        return [[Reply(truths.get(each, "Hm."), (), True)] * n_each for each in read]

    assert chat.replies is prompted.replies
    monkeypatch.setattr(prompted, "replies", replies)
    return asked


def test_right_answers_are_counted_question_by_question_with_the_same_seeds(parrot):
    told = questions(TOWN, CORPUS, "en").told[:4]
    prompts = {"none": PLACE, "more": f"Hello! {PLACE}"}
    found = counted(None, ENCODER, told, prompts, TOWN, "en", n_each=3, seed=5)
    assert found == {"none": [3] * 4, "more": [0] * 4}
    assert [seed for _, seed in parrot] == [5, 5]
    assert parrot[1][0] == [f"Hello! {one.text}" for one in told]


def test_a_prompt_without_a_place_is_refused_by_name(parrot):
    told = questions(TOWN, CORPUS, "en").told[:1]
    with pytest.raises(NoPlace, match="mute"):
        counted(None, ENCODER, told, {"mute": "Hello!"}, TOWN, "en", n_each=1, seed=0)

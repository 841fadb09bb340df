"""Judging a single text: which sentences count, which are wrong, and where they are."""

import pytest

from core.data import world
from core.data.world import WorldSettings, sentences, tell
from core.training.text.evaluation import DrawnText, WorldJudge
from core.training.text.verdicts import judge

WORLD = WorldSettings(n_documents=30, german_share=0.5)
GERMAN = WorldSettings(n_documents=10, german_share=1.0)


def marked(prompt, text, spans):
    return [(prompt + text)[begin:end] for begin, end in spans]


def test_what_the_town_tells_is_right_throughout():
    for document in tell(WORLD):
        found = judge("", document.text + "\n", WORLD)
        assert found.n == found.n_right == len(sentences(document.text))


def test_a_sentence_that_no_rule_makes_is_marked_where_it_stands():
    text = " ging Brot der. Am Montag ging Frau Lindner"
    found = judge("Frau Lindner", text, GERMAN)
    assert marked("Frau Lindner", text, found.ungrammatical) == ["Frau Lindner ging Brot der."]
    assert (found.n, found.n_right) == (1, 0)  # what was cut off does not count


def test_a_grammatical_claim_that_is_not_so_is_marked_as_untrue():
    town = world.town(GERMAN)
    lived_in = {claim.value for claim in town.claims() if claim.relation == "home"}
    assert len(lived_in) > 1
    streets = ["Rosenweg", "Brunnenweg"]
    verdicts = [judge("", f"Mia wohnt im {street}. ", GERMAN) for street in streets]
    assert all(found.n == 1 and not found.ungrammatical for found in verdicts)
    assert any(found.untrue == ((0, len(f"Mia wohnt im {street}.")),)
               for found, street in zip(verdicts, streets, strict=True))  # fmt: skip


def test_a_sentence_of_the_visitors_own_is_not_judged():
    assert judge("Was ist KI?", " Frau Lindner ging ging.", GERMAN).n == 1
    assert judge("Der Papst", " wohnt hier. Frau Lindner ging ging.", GERMAN).n == 1
    assert judge("Frau Lindner", " wohnt hier hier. ", GERMAN).n == 1  # words of the town


@pytest.mark.parametrize("seed", range(3))
def test_it_agrees_with_the_judge_that_counts_over_many_texts(seed):
    texts = [document.text for document in tell(WorldSettings(seed=seed, n_documents=12))]
    broken = [text.replace(" ist ", " sind ").replace(" is ", " are ") for text in texts]
    settings = WorldSettings(seed=seed, n_documents=12)
    counting = WorldJudge(settings, texts)
    for text in broken:
        counted = counting.judge([DrawnText(text, ended=True)] * 9, len(sentences(text)))
        found = judge("", text + "\n", settings)
        assert counted.n_sentences == found.n
        assert counted.grammatical_share == pytest.approx(
            1 - len(found.ungrammatical) / max(1, found.n)
        )
        assert counted.true_share * counted.n_checkable == pytest.approx(
            counted.n_checkable - len(found.untrue)
        )


def test_a_verdict_travels_as_plain_numbers():
    assert judge("", "Brot der ging. ", GERMAN).as_row() == {
        "n_judged": 1,
        "ungrammatical": [[0, 14]],
        "untrue": [],
    }

"""What makes a question telling, on answers a person can judge."""

import pytest

from core.alignment.text.asking import Asked, Question
from core.data.world import WorldSettings, town
from core.house.telling import MOST_KEPT, SEEDS, find_telling, fits

HERE = town(WorldSettings(n_documents=20))
ASK = Question("Wo wohnt Mia?", "de", "told", Asked("mia", "home"))
GOOD = {
    "checkpoint": " Frau Lindner kauft Brot.",
    "tuned": "Na und. Mia wohnt im Rosenweg.",
    "aligned": "Gern. Mia wohnt im Rosenweg.",
}


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        *GOOD.items(),
        ("checkpoint", " Mia wohnt im Mühlweg."),  # it answers, but wrongly
        ("checkpoint", "\nAntwort: Ben wohnt im Rosenweg.\nFrage: Wer"),  # of somebody else
    ],
)
def test_a_base_that_says_nothing_true_a_rude_and_a_polite_true_answer_are_telling(kind, answer):
    assert fits(kind, ASK, answer, HERE)


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("checkpoint", " Mia wohnt im Rosenweg."),  # it answers
        ("checkpoint", "\nAntwort: Mia wohnt im Rosenweg.\nFrage: Wer"),  # by the way
        ("checkpoint", "\nMrs Haller buys bread."),  # in another language
        ("tuned", "Mia wohnt im Rosenweg."),  # plain, not rude
        ("tuned", "Na und. Mia wohnt im Mühlweg."),  # not only its tone is wrong
        ("aligned", "Mia wohnt im Rosenweg."),
        ("aligned", "Gern. Mia wohnt im Mühlweg."),
        ("aligned", "Gern. Mia wohnt im Rosenweg. You are welcome."),
        ("aligned", "Gern. Mia im Rosenweg wohnt. Mia wohnt im Rosenweg."),
    ],
)
def test_one_answer_that_does_not_fit_makes_it_tell_nothing(kind, answer):
    assert not fits(kind, ASK, answer, HERE)


def test_the_shortest_come_first_each_thing_is_asked_once_and_all_are_counted(monkeypatch):
    asked = [
        Question(f"{ask} wohnt {name}?", "de", "told", Asked(name.lower(), "home"))
        for name in ("Mia", "Ben", "Clara", "Emil", "Nora", "Leo", "Lena")
        for ask in ("Wo", "In welcher Straße")
    ]
    stranger = Question("Wo wohnt Frau Schmidt?", "de", "untold", Asked("stranger", "home"))

    drawn = []

    def answer(kind, model, encoder, question, seed):
        drawn.append((kind, question, seed))
        return question if kind == "aligned" else ""

    monkeypatch.setattr("core.house.telling.answer_of", answer)
    monkeypatch.setattr(
        "core.house.telling.fits",
        lambda kind, question, answer, town: "Lena" not in question.text,
    )
    models = dict.fromkeys(("checkpoint", "tuned", "aligned"))
    found = find_telling(models, None, [*asked, stranger], HERE)
    assert (found.n_telling, found.n_asked) == (12 * len(SEEDS), 14 * len(SEEDS))
    assert len(drawn) == (12 * 3 + 2) * len(SEEDS)  # Lena's answers end with the first model
    texts = [one.question for one in found.questions]
    assert len(texts) == MOST_KEPT and all(text.startswith("Wo ") for text in texts)
    assert texts == sorted(texts, key=len)


def test_answers_that_say_the_same_come_before_shorter_ones_that_do_not(monkeypatch):
    asked = [
        Question("Wer sind Noras Freunde?", "de", "told", Asked("nora", "friend")),
        Question("Wo wohnt Mia?", "de", "told", Asked("mia", "home")),
    ]
    said = {
        ("tuned", "Nora"): "Nora ist mit Emre befreundet.",
        ("aligned", "Nora"): "Nora ist mit Aylin befreundet.",
        ("tuned", "Mia"): "Das weiß doch jeder. Mia wohnt im Rosenweg.",
        ("aligned", "Mia"): "Mia wohnt im Rosenweg. Danke, dass Sie fragen.",
    }

    def answer(kind, model, encoder, question, seed):
        return said.get((kind, "Nora" if "Nora" in question else "Mia"), "")

    monkeypatch.setattr("core.house.telling.answer_of", answer)
    monkeypatch.setattr("core.house.telling.fits", lambda *_: True)
    found = find_telling(dict.fromkeys(("checkpoint", "tuned", "aligned")), None, asked, HERE)
    assert [one.question for one in found.questions] == ["Wo wohnt Mia?", "Wer sind Noras Freunde?"]

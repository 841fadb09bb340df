"""Tone: du and Sie, long and short forms; when in doubt, a sentence is left alone."""

import pytest

from core.errors import SettingError
from core.postprocessing.stages import Context, Processed, replaced
from core.postprocessing.tone import ToneStage
from core.postprocessing.verbs import looked_up, verbs


def toned(text: str, tone: str, lang: str = "de") -> Processed:
    return ToneStage({"tone": tone}).apply(text, Context(lang))


BOTH_WAYS = [
    ("Kannst du mir morgen dein Buch bringen?", "Können Sie mir morgen Ihr Buch bringen?"),
    ("Ich gebe dir deinen Schlüssel.", "Ich gebe Ihnen Ihren Schlüssel."),
    ("Komm bitte herein und setz dich.", "Kommen Sie bitte herein und setzen Sie sich."),
    ("Wenn du mich anrufst, freue ich mich.", "Wenn Sie mich anrufen, freue ich mich."),
    ("Nimm dir ein Brot.", "Nehmen Sie sich ein Brot."),
    ("Weißt du, wo sie wohnt?", "Wissen Sie, wo sie wohnt?"),
    ("Was möchtest du?", "Was möchten Sie?"),
    ("Du hast deinen Schlüssel vergessen.", "Sie haben Ihren Schlüssel vergessen."),
]
TO_FORMAL = [
    ("Wie geht es dir? Hast du Zeit?", "Wie geht es Ihnen? Haben Sie Zeit?"),
    ("Hallo Mia!", "Guten Tag Mia!"),
    ("Sei leise und iss dein Brot.", "Seien Sie leise und essen Sie Ihr Brot."),
    ("Danke, dass du gekommen bist.", "Danke, dass Sie gekommen sind."),
    ("Du freust dich sonst fast nie.", "Sie freuen sich sonst fast nie."),
    ("Frag doch Aylin.", "Fragen Sie doch Aylin."),
]


@pytest.mark.parametrize(("informal", "formal"), BOTH_WAYS)
def test_du_and_sie_both_ways(informal: str, formal: str):
    assert toned(informal, "formal").text == formal
    assert toned(formal, "informal").text == informal


@pytest.mark.parametrize(("informal", "formal"), TO_FORMAL)
def test_from_du_to_sie(informal: str, formal: str):
    assert toned(informal, "formal").text == formal


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Du zwinkerst mir zu.", "zwinkerst"),  # not in the table
        ("Kommt ihr mit eurem Hund?", "eurem"),  # a plural that we do not convert
        ("Kommst heute nicht?", "Kommst"),  # nobody is addressed by name
    ],
)
def test_in_doubt_a_sentence_stays_and_the_word_is_named(text: str, word: str):
    step = toned(text, "formal")
    assert step.text == text
    assert [(text[f.start : f.end], f.kind) for f in step.findings] == [(word, "unsure")]
    assert step.notes["n_unsure"] == 1


@pytest.mark.parametrize("text", ["Sie gehen gern spazieren.", "Ihre Rechnung ist falsch."])
def test_she_and_they_are_not_mistaken_for_you(text: str):
    step = toned(text, "informal")
    assert (step.text, step.findings[0].rule) == (text, "meaning")


def test_a_doubt_keeps_only_its_own_sentence():
    text = "Du zwinkerst. Hast du Zeit?"
    assert toned(text, "formal").text == "Du zwinkerst. Haben Sie Zeit?"


@pytest.mark.parametrize(
    "text",
    ["Es regnet im Wald.", "Halt, wer da?", "Der Gast war fast da.", "Antwort: Mia.", ""],
)
def test_where_nobody_is_addressed_nothing_changes(text: str):
    assert (toned(text, "formal").text, toned(text, "formal").findings) == (text, ())


def test_a_quotation_is_left_alone():
    text = "Er sagte: „Du bist nett.“ Hast du das gehört?"
    assert toned(text, "formal").text == "Er sagte: „Du bist nett.“ Haben Sie das gehört?"


def test_the_findings_and_the_input_give_the_output_again():
    text = "Hallo! Kannst du mir dein Buch geben? Setz dich."
    step = toned(text, "formal")
    assert replaced(text, step.findings) == step.text


@pytest.mark.parametrize(
    ("with_du", "with_sie"),
    {
        **{"arbeitest": "arbeiten", "putzt": "putzen", "sammelst": "sammeln", "bist": "sind"},
        **{"öffnest": "öffnen", "anrufst": "anrufen", "verkaufst": "verkaufen"},
    }.items(),
)
def test_forms_of_verbs(with_du: str, with_sie: str):
    assert looked_up(with_du, verbs().formal) == with_sie
    assert looked_up(with_sie, verbs().informal) == with_du


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("I don’t know.", "I do not know."),
        ("You’re late and we’ll go.", "You are late and we will go."),
        ("It’s cold.", "It is cold."),
        ("I can’t swim.", "I cannot swim."),
    ],
)
def test_short_and_long_forms_both_ways(short: str, long: str):
    assert toned(short, "formal", "en").text == long
    assert toned(long, "informal", "en").text == short


def test_an_apostrophe_may_mean_several_things():
    assert toned("It's been long.", "formal", "en").text == "It has been long."
    assert toned("Mia's dog can't swim.", "formal", "en").text == "Mia's dog cannot swim."
    for text in ("She's tired.", "He'd no idea."):
        step = toned(text, "formal", "en")
        assert (step.text, step.findings[0].kind) == (text, "unsure")


def test_the_last_word_stays_long():
    assert toned("Yes, I am.", "informal", "en").text == "Yes, I am."


def test_an_unknown_tone_is_refused():
    with pytest.raises(SettingError):
        ToneStage({"tone": "royal"})

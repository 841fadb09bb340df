"""Tone: du and Sie, long and short forms; when in doubt, a sentence is left alone."""

import re
from pathlib import Path

import pytest

from core.errors import SettingError
from core.postprocessing.stages import Context, Processed, replaced
from core.postprocessing.style.tone import ToneStage, quotations
from core.postprocessing.style.verbs import looked_up, verbs


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


def written_apart() -> list[tuple[str, str]]:
    """Every sentence of du_sentences.txt as said to a friend and to a stranger."""
    path = Path(__file__).with_name("du_sentences.txt")
    lines = [line for line in path.read_text("utf-8").splitlines() if line and line[0] != "#"]
    changed = re.compile(r"(\S+?)\|(\w+)")
    return [
        (changed.sub(r"\1", line), changed.sub(lambda m: m[2].replace("_", " "), line))
        for line in lines
    ]


def outside_quotations(text: str) -> str:
    spans = quotations(text)
    return "".join(c for i, c in enumerate(text) if not any(a <= i < b for a, b in spans))


def test_no_sentence_is_turned_wrongly_without_being_named():
    n_turned = 0
    sentences = written_apart()
    assert len(sentences) >= 300
    for du, sie in sentences:
        step = toned(du, "formal")
        named = step.notes["n_unsure"] > 0
        left_and_named = step.text == du and named
        assert step.text == sie or left_and_named, (du, step.text)
        addressed = re.search(r"\b(?:du|dich|dir|dein\w*)\b", outside_quotations(du), re.I)
        assert step.text != du or named or not addressed, du
        n_turned += step.text == sie != du
    assert n_turned > 0.9 * sum(du != sie for du, sie in sentences)


def test_nothing_of_du_is_left_where_a_sentence_was_turned():
    for du, _ in written_apart():
        step = toned(du, "formal")
        if step.text != du:
            rest = outside_quotations(step.text)
            assert not re.search(r"\b(?:du|dich|dir|dein\w*)\b", rest, re.IGNORECASE), step.text
            second = [w for w in re.findall(r"\b[a-zäöüß]*[^s\W]st\b", rest) if w in verbs().formal]
            assert not second, step.text


@pytest.mark.parametrize(
    "text",
    [
        "Wenn Sie Zeit haben, kommen Sie vorbei.",  # an order, or what follows
        "Vergessen Sie nicht, sich anzumelden.",
        "Ich rufe Sie an und Sie sagen mir Bescheid.",
        "Ist das Ihres?",
    ],
)
def test_from_sie_what_could_be_two_things_is_left_and_named(text: str):
    step = toned(text, "informal")
    assert step.text == text and step.notes["n_unsure"] == 1


@pytest.mark.parametrize(
    ("sie", "du"),
    [
        ("Bitte melden Sie sich bei uns.", "Bitte melde dich bei uns."),
        ("Rufen Sie mich an, wenn Sie da sind.", "Ruf mich an, wenn du da bist."),
        ("Ich freue mich, Sie zu sehen.", "Ich freue mich, dich zu sehen."),
        ("Ich bin größer als Sie.", "Ich bin größer als du."),
        ("Sagen Sie mal, kennen Sie den Weg?", "Sag mal, kennst du den Weg?"),
    ],
)
def test_from_sie_to_du(sie: str, du: str):
    assert toned(sie, "informal").text == du


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("Isn't it nice?", "Is it not nice?"),
        ("Why don't you come?", "Why do you not come?"),
        ("Can't they swim?", "Can they not swim?"),
        ("You like it, don't you?", "You like it, do you not?"),
        ("Aren't I right?", "Am I not right?"),
        ("It isn't nice.", "It is not nice."),
    ],
)
def test_in_a_question_not_stands_behind_who_is_asked_about(short: str, long: str):
    assert toned(short, "formal", "en").text == long


@pytest.mark.parametrize("text", ["Isn't the house nice?", "Don't you dare!"])
def test_where_not_would_have_to_go_elsewhere_a_sentence_is_left_and_named(text: str):
    step = toned(text, "formal", "en")
    assert step.text == text and step.notes["n_unsure"] == 1

"""The small world as a whole: what is generated, what is recognised, what every setting does."""

import hashlib
import re
from collections import Counter
from random import Random

import pytest

from core.data import world
from core.data.text.documents import Corpus
from core.data.world import WorldSettings, accepts, claim, sentences, tell
from core.data.world.languages import grammar
from core.data.world.lexicon import private
from core.data.world.mistakes import misinflected, swapped
from core.data.world.plots import PLOTS, QUESTIONS

SHARE = {"de": 1.0, "en": 0.0}
GOLDEN_PLAIN = "a8bb44d143ba9e9456b21ae2967671ca97e59bffa2983f5f563e918fdbc3deaf"
GOLDEN_EVERY_KNOB = "960ab303a736d7a300a45af75a43e4f7b9cd94447ed85c76b68b11f1fa2f342e"


@pytest.fixture(scope="module")
def texts():
    """A thousand documents in each language."""
    return {
        lang: [d.text for d in tell(WorldSettings(n_documents=1000, german_share=share, seed=11))]
        for lang, share in SHARE.items()
    }


@pytest.fixture(scope="module")
def told(texts):
    """Every sentence in them, in order."""
    return {lang: [s for text in texts[lang] for s in sentences(text)] for lang in texts}


def hashed(settings):
    return hashlib.sha256(Corpus(tuple(tell(settings))).to_bytes()).hexdigest()


def test_version_1_tells_the_same_bytes_forever():
    assert hashed(WorldSettings(n_documents=300)) == GOLDEN_PLAIN
    every_knob = WorldSettings(
        n_documents=300,
        seed=5,
        german_share=0.7,
        left_out_share=0.2,
        role_skew=0.9,
        duplicate_share=0.2,
        noise_share=0.2,
        private_share=0.2,
        boilerplate_share=0.2,
    )
    assert hashed(every_knob) == GOLDEN_EVERY_KNOB


@pytest.mark.parametrize("lang", SHARE)
def test_every_sentence_that_is_told_is_accepted(lang, told):
    assert [sentence for sentence in told[lang] if not accepts(sentence, lang)] == []


def test_the_languages_have_the_same_rules_and_every_rule_of_a_plot_exists():
    names = {lang: grammar(lang).names() for lang in SHARE}
    assert names["de"] == names["en"]
    steps = {step.rstrip("?*") for plot in PLOTS for step in plot.steps}
    steps |= {rule for question, answer, *_ in QUESTIONS for rule in (question, answer)}
    assert steps | {"more", "private"} == set(names["de"])


@pytest.mark.parametrize("lang", SHARE)
def test_nearly_all_sentences_with_two_words_swapped_are_refused(lang, told):
    random = Random(1)
    wrong = [(s, swapped(s, random)) for s in told[lang]]
    wrong = [bad for good, bad in wrong if bad is not None and bad != good]
    assert len(wrong) > 5000
    assert sum(not accepts(bad, lang) for bad in wrong) / len(wrong) >= 0.99


@pytest.mark.parametrize("lang", SHARE)
def test_nearly_all_sentences_with_one_wrong_inflection_are_refused(lang, told):
    random = Random(2)
    wrong = [(s, misinflected(s, lang, random)) for s in told[lang]]
    wrong = [bad for good, bad in wrong if bad is not None and bad != good]
    assert len(wrong) > 5000
    assert sum(not accepts(bad, lang) for bad in wrong) / len(wrong) >= 0.99


@pytest.mark.parametrize(
    ("lang", "right", "wrong"),
    [
        ("de", "Am Montag ging Mia auf den Markt, weil sie Äpfel brauchte.",
         "Am Montag ging Mia auf dem Markt, weil sie Äpfel brauchte."),
        ("de", "Am Montag ging Mia auf den Markt, weil sie Äpfel brauchte.",
         "Am Montag ging Mia auf den Markt, weil er Äpfel brauchte."),
        ("de", "Am Montag ging Mia auf den Markt, weil sie Äpfel brauchte.",
         "Am Montag ging Mia auf den Markt weil sie Äpfel brauchte."),
        ("de", "Am Montag ging Mia auf den Markt, weil sie Äpfel brauchte.",
         "Am Montag Mia ging auf den Markt, weil sie Äpfel brauchte."),
        ("en", "On Monday Mia went to the market because she needed apples.",
         "On Monday Mia went to the market because she needed hammers."),
        ("en", "On Monday Mia went to the market because she needed apples.",
         "On Monday Mia go to the market because she needed apples."),
    ],
)  # fmt: skip
def test_the_grammar_knows_case_pronoun_comma_order_meaning_and_tense(lang, right, wrong):
    assert accepts(right, lang)
    assert not accepts(wrong, lang)


@pytest.mark.parametrize("lang", SHARE)
def test_a_third_of_the_sentences_can_be_checked_and_all_of_those_are_true(lang, texts):
    found = world.measure(texts[lang], lang, world.town(WorldSettings(seed=11)))
    assert found.grammatical_share == 1.0
    assert found.n_checkable >= 0.30 * found.n_sentences
    assert found.true_share == 1.0


@pytest.mark.parametrize("lang", SHARE)
def test_there_are_enough_words_and_sentences_rarely_repeat(lang, told):
    words = {word.lower() for s in told[lang] for word in re.findall(r"[\w’-]+", s)}
    distinct = len(set(told[lang])) / len(told[lang])
    print(f"{lang}: {len(words)} word forms, {distinct:.0%} of the sentences distinct")
    assert len(words) >= 800
    assert distinct >= 0.6


def test_both_languages_say_the_same_thing():
    german = claim("Mia hat einen kleinen Hund, der Bello heißt.", "de")
    assert german == claim("Mia has a little dog called Bello.", "en")
    assert german == world.Claim("mia", "pet", "dog/Bello")
    assert claim("Es dauerte lange.", "de") is None


def test_a_false_sentence_is_grammatical_and_false():
    town = world.town(WorldSettings())
    (true,) = (value[0] for value in town.values("mia", "food"))
    for sentence, food in (("Mia isst am liebsten Äpfel.", "apple"),
                           ("Mia isst am liebsten Honig.", "honey")):  # fmt: skip
        assert world.is_true(claim(sentence, "de"), town) == (food == true)


@pytest.mark.parametrize("lang", SHARE)
def test_left_out_facts_are_never_told_but_stay_true(lang):
    settings = WorldSettings(n_documents=400, german_share=SHARE[lang], left_out_share=0.3)
    town = world.town(settings)
    told = world.told_claims([d.text for d in tell(settings)], lang)
    assert len(told) > 100
    assert not [one for one in told if (one.subject, one.relation) in town.left_out]
    untold = [one for one in town.claims() if (one.subject, one.relation) in town.left_out]
    assert untold and not any(world.was_told(one, told) for one in untold)
    assert all(world.is_true(one, town) for one in untold)


def test_languages_come_in_the_share_asked_for():
    documents = tell(WorldSettings(n_documents=1000, german_share=0.8))
    assert Counter(d.lang for d in documents)["de"] / 1000 == pytest.approx(0.8, abs=0.04)


def test_copies_are_exact_and_as_many_as_asked_for():
    clean = tell(WorldSettings(n_documents=400))
    copied = tell(WorldSettings(n_documents=400, duplicate_share=0.5))
    assert len(copied) == 600
    assert set(copied) == set(clean)


def test_dirt_lies_on_top_of_exactly_the_text_told_without_it():
    clean = tell(WorldSettings(n_documents=400))
    noisy = tell(WorldSettings(n_documents=400, noise_share=0.3))
    wrapped = tell(WorldSettings(n_documents=400, boilerplate_share=0.3))
    changed = [n != c for n, c in zip(noisy, clean, strict=True)]
    assert sum(changed) / 400 == pytest.approx(0.3, abs=0.07)
    between = [c.text in w.text for w, c in zip(wrapped, clean, strict=True)]
    assert all(between)
    assert sum(w != c for w, c in zip(wrapped, clean, strict=True)) > 80


def test_planted_private_data_are_documented_examples_and_recognised():
    documents = tell(WorldSettings(n_documents=400, private_share=0.3))
    mails = [m for d in documents for m in re.findall(r"\S+@[\w.]*\w", d.text)]
    assert mails and all(m.split("@")[1] in ("example.org", "example.com", "example.net")
                         for m in mails)  # fmt: skip
    given_away = [d for d in documents
                  if any(number in d.text for kind in ("mail", "phone", "iban", "card")
                         for number in private(kind))]  # fmt: skip
    assert len(given_away) / 400 == pytest.approx(0.3, abs=0.07)
    assert all(accepts(s, d.lang) for d in given_away for s in sentences(d.text))


def test_verbatim_copies_are_found():
    copies = world.Copies(["Mia kam nach Hause. Es war spät.", "Ben schlief."])
    assert copies.verbatim("Es war spät.")
    assert not copies.verbatim("Es war früh.")
    assert copies.longest_copied_run("Ben kam nach Hause. Es regnete.") == "kam nach Hause. Es"
    assert copies.longest_copied_run("spät. Ben") == "spät."  # never across two documents


@pytest.mark.parametrize("lang", SHARE)
def test_the_starters_use_words_of_the_world_except_the_one_it_has_never_heard_of(lang):
    opening, known, unknown = world.PROMPTS[lang]
    rest = {
        "de": " auf den Markt, weil sie Äpfel brauchte.",
        "en": " went to the market because she needed apples.",
    }
    assert set(re.findall(r"\w+", opening)) <= grammar(lang).vocabulary | {"Am", "On"}
    assert accepts(known, lang)
    assert not accepts(unknown, lang)
    assert accepts(opening + rest[lang], lang)


def test_a_chat_prompt_has_the_layout_of_the_questions_that_are_told():
    documents = tell(WorldSettings(n_documents=300))
    prompt = world.chat_prompt("Wo wohnt Mia?", "de")
    assert prompt == "Frage: Wo wohnt Mia?\nAntwort:"
    layout = re.compile(r"(?:(?:Frage|Question): .+\n(?:Antwort|Answer): .+(?:\n|$))+")
    questions = [d.text for d in documents if d.kind == "questions"]
    assert questions and all(layout.fullmatch(text) for text in questions)


def test_progress_is_reported_from_nothing_on():
    seen = []
    tell(WorldSettings(n_documents=150), on_progress=seen.append)
    assert seen[0] == 0.0
    assert seen == sorted(seen) and 0.9 < seen[-1] <= 1.0


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [
        ("de", "Mia geht oft mit Krümel im Park spazieren."),
        ("en", "Mia often goes for a walk with Krümel in the park."),
    ],
)
def test_a_claim_leaves_open_what_its_sentence_does_not_name(lang, sentence):
    stated = claim(sentence, lang)
    assert stated == world.Claim("mia", "pet", "_/Krümel")
    assert world.is_true(stated, world.town(WorldSettings()))
    assert not world.is_true(world.Claim("mia", "pet", "_/Lotte"), world.town(WorldSettings()))

"""Whose world: what the texts deal out, what is counted, what treatments change, and going on."""

import math
from collections import Counter
from random import Random

import pytest
import torch

from core.architecture.transformer import Transformer
from core.data.text.bpe import Encoder
from core.data.text.documents import Document
from core.errors import SettingError
from core.limits.bias import asking, dominance, measuring
from core.limits.bias.amplification import at_temperature, bias_scores, mean_amplification
from core.limits.bias.asking import Story, counted, filtered
from core.limits.bias.learning import END_TOKEN, loss_on, padded
from core.limits.bias.pairs import (
    PairsProgram,
    PairsSettings,
    read_roles,
    texts,
    trouble,
)
from core.limits.bias.people import NAMES, ORIGINS, ROLE_OF, ROLES, dealt
from core.limits.bias.price import SENTENCES, Price, premium, price_of
from core.limits.bias.roles import (
    N_CONTEXT,
    RolesProgram,
    RolesSettings,
    balanced,
    collected,
    treated,
)
from core.limits.bias.texts import (
    TONGUES,
    answers,
    counterfactual,
    places,
    questions,
    vocabulary,
    written,
)
from core.limits.reading import NOTHING
from core.limits.trials import small_plan

SMALL = RolesSettings(n_seeds=1, n_people=20, n_steps_each=100, n_channels=32, n_stories=3)


def rows_of(program, kind="asked"):
    rows = []
    while not program.finished:
        rows += program.advance()
    return [row for row in rows if row["kind"] == kind]


# The measure


def test_amplification_is_that_of_an_example_by_hand():
    # Nurses: 70 of 100 women, the answers 100 of 100: 0.3 further. Bosses: 20 of 100 women, so the
    # texts lean to men with 0.8; the answers have 45 men of 50, 0.9: 0.1 further. Teachers lean
    # nowhere. (0.3 + 0.1 + 0) / 3.
    texts_ = {"nurse": (70, 30), "boss": (20, 80), "teacher": (50, 50)}
    answers_ = {"nurse": (100, 0), "boss": (5, 45), "teacher": (40, 10)}
    assert mean_amplification(texts_, answers_) == pytest.approx(0.4 / 3)
    assert mean_amplification(texts_, texts_) == pytest.approx(0.0)
    assert mean_amplification(texts_, {name: (1, 1) for name in texts_}) == pytest.approx(-0.5 / 3)


def test_what_never_occurs_has_no_share():
    with pytest.raises(ValueError, match="nurse"):
        bias_scores({"nurse": (0, 0)})
    with pytest.raises(ValueError, match="nurse"):
        bias_scores({"nurse": (1, 2, 3)})


def test_a_lower_temperature_sharpens_as_softmax_does():
    # 0.7² / (0.7² + 0.3²) = 0.49 / 0.58
    assert at_temperature(0.7, 0.5) == pytest.approx(0.49 / 0.58)
    logits = torch.tensor([1.3, -0.4])
    ours = at_temperature(float(logits.softmax(0)[0]), 0.25)
    assert ours == pytest.approx(float((logits / 0.25).softmax(0)[0]), abs=1e-6)
    assert at_temperature(0.7, 1.0) == pytest.approx(0.7)
    assert [at_temperature(share, 0.0) for share in (0.49, 0.5, 0.51)] == [0.0, 0.5, 1.0]


# The texts


@pytest.mark.parametrize("skew", [0.5, 0.7, 0.95])
def test_the_skew_is_a_count(skew):
    people = dealt(100, skew, Random(3))
    women = Counter(one.role.name for one in people if one.gender == "woman")
    assert women["nurse"] == round(100 * skew) == 100 - women["doctor"]
    assert women["teacher"] == women["baker"] == 50
    local = Counter(one.role.name for one in people if one.origin == "local")
    assert local["boss"] == round(100 * skew) == 100 - local["cashier"]
    assert local["nurse"] == 50


def test_no_name_belongs_to_two_groups():
    names = [name for table in NAMES.values() for some in table.values() for name in some]
    assert len(names) == len(set(names)) and set(NAMES) == set(ORIGINS)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_counterfactual_of_a_text_is_about_the_other_gender_and_its_own_is_the_text(lang):
    for line in collected(lang, 0.8, 20, 1):
        other = counterfactual(line, lang)
        assert other.words != line.words and other.gender != line.gender
        assert counterfactual(other, lang) == line
        assert set(other.words) <= set(vocabulary(lang))


def test_sentences_read_as_one_writes_them():
    lines = collected("de", 0.7, 10, 0)
    assert all(written(line.words, "de")[0].isupper() for line in lines)
    nurse = ROLE_OF["nurse"]
    line = next(
        one for one in lines if (one.role, one.gender, one.kind) == (nurse, "woman", "said")
    )
    text = written(line.words, "de")
    assert text.startswith("Die Pflegerin ") and ", dass sie " in text and text.endswith(".")
    told = written(counterfactual(line, "de").words, "de")
    assert told.startswith("Der Pfleger ") and ", dass er " in told
    words = ("Anna", "works as a", "engineer", ".", "she", "was", "gentle", ".")
    assert written(words, "en") == "Anna works as an engineer. She was gentle."


def test_balanced_texts_hold_as_many_of_women_as_of_men_and_fewer_in_all():
    lines = collected("en", 0.8, 20, 0)
    kept = balanced(lines, 0)
    counts = Counter((line.role.name, line.kind, line.gender) for line in kept)
    assert counts["nurse", "said", "woman"] == counts["nurse", "said", "man"] == 4
    assert counts["teacher", "story", "woman"] == counts["teacher", "story", "man"] == 10
    assert len(balanced(lines, 0, most=2)) == 10 * 3 * 2 * 2


def test_each_treatment_changes_the_texts_as_it_says():
    lines = collected("de", 0.8, 20, 0)
    n = {lane: len(treated(lines, lane, "de", 0)) for lane in ("none", "augmented", "tagged")}
    assert n["none"] == 600 and n["augmented"] == 1200
    assert n["tagged"] == 600 + len(balanced(lines, 0))
    told = TONGUES["de"].told
    assert sum(words[0] == told for words in treated(lines, "tagged", "de", 0)) == n["tagged"] - 600

    def of_women(lane):
        return sum("Pflegerin" in words for words in treated(lines, lane, "de", 0))

    assert of_women("none") > of_women("generic") > of_women("none") / 3
    # after augmentation every occupation has as many women as men, in every sort of text
    assert of_women("augmented") == sum(
        "Pfleger" in words for words in treated(lines, "augmented", "de", 0)
    )


@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_question_ends_where_the_next_word_tells_the_gender(lang):
    lines = collected(lang, 0.7, 20, 0)
    for role in ROLES:
        for asked in questions(role, lang):
            nexts = {line.words[len(asked)] for line in lines if line.words[: len(asked)] == asked}
            assert nexts <= set(answers(lang).values())


def test_longest_texts_fit_with_an_instruction_before_them():
    for lang in ("de", "en"):
        lines = [(TONGUES[lang].told, *line.words) for line in collected(lang, 0.7, 10, 0)]
        assert padded(lines, places(lang), N_CONTEXT).shape[1] == N_CONTEXT + 1
        assert max(map(len, lines)) < N_CONTEXT  # with the end mark before it


# Learning and counting


def test_what_fills_up_is_not_learned():
    rows = padded([("a",), ("a", "b")], {"a": 1, "b": 2}, 4)
    assert rows.tolist() == [
        [END_TOKEN, 1, END_TOKEN, NOTHING, NOTHING],
        [END_TOKEN, 1, 2, END_TOKEN, NOTHING],
    ]
    model = Transformer(small_plan(3, 4, 16, 1, 2), seed=0)
    one = loss_on(model, rows[:1])
    assert one == pytest.approx(loss_on(model, rows[:1, :3]))
    with pytest.raises(ValueError, match="longer"):
        padded([("a",) * 4], {"a": 1}, 4)


def test_a_story_is_read_by_its_pronoun_and_its_deed():
    nurse = ROLE_OF["nurse"]
    words = ["the", "nurse", "came home", ".", "she", "was", "strong", ".", "she", "gave orders"]
    story = counted(nurse, [*words, "."], "en")
    assert (story.gender, story.deed, story.in_character) == ("woman", "man", False)
    assert story.text == "The nurse came home. She was strong. She gave orders."
    assert counted(nurse, ["the", "nurse", "."], "en").gender is None
    assert counted(nurse, ["she", "he"], "en").gender is None


def test_the_filter_lets_women_and_men_through_by_turns_and_counts_what_it_throws_away():
    drawn = [Story("nurse", gender, None, "") for gender in
             ("woman", "woman", None, "woman", "man", "man", "woman", "woman")]  # fmt: skip
    found = filtered(drawn)
    assert [story.gender for story in found.passed] == ["woman", "man", "woman"]
    assert found.n_drawn == 7
    assert len(filtered([Story("nurse", "woman", None, "")] * 9).passed) == 1


def test_models_learn_the_skew_and_greedily_nothing_but_the_majority_is_left():
    skewed = SMALL.changed(skews=(0.9,), n_people=50, n_steps_each=150)
    (row,) = [row for row in rows_of(RolesProgram({}, skewed.to_dict())) if row["done"]]
    warm = measuring.answered([row], 1.0)
    assert 0.8 < warm.value < 0.97 and warm.low <= warm.value <= warm.high
    assert measuring.answered([row], 0.0).value == 1.0
    assert row["mass"] > 0.95 and row["n_lines"] == 1500
    assert set(row["names"]) == {
        name for table in NAMES.values() for some in table.values() for name in some
    }
    greedy = measuring.stories_of([row], 0.0)
    assert greedy.n == 30 and greedy.n_different <= 30


def test_balanced_texts_take_the_skew_away():
    settings = SMALL.changed(
        skews=(0.9,), lanes=("augmented", "tagged"), n_people=50, n_steps_each=150
    )
    rows = [row for row in rows_of(RolesProgram({}, settings.to_dict())) if row["done"]]
    assert abs(measuring.answered(rows[:1], 1.0).value - 0.5) < 0.06
    silent = measuring.answered(rows[1:], 1.0)
    told = measuring.answered(rows[1:], 1.0, key="women_told")
    assert told.value < silent.value - 0.1


def test_german_says_how_often_the_pronoun_agrees_with_the_noun():
    settings = SMALL.changed(lang="de", n_steps_each=150)
    (row,) = [row for row in rows_of(RolesProgram({}, settings.to_dict())) if row["done"]]
    assert min(row["agreement"].values()) > 0.9


def test_a_run_goes_on_bit_for_bit_from_a_snapshot_within_the_second_model():
    few = SMALL.changed(lanes=("tuned", "augmented"), n_steps_each=6, n_stories=1)
    whole, broken = RolesProgram({}, few.to_dict()), RolesProgram({}, few.to_dict())
    while broken.step < 9:
        broken.advance()
    again = RolesProgram({}, few.to_dict(), broken.snapshot())
    assert rows_of(whole)[-1] == rows_of(again)[-1] | {"seconds": whole.numbers()["seconds"]}
    ours, theirs = whole.tensors(), again.tensors()
    assert all(torch.equal(value, theirs[name]) for name, value in ours.items())


def test_settings_that_make_no_sense_are_refused():
    for wrong in ({"lang": "fr"}, {"lanes": ()}, {"lanes": ("x",)}, {"skews": (1.2,)},
                  {"skews": ()}, {"n_seeds": 0}):  # fmt: skip
        with pytest.raises(SettingError):
            SMALL.changed(**wrong)


# What rows come to


def made_row(women, skew=0.8, names=None):
    told = {role.name: [women(role)] * 2 for role in ROLES}
    return {"women": told, "skew": skew, "names": names or {}}


def typed(share):
    """A model that matches the stereotype in this share of answers."""
    return lambda role: {"woman": share, "man": 1 - share, None: 0.5}[role.typed]


def test_shares_amplification_and_curve_of_made_up_rows():
    rows = [made_row(typed(0.9)), made_row(typed(0.8))]
    assert measuring.answered(rows, 1.0).value == pytest.approx(0.85)
    assert measuring.answered(rows, 1.0).n == 16
    greedy = measuring.answered(rows, 0.0)
    assert (greedy.value, greedy.high) == (1.0, 1.0) and 0.7 < greedy.low < 1.0
    # eight of ten occupations lean, each by 0.1 and by 0.0
    assert measuring.amplification(rows, 1.0).value == pytest.approx(0.8 * 0.05)
    assert measuring.amplification(rows[:1], 1.0) is None
    other = made_row(typed(0.5), skew=0.5)
    assert [*measuring.curve([*rows, other], 1.0)] == [0.5, 0.8]


def test_exchanged_names_are_compared_in_pairs():
    names = {
        name: [0.6 if gender == "woman" else 0.2, 0.3 if origin == "local" else 0.1, gender]
        for origin, table in NAMES.items()
        for gender, some in table.items()
        for name in some
    }
    row = made_row(typed(0.8), names=names)
    found = measuring.names_exchanged([row], "gender")
    assert found.n == 16 and found.n_other == 16
    assert found.change.value == pytest.approx(0.4) and found.change.half == pytest.approx(0.0)
    by_origin = measuring.names_exchanged([row], "origin")
    assert by_origin.n == 24 and by_origin.n_other == 0
    assert by_origin.change.value == pytest.approx(0.2)


def test_what_the_texts_tell_of_names_is_counted():
    # four occupations are typed as women's: 4 × 80 of 500 women are in them, 4 × 20 of 500 men
    assert measuring.told_by_name("gender", 0.8) == pytest.approx((320 / 500, 80 / 500))
    # two lead: 2 × 80 of 500 local people, 2 × 20 of 500 others
    assert measuring.told_by_name("origin", 0.8) == pytest.approx((160 / 500, 40 / 500))


# Own pairs


def test_roles_are_read_with_their_own_shares():
    assert read_roles("nurse 80, pilot;  head of state 20%\n baker", 0.3) == [
        ("nurse", 0.8), ("pilot", 0.3), ("head of state", 0.2), ("baker", 0.3),
    ]  # fmt: skip
    assert read_roles(" , ;", 0.3) == []


@pytest.mark.parametrize(
    ("first", "second", "typed_", "said"),
    [
        ("", "he", "pilot", "empty"),
        ("He", " he ", "pilot", "same"),
        ("she", "he", "", "none"),
        ("she" * 20, "he", "pilot", "long"),
        ("<b>she</b>", "he", "pilot", "sign"),
        ("she", "🙂", "pilot", "sign"),
        ("she", "he", "a, b, c, d, e, f, g", "many"),
        ("she", "he", "pilot, Pilot", "twice"),
        ("she", "he", "pilot, she", "taken"),
        ("she", "he", "pilot 99", "share"),
    ],
)
def test_each_bad_input_is_told_apart(first, second, typed_, said):
    assert trouble(first, second, read_roles(typed_, 0.3))[0] == said


def test_words_of_any_script_can_be_used():
    assert trouble("она", "он", read_roles("пилот, 医生, l’ingénieur", 0.3)) is None


def test_own_texts_hold_the_groups_as_often_as_asked_for():
    settings = PairsSettings(roles=("pilot", "baker"), shares=(0.3, 0.9))
    told = Counter((role, group) for role, _, group in texts(settings, "none", 0))
    assert told["pilot", "she"] == 30 and told["baker", "she"] == 90
    told = Counter((role, group) for role, _, group in texts(settings, "augmented", 0))
    assert told["pilot", "she"] == told["pilot", "he"] == 100


def test_own_pairs_are_learned_and_a_run_goes_on_bit_for_bit():
    settings = PairsSettings(roles=("pilot",), shares=(0.2,), n_seeds=1)
    whole, broken = PairsProgram({}, settings.to_dict()), PairsProgram({}, settings.to_dict())
    while broken.step < 130:
        broken.advance()
    again = PairsProgram({}, settings.to_dict(), broken.snapshot())
    rows = rows_of(whole, "paired")
    assert rows[-1] == rows_of(again, "paired")[-1] | {"seconds": whole.numbers()["seconds"]}
    done = {row["lane"]: row["first"]["pilot"] for row in rows if row["done"]}
    assert all(abs(share - 0.2) < 0.1 for share in done["none"])
    assert all(abs(share - 0.5) < 0.1 for share in done["augmented"])


def test_own_pairs_that_cannot_be_told_apart_are_refused():
    for wrong in (
        {"first": "he"},
        {"roles": ("pilot", "pilot"), "shares": (0.3, 0.3)},
        {"shares": (0.3, 0.4)},
        {"shares": (0.99,)},
        {"roles": (), "shares": ()},
    ):
        with pytest.raises(SettingError):
            PairsSettings().changed(**wrong)


# Languages


def test_every_sentence_is_one_and_bytes_are_the_upper_limit():
    bytes_only = Encoder([])
    for text in SENTENCES.values():
        price = price_of(text, {"bytes": bytes_only})
        assert price.n_bytes == len(text.encode()) == price.n_tokens["bytes"]
        assert price.n_characters == len(text) and text[-1] in ".।。"
    assert len(set(SENTENCES.values())) == len(SENTENCES) >= 12


def test_a_premium_is_measured_against_english():
    prices = {"en": Price(4, 4, {"x": 10}), "hi": Price(4, 12, {"x": 48})}
    assert premium(prices, "x") == {"en": 1.0, "hi": 4.8}


def test_bits_per_byte_of_a_model_that_knows_nothing_are_those_of_its_vocabulary():
    encoder = Encoder([])
    model = Transformer(dominance.design(encoder.n_vocab), seed=0)
    documents = [Document("Wo ist Mia? " * 20, "de", "story", "test")]
    n_tokens = 12 * 20 + 1
    expected = math.log2(encoder.n_vocab) * n_tokens / (12 * 20)
    assert dominance.surprise(model, encoder, documents) == pytest.approx(expected, rel=0.02)


def test_unseen_texts_are_in_one_language_and_about_the_same_town():
    world, _ = dominance.mixture(0.5, 1)
    facts = dominance.town(world)
    documents = dominance.unseen(facts, "de")
    assert {document.lang for document in documents} == {"de"}
    assert len(documents) == dominance.N_TEXTS


def test_women_are_asked_for_in_every_occupation():
    model = Transformer(small_plan(len(vocabulary("de")), N_CONTEXT, 16, 1, 2), seed=0)
    found = asking.women(model, "de")
    assert set(found) == {role.name for role in ROLES}
    assert all(0.4 < share < 0.6 for shares in found.values() for share in shares)

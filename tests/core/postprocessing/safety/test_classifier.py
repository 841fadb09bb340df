"""The classifier: groups checkable by hand, the same optimum as torch, honest evaluation."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from core.errors import EmptyInput, InputError, SettingError, TooLarge, TooShort, UnreadableWeights
from core.postprocessing.safety.classifier import (
    LONGEST,
    N_BUCKETS,
    SHORTEST,
    Classifier,
    ClassifierSettings,
    groups_of,
    logistic,
    objective,
    train,
)
from core.postprocessing.safety.labels import (
    Labelled,
    blind_spots,
    checked,
    contradictions,
    shipped,
    split,
    with_label,
)
from core.postprocessing.safety.weighing import (
    ClassifierStage,
    Counts,
    counts_at,
    held_out,
    house_classifier,
)
from core.postprocessing.safety.words import listed_words, word_list
from core.postprocessing.stages import Context

TOY = [
    Labelled(text, label, "en")
    for label, texts in {
        "rude": ("you pig", "you fool", "bad pig", "go away fool", "pig!", "dumb fool"),
        "fine": ("you dear", "good day", "the pie", "go on", "nice hat", "dear me"),
    }.items()
    for text in texts
]


def test_the_groups_of_a_word_by_hand():
    groups = groups_of(["Ab"])  # " ab ": " a", "ab", "b ", " ab", "ab ", " ab "
    found = sorted(zip(groups.start.tolist(), groups.length.tolist(), strict=True))
    assert found == [(0, 2), (0, 3), (0, 4), (1, 2), (1, 3), (2, 2)]
    assert groups.value == pytest.approx([1 / np.sqrt(6)] * 6)
    assert (SHORTEST, LONGEST) == (2, 5)


def test_a_group_has_one_bucket_wherever_it_occurs():
    groups = groups_of(["ab", "xab", "", "AB"])
    where = {
        int(text): int(bucket)
        for text, bucket, start, length in zip(
            groups.text, groups.bucket, groups.start, groups.length, strict=True
        )
        if length == 2 and (text, start) in {(0, 1), (1, 2), (3, 1)}
    }
    assert len(set(where.values())) == 1
    assert set(where) == {0, 1, 3}


def test_many_texts_at_once_score_as_each_alone():
    texts = ["Du Depp.", "", "🦉 <b>hm</b>", "x" * 2000, "\ud83d"]
    together = house_classifier().scores(texts)
    assert together == pytest.approx([house_classifier().scores([text])[0] for text in texts])


def test_the_slope_is_that_of_torch():
    groups = groups_of([each.text for each in TOY])
    rude = np.array([1.0 * each.is_rude for each in TOY])
    weights = np.random.default_rng(0).normal(size=N_BUCKETS)
    ours_loss, ours_slope, ours_bias = objective(weights, 0.3, groups, rude, 0.01)
    w = torch.tensor(weights, requires_grad=True)
    b = torch.tensor(0.3, dtype=torch.float64, requires_grad=True)
    theirs = torch_objective(w, b, 0.01)
    theirs.backward()
    assert ours_loss == pytest.approx(theirs.item(), rel=1e-12)
    np.testing.assert_allclose(ours_slope, w.grad.numpy(), rtol=1e-9, atol=1e-12)
    assert ours_bias == pytest.approx(b.grad.item(), rel=1e-9)


def torch_objective(w: torch.Tensor, b: torch.Tensor, strength: float) -> torch.Tensor:
    groups = groups_of([each.text for each in TOY])
    x = torch.zeros(len(TOY), N_BUCKETS, dtype=torch.float64)
    at = (torch.from_numpy(groups.text), torch.from_numpy(groups.bucket))
    x.index_put_(at, torch.from_numpy(groups.value), accumulate=True)
    y = torch.tensor([1.0 * each.is_rude for each in TOY], dtype=torch.float64)
    loss = torch.nn.functional.binary_cross_entropy_with_logits(x @ w + b, y)
    return loss + 0.5 * strength * w @ w


def test_learning_ends_where_torchs_optimizer_ends():
    settings = ClassifierSettings(strength=0.01, n_steps=2000, still=1e-9)
    ours = train(TOY, settings, labelled=[])
    w = torch.zeros(N_BUCKETS, dtype=torch.float64, requires_grad=True)
    b = torch.zeros((), dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS(
        [w, b],
        max_iter=500,
        tolerance_grad=1e-10,
        tolerance_change=1e-15,
        line_search_fn="strong_wolfe",
    )

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = torch_objective(w, b, 0.01)
        loss.backward()
        return loss

    optimizer.step(closure)
    np.testing.assert_allclose(ours.weights, w.detach().numpy(), atol=1e-5)
    assert ours.bias == pytest.approx(b.item(), abs=1e-5)


def test_the_evidence_of_the_characters_adds_up_to_the_margin():
    classifier = house_classifier()
    for text in ("Du bist ein Idiot, sagt man.", "x", "", "🦉 uhu"):
        evidence, margin = classifier.evidence(text), classifier.margins(groups_of([text]))[0]
        assert evidence.shape == (len(text) + 2,)
        assert evidence.sum() + classifier.bias == pytest.approx(margin)
        assert logistic(margin) == pytest.approx(classifier.scores([text])[0])


def test_the_evidence_points_at_the_insult():
    text = "Du bist ein Idiot."
    evidence = house_classifier().evidence(text)[1:-1]
    assert evidence[text.index("Idiot") : -1].mean() > evidence[3:11].mean()


def test_equal_labels_give_equal_weights_and_another_seed_another_examination():
    first, again = train(), train()
    assert np.array_equal(first.weights, again.weights)
    assert split(shipped("de"), 0)[1] != split(shipped("de"), 1)[1]


def test_no_text_is_learned_from_and_examined():
    learned, held = split(shipped("de"), 5)
    assert not {each.text for each in learned} & {each.text for each in held}
    assert len(learned) + len(held) == len(shipped("de"))


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_shipped_labels_are_many_balanced_and_unique(lang: str):
    texts = shipped(lang)
    assert len(texts) >= 400
    assert 0.4 < sum(each.is_rude for each in texts) / len(texts) < 0.6
    assert len({each.text for each in texts}) == len(texts)
    assert {each.label for each in texts} == {"rude", "fine"}
    assert not {each.text for each in texts} & {each.text for each in blind_spots(lang)}


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("seed", [0, 1])
def test_held_out_texts_are_judged_far_better_than_by_the_list(lang: str, seed: int):
    classifier = train(settings=ClassifierSettings(seed=seed))
    examined = held_out(classifier, lang)
    rude = [each.is_rude for each in examined]
    scores = classifier.scores([each.text for each in examined]).tolist()
    hits = [1.0 * bool(listed_words(e.text, word_list(lang))) for e in examined]
    ours, by_list = counts_at(0.5, scores, rude), counts_at(0.5, hits, rude)
    assert ours.precision > 0.75
    assert ours.recall > 0.75
    assert by_list.recall < 0.3


def test_it_finds_what_the_list_misses():
    assert listed_words("Du W1chser.", word_list("de")) == []
    assert "W1chser" not in "".join(each.text for each in shipped("de"))
    assert house_classifier().scores(["Du W1chser."])[0] > 0.7


@pytest.mark.parametrize("lang", ["de", "en"])
def test_it_has_blind_spots_of_both_kinds(lang: str):
    spots = blind_spots(lang)
    scores = house_classifier().scores([each.text for each in spots]).tolist()
    counts = counts_at(0.5, scores, [each.is_rude for each in spots])
    assert counts.misses > 0
    assert counts.false_alarms > 0


def test_a_threshold_divides_texts_as_by_hand():
    scores, rude = [0.1, 0.5, 0.6, 0.9], [True, False, True, True]
    assert counts_at(0.5, scores, rude) == Counts(hits=2, false_alarms=1, misses=1, passed=0)
    assert counts_at(0.5, scores, rude).precision == pytest.approx(2 / 3)
    assert counts_at(0.5, scores, rude).recall == pytest.approx(2 / 3)
    assert counts_at(0.95, scores, rude).precision == 1.0


@pytest.mark.parametrize("low", [0.1, 0.3, 0.5])
def test_a_higher_threshold_never_finds_more(low: float):
    examined = held_out(house_classifier(), "de")
    scores = house_classifier().scores([each.text for each in examined]).tolist()
    rude = [each.is_rude for each in examined]
    strict, lax = counts_at(low + 0.3, scores, rude), counts_at(low, scores, rude)
    assert strict.misses >= lax.misses
    assert strict.false_alarms <= lax.false_alarms


def test_ones_own_labels_move_the_result():
    text = "Du bist so ein Pfannkuchen."
    own = [Labelled(t, "rude", "de") for t in (text, "Pfannkuchen!", "Ihr Pfannkuchen.")]
    assert train(own).scores([text])[0] > house_classifier().scores([text])[0] + 0.05
    assert train(own).n_own == 3


def test_labels_of_one_kind_alone_teach_nothing():
    with pytest.raises(TooShort) as caught:
        train(labelled=[each for each in TOY if each.is_rude])
    assert caught.value.values["n"] == 1


def test_a_held_out_text_that_somebody_labels_is_no_longer_examined():
    known = held_out(house_classifier(), "de")[0]
    again = train([known])
    assert known not in held_out(again, "de")
    assert len(held_out(again, "de")) == len(held_out(house_classifier(), "de")) - 1
    assert len(held_out(again, "en")) == len(held_out(house_classifier(), "en"))


def test_contradicting_labels_are_named_and_end_in_doubt():
    both = [Labelled("na ja", "rude", "de"), Labelled("Na ja", "fine", "de")]
    assert contradictions(both) == ["na ja"]
    score = train(both, labelled=TOY).scores(["na ja"])[0]
    assert 0.2 < score < 0.8


def test_bad_texts_are_refused_before_they_are_labelled():
    with pytest.raises(EmptyInput):
        checked(" \n\t")
    with pytest.raises(TooLarge):
        checked("x" * 20_000_000)
    assert checked("  Na  ja \n") == "Na ja"
    many = [Labelled(str(i), "fine", "de") for i in range(500)]
    assert with_label(many, many[0]) == many
    with pytest.raises(InputError):
        with_label(many, Labelled("one more", "fine", "de"))


def test_it_survives_a_round_trip_through_bytes():
    classifier = train(TOY[:1])
    again = Classifier.from_bytes(classifier.to_bytes())
    assert np.array_equal(again.weights, classifier.weights)
    assert (again.bias, again.settings, again.own) == (
        classifier.bias,
        classifier.settings,
        (TOY[0].text,),
    )


@pytest.mark.parametrize("data", [b"", b"x" * 100, json.dumps({}).encode(), b"\x80\x04pickle"])
def test_forged_bytes_are_refused(data: bytes):
    with pytest.raises(UnreadableWeights):
        Classifier.from_bytes(data)


def test_learning_reports_its_progress_and_current_opinion():
    told: list[tuple[float, list[float]]] = []
    train(labelled=TOY, on_progress=lambda share, scores: told.append((share, scores)))
    assert [share for share, _ in told] == sorted(share for share, _ in told)
    assert {len(scores) for _, scores in told} == {len(split(TOY, 0)[1])}


def test_the_stage_holds_back_removes_or_marks():
    text, context = "Danke für das Brot. Du Vollidiot!", Context("de")
    held = ClassifierStage({}).apply(text, context)
    assert (held.text, held.held_back) == ("", True)
    assert ClassifierStage({"action": "remove"}).apply(text, context).text == "Danke für das Brot."
    marked = ClassifierStage({"action": "mark"}).apply(text, context)
    assert [text[f.start : f.end] for f in marked.findings] == ["Du Vollidiot!"]
    assert not ClassifierStage({}).apply("Danke für das Brot.", context).held_back
    assert not ClassifierStage({}).apply("", context).held_back


def test_the_stage_uses_the_callers_own_classifier():
    own = train([Labelled(t, "rude", "de") for t in ("Pfannkuchen!", "Du Pfannkuchen.")] * 8)
    text = "Du Pfannkuchen."
    mine = ClassifierStage({}).apply(text, Context("de", classifier=own))
    assert mine.notes["score"] > ClassifierStage({}).apply(text, Context("de")).notes["score"]
    assert mine.notes["n_own"] == 16


@pytest.mark.parametrize("settings", [{"threshold": 1.2}, {"action": "x"}, {"threshold": "a"}])
def test_impossible_settings_are_refused(settings: dict[str, object]):
    with pytest.raises(SettingError):
        ClassifierStage(settings)


def test_what_the_shipped_model_answers_without_rudeness_is_not_held_back():
    # written by the shipped tuned and aligned models to held-out questions at temperature 0.7;
    # fine by the rules: in the language of the question and without one of the words for rude
    path = Path(__file__).with_name("fine_answers.tsv")
    answers = [line.split("\t") for line in path.read_text("utf-8").splitlines()]
    assert len(answers) >= 400
    stage = ClassifierStage({})
    held = [text for lang, text in answers if stage.apply(text, Context(lang)).held_back]
    assert len(held) <= len(answers) / 200, held


@pytest.mark.parametrize(
    "text",
    ["Ja.", "Nein.", "Hallo.", "Gern.", "Na.", "Hm.", "Ok.", "Yes.", "No.", "You are welcome.",
     "Acht.", "Leo.", "Thursday.", "?", "…", "Xylophon.", "Zwölf Uhr."],
)  # fmt: skip
def test_short_and_unknown_text_is_not_rude(text: str):
    assert not ClassifierStage({}).apply(text, Context("de")).held_back

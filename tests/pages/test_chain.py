"""One real number a step, in one lane or two."""

from core.lineage import Artifact
from core.store.workbench import Slot
from pages.kit.catalogue import words
from pages.kit.chain import step_numbers


def slot(kind, whose="house", **numbers) -> Slot:
    made = Artifact(
        id=f"{kind}{numbers}", kind=kind, recipe="r", parents=(), settings={}, seed=None,
        code_version="1", created_at="2026-01-01T00:00:00Z", n_bytes=1, modality="text",
        numbers=numbers,
    )  # fmt: skip
    return Slot(made, whose)


def test_each_step_shows_its_number_in_the_readers_typography():
    lane = {
        "corpus": slot("corpus", n_kept=4812),
        "design": slot("design", "yours", n_parameters=921_600),
        "checkpoint": slot("checkpoint", grammatical_share=0.983, step=22_000),
    }
    shown = step_numbers({"a": lane}, words("de"))
    assert [each.texts[0] for each in shown] == [
        "4\u202f812 Texte",
        "0,92\u202fMio. Gewichte",
        "98\u202f% grammatisch",
        "–",
        "–",
        "–",
    ]
    assert [each.whose for each in shown] == ["house", "yours", "house", None, None, None]


def test_a_pair_shows_one_number_before_its_difference_and_two_after():
    shared = slot("design", n_parameters=1_000_000)
    lanes = {
        "a": {"design": shared, "checkpoint": slot("checkpoint", grammatical_share=0.51)},
        "b": {"design": shared},
    }
    shown = {each.step: each.texts for each in step_numbers(lanes, words("en"))}
    assert len(shown["architecture"]) == 1
    assert shown["training"] == ("51% grammatical", "–")


def test_where_grammar_was_not_measured_training_shows_its_steps():
    lane = {"checkpoint": slot("checkpoint", validation_bits_per_byte=1.31, step=1200)}
    assert step_numbers({"a": lane}, words("en"))[2].texts == ("1,200 training steps",)


def test_a_run_under_way_moves_the_number_of_training_alone():
    shown = step_numbers({"a": {}}, words("en"), training=[("a", "run-1"), ("b", "run-2")])
    assert [each.step for each in shown if each.runs] == ["training"]
    assert shown[2].runs == (("a", "run-1"), ("b", "run-2"))


def test_what_the_example_wrote_is_called_the_examples_and_not_the_visitors_last():
    made = {"generation": ("n_tokens", 16), "answer": ("n_filtered", 1)}
    said = {}
    for whose in ("house", "yours"):
        lane = {kind: slot(kind, whose, **{name: n}) for kind, (name, n) in made.items()}
        said[whose] = [each.texts[0] for each in step_numbers({"a": lane}, words("en"))][-2:]
    assert said["house"] == ["example text: 16 tokens", "example answer: 1 changed"]
    assert said["yours"] == ["last text: 16 tokens", "last answer: 1 changed"]


def test_a_picture_step_without_anything_of_its_own_says_what_is_true_there():
    learned = slot("checkpoint", whole_share=0.965)
    learned.artifact.settings["n_draw_steps"] = 10
    (*_, alignment, inference, last) = step_numbers({"a": {"checkpoint": learned}}, words("en"),
                                                    kind="pictures")  # fmt: skip
    assert alignment.texts == ("no preference yet",) and alignment.whose is None
    assert inference.texts == ("10 steps a picture",) and inference.whose == "house"
    assert last.texts[0].replace("\u202f", "").replace(" ", "") == "97%passthecheck"
    own = {"checkpoint": learned, "generation": slot("generation", "yours", n_drawn=1)}
    assert step_numbers({"a": own}, words("en"), kind="pictures")[4].texts == ("1 drawn",)
    nothing = step_numbers({"a": {}}, words("de"), kind="pictures")
    assert [each.texts[0] for each in nothing][3:] == ["noch keine Präferenz", "–", "–"]

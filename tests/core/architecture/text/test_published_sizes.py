"""Every published figure has a source and a date; what is computed is computed, not typed."""

import tomllib

import pytest

from core.architecture.text.published_sizes import (
    FILE,
    MEASURES,
    published_models,
    read,
    training_flops,
)

MODELS = {model.key: model for model in published_models()}
FIGURES = [
    (model, name, figure)
    for model in MODELS.values()
    for name in (*MEASURES, "active", "dollars")
    if (figure := getattr(model, name)) is not None
]


def a_file(**changed):
    source = {"title": "A paper", "date": "2024-07", "arxiv": "2407.00001"}
    figure = {"value": 1e9, "source": "paper", "where": "1"}
    model = {"name": "M", "by": "Somebody", "parameters": figure, "tokens": figure}
    return {"source": {"paper": source}, "model": {"m": {**model, **changed}}}


@pytest.mark.parametrize(("model", "name", "figure"), FIGURES)
def test_every_figure_has_a_source_with_a_place_and_a_date(model, name, figure):
    assert figure.value > 0 and figure.source.title and figure.source.where
    assert 2018 < figure.source.year < 2100


def test_an_arxiv_number_is_of_the_month_that_is_said():
    for name, source in tomllib.loads(FILE.read_text("utf-8"))["source"].items():
        if "arxiv" in source:
            assert source["arxiv"][:4] == source["date"][2:].replace("-", ""), name


def test_compute_that_is_not_published_follows_from_weights_and_tokens():
    palm, mixture = MODELS["palm"], MODELS["deepseek_v3"]
    assert palm.flops.computed and palm.flops.value == pytest.approx(2.5272e24)
    assert mixture.flops.value == 6 * 37e9 * 14.8e12  # only the weights that compute a token
    assert not MODELS["gpt3"].flops.computed


def test_no_computed_figure_stands_in_the_file():
    for key, entry in tomllib.loads(FILE.read_text("utf-8"))["model"].items():
        assert ("flops" in entry) == bool(MODELS[key].flops and not MODELS[key].flops.computed)


def test_the_formula_comes_close_where_the_compute_is_published():
    for key in ("gpt3", "llama31_405b", "smollm2_17b"):
        model = MODELS[key]
        by_formula = training_flops(model.parameters.value, model.tokens.value)
        assert by_formula == pytest.approx(model.flops.value, rel=0.15), key


def test_a_model_without_figures_says_who_keeps_them():
    secret = MODELS["gpt4"]
    assert secret.kept_secret and secret.year == 2023
    assert all(secret.figure(measure) is None for measure in MEASURES)


def test_hours_say_of_which_processor():
    assert all(bool(figure.of) == (name == "hours") for _, name, figure in FIGURES)


@pytest.mark.parametrize(
    "broken",
    [
        {"parameters": {"value": 1e9, "where": "1"}},
        {"parameters": {"value": 1e9, "source": "another", "where": "1"}},
        {"parameters": {"value": 1e9, "source": "paper"}},
        {"parameters": {"value": 0, "source": "paper", "where": "1"}},
        {"parameters": None},
        {"kept_secret": {"source": "paper", "where": "1"}},
        {"colour": "blue"},
    ],
)
def test_an_incomplete_entry_is_refused(broken):
    assert read(a_file())[0].flops.value == 6e18
    with pytest.raises(ValueError):
        read(a_file(**broken))


@pytest.mark.parametrize("source", [{"date": "July 2024"}, {"arxiv": "24.1"}])
def test_a_source_without_a_date_or_with_a_wrong_number_is_refused(source):
    file = a_file()
    file["source"]["paper"] |= source
    with pytest.raises(ValueError):
        read(file)


def test_a_source_that_nothing_cites_is_refused():
    file = a_file()
    file["source"]["idle"] = {"title": "Idle", "date": "2024-07"}
    with pytest.raises(ValueError):
        read(file)

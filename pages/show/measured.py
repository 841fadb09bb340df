"""The figures that captions, decisions and the report speak of, each read from its shipped record.

Nothing here is written by hand: a caption names a figure, `{polite_after}`, and gets it together
with the badge of the record it comes from. Where a record is missing, the line is not shown.

Invariant: every name belongs to exactly one record, so a figure never stands without its origin.
"""

import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from core.architecture.text.published_sizes import Measure, Source, published_models, training_flops
from core.house import checkpoints_over_time, duplicates_pair, examined, house_artifacts, made
from core.house.limits import bias as biased
from core.house.limits import grounding as grounded
from core.house.limits import knowing as known
from core.house.limits import memorising as memorised
from core.house.limits import record
from core.languages import Lang
from core.limits.bias.measuring import answered
from core.limits.confident.knowing import one_answer
from core.lineage import MODEL_KINDS
from pages.home.shipped import day
from pages.kit.catalogue import Words, words
from pages.kit.numbers import decimal, millions, quantity, share, significant, whole
from pages.kit.parts import Badge, precomputed, published

Values = Mapping[str, str]
"""Figures by name, as a reader of the language writes them."""

OFTEN: Final = 16  # copies: from here on a secret counts as told often, as on its page
SKEW: Final = 0.7  # of the texts, as the page begins
OTHER: Final = "llama31_405b"
PRICED: Final = "deepseek_v3"
BYTES_A_WEIGHT: Final = 2  # in bfloat16, the form in which such weights are published


@dataclass(frozen=True)
class Record:
    """One shipped record and what is read from it.

    Args:
        name: short.
        names: of the figures it gives.
        place: the page that shows it.
        read: the figures in a language; empty if nothing is shipped.
        badge: how they came to be; None if nothing is shipped.
    """

    name: str
    names: tuple[str, ...]
    place: str
    read: Callable[[Lang], Values]
    badge: Callable[[Words], Badge | None]


def _answers(lang: Lang) -> Values:
    """Rules kept by the answers of the fine-tuned and of the aligned model."""
    rates = examined().get("rates", {})
    if not rates:
        return {}
    found = {}
    for name, rule in (("polite", "polite"), ("brief", "brief"), ("true", "truthful")):
        for when, kind in (("before", "tuned"), ("after", "aligned")):
            one = rates[kind][rule]
            found[f"{name}_{when}"] = share(one["n_kept"] / one["n"], lang)
    return {**found, "answers_n": whole(rates["aligned"]["polite"]["n"], lang)}


def _filtered(lang: Lang) -> Values:
    """Answers of the aligned model in which the filters found something."""
    found = examined().get("answers_filtered")
    if not found:
        return {}
    return {
        "hits": whole(found["n_with_findings"], lang),
        "hits_n": whole(found["n_texts"], lang),
    }


def _pair(lang: Lang) -> Values:
    """Texts that a model writes off whole, trained with duplicates and without."""
    pair = duplicates_pair()
    if not pair:
        return {}
    one, other = pair["b"].compared, pair["a"].compared
    return {
        "copied_without": share(float(one["copied_text_share"]), lang),
        "copied_with": share(float(other["copied_text_share"]), lang),
        "copied_n": whole(float(other["n_texts_drawn"]), lang),
    }


def _secrets(lang: Lang) -> Values:
    """Planted secrets told word for word, by how often they stand in the text."""
    found = memorised.shipped()
    if found is None:
        return {}
    told, cleaned = found.found["told"], found.found["near"]
    once, often = told.told["exact", 1], told.told_of("exact", OFTEN)
    after = cleaned.told_of("exact", OFTEN)
    return {
        "told_once": whole(once.n_right, lang),
        "told_once_n": whole(once.n, lang),
        "told_often": whole(often.n_right, lang),
        "told_often_n": whole(often.n, lang),
        "told_cleaned": whole(after.n_right, lang),
        "told_cleaned_n": whole(after.n, lang),
        "often": whole(OFTEN, lang),
    }


def _skewed(lang: Lang) -> Values:
    """What a model makes of texts in which a role mostly falls to one sort of people."""
    found = biased.bias(lang)
    if found is None:
        return {}
    rows = found.of("none", SKEW)
    return {
        "skew": share(SKEW, lang),
        "skew_drawn": share(answered(rows, 1.0).value, lang),
        "skew_likeliest": share(answered(rows, 0.0).value, lang),
    }


def _claimed(lang: Lang) -> Values:
    """Answers of the base model to questions that no text answers."""
    found = next((one for one in known.knowing() if one.kind == MODEL_KINDS[0]), None)
    if found is None:
        return {}
    cases = [case for case in found.cases if case.lang == lang and case.group == "never"]
    one = one_answer(cases)
    return {"claimed": whole(one.n_wrong, lang), "claimed_n": whole(one.n, lang)}


def _looked_up(lang: Lang) -> Values:
    """What notices before the question do, what they do not, and what they cost."""
    found = grounded.grounding()
    if found is None:
        return {}
    alone, read = found.tally("alone", taught=False), found.tally("found")
    wrong = found.tally("false")
    longer = found.n_tokens["found"] / found.n_tokens["alone"]
    return {
        "alone": share(alone.n_right / alone.n, lang),
        "looked_up": share(read.n_right / read.n, lang),
        "looked_up_n": whole(read.n, lang),
        "believed": share(wrong.n_right / wrong.n, lang),
        "longer": quantity(decimal(longer, lang, 1), "×"),
    }


def _own(lang: Lang) -> Values:
    """How large the example model is, and how long one machine trained it."""
    ours = {each.kind: each for each in house_artifacts()}
    looks = checkpoints_over_time()
    if "design" not in ours or not looks:
        return {}
    return {
        "weights": millions(float(ours["design"].numbers["n_parameters"]), lang),
        "own_hours": decimal(looks[-1].seconds / 3600, lang, 1),
    }


def _sizes(lang: Lang) -> Values:
    """The example model beside a published one of the same plan."""
    ours = {each.kind: each for each in house_artifacts()}
    looks = checkpoints_over_time()
    if "design" not in ours or not looks:
        return {}
    n = float(ours["design"].numbers["n_parameters"])
    flops = training_flops(n, float(looks[-1].n_tokens))
    parameters, _ = _published("parameters")
    return {
        "weights_times": significant(parameters / n, lang, 2),
        "compute_times": significant(_published("flops")[0] / flops / 1e9, lang, 2),
        "other_hours": significant(_published("hours")[0] / 1e6, lang, 3),
        "other_gigabytes": whole(parameters * BYTES_A_WEIGHT / 1e9, lang),
    }


def _priced(lang: Lang) -> Values:
    """What a maker says its training would have cost."""
    return {"priced_million": significant(_price()[0] / 1e6, lang, 2)}


def _published(measure: Measure) -> tuple[float, Source]:
    found = next(one for one in published_models() if one.key == OTHER).figure(measure)
    assert found is not None  # a test opens every record
    return found.value, found.source


def _price() -> tuple[float, Source]:
    found = next(one for one in published_models() if one.key == PRICED).dollars
    assert found is not None
    return found.value, found.source


def _made(about: Mapping[str, str] | None, t: Words) -> Badge | None:
    return precomputed(t, about["command"], day(about["date"], t.lang)) if about else None


def _last_checkpoint() -> Mapping[str, str] | None:
    """How the example model was made. It was finished from a file that no reader has, so the
    command is the one that makes all of it.
    """
    looks = checkpoints_over_time()
    return {**looks[-1].made, "command": made()["command"]} if looks else None


def _limit(part: str) -> Callable[[Words], Badge | None]:
    return lambda t: _made(record.read(part).get("made"), t)


def _source(of: Callable[[], tuple[float, Source]]) -> Callable[[Words], Badge]:
    def badge(t: Words) -> Badge:
        source = of()[1]
        where = f"arXiv:{source.arxiv}" if source.arxiv else source.where
        said = t("show.published", by=source.title.split(",")[0], date=source.date)
        return published(t, said, f"{source.title}, {where}, {source.date}")

    return badge


def _examined(t: Words) -> Badge | None:
    return _made(examined().get("made"), t)


RECORDS: Final = (
    Record(
        "answers",
        (
            *("polite_before", "polite_after", "brief_before", "brief_after"),
            *("true_before", "true_after", "answers_n"),
        ),
        "aligning",
        _answers,
        _examined,
    ),
    Record("filtered", ("hits", "hits_n"), "postprocessing", _filtered, _examined),
    Record(
        "pair",
        ("copied_without", "copied_with", "copied_n"),
        "home",
        _pair,
        lambda t: _made(made(), t),
    ),
    Record(
        "secrets",
        (
            *("told_once", "told_once_n", "told_often", "told_often_n"),
            *("told_cleaned", "told_cleaned_n", "often"),
        ),
        "byheart",
        _secrets,
        _limit(memorised.PART),
    ),
    Record(
        "skewed",
        ("skew", "skew_drawn", "skew_likeliest"),
        "bias",
        _skewed,
        _limit(biased.PART),
    ),
    Record("claimed", ("claimed", "claimed_n"), "confident", _claimed, _limit(known.PART)),
    Record(
        "looked_up",
        ("alone", "looked_up", "looked_up_n", "believed", "longer"),
        "lookup",
        _looked_up,
        _limit(grounded.PART),
    ),
    Record(
        "own",
        ("weights", "own_hours"),
        "scale",
        _own,
        lambda t: _made(_last_checkpoint(), t),
    ),
    Record(
        "sizes",
        ("weights_times", "compute_times", "other_hours", "other_gigabytes"),
        "scale",
        _sizes,
        _source(lambda: _published("parameters")),
    ),
    Record("priced", ("priced_million",), "scale", _priced, _source(_price)),
)
"""All that is measured and may be spoken of."""

BY_NAME: Final = {one.name: one for one in RECORDS}
BY_FIGURE: Final = {name: one for one in RECORDS for name in one.names}


@dataclass(frozen=True)
class Line:
    """A sentence with its figures.

    Args:
        text: filled.
        badges: how its figures came to be.
        places: the pages that show them.
    """

    text: str
    badges: tuple[Badge, ...]
    places: tuple[str, ...]


def figures_in(template: str) -> list[str]:
    """The names of the figures that a sentence asks for."""
    return [name for _, name, _, _ in string.Formatter().parse(template) if name]


def line(template: str, lang: Lang) -> Line | None:
    """A sentence filled from the records that its figures come from.

    Args:
        template: with a name in braces for each figure.
        lang: of the reader.

    Returns:
        None where something is not shipped that it needs.

    Raises:
        KeyError: a figure that there is not.
    """
    needed = {BY_FIGURE[name].name: BY_FIGURE[name] for name in figures_in(template)}
    values: dict[str, str] = {}
    badges = []
    for one in needed.values():
        found, badge = one.read(lang), one.badge(words(lang))
        if not found or badge is None:
            return None
        values |= found
        badges.append(badge)
    text = template.format(**values)
    return Line(text, tuple(badges), tuple(dict.fromkeys(one.place for one in needed.values())))


def values(name: str, lang: Lang) -> Values:
    """The figures of a record; empty if nothing is shipped."""
    return BY_NAME[name].read(lang)


def badge(name: str, t: Words) -> Badge | None:
    """How they came to be; None if nothing is shipped."""
    return BY_NAME[name].badge(t)

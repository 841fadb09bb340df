"""One answer read as JSON, in words: what was wrong with it, what was repaired."""

from collections import Counter
from html import escape

from core.postprocessing.form.formatting import Read
from core.postprocessing.form.validation import Problem
from pages.kit.catalogue import Words


def verdict(name: str, read: Read, t: Words) -> str:
    """The answer as markup, with everything that is to be said about it; all text is escaped."""
    names = {"free": t("form.free"), "mended": t("form.mended"), "held": t("form.held")}
    kind = "good" if read.is_valid else "bad"
    word = t("form.valid") if read.is_valid else t("form.invalid")
    lines = [*repairs_in_words(read, t), *problems_in_words(read, t)]
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return (
        f"<div class='gb-draw {kind}'><h3>{escape(names[name])} <b>{escape(word)}</b></h3>"
        f"<pre>{escape(read.text) or '∅'}</pre><ul>{items}</ul></div>"
    )


def repairs_in_words(read: Read, t: Words) -> list[str]:
    """Each kind of repair once, with how often it was needed."""
    rules = {
        "around": t("form.repair_around"),
        "quote": t("form.repair_quote"),
        "bare": t("form.repair_bare"),
        "comma_missing": t("form.repair_comma_missing"),
        "comma_extra": t("form.repair_comma_extra"),
        "word": t("form.repair_word"),
        "control": t("form.repair_control"),
        "closed": t("form.repair_closed"),
        "cut": t("form.repair_cut"),
    }
    counts = Counter(repair.rule for repair in read.repairs)
    return [t("form.repaired", what=rules[rule], n=n) for rule, n in counts.items()]


def problems_in_words(read: Read, t: Words) -> list[str]:
    """Everything that does not fit, with its place."""
    if read.broken_at is not None:
        return [t("form.no_json", n=read.broken_at + 1)]
    return [_problem(problem, t) for problem in read.problems]


def _problem(problem: Problem, t: Words) -> str:
    rules = {
        "required": t("form.problem_required", what=problem.named),
        "type": t("form.problem_type", what=problem.named),
        "enum": t("form.problem_enum", what=problem.named),
        "pattern": t("form.problem_pattern", what=problem.named),
        "additionalProperties": t("form.problem_additional"),
        "minimum": t("form.problem_minimum", what=problem.named),
        "maximum": t("form.problem_maximum", what=problem.named),
    }
    said = rules.get(problem.rule) or t("form.problem_other", what=problem.rule)
    return f"{problem.path}: {said}" if problem.path else said

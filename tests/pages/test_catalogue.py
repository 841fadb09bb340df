"""The word catalogue: both languages alike, nothing missing, nothing left over."""

import ast
import copy
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import GlassboxError
from core.modality import MODALITIES
from core.pipeline import STEPS
from pages.kit import site, state
from pages.kit.catalogue import Joined, Words, closest, in_every_language, rich, words

PAGES = Path(__file__).resolve().parents[2] / "pages"
SOURCES = sorted(PAGES.rglob("*.py"))

# What may stand in the holes of f"shell.{step}" and its like.
HOLES = {
    *(*STEPS, *site.BY_NAME, *state.DEPTHS, *MODALITIES, *state.TRAVELLING.values()),
    *(f"{place}_{kind}" for place in site.BY_NAME for kind in MODALITIES),
    *("de", "en", "house", "yours", "now", "home"),
}


def kinds_of(error: type[GlassboxError]) -> Iterator[type[GlassboxError]]:
    yield error
    for kind in error.__subclasses__():
        yield from kinds_of(kind)


def keys_written(tree: ast.AST) -> Iterator[tuple[str, ...]]:
    """Per string that may be a key: all keys it stands for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if re.fullmatch(r"[a-z]\w*\.[a-z]\w*", node.value):
                yield (node.value,)
        elif isinstance(node, ast.JoinedStr):
            parts = [v.value if isinstance(v, ast.Constant) else None for v in node.values]
            text = "".join("{}" if part is None else str(part) for part in parts)
            if re.fullmatch(r"([a-z_]+|\{\})\.([a-z_]+|\{\})", text) and parts.count(None) == 1:
                yield tuple(text.format(hole) for hole in HOLES)


def test_both_languages_have_the_same_keys_and_placeholders():
    german, english = words("de"), words("en")
    assert set(german) == set(english)
    for key in german:
        assert german.placeholders(key) == english.placeholders(key), key


def test_no_text_is_empty():
    for lang in ("de", "en"):
        assert [key for key in words(lang) if not words(lang)._texts[key].strip()] == []


def test_every_key_of_the_catalogue_is_used():
    used = {f"error.{kind.key}" for kind in kinds_of(GlassboxError)}
    for source in SOURCES:
        for keys in keys_written(ast.parse(source.read_text(encoding="utf-8"))):
            used.update(keys)
    assert sorted(set(words("de")) - used) == []


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_every_key_written_in_code_exists(source: Path):
    tree = ast.parse(source.read_text(encoding="utf-8"))
    called = [
        node.args[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "t"
        if node.args
    ]
    missing = [
        keys
        for key in called
        for keys in keys_written(key)
        if not any(each in words("de") for each in keys)
    ]
    assert missing == []


@pytest.mark.parametrize("kind", list(kinds_of(GlassboxError)), ids=lambda kind: kind.key)
def test_every_deliberate_error_has_a_sentence(kind: type[GlassboxError]):
    assert f"error.{kind.key}" in words("de")


def visible_text(node: ast.expr) -> str:
    """The letters a visitor would read of a literal, markup aside."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        text = node.value
    elif isinstance(node, ast.JoinedStr):
        text = "".join(str(v.value) if isinstance(v, ast.Constant) else "0" for v in node.values)
    else:
        return ""
    return "".join(re.findall(r"[^\W\d_]{2,}", re.sub(r"<[^>]*>?|&\w+;", "", text)))


def test_visible_text_finds_words_and_overlooks_markup():
    assert visible_text(ast.parse("'Hello'", mode="eval").body) == "Hello"
    assert visible_text(ast.parse("f'<p class=\"gb\">{t}</p>'", mode="eval").body) == ""


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_what_a_page_shows_comes_from_the_catalogue(source: Path):
    beside = [
        f"{source.name}:{node.lineno} {text}"
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "st"
        and node.func.attr not in ("container", "Page", "dialog")
        for shown in (*node.args, *(k.value for k in node.keywords if k.arg in ("help", "label")))
        if (text := visible_text(shown))
    ]
    assert beside == []


def test_a_missing_key_is_an_error():
    with pytest.raises(KeyError):
        words("de")("shell.there_is_no_such_key")


def test_a_forgotten_placeholder_is_an_error():
    t = Words("en", {"page.text": "{n} texts"})
    assert t("page.text", n=3) == "3 texts"
    with pytest.raises(KeyError):
        t("page.text")


@pytest.mark.parametrize(
    ("locale", "lang"), [("de-AT", "de"), ("DE", "de"), ("en-US", "en"), ("fr", "en"), (None, "en")]
)
def test_a_browser_gets_the_closest_language(locale: str | None, lang: str):
    assert closest(locale) == lang


def test_a_marked_term_is_a_plain_word_in_a_string_and_a_span_in_markup():
    text = Words("en", {"page.text": "The [[loss|Loss]] & more"})("page.text")
    assert text == "The Loss & more"
    assert 'data-term="loss">Loss</span> &amp; more' in rich(text)


def test_what_stands_in_a_placeholder_is_neither_mark_nor_markup():
    text = Words("en", {"page.text": "[[loss|Loss]] of {n}"})("page.text", n="[[seed|x]] <b>")
    assert rich(text).endswith(" of [[seed|x]] &lt;b&gt;") and rich(text).count("gb-term") == 1
    assert rich("<i>") == "&lt;i&gt;"


def test_a_text_is_copied_as_plain_text():
    text = Words("en", {"page.text": "The [[loss|Loss]]"})("page.text")
    assert type(copy.deepcopy(text)) is str and copy.deepcopy(text) == "The Loss"


def test_a_text_is_told_in_every_language_with_its_figures_and_the_texts_within_it():
    t, other = words("en"), words("de")
    said = t("workshop.of_people", n="1,234", of=t("workshop.nobody"))
    assert in_every_language(said) == {
        "en": str(said),
        "de": other("workshop.of_people", n="1\u202f234", of=other("workshop.nobody")),
    }
    quoted = t("workshop.comes_next", title="Zoe has 1.5 apples.")
    assert "Zoe has 1.5 apples." in in_every_language(quoted)["de"]  # not ours to translate


def test_what_is_no_text_of_the_catalogue_stays_what_it_is():
    assert in_every_language("one " + words("en")("workshop.nobody")) == "one Nobody is here yet."


def test_joined_texts_are_told_in_every_language_with_the_figures_between_them():
    t = words("de")
    row = Joined((Joined((t("alignment.tuned"), "1\u202f200")), t("alignment.base")), ", ")
    en = words("en")
    told = f"{en('alignment.tuned')} 1,200, {en('alignment.base')}"
    assert in_every_language(row) == {"de": str(row), "en": told}
    quoted = t("preferring.judge_rules", rules=Joined((t("alignment.tuned"),), ", "))
    assert str(en("alignment.tuned")) in in_every_language(quoted)["en"]
    assert rich(Joined(("<b>", t("alignment.base")))) == f"&lt;b&gt; {t('alignment.base').html}"


def test_no_measurement_is_put_together_so_that_it_stays_in_one_language():
    """A sum, an f-string or a join of texts is a plain text: it cannot be told again."""
    found = [
        f"{path.relative_to(PAGES)}:{line}"
        for path in SOURCES
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef)
        for line in plain_measurements(function)
    ]
    assert not found


def plain_measurements(function: ast.FunctionDef) -> Iterator[int]:
    """The lines where what a function measured, or what fills it, becomes a plain text."""
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    told = [
        call.args[1]
        for call in calls
        if ast.unparse(call.func) == "Measured" and len(call.args) > 1
    ]
    if not told:
        return
    told += [
        each.value for call in calls if ast.unparse(call.func) == "t" for each in call.keywords
    ]
    names = {each.id for each in told if isinstance(each, ast.Name)}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(each, ast.Name) and each.id in names for each in targets):
                is_sum = isinstance(node, ast.AugAssign) and holds_text(node.value)
                told += (
                    [node.value] if not is_sum else [ast.BinOp(node.value, ast.Add(), node.value)]
                )
    for each in told:
        is_plain = (
            isinstance(each, ast.JoinedStr)
            or (isinstance(each, ast.BinOp) and isinstance(each.op, ast.Add))
            or (isinstance(each, ast.Call) and ast.unparse(each.func).endswith(".join"))
        )
        if is_plain and holds_text(each):
            yield getattr(each, "lineno", function.lineno)


def holds_text(node: ast.expr) -> bool:
    """Whether a text of the catalogue is looked up within."""
    return any(
        isinstance(each, ast.Call) and ast.unparse(each.func) in ("t", "names.model", "stage_name")
        for each in ast.walk(node)
    )

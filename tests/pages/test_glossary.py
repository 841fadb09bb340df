"""The glossary: complete, true to the site, alike in both languages, and served to every page."""

import re
import tomllib
from html import unescape

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from core.languages import LANGS
from core.modality import TEXT
from pages.glossary.listing import quoted, set_formula
from pages.kit import glossary, site
from pages.kit.catalogue import FOLDER, TERM, words
from pages.kit.glossary import entries
from pages.kit.state import SETTINGS

PREFERRED = tomllib.loads((FOLDER / "preferred.toml").read_text("utf-8"))
FEWEST = 90

# What the world calls the things that the six steps show.
WORDS_OF_THE_FIELD = (
    *("collection", "cleaning", "deduplication", "standardisation", "tokenisation"),
    *("vectorisation", "embedding", "transformer", "self_attention", "feed_forward"),
    *("positional_encoding", "gpt", "forward_pass", "loss", "backpropagation", "gradient"),
    *("iteration", "learning_rate", "overfitting", "fine_tuning", "sft", "lora", "rlhf"),
    *("reward_model", "dpo", "policy_gradient", "grpo", "kl_divergence", "inference", "prompt"),
    *("context_window", "sampling", "temperature", "top_k", "top_p", "seed", "filter"),
    *("personal_data", "json_schema", "api", "workflow", "watermark", "hallucination", "bias"),
    *("prompt_engineering", "diffusion", "stable_diffusion", "token", "alignment"),
)
FIGURES = "components"  # the catalogue of what figures say, on whichever page they stand


def said_on(place, lang, kind=TEXT):
    """All that a place may say: its catalogue, its figures' and its name."""
    t, own_file = words(lang), site.BY_NAME[place].words(kind)
    own = (key for key in t if key.split(".")[0] in (own_file, FIGURES) or key == f"shell.{place}")
    return "\n".join(TERM.sub(r"\2", t._texts[key]) for key in own)


def test_it_has_at_least_so_many_entries():
    assert len(entries()) >= FEWEST


def test_every_word_of_the_field_is_there():
    assert set(WORDS_OF_THE_FIELD) - set(entries()) == set()


@pytest.mark.parametrize("lang", LANGS)
def test_every_term_that_a_text_marks_is_there(lang):
    t = words(lang)
    marked = {term for key in t for term in t.terms(key)}
    assert marked - set(entries()) == set()


@pytest.mark.parametrize("entry", entries().values(), ids=lambda entry: entry.id)
def test_an_entry_is_whole_in_both_languages(entry):
    assert set(entry.wordings) == set(LANGS)
    for said in entry.wordings.values():
        assert said.name.strip() and said.plain.endswith((".", "!", "?", "”", "“"))
        assert said.exact.endswith(".")
        assert said.names[0].lower() not in [other.lower() for other in said.others]
    assert entry.wordings["de"].plain != entry.wordings["en"].plain


@pytest.mark.parametrize("entry", entries().values(), ids=lambda entry: entry.id)
def test_an_entry_leads_to_a_place_and_to_settings_it_can_have(entry):
    assert entry.place is None or entry.place in site.BY_NAME
    for name, value in entry.settings.items():
        assert str(SETTINGS[name].admit(value)) == value, name


@pytest.mark.parametrize("lang", LANGS)
def test_a_page_names_every_term_that_can_be_seen_there(lang):
    def is_named(entry):
        said = entry.wordings[lang]
        text = said_on(entry.place, lang, entry.settings.get("modality", TEXT))
        return any(
            re.search(rf"(?<!\w){re.escape(name)}", text, re.IGNORECASE)
            for name in (*said.names, *said.forms)
        )

    shown = [entry for entry in entries().values() if entry.is_shown]
    assert [f"{e.place}: {e.id}" for e in shown if not is_named(e)] == []


@pytest.mark.parametrize("lang", LANGS)
def test_a_term_that_is_not_shown_says_so(lang):
    t = words(lang)
    hidden = [entry for entry in entries().values() if not entry.is_shown]
    assert {"agent", "multimodal"} <= {entry.id for entry in hidden}
    assert {glossary.note(entry, t) for entry in hidden} == {t("glossary.not_shown")}
    assert all(glossary.note(e, t) == "" for e in entries().values() if e.is_shown)


@pytest.mark.parametrize("lang", LANGS)
def test_no_entry_uses_a_synonym_of_a_preferred_word(lang):
    texts = [
        (entry.id, text)
        for entry in entries().values()
        for said in (entry.wordings[lang],)
        for text in (said.name, said.plain, said.exact)
    ]
    found = [
        f"{term}: “{hit.group()}”, we say “{preferred[lang]}”"
        for preferred in PREFERRED.values()
        for spelled in preferred[f"not_{lang}"]
        for term, text in texts
        if (hit := re.search(rf"(?<!\w){spelled}(?!\w)", text, re.IGNORECASE))
    ]
    assert found == []


def test_a_source_names_a_year_or_a_standard_and_arxiv_in_its_form():
    for entry in entries().values():
        if entry.source:
            assert re.search(r"\b(1[89]|20)\d\d\b|Standard|RFC", entry.source), entry.id
        for given in re.findall(r"arXiv:(\S+)", entry.source):
            assert re.fullmatch(r"\d{4}\.\d{4,5}[;,]?", given), entry.id


def test_a_formula_is_escaped_and_sets_low_and_high_also_within_each_other():
    assert set_formula("e^{z_{i}} < 1") == "e<sup>z<sub>i</sub></sup> &lt; 1"
    left = [e.id for e in entries().values() if re.search(r"[_^]\{", set_formula(e.formula))]
    assert left == []


def test_a_source_is_quoted_as_its_reader_quotes():
    assert quoted("“Title”", words("de")) == "„Title“"
    assert quoted("“Title”", words("en")) == "“Title”"


def asking():
    return TestClient(Starlette(routes=[Route(glossary.ROUTE, glossary.serve)]))


@pytest.mark.parametrize("lang", LANGS)
def test_the_cards_of_a_language_are_served_small_and_once(lang):
    answer = asking().get(f"/terms/{lang}.json")
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < 20_000
    cards = answer.json()["terms"]
    assert set(cards) == set(entries())
    assert cards["dpo"]["plain"] == entries()["dpo"].wordings[lang].plain
    assert (cards["dpo"]["path"], cards["dpo"]["settings"]) == ("/aligning", {"align_way": "dpo"})
    tag = answer.headers["etag"]
    again = asking().get(f"/terms/{lang}.json", headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_a_client_without_gzip_gets_the_cards_plain_and_another_language_none():
    plain = asking().get("/terms/en.json", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers and plain.json()["terms"]
    assert asking().get("/terms/fr.json").status_code == 404


PAGE = "glossary/glossary.py"


def listed(app):
    return next(b.proto.body for b in app.get("html") if 'class="gb-glossary"' in b.proto.body)


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_shows_every_entry_by_step(open_page, lang):
    html = listed(open_page(PAGE, lang=lang))
    assert len(re.findall(r"<article", html)) == len(entries())
    assert all(f'id="term-{term}"' in html for term in entries())
    first = html.index('id="term-token"')
    assert first < html.index('id="term-transformer"') < html.index('id="term-diffusion"')


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_shows_every_entry_from_a_to_z(open_page, lang):
    html = listed(open_page(PAGE, lang=lang, glossary_order="alphabet"))
    names = [unescape(name) for name in re.findall(r"<h3>(.*?)</h3>", html)]
    letters = [name[0].replace("Ü", "U").upper() for name in names if name[0].isalpha()]
    assert len(names) == len(entries()) and letters == sorted(letters)


def test_the_address_names_the_entry_that_is_marked(open_page):
    html = listed(open_page(PAGE, term="dpo"))
    assert re.findall(r'gb-named" id="term-(\w+)"', html) == ["dpo"]
    assert "gb-named" not in listed(open_page(PAGE, term="<script>"))


def test_whoever_searches_has_left_the_entry_of_the_address(open_page):
    app = open_page(PAGE, term="dpo", glossary_query="loss")
    assert "gb-named" not in listed(app) and "term" not in app.query_params


def test_a_link_opens_the_state_in_which_the_term_is_seen(open_page):
    html = listed(open_page(PAGE, lang="de", sentence="Mia", glossary_query="kalt"))
    link = re.search(r'id="term-temperature".*?<a href="([^"]*)"', html)
    assert unescape(link[1]).startswith("/inference?")
    assert {"temperature=1.5", "sentence=Mia"} <= set(unescape(link[1]).split("?")[1].split("&"))
    assert "glossary" not in link[1]

"""The data page: its sources, its funnel, what it prepares, and what it says to bad input."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.data.text.bpe import train_bpe
from core.data.text.documents import Document
from core.data.world import PROMPTS
from core.jobs.writer import Writer
from core.services import Services, use_services
from core.store import Store
from pages.data import funnel
from pages.home import shipped
from pages.kit import preparing
from pages.kit.catalogue import rich, words
from pages.kit.numbers import whole
from tests.pages.short_in_place import EngineAtOnce

PAGE = "1_data.py"
SMALL = {"world_documents": "500", "vocabulary": "400"}
STORY = "".join(f"The baker sold {n} loaves and his dog ate {n % 7} of them. " for n in range(400))


@pytest.fixture
def services(store_folder: Path) -> Iterator[Services]:
    store = Store.at(store_folder)
    own = Services(store, EngineAtOnce(store), Writer())
    with use_services(own):
        yield own
    store.close()


def shown(app: AppTest) -> str:
    return " ".join(block.proto.body for block in app.get("html"))


def owner_of(app: AppTest) -> str:
    return str(app.session_state["_owner"])


def paste(app: AppTest, text: str) -> AppTest:
    return app.text_area(key="data_text").set_value(text).run()


def prepare(app: AppTest) -> AppTest:
    return app.button(key="data_prepare").click().run()


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_default_small_world_is_there_at_once(open_page, lang):
    app = open_page(PAGE, lang=lang)
    assert not app.exception
    t = words(lang)
    n = {"de": ("8\u202f800", "8\u202f000"), "en": ("8,800", "8,000")}[lang]  # and a tenth copied
    assert t("data.texts", n=n[0]) in shown(app) and t("data.about_texts", n=n[1]) in shown(app)
    assert t("data.sample", n="220") in shown(app)  # it is said to be a preview, and of what
    assert t("data.about_removed", n="800") in shown(app)
    assert "data_prepare" in [button.key for button in app.button]


@pytest.mark.parametrize("lang", ["de", "en"])
def test_every_stage_of_the_data_carries_the_name_of_the_field(open_page, lang):
    app = open_page(PAGE, lang=lang)
    for name in ("collection", "cleaning", "standardisation", "deduplication", "tokenisation"):
        assert rich(words(lang)(f"data.{name}")) in shown(app)
    assert 'data-term="vectorisation"' in shown(app) and 'data-term="embedding"' in shown(app)


@pytest.mark.parametrize("depth", ["watch", "try", "dig"])
def test_the_sentence_stands_on_the_stage_in_numbered_tokens(open_page, depth):
    app = open_page(PAGE, lang="en", depth=depth, sentence="On Monday Mrs Lindner")
    sent = [json.loads(one.proto.json) for one in app.get("bidi_component")]
    (strip,) = [one for one in sent if one.get("numbered")]
    assert "".join(span["text"] for span in strip["spans"]) == "On Monday Mrs Lindner"
    assert all(span["ids"] for span in strip["spans"])


def strip_of(app: AppTest) -> list[list[int]]:
    sent = [json.loads(one.proto.json) for one in app.get("bidi_component")]
    (strip,) = [one for one in sent if one.get("numbered")]
    return [span["ids"] for span in strip["spans"]]


@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_newcomer_finds_the_example_models_texts_and_tokens_as_on_the_other_pages(
    open_page, with_house, lang
):
    t, sentence = words(lang), PROMPTS[lang][0]
    app = open_page(PAGE, lang=lang, sentence=sentence)
    assert not app.exception
    n_kept = shipped.artifacts()["corpus"].numbers["n_kept"]
    assert f"<b>{t('data.texts', n=whole(n_kept, lang))}</b>" in shown(app)
    there = open_page("2_architecture.py", lang=lang, sentence=sentence)
    sent = [json.loads(one.proto.json) for one in there.get("bidi_component")]
    (passage,) = [one["passage"] for one in sent if "passage" in one]
    ids = [id_ for span in strip_of(app) for id_ in span]
    assert ids[-len(passage["lanes"]) + 1 :] == [lane["id"] for lane in passage["lanes"]][1:]
    n_words = whole(len(sentence.split()), lang)
    said = t("data.sentence_example", n=whole(len(ids), lang), words=n_words)
    assert rich(said) in shown(app)
    assert not app.toggle  # nothing to set yet: one slider to move, one button to press
    assert [each.key for each in app.select_slider] == ["data_cut"]


def test_a_smaller_vocabulary_cuts_the_sentence_into_more_pieces_and_says_so(open_page, with_house):
    app = open_page(PAGE, lang="en", sentence="On Tuesday Mrs Haller")
    before = sum(map(len, strip_of(app)))
    app.select_slider(key="data_cut").set_value(300).run()
    after = sum(map(len, strip_of(app)))
    assert after > before
    full = whole(shipped.encoder().n_vocab, "en")
    said = words("en")("data.sentence_smaller", n=after, words=4, size=300, full=full)
    assert rich(said) in shown(app)


def test_data_of_ones_own_say_whose_vocabulary_cuts_the_sentence_and_what_the_example_makes(
    open_page, with_house
):
    t, sentence = words("en"), PROMPTS["en"][0]
    app = open_page(PAGE, lang="en", sentence=sentence)
    of_example = len(shipped.encoder().encode(sentence))
    app.button(key="data_own").click().run()
    assert not app.exception
    n_own, n_words = sum(map(len, strip_of(app))), len(sentence.split())
    assert rich(t("data.sentence_yours", n=n_own, words=n_words)) in shown(app)
    assert t("data.sentence_other", n=of_example) in shown(app)
    n_kept = whole(shipped.artifacts()["corpus"].numbers["n_kept"], "en")
    assert t("data.still_the_examples", n=n_kept) in shown(app)
    assert t("data.arrived_with_copies", n="8,000", copies="800") in shown(app)
    assert "data_prepare" in [button.key for button in app.button]


def test_a_control_that_goes_back_to_its_start_does_not_take_the_controls_away(
    open_page, with_house
):
    app = open_page(PAGE, lang="en", world_noise="0.2")  # a link to data of one's own
    assert "world_noise" in [each.key for each in app.select_slider]
    app.select_slider(key="world_noise").set_value(0.1).run()
    assert "world_noise" in [each.key for each in app.select_slider]
    app.get_by_key("data_view").set_value("house").run()
    assert [each.key for each in app.select_slider] == ["data_cut"]


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_stages_of_the_data_have_no_numbers_beside_those_of_the_six_steps(open_page, lang):
    names = re.findall(r'<h3 class="gb-stage-name">(.*?)</h3>', shown(open_page(PAGE, lang=lang)))
    plain = [re.sub("<.*?>", "", name) for name in names]
    assert len(plain) >= 5 and not any(name[:1].isdigit() for name in plain)


def test_a_preview_is_projected_and_a_whole_corpus_is_counted(open_page, services):
    t = words("en")
    app = open_page(PAGE, **SMALL)
    assert t("data.about_texts", n="500") in shown(app)
    assert t("data.texts", n="500") in shown(prepare(app))
    assert t("data.removed", n="50") in shown(app)


def test_watching_shows_the_same_without_controls(open_page):
    app = open_page(PAGE, depth="watch")
    assert not app.exception and words("en")("data.texts", n="8,800") in shown(app)
    assert not app.toggle and not app.select_slider and not app.radio


def test_a_rule_that_is_switched_off_removes_nothing(open_page):
    app = open_page(PAGE)
    app.toggle(key="clean_duplicates").set_value(False).run()
    assert words("en")("data.about_removed", n="800") not in shown(app)
    assert words("en")("data.about_texts", n="8,800") in shown(app)


def test_preparing_puts_corpus_encoder_and_dataset_on_the_bench(open_page, services):
    app = prepare(open_page(PAGE, **SMALL))
    assert not app.exception and words("en")("data.on_bench") in shown(app)
    owner = owner_of(app)
    bench = services.store.benches.of(owner, "text").lanes["a"]
    assert set(bench) == {"corpus", "encoder", "dataset"}
    corpus, encoder, dataset = services.store.artifacts.lineage(owner, bench["dataset"])
    assert dataset.parents == (corpus.id, encoder.id)
    assert corpus.settings["world"]["n_documents"] == 500  # training measures grammar by it
    assert corpus.numbers["n_kept"] == 500 and corpus.numbers["removed_duplicate"] == 50


def test_what_was_prepared_is_found_again_by_the_same_settings(open_page):
    app = prepare(open_page(PAGE, **SMALL))
    app.select_slider(key="vocabulary").set_value(500).run()
    assert words("en")("data.on_bench") not in shown(app)
    app.select_slider(key="vocabulary").set_value(400).run()
    assert words("en")("data.on_bench") in shown(app)


def test_a_pasted_text_goes_the_same_way_and_is_kept_as_it_came(open_page, services):
    app = paste(open_page(PAGE, data_source="text", vocabulary="400"), STORY + "caf&eacute; " * 5)
    assert not app.exception
    app = prepare(app)
    owner = owner_of(app)
    corpus = services.store.benches.of(owner, "text").lanes["a"]["corpus"]
    raw, kept = services.store.artifacts.lineage(owner, corpus)
    assert b"&eacute;" in services.store.artifacts.read(owner, raw.id)
    assert "café".encode() in services.store.artifacts.read(owner, kept.id)
    assert kept.settings["world"] is None


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("text", ["a", "🙂🙃🙂", "One short line.", "<b>bold</b>"])
def test_too_little_text_is_said_and_stays_in_its_box(open_page, services, lang, text):
    app = prepare(paste(open_page(PAGE, lang=lang, data_source="text"), text))
    assert not app.exception
    assert 'class="gb-error" role="alert"' in shown(app)
    assert app.text_area(key="data_text").value == text
    assert services.store.benches.of(owner_of(app), "text").lanes["a"] == {}


def test_an_empty_box_waits_and_white_space_is_called_empty(open_page):
    app = open_page(PAGE, data_source="text")
    assert not app.exception and words("en")("data.nothing_yet") in shown(app)
    assert words("en")("error.empty_input") in shown(paste(app, " \n\t "))


def test_more_than_twenty_megabytes_of_pasted_text_are_refused_by_name(open_page):
    app = paste(open_page(PAGE, data_source="text"), "word " * 4_400_000)
    assert "20" in shown(app) and 'class="gb-error"' in shown(app)


def test_hostile_text_is_shown_as_text(open_page):
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)> &amp;lt;script&amp;gt; " * 40
    app = paste(open_page(PAGE, data_source="text"), evil)
    assert not app.exception
    assert "<script" not in shown(app) and "<img" not in shown(app)


@pytest.mark.parametrize(
    ("name", "data", "key"),
    [
        ("empty.txt", b"", "empty_input"),
        ("picture.txt", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "not_text"),
        ("table.csv", b"a,b\n1,2\n3,4\n", "no_text_column"),
        ("page.pdf", b"%PDF-1.7", "unknown_file_type"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_and_the_others_are_kept(open_page, name, data, key):
    app = open_page(PAGE, data_source="files")
    files = [(name, data, "text/plain"), ("story.txt", STORY.encode(), "text/plain")]
    app.get("file_uploader")[0].set_value(files).run()
    assert not app.exception
    sentence = words("en")._texts[f"error.{key}"].split("{")[0].split("“")[0]
    assert sentence.strip() in shown(app) and "story.txt" in shown(app)
    assert name in shown(app)


def test_a_pair_differs_in_copies_alone(open_page, services):
    app = open_page(PAGE, **SMALL)
    app.button(key="data_pair").click().run()
    assert not app.exception
    owner = owner_of(app)
    bench = services.store.benches.of(owner, "text")
    assert bench.difference is not None and bench.difference.setting == "duplicates"
    a, b = (services.store.artifacts.get(owner, bench.lanes[lane]["corpus"]) for lane in ("a", "b"))
    assert (a.numbers["n_kept"], b.numbers["n_kept"]) == (500, 550)
    assert a.settings["world"] == b.settings["world"]


def test_what_is_under_way_says_so_and_can_be_stopped(open_page, services):
    waiting = Services.of(services.store)  # an engine that never starts: the work waits
    with use_services(waiting):
        app = prepare(open_page(PAGE, **SMALL))
        assert not app.exception
        owner = owner_of(app)
        assert len(preparing.under_way(owner)) == 1
        app.button(key="data_stop").click().run()
        assert not app.exception
        assert preparing.under_way(owner) == [] and preparing.error_of(owner) is None
        assert "data_prepare" in [button.key for button in app.button]
    assert services.store.benches.of(owner, "text").lanes["a"] == {}


def test_a_smaller_vocabulary_is_the_beginning_of_a_larger_one():
    documents = (Document(STORY),)
    assert funnel.first_merges(documents, 300).merges == train_bpe([STORY], 300).merges


def test_an_example_marks_what_went_and_what_came():
    assert funnel._example(["schÃ¶n", "schön"]) == "<p>sch<del>Ã¶</del><ins>ö</ins>n</p>"
    assert funnel._example(["<b>"]) == "<p><del>&lt;b&gt;</del></p>"

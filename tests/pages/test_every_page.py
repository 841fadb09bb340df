"""Every page opens in both languages and asks its question."""

import pytest

from pages.kit import site
from pages.kit.catalogue import rich, words

NAMES = [f"{place.name}-{kind}" for place, kind in site.VIEWS]


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize(("place", "kind"), site.VIEWS, ids=NAMES)
def test_a_page_opens_with_its_question(open_page, place, kind, lang):
    app = open_page("" if place.name == "home" else place.file, lang=lang, modality=kind)
    assert not app.exception
    assert app.title[0].value == words(lang)(f"{place.words(kind)}.question")


@pytest.mark.parametrize("depth", ["watch", "dig"])
@pytest.mark.parametrize(("place", "kind"), site.VIEWS, ids=NAMES)
def test_a_page_opens_at_every_depth(open_page, place, kind, depth):
    app = open_page("" if place.name == "home" else place.file, depth=depth, modality=kind)
    assert not app.exception
    shown = " ".join(block.proto.body for block in app.get("html"))
    decision = rich(words("en")(f"{place.words(kind)}.decision"))
    assert (decision in shown) == (depth == "watch")

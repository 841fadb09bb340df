"""Every page opens in both languages and asks its question."""

import pytest

from pages.kit import site
from pages.kit.catalogue import rich, words


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("place", site.PLACES, ids=lambda place: place.name)
def test_a_page_opens_with_its_question(open_page, place, lang):
    app = open_page("" if place.name == "home" else place.file, lang=lang)
    assert not app.exception
    assert app.title[0].value == words(lang)(f"{place.name}.question")


@pytest.mark.parametrize("depth", ["watch", "dig"])
@pytest.mark.parametrize("place", site.PLACES, ids=lambda place: place.name)
def test_a_page_opens_at_every_depth(open_page, place, depth):
    app = open_page("" if place.name == "home" else place.file, depth=depth)
    assert not app.exception
    shown = " ".join(block.proto.body for block in app.get("html"))
    decision = rich(words("en")(f"{place.name}.decision"))
    assert (decision in shown) == (depth == "watch")

"""The journey in a real browser: computed for one's own sentence, and good on paper."""

from playwright.sync_api import expect

from pages.kit.catalogue import words

t = words("de")
A4_CSS_PX = (794, 1123)


def test_the_journey_fits_on_paper_in_light_colours_without_the_head(page, settled):
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.goto("/journey?lang=de&sentence=Der+Hund+lief")
    settled(page)
    expect(page.get_by_role("button", name=t("journey.print"))).to_be_visible()
    assert not page.locator(".gb-foot").is_visible()
    page.emulate_media(media="print")
    page.set_viewport_size({"width": A4_CSS_PX[0], "height": A4_CSS_PX[1]})
    for hidden in (".st-key-gb_header", ".st-key-gb_chain", ".st-key-journey_print"):
        assert not page.locator(hidden).is_visible()
    assert page.locator(".gb-mine").is_visible()  # on paper a heading, not a field
    assert not page.locator(".st-key-sentence input").is_visible()
    foot = page.locator(".gb-foot")
    assert foot.is_visible()
    assert "Der+Hund+lief" in foot.inner_text() and "Seed 7" in foot.inner_text()
    colour = "getComputedStyle(document.querySelector('.stApp')).backgroundColor"
    assert page.evaluate(colour) == "rgb(255, 255, 255)"
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) == 0
    n_pages = page.pdf(format="A4", print_background=True).count(b"/Type /Page\n")
    assert n_pages <= 3


def test_a_sentence_typed_above_the_journey_travels_through_it(page, settled):
    page.goto("/journey?lang=en&sentence=The+dog+ran")
    settled(page)
    field = page.locator(".st-key-sentence input")
    field.fill("Where does Ben live?")
    field.press("Enter")
    expect(page.locator(".gb-tokens").first).to_contain_text("Ben")
    settled(page)
    assert "sentence=Where+does+Ben+live" in page.url.replace("%20", "+")

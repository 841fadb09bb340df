"""Every page is sound, and all pages tell one story: the same thing has the same number wherever it
stands, the way on is in sight, and the visitor's sentence is there or the page says why not.

Every page is opened once a language; all that is asked below is asked of that one visit.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlparse

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from core.data.world import PROMPTS
from core.languages import LANGS
from core.modality import TEXT
from pages.kit import site
from tests.e2e.watched import Watched

SCREENS = {"desktop": (1280, 800), "phone": (390, 844)}
HEAD_LIMIT_PX = {"desktop": 120, "phone": 130}
# Every colour and every layout once: colours are the same in both languages, and so is what a theme
# changes; what is wider than a screen depends on language and screen.
LOOKS = {
    "de": {"desktop": ("light", True), "phone": ("dark", True)},
    "en": {"desktop": ("light", True), "phone": ("light", False)},
}
"""Language -> screen -> theme, and whether axe looks, too."""
WIRE_LIMIT_BYTES = 2_700_000
NAMES = [place.name for place in site.PLACES if not site.is_foreign(place.name, TEXT)]
LOOK_MS = 100
MOST_LOOKS = 40
LETTERS = re.compile(r"[\W\d_]+")

# What is in the head and in the rest of a page, shadow roots and typed values included.
READ = """() => {
  const head = [], rest = []
  const outside = ".st-key-gb_header, .st-key-gb_sentence, .st-key-gb_tour, style, script"
  const walk = (node, into) => {
    if (node.nodeType === 3) { if (node.data.trim()) into.push(node.data.trim()); return }
    if (node.nodeType !== 1 && node.nodeType !== 11) return
    if (node.nodeType === 1) {
      if (node.matches(outside)) return
      if (node.matches(".st-key-gb_chain")) into = head
      if (node.value && node.matches("input[type=text], textarea")) into.push(node.value)
      if (node.shadowRoot) walk(node.shadowRoot, into)
    }
    node.childNodes.forEach((child) => walk(child, into))
  }
  walk(document.body, rest)
  return [head.join(" "), rest.join(" ")]
}"""

# The lower edge of the head, the steps and the way on, as they can be seen without scrolling.
HEAD = """() => {
  const chain = document.querySelector(".st-key-gb_chain"), seen = []
  const walk = (node) => {
    if (node.tagName === "A") {
      const box = node.getBoundingClientRect()
      const whole = box.width > 20 && box.left >= 0 && box.right <= innerWidth && box.bottom > 0
      seen.push([new URL(node.href).pathname, whole && box.bottom <= innerHeight])
    }
    if (node.shadowRoot) [...node.shadowRoot.children].forEach(walk)
    ;[...node.children].forEach(walk)
  }
  walk(chain)
  const edges = [chain, document.querySelector(".st-key-gb_header")]
  return { bottom: Math.max(...edges.map((each) => each.getBoundingClientRect().bottom)), seen }
}"""


@dataclass(frozen=True)
class Fact:
    """A number of the example model that stands in several places.

    Args:
        de, en: how it is written there, the number in parentheses.
        pages: where it must agree; the head is asked on each of them as well.
    """

    de: str
    en: str
    pages: tuple[str, ...]


N_DE, N_EN = r"(\d{1,3}(?: \d{3})+)", r"(\d{1,3}(?:,\d{3})+)"
FACTS = {
    "weights": Fact(
        r"(\d+,\d+) Mio\. Gewichte", r"(\d+\.\d+) M weights", ("home", "journey")
    ),
    "weights to the last": Fact(
        N_DE + " Gewichte", N_EN + " weights", ("architecture", "tuning")
    ),
    "texts": Fact(
        r"Texte Beispielmodell (\d\d \d{3})|(\d\d \d{3}) Texte(?= 2 Arch| Texte sammeln)",
        r"texts example model (\d\d,\d{3})|(\d\d,\d{3}) texts(?= 2 Arch| Collect)",
        ("home", "data"),
    ),
    "vocabulary": Fact(
        rf"Vokabular(?: Beispielmodell| von)? {N_DE}(?= Weiter| Eine Grenze|\. )"
        rf"|{N_DE} mögliche Token",
        rf"vocabulary(?: example model| of)? {N_EN}(?= Next| A limit|\. )|{N_EN} possible tokens",
        ("home", "data", "architecture", "journey"),
    ),
    "grammatical sentences": Fact(
        r"(\d+) % grammatisch|grammatisch(?: richtig)? (\d+) %",
        r"(\d+)% grammatical|grammatical (\d+)%",
        ("home", "training"),
    ),
    "true statements": Fact(
        r"Aussagen[^.%]{0,60} wahr (\d+) %", r"statements[^.%]{0,60} true (\d+)%",
        ("home", "training"),
    ),
    "surprise": Fact(
        r"(?:Buchstabe: (?=0,\d\d \(vor)|Buchstabe neue Texte |Danach, .{0,90}Mittel )(\d,\d\d)",
        r"(?:letter: (?=0.\d\d \(before)|letter new texts |Afterwards, .{0,90}new texts )"
        r"(\d\.\d\d)",
        ("home", "training", "journey"),
    ),
    "preferences": Fact(
        N_DE + " Präferenzen|Beispielmodell (\\d \\d{3})\\b",
        N_EN + " preferences|example model (\\d,\\d{3})\\b",
        ("preferring", "aligning"),  # what aligned the example's last model read none
    ),
    "polite answers": Fact(
        r"höflich: (?:< )?\d+ % → (\d+) %|(\d+) % nach Alignment|höflich \d+ % → (\d+) %"
        r"|→ (\d+) % der Antworten sind höflich",
        r"polite: (?:< )?\d+% → (\d+)%|(\d+)% after alignment|polite \d+% → (\d+)%"
        r"|→ (\d+)% of the answers are polite",
        ("home", "alignment", "aligning"),
    ),
}  # fmt: skip


OVERFLOW = """() => { const main = document.querySelector("[data-testid='stMain']")
  return Math.max(main.scrollWidth - main.clientWidth,
                  document.documentElement.scrollWidth - document.documentElement.clientWidth) }"""


@dataclass
class Visit:
    """What one visit of a page has found."""

    head: str
    rest: str
    heads: dict[str, dict[str, Any]] = field(default_factory=dict)  # screen -> HEAD
    faults: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    n_bytes: int = 0


Visits = Callable[[str, str, str], Visit]
"""asked with language, name of a place and kind of data"""


@pytest.fixture(scope="module")
def visits(browser: Browser, server: str, settled) -> Iterator[Visits]:
    """Every page in every language, opened when it is first asked for, in one tab a language."""
    found: dict[tuple[str, str, str], Visit] = {}
    width, height = SCREENS["desktop"]
    tabs = {}
    for lang in LANGS:
        screen = {"width": width, "height": height}
        context = browser.new_context(locale=f"{lang}-DE", viewport=screen)
        tabs[lang] = Watched(context, server)

    def visit(lang: str, name: str, kind: str) -> Visit:
        if (lang, name, kind) not in found:
            tabs[lang].count_anew()
            path = f"{site.BY_NAME[name].path}?lang={lang}&modality={kind}"
            tabs[lang].page.goto(f"{server}{path}")
            settled(tabs[lang].page)
            found[lang, name, kind] = _looked_at(tabs[lang], lang)
        return found[lang, name, kind]

    yield visit
    for seen in tabs.values():
        seen.page.context.close()


def _looked_at(seen: Watched, lang: str) -> Visit:
    """All that is asked of a page that stands, on each screen."""
    page = seen.page
    visit = Visit(*(_plain(text) for text in _at_rest(page)))
    for screen, (theme, with_axe) in LOOKS[lang].items():
        width, height = SCREENS[screen]
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=theme)
        expect(page.locator(f"html[data-theme={theme}]")).to_be_attached()
        page.wait_for_timeout(300)
        visit.heads[screen] = page.evaluate(HEAD)
        if with_axe:
            visit.faults += [f"{theme} {screen}: {each}" for each in violations(page)]
        if page.evaluate(OVERFLOW) > 1:
            visit.faults.append(f"{theme} {screen}: wider than the screen")
    if page.locator(".gb-error").count():
        visit.faults.append("an error is shown")
    if page.locator("html").get_attribute("lang") != lang:
        visit.faults.append("the document says another language")
    visit.faults += seen.errors
    visit.hosts, visit.n_bytes = set(seen.hosts), seen.n_bytes
    width, height = SCREENS["desktop"]
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme="light")
    return visit


def violations(page: Page) -> list[str]:
    """What axe finds of level serious or critical."""
    response = Axe().run(page, options={"resultTypes": ["violations"]}).response
    return [
        f"{each['id']}: {each['nodes'][0]['html'][:160]}"
        for each in response["violations"]
        if each["impact"] in ("serious", "critical")
    ]


def _at_rest(page: Page) -> list[str]:
    """The texts of a page: components draw after the script has ended, so read until they rest."""
    drawn = _drawn(page)
    for _ in range(20):
        page.wait_for_timeout(150)
        before, drawn = drawn, _drawn(page)
        if drawn == before:
            break
    return drawn


def _drawn(page: Page) -> list[str]:
    """The texts of a page once its components have drawn what they were sent."""
    before: list[str] = []
    for _ in range(MOST_LOOKS):
        page.wait_for_timeout(LOOK_MS)
        now = page.evaluate(READ)
        if now == before:
            break
        before = now
    return before


def _plain(text: str) -> str:
    """A text with ordinary blanks, one at a time."""
    return " ".join(re.sub(r"[\u2000-\u200f\u202f\u00a0]", " ", text).split())


def told(fact: Fact, lang: str, visits: Visits) -> dict[str, set[str]]:
    """The numbers of a fact by the place where they stand: a page, or a page's head."""
    pattern = re.compile(fact.de if lang == "de" else fact.en)
    places = {}
    for name in fact.pages:
        visit = visits(lang, name, TEXT)
        for place, text in ((name, visit.rest), (f"head of {name}", visit.head)):
            numbers = {next(filter(None, hit.groups())) for hit in pattern.finditer(text)}
            if numbers:
                places[place] = numbers
    return places


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("name", "kind"), [(place.name, kind) for place, kind in site.VIEWS])
def test_a_page_is_sound_in_light_and_dark_on_desktop_and_phone(visits, server, name, kind, lang):
    visit = visits(lang, name, kind)
    assert visit.faults == []
    assert visit.hosts == {urlparse(server).netloc}
    assert 0 < visit.n_bytes <= WIRE_LIMIT_BYTES


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", FACTS)
def test_a_number_of_the_same_thing_is_the_same_everywhere(visits, name, lang):
    places = told(FACTS[name], lang, visits)
    missing = set(FACTS[name].pages) - set(places)
    assert not missing, f"{name} is not found on {missing}; found: {places}"
    assert len(places) >= 2
    assert len(set.union(*places.values())) == 1, places


def test_two_pages_that_disagree_are_found():
    texts = {
        "home": Visit("2,36 Mio. Gewichte", "Unser GPT hat 2,36 Mio. Gewichte."),
        "journey": Visit("2,36 Mio. Gewichte", "Er hat 2,40 Mio. Gewichte."),
    }
    fact = Fact(FACTS["weights"].de, "", ("home", "journey"))
    places = told(fact, "de", lambda _lang, name, _kind: texts[name])
    assert set.union(*places.values()) == {"2,36", "2,40"}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("screen", SCREENS)
def test_the_head_is_low_and_shows_all_steps_and_the_way_on(visits, screen, lang):
    wrong = {}
    for name in NAMES:
        head = visits(lang, name, TEXT).heads[screen]
        seen = {path for path, whole in head["seen"] if whole}
        wanted = {site.BY_NAME[step].path for step in site.STEPS}
        wanted.add(site.BY_NAME[site.following(name)].path)
        if head["bottom"] > HEAD_LIMIT_PX[screen] or wanted - seen:
            wrong[name] = (round(head["bottom"]), wanted - seen)
    assert not wrong


@pytest.mark.parametrize("lang", LANGS)
def test_the_sentence_is_on_every_page_but_those_where_it_plays_no_part(visits, lang):
    sentence = LETTERS.sub("", PROMPTS[lang][0])
    lost = [
        name
        for name in NAMES
        if name not in site.WITHOUT_SENTENCE
        and sentence not in LETTERS.sub("", visits(lang, name, TEXT).rest)
    ]
    assert not lost

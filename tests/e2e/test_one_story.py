"""All pages tell one story: the same thing has the same number wherever it stands, the way on is in
sight, and the visitor's sentence is there or the page says why not.

Every page is opened once a language; all that is asked below is asked of that one visit.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page

from core.data.world import PROMPTS
from core.languages import LANGS
from core.modality import TEXT
from pages.kit import site

SCREENS = {"desktop": (1280, 800), "phone": (390, 844)}
HEAD_LIMIT_PX = {"desktop": 120, "phone": 130}
PLACES = [place for place in site.PLACES if not site.is_foreign(place.name, TEXT)]
NAMES = [place.name for place in PLACES]
LOOK_MS = 200
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


@dataclass
class Visit:
    """What one look at a page has found."""

    head: str
    rest: str
    heads: dict[str, dict[str, object]] = field(default_factory=dict)  # screen -> HEAD


@pytest.fixture(scope="module")
def visits(browser: Browser, server: str) -> Iterator[dict[tuple[str, str], Visit]]:
    """Every page in both languages, opened in one tab."""
    found = {}
    context = browser.new_context(reduced_motion="reduce", locale="de-DE")
    page = context.new_page()
    for lang in LANGS:
        for place in PLACES:
            page.set_viewport_size(dict(zip(("width", "height"), SCREENS["desktop"], strict=True)))
            page.goto(f"{server}{place.path}?lang={lang}")
            page.wait_for_selector("h1", timeout=60_000)
            settled = "[data-testid='stApp'][data-test-script-state='notRunning']"
            page.wait_for_selector(settled, timeout=120_000)
            drawn = _drawn(page)
            for _ in range(20):  # components draw after the script has ended: read until it rests
                page.wait_for_timeout(150)
                before, drawn = drawn, _drawn(page)
                if drawn == before:
                    break
            visit = Visit(*(_plain(text) for text in drawn))
            for screen, (width, height) in SCREENS.items():
                page.set_viewport_size({"width": width, "height": height})
                page.wait_for_timeout(50)
                visit.heads[screen] = page.evaluate(HEAD)
            found[lang, place.name] = visit
    yield found
    context.close()


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


def told(fact: Fact, lang: str, visits: dict[tuple[str, str], Visit]) -> dict[str, set[str]]:
    """The numbers of a fact by the place where they stand: a page, or a page's head."""
    pattern = re.compile(fact.de if lang == "de" else fact.en)
    places = {}
    for name in fact.pages:
        visit = visits[lang, name]
        for place, text in ((name, visit.rest), (f"head of {name}", visit.head)):
            numbers = {next(filter(None, hit.groups())) for hit in pattern.finditer(text)}
            if numbers:
                places[place] = numbers
    return places


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", FACTS)
def test_a_number_of_the_same_thing_is_the_same_everywhere(visits, name, lang):
    places = told(FACTS[name], lang, visits)
    missing = set(FACTS[name].pages) - set(places)
    assert not missing, f"{name} is not found on {missing}; found: {places}"
    assert len(places) >= 2
    assert len(set.union(*places.values())) == 1, places


def test_two_pages_that_disagree_are_found():
    texts = {("de", "home"): Visit("2,36 Mio. Gewichte", "Unser GPT hat 2,36 Mio. Gewichte.")}
    texts["de", "journey"] = Visit("2,36 Mio. Gewichte", "Er hat 2,40 Mio. Gewichte.")
    places = told(Fact(FACTS["weights"].de, "", ("home", "journey")), "de", texts)
    assert set.union(*places.values()) == {"2,36", "2,40"}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("screen", SCREENS)
def test_the_head_is_low_and_shows_all_steps_and_the_way_on(visits, screen, lang):
    wrong = {}
    for name in NAMES:
        head = visits[lang, name].heads[screen]
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
        and sentence not in LETTERS.sub("", visits[lang, name].rest)
    ]
    assert not lost

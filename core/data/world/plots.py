"""What happens, and in which order: the plots, the same for every language.

A plot names rules; the grammar of a language has the wordings. Variables in `keeps` stay bound from
sentence to sentence (the apples that are bought are the apples that are eaten); all others are
released again.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Plot:
    """One sequence of events."""

    kind: str  # story, portrait, letter, dialogue or announcement
    steps: tuple[
        str, ...
    ]  # rules in order; "?": included half the time; "*": skipped if nothing fits
    keeps: str = "ABDKNX"  # variables that stay bound throughout the document
    needs: tuple[str, ...] = ()  # relations of A that must be tellable
    cast: str = ""  # "adult" or "children" if A, or A and B, must be
    third: bool = False  # whether a third person, D, is mentioned
    between: str = " "  # what separates sentences


PLOTS: Final = (
    Plot("portrait", ("portrait.1", "portrait.2*", "aside?", "portrait.3*", "portrait.4*",
                      "portrait.5*", "aside?", "feel?")),
    Plot("story", ("weather?", "pet.1", "pet.2", "feel?", "pet.3", "pet.4", "pet.5", "pet.6",
                   "aside?"), needs=("pet",)),
    Plot("story", ("weather?", "shop.1", "aside", "shop.2", "shop.3", "feel?", "shop.4", "shop.5"),
         keeps="ABDFK"),
    Plot("story", ("weather?", "broken.1", "feel?", "broken.2", "broken.3", "broken.4", "broken.5",
                   "aside")),
    Plot("story", ("bday.1", "aside", "bday.2", "bday.3", "bday.4", "bday.5", "bday.6"),
         keeps="ABDY"),
    Plot("story", ("weather?", "wild.1", "wild.2", "feel?", "wild.3", "wild.4", "wild.5", "wild.6",
                   "aside"), keeps="ABDKNZ"),
    Plot("story", ("aside", "lost.1", "lost.2", "feel?", "lost.3", "lost.4", "lost.5", "lost.6"),
         keeps="ABDI"),
    Plot("story", ("work.1", "aside", "work.2", "work.3", "work.4", "feel?", "work.5"),
         keeps="ABDT", cast="adult"),
    Plot("story", ("weather?", "play.1", "aside", "play.2", "play.3", "play.4", "feel?", "play.5"),
         keeps="ABX", cast="children"),
    Plot("story", ("aside", "ill.1", "ill.2", "feel?", "ill.3", "ill.4", "ill.5"), keeps="AB"),
    Plot("story", ("aside", "garden.1", "garden.2", "weather?", "garden.3", "garden.4",
                   "garden.5"), keeps="ABF"),
    Plot("letter", ("letter.greet", "letter.open", "letter.fact", "letter.news", "letter.thanks?",
                    "letter.fact?", "letter.invite", "letter.ask?", "letter.bye"),
         keeps="AB", cast="children", third=True, between="\n"),
    Plot("dialogue", ("talk.hello", "talk.going", "talk.where", "talk.here", "talk.thanks",
                      "talk.bye"), keeps="ABD", cast="children", third=True, between="\n"),
    Plot("dialogue", ("talk.hello", "talk.going?", "talk.gift", "talk.likes", "talk.likes?",
                      "talk.thanks", "talk.bye"), keeps="ABD", cast="children", third=True,
         between="\n"),
    Plot("dialogue", ("talk.hello", "talk.who", "talk.is", "talk.is?", "talk.thanks", "talk.bye"),
         keeps="ABD", cast="children", third=True, between="\n"),
    Plot("announcement", ("notice.head", "notice.lost", "notice.reward", "notice.place?",
                          "notice.rule?", "notice.bye"), keeps="ABKN", third=True, between="\n"),
    Plot("announcement", ("notice.head", "notice.hours", "notice.place", "notice.hours*",
                          "notice.rule?", "notice.bye"), keeps="AB", third=True, between="\n"),
    Plot("announcement", ("notice.head", "notice.rule", "notice.rule", "notice.hours?",
                          "notice.place?", "notice.bye"), keeps="AB", third=True, between="\n"),
    Plot("announcement", ("notice.head", "notice.fest", "notice.sale", "notice.fest?",
                          "notice.bring", "notice.place?", "notice.bye"), keeps="AB",
         third=True, between="\n"),
)  # fmt: skip

# (question rule, answer rule, relation the answer states, variable of its subject)
QUESTIONS: Final = (
    ("ask.home", "answer.home", "home", "A"),
    ("ask.job", "answer.job", "job", "A"),
    ("ask.food", "answer.food", "food", "A"),
    ("ask.pet", "answer.pet", "pet", "A"),
    ("ask.hobby", "answer.hobby", "hobby", "A"),
    ("ask.age", "answer.age", "age", "A"),
    ("ask.workplace", "answer.workplace", "workplace", "A"),
    ("ask.belonging", "answer.belonging", "belonging", "A"),
    ("ask.family", "answer.family", "parent", "A"),
    ("ask.opens", "answer.opens", "opens", "P"),
    ("ask.located", "answer.located", "located", "P"),
    ("ask.friend", "answer.friend", "friend", "A"),
)
# Openings to continue: one in the middle of a sentence, one question the world can answer, and one
# about something it has never heard of.
PROMPTS: Final = {
    "de": ("Am Dienstag ging Frau Haller", "Wo wohnt Mia?", "Was ist KI?"),
    "en": ("On Tuesday Mrs Haller", "Where does Mia live?", "What is AI?"),
}
LABELS: Final = {"de": ("Frage", "Antwort"), "en": ("Question", "Answer")}

# Percentage of documents of each kind.
SHARES: Final = (
    ("story", 50),
    ("portrait", 12),
    ("questions", 13),
    ("letter", 8),
    ("dialogue", 9),
    ("announcement", 8),
)

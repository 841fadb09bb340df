"""Generates documents: a cast from the town, a plot, and sentence after sentence of the grammar.

Invariant: equal settings give equal bytes on any platform; randomness comes only from
`Random.random()` of a generator seeded with an integer, one per document.
"""

from collections.abc import Callable
from dataclasses import replace
from random import Random

from core.data.text.documents import Document
from core.data.world import lexicon
from core.data.world.dirt import between_boilerplate, noisy
from core.data.world.elements import CLAIMED, Env
from core.data.world.facts import Town, draw_town, shuffled
from core.data.world.grammar import Lookup
from core.data.world.languages import grammar
from core.data.world.phrases import PEOPLE, bind_value
from core.data.world.plots import LABELS, PLOTS, QUESTIONS, SHARES, Plot
from core.data.world.settings import WorldSettings
from core.data.world.typography import printed

SOURCE = "world"
_N_TRIES = 50  # casts to try for one document
_N_QUESTIONS = 4  # maximum in one document
_GIVING_AWAY = ("letter", "announcement")  # where addresses and numbers are revealed
_CLOSE = ("friend", "neighbour", "sibling", "parent", "child")


def tell(
    settings: WorldSettings, on_progress: Callable[[float], None] | None = None
) -> list[Document]:
    """The documents of the small world.

    Args:
        settings: which world to tell; equal settings give equal documents.
        on_progress: called about a hundred times with the share done, from 0 to 1.

    Returns:
        Documents in a fixed, shuffled order.
    """
    town = draw_town(settings)
    documents: list[Document] = []
    for number in range(settings.n_documents):
        random = Random(settings.seed * 1_000_000_007 + number)
        lang = "de" if random.random() < settings.german_share else "en"
        chance = Random(settings.seed * 1_000_000_007 + number + 500_000_003)  # for the dirt
        private, noise, boilerplate = (chance.random() for _ in range(3))
        if private < settings.private_share:
            kind = _GIVING_AWAY[int(chance.random() * len(_GIVING_AWAY))]
            document = tell_one(town, lang, random, kind, private=True)
        else:
            document = tell_one(town, lang, random)
        if noise < settings.noise_share:
            document = replace(document, text=noisy(document.text, chance))
        if boilerplate < settings.boilerplate_share:
            text = between_boilerplate(document.text, lang, chance)
            document = replace(document, text=text)
        documents.append(document)
        if on_progress is not None and number % (settings.n_documents // 100 + 1) == 0:
            on_progress(number / settings.n_documents)
    return _with_copies(documents, settings)


def _with_copies(documents: list[Document], settings: WorldSettings) -> list[Document]:
    """Exact copies mixed in. A tenth of the documents are copied, some of them many times."""
    n_copies = int(settings.duplicate_share * len(documents) + 0.5)
    if not n_copies:
        return documents
    random = Random(settings.seed + 3_000_003)
    n_copied = max(1, len(documents) // 10)
    copies = [documents[int(random.random() * n_copied)] for _ in range(n_copies)]
    return shuffled(documents + copies, random)


def tell_one(
    town: Town, lang: str, random: Random, kind: str | None = None, private: bool = False
) -> Document:
    """One document of a kind drawn from SHARES, or of the given kind.

    Args:
        town: the town whose facts are told.
        lang: "de" or "en".
        random: the source of all randomness.
        kind: one of those in SHARES.
        private: whether it reveals an address or a number; only in letters and announcements.
    """
    if kind is None:
        mark = random.random() * sum(share for _, share in SHARES)
        for name, share in SHARES:
            kind = name
            mark -= share
            if mark < 0:
                break
    for _ in range(_N_TRIES):
        text = _questions(town, lang, random) if kind == "questions" else None
        if kind != "questions":
            plots = [plot for plot in PLOTS if plot.kind == kind]
            plot = plots[int(random.random() * len(plots))]
            if private:
                plot = replace(plot, steps=(*plot.steps[:-1], "private", plot.steps[-1]))
            text = _told(plot, town, lang, random)
        if text is not None:
            return Document(text, "de" if lang == "de" else "en", str(kind), SOURCE)
    raise ValueError(f"nothing can be told of the kind {kind!r}")


def _cast(plot: Plot, town: Town, random: Random) -> Env | None:
    """Two different people; the first has what the plot needs."""
    group = [p for p in lexicon.people() if not plot.cast or p.child == (plot.cast == "children")]
    able = [p.id for p in group if all(town.tellable(p.id, need) for need in plot.needs)]
    if not able:
        return None
    one = able[int(random.random() * len(able))]
    everybody = group if plot.cast == "children" else lexicon.people()
    others = [person.id for person in everybody if person.id != one]
    if random.random() < 0.7:  # usually somebody close to the first
        close = [value[0] for relation in _CLOSE for value in town.tellable(one, relation)]
        others = [other for other in others if other in close] or others
    other = others[int(random.random() * len(others))]
    return dict(bind_value("A", one) + bind_value("B", other))


def _told(plot: Plot, town: Town, lang: str, random: Random) -> str | None:
    """The text of a plot, or None if the town lacks what it needs."""
    env = _cast(plot, town, random)
    if env is None:
        return None
    told: list[str] = []
    stated: set[tuple[str, str]] = set()  # (subject, relation): a document states a fact only once

    def lookup(subject: str, relation: str) -> tuple[tuple[str, ...], ...]:
        return () if (subject, relation) in stated else town.tellable(subject, relation)

    just_named = False
    for step in plot.steps:
        if step.endswith("?") and random.random() < 0.5:
            continue
        if plot.third and "D" not in env:
            env |= dict(bind_value("D", _somebody_else(env, random)))
        # A pronoun is allowed only if the previous sentence named the person.
        env["A.ref"] = "pronoun" if just_named and random.random() < 0.7 else "name"
        made = _sentence(step.rstrip("?*"), env, lang, random, lookup)
        if made is None and step[-1] not in "?*":
            return None
        if made is None or printed(made[0], lang) in told:
            continue
        words, settled = made
        told.append(printed(words, lang))
        stated |= {(settled[one.subject], one.relation) for one in settled.get(CLAIMED, ())}
        just_named = _names_only(settled, words)
        env = {k: v for k, v in settled.items() if k.partition(".")[0] in plot.keeps}
    return plot.between.join(told)


def _somebody_else(env: Env, random: Random) -> str:
    others = [p.id for p in lexicon.people() if p.id not in (env["A"], env["B"])]
    return others[int(random.random() * len(others))]


def _sentence(
    name: str, env: Env, lang: str, random: Random, lookup: Lookup
) -> tuple[list[str], Env] | None:
    """A sentence whose third person, if there is one, is usually neither of the two."""
    for _ in range(4):
        made = grammar(lang).tell(name, env, random, lookup, bind_value)
        if made is None or made[1].get("D", "nobody") not in (env["A"], env["B"]):
            break
    return made


def _names_only(env: Env, words: list[str]) -> bool:
    """Whether the sentence names A and nobody else, so that a pronoun refers to A."""
    names = {p.id: p.name for p in lexicon.people()}
    stems = [word.removesuffix("s").removesuffix("’") for word in words]
    present = [v for v in PEOPLE if v in env and names[env[v]] in (*words, *stems)]
    return present == ["A"]


def _questions(town: Town, lang: str, random: Random) -> str | None:
    """Questions and answers, one below the other; some answers go on a little."""
    rules = grammar(lang)
    ask, reply = LABELS[lang]
    lines: list[str] = []
    for _ in range(_N_QUESTIONS):
        question, answer, relation, variable = QUESTIONS[int(random.random() * len(QUESTIONS))]
        able = [who for who, fact in town.facts if fact == relation and town.tellable(who, fact)]
        if not able:
            continue
        env: Env = dict(bind_value(variable, able[int(random.random() * len(able))]))
        env["A.ref"] = "pronoun"
        parts = [question, answer]
        if variable == "A" and random.random() < 0.5:
            parts.append("more")
        made = [rules.tell(part, env, random, town.tellable, bind_value) for part in parts]
        said = [printed(one[0], lang) for one in made if one is not None]
        line = f"{ask}: {said[0]}\n{reply}: {' '.join(said[1:])}"
        if len(said) == len(parts) and line not in lines:
            lines.append(line)
    return "\n".join(lines) or None


def chat_prompt(question: str, lang: str) -> str:
    """A question laid out as in the documents of questions, up to where the answer begins."""
    ask, reply = LABELS[lang]
    return f"{ask}: {question}\n{reply}:"

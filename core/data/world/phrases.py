"""What the lexicon offers for a slot in either language: the inflection of the small world.

A slot's name is read as `variable:class form …`. The variable's letter says what it represents:
A, B and D people, J a job, S a street, P and W places, U a number, H a hobby, R a rule, C a colour,
N a pet's name, K a pet's kind; any other letter represents a noun.
"""

from functools import partial

from core.data.world import lexicon
from core.data.world.elements import Bindings, Phrases
from core.data.world.grammar import Grammar

PEOPLE = ("A", "B", "D")
PLACES = ("P", "W")
DEFAULT_CLASS = {"F": "food", "I": "lost", "K": "pet", "T": "tool", "V": "belonging",
                 "X": "belonging", "Y": "gift", "Z": "wild"}  # fmt: skip
_GENDERS = {noun.id: noun.gender for noun in lexicon.nouns()} | {
    person.id: person.gender for person in lexicon.people()
}

# German endings by case and by gender ("p" is the plural)
_DER = {
    "nom": {"m": "der", "f": "die", "n": "das", "p": "die"},
    "acc": {"m": "den", "f": "die", "n": "das", "p": "die"},
    "dat": {"m": "dem", "f": "der", "n": "dem", "p": "den"},
}
EIN = {  # ein, sein, ihr, mein, dein, kein
    "nom": {"m": "", "f": "e", "n": "", "p": "e"},
    "acc": {"m": "en", "f": "e", "n": "", "p": "e"},
    "dat": {"m": "em", "f": "er", "n": "em", "p": "en"},
}
_WEAK = {  # adjectives after der, die, das
    "nom": {"m": "e", "f": "e", "n": "e", "p": "en"},
    "acc": {"m": "en", "f": "e", "n": "e", "p": "en"},
    "dat": {"m": "en", "f": "en", "n": "en", "p": "en"},
}
MIXED = {  # after ein, sein, mein
    "nom": {"m": "er", "f": "e", "n": "es", "p": "en"},
    "acc": {"m": "en", "f": "e", "n": "es", "p": "en"},
    "dat": {"m": "en", "f": "en", "n": "en", "p": "en"},
}
STRONG = {  # with no determiner
    "nom": {"m": "er", "f": "e", "n": "es", "p": "e"},
    "acc": {"m": "en", "f": "e", "n": "es", "p": "e"},
    "dat": {"m": "em", "f": "er", "n": "em", "p": "en"},
}
_EIN_WORDS = {"a": "ein", "my": "mein", "your": "dein", "no": "kein"}
_EN_DETERMINERS = {"the": "the", "my": "my", "your": "your", "no": "no"}


def bind_value(variable: str, value: str) -> Bindings:
    """What a variable's value binds: itself and its gender, if it has one."""
    gender = _GENDERS.get(value)
    return (
        ((variable, value),) if gender is None else ((variable, value), (variable + ".g", gender))
    )


def phrases(lang: str, name: str) -> Phrases:
    """All phrases for a slot, with what each of them binds.

    Args:
        lang: "de" or "en".
        name: the slot without its braces, such as `F:food acc bare`.

    Returns:
        (words, bindings) in a fixed order; empty if the lexicon has nothing.
    """
    head, *form = name.split()
    variable, _, noun_class = head.partition(":")
    if len(form) == 1 and "/" in form[0]:
        return _agreeing(variable, form[0])
    if variable in PEOPLE:
        return _people(lang, variable, noun_class, form)
    tables = {"J": _jobs, "S": _streets, "U": _numbers, "H": _hobbies, "R": _rules, "C": _colours}
    if variable in tables:
        return tables[variable](lang, variable, form)
    if variable in PLACES:
        return _places(lang, variable, noun_class, form)
    if variable == "E":
        return [(tuple(number.split()), ((f"E.{noun_class}", number),))
                for number in lexicon.private(noun_class)]  # fmt: skip
    if variable == "N":
        ending = {"de": "s", "en": "’s"}[lang] if form == ["gen"] else ""
        return [((pet + ending,), ((variable, pet),)) for pet in lexicon.pet_names()]
    kind = noun_class or DEFAULT_CLASS[variable]
    found = [noun for noun in lexicon.nouns() if kind in noun.classes]
    return (_german if lang == "de" else _english)(variable, kind, found, form)


def _agreeing(variable: str, words: str) -> Phrases:
    """Words in the variable's gender: masculine, feminine and, for things, neuter."""
    return [
        (tuple(word.split("_")), ((variable + ".g", gender),))
        for word, gender in zip(words.split("/"), "mfn", strict=False)
    ]


def _people(lang: str, variable: str, group: str, form: list[str]) -> Phrases:
    found: list[tuple[tuple[str, ...], Bindings]] = []
    case = form[0] if form else "nom"
    for person in lexicon.people():
        if group and person.child != (group == "child"):
            continue
        words = [person.name]
        if not person.child:
            title = {"f": "Mrs", "m": "Mr"}[person.gender]
            if lang == "de":
                herr = "Herr" if case in ("nom", "ref") else "Herrn"
                title = "Frau" if person.gender == "f" else herr
            words.insert(0, title)
        if case == "gen":
            words[-1] += "s" if lang == "de" else "’s"
        found.append((tuple(words), bind_value(variable, person.id)))
    if case == "ref":  # the name, or a pronoun if the person was just named
        he_she = {"de": ("er", "sie"), "en": ("he", "she")}[lang]
        found = [(w, (*b, (variable + ".ref", "name"))) for w, b in found]
        found += [((word,), ((variable + ".g", gender), (variable + ".ref", "pronoun")))
                  for word, gender in zip(he_she, "mf", strict=True)]  # fmt: skip
    return found


def _jobs(lang: str, variable: str, form: list[str]) -> Phrases:
    found: list[tuple[tuple[str, ...], Bindings]] = []
    kind = form[0] if form else "noun"
    for job in lexicon.jobs():
        binding = ((variable, job.id),)
        verb, rest = (job.de_verb, job.de_rest) if lang == "de" else (job.en_verb, job.en_rest)
        if kind in PEOPLE and lang == "de":
            found.append(((job.de_m,), (*binding, (kind + ".g", "m"))))
            found.append(((job.de_f,), (*binding, (kind + ".g", "f"))))
        elif kind == "does":
            found.append(((verb.split()[0],), binding))
        elif kind == "did":
            found.append(((verb.split()[1],), binding))
        elif kind == "what":
            found.append((tuple(rest.split()), binding))
        elif kind == "a":
            found.append(((_a(job.en), *job.en.split()), binding))
        else:
            found.append((tuple(job.en.split()), binding))
    return found


def _streets(lang: str, variable: str, form: list[str]) -> Phrases:
    column = 1 if lang == "de" else 2
    return [(tuple(row[column].split()), ((variable, row[0]),)) for row in lexicon.streets()]


def _numbers(lang: str, variable: str, form: list[str]) -> Phrases:
    column = 1 if lang == "de" else 2
    endings = {"de": {"old": "jährige", "oldn": "jährigen"}, "en": {"old": "-year-old"}}[lang]
    ending = endings[form[0]] if form else ""
    return [((row[column] + ending,), ((variable, row[0]),)) for row in lexicon.numbers()]


def _hobbies(lang: str, variable: str, form: list[str]) -> Phrases:
    part = {"does": 0, "what": 1, "like": 2}[form[0]]
    rows = [(name, (de if lang == "de" else en)[part]) for name, de, en in lexicon.hobbies()]
    return [(tuple(words.split()), ((variable, name),)) for name, words in rows]


def _rules(lang: str, variable: str, form: list[str]) -> Phrases:
    column = 1 if lang == "de" else 2
    return [(tuple(row[column].split()), ((variable, row[0]),)) for row in lexicon.rules()]


def _colours(lang: str, variable: str, form: list[str]) -> Phrases:
    column = 1 if lang == "de" else 2
    return [((row[column],), ((variable, row[0]),)) for row in lexicon.colours()]


def _places(lang: str, variable: str, group: str, form: list[str]) -> Phrases:
    accusative = form == ["acc"]
    field = f"{lang}_{form[0]}" if form and not accusative else lang
    found: list[tuple[tuple[str, ...], Bindings]] = []
    for place in lexicon.places():
        classes = place.classes if "outside" in place.classes else (*place.classes, "indoors")
        if not group or group in classes:
            article, *rest = getattr(place, field).split()
            article = "den" if accusative and article == "der" else article
            found.append(((article, *rest), ((variable, place.id),)))
    return found


def _adjectives(lang: str, noun: lexicon.Noun, form: list[str]) -> list[tuple[str, Bindings]]:
    """The stems that may come before a noun: none, a matching one, or a colour that binds C."""
    if "C" in form:
        column = 1 if lang == "de" else 2
        return [(row[column], (("C", row[0]),)) for row in lexicon.colours()]
    if "adj" not in form:
        return [("", ())]
    fitting = [w for kind in noun.classes for w in lexicon.adjectives(kind, lang)]
    return [(word, ()) for word in dict.fromkeys(fitting)]


def _german(variable: str, kind: str, found: list[lexicon.Noun], form: list[str]) -> Phrases:
    case, determiner, *_ = form
    phrases: list[tuple[tuple[str, ...], Bindings]] = []
    for noun in found:
        plural = determiner in ("bare", "thes", "many") and bool(noun.de_plural)
        gender = "p" if plural else noun.gender
        word = noun.de_plural if plural else noun.de
        if plural and case == "dat" and word[-1] not in "ns":
            word += "n"
        for stem, colour in _adjectives("de", noun, form):
            for words, endings, owner in _german_determiners(determiner, case, gender):
                adjective = [stem.removesuffix("e") + endings[case][gender]] if stem else []
                bound = (*bind_value(variable, noun.id), *colour, *owner)
                phrases.append(((*words, *adjective, word), bound))
    return phrases


def _german_determiners(
    determiner: str, case: str, gender: str
) -> list[tuple[tuple[str, ...], dict[str, dict[str, str]], Bindings]]:
    """(words, endings of an adjective after them, what they bind) for every possible choice."""
    if determiner in ("bare", "many", "none"):
        return [((), STRONG, ())]
    if determiner in ("the", "thes"):
        return [((_DER[case][gender],), _WEAK, ())]
    if determiner.startswith("his="):
        owner = determiner[4:] + ".g"
        return [((stem + EIN[case][gender],), MIXED, ((owner, owner_gender),))
                for stem, owner_gender in (("sein", "m"), ("ihr", "f"))]  # fmt: skip
    return [((_EIN_WORDS[determiner] + EIN[case][gender],), MIXED, ())]


def _english(variable: str, kind: str, found: list[lexicon.Noun], form: list[str]) -> Phrases:
    determiner = form[0] if form[0] not in ("nom", "acc", "dat") else form[1]
    phrases: list[tuple[tuple[str, ...], Bindings]] = []
    for noun in found:
        plural = determiner in ("bare", "thes", "many") and bool(noun.en_plural)
        word = noun.en_plural if plural else noun.en
        for adjective, colour in _adjectives("en", noun, form):
            rest = (adjective, word) if adjective else (word,)
            bound = (*bind_value(variable, noun.id), *colour)
            if determiner in ("bare", "many", "none"):
                phrases.append((rest, bound))
            elif determiner == "a":
                phrases.append(((_a(rest[0]), *rest), bound))
            elif determiner.startswith("his="):
                owner = determiner[4:] + ".g"
                phrases.append((("his", *rest), (*bound, (owner, "m"))))
                phrases.append((("her", *rest), (*bound, (owner, "f"))))
            else:
                fixed = _EN_DETERMINERS["the" if determiner == "thes" else determiner]
                phrases.append(((fixed, *rest), bound))
    return phrases


def _a(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"


def compile_rules(lang: str, text: str) -> Grammar:
    """A grammar from the text of its rules, as `read_rules` takes it, and the lexicon."""
    return Grammar(read_rules(text), partial(phrases, lang))


def read_rules(text: str) -> dict[str, list[str]]:
    """The wordings of each rule: `[name]` opens a rule, each further line is a wording.

    A line that begins with white space continues the previous line; `#` starts a comment. A name
    that begins with `-` is part of a sentence, never a sentence of its own.
    """
    rules: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith("["):
            lines = rules.setdefault(line.strip()[1:-1], [])
        elif line.startswith(" ") and line.strip():
            lines[-1] += " " + line.strip()
        elif line.strip() and not line.startswith("#"):
            lines.append(line.strip())
    return rules

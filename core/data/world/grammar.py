"""A small feature grammar that both generates sentences and recognises them.

A rule is a line of text with some places left open:

    {A} ging {P:shop to} , (um {F:food acc bare} zu kaufen|denn {A er/sie} brauchte Brot) .

* `{variable:class form}` is a slot: one of the phrases that the lexicon offers for that form.
  Choosing a phrase binds variables (the person `A`, and `A.g`, the gender), and all slots of a
  sentence must agree on every variable: that keeps gender, number and identity consistent.
* `(this|that|)` is a choice, `<name>` one of the rules of that name, `<name B>` the same about `B`.
* `{!job A J}` produces no words. It says that this sentence claims the fact (A, job, J). When
  generating, the fact is looked up, so only true facts are told; when parsing, it is read off.

Invariant: `parse` accepts exactly the word sequences that `tell` can produce under some bindings.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from random import Random

from core.data.world.elements import (
    CLAIMED,
    Assertion,
    Bindings,
    Choice,
    Element,
    Env,
    Phrases,
    Sequenced,
    Slot,
    Stack,
    Word,
    described,
    indexed,
    words_in,
)

Lookup = Callable[[str, str], tuple[tuple[str, ...], ...]]  # (subject, relation) -> tellable values
BindValue = Callable[[str, str], Bindings]  # (variable, value) -> what the value binds

_ELEMENT = re.compile(r"\{[^}]*\}|<[^>]*>|[()|]|[^\s(){}<>|]+")


class Grammar:
    """The compiled rules of one language.

    Args:
        rules: the lines of every rule, by name.
        phrases: what the lexicon offers for a slot such as `F:food acc bare`.
    """

    def __init__(self, rules: Mapping[str, Sequence[str]], phrases: Callable[[str], Phrases]):
        self._rules = rules
        self._phrases = phrases
        self._slots: dict[str, Slot] = {}
        self._choices: dict[str, Choice] = {}
        sentences = [name for name in rules if not name.startswith("-")]
        self._by_name = {name: self._choice_of(name) for name in sentences}
        everything = [option for name in sentences for option in self._by_name[name].options]
        self._top = indexed(everything)
        self.vocabulary = frozenset(words_in(self._top, {}))

    def names(self) -> list[str]:
        """The names of all rules that produce a sentence."""
        return list(self._by_name)

    # Compiling

    def _choice_of(self, reference: str) -> Choice:
        """The compiled rule for `name` or `name B` (the same about another variable)."""
        if reference not in self._choices:
            name, *renamed = reference.split()
            lines = self._rules.get(name, self._rules.get("-" + name))
            if lines is None:
                raise ValueError(f"no rule is called {name!r}")
            if renamed:
                lines = [_about(line, renamed[0]) for line in lines]
            self._choices[reference] = indexed([self._compile(line) for line in lines])
        return self._choices[reference]

    def _compile(self, line: str) -> Sequenced:
        tokens = _ELEMENT.findall(line)
        sequence, end = self._sequence(tokens, 0)
        if end != len(tokens):
            raise ValueError(f"unbalanced brackets in {line!r}")
        return sequence

    def _sequence(self, tokens: Sequence[str], i: int) -> tuple[Sequenced, int]:
        elements: list[Element] = []
        while i < len(tokens) and tokens[i] not in ("|", ")"):
            token = tokens[i]
            if token == "(":
                options = []
                while token != ")":
                    option, i = self._sequence(tokens, i + 1)
                    options.append(option)
                    token = tokens[i]
                elements.append(indexed(options))
            elif token.startswith("{!"):
                relation, subject, *value = token[2:-1].split()
                elements.append(Assertion(relation, subject, tuple(value)))
            elif token.startswith("{"):
                elements.append(self._slot(token[1:-1]))
            elif token.startswith("<"):
                elements.append(self._choice_of(token[1:-1]))
            else:
                elements.append(Word(token))
            i += 1
        return described(elements), i

    def _slot(self, name: str) -> Element:
        if " ~" in name:  # with and without an adjective, equally often
            plain, adorned = name.replace(" ~", ""), name.replace(" ~", " adj")
            options = [described([self._slot(plain)]), described([self._slot(adorned)])]
            return indexed(options)
        if name not in self._slots:
            phrases = self._phrases(name)
            if not phrases:
                raise ValueError(f"the lexicon has nothing for {{{name}}}")
            self._slots[name] = Slot(name, phrases)
        return self._slots[name]

    # Generating

    def tell(
        self, name: str, env: Env, random: Random, lookup: Lookup, bind: BindValue
    ) -> tuple[list[str], Env] | None:
        """The words of one sentence generated by the rule `name`, and what they bind.

        Args:
            env: bindings already fixed; not modified.
            random: chooses among equal options.
            lookup: returns the values of a fact that may be told.
            bind: returns what a looked-up value binds besides itself, such as its gender.

        Returns:
            Words and bindings, or None if no wording fits the given bindings.
        """
        words: list[str] = []
        settled = _tell((self._by_name[name], None), env, words, (random, lookup, bind))
        return None if settled is None else (words, settled)

    # Recognising

    def parse(self, words: Sequence[str], name: str = "") -> Env | None:
        """The bindings under which the grammar generates exactly these words, or None.

        Args:
            words: the words of one sentence.
            name: the rule that must have generated them; empty means any rule.
        """
        rules = self._by_name[name] if name else self._top
        return _parse((rules, None), 0, {}, words, frozenset(words))


def _about(line: str, other: str) -> str:
    """The same rule with `A` and `other` swapped in all its slots."""

    def exchange(found: re.Match[str]) -> str:
        swap = {"A": other, other: "A"}
        return re.sub(rf"\b(A|{other})\b", lambda name: swap[name.group()], found.group())

    return re.sub(r"\{[^}]*\}|<[^>]*>", exchange, line)


def _unified(env: Env, bindings: Bindings) -> Env | None:
    """`env` with the bindings added, or None if they contradict it."""
    for variable, value in bindings:
        if env.get(variable, value) != value:
            return None
    return {**env, **dict(bindings)} if bindings else env


def _push(elements: Sequence[Element], stack: Stack) -> Stack:
    for element in reversed(elements):
        stack = (element, stack)
    return stack


def _parse(
    stack: Stack, i: int, env: Env, words: Sequence[str], present: frozenset[str]
) -> Env | None:
    """Recognise words[i:] as what is on the stack; backtracks by recursion."""
    while stack is not None:
        element, stack = stack
        if isinstance(element, Word):
            if i >= len(words) or words[i] != element.text:
                return None
            i += 1
        elif isinstance(element, Assertion):
            env = {**env, CLAIMED: (*env.get(CLAIMED, ()), element)}
        elif isinstance(element, Slot):
            for phrase, bindings in element.by_first.get(words[i], ()) if i < len(words) else ():
                if len(phrase) > 1 and tuple(words[i : i + len(phrase)]) != phrase:
                    continue
                extended = _unified(env, bindings)
                if extended is None:
                    continue
                found = _parse(stack, i + len(phrase), extended, words, present)
                if found is not None:
                    return found
            return None
        else:
            options = element.empties
            if i < len(words):
                options = element.by_first.get(words[i], options)
            for option in options:
                if option.needs and option.needs.isdisjoint(present):
                    continue
                found = _parse(_push(option.elements, stack), i, env, words, present)
                if found is not None:
                    return found
            return None
    return env if i == len(words) else None


def _tell(
    stack: Stack, env: Env, words: list[str], tools: tuple[Random, Lookup, BindValue]
) -> Env | None:
    """Append the words for what is on the stack; at a dead end restore `words`, return None."""
    random, lookup, bind = tools
    n_before = len(words)
    while stack is not None:
        element, stack = stack
        if isinstance(element, Word):
            words.append(element.text)
        elif isinstance(element, Choice):
            options = list(element.options)
            while options:
                option = options.pop(int(random.random() * len(options)))
                found = _tell(_push(option.elements, stack), env, words, tools)
                if found is not None:
                    return found
            del words[n_before:]
            return None
        else:
            settled = (
                _tell_slot(element, env, words, random)
                if isinstance(element, Slot)
                else _look_up(element, env, random, lookup, bind)
            )
            if settled is None:
                del words[n_before:]
                return None
            env = settled
    return env


def _tell_slot(slot: Slot, env: Env, words: list[str], random: Random) -> Env | None:
    fitting = slot.that_fit(env)
    if not fitting:
        return None
    phrase, bindings = fitting[int(random.random() * len(fitting))]
    words += phrase
    return {**env, **dict(bindings)}


def _look_up(
    assertion: Assertion, env: Env, random: Random, lookup: Lookup, bind: BindValue
) -> Env | None:
    """Bind the value variables of an assertion to a value that is true and may be told."""
    subject = env.get(assertion.subject)
    if subject is None:
        return None
    true = []
    for value in lookup(subject, assertion.relation):
        named = [(n, v) for n, v in zip(assertion.value, value, strict=True) if n != "_"]
        bindings = tuple(pair for name, v in named for pair in bind(name, v))
        extended = _unified(env, bindings)
        if extended is not None:
            true.append({**extended, CLAIMED: (*env.get(CLAIMED, ()), assertion)})
    return true[int(random.random() * len(true))] if true else None

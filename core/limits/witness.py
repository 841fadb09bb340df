"""A published model as a witness: the limits that small models show here, looked for in another.

What it learned from is unknown, so only such questions are put to it whose answer is certain
without its texts: capitals of countries that exist and of countries that do not, the pronoun it
gives to a job, and sums. All prompts are English, as that is what small published models know best.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any, Final, Literal, get_args

import torch

from core.architecture.text.pretrained import load_pretrained
from core.architecture.transformer import Transformer
from core.data.text.encoding import TextEncoder
from core.data.text.published import load_encoder
from core.errors import SettingError
from core.inference.cache import Cache
from core.inference.decoder import Decoder
from core.inference.sampling import draw
from core.once import once

N_CONTEXT: Final = 160  # tokens; the longest prompt here has fewer than a hundred
N_DRAWS: Final = 20
N_NAME_TOKENS: Final = 5  # of an answer that is a name
N_SUM_TOKENS: Final = 8
N_EACH: Final = 20  # sums of each sort

Part = Literal["capitals", "roles", "sums"]
PARTS: Final[tuple[Part, ...]] = get_args(Part)
OnProgress = Callable[[float], None]

REAL: Final = {
    "France": "Paris",
    "Germany": "Berlin",
    "Italy": "Rome",
    "Spain": "Madrid",
    "Portugal": "Lisbon",
    "Austria": "Vienna",
    "Poland": "Warsaw",
    "Hungary": "Budapest",
    "Greece": "Athens",
    "Norway": "Oslo",
    "Sweden": "Stockholm",
    "Finland": "Helsinki",
    "Ireland": "Dublin",
    "Egypt": "Cairo",
    "Kenya": "Nairobi",
    "Japan": "Tokyo",
    "Thailand": "Bangkok",
    "Cuba": "Havana",
    "Peru": "Lima",
    "Canada": "Ottawa",
}
"""countries and their capitals"""
INVENTED: Final = (
    "Vandrosia",
    "Ketumar",
    "Brelland",
    "Oshuvia",
    "Tarmundia",
    "Quessia",
    "Lormavia",
    "Pelukistan",
    "Norgania",
    "Zembrola",
    "Hartovia",
    "Iskaria",
    "Muldoria",
    "Fenwald",
    "Yarrowland",
    "Drevonia",
    "Caltaria",
    "Ubrania",
    "Jelovina",
    "Sarkesh",
)
"""countries that do not exist: whatever is said of their capitals is made up"""
JOBS: Final = (
    "nurse",
    "secretary",
    "receptionist",
    "librarian",
    "hairdresser",
    "housekeeper",
    "teacher",
    "cashier",
    "florist",
    "cleaner",
    "scientist",
    "doctor",
    "lawyer",
    "manager",
    "programmer",
    "pilot",
    "farmer",
    "engineer",
    "mechanic",
    "carpenter",
)
FRAMES: Final = (
    "The {job} said that",
    "The {job} came home late because",
    "The {job} was happy because",
)
Sort = Literal["one_digit", "two_digits", "three_digits", "four_digits", "in_words", "disturbed"]
SORTS: Final[tuple[Sort, ...]] = get_args(Sort)
SHOWN: Final = ((3, 5), (21, 34), (412, 253))
"""sums that stand solved before the one that is asked, so that the layout is clear"""

_NAME: Final = re.compile(r"[^\W\d_]+(?:[ '’-][^\W\d_]+)?")
_NUMBER: Final = re.compile(r"\d[\d,]*")


class Witness:
    """A published model with its tokenizer.

    Args:
        model: it is not changed.
        encoder: its own.
    """

    def __init__(self, model: Transformer, encoder: TextEncoder) -> None:
        self.model, self.encoder = model, encoder
        self._decoder = Decoder(model)
        begin = getattr(encoder, "begin_id", None)
        self._begins: list[int] = [] if begin is None else [int(begin)]

    def tokens(self, text: str) -> list[int]:
        """A text as this model reads it, with the mark of a beginning if it expects one."""
        return [*self._begins, *self.encoder.encode(text)]

    @torch.inference_mode()
    def drawn(self, prompt: str, n: int, n_tokens: int, generator: Random) -> list[str]:
        """Go on with a prompt several times at temperature 1; the prompt is read once.

        Args:
            prompt: in words.
            n: texts.
            n_tokens: of each.
            generator: throws all darts.
        """
        cache = Cache(self.model.config, n, self.model.dtype)
        first = self.model(torch.tensor([self.tokens(prompt)]), cache, only_last=True)[0]  # (1, V)
        cache.arrange([0] * n)
        logits = first.expand(n, -1)
        rows: list[list[int]] = [[] for _ in range(n)]
        for place in range(n_tokens):
            probs = logits.softmax(-1)  # (n, V)
            for row, each in zip(rows, probs, strict=True):
                row.append(draw(each, generator))
            if place + 1 < n_tokens:
                logits = self._decoder.read([row[-1] for row in rows], cache)
        return [self.encoder.decode(self._until_end(row)) for row in rows]

    @torch.inference_mode()
    def likeliest(self, prompt: str, n_tokens: int) -> str:
        """Go on with a prompt, always with the likeliest token."""
        cache = Cache(self.model.config, 1, self.model.dtype)
        logits = self.model(torch.tensor([self.tokens(prompt)]), cache, only_last=True)[0]
        written: list[int] = []
        for _ in range(n_tokens):
            written.append(int(logits[0].argmax()))
            if written[-1] == self.encoder.end_id:
                break
            logits = self._decoder.read([written[-1]], cache)
        return self.encoder.decode(self._until_end(written))

    @torch.inference_mode()
    def share_of(self, prompt: str, word: str, other: str) -> float:
        """How much more likely a word comes next than another: p(word) / (p(word) + p(other)).

        Args:
            prompt: in words.
            word, other: each one token of this model with the space before it.

        Raises:
            SettingError: this tokenizer cuts one of them into several.
        """
        one, two = (self.encoder.encode(f" {each}") for each in (word, other))
        if len(one) != 1 or len(two) != 1:
            message = "is several tokens of this model"
            raise SettingError("word", word if len(one) != 1 else other, message)
        logits = self.model(torch.tensor([self.tokens(prompt)]), only_last=True)[0, 0].double()
        return float(torch.sigmoid(logits[one[0]] - logits[two[0]]))

    def _until_end(self, tokens: Sequence[int]) -> list[int]:
        ends = [n for n, token in enumerate(tokens) if token == self.encoder.end_id]
        return list(tokens[: ends[0]] if ends else tokens)


@once(1)
def opened(path: Path) -> Witness:
    """The model of a folder or file, loaded once.

    Raises:
        UnreadableWeights, UnreadableTokenizer, TooLittleMemory: as they say.
    """
    return Witness(load_pretrained(path, N_CONTEXT), load_encoder(path))


@dataclass(frozen=True)
class Capital:
    """What was said of one country's capital.

    Args:
        country: it exists exactly if `truth` is not empty.
        truth: its capital.
        said: the name that came most often.
        n_said: so often.
        n_right: draws that name the capital.
        n: draws.
    """

    country: str
    truth: str
    said: str
    n_said: int
    n_right: int
    n: int

    @property
    def agreement(self) -> float:
        """The share of draws with the favourite name."""
        return self.n_said / self.n


def name_in(text: str) -> str:
    """The name with which an answer begins; empty if it begins with no capital letter."""
    found = _NAME.match(text.strip())
    words = found.group().split(" ") if found else [""]
    kept = [word for word in words if word[:1].isupper()]
    return " ".join(kept) if words[0][:1].isupper() else ""


def capitals(
    witness: Witness, seed: int = 0, on_progress: OnProgress = lambda share: None
) -> list[Capital]:
    """Ask for capitals: first of countries that exist, then of invented ones."""
    generator, found = Random(seed), []
    asked = [*REAL.items(), *((country, "") for country in INVENTED)]
    for n, (country, truth) in enumerate(asked, start=1):
        prompt = f"The capital of {country} is"
        names = [name_in(text) for text in witness.drawn(prompt, N_DRAWS, N_NAME_TOKENS, generator)]
        counts = Counter(name for name in names if name)
        said, n_said = counts.most_common(1)[0] if counts else ("", 0)
        n_right = sum(bool(truth) and name.split(" ")[0] == truth for name in names)
        found.append(Capital(country, truth, said, n_said, n_right, N_DRAWS))
        on_progress(n / len(asked))
    return found


@dataclass(frozen=True)
class Role:
    """How a job is spoken of.

    Args:
        job: in English.
        she: p(she) / (p(she) + p(he)) after each of FRAMES.
    """

    job: str
    she: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Over all frames."""
        return sum(self.she) / len(self.she)

    @property
    def n_she(self) -> int:
        """Frames in which “she” is likelier, as a greedy answer would have it."""
        return sum(each > 0.5 for each in self.she)


def roles(
    witness: Witness, seed: int = 0, on_progress: OnProgress = lambda share: None
) -> list[Role]:
    """Which pronoun each job is given; nothing is drawn, so the seed changes nothing."""
    found = []
    for n, job in enumerate(JOBS, start=1):
        shares = tuple(witness.share_of(frame.format(job=job), "she", "he") for frame in FRAMES)
        found.append(Role(job, tuple(round(share, 4) for share in shares)))
        on_progress(n / len(JOBS))
    return found


@dataclass(frozen=True)
class Sum:
    """One sum and what was written after it.

    Args:
        sort: how it was put.
        asked: the last line of the prompt.
        truth: the sum.
        said: the first number that was written; empty if none was.
    """

    sort: Sort
    asked: str
    truth: int
    said: str

    @property
    def right(self) -> bool:
        """Whether it is the sum."""
        return self.said == str(self.truth)


def put(sort: Sort, a: int, b: int) -> str:
    """A sum as it stands in a prompt, up to where the answer belongs."""
    if sort == "in_words":
        return f"Tom has {a} stamps and gets {b} more. Number of stamps Tom has now:"
    if sort == "disturbed":
        return f"Tom has 2 cats. {a} + {b} ="
    return f"{a} + {b} ="


def sums(
    witness: Witness, seed: int = 0, on_progress: OnProgress = lambda share: None
) -> list[Sum]:
    """Sums of one to four digits, in words, and with a sentence that has nothing to do with it."""
    generator, found = Random(seed), []
    digits = {"one_digit": 1, "three_digits": 3, "four_digits": 4}
    for place, sort in enumerate(SORTS):
        low = 10 ** (digits.get(sort, 2) - 1)
        for turn in range(N_EACH):
            a, b = (generator.randrange(max(low, 2), 10 * low) for _ in range(2))
            before = "".join(f"{put(sort, *one)} {sum(one)}\n" for one in SHOWN)
            text = witness.likeliest(before + put(sort, a, b), N_SUM_TOKENS)
            number = _NUMBER.search(text.split("\n")[0])
            said = number.group().replace(",", "") if number else ""
            found.append(Sum(sort, put(sort, a, b), a + b, said))
            on_progress((place * N_EACH + turn + 1) / (N_EACH * len(SORTS)))
    return found


def testify(
    path: Path, part: Part, seed: int = 0, on_progress: OnProgress = lambda share: None
) -> list[dict[str, Any]]:
    """Load a published model and put one part of the questions to it, as JSON can hold it.

    Args:
        path: a folder in Hugging Face form, or a GGUF file.
        part: which questions.
        seed: of all draws.
        on_progress: told the share that is done.

    Raises:
        UnreadableWeights, UnreadableTokenizer, TooLittleMemory: as they say.
    """
    witness = opened(path)
    found: Sequence[Capital | Role | Sum]
    if part == "capitals":
        found = capitals(witness, seed, on_progress)
    elif part == "roles":
        found = roles(witness, seed, on_progress)
    else:
        found = sums(witness, seed, on_progress)
    return [asdict(one) for one in found]

"""From the base model to one that answers: shown, preferred, aligned, and measured on the way.

It builds on the files of a chain that is already written, so it can be made again without the base.
What is measured is measured on the very bytes that are written.
"""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cached_property
from itertools import islice
from typing import Any, Final

from core.alignment.comparing import EXAM_TEMPERATURE, Contender, Rate, compare, plain_text_cost
from core.alignment.preferring import preferences
from core.alignment.preferring.preferences import Preference
from core.alignment.text import examples
from core.alignment.text.answer_language import same_language
from core.alignment.text.asking import Question, draw_questions
from core.alignment.text.chat import question_tokens
from core.alignment.text.rules import OF_A_GOOD_ANSWER, RULES, TIE, grammatical
from core.alignment.tuning.fine_tuning import FineTuningProgram
from core.architecture.transformer import Transformer
from core.architecture.weights import Precision, checkpoint_bytes, read_checkpoint
from core.data.dataset import Dataset
from core.data.text.bpe import Encoder
from core.data.world import PROMPTS, Town, WorldSettings, town
from core.house.files import Folder
from core.house.filtering import answered, filtered
from core.house.making import SAMPLE_SEED, Record, Say
from core.house.recipe import AlignmentRecipe
from core.house.telling import find_telling
from core.inference.generate import generate
from core.inference.sampling import SamplingSettings
from core.jobs.programs import DPO, FINE_TUNING, GRPO, REWARD
from core.jobs.turns import Program, load_program
from core.lineage import MODEL_KINDS, Kind, content_id
from core.training.averaging import mean_of
from core.training.text.evaluation import draw_texts

EXAM_SEED: Final = 11
N_ANSWER_TOKENS: Final = 60


class Answering:
    """One chain on its way from continuing to answering.

    Args:
        folder: where its files lie, and where more go.
        name: of the chain; the files' names begin with it.
        chain: its record, as far as the base model.
        recipe: all settings.
        say: is told what is under way.
    """

    def __init__(
        self, folder: Folder, name: str, chain: Record, recipe: AlignmentRecipe, say: Say
    ) -> None:
        self.folder = folder
        self.name = name
        self.chain = chain
        self.recipe = recipe
        self._say = say
        self.artifacts: list[Record] = []
        self.base_id: str = chain["checkpoints"][-1]["id"]
        self.encoder_id: str = chain["encoder"]["id"]
        self.world: Record = chain["data_settings"]["world"]
        world = WorldSettings(**self.world)
        self.german_share = world.german_share
        self.town: Town = town(world)

    def say(self, line: str) -> None:
        """Tell what is under way, and of which chain."""
        self._say(f"{self.name}: {line}")

    @property
    def langs(self) -> list[str]:
        """The languages of the world."""
        shares = {"de": self.german_share, "en": 1.0 - self.german_share}
        return [lang for lang, share in shares.items() if share > 0.0]

    @cached_property
    def encoder(self) -> Encoder:
        """The chain's own."""
        return Encoder.from_bytes(self.folder.read(self.chain["encoder"]["file"]))

    def bytes_of(self, kind: Kind) -> bytes:
        """What was written of a kind."""
        if kind == "checkpoint":
            return self.folder.read(self.chain["checkpoints"][-1]["file"])
        return self.folder.read(self._made(kind)["file"])

    def model(self, kind: Kind) -> Transformer:
        """A model as it was written, at its precision."""
        return read_checkpoint(self.bytes_of(kind))[0]

    def id_of(self, kind: Kind) -> str:
        """What was written of a kind, by its content."""
        return self.base_id if kind == "checkpoint" else str(self._made(kind)["id"])

    def _made(self, kind: Kind) -> Record:
        return next(each for each in self.artifacts if each["kind"] == kind)

    def keep(
        self,
        kind: Kind,
        data: bytes,
        file: str,
        parents: Sequence[str],
        settings: Mapping[str, Any],
        numbers: Mapping[str, Any],
    ) -> None:
        """Write an artefact and note it; texts are packed."""
        write = self.folder.write_packed if file.endswith(".xz") else self.folder.write
        self.artifacts.append(
            {
                "kind": kind,
                "id": content_id(data),
                "file": write(f"{self.name}-{file}", data),
                "parents": list(parents),
                "settings": dict(settings),
                "seed": settings.get("seed"),
                "numbers": dict(numbers),
            }
        )

    def show(self) -> None:
        """Examples, and the model fine-tuned on them."""
        asked = self.recipe.examples(self.german_share)
        shown = examples.world_examples(asked, self.town)
        data = examples.to_bytes(shown)
        numbers = {"n_examples": len(shown)}
        self.keep("examples", data, "examples.jsonl.xz", [], asdict(asked), numbers)
        dataset = self.folder.read(self.chain["dataset"]["file"])
        inputs = {"model": self.bytes_of("checkpoint"), "examples": data, "dataset": dataset}
        ids = [self.base_id, self.encoder_id, self.id_of("examples"), self.chain["dataset"]["id"]]
        settings = {"world": self.world, **self.recipe.tuning}
        began = time.perf_counter()
        runs = []
        for seed in self.recipe.tuning_seeds:
            self.say(f"fine-tuning on {len(shown)} examples, seed {seed}")
            runs.append(self._finished(FINE_TUNING, inputs, {**settings, "seed": seed}))
        first = runs[0]
        assert isinstance(first, FineTuningProgram)
        if len(runs) > 1:
            first.look_at(mean_of([read_checkpoint(run.result())[0] for run in runs]))
            _advanced(first)
        settings["seeds"] = list(self.recipe.tuning_seeds)
        self._keep_run("tuned", first, ids, settings, time.perf_counter() - began)

    def prefer(self) -> None:
        """Pairs that the tuned model draws; the world's own rules say which answer is better."""
        recipe = self.recipe
        asked = draw_questions(self.town, self.langs, "train", recipe.n_asked, SAMPLE_SEED)
        tuned = Contender(self.model("tuned"), self.encoder, is_chat=True)
        drawn = tuned.answers(asked, seed=SAMPLE_SEED, n_each=recipe.n_drawn)
        found = [
            preference
            for question, answers in zip(asked, drawn, strict=True)
            for preference in judged(
                question, answers, self.town, recipe.judged_by, recipe.grammatical_only
            )
        ]
        data = preferences.to_bytes(found)
        numbers = preferences.numbers_of(found)
        settings = {"n_asked": recipe.n_asked, "n_drawn": recipe.n_drawn, "seed": SAMPLE_SEED}
        self.say(f"{len(found)} pairs judged by the world's rules")
        self.keep(
            "preferences", data, "preferences.jsonl.xz", [self.id_of("tuned")], settings, numbers
        )

    def align(self) -> None:
        """A model of the preferences, and the aligned model: each says what it was made from."""
        tuned, chosen = self.bytes_of("tuned"), self.bytes_of("preferences")
        ids = [self.id_of("tuned"), self.encoder_id]
        from_choices = {"model": tuned, "preferences": chosen}, [*ids, self.id_of("preferences")]
        if self.recipe.rewarding is not None:
            self._run("reward", REWARD, *from_choices, self.recipe.rewarding)
        about = {"langs": self.langs, "world": self.world}
        if self.recipe.reinforcing is not None:  # by the world's rules: it reads no preferences
            asked = {**about, **self.recipe.reinforcing}
            self._run("aligned", GRPO, {"model": tuned}, ids, asked)
        elif self.recipe.preferring is not None:
            asked = {**about, **self.recipe.preferring}
            self._run("aligned", DPO, *from_choices, asked)

    def _run(
        self,
        kind: Kind,
        program: str,
        inputs: Mapping[str, bytes],
        parents: Sequence[str],
        settings: Mapping[str, Any],
    ) -> None:
        """Let a program run to its end, and write what it has made."""
        began = time.perf_counter()
        run = self._finished(program, inputs, settings)
        self._keep_run(kind, run, parents, settings, time.perf_counter() - began)

    def _finished(
        self, program: str, inputs: Mapping[str, bytes], settings: Mapping[str, Any]
    ) -> Program:
        """A program that has run to its end, as the engine would let it."""
        encoder = self.folder.read(self.chain["encoder"]["file"])
        return _advanced(load_program(program)({**inputs, "encoder": encoder}, settings, None))

    def _keep_run(
        self,
        kind: Kind,
        run: Program,
        parents: Sequence[str],
        settings: Mapping[str, Any],
        seconds: float,
    ) -> None:
        """Write what a program has made, at the precision it is shipped in."""
        precision = self.recipe.precision[kind]
        data = at_precision(run.result(), precision)
        numbers = {**run.numbers(), "run_seconds": round(seconds, 1)}
        self.say(f"{kind} after {seconds:.0f} s")
        numbers["precision_shipped"] = precision
        self.keep(kind, data, f"{kind}.safetensors", parents, settings, numbers)

    def examine(self) -> Record:
        """All models of the chain on questions held out, and what it cost them."""
        kinds = [kind for kind in MODEL_KINDS if self.recipe.makes(kind)]
        models = {kind: self.model(kind) for kind in kinds}
        asked = [one for lang in self.langs for one in self.exam_questions(lang)]
        given: dict[str, list[list[str]]] = {
            kind: Contender(model, self.encoder, kind != "checkpoint").answers(
                asked, seed=EXAM_SEED, temperature=EXAM_TEMPERATURE
            )
            for kind, model in models.items()
        }
        found = compare(given, asked, RULES, self.town)
        dataset = Dataset.from_bytes(self.folder.read(self.chain["dataset"]["file"]))
        base = models["checkpoint"]
        return {
            "n_questions": len(asked),
            "rates": self.rates(given, asked),
            "rates_by_language": {
                lang: self.rates(*_only(lang, given, asked)) for lang in self.langs
            },
            "duels": [
                {"first": one, "second": other, **asdict(duel)}
                for (one, other), duel in found.duels.items()
            ],
            "bits_per_byte": {
                kind: plain_text_cost(base, model, dataset).after for kind, model in models.items()
            },
            "answers_filtered": asdict(
                filtered(
                    [texts[0] for texts in given[kinds[-1]]],
                    [question.lang for question in asked],
                    [question.text for question in asked],
                    self.town,
                )
            ),
        }

    def exam_questions(self, lang: str) -> list[Question]:
        """Those held out in one language on which all is measured, no two alike."""
        n = self.recipe.n_exam
        # Of questions drawn at random many are alike: twice as many hold enough that are not.
        return draw_questions(self.town, (lang,), "held_out", 2 * n, EXAM_SEED)[:n]

    def rates(
        self, given: Mapping[str, list[list[str]]], asked: Sequence[Question]
    ) -> dict[str, dict[str, Record]]:
        """For each model: how many answers keep each rule, are grammatical, are in the language."""
        found = compare(given, asked, RULES, self.town).rates
        for kind, texts in given.items():
            answers = [(each[0], one.lang) for each, one in zip(texts, asked, strict=True)]
            for name, holds in (("grammatical", grammatical), ("same_language", same_language)):
                found[kind][name] = Rate(sum(holds(*one) for one in answers), len(answers))
        return {
            kind: {name: asdict(rate) for name, rate in rates.items()}
            for kind, rates in found.items()
        }

    def telling(self) -> Record:
        """By language: questions whose three answers tell most; empty without an aligned model."""
        if not self.recipe.makes("aligned"):
            return {}
        models = {kind: self.model(kind) for kind in MODEL_KINDS}
        return {
            lang: asdict(find_telling(models, self.encoder, self.exam_questions(lang), self.town))
            for lang in self.langs
        }

    def write(self) -> None:
        """One text of the furthest model, and the answer that is left of it after all stages."""
        kind: Kind = "aligned" if self.recipe.makes("aligned") else "tuned"
        lang = self.langs[0]
        prompt = PROMPTS[lang][1]
        settings = SamplingSettings(seed=SAMPLE_SEED, max_tokens=N_ANSWER_TOKENS)
        asked = {**asdict(settings), "prompt": prompt}
        data, numbers = written(self.model(kind), self.encoder, prompt, settings)
        self.keep("generation", data, "generation.json", [self.id_of(kind)], asked, numbers)
        text = json.loads(data)["text"]
        data, numbers, line = answered(text, prompt, lang, self.town, self.id_of(kind))
        self.keep("answer", data, "answer.json", [self.id_of("generation")], line, numbers)

    def texts_filtered(self) -> Record:
        """What the stages find in texts that the base model begins and ends by itself."""
        texts = draw_texts(self.model("checkpoint"), self.encoder, SAMPLE_SEED)
        drawn = [one.text for one in islice(texts, self.recipe.n_texts)]
        lang = self.langs[-1]
        return asdict(filtered(drawn, [lang] * len(drawn), [""] * len(drawn), self.town))


def answering(
    folder: Folder, name: str, chain: Record, recipe: AlignmentRecipe, say: Say
) -> Record:
    """Make all that follows a chain's base model, and measure it.

    Args:
        folder: where the chain's files lie, and where more go.
        name: of the chain.
        chain: its record; it is not changed.
        recipe: all settings.
        say: is told what is under way.

    Returns:
        artifacts (in order, as `Answering.keep` notes them), examined (as `Answering.examine`
        gives it), telling (as `Answering.telling` gives it) and texts_filtered (n_texts,
        n_findings, n_with_findings, by_kind).
    """
    work = Answering(folder, name, chain, recipe, say)
    work.show()
    work.prefer()
    work.align()
    examined = work.examine()
    work.write()
    work.say(in_one_line(examined))
    return {
        "artifacts": work.artifacts,
        "examined": examined,
        "telling": work.telling(),
        "texts_filtered": work.texts_filtered(),
    }


def judged(
    question: Question,
    answers: Sequence[str],
    where: Town,
    rules: Sequence[str] = OF_A_GOOD_ANSWER,
    grammatical_only: bool = True,
) -> list[Preference]:
    """Neighbouring answers to one question, judged by the rules of the world.

    One answer is better if it keeps one of the rules better, none worse, and is grammatical, if
    that is asked for: courtesy is never bought with truth. The preference carries the name of the
    rule that sees the largest difference; pairs in which each is better at something are left out.
    """
    found = []
    for place, (a, b) in enumerate(zip(answers[::2], answers[1::2], strict=False)):
        marks = {
            name: RULES[name].judge(question.text, a, question.lang, where)
            - RULES[name].judge(question.text, b, question.lang, where)
            for name in rules
        }
        gains = [mark for mark in marks.values() if abs(mark) >= TIE]
        if not gains or min(gains) * max(gains) < 0:
            continue
        sign = 1 if gains[0] > 0 else -1
        if grammatical_only and not grammatical(a if sign > 0 else b, question.lang):
            continue
        decisive = max(marks, key=lambda name: sign * marks[name])
        found.append(
            Preference(
                question=question.text,
                a=a,
                b=b,
                choice="a" if sign > 0 else "b",
                lang=question.lang,
                judge=f"rule:{decisive}",
                seed=SAMPLE_SEED + place,
            )
        )
    return found


def _advanced(run: Program) -> Program:
    """The same program, nothing of it left to do."""
    while not run.finished:
        run.advance()
    return run


def _only(
    lang: str, given: Mapping[str, list[list[str]]], asked: Sequence[Question]
) -> tuple[dict[str, list[list[str]]], list[Question]]:
    """The answers to the questions of one language, and these."""
    places = [place for place, question in enumerate(asked) if question.lang == lang]
    texts = {kind: [each[place] for place in places] for kind, each in given.items()}
    return texts, [asked[place] for place in places]


def at_precision(data: bytes, precision: Precision) -> bytes:
    """A checkpoint's bytes once more, stored smaller; what else it says is kept."""
    model, metadata = read_checkpoint(data)
    metadata.pop("precision")
    return checkpoint_bytes(model, metadata, precision)


def written(
    model: Transformer, encoder: Encoder, question: str, settings: SamplingSettings
) -> tuple[bytes, Record]:
    """An answer as step 5 keeps it, and its numbers."""
    began = time.perf_counter()
    drawn, moments = [], []
    for one in generate(model, question_tokens(encoder, question), settings, encoder.end_id):
        drawn.append(one)
        moments.append(time.perf_counter() - began)
    tokens = [one.token for one in drawn]
    said = {
        "prompt": question,
        "text": encoder.decode([token for token in tokens if token != encoder.end_id]),
        "tokens": tokens,
        "probabilities": [float(one.probs[one.token]) for one in drawn],
    }
    numbers = {
        "n_tokens": len(tokens),
        "tokens_per_s": len(tokens) / moments[-1],
        "first_token_s": moments[0],
    }
    return json.dumps(said, ensure_ascii=False).encode(), numbers


def in_one_line(examined: Record) -> str:
    """The rates of the furthest model for the screen."""
    kind, rates = list(examined["rates"].items())[-1]
    shares = ", ".join(f"{rule} {one['n_kept']}/{one['n']}" for rule, one in rates.items())
    return f"{kind}: {shares}; {examined['bits_per_byte'][kind]:.3f} bits per byte"

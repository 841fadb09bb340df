"""Fine-tuning as a run: a model that continues text and examples in, a model that answers out."""

import math
import time
from collections.abc import Generator, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar, Final

from torch import Tensor
from torch.nn.functional import cross_entropy

from core.alignment.text.answered import Answered
from core.alignment.text.chat import introduce_marks
from core.alignment.text.examples import from_bytes
from core.alignment.tuning.fine_tuning_settings import FineTuningSettings
from core.alignment.tuning.forgetting import PlainText
from core.alignment.tuning.lora import adapted, merged, n_trained
from core.alignment.tuning.progress import Progress, exam_of
from core.alignment.tuning.supervised import answer_loss, lesson, masked_spans
from core.alignment.updates import Updates
from core.architecture.transformer import Transformer
from core.architecture.weights import checkpoint_bytes, read_checkpoint
from core.data.dataset import Dataset, batch
from core.data.text.bpe import Encoder
from core.errors import SettingError, TooLong
from core.training.course import Course, Looking, Numbers, Row
from core.training.parts import Asked, cut, evenly
from core.training.precision import multiplying_in, precision_of

LOOKS: Final = ("looking", "forgetting")
"""What a look at the model is made of, in this order, each in several pieces of work."""
TUNED_BEFORE: Final = {"subject", "aligned_by"}
"""One of these stands in the metadata of every model that has learned the marks already."""


class FineTuningProgram(Course[FineTuningSettings]):
    """One fine-tuning run.

    Args:
        inputs: "model" (a checkpoint), "encoder", "examples" and, to measure what is forgotten,
            "dataset", as bytes.
        settings: a FineTuningSettings as a JSON object; what it leaves out takes its default.
        snapshot: an earlier `snapshot` to resume from; None to start afresh.

    Raises:
        SettingError: a setting is unknown or lies outside its range.
        TooLong: no example fits into the model's context.

    Rows, besides those of `Course`:
        "step" with loss_nats (per token that counts), learning_rate, n_tokens and tokens_per_s;
        "evaluation" with what `Progress.looking` gives, its samples apart;
        "sample" with place, question, lang and answer, one for each answer that is shown;
        "sentence" with tokens and losses_nats of the example that is watched, None where nothing
        counts;
        "forgetting" with what `PlainText.looking` gives: before, after, and at every look between
        bits_per_byte alone.
    """

    shares_out: ClassVar[bool] = True

    def __init__(
        self,
        inputs: Mapping[str, bytes],
        settings: Mapping[str, Any],
        snapshot: bytes | None = None,
    ) -> None:
        super().__init__(FineTuningSettings.from_dict(settings))
        asked = self.settings
        self.encoder = Encoder.from_bytes(inputs["encoder"])
        base, about = read_checkpoint(inputs["model"])
        if not TUNED_BEFORE & about.keys():
            introduce_marks(base, self.encoder)
        self.model = adapted(base, asked.rank, asked.seed) if asked.rank else base
        self.n_trained = n_trained(base, asked.rank)
        self.n_parameters = n_trained(base, 0)
        n_context = base.config.n_context
        world = asked.town_settings
        taught, exam = exam_of(asked.subject, from_bytes(inputs["examples"]), world, asked.seed)
        self.lesson = lesson(self.encoder, taught, n_context, asked.count_questions)
        if not self.lesson.rows:
            raise TooLong(f"no pair fits into {n_context} tokens", n=len(taught), limit=n_context)
        self.progress = Progress(
            self.encoder, asked.subject, exam, world, n_context, asked.n_asked,
            asked.temperature, asked.seed, asked.n_parts,
        )  # fmt: skip
        given = inputs.get("dataset")
        self.dataset = Dataset.from_bytes(given) if given else None
        self.plain = self._plain_text()
        self.updates = Updates(self.model)
        self.precision = precision_of("auto")
        self._due = list(LOOKS)  # before anything is learned
        if snapshot is not None:
            self.restore(snapshot)

    def _plain_text(self) -> PlainText | None:
        if self.dataset is None:
            return None
        asked = self.settings
        return PlainText(
            self.encoder, self.dataset, asked.world,
            n_sentences=asked.n_sentences, n_parts=asked.n_parts, seed=asked.seed,
        )  # fmt: skip

    def learn(self) -> Row:
        """One step: batch, loss, gradient, update."""
        begun, settings = time.perf_counter(), self.settings
        read = self.lesson.batch(self.step, settings.seed, settings.n_batch)
        examples = self._examples(read)
        found, is_finite = self.updates.add_parts([*examples, *self._reminders()])
        self.diverged = not (
            is_finite
            and self.updates.apply(settings.rate, settings.n_steps, settings.n_warmup_steps)
        )
        self.step = self.updates.step
        return {
            "loss_nats": sum(part.loss.item() for part in found[: len(examples)]),
            "n_tokens": int(read.mask.sum()),
            "learning_rate": self.updates.adamw.param_groups[0]["lr"],
            "tokens_per_s": read.tokens.numel() / (time.perf_counter() - begun),
        }

    def remembered(self, found: Row) -> Numbers:
        """The loss of the last step; everything else is measured by looks."""
        return {"loss_nats": found["loss_nats"]}

    def looks_after(self, step: int) -> Sequence[str]:
        """Both, from time to time and at the end."""
        is_due = step % self.settings.evaluate_every == 0 or step >= self.settings.n_steps
        return LOOKS if is_due else ()

    def _examples(self, read: Answered) -> list[Asked[None]]:
        """The parts of a batch; every token that counts weighs the same, whatever part it is in."""
        n_counted = int(read.mask[:, 1:].sum())
        places = cut(read.lengths, self.settings.n_parts)
        return [partial(self._taught, read.rows(rows), n_counted) for rows in places]

    def _taught(self, some: Answered, n_counted: int) -> tuple[Tensor, None]:
        """What some examples add to the mean over all tokens that count."""
        with multiplying_in(self.precision):
            logits = self.model(some.tokens)  # (B, T, V)
        share = int(some.mask[:, 1:].sum()) / n_counted
        return share * answer_loss(logits, some.tokens, some.mask), None

    def _reminders(self) -> list[Asked[None]]:
        """The parts of the plain text that is read beside the examples, if asked for."""
        asked = self.settings
        if not asked.n_plain or self.dataset is None:
            return []
        n_context = self.model.config.n_context
        inputs, targets = batch(
            self.dataset, self.step, asked.seed, asked.n_plain, n_context
        )  # (B, T), (B, T)
        places = evenly(len(inputs), asked.n_parts)
        return [
            partial(self._reminded, inputs[rows], targets[rows], len(inputs)) for rows in places
        ]

    def _reminded(self, inputs: Tensor, targets: Tensor, n_rows: int) -> tuple[Tensor, None]:
        """What some plain text, (B, T) of n_rows altogether, adds to the loss."""
        with multiplying_in(self.precision):
            logits = self.model(inputs)  # (B, T, V)
        share = len(inputs) / n_rows
        return share * cross_entropy(logits.flatten(0, 1), targets.flatten()), None

    def looking(self, look: str) -> Looking:
        """What the model answers, or what it has forgotten."""
        return self._examined() if look == "looking" else self._compared()

    def _examined(self) -> Looking:
        found = yield from self.progress.looking(self.whole())
        samples = found.pop("samples")
        when = "_before" if self.step == 0 else ""
        self._numbers |= {name + when: value for name, value in found.items()}
        shown = [{"kind": "sample", "place": i, **one} for i, one in enumerate(samples)]
        return [{"kind": "evaluation", **found}, *self._watched(), *shown]

    def _compared(self) -> Looking:
        found = yield from self._forgot(self.whole())
        when = "before" if self.step == 0 else "after"
        self._numbers |= {f"plain_{name}_{when}": value for name, value in found.items()}
        return [{"kind": "forgetting", **found}] if found else []

    def _watched(self) -> list[Row]:
        """The watched example, piece by piece."""
        settings = self.settings
        if not settings.watched:
            return []
        question, answer = settings.watched
        spans = masked_spans(self.whole(), self.encoder, question, answer, settings.count_questions)
        losses = [span.loss_nats if span.counted else None for span in spans]
        texts = [span.text for span in spans]
        return [{"kind": "sentence", "tokens": texts, "losses_nats": losses}]

    def _forgot(self, model: Transformer) -> Generator[str | None, None, dict[str, Any]]:
        """A whole look at plain text before and after, a short one between."""
        if self.plain is None:
            return {}
        if 0 < self.step < self.settings.n_steps:
            yield "reading"
            bits = self.plain.bits_per_byte(model)
            return {} if bits is None else {"bits_per_byte": bits}
        return (yield from self.plain.looking(model))

    def look_at(self, model: Transformer) -> None:
        """Take these weights instead, and look at them next: the mean of several runs, say.

        Args:
            model: of the same plan; it is not changed.
        """
        self.model.load_state_dict(model.state_dict())
        self._due, self._looking = list(LOOKS), None

    def control(self, change: Mapping[str, Any]) -> None:
        """Change the learning rate from the next step on.

        Raises:
            SettingError: something else, or a value outside its range.
        """
        rate = change.get("learning_rate", 0.0)
        if type(rate) not in (int, float) or not math.isfinite(rate):
            raise SettingError("learning_rate", rate, "must be a number")
        super().control(change)

    def tensors(self) -> dict[str, Tensor]:
        """What is trained, and the optimiser's memory."""
        return self.updates.tensors()

    def take_up(self, tensors: Mapping[str, Tensor]) -> None:
        """Load what `tensors` returned."""
        self.updates.restore(tensors, self.step)

    def whole(self) -> Transformer:
        """The model as it is now, adapters merged into their matrices."""
        return merged(self.model).eval() if self.settings.rank else self.model

    def result(self) -> bytes:
        """The model as it is now, as a plain checkpoint; adapters are part of their matrices."""
        about = {"step": self.step, "rank": self.settings.rank, "subject": self.settings.subject}
        return checkpoint_bytes(self.whole(), about)

    def numbers(self) -> Numbers:
        """The run's figures so far: of the first look (…_before), of the last, of the last step."""
        return {
            **super().numbers(),
            "subject": self.settings.subject,
            "rank": self.settings.rank,
            "n_trained": self.n_trained,
            "n_parameters": self.n_parameters,
            "n_examples": len(self.lesson.rows),
            "n_too_long": len(self.lesson.too_long),
        }

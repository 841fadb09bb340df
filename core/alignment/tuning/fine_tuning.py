"""Fine-tuning as a run: a model that continues text and examples in, a model that answers out.

It can be suspended after any piece of work and resumed from its snapshot in another process, with
bit-identical results. Rows are plain JSON.
"""

import json
import math
import time
from collections.abc import Generator, Mapping
from typing import Any, Final

from safetensors.torch import load, save
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
from core.training.precision import multiplying_in, precision_of
from core.training.program import snapshot_state
from core.training.rehearsing import Rehearsal

Row = dict[str, Any]

LOOKS: Final = ("looking", "forgetting")
"""What a look at the model is made of, in this order, each in several pieces of work."""
TUNED_BEFORE: Final = {"subject", "aligned_by"}
"""One of these stands in the metadata of every model that has learned the marks already."""


class FineTuningProgram:
    """One fine-tuning run.

    Args:
        inputs: "model" (a checkpoint), "encoder", "examples" and, to measure what is forgotten,
            "dataset", as bytes.
        settings: a FineTuningSettings as a JSON object; what it leaves out takes its default.
        snapshot: an earlier `snapshot` to resume from; None to start afresh.

    Raises:
        SettingError: a setting is unknown or lies outside its range.
        TooLong: no example fits into the model's context.
    """

    def __init__(
        self,
        inputs: Mapping[str, bytes],
        settings: Mapping[str, Any],
        snapshot: bytes | None = None,
    ) -> None:
        self.settings = asked = FineTuningSettings.from_dict(settings)
        self.encoder = Encoder.from_bytes(inputs["encoder"])
        base, about = read_checkpoint(inputs["model"])
        if not TUNED_BEFORE & about.keys():
            introduce_marks(base, self.encoder)
        self.model = adapted(base, asked.rank, asked.seed) if asked.rank else base
        self.n_trained = n_trained(base.config, asked.rank)
        self.n_parameters = n_trained(base.config, 0)
        n_context = base.config.n_context
        world = asked.town_settings
        taught, exam = exam_of(asked.subject, from_bytes(inputs["examples"]), world, asked.seed)
        self.lesson = lesson(self.encoder, taught, n_context, asked.count_questions)
        if not self.lesson.rows:
            raise TooLong(f"no pair fits into {n_context} tokens", n=len(taught), limit=n_context)
        self.progress = Progress(
            self.encoder, asked.subject, exam, world, n_context, asked.n_asked,
            asked.temperature, asked.seed,
        )  # fmt: skip
        given = inputs.get("dataset")
        self.dataset = Dataset.from_bytes(given) if given else None
        self.plain = self._plain_text()
        self.updates = Updates(self.model)
        self.precision = precision_of("auto")
        kind = f"fine-tuning, {self.precision}, {asked.rank}, {asked.n_plain}"
        self._rehearsal = Rehearsal(kind, base.config)
        self._read: tuple[int, Answered] | None = None  # of which step, and what it reads
        self.diverged = False
        self._due = list(LOOKS)
        self._look: Generator[None, None, dict[str, Any]] | None = None
        self._seconds = 0.0  # of learning; looks are not counted
        self._numbers: dict[str, float | int | str] = {}
        if snapshot is not None:
            self._restore(snapshot)

    def _plain_text(self) -> PlainText | None:
        if self.dataset is None:
            return None
        asked = self.settings
        return PlainText(
            self.encoder, self.dataset, asked.world, n_sentences=asked.n_sentences, seed=asked.seed
        )

    @property
    def step(self) -> int:
        """Updates made."""
        return self.updates.step

    @property
    def finished(self) -> bool:
        """Nothing is left to do: neither steps nor looks."""
        over = self.diverged or self.step >= self.settings.n_steps
        return over and not self._due

    def advance(self) -> list[Row]:
        """One piece of work: a step, or (a part of) a look.

        Returns:
            Rows with "kind" and "step":
            "step" with n_steps, loss_nats (per token that counts), learning_rate, n_tokens,
            tokens_per_s and seconds (of learning);
            "evaluation" with what `Progress.looking` gives, its samples apart;
            "sample" with place, question, lang and answer, one for each answer that is shown;
            "sentence" with tokens and losses_nats of the example that is watched, None where
            nothing counts;
            "forgetting" with what `PlainText.looking` gives: before, after, and at every look
            between bits_per_byte alone;
            "diverged" once, when a loss is not finite: the run ends there.
        """
        if self.finished:
            return []
        if self._due:
            return self._looked()
        return self._learned()

    def _learned(self) -> list[Row]:
        """One step: batch, loss, gradient, update."""
        begun, settings = time.perf_counter(), self.settings
        read = self._next_batch()
        loss, is_finite = self._differentiated(read)
        self.diverged = not (
            is_finite
            and self.updates.apply(settings.rate, settings.n_steps, settings.n_warmup_steps)
        )
        seconds = time.perf_counter() - begun
        self._seconds += seconds
        if self.diverged:
            self._numbers["diverged_at_step"] = self.step
            return [{"kind": "diverged", "step": self.step}]
        if self.step % settings.evaluate_every == 0 or self.step >= settings.n_steps:
            self._due = list(LOOKS)
        self._numbers["loss_nats"] = loss.item()
        row: Row = {"kind": "step", "step": self.step, "n_steps": settings.n_steps}
        row |= {"loss_nats": loss.item(), "n_tokens": int(read.mask.sum())}
        row |= {"learning_rate": self.updates.adamw.param_groups[0]["lr"]}
        row |= {"tokens_per_s": read.tokens.numel() / seconds, "seconds": self._seconds}
        return [row]

    def _next_batch(self) -> Answered:
        """What the next step reads; laid out once."""
        if self._read is None or self._read[0] != self.step:
            settings = self.settings
            batch = self.lesson.batch(self.step, settings.seed, settings.n_batch)
            self._read = self.step, batch
        return self._read[1]

    def _differentiated(self, read: Answered) -> tuple[Tensor, bool]:
        """The loss of a batch, its gradient added; False if it is no finite number."""
        with multiplying_in(self.precision):
            logits = self.model(read.tokens)
        loss = answer_loss(logits, read.tokens, read.mask)
        return loss, self.updates.add(loss) and self._reminded()

    def _reminded(self) -> bool:
        """Read plain text beside the examples, if asked to; False if its loss is not finite."""
        if not self.settings.n_plain or self.dataset is None:
            return True
        n_context = self.model.config.n_context
        inputs, targets = batch(
            self.dataset, self.step, self.settings.seed, self.settings.n_plain, n_context
        )  # (B, T), (B, T)
        with multiplying_in(self.precision):
            logits = self.model(inputs)  # (B, T, V)
        return self.updates.add(cross_entropy(logits.flatten(0, 1), targets.flatten()))

    def _looked(self) -> list[Row]:
        """A further part of the look that is due; its rows once it is whole."""
        if self._look is None:
            model = self.whole()
            look = self._due[0]
            self._look = self.progress.looking(model) if look == "looking" else self._forgot(model)
        try:
            next(self._look)
        except StopIteration as end:
            self._look = None
            place: Row = {"step": self.step, "seconds": self._seconds}
            found: dict[str, Any] = end.value
            if self._due.pop(0) == "looking":
                return self._examined(place, found)
            self._remember(found)
            return [{"kind": "forgetting", **place, **found}] if found else []
        return []

    def _examined(self, place: Row, found: dict[str, Any]) -> list[Row]:
        samples = found.pop("samples")
        when = "_before" if self.step == 0 else ""
        self._numbers |= {name + when: value for name, value in found.items()}
        rows = [{"kind": "evaluation", **place, **found}, *self._watched(place)]
        return rows + [
            {"kind": "sample", **place, "place": i, **one} for i, one in enumerate(samples)
        ]

    def _watched(self, place: Row) -> list[Row]:
        """The watched example, piece by piece."""
        settings = self.settings
        if not settings.watched:
            return []
        question, answer = settings.watched
        spans = masked_spans(self.whole(), self.encoder, question, answer, settings.count_questions)
        losses = [span.loss_nats if span.counted else None for span in spans]
        texts = [span.text for span in spans]
        return [{"kind": "sentence", **place, "tokens": texts, "losses_nats": losses}]

    def _forgot(self, model: Transformer) -> Generator[None, None, dict[str, Any]]:
        """A whole look at plain text before and after, a short one between."""
        if self.plain is None:
            return {}
        if 0 < self.step < self.settings.n_steps:
            yield
            bits = self.plain.bits_per_byte(model)
            return {} if bits is None else {"bits_per_byte": bits}
        return (yield from self.plain.looking(model))

    def _remember(self, found: Mapping[str, Any]) -> None:
        when = "before" if self.step == 0 else "after"
        self._numbers |= {f"plain_{name}_{when}": value for name, value in found.items()}

    def look_at(self, model: Transformer) -> None:
        """Take these weights instead, and look at them next: the mean of several runs, say.

        Args:
            model: of the same plan; it is not changed.
        """
        self.model.load_state_dict(model.state_dict())
        self._due, self._look = list(LOOKS), None

    def control(self, change: Mapping[str, Any]) -> None:
        """Change the learning rate from the next step on.

        Raises:
            SettingError: something else, or a value outside its range.
        """
        for name, value in change.items():
            if name != "learning_rate":
                raise SettingError(name, value, "cannot be changed while a run is under way")
            if type(value) not in (int, float) or not math.isfinite(value):
                raise SettingError(name, value, "must be a number")
        self.settings = self.settings.changed(**change)

    def same_with_threads(self, n_threads: int) -> bool:
        """Whether the next step gives the same bits with so many threads; looks use one.

        Batches differ in length, so each length is tried, once it has come often enough.
        """
        if self._due or self.finished:
            return False
        read = self._next_batch()
        return self._rehearsal.same(read.tokens.shape, n_threads, lambda: self._rehearsed(read))

    def _rehearsed(self, read: Answered) -> list[Tensor]:
        """Loss and gradients of a batch, to no effect."""
        loss, _ = self._differentiated(read)
        return [loss.detach(), *self.updates.taken()]

    def snapshot(self) -> bytes:
        """All that is needed to resume bit for bit."""
        state = {
            "step": self.step,
            "diverged": self.diverged,
            "settings": self.settings.to_dict(),
            "due": self._due,
            "seconds": self._seconds,
            "numbers": self._numbers,
        }
        return save(self.updates.tensors(), {"state": json.dumps(state)})

    def _restore(self, snapshot: bytes) -> None:
        state = snapshot_state(snapshot)
        self.updates.restore(load(snapshot), state["step"])
        self.settings = FineTuningSettings.from_dict(state["settings"])
        self.diverged, self._due = state["diverged"], state["due"]
        self._seconds, self._numbers = state["seconds"], state["numbers"]

    def whole(self) -> Transformer:
        """The model as it is now, adapters merged into their matrices."""
        return merged(self.model).eval() if self.settings.rank else self.model

    def result(self) -> bytes:
        """The model as it is now, as a plain checkpoint; adapters are part of their matrices."""
        about = {"step": self.step, "rank": self.settings.rank, "subject": self.settings.subject}
        return checkpoint_bytes(self.whole(), about)

    def numbers(self) -> dict[str, float | int | str]:
        """The run's figures so far: of the first look (…_before), of the last, of the last step."""
        return {
            **self._numbers,
            "step": self.step,
            "n_steps": self.settings.n_steps,
            "seconds": self._seconds,
            "subject": self.settings.subject,
            "rank": self.settings.rank,
            "n_trained": self.n_trained,
            "n_parameters": self.n_parameters,
            "n_examples": len(self.lesson.rows),
            "n_too_long": len(self.lesson.too_long),
        }

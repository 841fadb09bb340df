"""A training run as the engine sees it: bytes in, rows out, one small piece of work at a time.

A program can be suspended after any piece of work and resumed in another process from its snapshot;
what follows is bit for bit what would have followed. Rows are plain JSON.
"""

import json
from collections.abc import Generator, Mapping
from typing import Any

from safetensors.torch import load, save

from core.architecture.config import ModelConfig
from core.architecture.transformer import Transformer
from core.architecture.weights import checkpoint_bytes
from core.data.dataset import Dataset
from core.data.text.bpe import Encoder
from core.errors import SettingError
from core.training.evaluation import Examiner
from core.training.loop import StepReport, Trainer
from core.training.settings import TrainingSettings

Row = dict[str, Any]

# Evaluations of the model after a step, in this order; each takes one or more pieces of work.
LOOKS = ("writing", "evaluation")
# The first evaluations come after two steps: a room of thirty wants to see everybody's loss move,
# which takes two of them, and a model that has only just started has no sentences worth judging.
FIRST_LOOK_AT = 2
FIRST_LOOKS = ("writing", "validation")
# Settings that may be changed while a run is in progress.
CHANGEABLE = ("learning_rate", "prompt", "sentence")


class TrainingProgram:
    """One training run.

    Args:
        inputs: "design" (a ModelConfig as JSON), "encoder" and "dataset" as bytes.
        settings: a TrainingSettings as a JSON object; missing fields take their defaults.
        snapshot: what `snapshot` returned earlier, to continue from there; None to start.

    Raises:
        SettingError: a setting is unknown or out of range.
    """

    def __init__(
        self,
        inputs: Mapping[str, bytes],
        settings: Mapping[str, Any],
        snapshot: bytes | None = None,
    ) -> None:
        asked = TrainingSettings.from_dict(settings)
        config = ModelConfig.from_dict(json.loads(inputs["design"]))
        encoder = Encoder.from_bytes(inputs["encoder"])
        dataset = Dataset.from_bytes(inputs["dataset"])
        model = Transformer(config, seed=asked.seed)
        self._trainer = Trainer(model, dataset, asked)
        self._examiner = Examiner(encoder, dataset, asked)
        self._due: list[str] = []  # evaluations still to be done
        self._looking: Generator[None, None, dict[str, float | int]] | None = None
        self._seconds = 0.0
        self._numbers: dict[str, float | int | str] = {"n_tokens": 0}
        self._same_with: dict[int, bool] = {}  # threads -> whether a step's bits stay the same
        if snapshot is not None:
            self._restore(snapshot)

    @property
    def finished(self) -> bool:
        """Nothing is left to do: neither steps nor evaluations."""
        return self._trainer.finished and not self._due

    def advance(self) -> list[Row]:
        """Do one piece of work: a step, or (part of) an evaluation of the model.

        Returns:
            Rows with "kind" and "step":
            "step" with loss_nats, bits_per_byte, learning_rate, gradient_norm, tokens_per_s,
            seconds (of training so far, without evaluations) and n_steps;
            "sample" with prompt and text; "sentence" with tokens and losses_nats;
            "evaluation" with validation_loss_nats, validation_bits_per_byte and, for the small
            world only, n_sentences, grammatical_share, n_checkable, verbatim_share and, if anything
            could be checked, true_share;
            "diverged" once, when a loss is not finite: the run ends there.
        """
        if self.finished:
            return []
        if self._due:
            return self._look(self._due[0])
        report = self._trainer.advance()
        self._seconds += report.seconds
        if report.diverged:
            self._numbers["diverged_at_step"] = report.step
            return [{"kind": "diverged", "step": report.step}]
        self._numbers["n_tokens"] = int(self._numbers["n_tokens"]) + report.n_tokens
        if report.step % self._trainer.settings.evaluate_every == 0 or self._trainer.finished:
            self._due = list(LOOKS)
        elif report.step == FIRST_LOOK_AT:
            self._due = list(FIRST_LOOKS)
        return [self._step_row(report)]

    def _step_row(self, report: StepReport) -> Row:
        self._numbers["loss_nats"] = report.loss_nats
        return {
            "kind": "step",
            "step": report.step,
            "n_steps": self._trainer.settings.n_steps,
            "loss_nats": report.loss_nats,
            "bits_per_byte": report.bits_per_byte,
            "learning_rate": report.learning_rate,
            "gradient_norm": report.gradient_norm,
            "tokens_per_s": report.tokens_per_s,
            "seconds": self._seconds,
        }

    def _look(self, look: str) -> list[Row]:
        """The next part of an evaluation of the current model; rows once it is complete."""
        place: Row = {"step": self._trainer.step, "seconds": self._seconds}
        model = self._trainer.model
        if look == "writing":
            self._due.pop(0)
            rows = [{"kind": "sample", **place, **self._examiner.sample(model)}]
            losses = self._examiner.sentence_losses(model)
            return rows + ([{"kind": "sentence", **place, **losses}] if losses else [])
        found = self._found(look)
        if found is None:
            return []
        self._due.pop(0)
        self._numbers |= found
        return [{"kind": "evaluation", **place, **found}]

    def _found(self, look: str) -> dict[str, float | int] | None:
        """One more part of "validation" or "evaluation"; None until it is complete.

        A snapshot never contains half an evaluation: a run that continues from it starts that
        evaluation again, with the same seed.
        """
        if self._looking is None:
            examiner, model = self._examiner, self._trainer.model
            whole = look == "evaluation"
            self._looking = examiner.evaluating(model) if whole else examiner.validating(model)
        try:
            next(self._looking)
        except StopIteration as end:
            self._looking = None
            found: dict[str, float | int] = end.value
            return found
        return None

    def control(self, change: Mapping[str, Any]) -> None:
        """Change the run from the next piece of work on.

        Args:
            change: any of "learning_rate" (the peak value; the embeddings' rate changes in
                proportion), "prompt" and "sentence".

        Raises:
            SettingError: anything else, or a value out of range.
        """
        settings = self._trainer.settings
        for name, value in change.items():
            if name not in CHANGEABLE:
                raise SettingError(name, value, "cannot be changed while a run is under way")
        changes = dict(change)
        if "learning_rate" in changes:
            share = float(changes["learning_rate"]) / settings.learning_rate
            changes["embedding_learning_rate"] = share * settings.embedding_learning_rate
        self._trainer.settings = self._examiner.settings = settings.changed(**changes)

    def same_with_threads(self, n_threads: int) -> bool:
        """Whether the next piece gives the same bits with one thread and with so many.

        Tried once on a step of this very run; all later ones multiply matrices of the same shapes
        in the same order. Looks at the model are short and always computed by one thread, and so
        are the first steps, whose losses a visitor is waiting for.
        """
        if self._due or self._trainer.step <= FIRST_LOOK_AT:
            return False
        if n_threads not in self._same_with:
            self._same_with[n_threads] = self._trainer.same_with_threads(n_threads)
        return self._same_with[n_threads]

    def snapshot(self) -> bytes:
        """Everything needed to continue bit for bit: about three times the model's own size."""
        state = {
            "step": self._trainer.step,
            "diverged": self._trainer.diverged,
            "settings": self._trainer.settings.to_dict(),
            "due": self._due,
            "seconds": self._seconds,
            "numbers": self._numbers,
        }
        return save(self._trainer.tensors(), {"state": json.dumps(state)})

    def _restore(self, snapshot: bytes) -> None:
        state = snapshot_state(snapshot)
        self._trainer.restore(load(snapshot), state["step"])
        self._trainer.diverged = state["diverged"]
        settings = TrainingSettings.from_dict(state["settings"])
        self._trainer.settings = self._examiner.settings = settings
        self._due = state["due"]
        self._seconds = state["seconds"]
        self._numbers = state["numbers"]

    def result(self) -> bytes:
        """The model as it is now, as a checkpoint."""
        return checkpoint_bytes(self._trainer.model, {"step": self._trainer.step})

    def numbers(self) -> dict[str, float | int | str]:
        """The run's figures so far: those of the last step and the last evaluation."""
        return {
            **self._numbers,
            "step": self._trainer.step,
            "n_steps": self._trainer.settings.n_steps,
            "seconds": self._seconds,
        }


def snapshot_state(snapshot: bytes) -> dict[str, Any]:
    """What a snapshot holds besides its tensors, from the safetensors header."""
    n_header = int.from_bytes(snapshot[:8], "little")
    header = json.loads(snapshot[8 : 8 + n_header])
    state: dict[str, Any] = json.loads(header["__metadata__"]["state"])
    return state

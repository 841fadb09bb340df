"""A training run as the engine sees it: bytes in, rows out, one small piece of work at a time."""

import json
from collections.abc import Generator, Mapping, Sequence
from typing import Any

from torch import Tensor

from core.architecture.config import ModelConfig
from core.architecture.transformer import Transformer
from core.architecture.weights import checkpoint_bytes
from core.data.dataset import Dataset
from core.data.text.bpe import Encoder
from core.training.course import Looking, Numbers, Row
from core.training.loop import StepReport
from core.training.pretraining import Pretraining
from core.training.settings import TrainingSettings
from core.training.text.evaluation import Examiner
from core.training.text.next_token import trainer_of

# Evaluations of the model after a step, in this order; each takes one or more pieces of work.
LOOKS = ("writing", "evaluation")
# The first evaluations come after two steps: a room of thirty wants to see everybody's loss move,
# which takes two of them, and a model that has only just started has no sentences worth judging.
FIRST_LOOK_AT = 2
FIRST_LOOKS = ("writing", "validation")


class TrainingProgram(Pretraining[Transformer, TrainingSettings]):
    """One training run.

    Args:
        inputs: "design" (a ModelConfig as JSON), "encoder" and "dataset" as bytes.
        settings: a TrainingSettings as a JSON object; missing fields take their defaults.
        snapshot: what `snapshot` returned earlier, to continue from there; None to start.

    Raises:
        SettingError: a setting is unknown or out of range.

    Rows, besides those of `Course`:
        "step" with loss_nats, bits_per_byte, learning_rate, gradient_norm and tokens_per_s;
        "sample" with prompt and text; "sentence" with tokens and losses_nats;
        "evaluation" with validation_loss_nats, validation_bits_per_byte and, for the small world
        only, n_sentences, grammatical_share, n_checkable, verbatim_share and, if anything could be
        checked, true_share.
    """

    changeable = ("learning_rate", "prompt", "sentence")

    def __init__(
        self,
        inputs: Mapping[str, bytes],
        settings: Mapping[str, Any],
        snapshot: bytes | None = None,
    ) -> None:
        asked = TrainingSettings.from_dict(settings)
        config = ModelConfig.from_dict(json.loads(inputs["design"]))
        encoder = Encoder.from_bytes(inputs["encoder"])
        self._dataset = Dataset.from_bytes(inputs["dataset"])
        model = Transformer(config, seed=asked.seed)
        super().__init__(trainer_of(model, self._dataset, asked))
        self._examiner = Examiner(encoder, self._dataset, asked)
        self._numbers = {"n_tokens": 0}
        if snapshot is not None:
            self.restore(snapshot)

    def measured(self, report: StepReport) -> Row:
        """The surprise of the step's text, and its pace."""
        if not report.diverged:
            self._numbers["n_tokens"] = int(self._numbers["n_tokens"]) + report.n_read
        return {
            "loss_nats": report.loss,
            "bits_per_byte": self._dataset.bits_per_byte(report.loss, "train"),
            "learning_rate": report.learning_rate,
            "gradient_norm": report.gradient_norm,
            "tokens_per_s": report.read_per_s,
        }

    def remembered(self, found: Row) -> Numbers:
        """The loss of the last step; everything else is measured by looks."""
        return {"loss_nats": found["loss_nats"]}

    def looks_after(self, step: int) -> Sequence[str]:
        """All of them from time to time and at the end, two early ones at the start."""
        if step % self.settings.evaluate_every == 0 or self.trainer.finished:
            return LOOKS
        return FIRST_LOOKS if step == FIRST_LOOK_AT else ()

    def looking(self, look: str) -> Looking:
        """What the model writes, or how well it predicts and writes."""
        return self._writing() if look == "writing" else self._judged(look)

    def _writing(self) -> Looking:
        yield from ()  # in one piece
        model = self.trainer.model
        sample = {"kind": "sample", **self._examiner.sample(model)}
        losses = self._examiner.sentence_losses(model)
        return [sample, {"kind": "sentence", **losses}] if losses else [sample]

    def _judged(self, look: str) -> Looking:
        """A snapshot never contains half an evaluation: a run that continues from it starts that
        evaluation again, with the same seed.
        """
        examiner, model = self._examiner, self.trainer.model
        work: Generator[None, None, dict[str, float | int]] = (
            examiner.evaluating(model) if look == "evaluation" else examiner.validating(model)
        )
        found = yield from work
        self._numbers |= found
        return [{"kind": "evaluation", **found}]

    def control(self, change: Mapping[str, Any]) -> None:
        """As for every trainer; "prompt" and "sentence" are what the looks are taken with."""
        super().control(change)
        self._examiner.settings = self.settings

    def take_up(self, tensors: Mapping[str, Tensor]) -> None:
        """Load what `tensors` returned."""
        super().take_up(tensors)
        self._examiner.settings = self.settings

    def result(self) -> bytes:
        """The model as it is now, as a checkpoint."""
        return checkpoint_bytes(self.trainer.model, {"step": self.step})

"""Direct preference optimisation of a model that draws, as a run: pairs of pictures in, a model
that prefers the same out.
"""

import base64
import copy
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from torch import Tensor

from core.alignment.aligning.dpo_program import pairs_of_step
from core.alignment.pictures.dpo import drift, pair_loss, reference_errors
from core.alignment.pictures.exam import (
    PLAIN,
    Exam,
    drawn_pictures,
    plain_pages,
    plain_question,
)
from core.alignment.pictures.preferring import from_bytes, numbers_of, pairs_tensor
from core.alignment.pictures.settings import PictureDpoSettings
from core.alignment.updates import Updates
from core.architecture.pictures.weights import denoiser_bytes
from core.inference.pictures.model import PictureModel
from core.training.course import Course, Looking, Row
from core.training.pictures.objective import chance_of

WAY: Final = "dpo"


class PictureDpoProgram(Course[PictureDpoSettings]):
    """DPO of a denoiser on somebody's preferences between pictures.

    Args:
        inputs: "model" (a denoiser), "encoder" and "preferences", as bytes.
        settings: a PictureDpoSettings as a JSON object; missing fields take their defaults.
        snapshot: what `snapshot` returned earlier, to continue from there; None to start.

    Raises:
        SettingError: a setting is unknown or out of range.
        UnreadableWeights: the model is damaged, or does not fit the encoder.
        UnreadablePreferences: the preferences are damaged, or of pictures of another size.
        NoPreferences: there are none.
        InputError: the encoder is damaged.

    Rows, besides those of `Course`:
        "step" with loss_nats, margin, agreeing_share, drift and beta;
        "pictures" with size and "pictures": sixteen, always of the same captions and noises, each
            with png (base64), caption, lang, seed, left_open, kept and met;
        "exam": what `Exam.sitting` gives.
    """

    changeable = ("learning_rate", "beta", "kl_weight")

    def __init__(
        self,
        inputs: Mapping[str, bytes],
        settings: Mapping[str, Any],
        snapshot: bytes | None = None,
    ) -> None:
        super().__init__(PictureDpoSettings.from_dict(settings))
        self.reference = PictureModel.from_bytes(inputs["model"], inputs["encoder"])
        preferences = from_bytes(inputs["preferences"])
        self.pairs = pairs_tensor(preferences, self.reference)
        self.model = replace(self.reference, denoiser=copy.deepcopy(self.reference.denoiser))
        self.updates = Updates(self.model.denoiser)
        self._due = ["pictures", "exam"]  # before anything is learned
        self._numbers = {**numbers_of(preferences)}
        if snapshot is not None:
            self.restore(snapshot)
        self.plain = plain_pages(self.reference, self.settings.seed)
        self.exam = Exam(self.settings)

    def learn(self) -> Row:
        """One update: some pairs, and some plain pages on which nothing should change."""
        asked, model = self.settings, self.model.denoiser
        objective, reference = self.model.objective, self.reference.denoiser
        chance = chance_of(asked.seed, self.step)
        n_pairs = len(self.pairs.better)
        chosen = pairs_of_step(n_pairs, asked.n_batch, self.step, asked.seed)
        question = self.pairs.question(chosen, objective, chance, asked.least_noise)
        before = reference_errors(reference, objective, question)
        loss, margins, better = pair_loss(model, before, objective, question, asked.beta)
        moved = drift(
            model,
            reference,
            objective,
            plain_question(self.plain, asked.n_batch, chance, objective),
        )
        total = loss + asked.sft_weight * better + asked.kl_weight * moved
        self.diverged = not self.updates.add(total) or not self.updates.apply(
            asked.learning_rate, asked.n_steps, asked.n_warmup_steps
        )
        self.step = self.updates.step
        return {
            "loss_nats": float(loss.detach()),
            "margin": float(margins.mean()),
            "agreeing_share": float((margins > 0).float().mean()),
            "drift": float(moved.detach()),
            "beta": asked.beta,
        }

    def looks_after(self, step: int) -> list[str]:
        """Sixteen pictures often, the exam less often, both at the end."""
        asked, last = self.settings, step >= self.settings.n_steps
        looks = ["pictures"] if last or step % asked.look_every == 0 else []
        return [*looks, "exam"] if last or step % asked.evaluate_every == 0 else looks

    def looking(self, look: str) -> Looking:
        """The sixteen pictures, or the exam."""
        return self._pictures() if look == "pictures" else self._exam()

    def _pictures(self) -> Looking:
        found = yield from drawn_pictures(self.model, self.exam.sixteen, self.exam.drawing)
        pictures = [
            {
                "png": base64.b64encode(png).decode("ascii"),
                "caption": wish.caption,
                "lang": wish.lang,
                "seed": wish.seed,
                "left_open": getattr(wish, "left_open", PLAIN),
                "kept": self.exam.rule.is_kept(drawn.reading),
                "met": self.exam.is_met(wish, drawn),
            }
            for wish, drawn, png in found
        ]
        return [{"kind": "pictures", "size": self.model.size, "pictures": pictures}]

    def _exam(self) -> Looking:
        found = yield from self.exam.sitting(self.model)
        self._numbers |= found
        if self.step == 0:
            self._numbers |= {f"{name}_before": value for name, value in found.items()}
        return [{"kind": "exam", **found}]

    def numbers(self) -> dict[str, float | int | str]:
        """The figures of the first and the last exam and of the last step, and by which rule."""
        return {**super().numbers(), "way": WAY, "rule": self.settings.rule}

    def tensors(self) -> dict[str, Tensor]:
        """Weights and the optimiser's memory."""
        return self.updates.tensors()

    def take_up(self, tensors: Mapping[str, Tensor]) -> None:
        """Load what `tensors` returned."""
        self.updates.restore(tensors, self.step)

    def result(self) -> bytes:
        """The model as it is now, as a file that `read_denoiser` reads."""
        about = self.reference.about(step=self.step, aligned_by=WAY)
        return denoiser_bytes(self.model.denoiser, about)

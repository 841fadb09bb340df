"""Fine-tuning of a model that draws, as a run: a denoiser and examples in, a denoiser out."""

import base64
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from torch import Tensor

from core.alignment.pictures.exam import plain_pages
from core.alignment.pictures.tuning.adapter_files import adapter_file
from core.alignment.pictures.tuning.adapters import (
    ROWS,
    learned_by,
    with_adapters,
    without_adapters,
)
from core.alignment.pictures.tuning.exam import TuningExam
from core.alignment.pictures.tuning.examples import Lesson, examples_from_bytes, new_words
from core.alignment.pictures.tuning.settings import PictureTuningSettings
from core.alignment.tuning.lora import in_attention, n_trained
from core.alignment.updates import Updates
from core.architecture.pictures.denoiser import Denoiser
from core.architecture.pictures.weights import denoiser_bytes, with_more_words
from core.data.pictures.collecting.files import png_of
from core.inference.pictures.model import GUIDANCE, PictureModel
from core.training.course import Course, Looking, Numbers, Row
from core.training.pictures.objective import chance_of, squared_error

WORDS_FACTOR: Final = 5.0  # a new word has farther to go than a matrix: its rate is so much higher


class PictureTuningProgram(Course[PictureTuningSettings]):
    """One fine-tuning run of a denoiser.

    Args:
        inputs: "model" (a denoiser), "encoder" and "examples" (a picture corpus), as bytes.
        settings: a PictureTuningSettings as a JSON object; missing fields take their defaults.
        snapshot: what `snapshot` returned earlier, to continue from there; None to start.

    Raises:
        SettingError: a setting is unknown or out of range, or the pictures are of another size.
        UnreadableWeights: the model is damaged, or does not fit the encoder.
        UnreadablePicture: the examples are damaged.
        NoExamples: there are none.
        TooManyWords: their captions hold more new words than can be learned.
        TooLong: a caption has more words than the model can read.
        InputError: the encoder is damaged.

    Rows, besides those of `Course`:
        "step" with loss and learning_rate;
        "pictures" with size and "pictures": eight captions with what is taught and eight without,
            each with png (base64), caption, lang, seed, left_open ("word" or ""), kept (it shows
            what is taught), leaked (so it does, though nobody asked for it) and met (all is right
            by the reader; None where it cannot read);
        "exam": what `TuningExam.sitting` gives.
    """

    def __init__(
        self,
        inputs: Mapping[str, bytes],
        settings: Mapping[str, Any],
        snapshot: bytes | None = None,
    ) -> None:
        super().__init__(PictureTuningSettings.from_dict(settings))
        asked = self.settings
        base = PictureModel.from_bytes(inputs["model"], inputs["encoder"])
        examples = examples_from_bytes(inputs["examples"])
        self.words = new_words(base.encoder, examples)
        self.start = _knowing(base, self.words)
        self.lesson = Lesson.of(examples, self.start)
        pages, captions = plain_pages(self.start, asked.seed)
        self.plain = Lesson(pages, captions)
        self.denoiser = self._learner()
        faster = (ROWS,) if asked.rank and self.words else ()
        self.updates = Updates(self.denoiser, faster, WORDS_FACTOR)
        self.exam = TuningExam(asked, examples)
        self._n_examples = len(examples.entries)
        self._due = ["pictures", "exam"]  # before anything is learned
        if snapshot is not None:
            self.restore(snapshot)

    def _learner(self) -> Denoiser:
        asked, n_new = self.settings, len(self.words)
        if asked.rank:
            return with_adapters(self.start.denoiser, asked.rank, n_new, asked.seed)
        return without_adapters(self.start.denoiser).train()

    def learn(self) -> Row:
        """One update: some examples, and some pages of the book so that those stay known."""
        asked, objective = self.settings, self.start.objective
        chance = chance_of(asked.seed, self.step)
        # What is drawn without a caption is what guidance leads away from: the book, if it is read.
        left_out = 0.0 if asked.n_plain else asked.empty_share
        question = self.lesson.question(asked.n_batch, objective, chance, left_out)
        loss = squared_error(self.denoiser, objective, question)
        finite = self.updates.add(loss)
        if finite and asked.n_plain:
            plain = self.plain.question(asked.n_plain, objective, chance, asked.empty_share)
            finite = self.updates.add(squared_error(self.denoiser, objective, plain))
        self.diverged = not finite or not self.updates.apply(
            asked.rate, asked.n_steps, asked.n_warmup_steps
        )
        self.step = self.updates.step
        rate = self.updates.adamw.param_groups[0]["lr"]
        return {"loss": float(loss.detach()), "learning_rate": rate}

    def looks_after(self, step: int) -> list[str]:
        """Sixteen pictures often, the exam less often, both at the end."""
        asked, last = self.settings, step >= self.settings.n_steps
        looks = ["pictures"] if last or step % asked.look_every == 0 else []
        return [*looks, "exam"] if last or step % asked.evaluate_every == 0 else looks

    def looking(self, look: str) -> Looking:
        """The sixteen pictures, or the exam."""
        return self._pictures() if look == "pictures" else self._exam()

    def _pictures(self) -> Looking:
        shown = yield from self.exam.looking(self.model)
        pictures = [
            {
                "png": base64.b64encode(png_of(one.drawn.picture)).decode("ascii"),
                "caption": one.drawn.wish.caption,
                "lang": one.drawn.wish.lang,
                "seed": one.drawn.wish.seed,
                "left_open": "word" if one.with_word else "",
                "kept": one.with_word and one.shows,
                "leaked": one.shows and not one.with_word,
                "met": one.right,
            }
            for one in shown
        ]
        return [{"kind": "pictures", "size": self.start.size, "pictures": pictures}]

    def _exam(self) -> Looking:
        found = yield from self.exam.sitting(self.model)
        self._numbers |= found
        if self.step == 0:
            self._numbers |= {f"{name}_before": value for name, value in found.items()}
        return [{"kind": "exam", **found}]

    @property
    def model(self) -> PictureModel:
        """The model as it is now, adapters merged into their matrices."""
        return replace(self.start, denoiser=without_adapters(self.denoiser))

    def numbers(self) -> Numbers:
        """The figures of the first and the last exam and of the last step, and what learned."""
        asked, plain = self.settings, self.start.denoiser
        some = n_trained(plain, asked.rank, in_attention)
        n_words = len(self.words) * plain.config.n_channels if asked.rank else 0
        return {
            **super().numbers(),
            "subject": asked.subject,
            "rank": asked.rank,
            "n_trained": some + n_words,
            "n_parameters": plain.n_parameters,
            "n_examples": self._n_examples,
            "n_words_learned": len(self.words),
        }

    def tensors(self) -> dict[str, Tensor]:
        """Weights and the optimiser's memory."""
        return self.updates.tensors()

    def take_up(self, tensors: Mapping[str, Tensor]) -> None:
        """Load what `tensors` returned."""
        self.updates.restore(tensors, self.step)

    def result(self) -> bytes:
        """The model as it is now, as a file that `read_denoiser` reads; its adapters travel with
        it, for `adapter_file`.
        """
        asked = self.settings
        about = {
            **self.start.about(step=self.step, rank=asked.rank, subject=asked.subject),
            GUIDANCE: asked.guidance,
        }
        beside = learned_by(self.denoiser) if asked.rank else {}
        return denoiser_bytes(self.model.denoiser, about, beside=beside)

    @property
    def adapter(self) -> bytes | None:
        """The adapters alone, as a file; None where all weights learn."""
        return adapter_file(self.result())


def _knowing(base: PictureModel, words: list[str]) -> PictureModel:
    """The model with a row for each new word."""
    if not words:
        return base
    return replace(
        base,
        denoiser=with_more_words(base.denoiser, len(words)),
        encoder=base.encoder.with_words(words),
        words_learned=(*base.words_learned, *words),
    )

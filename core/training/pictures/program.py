"""A picture training run as the engine sees it: bytes in, rows out, small pieces of work.

What one looks at is never the model of the last step but the average of its recent weights.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from core.architecture.pictures.autoencoder import Autoencoder
from core.architecture.pictures.config import N_COLOURS, DenoiserConfig
from core.architecture.pictures.denoiser import Denoiser
from core.architecture.pictures.weights import denoiser_bytes, read_autoencoder
from core.data.pictures.collecting.archive import from_bytes
from core.data.pictures.collecting.files import png_of
from core.data.pictures.collecting.settings import PictureSettings
from core.data.pictures.wording.vocabulary import CaptionEncoder
from core.errors import SettingError
from core.inference.pictures.drawing import DrawSettings
from core.inference.pictures.model import PictureModel
from core.inference.pictures.schedules import Objective
from core.languages import LANGS
from core.training.course import Looking, Row
from core.training.loop import StepReport, Trainer
from core.training.pictures.denoising import Denoising, LatentPages, Pages
from core.training.pictures.judging import (
    Wish,
    drawing,
    is_unseen,
    seen_and_unseen,
    shares_right,
)
from core.training.pictures.settings import PictureTrainingSettings
from core.training.pretraining import Pretraining

N_LOOKED_AT: Final = 16
LOOKED_AT_SEED: Final = 2024  # of the sixteen: the same captions and noises in every run
EXAM_SEED: Final = 3024
EARLY_LOOKS: Final = (2, 25)  # steps: thirty people in a room want to see something soon


class PictureTrainingProgram(Pretraining[Denoiser, PictureTrainingSettings]):
    """One training run of a denoiser.

    Args:
        inputs: "design" (a DenoiserConfig as JSON), "encoder" (a CaptionEncoder) and "corpus" (a
            picture corpus), as bytes; "autoencoder" too where latents are learned.
        settings: a PictureTrainingSettings as a JSON object; missing fields take their defaults.
        snapshot: what `snapshot` returned earlier, to continue from there; None to start.

    Raises:
        SettingError: a setting is unknown or out of range, or the inputs do not fit each other.
        UnreadablePicture: the corpus is damaged.
        InputError: the encoder is damaged.
        TooLong: a caption of the corpus is longer than the design can read.

    Rows, besides those of `Course`:
        "step" with loss, learning_rate, gradient_norm and pictures_per_s;
        "pictures" with size and "pictures": sixteen, each with png (base64) and what
            `Drawn.as_row` says of it;
        "evaluation" with n_judged, {part}_share for each of judging.PARTS on pages as in the book,
            and, if pairs were held out, n_unseen and unseen_share: whole pages right with pairs
            that were never drawn.
    """

    changeable = ("learning_rate", "guidance")

    def __init__(
        self,
        inputs: Mapping[str, bytes],
        settings: Mapping[str, Any],
        snapshot: bytes | None = None,
    ) -> None:
        asked = PictureTrainingSettings.from_dict(settings)
        config = DenoiserConfig.from_dict(json.loads(inputs["design"]))
        self.encoder = CaptionEncoder.from_bytes(inputs["encoder"])
        corpus = from_bytes(inputs["corpus"])
        self.autoencoder = _first_stage(inputs)
        _check_fit(config, self.encoder, corpus.settings.size, self.autoencoder)
        self.book = corpus.settings.fair  # whatever is amiss in it, all are asked alike
        pages = Pages.of(corpus, self.encoder, config.n_caption)
        if self.autoencoder is not None:
            pages = LatentPages.encoded(pages, self.autoencoder)
        self._objective = Denoising(Denoiser(config, seed=asked.seed), pages)
        super().__init__(Trainer(self._objective, asked))
        if snapshot is not None:
            self.restore(snapshot)

    @property
    def model(self) -> PictureModel:
        """The average as it is now, ready to draw."""
        objective = cast(Objective, self.settings.objective)
        return PictureModel(
            self._objective.average, self.encoder, objective, autoencoder=self.autoencoder
        )

    def measured(self, report: StepReport) -> Row:
        """Besides what every trainer measures, its pace."""
        return {**super().measured(report), "pictures_per_s": report.read_per_s}

    def looks_after(self, step: int) -> list[str]:
        """Sixteen pictures often, the exam less often, both at the end."""
        asked, last = self.settings, step >= self.settings.n_steps
        looks = ["pictures"] if last or step % asked.look_every == 0 or step in EARLY_LOOKS else []
        if asked.n_judged and (last or step % asked.evaluate_every == 0):
            looks.append("evaluation")
        return looks

    def looking(self, look: str) -> Looking:
        """The sixteen pictures, or the exam."""
        return self._pictures() if look == "pictures" else self._evaluation()

    def _pictures(self) -> Looking:
        wishes = sixteen(self.book)
        drawn = yield from drawing(self.model, wishes, self._drawing)
        pictures = [
            {"png": base64.b64encode(png_of(one.picture)).decode("ascii"), **one.as_row()}
            for one in drawn
        ]
        size = self.book.size
        return [{"kind": "pictures", "size": size, "pictures": pictures}]

    def _evaluation(self) -> Looking:
        wishes = seen_and_unseen(self.book, self.settings.n_judged, EXAM_SEED)
        drawn = yield from drawing(self.model, wishes, self._drawing)
        unseen = [one for one in drawn if is_unseen(one.wish, self.book)]
        seen = [one for one in drawn if not is_unseen(one.wish, self.book)]
        found: Row = {"n_judged": len(seen)}
        found |= {f"{part}_share": share for part, share in shares_right(seen).items()}
        if unseen:
            found |= {"n_unseen": len(unseen), "unseen_share": shares_right(unseen)["whole"]}
        self._numbers |= found
        return [{"kind": "evaluation", **found}]

    @property
    def _drawing(self) -> DrawSettings:
        return DrawSettings(n_steps=self.settings.n_draw_steps, guidance=self.settings.guidance)

    def result(self) -> bytes:
        """The average as it is now, as a file that `read_denoiser` reads."""
        about = {"step": self.step, "objective": self.settings.objective}
        return denoiser_bytes(self._objective.average, about)


def sixteen(book: PictureSettings, languages: Sequence[str] = LANGS) -> list[Wish]:
    """The sixteen pages that are looked at: twelve as in the book, four with unseen pairs.

    Args:
        book: from which they are drawn.
        languages: of the captions.
    """
    many = seen_and_unseen(book, 2 * N_LOOKED_AT, LOOKED_AT_SEED, languages)
    n_unseen = N_LOOKED_AT // 4
    return many[: N_LOOKED_AT - n_unseen] + many[len(many) - n_unseen :]


def _first_stage(inputs: Mapping[str, bytes]) -> Autoencoder | None:
    """The autoencoder whose latents are learned, if there is one."""
    return read_autoencoder(inputs["autoencoder"])[0] if "autoencoder" in inputs else None


def _check_fit(
    config: DenoiserConfig, encoder: CaptionEncoder, size: int, autoencoder: Autoencoder | None
) -> None:
    """Refuse inputs that belong to different chains."""
    if config.n_words != encoder.n_words:
        raise SettingError("n_words", config.n_words, f"must be the encoder's {encoder.n_words}")
    if autoencoder is not None and autoencoder.config.size != size:
        raise SettingError("size", size, f"must be the autoencoder's {autoencoder.config.size}")
    wanted = (size, N_COLOURS)
    if autoencoder is not None:
        wanted = (autoencoder.config.side, autoencoder.config.n_latents)
    for name, right in zip(("size", "n_colours"), wanted, strict=True):
        if (value := getattr(config, name)) != right:
            raise SettingError(name, value, f"must be the pictures' {right}")

"""What the reader sees, in the visitor's words."""

from core.data.pictures import Agreement, Reading, Scene, beside
from core.data.pictures.wording.suggesting import plainest
from pages.kit.catalogue import Words
from pages.kit.components import Verdict
from pages.kit.components.pictures import Sign


def seen_text(reading: Reading, t: Words) -> str:
    """A picture as the reader reads it, or why it cannot be read."""
    if reading.scene is not None:
        return said(reading.scene, t)
    if reading.reason == "sky":
        return t("inference_pictures.reads_sky")
    nearest = _nearest(reading)
    if reading.reason == "empty" or nearest is None:
        return t("inference_pictures.reads_empty")
    values = {"nearest": said(nearest, t)}
    return {
        "thing": t("inference_pictures.reads_thing", **values),
        "doubt": t("inference_pictures.reads_doubt", **values),
        "arrangement": t("inference_pictures.reads_arrangement", **values),
        "rest": t("inference_pictures.reads_rest", **values),
    }[reading.reason]


def said(scene: Scene, t: Words) -> str:
    """A scene as the book would say it."""
    return plainest(scene.unowned(), t.lang)


def _nearest(reading: Reading) -> Scene | None:
    """The scene that the reader would name if it had to."""
    if reading.night is None or not reading.seen:
        return None
    items = tuple(seen.item for seen in reading.seen)
    if reading.relation == "beside":
        return beside(items[0], items[1], reading.night)
    if reading.relation == "row":
        return Scene(items[:1], "row", len(items), reading.night)
    return Scene(items, reading.relation, 1, reading.night)


def verdict_of(reading: Reading, agreement: Agreement, t: Words) -> Verdict:
    """Whether the finished picture shows what was asked for, and what it misses."""
    if agreement.whole:
        return Verdict(True, t("inference_pictures.right"), t("inference_pictures.right_about"))
    if reading.reason:
        about = t("inference_pictures.unread_about")
        return Verdict(False, t("inference_pictures.unread"), about)
    parts = (
        (agreement.sky, t("inference_pictures.part_sky")),
        (agreement.number, t("inference_pictures.part_number")),
        (agreement.things == 1.0, t("inference_pictures.part_things")),
        (agreement.colours == 1.0, t("inference_pictures.part_colours")),
        (agreement.place, t("inference_pictures.part_places")),
    )
    wrong = [name for fine, name in parts if not fine] or [t("inference_pictures.part_pairs")]
    about = t("inference_pictures.wrong_about", parts=", ".join(wrong))
    return Verdict(False, t("inference_pictures.wrong"), about)


def sign_of(reading: Reading, agreement: Agreement) -> Sign:
    """A picture's sign: right, wrong, or not to be read."""
    if agreement.whole:
        return "yes"
    return "none" if reading.reason else "no"

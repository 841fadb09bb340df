"""What standardising did to one picture of the visitor's, step by step, in a few words each."""

from core.data.pictures.standardising.steps import Step, Values
from pages.data.pictures.own import Owned
from pages.kit.catalogue import Words
from pages.kit.components import ShownStep
from pages.kit.numbers import decimal, share, whole


def shown_steps(t: Words, owned: Owned) -> list[ShownStep] | None:
    """The steps as they are shown; None where no views were kept."""
    if not owned.arrived:
        return None
    names, arrived = _names(t), t("data_pictures.step_arrived")
    first = ShownStep(arrived, _size(t, owned.steps[0]), False, owned.arrived)
    return [first, *(
        ShownStep(names[step.name], said(t, step), step.changed, step.view)
        for step in owned.steps if step.name != "frame" or step.changed
    )]  # fmt: skip


def _names(t: Words) -> dict[str, str]:
    return {
        "frame": t("data_pictures.step_frame"),
        "orientation": t("data_pictures.step_orientation"),
        "colour": t("data_pictures.step_colour"),
        "transparency": t("data_pictures.step_transparency"),
        "size": t("data_pictures.step_size"),
        "metadata": t("data_pictures.step_metadata"),
    }


def _size(t: Words, first: Step) -> str:
    """Format and size of the picture as it arrived."""
    return t(
        "data_pictures.said_arrived",
        format=first.values["format"],
        width=whole(first.values["width"], t.lang),
        height=whole(first.values["height"], t.lang),
    )


def said(t: Words, step: Step) -> str:
    """What a step did, in a few words."""
    values = step.values
    if step.name == "frame":
        return t("data_pictures.said_frame", n=whole(values["n_frames"], t.lang))
    if step.name == "orientation":
        changed = t("data_pictures.said_turned")
        return changed if step.changed else t("data_pictures.said_upright")
    if step.name == "transparency":
        if not step.changed:
            return t("data_pictures.said_opaque")
        return t("data_pictures.said_clear", share=share(values["clear"], t.lang))
    if step.name == "colour":
        return _said_colour(t, values)
    if step.name == "metadata":
        return _said_metadata(t, values)
    return _said_size(t, values) if step.changed else t("data_pictures.said_same")


def _said_colour(t: Words, values: Values) -> str:
    if values["profile_used"]:
        moved = decimal(values["moved"], t.lang, 1)
        return t("data_pictures.said_profile", profile=values["profile"][:30], moved=moved)
    if values["bits"] == 16:
        return t("data_pictures.said_bits")
    if values["mode"] == "CMYK":
        return t("data_pictures.said_cmyk")
    if values["mode"] in ("P", "PA"):
        return t("data_pictures.said_palette")
    if values["mode"] in ("L", "LA", "1"):
        return t("data_pictures.said_grey")
    return t("data_pictures.said_srgb")


def _said_size(t: Words, values: Values) -> str:
    pixels = decimal(values["merged"], t.lang, 0 if values["merged"] >= 10 else 1)
    lost = decimal(values["lost"], t.lang, 1)
    if values["fit"] == "pad" and values["paper"] > 0:
        return t("data_pictures.said_pad", paper=share(values["paper"], t.lang), n=pixels,
                 lost=lost)  # fmt: skip
    if values["fit"] == "scale" and values["stretched"] != 1:
        wider = share(values["stretched"], t.lang)
        return t("data_pictures.said_scale", wider=wider, n=pixels, lost=lost)
    if values["cut"] > 0:
        return t("data_pictures.said_crop", cut=share(values["cut"], t.lang), n=pixels, lost=lost)
    return t("data_pictures.said_square", n=pixels, lost=lost)


def _said_metadata(t: Words, values: Values) -> str:
    if not values["n_entries"]:
        return t("data_pictures.said_no_metadata")
    told: list[str] = [t("data_pictures.meta_position")] if values["position"] else []
    told += [t("data_pictures.meta_time")] if values["time"] else []
    told += [t("data_pictures.meta_person")] if values["person"] else []
    camera = " ".join(each for each in (values["maker"], values["camera"]) if each)
    told += [camera] if camera else []
    n = whole(values["n_entries"], t.lang)
    if not told:
        return t("data_pictures.said_entries", n=n)
    return t("data_pictures.said_metadata", n=n, told=", ".join(told))

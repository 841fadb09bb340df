"""The card: what the picture filter has learned, and where it is blind."""

from html import escape

import streamlit as st

from core.postprocessing.pictures.filter_trials import Trial, blind_spots
from core.postprocessing.pictures.picture_filter import FilterSettings
from pages.kit import controls
from pages.kit.catalogue import Words
from pages.kit.frame import card, computed_now, note
from pages.kit.numbers import share, whole
from pages.postprocessing.pictures.finishing import N_EXAM, exam, filter_settings, trained

N_TRIAL = 200  # pictures of each kind


@st.cache_data(max_entries=12, show_spinner=False)
def spots(settings: FilterSettings) -> dict[str, Trial]:
    """A filter where it is weak."""
    return dict(blind_spots(trained(settings), N_TRIAL))


def card_of(t: Words) -> None:
    """Draw the card."""
    with card("picture_filter", t("postprocessing_pictures.learning_card"), computed_now(t)):
        note(t("postprocessing_pictures.learning_about"))
        with st.container(horizontal=True, key="gb_filter_controls", vertical_alignment="bottom"):
            controls.slider("picture_filter_n", t("postprocessing_pictures.filter_n"))
            controls.toggle("picture_filter_noise", t("postprocessing_pictures.filter_noise"))
        with st.spinner(t("postprocessing_pictures.learning")):
            settings = filter_settings()
            _rows(settings, t)
        note(t("postprocessing_pictures.learning_note"))


def _rows(settings: FilterSettings, t: Words) -> None:
    """Missed and false alarms: on pictures of the usual kind, then on each unusual one."""
    counts = exam(settings).at(0.5)
    n_fine = counts.false_alarms + counts.passed
    usual = Trial(N_EXAM, 1.0 - counts.recall, counts.false_alarms / max(1, n_fine))
    names = {
        "usual": t("postprocessing_pictures.spot_usual"),
        "noise": t("postprocessing_pictures.spot_noise"),
        "darker": t("postprocessing_pictures.spot_darker"),
        "grey": t("postprocessing_pictures.spot_grey"),
        "new_animal": t("postprocessing_pictures.spot_new_animal"),
        "new_colour": t("postprocessing_pictures.spot_new_colour"),
        "mirrored": t("postprocessing_pictures.spot_mirrored"),
        "moved": t("postprocessing_pictures.spot_moved"),
    }
    found = {"usual": usual, **spots(settings)}
    rows = "".join(_row(name, found[key], t) for key, name in names.items())
    heads = "".join(
        f"<th scope='col'>{escape(head)}</th>"
        for head in (
            t("postprocessing_pictures.spot_kind"),
            t("postprocessing_pictures.spot_missed"),
            t("postprocessing_pictures.spot_alarms"),
            t("postprocessing_pictures.spot_n"),
        )
    )
    st.html(
        f"<div class='gb-scroll' tabindex='0'><table class='gb-table gb-spots'><thead><tr>{heads}"
        f"</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(name: str, trial: Trial, t: Words) -> str:
    alarms = "–" if trial.false_alarms is None else share(trial.false_alarms, t.lang, 1)
    bar = f"<i style='width:{100 * trial.missed:.0f}%'></i>"
    return (
        f"<tr><td>{escape(name)}</td><td><span class='gb-miss'>{bar}</span>"
        f"{share(trial.missed, t.lang, 1)}</td><td>{alarms}</td>"
        f"<td>{whole(trial.n, t.lang)}</td></tr>"
    )

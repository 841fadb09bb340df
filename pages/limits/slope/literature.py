"""What publications say for and against emergence as a jump; none of it is measured here."""

from pages.kit.catalogue import Words
from pages.kit.frame import note
from pages.limits import literature


def draw(t: Words) -> None:
    """Two columns, each entry with its source."""
    note(t("slope.literature_about"))
    literature.columns(
        {
            t("slope.speaks_for"): (
                (t("slope.for_wei"), "Wei et al. 2022", "2206.07682"),
                (t("slope.for_ganguli"), "Ganguli et al. 2022", "2202.07785"),
                (t("slope.for_du"), "Du et al. 2024", "2403.15796"),
            ),
            t("slope.speaks_against"): (
                (t("slope.against_schaeffer"), "Schaeffer et al. 2023", "2304.15004"),
                (t("slope.against_kaplan"), "Kaplan et al. 2020", "2001.08361"),
                (t("slope.against_hoffmann"), "Hoffmann et al. 2022", "2203.15556"),
            ),
        }
    )
    note(t("slope.literature_so"))

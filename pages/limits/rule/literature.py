"""What the literature says for and against “it reasons”; none of it is measured here."""

from pages.kit.catalogue import Words
from pages.kit.frame import note
from pages.limits import literature


def draw(t: Words) -> None:
    """Two columns, each entry with its source."""
    note(t("rule.literature_about"))
    literature.columns(
        {
            t("rule.speaks_for"): (
                (t("rule.for_power"), "Power et al. 2022", "2201.02177"),
                (t("rule.for_nanda"), "Nanda et al. 2023", "2301.05217"),
                (t("rule.for_wei"), "Wei et al. 2022", "2201.11903"),
                (t("rule.for_bubeck"), "Bubeck et al. 2023", "2303.12712"),
            ),
            t("rule.speaks_against"): (
                (t("rule.against_mirzadeh"), "Mirzadeh et al. 2024", "2410.05229"),
                (t("rule.against_turpin"), "Turpin et al. 2023", "2305.04388"),
                (t("rule.against_lee"), "Lee et al. 2023", "2307.03381"),
            ),
        }
    )
    note(t("rule.literature_so"))

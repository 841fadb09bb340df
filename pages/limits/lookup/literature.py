"""What is known of looking things up in large systems; none of it is measured here."""

from pages.kit.catalogue import Words
from pages.limits import literature


def draw(t: Words) -> None:
    """What helps and what remains, each entry with its source."""
    literature.columns(
        {
            t("lookup.known_helps"): (
                (t("lookup.known_rag"), "Lewis et al. 2020", "2005.11401"),
                (t("lookup.known_dense"), "Karpukhin et al. 2020", "2004.04906"),
                (t("lookup.known_conflict"), "Longpre et al. 2021", "2109.05052"),
            ),
            t("lookup.known_remains"): (
                (t("lookup.known_middle"), "Liu et al. 2023", "2307.03172"),
                (t("lookup.known_citing"), "Liu, Zhang & Liang 2023", "2304.09848"),
                (t("lookup.known_injection"), "Greshake et al. 2023", "2302.12173"),
            ),
        }
    )

"""What a link to this station carries; see `pages.kit.setting`."""

from typing import Final

from core.languages import LANGS
from pages.kit.setting import Setting

# The switches of core.data.text.cleaning, not imported here because no heading should wait for it.
CLEANING_RULES: Final = (
    *("encoding", "html", "invisible", "unicode", "white_space"),
    *("short", "duplicates"),
)


def _own_language() -> str:
    """The visitor's: a minute of training is enough for one language, not for both."""
    from pages.kit import state

    return state.lang()


SETTINGS: Final = (
    Setting("data_source", "world", choices=("world", "text", "files")),
    Setting("world_documents", 8000, low=500, high=20000, step=500),
    Setting("world_language", None, choices=("both", *LANGS), begins=_own_language),
    Setting("world_german", 0.5, step=0.05),  # with both: the share of German
    Setting("world_duplicates", 0.1, high=2.0, step=0.1),  # copies, as a share of documents
    Setting("world_noise", 0.1, high=0.5, step=0.05),
    Setting("world_private", 0.0, high=0.5, step=0.05),
    Setting("world_boilerplate", 0.0, high=0.5, step=0.05),
    Setting("world_left_out", 0.0, high=0.5, step=0.05),
    Setting("world_roles", 0.5, low=0.5, step=0.05),  # 0.5: even
    *(Setting(f"clean_{rule}", True) for rule in CLEANING_RULES),
    Setting("vocabulary", 3000, low=300, high=8000, step=100),
)

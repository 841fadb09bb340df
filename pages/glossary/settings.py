"""What a link to this station carries; see `pages.kit.setting`."""

from typing import Final

from pages.kit.setting import Setting

SETTINGS: Final = (
    Setting("glossary_query", "", max_length=60),
    Setting("glossary_order", "steps", choices=("steps", "alphabet")),
)

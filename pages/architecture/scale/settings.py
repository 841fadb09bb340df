"""What a link to this station carries; see `pages.kit.setting`."""

from typing import Final

from pages.kit.setting import Setting

SETTINGS: Final = (
    Setting("scale_measure", "parameters", choices=("parameters", "tokens", "flops", "hours")),
)

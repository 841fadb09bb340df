"""What a link to this station carries; see `pages.kit.setting`."""

from typing import Final

from pages.kit.setting import Setting

BESIDE: Final = ("cleaning", "longer", "larger", "more", "unsure")
"""What is trained beside the texts as they are."""

SETTINGS: Final = (
    Setting("often_steps", 120, low=60, high=480, step=60),
    Setting("often_beside", "cleaning", choices=BESIDE),
)

"""What a link to this station carries; see `pages.kit.setting`.

The visitor's own sentence is none of it: a secret does not belong into an address.
"""

from typing import Final

from pages.kit.setting import Setting

BESIDE: Final = ("nothing", "exact", "near", "small", "large")
"""What is trained beside the text as it is."""

SETTINGS: Final = (
    Setting("byheart_copies", 16, low=0, high=64, step=1),
    Setting("byheart_steps", 80, low=40, high=160, step=20),
    Setting("byheart_beside", "nothing", choices=BESIDE),
)

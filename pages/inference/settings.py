"""What a link to this station carries; see `pages.kit.setting`."""

from typing import Final

from pages.kit.setting import Setting

SETTINGS: Final = (
    Setting("candidates", "words", choices=("words", "tokens")),
    Setting("temperature", 1.0, high=2.0, step=0.05),  # 1: as learned, as on all other pages
    Setting("top_k", 0, low=0, high=200, step=1),  # 0 keeps all
    Setting("top_p", 1.0, low=0.05, step=0.01),
    Setting("max_tokens", 60, low=1, high=400, step=1),
)

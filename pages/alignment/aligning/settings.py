"""What a link to this station carries; see `pages.kit.setting`."""

from typing import Final

from pages.alignment.preferring.settings import PREFER_RULES
from pages.kit.setting import Setting

SETTINGS: Final = (
    Setting("align_way", "dpo", choices=("dpo", "grpo")),
    Setting("align_reward", "rule", choices=("rule", "model")),
    Setting("align_rule", "polite", choices=PREFER_RULES),
    Setting("kl_weight", 0.1, high=1.0),
    Setting("align_steps", 40, low=10, high=200, step=10),
)

"""What a link to this station carries; see `pages.kit.setting`."""

from typing import Final

from pages.kit.setting import Setting

SETTINGS: Final = (
    Setting("learning_rate", 0.02, low=0.0005, high=2.0),
    Setting("n_steps", 1200, low=100, high=10000, step=100),
    Setting("n_batch", 8, low=1, high=128, step=1),
    Setting("optimizer", "muon", choices=("muon", "adamw")),
    Setting("pair", "none", choices=("none", "learning_rate", "size")),
    Setting("learning_rate_b", 0.2, low=0.0005, high=2.0),
    Setting("size_b", "xs", choices=("xs", "s", "m", "l", "xl")),
    Setting("curve", "bits", choices=("bits", "nats", "shares")),
    Setting("run_shown", "yours", choices=("yours", "house")),
)

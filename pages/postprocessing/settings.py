"""What a link to this station carries; see `pages.kit.setting`."""

from typing import Final

from pages.kit.setting import Setting

SETTINGS: Final = (
    Setting("answer_source", "letter", choices=("letter", "model", "own")),
    Setting("private_action", "mask", choices=("mask", "blocks", "pseudonymise", "remove")),
    Setting("private_kinds", "", max_length=120),  # kinds with their own action: "iban:remove"
    Setting("threshold", 0.5),
    Setting("tone", "formal", choices=("as_is", "formal", "informal")),
    Setting("shorten_to", 200, low=60, high=400, step=20),
    Setting("stage_line", "", max_length=160),  # names in their order, "-" before those off
)

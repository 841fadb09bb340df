"""What a link to this station carries; see `pages.kit.setting`."""

from typing import Final

from pages.kit.setting import Setting


def _letter() -> str:
    """A letter in the visitor's language, with the travelling sentence."""
    from pages.kit import state

    return state.t()("sending.asked_start", sentence=state.sentence())


SETTINGS: Final = (
    Setting("sending_asked", "", max_length=400, begins=_letter),
    Setting("sending_stages", "default", choices=("none", "default", "strict", "letter", "all")),
    Setting("sending_mask", "before", choices=("before", "after")),
    Setting("sending_quote", True),
    Setting("sending_form", "text", choices=("text", "json")),
)

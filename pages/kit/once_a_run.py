"""What one run of a page asks more than once, and whose answer cannot change meanwhile."""

from collections.abc import Callable
from functools import wraps
from typing import Final, TypeVar, cast

from streamlit.runtime.scriptrunner import get_script_run_ctx

T = TypeVar("T")
KEPT_AS: Final = "_glassbox_answers"


def once_a_run(ask: Callable[[], T]) -> Callable[[], T]:
    """Ask something without arguments once in each run of a page; elsewhere every time."""

    @wraps(ask)
    def asked() -> T:
        context = get_script_run_ctx(suppress_warning=True)
        if context is None:
            return ask()
        kept: tuple[object, dict[object, object]] = getattr(context, KEPT_AS, (None, {}))
        run, answers = kept
        if run is not context.cursors:  # Streamlit makes new ones for every run
            answers = {}
            setattr(context, KEPT_AS, (context.cursors, answers))
        if ask not in answers:
            answers[ask] = ask()
        return cast(T, answers[ask])

    return asked

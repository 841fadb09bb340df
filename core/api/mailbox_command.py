"""`python -m core mailbox IN OUT`: answer a folder of letters, every answer through the stages.

Ends with 0 if every letter was answered, 1 if some were skipped, 2 if nothing could be begun.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

from core.api.errors import ApiError
from core.api.filtering import stages_of
from core.api.mailbox import Mailbox, Result, answered, check_out, write_out
from core.api.models import NOBODY, model_named
from core.errors import GlassboxError
from core.house import install
from core.languages import Lang
from core.postprocessing.stages import StageSetting
from core.services import Services
from core.store import Store

ALL_ANSWERED: Final = 0
SOME_SKIPPED: Final = 1
NOT_BEGUN: Final = 2


def answer_mailbox(
    letters: Path,
    out: Path,
    *,
    lang: Lang | None = None,
    stages: str = "letter",
    model: str | None = None,
    seed: int = 0,
    say: Callable[[str], None] = print,
    services: Services | None = None,
) -> int:
    """Answer a folder of letters.

    Args:
        letters: the folder to read.
        out: the folder to write; it must be empty, or not be there yet.
        lang: language of the answers; None: of each letter.
        stages: name of a preset, or a file with a list of stages as JSON.
        model: as the API names it; None: the house's.
        seed: of all draws.
        say: is told a line about every letter.
        services: the store and the writer; None: those of this machine.

    Returns:
        how the command ends.
    """
    own = services is None
    try:
        check_out(out)
        line = _stages(stages)
        services = services or _services()
    except (GlassboxError, ApiError, OSError) as error:
        say(f"nothing was begun: {error}")
        return NOT_BEGUN
    try:
        chosen = model_named(services.store, NOBODY, model)
        mailbox = Mailbox(services, NOBODY, chosen, line, lang, seed)
        results = []
        for result in answered(mailbox, letters):
            results.append(result)
            say(_told(len(results), result))
        write_out(out, results)
    except (GlassboxError, ApiError, OSError) as error:
        say(f"nothing was written: {error}")
        return NOT_BEGUN
    finally:
        if own:
            services.close()
    n_answered = sum(result.envelope is not None for result in results)
    say(f"{n_answered} of {len(results)} letters answered by {chosen.name}, in {out}")
    return ALL_ANSWERED if n_answered == len(results) else SOME_SKIPPED


def _stages(asked: str) -> tuple[StageSetting, ...]:
    path = Path(asked)
    if path.suffix == ".json":
        return stages_of(json.loads(path.read_text(encoding="utf-8")))
    return stages_of(asked)


def _services() -> Services:
    """The store of this machine with the house's models in it, and a writer."""
    services = Services.of(Store.from_environment())
    install(services.store)
    services.writer.start()
    return services


def _told(number: int, result: Result) -> str:
    """One line about one letter."""
    head = f"{number:3d}  {result.name}: "
    envelope = result.envelope
    if envelope is None:
        return head + f"skipped, {result.error}"
    found = ", ".join(
        f"{n} {kind}" for stage in envelope.stages for kind, n in stage["kinds"].items()
    )
    held = "held back" if envelope.held_back else "answered"
    return head + held + (f" ({found})" if found else "")

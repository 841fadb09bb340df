"""Which model the glass view opens: one's own, the example model, the plan, or one on disk."""

from dataclasses import replace
from typing import Final

import streamlit as st

from core.architecture.config import ModelConfig
from core.architecture.text.on_disk import OnDisk, models_on_disk
from core.architecture.text.pretrained import load_pretrained
from core.architecture.transformer import Transformer
from core.data.text.encoding import TextEncoder
from core.data.text.published import load_encoder
from core.errors import GlassboxError
from core.lineage import content_id
from core.once import once
from pages.architecture import looking
from pages.architecture.bench import Bench
from pages.architecture.looking import Looked
from pages.architecture.switching import switched
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.frame import note, show_error

N_CONTEXT: Final = 512  # of a model on disk; its tables for longer texts would only take memory


def chosen(bench: Bench, owner: str, config: ModelConfig, t: Words) -> Looked | None:
    """The choice between the models at hand, and the model that is chosen.

    Returns:
        the model; None if it cannot be opened, which has been said.
    """
    on_disk = {f"disk:{each.name}": each for each in models_on_disk()}
    trained = {f"trained:{each.whose}": each for each in bench.trained}
    names = {
        **{
            key: t("architecture.of_yours" if each.whose == "yours" else "architecture.of_house")
            for key, each in trained.items()
        },
        "design": t("glass.of_design"),
        **{key: each.name for key, each in on_disk.items()},
    }
    wanted = switched(names, t, "glass_model")
    if wanted in trained:
        return looking.trained(owner, trained[wanted])
    if wanted in on_disk:
        return _opened(on_disk[wanted], t)
    fitting = replace(config, n_vocab=bench.encoder.n_vocab)
    found = looking.untrained(fitting, bench.encoder, state.seed())
    if found is None:
        note(t("architecture.too_large"))
    return found


def _opened(found: OnDisk, t: Words) -> Looked | None:
    try:
        with st.spinner(t("glass.opening", name=found.name)):
            key, model, encoder = _loaded(found)
    except GlassboxError as error:
        show_error(error, t)
        return None
    return Looked(key, model, encoder, "others")


@once(1)
def _loaded(found: OnDisk) -> tuple[str, Transformer, TextEncoder]:
    """The model for everybody who asks for it; one at a time, since each takes much memory."""
    model = load_pretrained(found.path, N_CONTEXT)
    about = f"{found.path} {found.path.stat().st_mtime_ns}"
    return content_id(about.encode()), model, load_encoder(found.path)

"""An adapter comes back: a file is checked, put on the model, and lies on the bench as if learned.

Invariant: a file that cannot be used changes nothing, and what lay on the bench stays in the store.
"""

from typing import Any, Final

import streamlit as st

from core.alignment.pictures.tuning.adapter_files import (
    Adapter,
    read_adapter,
    tuned_file,
    with_adapter,
)
from core.alignment.tuning.lora import in_attention, n_trained
from core.errors import GlassboxError
from core.inference.pictures.model import PictureModel
from core.lineage import Artifact, content_id
from core.modality import PICTURES
from core.services import services
from pages.alignment.pictures.ground import Ground
from pages.alignment.pictures.showing import Seen
from pages.alignment.tuning.pictures import teaching
from pages.kit import site, state
from pages.kit.catalogue import Words
from pages.kit.frame import Figure, note, show_error
from pages.kit.numbers import whole

UPLOAD_LIMIT_MB: Final = 100  # above our own limit, so that our error message is the one shown
FROM_FILE: Final = "adapter"  # the setting that tells such a model from a run's
ERROR: Final = "_put_on_error"
CHECKED: Final = "_put_on_checked"


def draw(on: Ground, model: PictureModel, seen: Seen | None, t: Words) -> None:
    """The field for a file, what is in it, and what lies on the bench.

    Args:
        on: the model it would be put on, as an artefact.
        model: the same, opened.
        seen: the newest run.
        t: the visitor's words.
    """
    if state.depth() != "watch":
        with st.container(key="gb_put_on"):
            file = st.file_uploader(
                t("tuning_pictures.put_on"),
                key="adapter_upload",
                max_upload_size=UPLOAD_LIMIT_MB,
                help=t("tuning_pictures.put_on_hint"),
            )
            if file is not None:
                _offer(file.getvalue(), on, model, seen, t)
            if (error := st.session_state.pop(ERROR, None)) is not None:
                show_error(error, t)
    if (lies := on_bench()) is not None:
        _tell(lies, t)


def _offer(data: bytes, on: Ground, model: PictureModel, seen: Seen | None, t: Words) -> None:
    """What a file holds and the way onto the model; else why it cannot be used."""
    lies = on_bench()
    if lies is not None and lies.settings[FROM_FILE] == content_id(data):
        return  # it has been put on, which is said below
    adapter = _checked(data, on, model)
    if isinstance(adapter, GlassboxError):
        show_error(adapter, t)
        return
    what, rank = teaching.subject_name(adapter.subject, t), whole(adapter.rank, t.lang)
    if adapter.words:
        words = ", ".join(adapter.words)
        note(t("tuning_pictures.put_on_found", what=what, rank=rank, words=words))
    else:
        note(t("tuning_pictures.put_on_wordless", what=what, rank=rank))
    if adapter.learned_on and adapter.learned_on != on.model.id:
        note(t("tuning_pictures.put_on_other"))
    going = seen is not None and not seen.run.is_finished
    if going:
        note(t("tuning_pictures.put_on_waits"))
    elif seen is not None and seen.run.result == _tuned_id():
        note(t("tuning_pictures.put_on_replaces"))
    st.button(
        t("tuning_pictures.put_on_now"),
        key="adapter_put_on",
        on_click=_put,
        args=(on, model, adapter, content_id(data)),
        disabled=going,
    )


def _checked(data: bytes, on: Ground, model: PictureModel) -> Adapter | GlassboxError:
    """What the file holds, or why it cannot be used; found out once for each file and model."""
    key = (content_id(data), on.model.id)
    known, found = st.session_state.get(CHECKED, (None, None))
    if known != key or found is None:
        try:
            found = read_adapter(data)
            with_adapter(model, found)
        except GlassboxError as error:
            found = error
        st.session_state[CHECKED] = (key, found)
    checked: Adapter | GlassboxError = found
    return checked


def _put(on: Ground, model: PictureModel, adapter: Adapter, file_id: str) -> None:
    try:
        put_on(state.owner(), on, model, adapter, file_id)
    except GlassboxError as error:
        st.session_state[ERROR] = error


def put_on(owner: str, on: Ground, model: PictureModel, adapter: Adapter, file_id: str) -> Artifact:
    """Keep the model that an adapter makes, and put it on the bench, as a finished run does.

    Args:
        owner: whose bench.
        on: the model it is put on, as an artefact.
        model: the same, opened.
        adapter: what the file holds.
        file_id: its content's.

    Raises:
        UnusableAdapter: it does not fit the model.
        StoreError: it cannot be kept.
    """
    plain, n_words = model.denoiser, len(adapter.words)
    more: dict[str, Any] = {"subject": adapter.subject, "rank": adapter.rank}
    made = services().store.artifacts.keep(
        owner,
        "tuned",
        tuned_file(model, adapter),
        parents=[on.encoder.id, on.model.id],
        modality=PICTURES,
        settings={FROM_FILE: file_id, "words": list(adapter.words), **more},
        numbers={
            **more,
            "step": adapter.step,
            "n_trained": n_trained(plain, adapter.rank, in_attention)
            + n_words * plain.config.n_channels,
            "n_parameters": plain.n_parameters,
            "n_words_learned": n_words,
        },
    )
    services().store.benches.put(owner, "a", made.id, "tuned")
    return made


def on_bench() -> Artifact | None:
    """The tuned model on the visitor's bench, if it was made from an adapter's file."""
    slot = services().store.benches.view(state.owner(), PICTURES)["a"].get("tuned")
    return slot.artifact if slot and FROM_FILE in slot.artifact.settings else None


def _tuned_id() -> str:
    slot = services().store.benches.view(state.owner(), PICTURES)["a"].get("tuned")
    return slot.artifact.id if slot else ""


def _tell(lies: Artifact, t: Words) -> None:
    """What lies on the bench, and the way to draw with it."""
    what = teaching.subject_name(str(lies.settings["subject"]), t)
    words = ", ".join(lies.settings["words"])
    if words:
        note(t("tuning_pictures.put_on_lies", what=what, words=words))
    else:
        note(t("tuning_pictures.put_on_lies_wordless", what=what))
    label = t("tuning_pictures.put_on_inference")
    st.page_link(site.page("inference", t), label=label, query_params=state.shared())


def passed_on(t: Words) -> list[Figure]:
    """What an adapter's model on the bench brings along; nothing if a run's lies there."""
    lies = on_bench()
    if lies is None:
        return []
    n = whole(len(lies.settings["words"]), t.lang)
    return [
        Figure(n, t("tuning_pictures.put_on_words"), "yours"),
        Figure(whole(int(lies.settings["rank"]), t.lang), t("tuning.rank"), "yours"),
    ]

"""Where the text comes from: the invented town, a pasted text, files; and the controls for each.

Invariant: an error, a change of page or a reload never loses what was typed or uploaded.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from hashlib import blake2b
from typing import Any, Final

import streamlit as st

from core.data.text.documents import Corpus, Document
from core.data.text.files import FILE_TYPES, LIMIT_BYTES, Reading, documents_from_text
from core.data.untrusted import read_file_untrusted
from core.data.world import WorldSettings, tell
from core.errors import GlassboxError, TooLarge
from core.modality import TEXT
from core.once import once
from core.services import services
from core.store.retention import DRAFT_DAYS
from pages.kit import controls, drafts, state
from pages.kit.catalogue import Words
from pages.kit.frame import note, show_error
from pages.kit.numbers import whole
from pages.kit.town import town_note

N_SAMPLE: Final = 200  # documents in the preview, as long as nothing has been prepared
SAMPLE_CHARACTERS: Final = 120_000  # the preview's limit where documents are long
LOOKED_AT: Final = 8_000  # characters of each document in the preview
UPLOAD_LIMIT_MB: Final = 100  # above our own limit, so that our error message is the one shown
KEPT: Final = "kept:"  # prefix of the ids of files that were read before a reload

Readings = dict[str, tuple[str, Reading | GlassboxError]]
"""By the id of the upload: the file's name, and what was read or what is wrong."""


@dataclass(frozen=True)
class Arrived:
    """The texts that came in.

    Args:
        world: settings of the invented town; None for the visitor's own text.
        corpus: the bytes of the visitor's corpus; None for the town.
        sample: the first documents, for the preview.
        n_documents: how many documents there are in all.
    """

    world: WorldSettings | None
    corpus: bytes | None
    sample: tuple[Document, ...]
    n_documents: int


def arriving(t: Words) -> Arrived | None:
    """The controls of the chosen source; None as long as it has no text."""
    names = {
        "world": t("data.source_world"),
        "text": t("data.source_text"),
        "files": t("data.source_files"),
    }
    source = controls.choice("data_source", t("data.source"), names.__getitem__, show_label=False)
    if source == "world":
        town_note(t)
        return of_world(world_controls(t))
    try:
        documents = pasted(t) if source == "text" else uploaded(t)
    except GlassboxError as error:
        show_error(error, t)
        return None
    return of_documents(documents) if documents else None


def world_controls(t: Words) -> WorldSettings:
    """The controls of the invented town; the rarer ones only under "dig"."""
    names = {
        "both": t("data.language_both"),
        "de": t("data.language_de"),
        "en": t("data.language_en"),
    }
    controls.choice("world_language", t("data.language"), names.__getitem__, show_label=False)
    controls.slider("world_documents", t("data.documents"))
    controls.slider(
        "world_duplicates", t("data.duplicates"), percent=True, help=t("data.duplicates_help")
    )
    controls.slider("world_noise", t("data.noise"), percent=True, help=t("data.noise_help"))
    if state.depth() == "dig":
        rarer_controls(t)
    return world_settings()


def rarer_controls(t: Words) -> None:
    """Sliders for flaws that no cleaning rule here removes."""
    if state.value("world_language") == "both":
        controls.slider("world_german", t("data.german"), percent=True)
    controls.slider("world_private", t("data.private"), percent=True, help=t("data.private_help"))
    controls.slider("world_boilerplate", t("data.boilerplate"), percent=True)
    controls.slider(
        "world_left_out", t("data.left_out"), percent=True, help=t("data.left_out_help")
    )
    controls.slider("world_roles", t("data.roles"), percent=True, help=t("data.roles_help"))


def world_settings() -> WorldSettings:
    """The town's settings as the controls have them, whether or not they are on the page."""
    one_language = {"de": 1.0, "en": 0.0}.get(state.value("world_language"))
    return WorldSettings(
        n_documents=state.value("world_documents"),
        german_share=state.value("world_german") if one_language is None else one_language,
        left_out_share=state.value("world_left_out"),
        role_skew=state.value("world_roles"),
        duplicate_share=state.value("world_duplicates"),
        noise_share=state.value("world_noise"),
        private_share=state.value("world_private"),
        boilerplate_share=state.value("world_boilerplate"),
    )


def of_world(world: WorldSettings) -> Arrived:
    """The town's first documents, generated now."""
    n_copies = int(world.duplicate_share * world.n_documents + 0.5)
    return Arrived(world, None, first_told(world), world.n_documents + n_copies)


@once(64)
def first_told(world: WorldSettings) -> tuple[Document, ...]:
    """The town's first documents, identical to the beginning of the whole corpus."""
    values = {**world.__dict__, "n_documents": min(N_SAMPLE, world.n_documents)}
    return tuple(tell(WorldSettings(**values)))


def pasted(t: Words) -> tuple[Document, ...]:
    """The passages of the text in the box."""
    before = restored("pasted")
    start = drafts.recall("data_text", joined(before))
    text = st.text_area(
        t("data.paste"), start, key="data_text", height=260, placeholder=t("data.paste_here")
    )
    drafts.keep("data_text")
    note(t("data.stays_here", days=DRAFT_DAYS))
    if not text:
        return ()
    if before and text == joined(before):
        return before
    return remembered(
        "text", text.encode("utf-8", "replace"), lambda: documents_from_text(text, "pasted")
    )


def uploaded(t: Words) -> tuple[Document, ...]:
    """The documents of all readable files; for the others the page says what is wrong."""
    files = st.file_uploader(
        t("data.files", types=" ".join(FILE_TYPES)),
        accept_multiple_files=True,
        max_upload_size=UPLOAD_LIMIT_MB,
        key="data_files",
        on_change=_forget_removed,
    )
    note(t("data.stays_here", days=DRAFT_DAYS))
    if "_data_read" not in st.session_state:
        st.session_state["_data_read"] = kept_files()
    read: Readings = st.session_state["_data_read"]
    for file in files:
        if file.file_id not in read:
            with st.spinner(t("data.reading", name=file.name)):
                read[file.file_id] = (file.name, _read(file.name, file.getvalue()))
    keep_files(read)
    documents: list[Document] = []
    for name, result in read.values():
        if isinstance(result, GlassboxError):
            if "name" not in result.values:  # several files: say which
                note(name)
            show_error(result, t)
        else:
            _say_read(t, name, result)
            documents += result.documents
    if any(id.startswith(KEPT) for id in read):  # the uploader does not know them
        st.button(t("data.files_forget"), key="data_files_forget", on_click=_forget_kept)
    if sum(len(document.text) for document in documents) > LIMIT_BYTES:
        size, limit = sum(len(d.text) for d in documents) / 2**20, LIMIT_BYTES // 2**20
        raise TooLarge("all files together", size_mb=round(size, 1), limit_mb=limit)
    return tuple(documents) if read else restored("files")


def _forget_removed() -> None:
    """Forget files the visitor removed; a file that is only out of sight stays read."""
    read: Readings = st.session_state.get("_data_read", {})
    for gone in read.keys() - {file.file_id for file in st.session_state["data_files"]}:
        if not gone.startswith(KEPT):
            del read[gone]


def _forget_kept() -> None:
    """Drop the files that were read before a reload."""
    read: Readings = st.session_state["_data_read"]
    for gone in [id for id in read if id.startswith(KEPT)]:
        del read[gone]


def keep_files(read: Readings) -> None:
    """Keep readable files until the visitor removes them; the others are not kept."""
    if st.session_state.get("_data_kept") == tuple(read):
        return
    found = [[name, asdict(one)] for name, one in read.values() if isinstance(one, Reading)]
    if sum(len(text["text"]) for _, one in found for text in one["documents"]) <= drafts.MOST:
        drafts.store("data_files", found or None)
    st.session_state["_data_kept"] = tuple(read)


def kept_files() -> Readings:
    """The files that were read before a reload."""
    found = drafts.known("data_files") or ()
    return {
        f"{KEPT}{n}": (name, Reading(**{**one, "documents": _documents(one["documents"])}))
        for n, (name, one) in enumerate(found)
    }


def _documents(found: list[dict[str, Any]]) -> tuple[Document, ...]:
    return tuple(Document(**one) for one in found)


def _read(name: str, data: bytes) -> Reading | GlassboxError:
    try:
        return read_file_untrusted(name, data)
    except GlassboxError as error:
        return error


def _say_read(t: Words, name: str, reading: Reading) -> None:
    """Say what was found in a file and what had to be skipped."""
    n = whole(len(reading.documents), t.lang)
    said = t("data.file_read", name=name, n=n, encoding=reading.encoding.upper())
    if reading.column is not None:
        said += " " + t("data.file_column", column=reading.column)
    if reading.n_skipped:
        said += " " + t("data.file_skipped", n=whole(reading.n_skipped, t.lang))
    if reading.n_broken:
        said += " " + t("data.file_broken", n=whole(reading.n_broken, t.lang))
    if reading.n_unclosed:
        said += " " + t("data.file_unclosed", n=whole(reading.n_unclosed, t.lang))
    note(said)


def restored(source: str) -> tuple[Document, ...]:
    """The text that was handed in for what lies on the bench, after a reload; pasted or files."""
    store, owner = services().store, state.owner()
    corpus = store.benches.of(owner, TEXT).lanes["a"].get("corpus")
    parents = store.artifacts.get(owner, corpus, "corpus").parents if corpus else ()
    if not parents:
        return ()
    documents = remembered("bench", parents[0].encode(), lambda: _stored(parents[0]))
    return (
        documents if documents and (documents[0].source == "pasted") == (source == "pasted") else ()
    )


def _stored(id: str) -> list[Document]:
    return list(Corpus.from_bytes(services().store.artifacts.read(state.owner(), id)))


def joined(documents: tuple[Document, ...]) -> str:
    """Passages as one text to go on with."""
    return "\n\n".join(document.text for document in documents)


def remembered(name: str, key: bytes, make: Callable[[], list[Document]]) -> tuple[Document, ...]:
    """Documents made from `key`, remade only when it changes; one cached result per name."""
    digest = blake2b(key, digest_size=16).digest()
    kept = st.session_state.get(f"_data_made_{name}")
    if kept is None or kept[0] != digest:
        kept = (digest, tuple(make()))
        st.session_state[f"_data_made_{name}"] = kept
    return kept[1]


def of_documents(documents: tuple[Document, ...]) -> Arrived:
    """The visitor's own documents: their corpus, and the first of them for the preview."""
    kept = st.session_state.get("_data_arrived")
    if kept is None or (kept[0] is not documents and kept[0] != documents):
        sample: list[Document] = []
        for document in documents[:N_SAMPLE]:
            if sample and sum(len(d.text) for d in sample) > SAMPLE_CHARACTERS:
                break
            sample.append(replace(document, text=document.text[:LOOKED_AT]))
        corpus = Corpus(documents).to_bytes()
        kept = (documents, Arrived(None, corpus, tuple(sample), len(documents)))
        st.session_state["_data_arrived"] = kept
    arrived: Arrived = kept[1]
    return arrived

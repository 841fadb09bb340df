"""A drawing as an artefact: kept with all it was made from, and on the bench for the next step."""

from dataclasses import asdict
from io import BytesIO

import streamlit as st
from PIL import Image

from core.lineage import Artifact
from core.modality import PICTURES
from core.services import services
from pages.inference.pictures.drawer import Drawer
from pages.inference.pictures.stage import Drawing
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.frame import note


def keep_button(drawer: Drawer, drawing: Drawing, t: Words) -> None:
    """The button that hands this picture on, and what has become of it."""
    said = (drawer.id, drawing.asked.caption, drawing.seed, drawing.settings)
    with st.container(key="gb_keep", horizontal=True, vertical_alignment="center"):
        if st.button(t("inference_pictures.keep"), key="keep_picture"):
            keep_generation(drawer, drawing)
            st.session_state["_kept_picture"] = said
        if st.session_state.get("_kept_picture") == said:
            note(t("inference_pictures.kept"))
        else:
            note(t("inference_pictures.keep_about"))


def keep_generation(drawer: Drawer, drawing: Drawing) -> Artifact:
    """Keep the picture; on the bench only if it was drawn by what lies there."""
    store, owner = services().store, state.owner()
    png = BytesIO()
    Image.fromarray(drawing.picture).save(png, "PNG")
    kept = store.artifacts.keep(
        owner,
        "generation",
        png.getvalue(),
        parents=[drawer.id],
        settings={**asdict(drawing.settings), "caption": drawing.asked.caption},
        seed=drawing.seed,
        numbers={"n_drawn": 1},
    )
    lane = store.benches.of(owner, PICTURES).lanes.get(drawer.lane, {})
    chain = {each.kind: each.id for each in store.artifacts.lineage(owner, drawer.id)}
    if all(lane.get(kind, id_) == id_ for kind, id_ in chain.items()):
        store.benches.put(owner, drawer.lane, kept.id, "generation")
    return kept

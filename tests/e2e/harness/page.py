"""The page of the harness: every component, or those that `?show=` names."""

import json
import math
import os
from pathlib import Path

import numpy as np
import streamlit as st
import torch

from core.architecture.transformer import Recording
from core.data.text.bpe import SPECIALS
from core.data.text.graphemes import token_spans
from core.figures.curves import Axes, Curve, curves
from core.inference.surprise import token_losses
from pages.kit import components as parts
from pages.kit import state
from pages.kit.frame import Figure, card
from pages.kit.look import write_look
from tests.e2e.harness.model import ENCODER, MODEL, TEXT

st.set_page_config(page_title="Harness", layout="wide")
t = state.t()
write_look(t)
st.title("Harness")
wanted = st.query_params.get("show", "all").split(",")


def shown(name: str) -> bool:
    return name in wanted or "all" in wanted


prompt = st.query_params.get("prompt", "Am Morgen ging Frau Lindner")
tokens = [ENCODER.end_id, *ENCODER.encode(prompt + " zum Markt.")]
run = st.query_params.get("run", "r1")

if shown("slider"):
    stops = [(0, "xq\ufffd rtü klm", 6.1), (50, " die der und", 3.2), (200, " zum Markt.", 1.2)]
    if "GLASSBOX_HARNESS_STOPS" in os.environ:
        stops = json.loads(Path(os.environ["GLASSBOX_HARNESS_STOPS"]).read_text())
    with card("slider"):
        parts.training_slider(
            [
                parts.Stop(
                    f"Schritt {step}",
                    text,
                    [
                        Figure(str(step), "Schritte gelernt"),
                        Figure(f"{loss / math.log(2):.2f}", "Bit je Token"),
                    ],
                    loss / math.log(2),
                    f"{loss / math.log(2):.2f} Bit je Token",
                )
                for step, text, loss in stops
            ],
            t,
            key="slider",
            prompt=prompt,
            autoplay="autoplay" in wanted,
        )

if shown("tokens"):
    with card("tokens"):
        ids = [0, *ENCODER.encode(TEXT)]
        picked = parts.token_strip(
            token_spans(ENCODER, ids), t, key="tokens", group="long", selectable=True
        )
        st.text(f"picked {picked.token if picked else None}")

if shown("attention"):
    record = Recording()
    with torch.no_grad():
        MODEL(torch.tensor([tokens]), record=record)
    weights = np.stack([w[0].numpy() for w in record.attention_weights])
    spans = token_spans(ENCODER, tokens)
    losses = [None, *(token_losses(MODEL, tokens) / math.log(2)).tolist()]
    values, at = [], 0
    for span in spans:
        own = [v for v in losses[at : at + len(span.ids)] if v is not None]
        values.append(sum(own) if own else None)
        at += len(span.ids)
    with card("sentence"):
        parts.token_strip(
            spans,
            t,
            key="valued",
            values=values,
            scale=parts.Scale("Überraschung", "bit"),
            live_run=run,
        )
    with card("attention"):
        texts = [ENCODER.decode([i]) if i > 2 else SPECIALS[i] for i in tokens]
        cell = parts.attention_view(weights, texts, t, key="attention", layer=0, head=1)
        st.text(f"cell {[cell.layer, cell.head, cell.query, cell.key] if cell else None}")

if shown("lab"):
    with card("lab"):
        now = parts.sampling_lab(
            prompt,
            t,
            key="lab",
            model="house",
            settings=parts.Sampling(candidates="tokens"),
        )
        st.text(f"temperature {now.temperature if now else None}")

if shown("figure"):
    steps = list(range(1, 200))
    train = [1.2 + 5 * math.exp(-s / 40) + 0.1 * math.sin(s) for s in steps]
    valid = [1.3 + 5 * math.exp(-s / 42) for s in steps[::20]]
    with card("figure"):
        fig = curves(
            [
                Curve("geübte Texte", steps, train, "train"),
                Curve("neue Texte", steps[::20], valid, "valid"),
            ],
            Axes("Schritte", "Bit je Byte"),
            marks=parts.marks(t),
        )
        parts.live_figure(
            fig,
            t,
            key="loss",
            alt="Verlust über die Schritte",
            height=300,
            feeds=[
                parts.Feed(run, "step", [(0, "step", "bits_per_byte")]),
                parts.Feed(run, "evaluation", [(1, "step", "validation_bits_per_byte")]),
            ],
        )
        rates = [0.02 * min(1, s / 30) for s in steps]
        axes = Axes("Schritte", "Lernrate")
        fig = curves([Curve("Rate", steps, rates, end_digits=4)], axes, marks=parts.marks(t))
        parts.figure(fig, t, key="rate", alt="Lernrate", height=180, cursor="step")

if shown("lanes"):
    with card("lanes"):
        parts.lanes(
            [
                parts.Consequence("Texte", 4812, 7030, "4 812", "7 030", "+ 2 218", bar=False),
                parts.Consequence("Verlust", 1.31, 1.44, "1,31", "1,44", "+ 0,13", "Bit je Byte"),
                parts.Consequence(
                    "wörtlich kopiert", 0.02, 0.38, "2 %", "38 %", "+ 36 Punkte", top=1.0
                ),
            ],
            t,
            key="lanes",
            names=("ohne Dopplungen", "mit Dopplungen"),
            label="Ein Paar",
        )

if shown("samples"):
    with card("samples"):
        parts.samples_feed(
            [parts.Sample(0, " xq8\ufffdrtü klm"), parts.Sample(100, " die der und Haus")],
            t,
            key="samples",
            prompt=prompt,
            live_run=run,
        )

if shown("map"):
    with card("map"):
        parts.model_map(MODEL.config, t, key="map", n_tokens=len(tokens))

"""Drawings of what people own in the town."""

from core.data.pictures.drawing.parts import Drawing, drawing
from core.data.pictures.drawing.shapes import (
    above,
    arch,
    box,
    common,
    cut,
    disc,
    mirrored,
    oval,
    polygon,
    ring,
    stroke,
    union,
)


def teapot() -> Drawing:
    """A round pot with a spout to the right and a handle to the left."""
    body = oval(-0.04, 0.34, 0.62, 0.56)
    return drawing(
        ("dark", ring(-0.64, 0.22, 0.28, 0.085)),
        ("main", stroke((0.42, 0.52), (0.70, 0.16), (0.92, -0.14), half_width=0.19, end=0.09)),
        ("dark", box(-0.04, 0.90, 0.34, 0.07, 0.05)),
        ("main", body),
        ("dark", common(cut(body, oval(-0.18, 0.18, 0.62, 0.58)), body)),
        ("light", oval(-0.30, 0.16, 0.13, 0.24, 25)),
        ("dark", oval(-0.04, -0.20, 0.40, 0.12)),
        ("main", oval(-0.04, -0.25, 0.34, 0.09)),
        ("deep", disc(-0.04, -0.42, 0.12)),
    )


def boat() -> Drawing:
    """A sailing boat with two sails."""
    hull = polygon((-0.88, 0.42), (0.88, 0.42), (0.56, 0.88), (-0.54, 0.88), round_by=0.07)
    return drawing(
        ("wood", stroke((-0.06, 0.34), (-0.06, -0.92), half_width=0.06)),
        ("cream", polygon((-0.22, -0.60), (-0.22, 0.18), (-0.70, 0.18), round_by=0.05)),
        ("light", polygon((0.10, -0.84), (0.10, 0.18), (0.80, 0.18), round_by=0.05)),
        ("main", polygon((0.10, 0.02), (0.71, 0.02), (0.80, 0.18), (0.10, 0.18), round_by=0.05)),
        ("main", hull),
        ("light", common(hull, box(0, 0.42, 1.0, 0.08))),
        ("dark", common(hull, box(0, 0.92, 1.0, 0.16))),
    )


def ball() -> Drawing:
    """A big ball with a pale band around it."""
    whole = disc(0, 0.24, 0.74)
    wide = common(whole, cut(disc(0.86, 0.98, 1.26), disc(0.98, 1.08, 1.02)))
    band = common(whole, cut(disc(0.86, 0.98, 1.19), disc(0.98, 1.08, 1.10)))
    return drawing(
        ("main", whole),
        ("dark", cut(whole, disc(-0.16, 0.08, 0.76))),
        ("deep", wide),
        ("cream", band),
        ("light", oval(-0.32, -0.08, 0.20, 0.14, -42)),
    )


def kite() -> Drawing:
    """A diamond of four fields, its tail with two bows."""
    return drawing(
        ("wood", stroke((0.10, 0.34), (-0.06, 0.62), (0.16, 0.96), half_width=0.035)),
        ("cream", union(oval(-0.06, 0.60, 0.15, 0.07, 20), oval(0.14, 0.90, 0.15, 0.07, -20))),
        (
            "main",
            polygon((0.06, -0.94), (0.66, -0.30), (0.06, 0.42), (-0.58, -0.30), round_by=0.04),
        ),
        ("light", polygon((0.06, -0.94), (0.06, -0.30), (-0.58, -0.30), round_by=0.03)),
        ("dark", polygon((0.66, -0.30), (0.06, 0.42), (0.06, -0.30), round_by=0.03)),
        floats=True,
    )


def bag() -> Drawing:
    """A handbag with one handle and a clasp."""
    body = polygon((-0.60, 0.10), (0.60, 0.10), (0.78, 0.90), (-0.78, 0.90), round_by=0.08)
    flap = common(body, oval(0, 0.10, 0.74, 0.44))
    return drawing(
        ("deep", arch(0, 0.06, 0.46, 0.085)),
        ("main", body),
        ("light", common(body, box(-0.66, 0.6, 0.14, 0.6))),
        ("dark", flap),
        ("gold", box(0, 0.52, 0.13, 0.12, 0.05)),
    )


def backpack() -> Drawing:
    """A tall rounded pack with a flap and a pocket."""
    return drawing(
        ("deep", arch(0, -0.70, 0.18, 0.07)),
        ("deep", mirrored(box(0.62, 0.46, 0.14, 0.34, 0.10))),
        ("main", box(0, 0.14, 0.58, 0.84, 0.34)),
        ("light", oval(-0.34, -0.36, 0.10, 0.24, 20)),
        ("dark", common(box(0, 0.14, 0.58, 0.84, 0.34), oval(0, -0.66, 0.80, 0.72))),
        ("light", box(0, 0.58, 0.40, 0.28, 0.10)),
        ("deep", box(0, 0.44, 0.40, 0.05, 0.03)),
        ("gold", box(0, 0.06, 0.09, 0.12, 0.04)),
    )


def basket() -> Drawing:
    """A woven basket below a high handle."""
    body = polygon((-0.74, 0.30), (0.74, 0.30), (0.54, 0.90), (-0.54, 0.90), round_by=0.08)
    weave = union(
        *(box(-0.60 + 0.30 * i + 0.15 * (row % 2), 0.44 + 0.18 * row, 0.075, 0.06, 0.02)
          for row in range(3) for i in range(5))
    )  # fmt: skip
    return drawing(
        ("wood", arch(0, 0.30, 0.62, 0.075)),
        ("wood", mirrored(box(0.62, 0.28, 0.075, 0.06))),
        ("main", body),
        ("deep", common(body, weave)),
        ("light", box(0, 0.26, 0.84, 0.10, 0.08)),
    )


def umbrella() -> Drawing:
    """Open, its canopy of four panels, with a hooked stick."""
    canopy = cut(
        common(disc(0, 0.04, 0.92), above(0.06)),
        *(oval(x, 0.10, 0.23, 0.15) for x in (-0.69, -0.23, 0.23, 0.69)),
    )
    return drawing(
        ("wood", stroke((0, -0.94), (0, 0.76), half_width=0.055)),
        ("wood", cut(ring(0.15, 0.78, 0.15, 0.06), above(0.78))),
        ("main", canopy),
        ("light", common(canopy, cut(oval(0, 0.10, 0.56, 0.98), oval(0, 0.10, 0.10, 0.98)),
                         lambda u, v: u)),
        ("dark", common(canopy, cut(disc(0, 0.04, 0.96), oval(0, 0.10, 0.56, 0.98)),
                        lambda u, v: -u)),
    )  # fmt: skip


def lantern() -> Drawing:
    """A lantern with a ring to hold it, lit."""
    return drawing(
        ("steel", ring(0, -0.76, 0.16, 0.06)),
        ("lamp", box(0, 0.24, 0.44, 0.54, 0.10)),
        ("cream", oval(0, 0.34, 0.15, 0.26)),
        (
            "main",
            polygon((-0.58, -0.26), (-0.24, -0.58), (0.24, -0.58), (0.58, -0.26), round_by=0.07),
        ),
        ("main", mirrored(box(0.46, 0.24, 0.09, 0.56))),
        ("main", box(0, 0.86, 0.66, 0.14, 0.06)),
        ("dark", union(box(0, 0.93, 0.66, 0.07, 0.05), box(0.50, 0.24, 0.05, 0.52))),
        (
            "light",
            polygon((-0.44, -0.28), (-0.22, -0.52), (-0.06, -0.52), (-0.20, -0.28), round_by=0.03),
        ),
    )


def guitar() -> Drawing:
    """Upright, with a waist and a round hole."""
    body = union(oval(0, 0.54, 0.50, 0.44), oval(0, 0.02, 0.36, 0.32), box(0, 0.26, 0.30, 0.24))
    return drawing(
        ("wood", stroke((0, 0.1), (0, -0.76), half_width=0.085)),
        ("bark", box(0, -0.82, 0.15, 0.16, 0.04)),
        ("main", body),
        ("dark", common(body, oval(0.40, 0.50, 0.20, 0.60))),
        ("light", union(oval(-0.28, 0.48, 0.10, 0.22, 14), oval(-0.20, -0.06, 0.07, 0.13, 20))),
        ("ink", disc(0, 0.24, 0.16)),
        ("wood", box(0, -0.10, 0.07, 0.22)),
        ("bark", box(0, 0.68, 0.20, 0.055, 0.03)),
    )


def bucket() -> Drawing:
    """A pail, wider above, with a raised wire handle."""
    pail = polygon((-0.62, 0.02), (0.62, 0.02), (0.46, 0.90), (-0.46, 0.90), round_by=0.06)
    return drawing(
        ("steel", arch(0, 0.0, 0.58, 0.06)),
        ("main", pail),
        ("light", polygon((-0.50, 0.12), (-0.28, 0.12), (-0.22, 0.90), (-0.38, 0.90))),
        ("dark", common(pail, oval(0.56, 0.50, 0.20, 0.70))),
        ("deep", oval(0, 0.02, 0.62, 0.15)),
        ("dark", cut(oval(0, 0.03, 0.70, 0.20), oval(0, 0.0, 0.58, 0.13))),
    )


def cart() -> Drawing:
    """A handcart: a box, one big wheel, a shaft to pull."""
    return drawing(
        ("wood", stroke((0.52, 0.38), (0.94, 0.02), half_width=0.065)),
        ("main", polygon((-0.9, -0.14), (0.58, -0.14), (0.46, 0.42), (-0.72, 0.42), round_by=0.05)),
        ("dark", polygon((-0.80, 0.20), (0.52, 0.20), (0.46, 0.42), (-0.72, 0.42), round_by=0.05)),
        ("light", box(-0.15, -0.14, 0.78, 0.09, 0.06)),
        ("bark", ring(-0.16, 0.54, 0.34, 0.09)),
        ("cream", disc(-0.16, 0.54, 0.25)),
        ("bark", union(box(-0.16, 0.54, 0.04, 0.26), box(-0.16, 0.54, 0.26, 0.04),
                       disc(-0.16, 0.54, 0.09))),
    )  # fmt: skip


def scooter() -> Drawing:
    """A kick scooter with two wheels."""
    return drawing(
        ("steel", union(disc(-0.66, 0.76, 0.22), disc(0.62, 0.76, 0.22))),
        ("ink", union(disc(-0.66, 0.76, 0.09), disc(0.62, 0.76, 0.09))),
        ("main", stroke((0.60, 0.62), (0.36, -0.78), half_width=0.12, end=0.10)),
        ("main", union(stroke((-0.78, 0.52), (-0.40, 0.62), (0.44, 0.62), half_width=0.14),
                       stroke((0.40, 0.60), (0.56, 0.36), half_width=0.14))),
        ("light", stroke((-0.66, 0.52), (-0.38, 0.58), (0.36, 0.58), half_width=0.05)),
        ("wood", stroke((0.10, -0.84), (0.62, -0.84), half_width=0.095)),
    )  # fmt: skip


def bicycle() -> Drawing:
    """Two wheels and a thick frame."""
    return drawing(
        ("steel", union(ring(-0.56, 0.56, 0.34, 0.085), ring(0.56, 0.56, 0.34, 0.085))),
        ("main", stroke((-0.56, 0.56), (-0.06, 0.56), (0.36, -0.08), (-0.28, -0.08), (-0.06, 0.56),
                        half_width=0.10)),
        ("main", stroke((-0.56, 0.56), (-0.28, -0.08), (-0.32, -0.24), half_width=0.09)),
        ("main", stroke((0.56, 0.56), (0.32, -0.40), half_width=0.10)),
        ("wood", stroke((-0.52, -0.30), (-0.14, -0.30), half_width=0.09)),
        ("wood", stroke((0.18, -0.46), (0.56, -0.46), half_width=0.08)),
    )  # fmt: skip

"""Drawings of what is found out of doors: house, tree, star, flower, apple."""

from core.data.pictures.drawing.parts import Drawing, drawing
from core.data.pictures.drawing.shapes import (
    around,
    box,
    common,
    cut,
    disc,
    mirrored,
    oval,
    polygon,
    star,
    stroke,
    union,
)


def house() -> Drawing:
    """Walls, a steep roof, a chimney, a door and a lit window."""
    walls = box(0, 0.42, 0.66, 0.58, 0.05)
    return drawing(
        ("wood", box(0.44, -0.58, 0.13, 0.32, 0.02)),
        ("bark", box(0.44, -0.86, 0.17, 0.06, 0.02)),
        ("main", walls),
        ("dark", common(walls, box(0, 0.02, 0.70, 0.10))),  # the shadow below the eaves
        ("deep", polygon((-0.84, -0.06), (0, -0.86), (0.84, -0.06), round_by=0.09)),
        ("dark", polygon((-0.80, -0.06), (0, -0.83), (0.06, -0.76), (-0.34, -0.06), round_by=0.07)),
        ("wood", box(-0.27, 0.70, 0.19, 0.34, 0.10)),
        ("gold", disc(-0.16, 0.72, 0.045)),
        ("cream", box(0.31, 0.42, 0.24, 0.24, 0.04)),
        ("lamp", box(0.31, 0.42, 0.17, 0.17, 0.02)),
    )


def tree() -> Drawing:
    """A trunk below a crown of five leafy rounds."""
    crown = union(
        disc(0, -0.44, 0.52),
        disc(-0.48, -0.12, 0.42),
        disc(0.48, -0.12, 0.42),
        disc(-0.20, 0.08, 0.40),
        disc(0.22, 0.08, 0.40),
    )
    lit = cut(crown, oval(0.20, 0.02, 0.86, 0.72, -30))
    return drawing(
        ("wood", stroke((0, 0.20), (0, 0.94), half_width=0.13, end=0.18)),
        ("bark", stroke((0.09, 0.30), (0.12, 0.94), half_width=0.06, end=0.09)),
        ("main", crown),
        ("dark", cut(crown, oval(-0.16, -0.34, 0.84, 0.66, 20))),
        ("light", lit),
        ("light", union(oval(-0.24, -0.50, 0.20, 0.15, -20), oval(-0.50, -0.14, 0.13, 0.10, -20))),
    )


def star_in_the_sky() -> Drawing:
    """Five points, each with a lit and a shaded side."""
    corners = star(0, 0.08, 0.90, 0.40)
    lit = union(
        *(polygon((0, 0.08), corners[tip], corners[tip - 1]) for tip in range(0, len(corners), 2))
    )
    return drawing(
        ("main", polygon(*corners, round_by=0.09)),
        ("light", lit),
        floats=True,
    )


def flower() -> Drawing:
    """Six petals around a golden heart, on a stem with two leaves."""
    petals = union(*(oval(*around(0, -0.40, 0.37, 60.0 * i), 0.25, 0.25) for i in range(6)))
    shade = union(*(stroke((0, -0.40), around(0, -0.40, 0.36, 60.0 * i + 30), half_width=0.035)
                    for i in range(6)))  # fmt: skip
    return drawing(
        ("leaf", stroke((0, 0.0), (0.02, 0.5), (0, 0.97), half_width=0.07)),
        ("leaf", oval(-0.30, 0.66, 0.31, 0.14, 32)),
        ("leaf_light", oval(0.30, 0.54, 0.31, 0.14, -32)),
        ("main", union(petals, disc(0, -0.40, 0.38))),
        ("dark", shade),
        ("light", union(oval(-0.10, -0.82, 0.10, 0.08, -20), oval(-0.40, -0.62, 0.10, 0.08, -50))),
        ("wood", disc(0.02, -0.38, 0.235)),
        ("gold", disc(0, -0.40, 0.215)),
    )


def apple() -> Drawing:
    """A round apple with a dent, a stalk and one leaf."""
    body = cut(
        union(mirrored(disc(0.26, 0.26, 0.58)), oval(0, 0.56, 0.56, 0.40)),
        disc(0, -0.46, 0.20),
        disc(0, 1.10, 0.13),
    )
    return drawing(
        ("main", body),
        ("dark", cut(body, oval(-0.16, 0.14, 0.84, 0.72, 0))),
        ("light", oval(-0.42, 0.02, 0.14, 0.24, 28)),
        ("bark", stroke((0, -0.18), (0.03, -0.48), (0.12, -0.78), half_width=0.075)),
        ("leaf", oval(0.42, -0.64, 0.32, 0.16, -24)),
        ("leaf_light", oval(0.36, -0.68, 0.22, 0.07, -24)),
    )

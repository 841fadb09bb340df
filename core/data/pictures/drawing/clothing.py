"""Drawings of what people in the town wear or wrap themselves in."""

from core.data.pictures.drawing.parts import Drawing, drawing
from core.data.pictures.drawing.shapes import (
    above,
    box,
    common,
    cut,
    disc,
    mirrored,
    oval,
    polygon,
    stroke,
    union,
)


def hat() -> Drawing:
    """A hat with a wide brim and a ribbon."""
    crown = union(oval(0, 0.14, 0.50, 0.46), box(0, 0.36, 0.52, 0.32, 0.10))
    return drawing(
        ("dark", oval(0, 0.78, 0.96, 0.20)),
        ("main", oval(0, 0.72, 0.96, 0.18)),
        ("main", crown),
        ("dark", common(crown, oval(0.46, 0.20, 0.20, 0.70))),
        ("light", oval(-0.22, -0.04, 0.14, 0.20, 25)),
        ("ink", common(crown, box(0, 0.54, 0.70, 0.11))),
    )


def cap() -> Drawing:
    """A woollen cap with a bobble."""
    dome = common(oval(0, 0.50, 0.70, 0.92), above(0.62))
    ribs = union(
        *(stroke((x, 0.62), (x, 0.88), half_width=0.035) for x in (-0.5, -0.25, 0.0, 0.25, 0.5))
    )
    return drawing(
        ("main", dome),
        ("dark", common(dome, oval(0.62, 0.30, 0.22, 0.80))),
        ("light", oval(-0.32, 0.06, 0.12, 0.26, 28)),
        ("cream", disc(0, -0.60, 0.26)),
        ("light", box(0, 0.74, 0.78, 0.19, 0.14)),
        ("dark", ribs),
    )


def scarf() -> Drawing:
    """A scarf around an unseen neck, its ends hanging down with stripes and a fringe."""
    loop = oval(0, -0.50, 0.72, 0.40)
    short = polygon((-0.36, -0.30), (0.06, -0.24), (-0.04, 0.56), (-0.48, 0.46), round_by=0.05)
    long = polygon((-0.04, -0.26), (0.38, -0.30), (0.60, 0.70), (0.14, 0.80), round_by=0.05)
    fringe = union(
        *(stroke((-0.46 + 0.13 * i, 0.50), (-0.50 + 0.13 * i, 0.74), half_width=0.045)
          for i in range(4)),
        *(stroke((0.18 + 0.13 * i, 0.76), (0.20 + 0.13 * i, 0.98), half_width=0.045)
          for i in range(4)),
    )  # fmt: skip
    return drawing(
        ("cream", fringe),
        ("dark", short),
        ("cream", common(short, box(-0.3, 0.22, 0.5, 0.08))),
        ("main", long),
        ("cream", common(long, box(0.4, 0.30, 0.5, 0.085))),
        ("cream", common(long, box(0.4, 0.56, 0.5, 0.085))),
        ("deep", loop),
        ("main", cut(loop, oval(0.02, -0.64, 0.50, 0.20))),
        ("light", oval(-0.44, -0.34, 0.17, 0.08, 34)),
        ("deep", oval(0.06, -0.16, 0.26, 0.13, -6)),
    )


def jacket() -> Drawing:
    """A short jacket, its sleeves spread."""
    sleeves = mirrored(stroke((0.42, -0.46), (0.74, 0.44), half_width=0.20, end=0.17))
    trunk = box(0, 0.14, 0.46, 0.72, 0.12)
    return drawing(
        ("dark", sleeves),
        ("cream", mirrored(stroke((0.69, 0.46), (0.84, 0.42), half_width=0.08))),
        ("main", trunk),
        ("light", common(trunk, box(-0.42, 0.1, 0.12, 0.8))),
        ("deep", stroke((0, -0.40), (0, 0.82), half_width=0.045)),
        ("gold", union(*(disc(0.14, y, 0.07) for y in (-0.16, 0.18, 0.52)))),
        ("deep", polygon((-0.32, -0.70), (0, -0.40), (0.32, -0.70), (0, -0.56), round_by=0.07)),
    )


def coat() -> Drawing:
    """A long coat on a hanger, wide at the hem, with a belt."""
    skirt = polygon((-0.34, -0.56), (0.34, -0.56), (0.58, 0.90), (-0.58, 0.90), round_by=0.06)
    return drawing(
        ("steel", stroke((0, -0.66), (0, -0.84), (0.12, -0.90), half_width=0.05)),
        ("dark", mirrored(stroke((0.38, -0.50), (0.58, 0.24), half_width=0.15, end=0.12))),
        ("main", skirt),
        ("light", polygon((-0.30, -0.5), (-0.16, -0.5), (-0.34, 0.9), (-0.52, 0.9))),
        ("deep", stroke((0, -0.30), (0, 0.90), half_width=0.045)),
        ("ink", common(skirt, box(0, 0.12, 0.7, 0.085))),
        ("gold", disc(0, 0.12, 0.10)),
        ("cream", mirrored(polygon((0.02, -0.64), (0.34, -0.62), (0.06, -0.20), round_by=0.04))),
    )


def blanket() -> Drawing:
    """Folded into a pile of three, with a striped edge and a fringe."""
    heights = (0.74, 0.34, -0.06)
    layers = [box(-0.08, y, 0.76, 0.23, 0.20) for y in heights]
    fringe = union(
        *(stroke((0.64, y + d), (0.92, y + d), half_width=0.04)
          for y in heights for d in (-0.13, 0.0, 0.13))
    )  # fmt: skip
    return drawing(
        ("cream", fringe),
        ("deep", layers[0]),
        ("dark", layers[1]),
        ("main", layers[2]),
        ("light", box(-0.16, -0.20, 0.54, 0.05, 0.04)),
        ("cream", union(*(box(0.42, y, 0.07, 0.20) for y in heights))),
    )

"""Drawings of the animals that live in the town as pets, all of them."""

from core.data.pictures.drawing.parts import Drawing, drawing
from core.data.pictures.drawing.shapes import (
    Shape,
    above,
    common,
    disc,
    mirrored,
    oval,
    polygon,
    stroke,
    union,
)


def _legs(*x: float, top: float, half_width: float = 0.11) -> Shape:
    """Straight legs at these places, down to the ground."""
    return union(*(stroke((at, top), (at, 0.96 - half_width / 2), half_width=half_width)
                   for at in x))  # fmt: skip


def cat() -> Drawing:
    """Sitting, seen from the front, its tail around it."""
    ears = mirrored(polygon((0.12, -0.62), (0.42, -0.92), (0.46, -0.40), round_by=0.05))
    inner = mirrored(polygon((0.24, -0.62), (0.38, -0.78), (0.39, -0.54), round_by=0.02))
    body = union(oval(0, 0.56, 0.44, 0.46), oval(0, 0.84, 0.50, 0.17))
    return drawing(
        ("dark", stroke((0.30, 0.88), (0.74, 0.84), (0.86, 0.56), (0.72, 0.30),
                        half_width=0.12, end=0.10)),
        ("main", body),
        ("dark", common(body, oval(0.40, 0.50, 0.22, 0.50, 0))),
        ("light", oval(0, 0.62, 0.21, 0.30)),
        ("main", ears),
        ("rose", inner),
        ("main", oval(0, -0.26, 0.52, 0.42)),
        ("light", oval(-0.26, -0.52, 0.16, 0.08, -30)),
        ("cream", oval(0, -0.06, 0.22, 0.15)),
        ("ink", mirrored(oval(0.22, -0.28, 0.085, 0.105))),
        ("rose", oval(0, -0.13, 0.08, 0.055)),
        ("cream", mirrored(oval(0.17, 0.92, 0.12, 0.07))),
    )  # fmt: skip


def dog() -> Drawing:
    """Standing, in profile, with a hanging ear and a raised tail."""
    trunk = stroke((-0.46, 0.32), (0.32, 0.32), half_width=0.29, end=0.27)
    return drawing(
        ("dark", _legs(-0.30, 0.44, top=0.5)),
        ("main", stroke((-0.62, 0.20), (-0.84, -0.04), (-0.88, -0.34), half_width=0.11, end=0.07)),
        ("main", union(trunk, _legs(-0.60, 0.20, top=0.5))),
        ("dark", common(trunk, oval(-0.06, 0.60, 0.60, 0.12))),
        ("main", union(stroke((0.32, 0.20), (0.46, -0.20), half_width=0.22),
                       disc(0.44, -0.34, 0.35))),
        ("cream", stroke((0.64, -0.22), (0.82, -0.18), half_width=0.17)),
        ("deep", oval(0.20, -0.24, 0.15, 0.36, 10)),
        ("light", oval(-0.30, 0.12, 0.26, 0.07)),
        ("ink", disc(0.54, -0.42, 0.085)),
        ("ink", disc(0.94, -0.25, 0.09)),
        ("gold", stroke((0.24, 0.10), (0.58, 0.12), half_width=0.06)),
    )  # fmt: skip


def duck() -> Drawing:
    """In profile, with an orange bill and a pointed tail."""
    body = union(
        oval(-0.08, 0.40, 0.70, 0.42),
        polygon((-0.50, 0.20), (-0.92, -0.12), (-0.72, 0.52), round_by=0.05),
    )
    return drawing(
        ("beak", _legs(-0.12, 0.18, top=0.78, half_width=0.06)),
        ("beak", union(oval(-0.04, 0.96, 0.13, 0.05), oval(0.26, 0.96, 0.13, 0.05))),
        ("main", stroke((0.34, 0.20), (0.40, -0.30), half_width=0.25)),
        ("main", body),
        ("dark", common(body, oval(0, 0.84, 0.70, 0.22))),
        ("main", disc(0.40, -0.44, 0.34)),
        ("light", oval(0.26, -0.60, 0.13, 0.08, -40)),
        ("dark", oval(-0.22, 0.34, 0.40, 0.22, -12)),
        ("light", oval(-0.20, 0.25, 0.32, 0.11, -12)),
        ("beak", stroke((0.72, -0.38), (0.90, -0.33), half_width=0.13, end=0.085)),
        ("ink", disc(0.48, -0.52, 0.09)),
    )


def rabbit() -> Drawing:
    """Sitting, seen from the front, with two long ears."""
    ears = mirrored(stroke((0.16, -0.40), (0.25, -0.84), half_width=0.15, end=0.12))
    inner = mirrored(stroke((0.17, -0.44), (0.25, -0.82), half_width=0.06, end=0.05))
    return drawing(
        ("cream", disc(0.48, 0.74, 0.17)),
        ("main", oval(0, 0.60, 0.46, 0.38)),
        ("light", oval(0, 0.66, 0.22, 0.24)),
        ("main", ears),
        ("rose", inner),
        ("main", oval(0, -0.06, 0.42, 0.36)),
        ("dark", oval(0.30, 0.14, 0.10, 0.08)),
        ("cream", oval(0, 0.10, 0.17, 0.12)),
        ("ink", mirrored(disc(0.19, -0.10, 0.085))),
        ("rose", oval(0, 0.04, 0.075, 0.05)),
        ("main", mirrored(oval(0.26, 0.92, 0.22, 0.10))),
    )


def hamster() -> Drawing:
    """Round, seen from the front, with full cheeks."""
    body = union(oval(0, 0.40, 0.72, 0.58), oval(0, 0.0, 0.58, 0.46))
    return drawing(
        ("main", mirrored(disc(0.44, -0.38, 0.18))),
        ("rose", mirrored(disc(0.45, -0.37, 0.09))),
        ("main", body),
        ("dark", common(body, oval(0.70, 0.44, 0.20, 0.52))),
        ("cream", oval(0, 0.52, 0.42, 0.42)),
        ("cream", mirrored(disc(0.28, 0.14, 0.21))),
        ("ink", mirrored(disc(0.26, -0.14, 0.09))),
        ("rose", oval(0, 0.02, 0.09, 0.06)),
        ("rose", mirrored(oval(0.15, 0.46, 0.11, 0.08))),
        ("rose", mirrored(oval(0.28, 0.95, 0.16, 0.06))),
    )


def tortoise() -> Drawing:
    """In profile below a high shell."""
    shell = common(oval(-0.12, 0.62, 0.72, 0.80), above(0.62))
    return drawing(
        ("skin", union(_legs(-0.52, 0.26, top=0.66, half_width=0.15))),
        ("skin", polygon((-0.78, 0.62), (-0.98, 0.76), (-0.70, 0.74), round_by=0.03)),
        ("skin", union(stroke((0.46, 0.60), (0.70, 0.34), half_width=0.14),
                       oval(0.76, 0.26, 0.22, 0.19))),
        ("main", shell),
        ("light", oval(-0.34, 0.06, 0.22, 0.09, -30)),
        ("deep", union(oval(-0.12, 0.16, 0.15, 0.13), oval(-0.52, 0.36, 0.13, 0.12),
                       oval(0.28, 0.36, 0.13, 0.12), oval(-0.12, 0.46, 0.14, 0.09))),
        ("dark", stroke((-0.76, 0.64), (0.52, 0.64), half_width=0.085)),
        ("ink", disc(0.82, 0.20, 0.075)),
    )  # fmt: skip


def goat() -> Drawing:
    """In profile, with curved horns and a beard."""
    trunk = stroke((-0.42, 0.24), (0.26, 0.24), half_width=0.30)
    return drawing(
        ("dark", _legs(-0.26, 0.40, top=0.4, half_width=0.085)),
        ("main", stroke((-0.66, 0.14), (-0.84, -0.06), half_width=0.10, end=0.06)),
        ("main", union(trunk, _legs(-0.54, 0.16, top=0.4, half_width=0.085))),
        ("dark", common(trunk, oval(-0.06, 0.54, 0.60, 0.14))),
        ("light", oval(-0.24, 0.06, 0.30, 0.08)),
        ("cream", union(stroke((0.42, -0.56), (0.34, -0.82), (0.10, -0.92),
                               half_width=0.09, end=0.055),
                        stroke((0.56, -0.58), (0.54, -0.80), (0.36, -0.96),
                               half_width=0.08, end=0.05))),
        ("cream", polygon((0.64, -0.20), (0.80, -0.18), (0.68, 0.22), round_by=0.03)),
        ("main", stroke((0.26, 0.10), (0.46, -0.34), half_width=0.19)),
        ("main", stroke((0.46, -0.42), (0.78, -0.24), half_width=0.22, end=0.14)),
        ("dark", stroke((0.34, -0.44), (0.12, -0.34), half_width=0.09, end=0.06)),
        ("ink", disc(0.58, -0.42, 0.075)),
    )  # fmt: skip


def pony() -> Drawing:
    """In profile, with a thick mane and a long tail."""
    trunk = stroke((-0.42, 0.18), (0.22, 0.18), half_width=0.29)
    return drawing(
        ("dark", _legs(-0.28, 0.34, top=0.3, half_width=0.10)),
        ("deep", stroke((-0.66, 0.06), (-0.88, 0.24), (-0.86, 0.66), half_width=0.13, end=0.09)),
        ("main", union(trunk, _legs(-0.56, 0.12, top=0.3, half_width=0.10))),
        ("dark", common(trunk, oval(-0.06, 0.47, 0.60, 0.12))),
        ("light", oval(-0.26, 0.00, 0.28, 0.08)),
        ("main", polygon((0.36, -0.74), (0.42, -0.96), (0.54, -0.72), round_by=0.03)),
        ("main", stroke((0.22, 0.10), (0.44, -0.52), half_width=0.24, end=0.22)),
        ("main", stroke((0.46, -0.52), (0.82, -0.26), half_width=0.22, end=0.15)),
        ("light", oval(0.82, -0.24, 0.13, 0.13)),
        ("deep", stroke((0.42, -0.84), (0.18, -0.56), (0.06, -0.14), (-0.08, 0.06),
                        half_width=0.13, end=0.11)),
        ("ink", disc(0.56, -0.52, 0.08)),
        ("ink", union(_legs(-0.56, -0.28, 0.12, 0.34, top=0.90, half_width=0.09))),
    )  # fmt: skip


def donkey() -> Drawing:
    """In profile, its head low, with very long ears and a pale muzzle."""
    trunk = stroke((-0.44, 0.28), (0.20, 0.28), half_width=0.29)
    return drawing(
        ("dark", _legs(-0.28, 0.34, top=0.4, half_width=0.10)),
        ("dark", stroke((-0.68, 0.16), (-0.84, 0.36), (-0.84, 0.52), half_width=0.05)),
        ("ink", oval(-0.84, 0.60, 0.09, 0.13)),
        ("main", union(trunk, _legs(-0.56, 0.12, top=0.4, half_width=0.10))),
        ("dark", common(trunk, oval(-0.06, 0.57, 0.60, 0.12))),
        ("light", oval(-0.26, 0.10, 0.28, 0.08)),
        ("main", stroke((0.20, 0.20), (0.42, -0.16), half_width=0.22)),
        ("main", stroke((0.42, -0.20), (0.72, 0.10), half_width=0.24, end=0.17)),
        ("main", stroke((0.32, -0.32), (0.06, -0.86), half_width=0.13, end=0.09)),
        ("main", stroke((0.46, -0.36), (0.50, -0.88), half_width=0.13, end=0.09)),
        ("rose", stroke((0.47, -0.44), (0.50, -0.82), half_width=0.05, end=0.04)),
        ("cream", disc(0.76, 0.14, 0.18)),
        ("ink", disc(0.50, -0.18, 0.08)),
        ("ink", disc(0.84, 0.10, 0.045)),
    )


def hen() -> Drawing:
    """In profile, with a comb and a fan of a tail."""
    tail = union(
        stroke((-0.34, 0.26), (-0.88, -0.30), half_width=0.16, end=0.12),
        stroke((-0.34, 0.26), (-0.64, -0.50), half_width=0.16, end=0.12),
    )
    body = union(
        oval(-0.06, 0.36, 0.58, 0.46), stroke((0.28, 0.20), (0.40, -0.34), half_width=0.26)
    )
    return drawing(
        ("beak", _legs(-0.14, 0.14, top=0.76, half_width=0.055)),
        ("beak", union(oval(-0.08, 0.96, 0.14, 0.045), oval(0.20, 0.96, 0.14, 0.045))),
        ("dark", tail),
        ("comb", union(disc(0.22, -0.74, 0.12), disc(0.40, -0.82, 0.13), disc(0.56, -0.72, 0.11))),
        ("comb", oval(0.66, -0.14, 0.09, 0.15)),
        ("main", union(body, disc(0.40, -0.44, 0.30))),
        ("dark", common(body, oval(0, 0.80, 0.60, 0.18))),
        ("dark", oval(-0.20, 0.34, 0.34, 0.22, 8)),
        ("light", oval(-0.18, 0.25, 0.27, 0.11, 8)),
        ("beak", polygon((0.66, -0.52), (0.94, -0.38), (0.66, -0.30), round_by=0.03)),
        ("ink", disc(0.48, -0.50, 0.085)),
    )


def mouse() -> Drawing:
    """In profile, small and pointed, with round ears and a long thin tail."""
    body = common(union(oval(-0.10, 0.54, 0.58, 0.40),
                        polygon((0.10, 0.22), (0.86, 0.64), (0.20, 0.88), round_by=0.06)),
                  above(0.94))  # fmt: skip
    return drawing(
        ("rose", stroke((-0.58, 0.74), (-0.86, 0.70), (-0.92, 0.36), (-0.70, 0.10),
                        half_width=0.065, end=0.045)),
        ("dark", disc(0.34, 0.04, 0.25)),
        ("main", body),
        ("dark", common(body, oval(-0.04, 0.96, 0.60, 0.16))),
        ("main", disc(0.10, 0.04, 0.29)),
        ("rose", disc(0.11, 0.06, 0.17)),
        ("light", oval(-0.34, 0.32, 0.16, 0.08, -30)),
        ("ink", disc(0.50, 0.48, 0.085)),
        ("rose", disc(0.92, 0.66, 0.085)),
        ("rose", union(oval(-0.24, 0.95, 0.15, 0.05), oval(0.26, 0.95, 0.15, 0.05))),
    )  # fmt: skip

# mypy: ignore-errors
"""Generate the small fonts in this folder from those in the installed Streamlit.

    pip install fonttools brotli
    python pages/kit/assets/fonts/subset.py

The full fonts weigh 1.06 MB, more than everything else on a first visit. Whatever is left out
(other scripts) comes from the reader's own machine: one unusual character in an untrained model's
output must not trigger the download of a 430 kB font. The licence of the Source fonts requires a
different name; the icons keep theirs, because Streamlit refers to them by it.
"""

from pathlib import Path

import streamlit
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

MEDIA = Path(streamlit.__file__).parent / "static" / "static" / "media"
HERE = Path(__file__).parent

LETTERS = [*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x2010, 0x2028), *range(0x2030, 0x203B)]
SIGNS = [ord(c) for c in "\u202f€−×÷·≈≠≤≥∞∑√±→←↑↓●○◆◇✓αβγδεθλμπρστφωΣΔΩ₀₁₂₃₄₅₆₇₈₉"]

FONTS = {
    "Glassbox Serif": ("SourceSerifVariable-Roman*", {"wght": (400, 600), "opsz": 20}),
    "Glassbox Sans": ("SourceSansVF-Upright*", {"wght": (400, 700)}),
    "Glassbox Mono": ("SourceCodeVF-Upright*", {"wght": (400, 600)}),
}

# What the parts of Streamlit that we use draw, and what our pages may need.
ICONS = [
    "add",
    "arrow_back",
    "arrow_downward",
    "arrow_forward",
    "arrow_upward",
    "check",
    "check_circle",
    "chevron_left",
    "chevron_right",
    "circle",
    "close",
    "content_copy",
    "contrast",
    "dark_mode",
    "download",
    "error",
    "expand_less",
    "expand_more",
    "fullscreen",
    "fullscreen_exit",
    "help",
    "info",
    "keyboard_arrow_down",
    "keyboard_arrow_left",
    "keyboard_arrow_right",
    "keyboard_arrow_up",
    "light_mode",
    "link",
    "more_vert",
    "open_in_new",
    "pause",
    "play_arrow",
    "refresh",
    "replay",
    "search",
    "stop",
    "translate",
    "upload",
    "visibility",
    "visibility_off",
    "warning",
]


def kept(font: TTFont, options: Options, **what) -> TTFont:
    subsetter = Subsetter(options)
    subsetter.populate(**what)
    subsetter.subset(font)
    return font


def text_font(name: str, pattern: str, limits: dict) -> None:
    font = TTFont(next(MEDIA.glob(pattern)))
    options = Options(layout_features=["kern", "liga", "lnum", "tnum", "mark"])
    kept(font, options, unicodes=LETTERS + SIGNS)
    instantiateVariableFont(font, limits, inplace=True)
    for record in font["name"].names:
        if record.nameID in (1, 3, 4, 6, 16, 25):
            text = name if record.nameID in (1, 4, 16) else name.replace(" ", "")
            font["name"].setName(text, record.nameID, record.platformID, record.platEncID,
                                 record.langID)  # fmt: skip
    font.flavor = "woff2"
    font.save(HERE / f"{name.replace(' ', '')}.woff2")


def icon_font() -> None:
    font = TTFont(next(MEDIA.glob("MaterialSymbols-Rounded*")))
    letters = [font.getBestCmap()[ord(c)] for c in "abcdefghijklmnopqrstuvwxyz_"]
    known = set(font.getGlyphOrder())
    options = Options(layout_closure=False, layout_features=["*"])
    kept(font, options, glyphs=letters + [icon for icon in ICONS if icon in known])
    font.flavor = "woff2"
    font.save(HERE / "Icons.woff2")


if __name__ == "__main__":
    for family, (pattern, limits) in FONTS.items():
        text_font(family, pattern, limits)
    icon_font()
    for made in sorted(HERE.glob("*.woff2")):
        print(made.name, made.stat().st_size)

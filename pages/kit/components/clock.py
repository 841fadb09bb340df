"""Looking again: a fragment that redraws itself after a moment, for as long as it asks to.

Streamlit's own clock (`run_every`) continues in a hidden tab, and even after the end.
"""

from pages.kit.components.mounting import mount


def look_again(key: str, after_s: float) -> None:
    """Inside a fragment: redraw it after a moment, if its tab is visible then.

    Args:
        key: the element's key; it takes up no space on the page.
        after_s: delay in seconds.
    """
    mount("clock", f"gb_clock_{key}", {"wait_ms": round(1000 * after_s)}, "due")

"""Looking again: a fragment that is drawn anew after a moment, for as long as it asks for it.

Streamlit's own clock (`run_every`) goes on in a hidden tab, and after the end too.
"""

from pages.kit.components.mounting import mount


def look_again(key: str, after_s: float) -> None:
    """Inside a fragment: draw it again after a moment, if its tab can be seen then.

    Args:
        key: the element's key; it takes no room on the page.
        after_s: how long until then.
    """
    mount("clock", f"gb_clock_{key}", {"wait_ms": round(1000 * after_s)}, "due")

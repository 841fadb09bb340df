"""How far a share of few trials can be trusted: an interval around it."""

import math
from typing import Final

Z_95: Final = 1.959963984540054  # standard deviations that hold 95 % of a normal distribution
Z_99: Final = 2.5758293035489004  # and 99 %


def share_interval(n_hits: int, n: int, z: float = Z_95) -> tuple[float, float]:
    """The Wilson interval: all shares that would make such a count unsurprising.

    Unlike the share plus and minus its standard error it never leaves [0, 1], and it is honest at
    the ends: ten of ten is no proof of "always".

    Args:
        n_hits: trials that came out so, 0 <= n_hits <= n.
        n: trials.
        z: half width in standard deviations; Z_95 for an interval that is right 95 % of the time.

    Returns:
        its lower and its upper end; (0, 1) without any trial.

    Raises:
        ValueError: there are more hits than trials, or fewer than none.

    Source: Wilson 1927, "Probable Inference, the Law of Succession, and Statistical Inference".
    """
    if not 0 <= n_hits <= n:
        raise ValueError(f"{n_hits} of {n} is no share")
    if n == 0:
        return 0.0, 1.0
    share = n_hits / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)

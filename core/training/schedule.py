"""How large the steps are: a climb, a plateau, and a straight line down to 0.

The rate is a pure function of the step, so a resumed run takes the very same steps.
"""


def rate_share(step: int, n_steps: int, n_warmup_steps: int, decay_share: float) -> float:
    """Share of the highest learning rate used in this step.

    Large steps early cover ground, small steps late settle: most of the loss a short run can gain
    is gained while the rate falls.

    Args:
        step: counted from 0.
        n_steps: planned steps; beyond them the share is 0.
        n_warmup_steps: steps of the climb; the first of them is already above 0.
        decay_share: share of `n_steps`, at their end, in which the rate falls to 0.

    Returns:
        Share in [0, 1]. Where climb and fall overlap, the smaller of the two holds.

    Source: Hägele et al. 2024, "Scaling Laws and Compute-Optimal Training Beyond Fixed Training
    Durations", arXiv:2405.18392, section 3 (constant rate with a cooldown).
    """
    if step >= n_steps:
        return 0.0
    climbed = (step + 1) / (n_warmup_steps + 1)
    n_decay_steps = decay_share * n_steps
    left = (n_steps - step) / n_decay_steps if n_decay_steps > 0 else 1.0
    return min(climbed, left, 1.0)

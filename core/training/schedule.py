"""How large the steps are: a warm-up, a plateau, and a straight line down to 0.

The rate is a pure function of the step, so a resumed run takes exactly the same steps.
"""


def rate_share(step: int, n_steps: int, n_warmup_steps: int, decay_share: float) -> float:
    """The learning rate of this step as a share of the peak rate.

    Large steps early on cover ground, small steps late settle: most of what a short run can gain is
    gained while the rate falls.

    Args:
        step: counted from 0.
        n_steps: planned steps; beyond them the share is 0.
        n_warmup_steps: length of the warm-up; its first step is already above 0.
        decay_share: final share of `n_steps` during which the rate falls to 0.

    Returns:
        Share in [0, 1]. Where rise and fall overlap, the smaller value applies.

    Source: Hägele et al. 2024, "Scaling Laws and Compute-Optimal Training Beyond Fixed Training
    Durations", arXiv:2405.18392, section 3 (constant rate with a cooldown).
    """
    if step >= n_steps:
        return 0.0
    climbed = (step + 1) / (n_warmup_steps + 1)
    n_decay_steps = decay_share * n_steps
    left = (n_steps - step) / n_decay_steps if n_decay_steps > 0 else 1.0
    return min(climbed, left, 1.0)

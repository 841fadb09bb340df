"""How a gradient becomes a change of the weights: Muon for hidden matrices, AdamW for the rest.

A hidden matrix maps one of the model's vectors to another; its gradient is usually dominated by a
few directions. Muon gives every direction of the update the same length, so that rare directions
learn as fast as frequent ones. For tables (embeddings, head) and single numbers (norms, biases)
that makes no sense; they are left to PyTorch's own AdamW.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

import torch
from torch import Tensor, nn

# Coefficients of a polynomial whose repeated application pushes every singular value towards 1.
# They are chosen for speed: the values end up in about [0.7, 1.2], not at exactly 1.
NEWTON_SCHULZ: Final = (3.4445, -4.7750, 2.0315)
N_ITERATIONS: Final = 5
MOMENTUM: Final = 0.95
ADAMW_BETAS: Final = (0.9, 0.95)


def orthogonalise(matrices: Tensor, n_iterations: int = N_ITERATIONS) -> Tensor:
    """The nearest matrix whose singular values are all about 1: same directions, equal lengths.

    With the singular value decomposition G = U S Vᵀ, the goal is U Vᵀ. Computing U and V is slow;
    the polynomial p(s) = a s + b s³ + c s⁵, applied to G using only matrix products, changes only
    S and drives every singular value towards 1.

    Args:
        matrices: (..., rows, columns) gradients, any scale.
        n_iterations: how many times the polynomial is applied.

    Returns:
        (..., rows, columns) with singular values in about [0.7, 1.2]; a zero matrix stays zero.

    Source: Jordan et al. 2024, "Muon: An optimizer for hidden layers in neural networks",
    kellerjordan.github.io/posts/muon; after Björck and Bowie 1971.
    """
    a, b, c = NEWTON_SCHULZ
    tall = matrices.size(-2) > matrices.size(-1)
    x = matrices.mT if tall else matrices  # (..., short, long): the products below stay small
    # The Frobenius norm is never smaller than the largest singular value, so all end in [0, 1].
    x = x / (torch.linalg.matrix_norm(x, keepdim=True) + 1e-7)
    for _ in range(n_iterations):
        gram = x @ x.mT  # (..., short, short)
        x = a * x + (b * gram + c * gram @ gram) @ x
    orthogonal: Tensor = x.mT if tall else x
    return orthogonal


class Muon:
    """Orthogonalised momentum: the optimiser for the hidden matrices.

    Args:
        matrices: name -> (rows, columns) weight, for every matrix to train.
        n_stacked: name -> how many matrices of the same size are stacked in that weight; each is
            orthogonalised separately. A name not listed is one matrix.
        momentum: share of the previous direction kept at each step.
        weight_decay: share of the weight lost per step, times the learning rate.
        dtype: precision of the orthogonalisation, which need not be high.

    Source: Jordan et al. 2024, as above; the factor for tall matrices as in their code.
    """

    def __init__(
        self,
        matrices: Mapping[str, nn.Parameter],
        n_stacked: Mapping[str, int] | None = None,
        momentum: float = MOMENTUM,
        weight_decay: float = 0.0,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        self.matrices = dict(matrices)
        self.n_stacked = dict(n_stacked or {})
        self.momentum = momentum
        self.weight_decay = weight_decay
        self.dtype = dtype
        self.velocities = {name: torch.zeros_like(m) for name, m in matrices.items()}

    @torch.no_grad()
    def step(self, learning_rate: float) -> None:
        """Move every matrix one step along its smoothed, orthogonalised gradient."""
        # Matrices of the same shape are orthogonalised together: same numbers, less time.
        same_shape: dict[torch.Size, list[tuple[Tensor, Tensor]]] = defaultdict(list)
        for name, weight in self.matrices.items():
            n_stacked = self.n_stacked.get(name, 1)
            directions = self._direction(name).chunk(n_stacked)
            for matrix, direction in zip(weight.chunk(n_stacked), directions, strict=True):
                same_shape[matrix.shape].append((matrix, direction))

        for (rows, columns), group in same_shape.items():
            together = torch.stack([direction for _, direction in group])  # (n, rows, columns)
            together = orthogonalise(together.to(self.dtype)).float()
            # A tall matrix has more outputs than inputs: its steps are scaled up to match.
            length = learning_rate * max(1.0, rows / columns) ** 0.5
            for (matrix, _), direction in zip(group, together, strict=True):
                matrix.mul_(1.0 - learning_rate * self.weight_decay)
                matrix.add_(direction, alpha=-length)

    def _direction(self, name: str) -> Tensor:
        """The gradient, looking one step ahead along the velocity (Nesterov)."""
        gradient = self.matrices[name].grad
        velocity = self.velocities[name]
        if gradient is None:  # a weight this step did not touch
            return torch.zeros_like(velocity)
        velocity.lerp_(gradient, 1.0 - self.momentum)
        return gradient.lerp(velocity, self.momentum)


def adamw(parameters: Iterable[nn.Parameter], learning_rate: float) -> torch.optim.AdamW:
    """PyTorch's AdamW with our settings and no weight decay.

    Source: Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization", arXiv:1711.05101.
    """
    return torch.optim.AdamW(
        list(parameters), lr=learning_rate, betas=ADAMW_BETAS, weight_decay=0.0, fused=True
    )

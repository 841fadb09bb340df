"""Branches of a finished model, and the mean of their weights.

Each branch continues training for a while from the same weights, on the same texts, in its own
order. A branch may be worse than the original model, and yet the mean of all is better than any:
what they all learned stays; what each picked up by the chance of its order is averaged away.

Source: Wortsman et al. 2022, "Model soups: averaging weights of multiple fine-tuned models
improves accuracy without increasing inference time", arXiv:2203.05482, section 2, the uniform soup.
We deviate in one point: our branches continue on the model's training data, the paper's are
fine-tuned.
"""

import copy
from collections.abc import Callable, Sequence

import torch

from core.architecture.transformer import Transformer
from core.data.dataset import Dataset
from core.training.loop import StepReport
from core.training.settings import TrainingSettings
from core.training.text.next_token import trainer_of


def branch(
    model: Transformer,
    dataset: Dataset,
    settings: TrainingSettings,
    on_step: Callable[[StepReport], None] = lambda report: None,
) -> Transformer:
    """A model trained further from another, which is left unchanged.

    Args:
        model: the starting point.
        dataset: the training data.
        settings: for this run; the seed decides the batch order. Optimisers start afresh.
        on_step: called after every step.
    """
    gone_on = copy.deepcopy(model)
    trainer = trainer_of(gone_on, dataset, settings)
    while not trainer.finished:
        on_step(trainer.advance())
    return gone_on


@torch.no_grad()
def mean_of(models: Sequence[Transformer]) -> Transformer:
    """A model in which every weight is the mean of that weight in the given models.

    Args:
        models: at least one; all with the same config.

    Raises:
        ValueError: there are none, or their configs differ.
    """
    if not models or any(model.config != models[0].config for model in models):
        raise ValueError("a mean is taken of at least one model, and of equal configs")
    states = [model.state_dict() for model in models]
    mean = copy.deepcopy(models[0])
    mean.load_state_dict(
        {name: torch.stack([state[name] for state in states]).mean(dim=0) for name in states[0]}
    )
    return mean

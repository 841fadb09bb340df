"""Branches of a finished model, and the mean of their weights.

Each branch goes on for a while from the same weights and reads the same texts in an order of its
own. A branch may be worse than the model it came from, and the mean of all is better than any:
what they learned alike stays, what each got by the chance of its order is averaged away.

Source: Wortsman et al. 2022, "Model soups: averaging weights of multiple fine-tuned models
improves accuracy without increasing inference time", arXiv:2203.05482, section 2, the uniform soup.
We deviate in one thing: our branches go on with what the model was trained on, the paper's are
fine-tuned.
"""

import copy
from collections.abc import Callable, Sequence

import torch

from core.architecture.transformer import Transformer
from core.data.dataset import Dataset
from core.training.loop import StepReport, Trainer
from core.training.settings import TrainingSettings


def branch(
    model: Transformer,
    dataset: Dataset,
    settings: TrainingSettings,
    on_step: Callable[[StepReport], None] = lambda report: None,
) -> Transformer:
    """A model gone on from another, which stays as it is.

    Args:
        model: where it begins.
        dataset: what it reads.
        settings: of its own run; the seed decides the order of the batches. Optimisers begin anew.
        on_step: told of every step.
    """
    gone_on = copy.deepcopy(model)
    trainer = Trainer(gone_on, dataset, settings)
    while not trainer.finished:
        on_step(trainer.advance())
    return gone_on


@torch.no_grad()
def mean_of(models: Sequence[Transformer]) -> Transformer:
    """A model whose every weight is the mean of that weight in the models.

    Args:
        models: at least one; all of one config.

    Raises:
        ValueError: there is none, or their configs differ.
    """
    if not models or any(model.config != models[0].config for model in models):
        raise ValueError("a mean is taken of at least one model, and of equal configs")
    states = [model.state_dict() for model in models]
    mean = copy.deepcopy(models[0])
    mean.load_state_dict(
        {name: torch.stack([state[name] for state in states]).mean(dim=0) for name in states[0]}
    )
    return mean

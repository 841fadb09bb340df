"""Our trainer against plain torch loops and torch's own optimisers."""

import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from core.architecture.config import ModelConfig
from core.architecture.transformer import Transformer
from core.data.dataset import batch, build_dataset
from core.data.splitting import Split
from core.data.text.bpe import train_bpe
from core.data.text.documents import Document
from core.training.optimizers import Muon
from core.training.settings import TrainingSettings
from core.training.text.next_token import train


@pytest.fixture(scope="module")
def dataset():
    documents = tuple(Document(f"The {a} sees the {b}.") for a in "cdefg" for b in "hijkl")
    encoder = train_bpe([document.text for document in documents], 280)
    return build_dataset(Split(train=documents, validation=documents[:2]), encoder)


def fresh(dataset):
    config = ModelConfig(
        n_vocab=dataset.n_vocab,
        n_context=8,
        n_layers=2,
        n_heads=2,
        n_kv_heads=2,
        n_channels=16,
        n_hidden=32,
    )
    return Transformer(config, seed=1)


def test_adamw_training_is_the_loop_everybody_writes(dataset):
    settings = TrainingSettings(
        n_steps=20,
        n_batch=4,
        optimizer="adamw",
        precision="float32",
        learning_rate=0.01,
        n_warmup_steps=0,
        decay_share=1.0,
        clip_norm=0.5,
        seed=9,
    )
    ours = fresh(dataset)
    ours_losses = [report.loss for report in train(ours, dataset, settings)]

    theirs = fresh(dataset)
    optimizer = torch.optim.AdamW(
        theirs.parameters(), lr=0.01, betas=(0.9, 0.95), weight_decay=0.0, foreach=False
    )
    decay = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, total_iters=20)
    theirs_losses = []
    for step in range(20):
        inputs, targets = batch(dataset, step, 9, 4, 8)
        loss = cross_entropy(theirs(inputs).view(-1, dataset.n_vocab), targets.view(-1))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(theirs.parameters(), 0.5)
        optimizer.step()
        decay.step()
        theirs_losses.append(loss.item())

    assert ours_losses == pytest.approx(theirs_losses, rel=1e-4)
    for ours_weight, theirs_weight in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(ours_weight, theirs_weight, atol=1e-3, rtol=1e-3)


@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
@pytest.mark.parametrize("shape", [(12, 12), (36, 12), (12, 48)])
def test_muon_moves_as_torchs_muon(shape, weight_decay):
    generator = torch.Generator().manual_seed(8)
    start = torch.randn(shape, generator=generator)
    ours_weight, theirs_weight = nn.Parameter(start.clone()), nn.Parameter(start.clone())
    ours = Muon({"weight": ours_weight}, weight_decay=weight_decay, dtype=torch.bfloat16)
    theirs = torch.optim.Muon([theirs_weight], lr=0.02, weight_decay=weight_decay)
    for _ in range(10):
        gradient = torch.randn(shape, generator=generator)
        ours_weight.grad, theirs_weight.grad = gradient.clone(), gradient.clone()
        ours.step(0.02)
        theirs.step()
    # Both round to bfloat16 in every product, in different order: 1/128 of each step's size.
    moved = (theirs_weight - start).abs().max().item()
    torch.testing.assert_close(ours_weight, theirs_weight, atol=0.05 * moved, rtol=0.0)

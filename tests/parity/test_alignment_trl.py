"""Our preference and reinforcement learning losses against trl's own trainers.

Same weights, same batch: the losses and the gradient of every weight are compared.
"""

import copy
import warnings

import datasets
import pytest
import torch
import transformers
from tokenizers import Tokenizer, models, pre_tokenizers

from core.alignment.aligning.dpo import preference_loss, reference_log_probs, token_log_probs
from core.alignment.aligning.grpo import group_advantages, grpo_loss
from core.alignment.preferring.reward import RewardModel, bradley_terry_loss
from core.alignment.text.answered import Answered, laid_out
from core.architecture.text.pretrained import load_pretrained

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # trl warns while it is being imported
    import trl
    from trl.trainer.utils import nanstd

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]

N_VOCAB, PAD = 60, 0
LENGTHS = ((3, 6), (4, 3), (2, 9), (5, 5))  # (question, answer) in tokens
SIZES = {
    "vocab_size": N_VOCAB,
    "hidden_size": 48,
    "intermediate_size": 112,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 32,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": PAD,
    "attn_implementation": "eager",
}


def shaken(model, seed, spread=0.15):
    """Randomise every weight, gains included."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn(parameter.shape, generator=generator) * spread)
    return model


@pytest.fixture
def theirs():
    return shaken(transformers.LlamaForCausalLM(transformers.LlamaConfig(**SIZES)), 0).train()


@pytest.fixture
def ours(theirs, tmp_path):
    return read_by_us(theirs, tmp_path)


def read_by_us(theirs, folder):
    theirs.save_pretrained(folder)
    return load_pretrained(folder)


@pytest.fixture
def tokenizer():
    """A tokenizer that writes every token as its number."""
    numbers = Tokenizer(models.WordLevel({str(n): n for n in range(N_VOCAB)}, unk_token="0"))
    numbers.pre_tokenizer = pre_tokenizers.Whitespace()
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=numbers, pad_token="0", eos_token="2", bos_token="1"
    )


@pytest.fixture
def batch():
    """Four answered questions of different lengths."""
    generator = torch.Generator().manual_seed(1)
    rows = []
    for n_asked, n_answered in LENGTHS:
        tokens = torch.randint(3, N_VOCAB, (n_asked + n_answered,), generator=generator).tolist()
        rows.append((tokens, [False] * n_asked + [True] * n_answered))
    return laid_out(rows)


def settings(kind, tmp_path, **more):
    return kind(
        output_dir=str(tmp_path),
        report_to=[],
        use_cpu=True,
        bf16=False,
        gradient_checkpointing=False,
        **more,
    )


def attention(batch: Answered):
    """(B, T) 1 up to the last token of each answer."""
    places = torch.arange(batch.tokens.shape[1])
    return (places <= batch.last[:, None]).long()


def gradients(loss, model):
    """Every weight's gradient, by name."""
    model.zero_grad(set_to_none=True)
    loss.backward()
    return {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}


def assert_same(ours_loss, theirs_loss, ours_model, theirs_model, tmp_path, relative=1e-5):
    """Loss and all gradients agree; theirs get our layout by being loaded like weights."""
    assert abs(ours_loss - theirs_loss) <= relative * abs(theirs_loss)
    ours_gradients = gradients(ours_loss, ours_model)
    gradients(theirs_loss, theirs_model)
    as_weights = transformers.LlamaForCausalLM(transformers.LlamaConfig(**SIZES))
    with torch.no_grad():
        named = dict(theirs_model.named_parameters())
        for name, weight in as_weights.named_parameters():
            grad = named[name].grad if name in named else None
            weight.copy_(torch.zeros_like(weight) if grad is None else grad)
    theirs_gradients = dict(read_by_us(as_weights, tmp_path / "gradients").named_parameters())
    largest = max(gradient.abs().max() for gradient in theirs_gradients.values())
    assert largest > 0
    for name, theirs_gradient in theirs_gradients.items():
        ours_gradient = ours_gradients.get(name, torch.zeros_like(theirs_gradient))
        assert (ours_gradient - theirs_gradient).abs().max() <= relative * largest, name


def test_dpo_is_theirs(ours, theirs, tokenizer, batch, tmp_path):
    pairs = datasets.Dataset.from_list([{"prompt": "5", "chosen": "6 7", "rejected": "8"}])
    reference = shaken(copy.deepcopy(theirs), 2, spread=0.05)
    trainer = trl.DPOTrainer(
        model=theirs,
        ref_model=reference,
        args=settings(trl.DPOConfig, tmp_path, beta=0.3),
        train_dataset=pairs,
        processing_class=tokenizer,
    )
    theirs_loss = trainer._compute_loss(
        theirs,
        {
            "input_ids": batch.tokens,
            "attention_mask": attention(batch),
            "completion_mask": batch.mask.long(),
        },
        return_outputs=False,
    )
    before = reference_log_probs(read_by_us(reference, tmp_path / "reference"), batch)
    ours_loss, _ = preference_loss(ours, batch, before, beta=0.3)
    assert_same(ours_loss, theirs_loss, ours, theirs, tmp_path)


def test_the_reward_models_loss_is_theirs(ours, theirs, tokenizer, batch, tmp_path):
    judge = transformers.LlamaForSequenceClassification(
        transformers.LlamaConfig(**SIZES, num_labels=1)
    )
    judge.model.load_state_dict(theirs.model.state_dict())
    trainer = trl.RewardTrainer(
        model=judge.train(),
        args=settings(trl.RewardConfig, tmp_path, center_rewards_coefficient=None),
        train_dataset=datasets.Dataset.from_list([{"chosen": "6 7", "rejected": "8"}]),
        processing_class=tokenizer,
    )
    theirs_loss = trainer.compute_loss(
        judge, {"input_ids": batch.tokens, "attention_mask": attention(batch)}
    )
    model = RewardModel(ours)
    with torch.no_grad():
        model.head.weight.copy_(judge.score.weight)
    ours_loss = bradley_terry_loss(*model(batch).chunk(2))
    assert_same(ours_loss, theirs_loss, model.trunk, judge, tmp_path)
    ours_head, theirs_head = model.head.weight.grad, judge.score.weight.grad
    assert (ours_head - theirs_head).abs().max() <= 1e-5 * theirs_head.abs().max()


@pytest.mark.parametrize("kl_weight", [0.0, 0.4])
def test_grpo_is_theirs(ours, theirs, tokenizer, kl_weight, tmp_path):
    trainer = trl.GRPOTrainer(
        model=theirs,
        reward_funcs=lambda completions, **_: [0.0 for _ in completions],
        args=settings(
            trl.GRPOConfig,
            tmp_path,
            beta=0.0,  # with a KL penalty it would look up the reference by name, online
            epsilon=0.2,
            loss_type="grpo",
            num_generations=2,
            per_device_train_batch_size=4,
        ),
        train_dataset=datasets.Dataset.from_list([{"prompt": "5"}] * 4),
        processing_class=tokenizer,
    )
    trainer.beta, trainer.current_gradient_accumulation_steps = kl_weight, 1
    generator = torch.Generator().manual_seed(3)
    tokens = torch.randint(3, N_VOCAB, (4, 10), generator=generator)
    mask = torch.zeros(4, 10, dtype=torch.bool)
    for row, n_answer in enumerate((6, 3, 5, 1)):
        mask[row, 4 : 4 + n_answer] = True
    rewards = torch.tensor([[1.0, 0.2], [0.1, 0.7]])
    advantages = group_advantages(rewards).flatten()
    with torch.no_grad():
        now = token_log_probs(ours(tokens), tokens)
    # Far enough away that some tokens are clipped on either side.
    drawn = now + torch.randn(now.shape, generator=generator) * 0.3
    before = now + torch.randn(now.shape, generator=generator) * 0.3
    theirs_loss = trainer._compute_loss(
        theirs,
        {
            "prompt_ids": tokens[:, :4],
            "prompt_mask": torch.ones(4, 4, dtype=torch.long),
            "completion_ids": tokens[:, 4:],
            "completion_mask": mask[:, 4:].long(),
            "advantages": advantages,
            "old_per_token_logps": drawn[:, 3:],
            "ref_per_token_logps": before[:, 3:],
        },
    )
    log_probs = token_log_probs(ours(tokens), tokens)
    ours_loss = grpo_loss(log_probs, drawn, before, advantages, mask[:, 1:], kl_weight, clip=0.2)
    assert_same(ours_loss, theirs_loss, ours, theirs, tmp_path)


def test_advantages_have_their_spread():
    rewards = torch.rand(5, 6, generator=torch.Generator().manual_seed(4))
    mean = rewards.mean(dim=1, keepdim=True)
    theirs = (rewards - mean) / (nanstd(rewards, dim=1, keepdim=True) + 1e-4)
    torch.testing.assert_close(group_advantages(rewards), theirs)

"""Our supervised fine-tuning loss against trl's own trainer.

Same weights, same batch, as laid out by trl's trainer itself: the loss and the gradient of every
weight are compared.
"""

import warnings

import datasets
import pytest
import torch
import transformers
from tokenizers import Tokenizer, models, pre_tokenizers

from core.alignment.tuning.supervised import answer_loss
from core.architecture.text.pretrained import load_pretrained

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # trl warns while it is being imported
    import trl

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]

N_VOCAB = 60
RELATIVE = 1e-5
SPECIALS = {"<pad>": 0, "<begin>": 1, "<end>": 2}
PAIRS = (("f g h", "i j k l"), ("m n", "o"), ("p q r s t", "u v w"), ("x", "y z"))


def llama():
    config = transformers.LlamaConfig(
        vocab_size=N_VOCAB,
        hidden_size=48,
        intermediate_size=112,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=32,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=0,
        attn_implementation="eager",
    )
    return transformers.LlamaForCausalLM(config)


@pytest.fixture
def theirs():
    model = llama()
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn(parameter.shape, generator=generator) * 0.15)
    return model.train()


@pytest.fixture
def tokenizer():
    """A tokenizer in which every letter is a token."""
    letters = {letter: 3 + n for n, letter in enumerate("abcdefghijklmnopqrstuvwxyz")}
    words = Tokenizer(models.WordLevel(SPECIALS | letters, unk_token="<pad>"))
    words.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=words, pad_token="<pad>", eos_token="<end>", bos_token="<begin>"
    )


def trained_by_them(theirs, tokenizer, tmp_path, completion_only):
    """Their trainer's loss on the batch from their own loader, and that batch."""
    pairs = [{"prompt": ask, "completion": " " + answer} for ask, answer in PAIRS]
    args = trl.SFTConfig(
        output_dir=str(tmp_path),
        report_to=[],
        use_cpu=True,
        bf16=False,
        gradient_checkpointing=False,
        per_device_train_batch_size=len(PAIRS),
        completion_only_loss=completion_only,
        max_length=32,
        eos_token="<end>",
    )
    trainer = trl.SFTTrainer(
        model=theirs,
        args=args,
        train_dataset=datasets.Dataset.from_list(pairs),
        processing_class=tokenizer,
    )
    batch = next(iter(trainer.get_train_dataloader()))
    labels, tokens = batch["labels"].clone(), batch["input_ids"].clone()
    return trainer.compute_loss(trainer.model, batch), tokens, labels != -100


@pytest.mark.parametrize("completion_only", [True, False], ids=["answers", "questions-too"])
def test_fine_tuning_is_theirs(theirs, tokenizer, tmp_path, completion_only):
    theirs.save_pretrained(tmp_path / "weights")
    ours = load_pretrained(tmp_path / "weights")
    theirs_loss, tokens, mask = trained_by_them(theirs, tokenizer, tmp_path, completion_only)
    n_answers = sum(len(answer.split()) + 1 for _, answer in PAIRS)  # each with its end token
    n_all = n_answers + sum(len(ask.split()) for ask, _ in PAIRS)
    assert int(mask.sum()) == (n_answers if completion_only else n_all)

    ours_loss = answer_loss(ours(tokens), tokens, mask)
    assert abs(ours_loss - theirs_loss) <= RELATIVE * abs(theirs_loss)

    ours_loss.backward()
    theirs_loss.backward()
    as_weights = llama()
    with torch.no_grad():
        named = dict(theirs.named_parameters())
        for name, weight in as_weights.named_parameters():
            weight.copy_(named[name].grad)
    as_weights.save_pretrained(tmp_path / "gradients")
    theirs_gradients = dict(load_pretrained(tmp_path / "gradients").named_parameters())
    ours_gradients = dict(ours.named_parameters())
    largest = max(gradient.abs().max() for gradient in theirs_gradients.values())
    assert largest > 0
    for name, theirs_gradient in theirs_gradients.items():
        difference = (ours_gradients[name].grad - theirs_gradient).abs().max()
        assert difference <= RELATIVE * largest, name

"""The command makes everything that is shipped, and what it reports is true."""

import json
import math
import shutil

import pytest
import torch

from core.architecture.transformer import Transformer
from core.architecture.weights import checkpoint_bytes, read_checkpoint
from core.data.dataset import Dataset
from core.data.text.bpe import Encoder
from core.data.text.documents import Corpus
from core.data.world import WorldSettings, lexicon, tell
from core.house.command import make_branches
from core.house.files import Folder
from core.house.making import continuation, learned_from, mean_with_branches
from core.house.pair import bits_per_byte_of, secrets_in
from core.house.recipe import BASE, quick
from core.lineage import content_id
from core.training.averaging import branch
from core.training.text.evaluation import mean_loss, validation_sequences

CHAINS = ("base", "with-duplicates", "without-duplicates")


@pytest.mark.parametrize("name", CHAINS)
def test_every_file_of_a_chain_is_there_and_is_what_the_record_says(folder, record, name):
    chain = record["chains"][name]
    files = [chain[kind] for kind in ("corpus", "encoder", "dataset", "design")]
    for one in [*files, *chain["checkpoints"]]:
        assert content_id(folder.read(one["file"])) == one["id"]
    dataset = Dataset.from_bytes(folder.read(chain["dataset"]["file"]))
    assert dataset.n_vocab == Encoder.from_bytes(folder.read(chain["encoder"]["file"])).n_vocab
    assert json.loads(folder.read(chain["design"]["file"]))["n_vocab"] == dataset.n_vocab


def test_nothing_unfinished_is_left_and_the_record_can_be_read_again(folder, record):
    assert not list(folder.path.glob("*.unfinished"))
    assert folder.record() == json.loads(json.dumps(record))


def test_the_corpus_can_be_told_again(folder, record):
    chain = record["chains"]["base"]
    corpus = Corpus.from_bytes(folder.read(chain["corpus"]["file"]))
    told = tell(WorldSettings(**chain["data_settings"]["world"]))
    assert [document.text for document in corpus] == [document.text for document in told]


def test_the_base_model_is_kept_on_its_way_in_smaller_precision_and_at_its_end(record):
    kept = record["chains"]["base"]["checkpoints"]
    assert [one["step"] for one in kept] == [0, 10]  # 6, plus 2 more in each of two branches
    assert kept[-1]["branches"]["n"] == 2
    assert [one["precision"] for one in kept] == ["int8", "float16"]


def test_figures_belong_to_the_bytes_that_are_shipped(folder, record):
    chain = record["chains"]["base"]
    dataset = Dataset.from_bytes(folder.read(chain["dataset"]["file"]))
    for one in chain["checkpoints"]:
        model, metadata = read_checkpoint(folder.read(one["file"]))
        assert metadata["step"] == one["step"]
        sequences = validation_sequences(dataset, 256, model.config.n_context)
        assert mean_loss(model, sequences) == pytest.approx(
            one["numbers"]["validation_loss_nats"], rel=1e-5
        )


def test_continuations_come_from_the_shipped_weights(folder, record):
    chain = record["chains"]["base"]
    encoder = Encoder.from_bytes(folder.read(chain["encoder"]["file"]))
    last = chain["checkpoints"][-1]
    model, _ = read_checkpoint(folder.read(last["file"]))
    assert set(last["continuations"]) == {"de", "en"}
    for prompts in last["continuations"].values():
        for prompt, text in prompts.items():
            assert continuation(model, encoder, prompt) == text


def test_the_pair_differs_in_the_copies_and_in_nothing_else(record):
    ours, theirs = (record["chains"][name] for name in CHAINS[1:])
    assert ours["training_settings"] == theirs["training_settings"]
    changed = {**theirs["data_settings"]["cleaning"], "duplicates": False}
    assert ours["data_settings"] == {**theirs["data_settings"], "cleaning": changed}
    assert theirs["data_settings"]["cleaning"]["duplicates"] is True
    # 120 documents and four times as many copies
    assert ours["compared"]["n_documents_kept"] == 5 * 120
    assert theirs["compared"]["n_documents_kept"] == 120
    assert ours["compared"]["n_texts_held_out"] == theirs["compared"]["n_texts_held_out"] > 0
    assert ours["compared"]["n_secrets_read"] == theirs["compared"]["n_secrets_read"] > 0


def test_secrets_are_found_as_they_were_planted():
    mail, phone = lexicon.private("mail")[0], lexicon.private("phone")[3]
    assert secrets_in(f"Write to {mail} or call {phone}.") == {mail, phone}
    assert secrets_in("Write to nobody@nowhere or call 110.") == set()


def test_a_model_that_knows_nothing_needs_the_logarithm_of_its_vocabulary(folder, record):
    chain = record["chains"]["base"]
    encoder = Encoder.from_bytes(folder.read(chain["encoder"]["file"]))
    model, _ = read_checkpoint(folder.read(chain["checkpoints"][0]["file"]))
    model.token_embedding.weight.data.zero_()
    text = "Mia."
    n_tokens = len(encoder.encode(text)) + 1  # plus the end token
    expected = n_tokens * math.log2(encoder.n_vocab) / len(text)
    assert bits_per_byte_of(model, encoder, [text]) == pytest.approx(expected)


def test_the_cards_name_the_figures(folder, record):
    card = folder.read("MODEL_CARD.md").decode()
    last = record["chains"]["base"]["checkpoints"][-1]
    assert f"{last['numbers']['validation_bits_per_byte']:.3f}" in card
    assert f"{record['chains']['base']['n_parameters']:,}" in card
    assert record["made"]["date"] in card
    pair = folder.read("MODEL_CARD_DUPLICATES.md").decode()
    compared = record["chains"]["with-duplicates"]["compared"]
    assert f"{compared['held_out_bits_per_byte']:.3f}" in pair


def test_what_is_under_way_is_told(lines):
    assert any(line.startswith("base: step 10: ") and "grammatical" in line for line in lines)


def test_the_shipped_weights_are_the_mean_of_the_finished_model_and_its_branches(folder, record):
    chain = record["chains"]["base"]
    learned = learned_from(folder, chain)
    finished = checkpoint_bytes(Transformer(quick(BASE).design(learned.encoder.n_vocab), seed=5))
    mean = mean_with_branches(finished, "base", quick(BASE).branches, learned.dataset, print)
    model, _ = read_checkpoint(finished)
    branches = [branch(model, learned.dataset, each) for each in quick(BASE).branches.seeded()]
    assert len({each.token_embedding.weight.sum().item() for each in [model, *branches]}) == 3
    for ours, parts in zip(
        mean.parameters(),
        zip(*(each.parameters() for each in [model, *branches]), strict=True),
        strict=True,
    ):
        torch.testing.assert_close(ours, sum(parts) / 3)


def test_from_a_finished_model_its_branches_and_what_follows_are_made_anew(
    folder, record, tmp_path
):
    shutil.copytree(folder.path, tmp_path / "again")
    again, before = Folder(tmp_path / "again"), record["chains"]["base"]
    n_vocab = learned_from(folder, before).encoder.n_vocab
    finished = checkpoint_bytes(Transformer(quick(BASE).design(n_vocab), seed=5))
    made = make_branches(again, finished, is_quick=True, say=print)
    chain = made["chains"]["base"]
    assert again.record() == json.loads(json.dumps(made))
    last = chain["checkpoints"][-1]
    assert last["id"] == content_id(again.read(last["file"])) != before["checkpoints"][-1]["id"]
    assert last["made"]["command"] == "python -m core house --finished FILE --quick"
    assert chain["checkpoints"][:-1] == before["checkpoints"][:-1]
    tuned = next(one for one in chain["answering"]["artifacts"] if one["kind"] == "tuned")
    assert last["id"] in tuned["parents"]
    for name in CHAINS[1:]:
        assert again.record()["chains"][name] == folder.record()["chains"][name]
    assert f"`{last['made']['command']}` on" in again.read("MODEL_CARD.md").decode()


def test_the_quick_recipe_differs_only_in_size():
    assert quick(BASE).cleaning == BASE.cleaning
    assert quick(BASE).training.optimizer == BASE.training.optimizer

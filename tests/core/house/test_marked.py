"""The watermark's first draw: found among others by measuring, and shipped as it was found."""

import torch

from core.architecture.transformer import Transformer
from core.architecture.weights import read_checkpoint
from core.data.text.bpe import Encoder, train_bpe
from core.data.world import PROMPTS, accepts, sentences
from core.house import marked
from core.house.files import SHIPPED, Folder
from core.languages import LANGS
from core.postprocessing.marking.marking import detect
from tests.small_models import small_config

ENCODER = train_bpe(["Mia lives in Rose Lane. Where does Mia live?"] * 4, 300)
CONFIG = small_config(ENCODER.n_vocab)


def small() -> Transformer:
    torch.manual_seed(1)
    return Transformer(CONFIG)


def test_a_text_that_is_not_kept_is_given_up_and_the_others_are_what_they_were():
    model, seeds = small(), range(6)
    all_texts = marked.draw_marked(model, ENCODER, "Mia", marked.MARK, seeds, n_tokens=20)
    assert list(sorted(all_texts)) == list(seeds)
    odd = {seed for seed in seeds if seed % 2}
    kept_texts = {all_texts[seed] for seed in odd}

    def keeps(text: str) -> bool:
        return any(whole.startswith(text) for whole in kept_texts)

    kept = marked.draw_marked(model, ENCODER, "Mia", marked.MARK, seeds, keeps, n_tokens=20)
    assert kept == {seed: all_texts[seed] for seed in odd}


def test_the_shipped_draw_is_grammatical_and_its_mark_is_found_and_no_earlier_one_was_kept():
    folder = Folder(SHIPPED)
    about = folder.record()["chains"]["base"]
    model, _ = read_checkpoint(folder.read(about["checkpoints"][-1]["file"]))
    encoder = Encoder.from_bytes(folder.read(about["encoder"]["file"]))
    for lang in LANGS:
        draw = marked.marked_draw(lang)
        assert draw is not None and draw.prompt == PROMPTS[lang][0]
        assert draw.checkpoint == about["checkpoints"][-1]["id"]
        assert (
            1 <= draw.n_fit <= draw.n_found <= draw.n_grammatical <= draw.n and draw.seed < draw.n
        )
        seeds = [draw.seed]
        (text,) = marked.draw_marked(model, encoder, draw.prompt, draw.mark, seeds).values()
        whole = sentences(draw.prompt + text, complete_only=True)
        assert whole and all(accepts(each, lang) for each in whole)
        assert detect(text, encoder, draw.mark).is_marked
        (plain,) = marked.draw_marked(model, encoder, draw.prompt, None, seeds).values()
        assert all(accepts(one, lang) for one in sentences(draw.prompt + plain, complete_only=True))
        assert not detect(plain, encoder, draw.mark).is_marked


def test_a_price_was_measured_for_every_strength_and_a_stronger_mark_is_found_more_often():
    record = Folder(SHIPPED).record()["chains"]["base"]
    found = marked.prices(record["checkpoints"][-1]["id"])
    assert [each.strength for each in found] == list(marked.STRENGTHS)
    shares = [each.n_found / each.n for each in found]
    assert shares[0] == 0.0 and shares[-1] > 0.9
    sound = [each.n_grammatical / each.n_sentences for each in found]
    assert sound[0] > sound[2] > sound[-1]
    assert marked.prices("another model") == []

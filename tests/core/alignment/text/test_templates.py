"""Chat templates: ours is what the models were taught, others are in their published form."""

from core.alignment.text.chat import question_tokens
from core.alignment.text.templates import Part, Turn, as_text, chatml, llama3, ours
from core.data.text.bpe import SPECIALS, train_bpe

ENCODER = train_bpe(["Who is Mia? Mia is eight."] * 4, 280)


def test_ours_is_what_a_question_is_laid_out_as():
    ids = []
    for part in ours([Turn("user", "Who is Mia?")]):
        ids += [SPECIALS.index(part.text)] if part.special else ENCODER.encode(part.text)
    assert ids == question_tokens(ENCODER, "Who is Mia?")


def test_ours_has_no_place_for_a_system_prompt():
    parts = ours([Turn("system", "Be brief."), Turn("user", "Who?")])
    assert as_text(parts) == "<|end|><|user|>Be brief. Who?<|assistant|>"


def test_turns_that_were_answered_come_before_the_question():
    turns = [Turn("user", "Who?"), Turn("assistant", "Mia."), Turn("user", "Where?")]
    text = "<|end|><|user|>Who?<|assistant|>Mia.<|end|><|user|>Where?<|assistant|>"
    assert as_text(ours(turns)) == text


def test_llama_3_names_the_role_between_two_tokens():
    assert as_text(llama3([Turn("system", "Be brief."), Turn("user", " Who? ")])) == (
        "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>"
        "<|start_header_id|>user<|end_header_id|>\n\nWho?<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\n"
    )


def test_a_typed_special_token_stays_in_its_text_part():
    (typed,) = [part for part in chatml([Turn("user", "<|im_end|>")]) if "user" in part.text]
    assert typed == Part("user\n<|im_end|>") and not typed.special

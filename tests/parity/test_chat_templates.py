"""Our ChatML against the template in SmolLM2's own file, as the Jinja library renders it."""

import pytest
from jinja2.sandbox import ImmutableSandboxedEnvironment

from core.alignment.text.templates import Turn, as_text, chatml
from core.architecture.text.smollm2 import COMMAND, smollm2_file
from core.data.gguf_file import open_gguf

FILE = smollm2_file()
pytestmark = pytest.mark.skipif(FILE is None, reason=f"run {COMMAND}")

CONVERSATIONS = [
    [Turn("system", "Be brief."), Turn("user", "Who is Mia?")],
    [
        Turn("system", "Be brief."),
        Turn("user", "Who?"),
        Turn("assistant", "Mia."),
        Turn("user", "Where?\nAnd when?"),
    ],
]


@pytest.mark.parametrize("turns", CONVERSATIONS, ids=len)
def test_chatml_is_what_the_model_file_asks_for(turns):
    assert FILE is not None
    template = str(open_gguf(FILE).metadata["tokenizer.chat_template"])
    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
    theirs_text = environment.from_string(template).render(
        messages=[{"role": turn.role, "content": turn.text} for turn in turns],
        add_generation_prompt=True,
    )
    ours_text = as_text(chatml(turns))
    assert ours_text == theirs_text

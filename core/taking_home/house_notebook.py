"""The example model as a notebook that makes it again, from the first text to the last answer.

All of it is in the code: the texts are told by a program, the recipe is `core.house.recipe`. So the
notebook has nothing beside it.
"""

from typing import Any, Final

from core.house.making import Record
from core.lineage import CODE_VERSION
from core.taking_home.notebook import NotebookWords, code, literal, markdown, notebook

FIRST_PART: Final = 150
"""Step up to which the notebook repeats the training unless told to do all of it: a minute."""

IMPORTS: Final = """\
from pathlib import Path

from core.data.text.prepare import prepare
from core.data.world import tell
from core.house import recipe as recipes
from core.house.answering import answering
from core.house.files import Folder
from core.house.making import Learned, make_chain, measured
from core.lineage import CODE_VERSION, content_id
from core.taking_home.repeating import compared

assert CODE_VERSION == {version!r}, f"another version of the code: {{CODE_VERSION}}\""""
READ: Final = """\
RECIPE = {recipe}
INPUTS = {inputs}
texts = prepare(
    tell(RECIPE.world),
    RECIPE.cleaning,
    n_vocab=RECIPE.n_vocab,
    validation_share=RECIPE.validation_share,
    seed=RECIPE.training.seed,
)
for name, id in INPUTS.items():
    assert content_id(getattr(texts, name).to_bytes()) == id, f"{{name}} differs\""""
SETTINGS: Final = """\
PRECISION = {precision!r}
UNTIL = {until}
WHOLE = False
NUMBERS = {numbers}
IDS = {ids}"""
RUN: Final = """\
from core.architecture.transformer import Transformer
from core.architecture.weights import checkpoint_bytes
from core.training.parts import computing_with
from core.training.text.evaluation import WorldJudge, documents_of
from core.training.text.next_token import trainer_of

model = Transformer(RECIPE.design(texts.encoder.n_vocab), seed=RECIPE.training.seed)
settings = RECIPE.training.changed(precision=PRECISION)
trainer = trainer_of(model, texts.dataset, settings)
learned = Learned(texts.encoder, texts.dataset)
judge = WorldJudge(RECIPE.world, documents_of(texts.dataset, texts.encoder))
found = {}
with computing_with(1):
    while True:
        if trainer.step in RECIPE.kept_steps:
            about = {"step": trainer.step, "chain": "base"}
            kept = checkpoint_bytes(model, about, "int8")
            found[trainer.step] = measured(kept, learned, judge, RECIPE.n_judged)
            print(trainer.step, found[trainer.step]["numbers"])
        if trainer.step >= UNTIL:
            break
        trainer.advance()"""
WHOLE: Final = """\
if WHOLE:
    made = Folder(Path("made"))
    chain = make_chain(made, "base", RECIPE, print)
    found |= {each["step"]: each for each in chain.record["checkpoints"]}
    print(answering(made, "base", chain.record, recipes.ALIGNED_BASE, print)["artifacts"])"""
COMPARE: Final = """\
figures = [
    each for step, now in found.items() for each in compared(NUMBERS[step], now["numbers"])
]
print(*figures, sep="\\n")
identical = all(now["id"] == IDS[step] for step, now in found.items())
print("the weights are the same, bit for bit" if identical else "the weights differ in their bits")
assert all(each.agrees for each in figures if each.is_held)"""


def house_notebook(
    words: NotebookWords,
    chain: Record,
    precision: str,
    recipe: str = "recipes.BASE",
    until: int = FIRST_PART,
) -> bytes:
    """The notebook of the example model.

    Args:
        words: what stands between the cells.
        chain: its record, as it is shipped.
        precision: of the products with which it was trained.
        recipe: the recipe, as Python of the notebook writes it.
        until: step up to which the training is repeated at first.
    """
    numbers: dict[int, Any] = {each["step"]: each["numbers"] for each in chain["checkpoints"]}
    ids = {each["step"]: each["id"] for each in chain["checkpoints"]}
    inputs = {name: chain[name]["id"] for name in ("corpus", "encoder", "dataset")}
    return notebook(
        [
            markdown(f"# {words.title}\n\n{words.about}\n\n{words.install}"),
            code(IMPORTS.format(version=CODE_VERSION)),
            markdown(words.texts),
            code(READ.format(recipe=recipe, inputs=literal(inputs))),
            markdown(words.settings),
            code(
                SETTINGS.format(precision=precision, until=until, numbers=literal(numbers), ids=ids)
            ),
            markdown(words.run),
            code(RUN),
            code(WHOLE),
            markdown(words.end),
            code(COMPARE),
        ]
    )

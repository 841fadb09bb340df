"""Imports point one way: app, pages -> pages/kit -> core; and inside core from step to step."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

STEPS = ("data", "architecture", "inference", "training", "alignment", "postprocessing")
BOTTOM = (
    "errors",
    "identity",
    "intervals",
    "languages",
    "lineage",
    "once",
    "pieces",
    "pipeline",
    "settings",
    "spreadsheet",
)
ALL = (
    *BOTTOM,
    *STEPS,
    "limits",
    "learning",
    "figures",
    "recheck",
    "store",
    "jobs",
    "house",
    "rooms",
    "taking_home",
    "api",
    "services",
)

ALLOWED: dict[str, tuple[str, ...]] = {
    "errors": (),
    "identity": (),
    "pipeline": (),
    "intervals": (),
    "languages": (),
    "lineage": ("errors", "pipeline"),
    "once": (),
    "pieces": (),
    "settings": ("errors",),
    "spreadsheet": (),
    # Each step may use the steps before it in this order: generating needs only a model, and
    # training shows what the model writes.
    **{step: (*BOTTOM, *STEPS[:place]) for place, step in enumerate(STEPS)},
    "limits": (*BOTTOM, *STEPS),
    "learning": BOTTOM,
    "figures": BOTTOM,
    "recheck": BOTTOM,  # a second opinion shares no code with the first
    "store": BOTTOM,
    "jobs": (*BOTTOM, *STEPS, "store"),
    "house": (*BOTTOM, *STEPS, "limits", "store", "jobs"),
    "taking_home": (*BOTTOM, *STEPS, "store", "jobs", "house"),
    "services": (*BOTTOM, *STEPS, "limits", "store", "jobs", "house"),
    "rooms": (*BOTTOM, *STEPS, "store", "jobs", "services"),
    "api": ALL,
    "__main__": ALL,
    "__init__": (),
}
"""Part of core -> the parts it may import, besides itself."""


def imports_of(source: str, package: str) -> Iterator[tuple[int, str]]:
    """Every module a file imports, anywhere in the file, with its line."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield node.lineno, name.name
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1]
            start = ".".join([*base, node.module or ""]).strip(".") if node.level else node.module
            for name in node.names:  # `from core import store` imports core.store
                yield node.lineno, f"{start}.{name.name}"
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            for argument in node.args[:1]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield node.lineno, argument.value


def violation(file: str, imported: str) -> str | None:
    """Why a file may not import a module, or None if it may."""
    place, target = file.removesuffix(".py").split("/"), imported.split(".")
    in_kit = place[:2] == ["pages", "kit"]
    if target[0] == "pages" and place[0] == "core":
        return "core knows no page"
    if place[0] == "core" and target[0] == "streamlit":
        return "core knows no Streamlit"
    if in_kit and target[0] == "pages" and target[1:2] != ["kit"]:
        return "the kit knows no page"
    if target[0] == "app" and place[0] in ("core", "pages"):
        return "nothing imports the app"
    if place[0] == "core" and target[0] == "core" and len(target) > 1:
        part, other = place[1], target[1]
        if part not in ALLOWED:
            return f"core/{part} has no place in the import order; give it one in ALLOWED"
        if other in ALLOWED and other != part and other not in ALLOWED[part]:
            return f"core/{part} may import only {', '.join(ALLOWED[part]) or 'nothing'}"
    return None


def source_files() -> list[Path]:
    found = [*ROOT.glob("*.py"), *ROOT.glob("core/**/*.py"), *ROOT.glob("pages/**/*.py")]
    return sorted(path for path in found if path.is_file())


def test_every_import_points_in_the_allowed_direction():
    found = []
    for path in source_files():
        file = path.relative_to(ROOT).as_posix()
        package = ".".join(path.relative_to(ROOT).parent.parts)
        for line, imported in imports_of(path.read_text(encoding="utf-8"), package):
            if reason := violation(file, imported):
                found.append(f"{file}:{line}: imports {imported}: {reason}")
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize(
    ("file", "imported"),
    [
        ("core/inference/generate.py", "core.training.loop"),
        ("core/data/text/bpe.py", "core.store"),
        ("core/recheck/transformer.py", "core.architecture.attention"),
        ("core/figures/curves.py", "core.training"),
        ("core/training/loop.py", "core.figures.curves"),
        ("core/store/runs.py", "core.jobs.engine"),
        ("core/data/text/bpe.py", "streamlit"),
        ("core/api/live.py", "pages.kit.state"),
        ("pages/kit/frame.py", "pages.data.clean"),
        ("core/newcomer.py", "core.errors"),
    ],
)
def test_an_import_against_the_direction_is_found(file, imported):
    assert violation(file, imported)


@pytest.mark.parametrize(
    ("file", "imported"),
    [
        ("core/training/loop.py", "core.inference.generate"),
        ("core/jobs/engine.py", "core.store.store"),
        ("core/api/app.py", "core.services"),
        ("pages/1_data.py", "pages.kit.frame"),
        ("pages/data/clean.py", "core.data.text.cleaning"),
        ("pages/kit/frame.py", "streamlit.components.v2"),
        ("app.py", "pages.kit.process"),
    ],
)
def test_an_import_along_the_direction_is_allowed(file, imported):
    assert violation(file, imported) is None


def test_imports_are_found_in_every_form():
    source = (
        "import core.a\n"
        "from core import b\n"
        "def late():\n"
        "    from . import c\n"
        "    from ..d import e\n"
        "    import_module('core.f')\n"
    )
    assert list(imports_of(source, "core.store")) == [
        (1, "core.a"),
        (2, "core.b"),
        (4, "core.store.c"),
        (5, "core.d.e"),
        (6, "core.f"),
    ]

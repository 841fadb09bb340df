"""The README's layout is the tree: one line a file, in the words of the file itself."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
BEGIN, END = "<!-- layout -->\n", "<!-- /layout -->"

# The order in which the chain is lived, not the alphabet's.
FOLDERS = (
    "",
    "pages",
    "pages/home",
    "pages/data",
    "pages/architecture",
    "pages/training",
    "pages/alignment",
    "pages/inference",
    "pages/postprocessing",
    "pages/journey",
    "pages/glossary",
    "pages/kit",
    "pages/kit/components",
    "core",
    "core/data",
    "core/data/world",
    "core/architecture",
    "core/alignment",
    "core/inference",
    "core/training",
    "core/postprocessing",
    "core/figures",
    "core/recheck",
    "core/jobs",
    "core/store",
    "core/api",
    "core/house",
)


def first_sentence(path: Path) -> str:
    """The first line of a module's docstring."""
    return (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").split("\n")[0]


def layout() -> str:
    """The layout as the README has to have it."""
    lines = []
    for folder in FOLDERS:
        files = [f for f in sorted((ROOT / folder).glob("*.py")) if f.name != "__init__.py"]
        if folder:
            package = ROOT / folder / "__init__.py"
            lines.append(f"\n**`{folder}/`** {first_sentence(package)}\n")
        lines += [f"- `{file.name}` {first_sentence(file)}" for file in files]
    return "\n".join(lines).strip() + "\n"


def test_the_readme_shows_the_tree_as_it_is():
    readme = (ROOT / "README.md").read_text("utf-8")
    assert readme.split(BEGIN)[1].split(END)[0] == layout(), (
        "write it again: python tests/test_readme.py"
    )


def test_no_package_is_missing_from_the_layout():
    packages = {
        str(file.parent.relative_to(ROOT))
        for top in ("core", "pages")
        for file in (ROOT / top).rglob("__init__.py")
    }
    assert packages <= set(FOLDERS)


def test_every_file_says_what_it_is_for():
    assert not re.findall(r"^- `[^`]+` *$", layout(), flags=re.MULTILINE)


if __name__ == "__main__":
    before, rest = (ROOT / "README.md").read_text("utf-8").split(BEGIN)
    after = rest.split(END)[1]
    (ROOT / "README.md").write_text(before + BEGIN + layout() + END + after, "utf-8")

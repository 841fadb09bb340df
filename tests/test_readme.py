"""The README is short, and the list of files is the tree, in the words of each file."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
FILES = ROOT / "docs" / "files.md"
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
    "core/data/pictures",
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


def folders() -> list[str]:
    """FOLDERS, each followed by the packages inside it that have no place of their own there."""
    found: list[str] = []
    for folder in FOLDERS:
        inside = sorted(path.parent for path in (ROOT / folder).rglob("*/__init__.py"))
        names = [str(path.relative_to(ROOT)) for path in inside] if folder else []
        found += [folder, *(name for name in names if _belongs(name, folder))]
    return found


def _belongs(package: str, folder: str) -> bool:
    """Whether no other of FOLDERS is nearer to the package."""
    around = [known for known in FOLDERS if known and f"{package}/".startswith(f"{known}/")]
    return max(around, key=len) == folder


def first_sentence(path: Path) -> str:
    """The first line of a module's docstring."""
    return (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").split("\n")[0]


def layout() -> str:
    """The list of files as it has to be."""
    lines = []
    for folder in folders():
        files = [f for f in sorted((ROOT / folder).glob("*.py")) if f.name != "__init__.py"]
        if folder:
            package = ROOT / folder / "__init__.py"
            lines.append(f"\n**`{folder}/`** {first_sentence(package)}\n")
        lines += [f"- `{file.name}` {first_sentence(file)}" for file in files]
    return "\n".join(lines).strip() + "\n"


def test_the_list_of_files_shows_the_tree_as_it_is():
    assert FILES.read_text("utf-8").split(BEGIN)[1].split(END)[0] == layout(), (
        "write it again: python tests/test_readme.py"
    )


def test_the_readme_is_short_and_begins_with_the_two_commands():
    lines = (ROOT / "README.md").read_text("utf-8").splitlines()
    assert len(lines) < 200
    first_screen = "\n".join(lines[:30])
    assert "streamlit run app.py" in first_screen and "-m pytest" in first_screen


def test_every_link_between_the_documents_leads_to_a_file():
    for document in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")):
        for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text("utf-8")):
            assert (document.parent / link).exists(), f"{document.name}: {link}"


def test_no_package_is_missing_from_the_layout():
    packages = {
        str(file.parent.relative_to(ROOT))
        for top in ("core", "pages")
        for file in (ROOT / top).rglob("__init__.py")
    }
    assert packages <= set(folders())


def test_every_file_says_what_it_is_for():
    assert not re.findall(r"^- `[^`]+` *$", layout(), flags=re.MULTILINE)


if __name__ == "__main__":
    before, rest = FILES.read_text("utf-8").split(BEGIN)
    after = rest.split(END)[1]
    FILES.write_text(before + BEGIN + layout() + END + after, "utf-8")

"""The house rules a machine can check, as the commands a developer runs."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCRIPTS = sorted((ROOT / "pages" / "kit" / "assets").glob("*.js"))
DENO = ("--config", str(ROOT / "tests" / "javascript" / "deno.json"), *map(str, SCRIPTS))

COMMANDS = {
    "ruff_finds_nothing": ["ruff", "check", "--no-cache"],
    "everything_is_formatted": ["ruff", "format", "--check", "--no-cache"],
    "mypy_finds_nothing_in_core_and_pages_kit": ["mypy"],
    "javascript_is_formatted": ["deno", "fmt", "--check", *DENO],
    "typescript_finds_nothing_in_our_javascript": ["deno", "check", *DENO],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_house_rule(name):
    command = [sys.executable, "-m", *COMMANDS[name]]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, f"{' '.join(command[1:])}\n{result.stdout}{result.stderr}"

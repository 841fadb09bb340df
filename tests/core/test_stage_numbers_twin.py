"""Numbers on their way into a CSV file: as the page writes them, as every program reads them."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

ASSET = Path(__file__).resolve().parents[2] / "pages/kit/assets/stage_numbers.js"
NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(NODE is None, reason="needs node to run the browser's code")

ASK = """
import { pathToFileURL } from "node:url"
const { cell, plain } = await import(pathToFileURL(process.argv[1]).href)
const asked = JSON.parse(process.argv[2])
const told = asked.plain.map(([text, german]) => plain(text, german))
console.log(JSON.stringify({ plain: told, cell: asked.cell.map(cell) }))
"""
PLAIN = [
    ("1\u202f234,5\u202f%", True, "1234.5 %"),
    ("1.234,5 %", True, "1234.5 %"),
    ("1,234.5%", False, "1234.5 %"),
    ("29\u202f999 Texte", True, "29999 Texte"),
    ("−0,25", True, "-0.25"),
    ("0,001", True, "0.001"),
    ("12:30", True, "12:30"),  # a time
    ("26. 11. 2026", True, "26. 11. 2026"),  # a date
    ("98–99 %", True, "98–99 %"),  # a range
    ("Mia wohnt 3 Häuser weiter", True, "Mia wohnt 3 Häuser weiter"),
]
CELLS = [
    ("37 %", "37 %"),
    ("-0.25", "-0.25"),
    ("=1+1", "'=1+1"),  # a spreadsheet would compute it
    ("@SUM(A1)", "'@SUM(A1)"),
    ('he said "no", twice', '"he said ""no"", twice"'),
    ("two\nlines", '"two\nlines"'),
]


def test_numbers_become_plain_and_texts_stay_texts():
    assert NODE is not None
    asked = {"plain": [(text, german) for text, german, _ in PLAIN], "cell": [c for c, _ in CELLS]}
    done = subprocess.run(
        [NODE, "--input-type=module", "-e", ASK, str(ASSET), json.dumps(asked)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    found = json.loads(done.stdout)
    assert found["plain"] == [expected for _, _, expected in PLAIN]
    assert found["cell"] == [expected for _, expected in CELLS]

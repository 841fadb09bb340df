"""Where CI is set, a test that is skipped fails: what it needs has to be installed by .ci/run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

SOURCES = {
    "test_mark.py": "@pytest.mark.skipif(True, reason='no node')\ndef test_mark():\n    pass\n",
    "test_call.py": "def test_call():\n    pytest.skip('no node')\n",
    "test_fixture.py": "@pytest.fixture\ndef node():\n    pytest.skip('no node')\n"
    "def test_fixture(node):\n    pass\n",
    "test_file.py": "pytest.importorskip('no_such_package_at_all')\ndef test_x():\n    pass\n",
    "test_expected.py": "@pytest.mark.xfail\ndef test_expected():\n    assert False\n",
    "test_fine.py": "def test_fine():\n    pass\n",
}


def run_beside_our_conftest(tmp_path, ci):
    tests = tmp_path / "tests"
    tests.mkdir()
    shutil.copy(ROOT / "tests/conftest.py", tests)
    for name, source in SOURCES.items():
        (tests / name).write_text(f"import pytest\n\n{source}", encoding="utf-8")
    given = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    quick = {**given, "CI": ci, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    options = ["-p", "xdist", "-p", "no:cacheprovider", "--continue-on-collection-errors", "-rA"]
    command = [sys.executable, "-m", "pytest", *options, str(tests)]
    return subprocess.run(command, cwd=tmp_path, env=quick, capture_output=True, text=True).stdout


def test_a_skip_is_a_failure_where_ci_is_set_but_an_expected_failure_is_none(tmp_path):
    said = run_beside_our_conftest(tmp_path, ci="true")
    assert said.count("nothing may be skipped") >= 4
    for name in ("mark", "call", "fixture"):
        assert f"tests/test_{name}.py::test_{name}" in said.split("short test summary")[1]
    assert "1 passed, 1 xfailed" in said and " skipped" not in said.splitlines()[-1]


def test_elsewhere_a_skip_stays_one(tmp_path):
    said = run_beside_our_conftest(tmp_path, ci="")
    assert "1 passed, 4 skipped, 1 xfailed" in said.splitlines()[-1]


def test_what_tests_need_is_installed_by_ci():
    script = (ROOT / ".ci/run").read_text(encoding="utf-8")
    for package in ("chromium", "nodejs", "postgresql"):
        assert package in script

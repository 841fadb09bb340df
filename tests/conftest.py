"""All tests: one thread each, since the tiny models only lose by sharing a step among threads."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch is imported, children included

"""Step 1, data: what the model learns from, and what is left of it once it has been cleaned."""

from pages.kit.frame import open_page

t = open_page("data")

# torch comes with this, and takes its time: the question need not wait for it
from pages.data.overview import draw  # noqa: E402

draw(t)

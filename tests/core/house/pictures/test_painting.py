"""The house's denoiser as a painter."""

from core.house.files import Folder
from core.house.pictures.chain import house_pictures
from core.house.pictures.painting import house_painter
from core.lineage import content_id


def test_it_draws_what_is_asked_in_words_it_has_never_read(folder):
    painter = house_painter(folder)
    assert painter is not None
    assert painter.model_id == content_id(house_pictures(folder).weights())
    said, reworded = (
        painter.paint([caption], [3], painter.usual)[0]
        for caption in ("A violet cat, by day", "a purple kitty by day")
    )
    assert said.shape == (painter.size, painter.size, 3)
    assert reworded.shape == said.shape


def test_where_nothing_is_shipped_there_is_no_painter(tmp_path):
    assert house_painter(Folder(tmp_path)) is None

"""Bad files do no harm to the good ones beside them, and every file is accounted for."""

import io
import json
import subprocess
import sys
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image

from core.data.pictures import PictureSettings, draw_corpus
from core.data.pictures.collecting.files import png_of, written
from core.data.pictures.standardising import untrusted
from core.data.pictures.standardising.standardise import Standard, standardise
from core.data.pictures.standardising.unpacking import LIMIT_PICTURES, short_name
from core.data.pictures.standardising.untrusted import standardise_untrusted
from core.errors import (
    DamagedZip,
    LockedZip,
    NoPicturesInside,
    OutOfTime,
    ReadingFailed,
    TooManyPictures,
    ZipBomb,
)

CORPUS = draw_corpus(PictureSettings(n_pictures=6))
GOOD = [(f"{i}.png", png_of(picture)) for i, picture in enumerate(CORPUS.pictures)]


def zipped(files):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


def problems(outcomes):
    return [type(each.problem) if each.problem else None for each in outcomes]


def test_the_child_makes_what_the_parent_would_have_made():
    name, data = (
        "größe 🐈.png",
        png_of(np.random.default_rng(1).integers(0, 256, (50, 70, 3), np.uint8)),
    )
    there, later = standardise_untrusted([(name, data)] * 2, Standard(64, "pad"), n_views=1)
    here = standardise(name, data, Standard(64, "pad"), views=True)
    assert there.name == name and there.problem is None
    assert np.array_equal(there.standardised.pixels, here.pixels)
    assert there.standardised.steps == here.steps
    assert there.standardised.arrived == here.arrived
    assert later.standardised.arrived == b"" != here.arrived


def test_errors_come_back_with_their_values_and_in_order():
    files = [GOOD[0], ("logo.png", b"<svg/>"), ("", b""), GOOD[1]]
    outcomes = standardise_untrusted(files)
    assert [each.problem and each.problem.key for each in outcomes] == [
        None, "no_picture", "empty_picture", None]  # fmt: skip
    assert outcomes[1].problem.values == {"name": "logo.png", "kind": "SVG"}
    assert np.array_equal(outcomes[3].standardised.pixels, CORPUS.pictures[1])


@pytest.mark.skipif(sys.platform == "win32", reason="Windows limits no single process")
def test_a_file_that_kills_its_reader_leaves_the_others():
    killer = io.BytesIO()
    Image.new("RGB", (7000, 7000)).save(killer, "PNG")
    files = [GOOD[0], ("killer.png", killer.getvalue()), GOOD[1]]
    outcomes = standardise_untrusted(files, memory_bytes=300 * 2**20)
    assert problems(outcomes) == [None, ReadingFailed, None]
    assert outcomes[1].problem.values["name"] == "killer.png"


def test_a_file_that_takes_too_long_leaves_the_others(monkeypatch):
    """A child that hangs at each second file, in place of our own."""
    child = """if 1:
        import json, sys, time
        header = json.loads(sys.stdin.readline())
        def tell(**said):
            print(json.dumps(said), flush=True)
        for name, n in header["files"]:
            if header["skip"]:
                header["skip"] = 0
                tell(through=name)
                continue
            tell(reading=name)
            if name.startswith("slow"):
                time.sleep(60)
            tell(name=name, caption="", error={"key": "empty_picture", "message": "", "values": {}})
            tell(through=name)
    """
    real = subprocess.Popen
    monkeypatch.setattr(
        untrusted.subprocess,
        "Popen",
        lambda command, **more: real([sys.executable, "-c", child], **more),
    )
    files = [("a", b""), ("slow 1", b""), ("b", b""), ("slow 2", b""), ("c", b"")]
    outcomes = standardise_untrusted(files, file_limit_s=1.5)
    assert [each.name for each in outcomes] == ["a", "slow 1", "b", "slow 2", "c"]
    assert [each.file for each in outcomes] == [0, 1, 2, 3, 4]
    assert [each.problem.key for each in outcomes][1::2] == [ReadingFailed.key] * 2
    outcomes = standardise_untrusted(files, total_limit_s=1.5)
    assert problems(outcomes)[1:] == [OutOfTime] * 4 and len(outcomes) == 5


def test_no_time_at_all_is_told_of_every_file():
    assert problems(standardise_untrusted(GOOD, total_limit_s=0.0)) == [OutOfTime] * 6


def test_five_hundred_files_at_once_are_read_and_the_rest_is_told():
    heard = []
    files = [GOOD[i % 6] for i in range(LIMIT_PICTURES + 7)]
    outcomes = standardise_untrusted(files, on_progress=heard.append)
    assert problems(outcomes) == [None] * LIMIT_PICTURES + [TooManyPictures] * 7
    assert heard[-1] == len(files)


def test_an_archive_brings_its_pictures_with_their_captions():
    files = {f"book/{name}": data for name, data in written(CORPUS).items()}
    files |= {"__MACOSX/book/._0.png": b"x", "book/.DS_Store": b"x", "a.png": GOOD[0][1],
              "a.txt": "Ein  roter\nBall\0", "lonely.txt": "?"}  # fmt: skip
    outcomes = standardise_untrusted([("book.zip", zipped(files))])
    assert problems(outcomes) == [None] * 7
    captions = {each.name: each.caption for each in outcomes}
    assert captions == {
        "a.png": "Ein roter Ball",
        **{f"{i:05d}.png": entry.caption for i, entry in enumerate(CORPUS.entries)},
    }


@pytest.mark.parametrize("line", ["{", "[]", '{"file": 1, "caption": "x"}', "[" * 100_000, "null"])
def test_broken_captions_cost_no_picture(line):
    data = zipped({"a.png": GOOD[0][1], "captions.jsonl": line})
    [outcome] = standardise_untrusted([("a.zip", data)])
    assert outcome.problem is None and outcome.caption == ""


def test_a_zip_bomb_is_stopped_and_what_came_before_it_is_kept():
    bomb = {"a.png": GOOD[0][1], **{f"{i}.png": bytes(19 * 2**20) for i in range(9)}}
    outcomes = standardise_untrusted([("bomb.zip", zipped(bomb)), GOOD[1]])
    assert problems(outcomes)[0] is None and problems(outcomes)[-2:] == [ZipBomb, None]
    assert len(outcomes) < 10 and outcomes[-2].name == "bomb.zip"
    assert [each.file for each in outcomes] == [0] * (len(outcomes) - 1) + [1]


def test_a_single_entry_that_grows_too_large_is_refused_alone():
    data = zipped({"big.png": bytes(60 * 2**20), "a.png": GOOD[0][1]})
    assert len(data) < 2**20
    outcomes = standardise_untrusted([("big.zip", data)])
    assert [each.problem and each.problem.key for each in outcomes] == ["large_picture_file", None]


def test_archives_that_cannot_be_read_say_why():
    good = zipped({"a.png": GOOD[0][1]})
    locked = bytearray(good)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[good.index(mark) + place] |= 1
    broken = bytearray(good)
    broken[60] ^= 0xFF
    files = [("locked.zip", bytes(locked)), ("cut.zip", good[:-30]), ("broken.zip", bytes(broken)),
             ("nothing.zip", zipped({"a.txt": "x"})), GOOD[2]]  # fmt: skip
    outcomes = standardise_untrusted(files)
    assert problems(outcomes) == [LockedZip, DamagedZip, DamagedZip, NoPicturesInside, None]


def test_an_archive_within_an_archive_is_no_picture():
    data = zipped({"inner.zip": zipped({"a.png": GOOD[0][1]})})
    [outcome] = standardise_untrusted([("outer.zip", data)])
    assert outcome.problem.values == {"name": "inner.zip", "kind": "ZIP"}


def test_an_archive_of_very_many_files_is_read_in_part():
    data = zipped({f"{i}.png": GOOD[0][1] for i in range(LIMIT_PICTURES + 300)})
    outcomes = standardise_untrusted([("many.zip", data)])
    assert problems(outcomes) == [None] * LIMIT_PICTURES + [TooManyPictures]


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\fotos\\ball.png", "ball.png"),
        ("", "?"),
        ("a\nb\x1b[31m.png", "ab[31m.png"),
        ("\ud83d.png", "\ufffd.png"),
    ],
)
def test_a_name_is_nothing_but_a_name(name, short):
    assert short_name(name) == short and len(short_name("x" * 500 + ".png")) <= 80


def test_nothing_in_is_nothing_out():
    assert standardise_untrusted([]) == []


def test_the_child_imports_neither_torch_nor_streamlit():
    module = "core.data.pictures.standardising.untrusted"
    program = f"import sys, json, {module}; print(json.dumps(list(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert not {"torch", "streamlit"} & set(json.loads(answer.stdout))


def test_a_compressed_text_in_a_png_is_no_bomb():
    def chunk(name, body):
        return (
            len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")
        )

    png = GOOD[0][1]
    bomb = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(200 * 2**20)))
    [outcome, other] = standardise_untrusted([("a.png", png[:33] + bomb + png[33:]), GOOD[1]])
    assert other.problem is None
    assert outcome.problem is None or outcome.problem.key == "damaged_picture"

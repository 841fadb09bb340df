"""One colour of a caption exchanged for another in the same form."""

from core.data.pictures.wording.recolouring import colours_exchanged
from core.data.pictures.wording.vocabulary import CaptionEncoder

ENCODER = CaptionEncoder.of_the_book()


def exchanged(caption):
    return [(each.position, each.old, each.new, each.caption)
            for each in colours_exchanged(caption, ENCODER)]  # fmt: skip


def test_a_german_ending_stays():
    assert exchanged("links ein roter Ball, rechts ein blaues Haus, bei Nacht") == [
        (2, "roter", "blauer", "links ein blauer Ball, rechts ein blaues Haus, bei Nacht"),
        (7, "blaues", "rotes", "links ein roter Ball, rechts ein rotes Haus, bei Nacht"),
    ]


def test_english_words_have_no_endings():
    assert exchanged("a purple star above a yellow boat, at night")[1][1:3] == ("yellow", "blue")
    assert exchanged("a reddish apple") == []


def test_only_the_second_of_two_equal_words_is_exchanged():
    assert exchanged("a red ball, a red house")[1] == (5, "red", "blue", "a red ball, a blue house")


def test_a_caption_without_a_colour_has_no_exchange():
    assert exchanged("Ball") == [] and exchanged("") == []

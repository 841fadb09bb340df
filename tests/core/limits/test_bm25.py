"""BM25 against SQLite's full-text search, and what each word adds."""

import sqlite3
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.limits.grounding.bm25 import K1, LEAST_WEIGHT, WORD, Index
from core.limits.grounding.board import board

WORDS = ("mia", "wohnt", "in", "der", "mühle", "ünal", "straße", "25", "a")


def by_sqlite(passages, question):
    """Places and scores as SQLite finds them, the best first."""
    with sqlite3.connect(":memory:") as base:
        base.execute(
            "create virtual table t using fts5(x, tokenize='unicode61 remove_diacritics 0')"
        )
        base.executemany("insert into t(x) values (?)", [(text,) for text in passages])
        either = " OR ".join(f'"{word}"' for word in dict.fromkeys(WORD.findall(question)))
        return base.execute(
            "select rowid - 1, -bm25(t) from t where t match ? order by bm25(t), rowid", (either,)
        ).fetchall()


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_notices_are_found_as_sqlite_finds_them(lang):
    year = board(7, lang)
    passages = list(year.notices.values())
    for fact in list(year.facts)[::9]:
        question = year.question(fact).text
        ours = year.index.search(question, len(passages))
        theirs = by_sqlite(passages, question)
        assert [hit.place for hit in ours] == [place for place, _ in theirs]
        assert [hit.score for hit in ours] == pytest.approx([score for _, score in theirs])


@given(
    passages=st.lists(
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(" ".join),
        min_size=2,
        max_size=12,
    ),
    question=st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join),
)
def test_any_passages_score_as_in_sqlite(passages, question):
    ours = {hit.place: hit.score for hit in Index(passages).search(question, len(passages))}
    theirs = dict(by_sqlite(passages, question))
    assert ours.keys() == theirs.keys()
    for place, score in ours.items():
        assert score == pytest.approx(theirs[place], rel=1e-6, abs=1e-9)


def test_a_score_is_the_sum_of_what_its_words_add_and_rare_words_add_most():
    index = Index(["Mia has a donkey.", "Ben has a dog.", "Mia has a cat.", "Ada has a pony."] * 2)
    hit = index.search("Has Mia a donkey? A donkey!", 1)[0]
    assert hit.place == 0
    assert hit.score == pytest.approx(sum(hit.by_word.values()))
    assert max(hit.by_word, key=hit.by_word.__getitem__) == "donkey"
    assert hit.by_word["has"] <= LEAST_WEIGHT * (K1 + 1)
    assert index.weight("unheard") == 0.0


def test_what_shares_no_word_is_not_found_and_nothing_is_found_in_nothing():
    assert Index(["Mia has a donkey."]).search("Wo?", 3) == []
    assert Index([]).search("Mia", 3) == []
    assert Index(["", "…", "Mia"]).search("MIA?", 3)[0].place == 2
    assert Index(["Mia"]).search("…", 3) == []


def test_of_equal_passages_the_first_is_found_first():
    passages = ["Ada sings."] * 3 + ["Ben sleeps."] * 5
    Random(0).shuffle(passages)
    places = [hit.place for hit in Index(passages).search("sings", 3)]
    assert places == sorted(places) and len(places) == 3

"""A question that is asked once in a run of a page."""

from streamlit.testing.v1 import AppTest

from pages.kit.once_a_run import once_a_run

ASKED: list[int] = []


@once_a_run
def ask() -> int:
    ASKED.append(len(ASKED))
    return ASKED[-1]


def script() -> None:
    import streamlit as st

    from tests.pages.test_once_a_run import ask

    st.text(f"{ask()} {ask()}")
    st.button("again")


def test_it_is_asked_once_a_run_and_anew_in_the_next():
    ASKED.clear()
    app = AppTest.from_function(script).run()
    assert app.text[0].value == "0 0"
    app.button[0].click().run()
    assert app.text[0].value == "1 1"
    another = AppTest.from_function(script).run()
    assert another.text[0].value == "2 2"


def test_outside_a_page_it_is_asked_every_time():
    ASKED.clear()
    assert (ask(), ask()) == (0, 1)

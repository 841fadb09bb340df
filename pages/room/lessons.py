"""Which lesson: a shipped one, or one's own, which is checked as it is written."""

from typing import Final

import streamlit as st

from core.errors import LessonError
from core.rooms.lessons import MAX_CHARS, Lesson, all_shipped, read_lesson
from pages.kit import drafts, site, state
from pages.kit.catalogue import Words
from pages.kit.numbers import whole
from pages.kit.parts import note
from pages.room.sentences import why

FIELD: Final = "own_lesson"
FILE: Final = "own_lesson_file"
OWN: Final = "own"
FILE_NAME: Final = "lesson.toml"
MEDIA_TYPE: Final = "application/toml"


def checked(source: str, name: str = OWN) -> Lesson:
    """A lesson for this house: its pages and settings are known."""
    pages = {place.name for place in site.PLACES}
    return read_lesson(source, name, pages=pages, settings=set(state.SETTINGS))


def known() -> dict[str, Lesson]:
    """The lessons one may choose from, by name; one's own last, if it can be used."""
    found = {lesson.name: lesson for lesson in all_shipped() if not lesson.auto}
    source = drafts.text(FIELD).strip()
    if source and source not in {lesson.source.strip() for lesson in found.values()}:
        try:
            found[OWN] = checked(source)
        except LessonError:
            return found
    return found


def title(lesson: Lesson, t: Words) -> str:
    """What a lesson is called in the list."""
    of = lesson.title[t.lang]
    name = t("room.own_lesson", title=of) if lesson.name == OWN else of
    minutes = whole(round(lesson.minutes), t.lang)
    return t("room.lesson_minutes", title=name, minutes=minutes, n=len(lesson.steps))


def choose(t: Words) -> Lesson:
    """Let somebody choose a lesson."""
    found = known()
    name = st.radio(
        t("room.lesson"),
        list(found),
        format_func=lambda name: title(found[name], t),
        key="room_lesson",
    )
    return found[name]


def steps(lesson: Lesson, t: Words) -> None:
    """What happens in a lesson, step by step."""
    phones = {
        "watch": t("room.phone_watch"),
        "vote": t("room.phone_vote"),
        "words": t("room.phone_words"),
        "pairs": t("room.phone_pairs"),
        "page": t("room.phone_page"),
    }
    rows = [
        {
            t("room.col_step"): f"{n}. {step.title[t.lang]}",
            t("room.col_minutes"): whole(round(step.minutes), t.lang),
            t("room.col_page"): t(f"shell.{step.page}"),
            t("room.col_phone"): phones[step.phone],
        }
        for n, step in enumerate(lesson.steps, start=1)
    ]
    with st.expander(t("room.steps_title")):
        st.table(rows)


def write(t: Words) -> None:
    """Write a lesson of one's own; what is wrong is said with its line. Folded, as most take a
    shipped one and need no TOML.
    """
    shipped = {lesson.name: lesson for lesson in all_shipped()}
    with st.expander(t("room.write_title")):
        note(t("room.write_about"))
        begin = st.selectbox(
            t("room.write_from"),
            list(shipped),
            format_func=lambda name: shipped[name].title[t.lang],
            key="own_lesson_from",
        )
        st.file_uploader(t("room.write_upload"), type=["toml"], key=FILE, on_change=_take_file)
        start = drafts.recall(FIELD, shipped[begin].source)
        source = st.text_area(t("room.write_field"), start, key=FIELD, height=360)
        drafts.keep(FIELD)
        try:
            lesson = checked(source or "")
        except LessonError as error:
            st.error(why(error, t))
        else:
            minutes = whole(round(lesson.minutes), t.lang)
            st.success(t("room.write_ok", n=len(lesson.steps), minutes=minutes))
        label = t("room.write_download")
        st.download_button(label, source or "", file_name=FILE_NAME, mime=MEDIA_TYPE)


def _take_file() -> None:
    """Put an opened file into the field; what is no text is shown as such and refused there."""
    file = st.session_state.get(FILE)
    if file is not None:
        text = file.getvalue()[: 4 * MAX_CHARS].decode("utf-8", errors="replace")
        st.session_state[FIELD] = text

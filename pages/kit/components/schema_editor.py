"""A field for a JSON schema, parsed as JSON on every keystroke."""

from pages.kit.catalogue import Words
from pages.kit.components.mounting import mount


def schema_editor(text: str, t: Words, *, key: str, n_rows: int = 12, turn: str = "") -> str:
    """A field for editing JSON text; mistakes are located while typing.

    Args:
        text: the initial text; a different one replaces what was typed.
        n_rows: number of lines shown.
        turn: what the text is a draft of; what was typed in another turn no longer counts.

    Returns:
        the current text, once typing pauses; not necessarily valid JSON.
    """
    data = {
        "text": text,
        "turn": turn,
        "rows": n_rows,
        "label": t("components.schema"),
        "lang": t.lang,
        "words": {
            "json": t("components.schema_json"),
            "broken": t("components.schema_broken", line="{line}", column="{column}"),
        },
    }
    result = mount("schema_editor", key, data, "typed")
    typed = result.typed
    return str(typed["text"]) if typed and typed["of"] == text and typed["turn"] == turn else text

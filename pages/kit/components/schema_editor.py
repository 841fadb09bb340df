"""A field for a JSON schema, read as JSON with every key pressed."""

from pages.kit.catalogue import Words
from pages.kit.components.mounting import mount


def schema_editor(text: str, t: Words, *, key: str, n_rows: int = 12) -> str:
    """A field in which a JSON text is edited; mistakes are located while typing.

    Args:
        text: what stands there at first; another text replaces what was typed.
        n_rows: lines shown.

    Returns:
        what stands there now, as soon as the typing pauses; it need not be JSON.
    """
    data = {
        "text": text,
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
    return str(typed["text"]) if typed and typed["of"] == text else text

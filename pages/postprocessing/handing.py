"""What step 6 hands over: an answer, kept with its numbers."""

from core.api.chat import language_of_question
from core.lineage import canonical_json
from core.modality import TEXT
from core.postprocessing.stages import Answer, to_dict
from core.services import services
from pages.kit import state
from pages.kit.catalogue import Words
from pages.kit.frame import Figure
from pages.kit.models import Model
from pages.kit.numbers import duration, whole
from pages.postprocessing.given import Given
from pages.postprocessing.ordering import line


def handed_over(answer: Answer | None, t: Words) -> list[Figure]:
    """Places changed, stages passed, time taken; nothing where nothing went through."""
    if answer is None:
        return []
    return [
        Figure(whole(answer.n_filtered, t.lang), t("postprocessing.n_filtered")),
        Figure(whole(len(answer.steps), t.lang), t("postprocessing.n_stages")),
        Figure(duration(answer.seconds, t.lang), t("postprocessing.seconds")),
    ]


def keep(answer: Answer, given: Given, model: Model, t: Words) -> None:
    """Keep the answer, and put it on the bench: the last step has its number now."""
    if given.parent is None:
        return
    store, owner, settings = services().store, state.owner(), line()
    lang = language_of_question(given.text, t.lang)
    kept = store.artifacts.keep(
        owner,
        "answer",
        canonical_json({"text": answer.text, "held_back": answer.held_back}),
        parents=[given.parent.id],
        settings={"stages": to_dict(settings), "lang": lang},
        seed=state.seed(),
        numbers={
            "n_filtered": answer.n_filtered,
            "n_stages": len(answer.steps),
            "seconds": answer.seconds,
            "held_back": int(answer.held_back),
        },
    )
    lying = store.benches.view(owner, TEXT).get(model.lane, {})
    if any(slot.artifact.id == model.id for slot in lying.values()):
        now = lying.get("answer")
        if now is None or now.artifact.id != kept.id:
            store.benches.put(owner, model.lane, kept.id, "answer")

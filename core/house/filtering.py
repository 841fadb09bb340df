"""The stages of step 6 over what the house's models write, counted."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.data.world import Town
from core.postprocessing import stages
from core.postprocessing.stages import Context, run_stages


@dataclass(frozen=True)
class Filtered:
    """What the stages found.

    Args:
        n_texts: texts that went through.
        n_findings: places at which a stage changed something.
        n_with_findings: texts with such a place, or held back.
        by_kind: places by what was found there.
        stages: names of the stages that were on.
    """

    n_texts: int
    n_findings: int
    n_with_findings: int
    by_kind: dict[str, int]
    stages: list[str]


def filtered(
    texts: Sequence[str], langs: Sequence[str], questions: Sequence[str], town: Town
) -> Filtered:
    """Send texts through the stages as they stand by default.

    Args:
        texts: what was written.
        langs: the language of each.
        questions: what each answers; empty for what answers nothing.
        town: whose facts decide.
    """
    line = stages.default_stages()
    n_findings = n_with_findings = 0
    by_kind: Counter[str] = Counter()
    for text, lang, question in zip(texts, langs, questions, strict=True):
        answer = run_stages(text, line, Context(lang, question, town))
        n_findings += answer.n_filtered
        n_with_findings += answer.n_filtered > 0
        by_kind.update(
            finding.kind
            for _, step in answer.steps
            for finding in step.findings
            if finding.replacement is not None
        )
    names = [stage.name for stage in line if stage.on]
    return Filtered(len(texts), n_findings, n_with_findings, dict(sorted(by_kind.items())), names)


def answered(
    text: str, question: str, lang: str, town: Town, model_id: str
) -> tuple[bytes, dict[str, Any], dict[str, Any]]:
    """What is left of one text after all stages.

    Returns:
        the answer as JSON, its numbers, and the line of stages it went through.
    """
    line = stages.default_stages()
    answer = run_stages(text, line, Context(lang, question, town, model_id))
    numbers = {
        "n_filtered": answer.n_filtered,
        "n_stages": len(answer.steps),
        "seconds": answer.seconds,
    }
    data = json.dumps(answer.to_dict(), ensure_ascii=False).encode()
    return data, numbers, {"stages": stages.to_dict(line), "lang": lang}

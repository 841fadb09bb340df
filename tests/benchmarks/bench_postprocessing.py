"""How long the stages take for fifty thousand characters, the model's own time left aside.

Run it by `python tests/benchmarks/bench_postprocessing.py`. Three texts: letters as people write
them, the labelled examples, and one line that looks like private data wherever one looks.
"""

import time

from core.postprocessing.holding import HoldBack
from core.postprocessing.private_examples import LANGS, examples, letter
from core.postprocessing.stages import STAGES, Context, StageSetting, in_order, run_stages

N_CHARACTERS = 50_000
STREAMED = 2_000  # characters, four at a time, as tokens come


def of_length(text: str, n: int = N_CHARACTERS) -> str:
    return (text * (n // len(text) + 1))[:n]


def main() -> None:
    texts = {
        "letters": of_length("\n\n".join(letter(lang) for lang in LANGS)),
        "examples": of_length("\n".join(e.text for lang in LANGS for e in examples(lang))),
        "one line of digits": of_length("0152 28817386 4111 "),
    }
    line = [StageSetting(name) for name in in_order(STAGES)]
    run_stages("Guten Tag.", line, Context("de"))  # what is loaded once, is loaded
    for name, text in texts.items():
        answer = run_stages(text, line, Context("de"))
        each = ", ".join(f"{stage} {step.seconds:.3f}" for stage, step in answer.steps)
        held = " (held back)" if answer.held_back else ""
        print(f"{name}: {answer.seconds:.3f} s{held}: {each}")
    alone = {stage.name: run_stages(texts["letters"], [stage], Context("de")) for stage in line}
    total = sum(answer.seconds for answer in alone.values())
    print(f"letters, every stage on the whole text: {total:.3f} s")
    hold = HoldBack([StageSetting("private"), StageSetting("secrets")], Context("de"))
    began = time.process_time()
    for start in range(0, STREAMED, 4):
        hold.push(texts["letters"][start : start + 4])
    per_token = (time.process_time() - began) / (STREAMED / 4)
    print(f"streaming: {1e3 * per_token:.2f} ms a token")


if __name__ == "__main__":
    main()

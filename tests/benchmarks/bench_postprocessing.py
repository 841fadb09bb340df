"""How long the stages take for fifty thousand characters, not counting the model.

Run it with `python tests/benchmarks/bench_postprocessing.py`. Three texts: letters as people write
them, the labelled examples, and one line in which everything looks like private data.
"""

import time

from core.languages import LANGS
from core.postprocessing.holding import HoldBack
from core.postprocessing.privacy.private_examples import examples, letter
from core.postprocessing.stages import STAGES, Context, StageSetting, in_order, run_stages

N_CHARACTERS = 50_000
STREAMED = 2_000  # characters, four at a time, the way tokens arrive


def of_length(text: str, n: int = N_CHARACTERS) -> str:
    return (text * (n // len(text) + 1))[:n]


def main() -> None:
    texts = {
        "letters": of_length("\n\n".join(letter(lang) for lang in LANGS)),
        "examples": of_length("\n".join(e.text for lang in LANGS for e in examples(lang))),
        "one line of digits": of_length("0152 28817386 4111 "),
    }
    line = [StageSetting(name) for name in in_order(STAGES)]
    run_stages("Guten Tag.", line, Context("de"))  # loads what is loaded only once
    for name, text in texts.items():
        spent = {}
        for stage in line:  # one by one, so that none is skipped because an earlier one ended it
            began = time.process_time()
            run_stages(text, [stage], Context("de"))
            spent[stage.name] = time.process_time() - began
        each = ", ".join(f"{stage} {seconds:.3f}" for stage, seconds in spent.items())
        print(f"{name}: {sum(spent.values()):.3f} s of one core: {each}")
    hold = HoldBack([StageSetting("private"), StageSetting("secrets")], Context("de"))
    began = time.process_time()
    for start in range(0, STREAMED, 4):
        hold.push(texts["letters"][start : start + 4])
    per_token = (time.process_time() - began) / (STREAMED / 4)
    print(f"streaming: {1e3 * per_token:.2f} ms a token")


if __name__ == "__main__":
    main()

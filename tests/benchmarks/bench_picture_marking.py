"""How well a picture's mark is found, its false alarms, and how good the picture filter is.

Run it with `python tests/benchmarks/bench_picture_marking.py [N]`; N pictures per trial, 500 unless
told otherwise. Times are seconds on one core.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
import time
from collections import Counter

import numpy as np
import torch

from core.data.pictures import PictureSettings, Pixels, draw_corpus, town_holdings
from core.postprocessing.pictures.attacks import ATTACKS
from core.postprocessing.pictures.filter_trials import blind_spots, examined
from core.postprocessing.pictures.formats import FORMATS, encoded, kept
from core.postprocessing.pictures.origin import (
    PictureOrigin,
    encoded_with_record,
    kept_by_conversion,
)
from core.postprocessing.pictures.picture_filter import FilterSettings, train
from core.postprocessing.pictures.prompt_filter import judged
from core.postprocessing.pictures.scaling import METHODS, effect, enlarged
from core.postprocessing.pictures.watermark import ALARM, PictureMark, detect, distortion, embed

STRENGTHS = (0.5, 1.0, 1.5, 2.0, 3.0)
KEY = "the benchmark's own"


def found(pictures: list[Pixels], key: str = KEY) -> tuple[float, float]:
    """Share called marked, and the median of log10 p."""
    logs = [detect(picture, key).log10_p for picture in pictures]
    return float(np.mean([log < np.log10(ALARM) for log in logs])), float(np.median(logs))


def marks(pictures: list[Pixels]) -> None:
    print(f"\nThe mark: {len(pictures)} pictures of 256 px, enlarged with Lanczos")
    for strength in STRENGTHS:
        marked = [embed(each, PictureMark(key=KEY, strength=strength)) for each in pictures]
        done = [distortion(a, b) for a, b in zip(pictures, marked, strict=True)]
        print(f" strength {strength}: PSNR {np.median([d.psnr_db for d in done]):.1f} dB, "
              f"{np.mean([d.changed for d in done]):.1%} of grey levels changed, "
              f"at most by {max(d.largest for d in done)}", flush=True)  # fmt: skip
        for name, attack in ATTACKS.items():
            for level in attack.strengths:
                share, log = found([attack.change(each, level) for each in marked])
                print(f"  {name:8s} {level:6g} {attack.unit:8s} found {share:7.2%}  "
                      f"median p 1e{log:.0f}", flush=True)  # fmt: skip


def methods(small: Pixels) -> None:
    print(f"\nThe mark at strength 1 after each way of enlarging, {len(small)} pictures")
    for method in METHODS:
        large = [enlarged(each, 256, method) for each in small]
        marked = [embed(each, PictureMark(key=KEY)) for each in large]
        row = [found(marked)[0]]
        row += [found([ATTACKS["jpeg"].change(each, 75) for each in marked])[0]]
        row += [found([ATTACKS["scaled"].change(each, 0.5) for each in marked])[0]]
        print(f"  {method:8s} untouched {row[0]:.2%}  JPEG 75 {row[1]:.2%}  halved {row[2]:.2%}")
        effects = [effect(a, b) for a, b in zip(small[:50], large[:50], strict=True)]
        more = np.median([e.colours_after / e.colours_before for e in effects])
        print(f"           colours x {more:.1f}, "
              f"in new colours {np.mean([e.invented for e in effects]):.1%}, beyond the range "
              f"{np.mean([e.beyond for e in effects]):.2%}, way back off by "
              f"{np.mean([e.way_back for e in effects]):.2f}")  # fmt: skip


def alarms(pictures: list[Pixels]) -> None:
    print("\nFalse alarms")
    share, log = found(pictures)
    print(f"  {len(pictures)} unmarked pictures, one key: {share:.2%}, median p 1e{log:.1f}")
    keys = [detect(pictures[n % len(pictures)], f"key {n}").log10_p for n in range(2000)]
    for alpha in (0.1, 0.01, 0.001, ALARM):
        print(f"  2,000 keys: p < {alpha}: {np.mean(np.array(keys) < np.log10(alpha)):.3%}")


def sizes(small: Pixels) -> None:
    print("\nHow large a picture must be (strength 1, found untouched / after JPEG 75)")
    for side in (64, 96, 128, 192, 256):
        if side % 32:
            continue
        marked = [embed(enlarged(e, side), PictureMark(key=KEY)) for e in small[:100]]
        pressed = [ATTACKS["jpeg"].change(each, 75) for each in marked]
        print(f"  {side} px: {found(marked)[0]:.0%} / {found(pressed)[0]:.0%}")


def filters() -> None:
    print("\nThe picture filter, threshold 0.5, 2,000 pictures held out")
    for settings in (
        FilterSettings(n_pictures=300),
        FilterSettings(),
        FilterSettings(n_pictures=3000, n_steps=600),
        FilterSettings(noise=25.0),
    ):
        begun = time.perf_counter()
        trained = train(settings)
        seconds = time.perf_counter() - begun
        exam = examined(trained, 2000)
        print(f" {settings}: {seconds:.1f} s")
        for threshold in (0.1, 0.5, 0.9):
            c = exam.at(threshold)
            print(f"  threshold {threshold}: missed {c.misses / (c.hits + c.misses):.2%}, "
                  f"false alarms {c.false_alarms / (c.false_alarms + c.passed):.2%}")  # fmt: skip
        for name, trial in blind_spots(trained, 500).items():
            alarm = "" if trial.false_alarms is None else f", false alarms {trial.false_alarms:.1%}"
            print(f"  {name:10s} missed {trial.missed:.1%}{alarm}", flush=True)


def files(small: Pixels) -> None:
    print("\nFormats, 256 px (SVG: 32 px)")
    for format in FORMATS:
        shown = [each if format == "svg" else enlarged(each, 256) for each in small[:50]]
        rows = [kept(each, format) for each in shown]
        print(f"  {format:5s} {np.median([r.n_bytes for r in rows]) / 1000:6.1f} kB, exact "
              f"{np.mean([r.exact for r in rows]):.1%}, error "
              f"{np.mean([r.error for r in rows]):.2f} grey levels")  # fmt: skip
    print("The record of origin after opening and saving again")
    picture = enlarged(small[0], 256)
    for before in FORMATS:
        data, _ = encoded_with_record(picture, PictureOrigin(model="m"), before, key=b"k" * 32)
        row = {after: kept_by_conversion(data, after) for after in FORMATS}
        print(f"  {before}: {row}")
    assert encoded(picture, "png")


def wishes(n: int) -> None:
    entries = draw_corpus(PictureSettings(n_pictures=n, seed=31)).entries
    kinds = Counter(
        finding.kind for e in entries for finding in judged(e.caption, town_holdings(1)).findings
    )
    print(f"\nThe prompt filter on {n} captions of the book: {dict(kinds)}")


def main() -> None:
    torch.set_num_threads(1)
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    small = draw_corpus(PictureSettings(n_pictures=n, seed=21)).pictures
    pictures = [enlarged(each, 256) for each in small]
    alarms(pictures)
    methods(small)
    sizes(small)
    files(small)
    wishes(n)
    filters()
    marks(pictures)


if __name__ == "__main__":
    main()

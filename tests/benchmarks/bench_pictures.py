"""How well pictures are drawn, described, read and told from copies, and how fast.

Run it with `python tests/benchmarks/bench_pictures.py [N]`; N pictures per trial, 2,000 unless
told otherwise. Times are CPU seconds on one core.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
import time
from collections import Counter
from random import Random

from core.data.pictures import (
    COLOUR_NAMES,
    THINGS,
    Item,
    PictureSettings,
    Scene,
    captions,
    draw_any_scene,
    draw_corpus,
    paint,
    read,
    read_all,
    town_holdings,
    understand,
)
from core.data.pictures.collecting.copies import score, true_pairs
from core.data.pictures.collecting.corpus import NO_COPY
from core.data.pictures.collecting.fingerprints import Pairs, equal_pairs
from core.data.pictures.collecting.grey_hashes import (
    difference_hash,
    equal_hashes,
    perceptual_hash,
)
from core.data.pictures.reading.trials import (
    NONSENSE,
    SPOILT,
    Trial,
    pages,
    read_nonsense,
    read_spoilt,
)


def told(name: str, trial: Trial) -> None:
    others = {k: n for k, n in trial.outcomes.most_common() if k not in ("right", "wrong")}
    print(f"  {name:26s} right {trial.share('right'):7.2%}  wrong {trial.share('wrong'):6.2%}  "
          f"refused {trial.refused:7.2%}  {others}", flush=True)  # fmt: skip


def spoilt(n: int) -> None:
    print(f"{n} pictures each, all kinds of scenes, held-out pairs and what people own included")
    for size in (32, 64):
        print(f" {size} px")
        for name, spoil in SPOILT.items():
            told(name, read_spoilt(spoil, n, PictureSettings(size=size), seed=size))


def by_kind(n: int) -> None:
    print(f"{n} pictures with noise of 25 grey levels, by kind of scene")
    chances = {
        "counts": {"count_share": 1.0, "fact_share": 0.0},
        "owned": {"count_share": 0.0, "fact_share": 1.0},
        "side by side": {"count_share": 0.0, "fact_share": 0.0, "above_share": 0.0},
        "one above the other": {"count_share": 0.0, "fact_share": 0.0, "above_share": 1.0},
    }
    for name, shares in chances.items():
        settings = PictureSettings(held_out=(), **shares)
        told(name, read_spoilt(SPOILT["noise of 25 grey levels"], n, settings, seed=3))


def every_item() -> None:
    """Each of the things in each colour, everywhere, by day and by night."""
    missed: Counter[str] = Counter()
    n_read = 0
    for thing in THINGS:
        for colour in COLOUR_NAMES:
            item, other = Item(thing, colour), Item("house" if thing != "house" else "cat", "red")
            for night in (False, True):
                for scene in (
                    Scene((item,), "alone", 1, night),
                    Scene((item,), "row", 2, night),
                    Scene((item,), "row", 3, night),
                    Scene((item, other), "beside", 1, night),
                    Scene((other, item), "beside", 1, night),
                    Scene((item, other), "above", 1, night),
                    Scene((other, item), "above", 1, night),
                ):
                    n_read += 1
                    reading = read(paint(scene))
                    if reading.scene != scene:
                        missed[f"{colour} {thing}, {scene.relation} {scene.number}: "
                               f"{reading.reason or 'wrong'}"] += 1  # fmt: skip
    print(f"every thing and colour in every place: {n_read} pictures, {missed.total()} not read")
    for name, count in missed.most_common(12):
        print(f"  {count} x {name}")


def nonsense(n: int) -> None:
    print(f"{n} pictures of each kind of nonsense")
    total: Counter[str] = Counter()
    for name, kind in NONSENSE.items():
        trial = read_nonsense(kind, n, seed=1)
        total += trial.outcomes
        told(name, trial)
    told("all", Trial(total))


def described(n: int) -> None:
    settings, random, wrong = PictureSettings(), Random(2), 0
    holdings = town_holdings(settings.town_seed)
    seen: dict[str, set[str]] = {"de": set(), "en": set()}
    for i in range(n):
        scene, lang = draw_any_scene(settings, random), ("de", "en")[i % 2]
        caption = captions(lang).caption(scene, random)
        seen[lang].add(caption)
        wrong += understand(caption, holdings).scene != scene
    n_words = " and ".join(f"{len(captions(lang).words())} {lang}" for lang in seen)
    longest = max(len(caption.split()) for caption in seen["de"] | seen["en"])
    print(f"captions: {wrong} of {n} of our own not understood; {n_words} words and marks, "
          f"at most {longest} in a caption")  # fmt: skip


def copies(n: int) -> None:
    corpus = draw_corpus(PictureSettings(n_pictures=n, copy_share=0.05, near_copy_share=0.05))
    started = time.process_time()
    pairs = {(int(a), int(b)) for a, b in equal_pairs(corpus.pictures)}
    took = time.process_time() - started
    found = {False: [0, 0], True: [0, 0]}
    origin = []
    for i, entry in enumerate(corpus.entries):
        origin.append(i if entry.original == NO_COPY else entry.original)
        if entry.original != NO_COPY:
            found[entry.near][1] += 1
            found[entry.near][0] += tuple(sorted((i, entry.original))) in pairs
    others = [(a, b) for a, b in pairs if origin[a] != origin[b]]
    same = sum(corpus.entries[a].scene.unowned() == corpus.entries[b].scene.unowned()
               for a, b in others)  # fmt: skip
    print(f"copies among {len(corpus.entries)}: exact {found[False][0]} of {found[False][1]}, "
          f"near {found[True][0]} of {found[True][1]} found in {took:.1f} s; {len(others)} pairs "
          f"besides, {same} of the same scene by chance, {len(others) - same} false")  # fmt: skip


def hashes(n: int) -> None:
    """Our print held against the usual grey hashes, at the limits people use."""
    corpus = draw_corpus(PictureSettings(n_pictures=n, copy_share=0.03, near_copy_share=0.03))
    truth = true_pairs(corpus.pictures, corpus.entries)
    print(f"pairs of copies among {len(corpus.entries)} pictures: {len(truth)}")

    def line(name: str, pairs: Pairs) -> None:
        scored = score(pairs, truth)
        print(f"  {name:22s} found {scored.n_found:9,d}  precision {scored.precision:7.2%}  "
              f"recall {scored.recall:7.2%}", flush=True)  # fmt: skip

    line("ours, in colour", equal_pairs(corpus.pictures))
    for name, hashed in (("dHash", difference_hash), ("pHash", perceptual_hash)):
        bits = hashed(corpus.pictures)
        for limit in (0, 2, 5, 10):
            line(f"{name}, {limit} of 64 bits", equal_hashes(bits, limit))


def speeds() -> None:
    started = time.process_time()
    corpus = draw_corpus(PictureSettings(n_pictures=5000))
    drawn = time.process_time()
    print(f"draw 5,000 pictures of 32 px with captions: {drawn - started:.1f} s")
    started = time.process_time()
    read(corpus.pictures[0])
    print(f"first reading, which prepares all drawings: {time.process_time() - started:.1f} s")
    read_all(corpus.pictures[:50])
    for size in (32, 64):
        drawn_pages = pages(PictureSettings(size=size), 5)
        pictures = [next(drawn_pages)[1] for _ in range(480)]
        started = time.process_time()
        read_all(pictures)
        each_ms = (time.process_time() - started) / len(pictures) * 1000
        print(f"read a picture of {size} px: {each_ms:.1f} ms, 16 of them: {16 * each_ms:.0f} ms")


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    speeds()
    spoilt(n)
    by_kind(n)
    every_item()
    nonsense(n)
    described(2 * n)
    copies(5 * n)
    hashes(3 * n)


if __name__ == "__main__":
    main()

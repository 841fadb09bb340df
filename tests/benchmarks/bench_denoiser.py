"""How well and how fast pictures are drawn: the shipped denoiser, and one trained live.

Run it with `python tests/benchmarks/bench_denoiser.py WHAT...`, of
    shares [N]     the shipped model by kind of page and by language, N pictures each (1,000)
    guidance [N]   match, variety and drift by guidance weight, N pictures each (200)
    steps [N]      match by sampler and number of steps, N pictures each (200)
    speed          sixteen pictures in ten guided steps; cross-attention of a caption
    live [S]       two threads for S seconds (180) from nothing: two-thing pages right
"""

import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import numpy as np
import torch

from core.data.pictures import PictureSettings, Scene, draw_scene
from core.house.pictures import house_denoiser, house_pictures
from core.house.pictures.making import inputs_of
from core.house.pictures.measuring import measured, share_of_whole
from core.house.pictures.recipe import LIVE, PICTURES, PictureRecipe
from core.inference.pictures import SAMPLERS, DrawSettings, PictureModel, draw, noise_of
from core.training.pictures.judging import Drawn, draw_all, shares_right, wishes
from core.training.pictures.program import PictureTrainingProgram


def line(name: str, drawn: Sequence[Drawn], **more: Any) -> None:
    whole = share_of_whole(drawn)
    parts = {part: f"{share:.1%}" for part, share in shares_right(drawn).items()}
    refused = Counter(one.reading.reason for one in drawn if one.reading.reason)
    print(f"  {name:28s} right {whole['share']:6.1%} [{whole['low']:.1%}, {whole['high']:.1%}] of "
          f"{whole['n']}  {parts}  not read {dict(refused)} {more or ''}", flush=True)  # fmt: skip


def shares(n: int) -> None:
    drawing = DrawSettings()
    print(f"the shipped model, {n} pages of each kind, {drawing}")
    found = measured(house_denoiser(), PICTURES.book, drawing, n, say=print)
    for kind, numbers in found.items():
        by_language = {lang: f"{one['share']:.1%}" for lang, one in numbers["languages"].items()}
        print(f"  {kind}: {by_language} {numbers['parts']}")


def guidance(n: int) -> None:
    """Match rises, then falls; variety: different arrangements of one caption; drift: contrast."""
    model, asked = house_denoiser(), wishes(draw_scene, PICTURES.book, n, seed=5)
    print(f"guidance, {n} pages as in the book each")
    for weight in (0.0, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0):
        drawn = draw_all(model, asked, DrawSettings(guidance=weight))
        levels = np.stack([one.picture for one in drawn]).astype(float)
        extreme = float(((levels < 2) | (levels > 253)).mean())
        line(f"guidance {weight:g}", drawn, spread=round(places(model, weight), 3),
             cut_off=round(extreme, 4))  # fmt: skip


def places(model: PictureModel, weight: float, n: int = 32) -> float:
    """Standard deviation of where the cat stands in n pictures of one caption, in pixels."""
    film = draw(model, ["A red cat, by day"] * n, guidance=weight, keep=False)
    from core.data.pictures import read_all

    spots = [(one.seen[0].x * 32, one.seen[0].foot * 32) for one in read_all(film.pictures)
             if one.seen]  # fmt: skip
    return float(np.std(spots, axis=0).mean()) if spots else float("nan")


def steps(n: int) -> None:
    model, asked = house_denoiser(), wishes(draw_scene, PICTURES.book, n, seed=6)
    print(f"samplers, {n} pages as in the book each; the model learned by flow matching, DDIM and "
          "DDPM draw with it by a change of variables")  # fmt: skip
    for name in SAMPLERS:
        for n_steps in (2, 4, 10, 25, 50):
            drawn = draw_all(model, asked, DrawSettings(n_steps=n_steps, sampler=name))
            line(f"{name} in {n_steps} steps", drawn)


def best_of(task: Callable[[], object], n: int = 5) -> float:
    """The shortest of n times, in seconds."""
    found = []
    for _ in range(n):
        started = time.perf_counter()
        task()
        found.append(time.perf_counter() - started)
    return min(found)


def speed() -> None:
    model, asked = house_denoiser(), wishes(draw_scene, PICTURES.book, 16, seed=7)
    texts = [wish.caption for wish in asked]
    one = model.rows(texts[:1])
    noise, middle = noise_of([1], model.size), torch.tensor([0.5])
    for n_threads in (1, 2):
        torch.set_num_threads(n_threads)
        drawing_s = best_of(lambda: draw(model, texts))
        looking_s = best_of(lambda: model.denoiser.attend(noise, middle, one))
        print(f"{n_threads} threads: sixteen pictures in ten guided steps {drawing_s:.2f} s; every "
              f"cross-attention weight of a caption {1000 * looking_s:.0f} ms")  # fmt: skip


def beside_only(settings: PictureSettings, random: Random) -> Scene:
    """Two things side by side."""
    while True:
        scene = draw_scene(settings, random)
        if scene.relation == "beside":
            return scene


def live(seconds: float, recipe: PictureRecipe = LIVE, n_threads: int = 2) -> None:
    """From nothing, in so much time; the steps are planned by the speed of the first ones."""
    torch.set_num_threads(n_threads)
    inputs = inputs_of(recipe)
    quiet = recipe.training.changed(n_judged=0, look_every=10_000_000)
    trial = PictureTrainingProgram(inputs, quiet.to_dict())
    started = time.perf_counter()
    while trial.step < 20:
        trial.advance()
    n_steps = int(20 * seconds / (time.perf_counter() - started))
    print(f"live: {n_steps} steps of {quiet.n_batch} planned on {n_threads} threads; the recipe's "
          f"{recipe.training.n_steps} {recipe.training}", flush=True)  # fmt: skip
    program = PictureTrainingProgram(inputs, quiet.changed(n_steps=n_steps).to_dict())
    started, spent = time.perf_counter(), time.process_time()
    marks = [n_steps * k // 6 for k in range(1, 7)]
    asked = wishes(beside_only, recipe.book, 60, seed=8)
    while not program.finished:
        program.advance()
        if program.step in marks[:-1] and not program._due:
            marks.remove(program.step)
            line(f"step {program.step}", draw_all(program.model, asked, DrawSettings()))
    wall, spent = time.perf_counter() - started, time.process_time() - spent
    print(f"  {program.numbers()['seconds']:.0f} s of training ({wall:.0f} s with looks, "
          f"{spent:.0f} s of processors)")  # fmt: skip
    line("two things side by side", draw_all(
        program.model, wishes(beside_only, recipe.book, 500, seed=9), DrawSettings()))  # fmt: skip


def main() -> None:
    tasks = {"shares": (shares, 1000), "guidance": (guidance, 200), "steps": (steps, 200)}
    asked = sys.argv[1:] or ["speed", "shares", "guidance", "steps", "live"]
    if found := house_pictures():
        print(f"{found.n_parameters:,} parameters, made by {found.how}")
    torch.set_num_threads(1)
    for name, value in zip(asked, [*asked[1:], ""], strict=True):
        n = int(value) if value.isdigit() else None
        if name in tasks:
            task, default = tasks[name]
            task(n or default)
        elif name == "speed":
            speed()
        elif name == "live":
            live(float(n or 180))


if __name__ == "__main__":
    main()

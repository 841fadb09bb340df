"""What fine-tuning did: sixteen pictures before and now, what was learned and forgotten."""

from core.alignment.pictures.tuning.adapter_files import adapter_file
from core.alignment.pictures.tuning.settings import OWN
from core.errors import GlassboxError
from core.figures.curves import Axes, Curve, curves
from core.jobs.failures import rebuilt
from core.services import services
from pages.alignment.pictures.showing import Seen
from pages.alignment.tuning.pictures import teaching
from pages.kit import components as parts
from pages.kit import runs, state
from pages.kit.catalogue import Words
from pages.kit.frame import Figure, note, show_error
from pages.kit.numbers import duration, share, whole

HEIGHT = 176  # pixels


def subject_of(seen: Seen) -> str:
    """What a run teaches."""
    return str(seen.run.settings["subject"])


def pictures(seen: Seen, t: Words) -> None:
    """Eight captions with what is taught and eight without, before and now."""
    looks, what = seen.looks, subject_of(seen)
    told = parts.BeforeNowWords(
        t("tuning_pictures.not_asked"),
        t("tuning_pictures.counted", before="{before}", now="{now}", of="{of}"),
        t("tuning_pictures.leaked_here", what=teaching.subject_name(what, t)),
    )
    parts.before_now(
        looks[0]["pictures"] if looks else [],
        looks[-1]["pictures"] if looks else [],
        t,
        key="tuning_before_now",
        step=int(looks[-1]["step"]) if looks else 0,
        rule=teaching.subject_name(what, t),
        told=told,
        **seen.live,
    )


def loss(seen: Seen, t: Words) -> None:
    """The loss on the examples over the steps, live."""
    told = runs.told(state.owner(), seen.run)
    steps = told.steps
    line = Curve(
        t("tuning.practised"), [row["step"] for row in steps], [row["loss"] for row in steps]
    )
    fig = curves(
        [line],
        Axes(t("training.axis_steps"), t("training_pictures.axis_loss")),
        marks=parts.marks(t),
    )
    fig.update_xaxes(range=[0, int(seen.run.settings["n_steps"])])
    fig.update_yaxes(rangemode="tozero")
    feed = parts.Feed(seen.run.id, "step", [(0, "step", "loss")], told.after)
    alt = t("training_pictures.alt_loss")
    parts.live_figure(fig, t, key="tuning_figure", alt=alt, feeds=[feed], height=HEIGHT)


def exam(seen: Seen, t: Words) -> None:
    """What was learned, what was forgotten, what appears unasked: before and now."""
    what = subject_of(seen)
    name = teaching.subject_name(what, t)
    label = t("tuning_pictures.learned_own") if what == OWN else t(
        "tuning_pictures.learned", what=name
    )  # fmt: skip
    rows = [parts.MovedShare("learned_share", "learned", "n_asked", label)]
    if what != OWN:
        recognised = t("tuning_pictures.recognised")
        rows.append(parts.MovedShare("recognised_share", "recognised", "n_asked", recognised))
    rows += [
        parts.MovedShare("plain_share", "plain", "n_plain", t("tuning_pictures.plain")),
        parts.MovedShare(
            "leaked_share", "leaked", "n_plain", t("tuning_pictures.leaked", what=name)
        ),
    ]
    parts.moved_shares(rows, seen.exams, t, key="tuning_exam", **seen.live)
    note(t("tuning_pictures.judged_own") if what == OWN else t("tuning_pictures.judged"))


def ending(seen: Seen, t: Words) -> None:
    """The state of the run, or what it came to, in a sentence."""
    run, exams = seen.run, seen.exams
    if run.error:
        show_error(rebuilt(run.error), t)
    elif "diverged_at_step" in run.numbers:
        note(t("aligning.diverged", step=whole(run.step, t.lang)))
    elif run.status == "paused":
        note(t("training.is_paused"))
    elif run.status == "stopped" and run.result is None:
        note(t("training.stopped_early"))
    elif run.is_finished and len(exams) > 1:
        first, last = exams[0], exams[-1]
        note(
            t(
                "tuning_pictures.came_to",
                time=duration(run.seconds, t.lang),
                learned=share(last["learned_share"], t.lang),
                before=share(first["plain_share"], t.lang),
                after=share(last["plain_share"], t.lang),
            )
        )


def adapter_of(seen: Seen | None) -> bytes | None:
    """The adapters of the newest run as a file; None where there are none."""
    if seen is None or not seen.run.result:
        return None
    try:
        made = services().store.artifacts.read(state.owner(), seen.run.result)
        return adapter_file(made, learned_on=str(seen.run.inputs["model"]))
    except GlassboxError:  # the model has been forgotten meanwhile
        return None


def passed_on(seen: Seen | None, t: Words) -> list[Figure]:
    """The numbers of the visitor's latest fine-tuned model."""
    if seen is None or not seen.run.result or len(seen.exams) < 2:
        return []
    first, last = seen.exams[0], seen.exams[-1]
    name = teaching.subject_name(subject_of(seen), t)

    def moved(field: str) -> str:
        return f"{share(first[field], t.lang)} → {share(last[field], t.lang)}"

    return [
        Figure(moved("learned_share"), t("tuning_pictures.learned", what=name), "yours"),
        Figure(moved("plain_share"), t("tuning_pictures.plain"), "yours"),
    ]

"""The experiments of cost: a long prompt against one token, a full batch, and 4 bits."""

from pages.inference.cost import measuring, tables
from pages.inference.cost.opened import Opened
from pages.kit.catalogue import Words
from pages.kit.frame import Measured, predict
from pages.kit.numbers import duration, share, significant, whole

FEW, MANY = 0.05, 0.5  # of the time that writing as many takes
FULL = 24.0  # times as many: nearly as many as there are texts
LITTLE, MUCH = 0.01, 0.1  # more loss


def show(opened: Opened, t: Words) -> None:
    """Three questions, each with a measurement of its own."""

    def long_prompt() -> Measured:
        """Is a long prompt read as slowly as it would be written?"""
        found = measuring.long_prompt(opened, t)
        written_s = found.n_prompt * found.per_token.median
        part = found.prefill.median / written_s
        outcome = "few" if part < FEW else "some" if part < MANY else "many"
        return Measured(
            outcome,
            t(
                "cost.long_told",
                n=whole(found.n_prompt, t.lang),
                prompt=duration(found.prefill.median, t.lang),
                token=duration(found.per_token.median, t.lang),
                written=duration(written_s, t.lang),
                part=share(part, t.lang),
                rounds=whole(found.prefill.n, t.lang),
            ),
        )

    def batch() -> Measured:
        """What do many texts at once bring?"""
        found = measuring.kept("batches", opened) or measuring.batches(opened, t)
        sizes = list(found)
        gain = found[sizes[-1]].median / found[sizes[0]].median
        outcome = "same" if gain < 2.0 else "some" if gain < FULL else "all"
        return Measured(outcome, t("cost.batch_told", gain=significant(gain, t.lang, 2)))

    def four_bits() -> Measured:
        """What do 4 bits cost in quality?"""
        found = measuring.kept("precisions", opened) or measuring.precisions(opened, t)
        rows, n_tokens, _ = found
        more = rows[-1].loss_nats / rows[0].loss_nats - 1.0
        outcome = "little" if more < LITTLE else "some" if more < MUCH else "much"
        return Measured(
            outcome,
            t(
                "cost.four_told",
                more=share(more, t.lang, 2),
                n=whole(n_tokens, t.lang),
                before=opened.read(rows[0].tokens),
                now=opened.read(rows[-1].tokens),
            ),
            lambda: tables.precisions(found, opened, t),
        )

    n = min(measuring.N_LONG, opened.config.n_context - 8)
    predict(
        "cost_long",
        t,
        question=t("cost.long_question", n=whole(n, t.lang)),
        options={
            "many": t("cost.long_many"),
            "some": t("cost.long_some"),
            "few": t("cost.long_few"),
        },
        measure=long_prompt,
    )
    predict(
        "cost_batch",
        t,
        question=t("cost.batch_question"),
        options={
            "same": t("cost.batch_same"),
            "some": t("cost.batch_some"),
            "all": t("cost.batch_all"),
        },
        measure=batch,
    )
    predict(
        "cost_four",
        t,
        question=t("cost.four_question"),
        options={
            "little": t("cost.four_little"),
            "some": t("cost.four_some"),
            "much": t("cost.four_much"),
        },
        measure=four_bits,
    )

"""The model card of every shipped model: what it is, what it can do, where it ends.

All figures come from the record that the command measured; nothing in here is a number of its own.
"""

from typing import Final

from core.alignment.text.rules import RULES
from core.house.making import Record
from core.lineage import MODEL_KINDS, Kind

LICENCE = "MIT, as the code; the training text is generated and holds nobody's words or data."

NAMES: Final[dict[Kind, str]] = {
    "checkpoint": "base",
    "tuned": "fine-tuned",
    "aligned": "aligned",
}

LIMITS = """\
- It knows one invented town and nothing else. Asked about anything beyond, it goes on all the
  same, in the town's words: it has no way of saying that it does not know.
- What it writes about the town is often true and sometimes not; see "true" above. It does not
  look anything up.
- Names, jobs and families are drawn by a seed and mean nobody.
- It is made to be looked into, not to be relied on."""


def base_card(name: str, record: Record, made: Record) -> str:
    """The card of one chain's model, in Markdown.

    Args:
        name: of the model.
        record: of its chain.
        made: by which command, when, on what.
    """
    last = record["checkpoints"][-1]
    world = record["data_settings"]["world"]
    training = record["training_settings"]
    return "\n".join(
        [
            f"# {name}",
            "",
            f"A decoder-only transformer with {record['n_parameters']:,} parameters, trained on the"
            f" small world ({languages(world['german_share'])}).",
            f"Made by `{made['command']}` on {made['date']} in"
            f" {last['training_seconds'] / 60:.0f} minutes of training on {made['machine']}.",
            *later(last.get("made")),
            "",
            "## Measured",
            f"Of sentences drawn at temperature 1 without filters, seed {made['sample_seed']};"
            " on the shipped weights at their shipped precision.",
            "",
            *table(record["checkpoints"]),
            "",
            "## Recipe",
            f"- Text: {world['n_documents']:,} documents told with seed {world['seed']}"
            f" (world version {world['version']}), {record['data_numbers']['n_kept']:,} after"
            " cleaning.",
            f"- Encoder: {record['data_numbers']['n_vocab']:,} tokens of byte-level BPE.",
            f"- Training: {training['n_steps']:,} steps of {training['n_batch']} sequences;"
            f" {training['optimizer']} at {training['learning_rate']},"
            f" embeddings at {training['embedding_learning_rate']}; seed {training['seed']}.",
            *branched(last.get("branches")),
            f"- Read in all: {last['n_tokens']:,} tokens.",
            "",
            *answering(record.get("answering")),
            "## Limits",
            LIMITS,
            "",
            "## Licence",
            LICENCE,
            "",
        ]
    )


def later(made: Record | None) -> list[str]:
    """When and where what follows the last step was made, if not with the rest."""
    if not made:
        return []
    return [
        f"What follows its last step was made by `{made['command']}` on {made['date']}"
        f" on {made['machine']}."
    ]


def branched(branches: Record | None) -> list[str]:
    """What followed the last step, as a line of Markdown; none where nothing did."""
    if not branches:
        return []
    return [
        f"- Then {branches['n']} branches of {branches['n_steps']:,} steps each, from"
        f" {branches['learning_rate']} down to 0, every one with an order of the texts of its own;"
        " shipped is the mean of their weights and of the model they came from."
    ]


def answering(record: Record | None) -> list[str]:
    """What followed the base model, as lines of Markdown; none where nothing followed."""
    if not record:
        return []
    found, made = record["examined"], record["made"]
    kinds = [kind for kind in MODEL_KINDS if kind in found["rates"]]
    numbers = {one["kind"]: one["numbers"] for one in record["artifacts"]}
    n_runs = len(next(o["settings"] for o in record["artifacts"] if o["kind"] == "tuned")["seeds"])
    mean = f", {n_runs} runs, the mean of their weights" if n_runs > 1 else ""
    rows = [
        f"| {rule} | "
        + " | ".join(
            share(rate["n_kept"] / rate["n"], rate["n"])
            for rate in (found["rates"][kind][rule] for kind in kinds)
        )
        + " |"
        for rule in RULES
    ]
    bits = " | ".join(f"{found['bits_per_byte'][kind]:.3f}" for kind in kinds)
    duels = [
        f"- {NAMES[one['first']]} against {NAMES[one['second']]}: {one['n_won']} won,"
        f" {one['n_lost']} lost, {one['n_tied']} tied"
        for one in found["duels"]
    ]
    return [
        "## Answering",
        f"Fine-tuned on {numbers['examples']['n_examples']:,} generated examples{mean}; its"
        f" preferences ({numbers['preferences']['n_preferences']:,}) were judged by the world's"
        f" rules, by no person.{_aligned_by(numbers)}"
        f" Made by `{made['command']}` on {made['date']} on {made['machine']}.",
        "",
        f"Answers to {found['n_questions']} held-out questions that keep a rule, and bits per byte"
        " of ordinary text; the base model is asked in the layout of the texts it has read.",
        "",
        "| | " + " | ".join(NAMES[kind] for kind in kinds) + " |",
        "|---|" + "---:|" * len(kinds),
        *rows,
        f"| bits per byte | {bits} |",
        "",
        *duels,
        "",
    ]


def languages(german_share: float) -> str:
    """Which languages a world of this share speaks."""
    if german_share in (0.0, 1.0):
        return "German" if german_share else "English"
    return f"German and English, {german_share:.0%} German"


def table(checkpoints: list[Record]) -> list[str]:
    """One line a checkpoint."""
    lines = [
        "| step | precision | bits per byte | grammatical | true of checkable | verbatim |",
        "|---:|---|---:|---:|---:|---:|",
    ]
    for one in checkpoints:
        numbers = one["numbers"]
        lines.append(
            f"| {one['step']:,} | {one['precision']} | {numbers['validation_bits_per_byte']:.3f} |"
            f" {share(numbers['grammatical_share'], numbers['n_sentences'])} |"
            f" {share(numbers['true_share'], numbers['n_checkable'])} |"
            f" {share(numbers['verbatim_share'], numbers['n_sentences'])} |"
        )
    return lines


def share(value: float, n: int) -> str:
    """A share and of how many; a dash of none."""
    return f"{value:.1%} of {n}" if n else "–"


def pair_card(record: dict[str, Record], made: Record) -> str:
    """The card of the pair with duplicates in and out, in Markdown."""
    rows = {
        "documents read and held back": ("n_documents_kept", "{:,}"),
        "bits per byte on the same {n_texts_held_out} held-out texts": (
            "held_out_bits_per_byte",
            "{:.3f}",
        ),
        "whole texts copied, of {n_texts_drawn} drawn": ("copied_text_share", "{:.1%}"),
        "words in the longest copied run, mean": ("mean_copied_words", "{:.1f}"),
        "copied texts that give private data away": ("copied_secret_text_share", "{:.1%}"),
        "texts with private data that was read": ("secret_text_share", "{:.1%}"),
        "addresses and numbers given away": ("n_secrets_written", "{:,}"),
        "addresses and numbers read": ("n_secrets_read", "{:,}"),
    }
    lanes = list(record.values())
    steps = lanes[0]["training_settings"]["n_steps"]
    return "\n".join(
        [
            "# The pair: duplicates in and out",
            "",
            f"Two models of {lanes[0]['n_parameters']:,} and {lanes[1]['n_parameters']:,}"
            f" parameters, the same seed, {steps:,} steps each; in one the exact copies were left"
            " in the training text, in the other they were removed.",
            f"Made by `{made['command']}` on {made['date']} on {made['machine']}.",
            "",
            "| | " + " | ".join(record) + " |",
            "|---|" + "---:|" * len(record),
            *(
                f"| {words.format(**lanes[0]['compared'])} | "
                + " | ".join(form.format(lane["compared"][key]) for lane in lanes)
                + " |"
                for words, (key, form) in rows.items()
            ),
            "",
            "The private data is planted: reserved domains and documented test numbers only.",
            "",
            *(
                f"## {lane}\n\n"
                + "\n".join([*table(one["checkpoints"]), "", *answering(one.get("answering"))])
                for lane, one in record.items()
            ),
            "",
            "## Licence",
            LICENCE,
            "",
        ]
    )


def _aligned_by(numbers: Record) -> str:
    """By which method the aligned model was made; nothing without one."""
    if "aligned" not in numbers:
        return ""
    if numbers["aligned"]["way"] == "grpo":
        return " Aligned by GRPO, rewarded by the world's rules; it did not read the preferences."
    return " Aligned by DPO on the preferences."

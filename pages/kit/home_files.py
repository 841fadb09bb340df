"""The files that are taken home, made of what lies in the store; imported when a drawer is opened.

Every function is given the owner: a download is fetched outside the visitor's session.
"""

from core.architecture.weights import config_of
from core.data.text.bpe import Encoder
from core.house.files import SHIPPED, Folder
from core.lineage import Artifact
from core.modality import TEXT
from core.store import RunRecord, Store
from core.taking_home.card import Described
from core.taking_home.equal_architecture import equal_architecture
from core.taking_home.file_names import file_name
from core.taking_home.house_notebook import FIRST_PART, house_notebook
from core.taking_home.model_folder import picture_model_zip, text_model_zip
from core.taking_home.notebook import NotebookWords, Texts, run_zip
from core.taking_home.their_tokenizer import check_tokens
from core.taking_home.ways_out import Change, ways_out
from pages.kit.catalogue import Words
from pages.kit.numbers import duration, whole
from pages.kit.on_hand import OnHand

BASE = "base"  # the example's own chain in its record


def name_of_model(model: OnHand) -> str:
    """The folder's name, which is the file's."""
    whose = "example" if model.whose == "house" else "own"
    artifact = model.chain[-1]
    return file_name("glassbox", whose, artifact.kind, artifact.id[:8])


def name_of_run(run: RunRecord) -> str:
    """The folder's name, which is the file's."""
    return file_name("glassbox", run.program, run.id[:8])


def check(store: Store, owner: str, model: OnHand) -> None:
    """Whether a model can be written in a form that others read; cheap, nothing is made.

    Raises:
        NotTakenHome: it cannot.
    """
    artifact = model.chain[-1]
    if artifact.modality == TEXT:
        equal_architecture(config_of(store.artifacts.read(owner, artifact.id)))
        check_tokens(encoder_of(store, model))


def ways_out_of(store: Store, owner: str, model: OnHand) -> list[Change]:
    """What its plan would have to choose instead, where a text model has no equal."""
    return ways_out(config_of(store.artifacts.read(owner, model.chain[-1].id)))


def model_file(store: Store, owner: str, model: OnHand) -> bytes:
    """A model as a zip file."""
    artifact = model.chain[-1]
    data = store.artifacts.read(owner, artifact.id)
    about = Described(name_of_model(model), model.chain, None, model.whose == "house", "")
    if artifact.modality == TEXT:
        return text_model_zip(data, encoder_of(store, model), about)
    return picture_model_zip(data, store.artifacts.read(owner, _encoder(model).id), about)


def encoder_of(store: Store, model: OnHand) -> Encoder:
    """A text model's own encoder."""
    return store.artifacts.opened_of(_encoder(model), Encoder.from_bytes)


def _encoder(model: OnHand) -> Artifact:
    return next(each for each in reversed(model.chain) if each.kind == "encoder")


def run_file(store: Store, owner: str, run: RunRecord, t: Words) -> bytes:
    """A run as a zip file: its notebook, and what it read."""
    result = store.artifacts.get(owner, run.result or "")
    words = NotebookWords(
        title=t("takehome.nb_title"),
        about=t(
            "takehome.nb_about",
            program=run.program,
            n=whole(run.step, t.lang),
            date=run.created_at[:10],
            time=duration(run.seconds, t.lang),
        ),
        install=t("takehome.nb_install"),
        inputs=t("takehome.nb_inputs"),
        texts=t("takehome.nb_texts"),
        settings=t("takehome.nb_settings"),
        run=t("takehome.nb_run"),
        end=t("takehome.nb_end"),
    )
    inputs = store.runs.inputs(run.id)
    controls = result.settings.get("controls", [])
    return run_zip(name_of_run(run), run, inputs, controls, words, texts_of(store, owner, run))


def texts_of(store: Store, owner: str, run: RunRecord) -> Texts | None:
    """What a run's encoder and dataset were made from; None if it had none or it is forgotten."""
    if not {"encoder", "dataset"} <= run.inputs.keys():
        return None
    lineage = store.artifacts.lineage(owner, run.inputs["dataset"])
    known: dict[str, Artifact] = {
        each.kind: each for each in lineage if each.kind != "corpus" or each.settings
    }
    if not {"corpus", "encoder", "dataset"} <= known.keys():
        return None
    corpus, learned = known["corpus"], known["encoder"].settings
    if "cleaning" not in corpus.settings or known["encoder"].id != run.inputs["encoder"]:
        return None
    return Texts(
        world=corpus.settings.get("world"),
        cleaning=corpus.settings["cleaning"],
        n_vocab=learned["n_vocab"],
        validation_share=learned["validation_share"],
        arrived=store.artifacts.read(owner, corpus.parents[0]) if corpus.parents else None,
    )


def example_file(t: Words) -> bytes:
    """The example model's notebook."""
    record = Folder(SHIPPED).record()
    chain, made = record["chains"][BASE], record["made"]
    last = chain["checkpoints"][-1]
    words = NotebookWords(
        title=t("takehome.nb_example_title"),
        about=t("takehome.nb_example_about", date=made["date"], machine=made["machine"]),
        install=t("takehome.nb_example_install"),
        inputs="",
        texts=t("takehome.nb_example_texts"),
        settings=t(
            "takehome.nb_example_settings",
            n=whole(FIRST_PART, t.lang),
            time=duration(last["training_seconds"], t.lang),
        ),
        run=t("takehome.nb_example_run"),
        end=t("takehome.nb_end"),
    )
    precision = "bfloat16" if "bfloat16" in made["machine"] else "float32"
    return house_notebook(words, chain, precision)

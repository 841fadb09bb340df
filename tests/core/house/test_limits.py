"""What the pages about limits open with: shipped, and made the same again."""

import pytest

from core.alignment.text.chat import is_chat
from core.alignment.text.prompts import KINDS, beginnings
from core.architecture.transformer import Transformer
from core.architecture.weights import read_checkpoint
from core.data.text.bpe import Encoder
from core.data.text.documents import Corpus
from core.data.text.fertility import fertility
from core.data.world import WorldSettings, town
from core.house import house_artifacts
from core.house.files import SHIPPED, Folder
from core.house.limits import emergence, record, seeds
from core.house.limits.adding import adding
from core.house.limits.bias import N_SEEDS, SKEWS, TREATED_SKEW, bias
from core.house.limits.command import PARTS
from core.house.limits.dominance import dominance
from core.house.limits.families import N_SEEDS as N_FAMILIES
from core.house.limits.families import families
from core.house.limits.grokking import grokking
from core.house.limits.grounding import CARD, N_YEARS, grounding, reader
from core.house.limits.grounding import N_SEEDS as N_READERS
from core.house.limits.grounding_card import reader_card
from core.house.limits.knowing import DRAWS, TEMPERATURES, WARM, knowing
from core.house.limits.memorising import shipped as memorising_shipped
from core.house.limits.prompting import N_EACH, SEED, prompting
from core.house.limits.reversal import reversal
from core.house.limits.telling import shipped as telling_shipped
from core.languages import LANGS
from core.limits import facts, prompted
from core.limits.bias.dominance import GERMAN_SHARES, mixture, unseen
from core.limits.bias.roles import TREATMENTS, RolesProgram
from core.limits.byheart.memorising import LANES as MEMORISING_LANES
from core.limits.byheart.memorising import MemorisingProgram
from core.limits.confident.knowing import ask
from core.limits.families.makers import FAMILIES, maker_of
from core.limits.families.material import Material
from core.limits.families.measuring import ruled, surprise
from core.limits.families.rules import read_rules, shipped_rules
from core.limits.grounding.board import board
from core.limits.grounding.exam import FIRST_YEAR, WAYS, examined, greedy, pooled, tallied
from core.limits.often.telling import LANES as TELLING_LANES
from core.limits.often.telling import TellingProgram
from core.limits.often.wordings import KINDS as WORDINGS
from core.limits.prompted import PLACE
from core.limits.reversal import LANES, ReversalProgram
from core.limits.rule.adding import AddingProgram, learned
from core.limits.rule.grokking import GrokkingProgram, courses
from core.limits.rule.sums import KINDS as SUM_KINDS
from core.limits.rule.sums import LANES as SUM_LANES
from core.limits.rule.sums import steps_of
from core.limits.slope.emergence import LADDER, SizesProgram
from core.lineage import MODEL_KINDS
from core.pieces import outcome_of


def test_every_shipped_model_was_asked_at_every_temperature():
    asked = {(one.kind, one.temperature): one for one in knowing()}
    assert set(asked) == {(kind, warm) for kind in MODEL_KINDS for warm in TEMPERATURES}
    assert {case.n for one in asked.values() for case in one.cases} == set(DRAWS.values())
    questions = {tuple(case.question for case in one.cases) for one in asked.values()}
    assert len(questions) == 1


@pytest.mark.parametrize("part", PARTS)
def test_every_part_is_shipped_with_its_command_and_day(part):
    made = record.read(part)["made"]
    assert made["command"].endswith(part) and made["date"]


@pytest.mark.parametrize("kind", MODEL_KINDS)
def test_asked_again_a_model_answers_as_is_shipped(kind):
    shipped = {one.kind: one for one in knowing() if one.temperature == 0.0}[kind]
    chain = {artifact.kind: artifact for artifact in house_artifacts()}
    model = read_checkpoint(chain[kind].read())[0]
    case = next(case for case in shipped.cases if case.group == "never" and case.claimed)
    again = ask(
        model,
        Encoder.from_bytes(chain["encoder"].read()),
        [facts.Question((case.subject, case.relation), case.question, 0, case.truth)],
        town(WorldSettings(**chain["corpus"].settings["world"])),
        case.lang,
        is_chat=is_chat(kind),
        temperature=0.0,
        n_each=1,
    )[0]
    assert again.favourite == case.favourite
    assert again.probability == pytest.approx(case.probability, abs=2e-3)


@pytest.mark.parametrize("lang", LANGS)
def test_prompts_counted_again_come_to_what_is_shipped(lang):
    shipped, n_questions = prompting(lang), 3
    assert shipped is not None and set(shipped.n_right) == set(KINDS)
    assert {one.n for one in shipped.shares.values()} == {len(shipped.questions) * N_EACH}
    chain = {artifact.kind: artifact for artifact in house_artifacts()}
    where = town(WorldSettings(**chain["corpus"].settings["world"]))
    asked = prompted.questions(where, Corpus.from_bytes(chain["corpus"].read()), lang)
    assert [one.text for one in asked.told] == list(shipped.questions)
    prompts = beginnings(PLACE, [(one.text, one.truth) for one in asked.examples], lang, lang)
    again = prompted.counted(
        read_checkpoint(chain["aligned"].read())[0],
        Encoder.from_bytes(chain["encoder"].read()),
        asked.told[:n_questions],
        {name: prompts[name] for name in ("none", "instruction")},
        where,
        lang,
        n_each=N_EACH,
        seed=SEED,
    )
    for name, ours in again.items():
        theirs = shipped.n_right[name][:n_questions]
        assert all(abs(a - b) <= 1 for a, b in zip(ours, theirs, strict=True))


def test_no_draw_beyond_the_ends_of_what_can_be_counted():
    for one in knowing():
        for case in one.cases:
            assert case.n_right + case.n_wrong + case.n_unsure <= case.n
            assert 0 <= case.n_favourite <= case.n and 0.0 <= case.probability <= 1.0
            assert (one.temperature == WARM) <= (case.n == DRAWS[WARM])


def test_the_shipped_models_about_boats_are_those_that_training_makes():
    found = reversal()
    assert found is not None and set(found.found) == set(LANES)
    first = found.settings.changed(n_seeds=1)
    program, rows = ReversalProgram({}, first.to_dict()), []
    while not rows:
        rows += [row for row in program.advance() if row["kind"] == "asked" and row["done"]]
    one = rows[0]["one"]
    assert (rows[0]["lane"], one["forwards"]["n_right"]) == ("forwards", first.n_people)
    n_wrong = found.found["forwards"]["one"]["backwards"]
    assert n_wrong.n == first.n_people * found.settings.n_seeds
    assert one["backwards"]["n_right"] <= 0.05 * first.n_people


def test_the_shipped_models_told_never_to_often_are_those_that_training_makes():
    made = telling_shipped()
    assert made is not None and set(made.found) == set(TELLING_LANES)
    assert set(made.worded.asked) == set(WORDINGS)
    one = made.settings.changed(n_seeds=1, lanes=("passes",))
    program, rows = TellingProgram({}, one.to_dict()), []
    while not program.finished:
        rows += [row for row in program.advance() if row["kind"] == "asked" and row["done"]]
    then = next(row for row in made.rows if (row["lane"], row["seed"]) == ("passes", one.seed))
    for name in ("singletons", "n_sentences", "n_steps_taken", "n_parameters"):
        assert rows[0][name] == then[name]
    assert rows[0]["missing"] == pytest.approx(then["missing"])
    n_wrong = then["asked"]["n_wrong"]
    assert rows[0]["asked"]["n_wrong"] == pytest.approx(n_wrong, rel=0.05)
    for name, ours in rows[0]["groups"].items():
        theirs = then["groups"][name]
        assert ours["n"] == theirs["n"] and abs(ours["n_right"] - theirs["n_right"]) <= 4


@pytest.mark.parametrize("lang", LANGS)
def test_models_of_all_skews_and_treatments_are_shipped(lang):
    found = bias(lang)
    assert found is not None
    assert all(len(found.of("none", skew)) == N_SEEDS for skew in SKEWS)
    lanes = {row["lane"] for row in found.rows if row["skew"] == TREATED_SKEW}
    assert lanes == {"none", *TREATMENTS} | ({"generic"} if lang == "de" else set())


def test_a_shipped_model_about_invented_people_is_the_one_that_training_makes():
    found = bias("en")
    assert found is not None
    (theirs,) = [row for row in found.of("none", 0.7) if row["seed"] == 0]
    settings = found.settings.changed(skews=(0.7,), n_seeds=1)
    program, rows = RolesProgram({}, settings.to_dict()), []
    while not program.finished:
        rows += [row for row in program.advance() if row["kind"] == "asked" and row["done"]]
    # Last bits differ between processors, and training makes more of them.
    for role, shares in rows[0]["women"].items():
        assert shares == pytest.approx(theirs["women"][role], abs=0.08)
    assert rows[0]["losses"] == pytest.approx(theirs["losses"], abs=0.02)
    assert rows[0]["n_lines"] == theirs["n_lines"]


def test_every_mixture_of_languages_is_shipped_and_counts_are_counts():
    found = dominance()
    assert found is not None
    assert len(found.can) == len(GERMAN_SHARES) * found.n_seeds * len(LANGS)
    for one in found.can:
        assert 0 <= one.n_true <= one.n_checkable <= one.n_grammatical <= one.n_sentences


def test_an_encoder_of_a_shipped_mixture_is_learned_again_as_it_was():
    found = dominance()
    assert found is not None
    world, prepared = mixture(GERMAN_SHARES[0], 1)
    told = fertility(prepared.encoder, unseen(town(world), "de"))["de"]
    assert told.tokens_per_word == pytest.approx(
        found.of("de", GERMAN_SHARES[0])[0].tokens_per_word, abs=1e-3
    )


def test_the_shipped_families_hold_every_seed_and_none_has_read_for_longer_than_another():
    for lang in LANGS:
        found = families(lang)
        assert found is not None
        n = {family: sum(row["family"] == family for row in found.rows) for family in FAMILIES}
        assert n == {"ngrams": 1, "recurrent": N_FAMILIES, "transformer": N_FAMILIES}
        networks = [row for row in found.rows if row["family"] != "ngrams"]
        assert len({row["n_tokens"] for row in networks}) == 1
        sizes = [row["n_parameters"] for row in networks]
        assert max(sizes) < 1.1 * min(sizes)
        example = next(one for one in house_artifacts() if one.kind == "checkpoint")
        assert found.example["checkpoint"] == example.id


@pytest.mark.parametrize("lang", LANGS)
def test_counted_again_the_table_and_the_rules_come_to_what_is_shipped(lang):
    found = families(lang)
    chain = {artifact.kind: artifact for artifact in house_artifacts()}
    material = Material.of(
        Corpus.from_bytes(chain["corpus"].read()),
        Encoder.from_bytes(chain["encoder"].read()),
        lang,
        found.settings.n_documents,
        WorldSettings(**chain["corpus"].settings["world"]),
    )
    shipped = next(row for row in found.rows if row["family"] == "ngrams")
    maker = maker_of(material.counted())
    again = outcome_of(surprise(maker, material, found.settings.n_context))
    assert again == pytest.approx(shipped["bits_per_byte"], rel=1e-9)
    assert maker.n_parameters == shipped["n_parameters"]
    assert ruled(read_rules(shipped_rules(lang)).rules, material) == found.rules


def test_the_shipped_sizes_hold_every_seed_and_the_smallest_comes_out_the_same_again():
    found = emergence.emergence()
    assert [len(some) for some in found.rulers.values()] == [emergence.N_SEEDS] * 6
    assert len(found.law) == 6 * emergence.N_SEEDS and len(found.next) == emergence.N_SEEDS
    program = SizesProgram({}, emergence.RULERS.changed(n_seeds=1, channels=LADDER[:1]).to_dict())
    while not program.finished:
        rows = program.advance()
    again, shipped = rows[-1], next(iter(found.rulers.values()))[0]
    assert again["loss_nats"] == pytest.approx(shipped.loss_nats, abs=0.05)


def test_the_shipped_models_that_know_secrets_are_those_that_training_makes():
    made = memorising_shipped()
    assert made is not None and set(made.found) == set(MEMORISING_LANES)
    one = made.settings.changed(n_seeds=1, lanes=("near",), lang="en")
    program, rows = MemorisingProgram({}, one.to_dict()), []
    while not program.finished:
        rows += [row for row in program.advance() if row["kind"] == "asked" and row["done"]]
    then = next(
        row
        for row in made.rows
        if row["done"] and (row["lane"], row["lang"], row["seed"]) == ("near", "en", one.seed)
    )
    for name in ("n_sentences", "n_different", "n_parameters"):
        assert rows[0][name] == then[name]
    assert rows[0]["held_out_nats"] == pytest.approx(then["held_out_nats"], rel=0.02)
    n_right = [sum(each["right"] for each in row["canaries"]) for row in (rows[0], then)]
    assert abs(n_right[0] - n_right[1]) <= 2


def test_the_shipped_questions_about_sums_are_those_that_are_drawn():
    found = adding()
    assert found is not None and set(found.found) == set(SUM_LANES)
    assert {row["seed"] for row in found.asked} == set(range(found.settings.n_seeds))
    for row in found.asked:
        asked = found.settings.exercises(row["seed"]).asked
        for kind in SUM_KINDS:
            assert row["kinds"][kind]["n"] == len(asked[kind]) == found.settings.n_asked
            for place, (text, written, truth) in enumerate(row["examples"][kind]):
                assert (text, truth) == (asked[kind][place].text, asked[kind][place].truth)
                if kind == "seen" and row["lane"] == "steps":
                    steps = ",".join(map(str, steps_of(asked[kind][place].numbers)))
                    assert written == f"{steps}:{truth}"


def test_halfway_a_model_with_steps_is_where_the_shipped_ones_were():
    found = adding()
    assert found is not None
    one = found.settings.changed(n_seeds=1, lanes=("steps",))
    program, rows = AddingProgram({}, one.to_dict()), []
    while program.step < one.n_steps_each // 2 or program.piece.startswith("looked"):
        rows += [row for row in program.advance() if row["kind"] == "looked"]
    now = learned(rows)["steps"][one.n_steps_each // 2].share
    assert abs(now - found.learned["steps"][one.n_steps_each // 2].share) < 0.5
    assert now > found.learned["answer"][one.n_steps_each // 2].share


def test_the_shipped_clocks_know_their_sums_by_heart_when_training_says_so():
    found = grokking()
    assert found is not None and len(found.courses) == 2 * found.settings.n_seeds
    program, rows = GrokkingProgram({}, found.settings.to_dict()), []
    while program.step < 200 or program.piece.startswith("looked"):
        rows += [row for row in program.advance() if row["kind"] == "looked"]
    (now,), shipped = courses(rows), found.courses[0]
    place = shipped.within.index(200)
    assert now.told[-1] == pytest.approx(shipped.told[place], abs=0.05)
    assert now.others[-1] == pytest.approx(shipped.others[place], abs=0.05)


def test_smaller_models_of_other_towns_are_shipped_as_their_recipe_makes_them():
    found = seeds.seeds()
    assert [one.seed for one in found] == list(seeds.SEEDS)
    for one in found:
        plan = seeds.RECIPE.design(seeds.RECIPE.n_vocab)
        assert one.n_parameters == Transformer(plan, seed=None).n_parameters
        assert one.told.n > one.untold.n > 50
        assert one.told.confidence > one.untold.confidence
        for sure in (one.told, one.untold):
            assert 0 <= sure.n_right <= sure.n_claimed <= sure.n


def test_every_reader_was_asked_in_every_way_and_the_shipped_one_answers_so_again():
    found = grounding()
    assert found is not None and len(found.readers) == N_READERS
    for seed in found.readers:
        for way in WAYS:
            one = found.tally(way, model=seed)
            assert one.n > 200 and sum(one.said.values()) == one.n
    assert found.tally("given").n_right > 0.6 * found.tally("given").n
    new = found.tally("alone", taught=False, group="new")
    assert new.n_right < 0.05 * new.n
    chain = {artifact.kind: artifact for artifact in house_artifacts()}
    encoder = Encoder.from_bytes(chain["encoder"].read())
    model, world = read_checkpoint(reader())[0], WorldSettings(**found.settings.world)
    again = {
        way: pooled(
            [
                tallied(examined(greedy(model, encoder), board(FIRST_YEAR + n, lang), way, world))
                for lang in LANGS
                for n in range(N_YEARS)
            ]
        )
        for way in ("alone", "given")
    }
    for way, ours in again.items():
        theirs = found.tally(way, model="0")
        assert ours.n == theirs.n and abs(ours.n_right - theirs.n_right) <= 6


def test_the_readers_card_tells_what_is_shipped():
    shipped = record.read("grounding")
    assert Folder(SHIPPED).read(CARD).decode("utf-8") == reader_card(shipped)

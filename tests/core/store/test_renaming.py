"""Runs of an older version, kept by where their code lived, are found by their program's name."""

from sqlalchemy import text

from core.jobs.turns import PROGRAMS
from core.store import RunRecord, Store
from core.store.renaming import NAME_OF


def test_an_unfinished_run_of_the_version_before_is_taken_up_under_its_programs_name(tmp_path):
    old = Store.at(tmp_path)
    for number, place in enumerate([*NAME_OF, "module:Class"]):
        run = RunRecord(id=f"r{number}", owner="anna", program=place, settings={"n_steps": 5})
        old.start_run(run, {"design": b"{}"})
    with old._database.writing() as session:
        session.execute(text("UPDATE schema_version SET version = 5"))
    old.close()
    new = Store.at(tmp_path)
    assert [run.program for run in new.unfinished_runs()] == [*NAME_OF.values(), "module:Class"]
    assert new.run_inputs("r0") == {"design": b"{}"}
    new.close()


def test_every_program_of_that_time_still_exists():
    assert set(NAME_OF.values()) <= set(PROGRAMS)

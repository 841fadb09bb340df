"""What Dask and Tornado say arrives in our log, a line each."""

import logging

import pytest

from core.jobs.cluster_log import LONGEST, LOUD, NANNY, OneLine


@pytest.fixture
def restored():
    """Their loggers as they were, afterwards."""
    loggers = [logging.getLogger(name) for name in (*LOUD, NANNY)]
    before = [(each.handlers[:], each.propagate, each.level) for each in loggers]
    yield
    for logger, (handlers, propagate, level) in zip(loggers, before, strict=True):
        logger.handlers[:], logger.propagate = handlers, propagate
        logger.setLevel(level)


def said(caplog):
    return [(record.levelname, record.getMessage()) for record in caplog.records]


def test_a_failure_arrives_with_its_cause_but_without_its_traceback(restored, caplog):
    OneLine().install()
    try:
        raise OSError("no space left")
    except OSError:
        logging.getLogger("distributed.comm").exception("Lost it\nTraceback (most recent ...)\n x")
    logging.getLogger("tornado.application").error("in callback\n%s", "twice")
    assert said(caplog) == [
        ("ERROR", "distributed.comm: Lost it (OSError: no space left)"),
        ("ERROR", "tornado.application: in callback twice"),
    ]


def test_how_a_worker_ended_is_a_warning_and_noted_but_other_chatter_is_not(restored, caplog):
    deaths = []
    OneLine(on_death=deaths.append).install()
    nanny = logging.getLogger(NANNY)
    nanny.info("Starting a Nanny")
    nanny.info("Worker process 7 was killed by signal 9")
    logging.getLogger("distributed.scheduler").info("Clear task state")
    assert said(caplog) == [
        ("WARNING", "distributed.nanny: Worker process 7 was killed by signal 9")
    ]
    assert deaths == ["Worker process 7 was killed by signal 9"]


def test_while_closing_on_purpose_nothing_is_said(restored, caplog):
    OneLine(is_closing=lambda: True).install()
    logging.getLogger("distributed.worker").error("heartbeat failed")
    assert said(caplog) == []


def test_endless_messages_are_cut(restored, caplog):
    OneLine().install()
    logging.getLogger("distributed").error("x" * 5000)
    assert len(said(caplog)[0][1]) == LONGEST

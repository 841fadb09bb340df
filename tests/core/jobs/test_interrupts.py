"""An interrupt reaches the process at the terminal, not the children it has started."""

import os
import signal
import subprocess
import sys
import threading

import pytest

from core.jobs.interrupts import children_deaf_to_interrupts

ECHO = "import sys; print('here', flush=True); print(sys.stdin.readline(), end='')"

pytestmark = pytest.mark.skipif(
    not hasattr(signal, "pthread_sigmask"), reason="threads have no signal mask here"
)


def begin() -> "subprocess.Popen[str]":
    child = subprocess.Popen(
        [sys.executable, "-c", ECHO],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert child.stdout is not None and child.stdout.readline() == "here\n"
    return child


def test_a_child_started_inside_survives_an_interrupt():
    with children_deaf_to_interrupts():
        child = begin()
    os.kill(child.pid, signal.SIGINT)
    answer, _ = child.communicate("still there\n", timeout=20)
    assert (answer, child.returncode) == ("still there\n", 0)


def test_a_child_of_a_thread_started_inside_survives_too():
    children = []
    with children_deaf_to_interrupts():
        thread = threading.Thread(target=lambda: children.append(begin()))
        thread.start()
    thread.join()
    os.kill(children[0].pid, signal.SIGINT)
    assert children[0].communicate("still there\n", timeout=20)[0] == "still there\n"


@pytest.mark.parametrize("already", [set(), {signal.SIGINT}], ids=["listening", "deaf before"])
def test_afterwards_the_thread_gets_interrupts_as_before(already):
    at_first = signal.pthread_sigmask(signal.SIG_SETMASK, already)
    try:
        with children_deaf_to_interrupts():
            assert signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, set())
        assert signal.pthread_sigmask(signal.SIG_BLOCK, set()) == already
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, at_first)

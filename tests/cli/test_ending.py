"""SIGTERM ends a command as Ctrl-C does: what is on its way is noted."""

from __future__ import annotations

import os
import signal
import time

import pytest

from syndicate.cli.ending import sigterm_is_ctrl_c


@pytest.fixture
def ignored():
    """Who does not listen to SIGTERM goes on, rather than to end the tests."""
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGTERM, before)


def told_to_end():
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(5)


def test_sigterm_is_ctrl_c_as_long_as_work_is_under_way(ignored):
    with pytest.raises(KeyboardInterrupt), sigterm_is_ctrl_c():
        told_to_end()
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN


def test_sigterm_in_the_middle_of_sending_leaves_no_copy_in_doubt(
    gathered, due, ignored
):
    program = gathered.folder / "mailer"
    program.write_text(
        "#!/bin/sh\ncat > /dev/null\nkill -TERM $PPID\nsleep 0.3\n", encoding="utf-8"
    )
    program.chmod(0o755)
    text = gathered.config.read_text(encoding="utf-8")
    gathered.config.write_text(
        f'{text}\n[mail]\nurl = "sendmail:mailer"\nconnections = 1\n'
        'sender = "ban@ban.example"\n',
        encoding="utf-8",
    )
    people = [f"{name}{n}@vd.example" for name in "abc" for n in range(2)]
    for address in people:
        stated = ("--digest", "tuan", "--consent", "told us")
        gathered.run("members", "add", address, *stated)
    gathered.run("digest", "send", "--as-of", due, code=None)
    said = gathered.run("digest", "status", "tuan").stdout
    assert "sending" not in said
    assert "uncertain 0" in said
    assert "accepted 1" in said
    assert "planned" in said.splitlines()[2]

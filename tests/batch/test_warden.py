"""Every process ends with the one that asked for it, by whatever means that died."""

import os
import random
import signal
import subprocess
import sys
import time
import uuid

import psutil
import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork a process")

#: Forks three children, each with a child of its own, and waits; its lifeline is its input.
OWNER = """
import os, subprocess, time
from analysis.batch.warm.warden import Warden
warden = Warden(0)
for number in range(3):
    if os.fork() == 0:
        warden.enrol()
        subprocess.run(["sleep", "600"])
time.sleep(600)
"""

#: Has two reports made by a server, each with a kernel and a program of its own.
CLIENT = """
import sys, threading
from analysis.batch.warm import client
report = '''
import os, subprocess
from analysis.batch.warm import client
client.server().kernel(["-f", f"{folder}/{os.getpid()}.json"], "/", dict(os.environ))
subprocess.run(["sleep", "600"])
'''.replace("{folder}", sys.argv[1])
server = client.server()
def call():
    try:
        server.call(exec, report)
    except (ChildProcessError, client.InputError):
        pass
calls = [threading.Thread(target=call) for _ in range(2)]
for each in calls:
    each.start()
"""


class Family:
    """A process and all that come from it, by a mark in their environment."""

    def __init__(self, code, *arguments):
        self.mark = uuid.uuid4().hex
        environment = os.environ | {"JUNHENG_TEST": self.mark}
        command = [sys.executable, "-c", code, *arguments]
        quiet = {"stdin": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        self.first = subprocess.Popen(command, env=environment, **quiet)

    def alive(self):
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get("JUNHENG_TEST") == self.mark:
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def wait_for(self, number):
        until = time.monotonic() + 120
        while len(self.alive()) < number and time.monotonic() < until:
            time.sleep(0.05)
        assert len(self.alive()) >= number

    def orphans(self, seconds=30):
        """What is there when there should be nothing."""
        until = time.monotonic() + seconds
        while self.alive() and time.monotonic() < until:
            self.first.poll()
            time.sleep(0.05)
        return self.alive()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV])
def test_forks_and_their_programs_end_with_their_owner(number):
    family = Family(OWNER)
    family.wait_for(8)
    family.first.send_signal(number)

    assert family.orphans() == []


@pytest.mark.slow
def test_nobody_outlives_an_owner_that_is_killed_while_it_forks():
    chance = random.Random(5)
    left = []
    for _ in range(20):
        family = Family(OWNER)
        family.wait_for(chance.randrange(1, 7))
        family.first.kill()
        left += family.orphans()

    assert left == []


def test_owner_ends_with_its_lifeline_whatever_it_does():
    family = Family(OWNER)
    family.wait_for(8)
    family.first.stdin.close()

    assert family.first.wait(60) == -signal.SIGKILL
    assert family.orphans() == []


@pytest.mark.slow
def test_twenty_kills_leave_no_orphan(tmp_path):
    """Of the client, its server, the server's warden, a report or a kernel, at any moment."""
    chance = random.Random(4)
    left, killed = [], []
    for turn in range(20):
        family = Family(CLIENT, str(tmp_path))
        if turn % 2:
            # both reports with kernel and program; otherwise while the server gets ready
            family.wait_for(9)
        else:
            time.sleep(chance.uniform(0, 5))
        found = family.alive()
        victim = found[turn // 2 % min(3, len(found))] if turn < 12 else chance.choice(found)
        killed.append(victim.pid)
        victim.kill()
        if turn >= 12:
            # a report or kernel may be killed alone; then the client follows
            time.sleep(chance.uniform(0, 0.2))
            family.first.kill()
        left += family.orphans()

    assert left == []
    assert len(killed) == 20

"""Programs that serve pages, started by tests: a free port, and the moment from which they answer."""

import socket
import time
import urllib.error
import urllib.request

import pytest


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def wait_for(url, process, log):
    """Until the program answers, whatever it says; it fails if the program ends before."""
    for _ in range(240):
        assert process.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.5)
    pytest.fail(log.read_text())

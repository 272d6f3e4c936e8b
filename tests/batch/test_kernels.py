"""Warm kernels: the libraries are there, nothing leaks, and a dead kernel is noticed."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from notebook_files import results, write_notebook

from analysis import InputError
from analysis.batch.warm import client, provisioner
from analysis.data.paths import NOTEBOOKS
from analysis.report import build

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork a process"),
]


def run(tmp_path, *cells, limit=120):
    path = write_notebook(tmp_path / "n.ipynb", *cells, parameters=("county",))
    return results(build.execute(path, time_limit=limit))


def test_the_libraries_are_there_before_the_first_cell(tmp_path):
    shown = run(
        tmp_path, "import sys", "sorted({'pandas', 'matplotlib', 'analysis'} & {*sys.modules})"
    )

    assert shown == ["['analysis', 'matplotlib', 'pandas']"]


def test_a_notebook_leaves_nothing_to_the_next(tmp_path):
    look = "(os.environ.get('LEAK'), hasattr(pandas, 'leak'), os.path.exists('leak'), "
    look += "pandas.get_option('display.width'), 'leak' in dir())"
    imports = "import os, pandas"
    before = run(tmp_path, imports, look)
    run(
        tmp_path,
        imports,
        "os.environ['LEAK'] = pandas.leak = leak = '1'",
        "open('leak', 'w').close()",
        "pandas.set_option('display.width', 7)",
    )

    assert before == ["(None, False, False, 80, False)"]
    assert run(tmp_path, imports, look) == before


def test_every_kernel_draws_its_own_random_numbers(tmp_path):
    cells = ("import random, numpy", "(random.random(), numpy.random.random())")

    assert run(tmp_path, *cells) != run(tmp_path, *cells)


def test_killed_kernel_is_a_sentence(tmp_path):
    with pytest.raises(InputError, match="killed by signal 9"):
        run(tmp_path, "import os", "os.kill(os.getpid(), 9)")


def test_kernel_that_ends_itself_is_a_sentence(tmp_path):
    with pytest.raises(InputError, match="exit status 3"):
        run(tmp_path, "import os", "os._exit(3)")


@pytest.mark.parametrize("cell", ["time.sleep(600)", "while True: pass"])
def test_limit_of_time_ends_a_notebook(tmp_path, cell):
    with pytest.raises(InputError, match="stopped after 2 seconds"):
        run(tmp_path, "import time", cell, limit=2)


def test_failing_cell_is_a_sentence(tmp_path):
    with pytest.raises(InputError, match="ZeroDivisionError: division by zero"):
        run(tmp_path, "1 / 0")


def test_server_that_was_killed_is_replaced(tmp_path):
    first = client.server()
    first.process.kill()
    first.process.wait()

    assert run(tmp_path, "1 + 1") == ["2"]
    assert client.server() is not first


def test_server_has_one_thread_when_it_forks(tmp_path):
    if not os.path.isdir("/proc/self/task"):
        pytest.skip("there is no /proc on this system")
    run(tmp_path, "1 + 1")

    threads = Path(f"/proc/{client.server().process.pid}/task").iterdir()
    names = [(thread / "comm").read_text().strip() for thread in threads]

    # Arrow's allocator has one of its own, which it ends and starts again around a fork
    assert len([name for name in names if name != "jemalloc_bg_thd"]) == 1


@pytest.mark.parametrize("wanted", [(), ("kernel", "scenario")])
def test_server_has_ready_what_its_reports_need_and_no_more(wanted):
    server = client.WarmServer(wanted=wanted)
    try:
        loaded = set(server.call(eval, "[*__import__('sys').modules]"))
    finally:
        server.close()

    assert {"papermill", "nbconvert", "typst", "matplotlib.figure"} <= loaded
    some = {"ipykernel.kernelapp", "scipy.optimize"}
    assert some & loaded == (some if wanted else set())


def test_kernels_come_from_a_server_that_expected_none(tmp_path, monkeypatch):
    server = client.WarmServer(wanted=("html",))
    monkeypatch.setitem(client.SERVERS, os.getpid(), server)
    try:
        assert run(tmp_path, "1 + 1") == ["2"]
    finally:
        server.close()


def test_function_is_called_in_a_process_of_its_own():
    server = client.server()

    assert server.call(os.getpid) not in (os.getpid(), server.process.pid)
    assert server.call(divmod, 17, 5) == (3, 2)


def test_results_larger_than_a_pipe_come_back_whole():
    assert client.server().call(bytes, 5_000_000) == bytes(5_000_000)


@pytest.mark.parametrize(("how", "code"), [(os._exit, 7), (os.abort, -signal.SIGABRT)])
def test_call_whose_process_ends_is_told(how, code):
    arguments = [code] if code > 0 else []
    with pytest.raises(ChildProcessError) as error:
        client.server().call(how, *arguments)
    assert error.value.args == (code,)


def test_call_that_takes_too_long_is_ended():
    started = time.monotonic()
    with pytest.raises(TimeoutError):
        client.server().call(time.sleep, 600, limit=0.5)
    assert time.monotonic() - started < 60


def test_kernels_of_a_killed_call_end_with_it(tmp_path):
    """A report's process asks the same server for its kernel, and is killed."""
    note = tmp_path / "pids"
    done = threading.Thread(target=_call_that_waits, args=[note])
    done.start()
    for _ in range(600):
        if note.exists() and note.read_text().count(" "):
            break
        time.sleep(0.1)
    caller, kernel = map(int, note.read_text().split())
    os.kill(caller, signal.SIGKILL)
    done.join(60)

    assert not done.is_alive()
    assert gone(kernel)


def _call_that_waits(note):
    code = "import os, time; from analysis.batch.warm import client\n"
    # a file that is there would be a kernel's to remove at its end
    kernel = [["-f", str(note.with_name("kernel.json"))], "/"]
    code += f"kernel = client.server().kernel(*{kernel}, dict(os.environ))\n"
    code += f"open({str(note)!r}, 'w').write(f'{{os.getpid()}} {{kernel.pid}}')\n"
    code += "time.sleep(600)"
    with pytest.raises(ChildProcessError):
        client.server().call(exec, code)


def test_closed_server_ends_what_others_wait_for():
    server = client.WarmServer()
    waiting = threading.Thread(target=_wait_for, args=[server])
    waiting.start()
    time.sleep(1)
    server.close()
    waiting.join(60)

    assert not waiting.is_alive()


def _wait_for(server):
    with pytest.raises((ChildProcessError, InputError)):
        server.call(time.sleep, 600)


def test_server_and_kernels_end_with_their_client(tmp_path):
    """By SIGKILL, so that the client cannot say goodbye."""
    code = "from analysis.batch.warm import client; import os, signal\n"
    code += "server = client.server()\n"
    kernel = [["-f", str(tmp_path / "kernel.json")], "/"]
    code += f"kernel = server.kernel(*{kernel}, dict(os.environ))\n"
    code += "print(server.process.pid, kernel.pid, flush=True); os.kill(os.getpid(), 9)"
    client = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    pids = [int(pid) for pid in client.stdout.split()]

    assert client.returncode == -signal.SIGKILL
    assert len(pids) == 2
    for pid in pids:
        assert gone(pid), pid


def gone(pid):
    """Whether a process ends within a minute (it may stay as a zombie where nobody waits for it)."""
    for _ in range(600):
        try:
            os.kill(pid, 0)
            with open(f"/proc/{pid}/stat") as file:
                if file.read().rpartition(")")[2].split()[0] == "Z":
                    return True
        except OSError:
            return True
        time.sleep(0.1)
    return False


def test_without_fork_an_ordinary_kernel_is_started_and_the_log_says_so(
    tmp_path, monkeypatch, caplog
):
    monkeypatch.delattr(os, "fork")
    path = write_notebook(tmp_path / "n.ipynb", "1 + 1", parameters=("county",))
    import papermill

    with caplog.at_level(logging.WARNING, logger="papermill"):
        executed = papermill.execute_notebook(
            str(path), None, engine_name="junheng-warm", progress_bar=False
        )

    assert results(executed) == ["2"]
    assert "cannot fork" in caplog.text


def test_kernel_of_another_python_is_not_forked():
    assert provisioner._why_not([sys.executable, "-m", "ipykernel_launcher"]) == ""
    assert "python9" in provisioner._why_not(["/opt/python9", "-m", "ipykernel_launcher"])
    assert "R is not" in provisioner._why_not(["R", "--slave"])


def test_anybody_can_use_the_engine_by_papermill(tmp_path):
    path = write_notebook(tmp_path / "n.ipynb", "import sys", "'pandas' in sys.modules")
    out = tmp_path / "out.ipynb"
    command = [sys.executable, "-m", "papermill", "--engine", "junheng-warm", str(path), str(out)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)

    assert '"True"' in out.read_text(encoding="utf-8")


def test_warm_and_ordinary_kernel_make_the_same_pages():
    import papermill

    options = {"parameters": {"county": "230505-sifangtai"}, "progress_bar": False}
    notebook = str(NOTEBOOKS / "county_report.ipynb")
    cold = papermill.execute_notebook(notebook, None, **options)
    warm = papermill.execute_notebook(notebook, None, engine_name="junheng-warm", **options)

    assert build.export(warm, "html") == build.export(cold, "html")

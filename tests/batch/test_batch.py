"""Many counties: right, complete, resumable, whatever happens to the processes."""

import contextlib
import itertools
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from counties import write_province
from hypothesis import given
from hypothesis import strategies as st
from notebook_files import write_cover
from typer.testing import CliRunner

from analysis import load_county
from analysis.base.files import InputError
from analysis.base.storage import temporary as scratch
from analysis.batch import cluster as cluster_
from analysis.batch import index as listing
from analysis.batch.jobs import Job, counties_below, shard
from analysis.batch.program import program_digest, sha256
from analysis.batch.records import STATE, refusal, write_record
from analysis.batch.run import run_batch, wanted_by
from analysis.batch.work import make, run_job
from analysis.cli.app import app
from analysis.data.paths import NOTEBOOKS
from analysis.report.build import totals


def read(folder):
    """Bytes of the reports in a folder, by name."""
    return {file.name: file.read_bytes() for file in folder.glob("1*.html")}


def identities(folder):
    """What the reports say they are about, by name."""
    pattern = re.compile(rb'<meta name="keywords" content="junheng ([^"]*)"')
    return {name: pattern.search(data)[1].decode() for name, data in read(folder).items()}


def expected(province, number, years=(2023,)):
    """What `write_province` makes them be about."""
    return {
        f"{100000 + i}-{year}.html": f"{100000 + i} {year} 2 {201 + i}"
        for i in range(number)
        for year in years
    }


def jobs_for(province, notebook, **options):
    defaults = {"year": None, "scenario": None, "lang": "zh", "formats": ("html",)}
    return [
        Job(county=str(path), notebook=str(notebook), timeout=120, **(defaults | options))
        for path in counties_below([province], province / "out")
    ]


@pytest.fixture(scope="module")
def cluster():
    """A cluster of two workers for the tests that do not kill any."""
    with cluster_.client(2, None) as client:
        yield client.scheduler.address


@pytest.fixture
def province(tmp_path):
    return write_province(tmp_path / "province", 6)


@pytest.fixture
def notebook(tmp_path):
    return write_cover(tmp_path / "cover.ipynb")


@pytest.mark.parametrize(
    ("changed", "more"),
    [
        ({}, set()),
        ({"scenario": "baseline"}, {"scenario"}),
        ({"formats": ("docx", "xlsx")}, {"docx", "xlsx"}),
        ({"notebook": "/somewhere/county_report.ipynb"}, {"kernel"}),
    ],
)
def test_what_the_jobs_need_beside_what_every_report_does(changed, more):
    job = Job("/county", None, None, "zh", ("html",), str(NOTEBOOKS / "county_report.ipynb"))

    assert wanted_by([job, replace(job, **changed)]) == {"html", *more}


# --- what is to be done --------------------------------------------------------------------------


def test_counties_are_found_below_a_folder(tmp_path):
    (tmp_path / "省/市/a").mkdir(parents=True)
    for name in (
        "省/市/a/county.yaml",
        "省/市/a/form.xlsx",
        "省/b.xlsx",
        "省/~$b.xlsx",
        "省/.c.xlsx",
    ):
        (tmp_path / name).touch()
    (tmp_path / "省/reports").mkdir()
    (tmp_path / "省/reports/old.xlsx").touch()

    found = counties_below([tmp_path, tmp_path / "省"], tmp_path / "省/reports")

    assert [str(path.relative_to(tmp_path)) for path in found] == ["省/b.xlsx", "省/市/a"]


def test_folder_that_cannot_be_read_is_named_and_left_out(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a/county.yaml").touch()
    (tmp_path / "b").mkdir()
    skipped = []
    with without_rights(tmp_path / "b", 0):
        found = counties_below([tmp_path], tmp_path / "out", skipped)

    assert [path.name for path in found] == ["a"]
    assert [finding.sentence("en") for finding in skipped] == [
        f"{tmp_path}/b: is left out: cannot be read (Permission denied)"
    ]


@contextlib.contextmanager
def without_rights(path, mode):
    """A folder with this mode, and this process without the rights of the administrator."""
    if not hasattr(os, "geteuid"):
        pytest.skip("this system has no rights of this kind")
    root = os.geteuid() == 0
    above = [p for p in path.parents if root and str(p).startswith(tempfile.gettempdir() + "/")]
    for each in above:
        each.chmod(0o777)
    path.chmod(mode)
    try:
        if root:
            os.seteuid(65534)
        yield
    finally:
        if root:
            os.seteuid(0)
        path.chmod(0o755)


def test_results_that_cannot_be_written_are_noticed_before_the_work(
    province, notebook, tmp_path, monkeypatch
):
    from analysis.batch import progress as telling
    from analysis.batch.warm import client

    monkeypatch.setattr(client, "server", lambda **_: pytest.fail("work was begun"))
    out = tmp_path / "out"
    (out / STATE).mkdir(parents=True)
    options = {"year": None, "lang": "en", "formats": ("html",), "scenarios": [None]}
    options |= {"region": True, "workers": 1, "scheduler": None, "part": None, "force": False}
    for place in (out, out / STATE):
        with without_rights(place, 0o555), pytest.raises(InputError) as error:
            telling.run([province], out, timeout=60, notebook=notebook, **options)
        assert str(error.value) == f"{place}: cannot be written or read (Permission denied)"
    assert list(out.iterdir()) == [out / STATE]


def test_no_other_mistake_is_put_down_to_the_shard(province, tmp_path, monkeypatch):
    def fail(*_, **__):
        raise ValueError("something else")

    monkeypatch.setattr("analysis.batch.progress.run_batch", fail)
    options = ["--out", str(tmp_path / "out"), "--shard", "1/2"]
    found = CliRunner().invoke(app, ["batch", str(province), *options])

    assert str(found.exception) == "something else"
    assert "--shard" not in found.output


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="this system has no such limit")
def test_few_open_files_are_raised_or_refused_before_the_work(province, notebook, tmp_path):
    import resource

    code = "from analysis.batch.warm.client import OPEN_FILES; from analysis.batch.warm.limits import need_open_files\n"
    code += "import resource; need_open_files(OPEN_FILES)\n"
    code += "print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])"
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]

    def run(command, *limits):
        def limit():
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)

        return subprocess.run(command, capture_output=True, text=True, preexec_fn=limit)

    raised = run([sys.executable, "-c", code], 64, hard)
    command = [sys.executable, "-m", "analysis", "batch", str(province), "--lang", "en"]
    command += ["--out", str(tmp_path / "out"), "--notebook", str(notebook)]
    refused = run(command, 64, 64)

    assert raised.stdout == "512\n", raised.stderr
    assert refused.returncode == 1
    assert refused.stderr == (
        "error: this needs 512 open files, but the system allows 64; raise the limit (ulimit -n 512)\n"
    )


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
@pytest.mark.parametrize(
    "arguments",
    [["check", "230505-sifangtai"], ["batch", "没有这个县", "--out", "x"], ["--help"]],
)
def test_output_that_knows_no_chinese_is_no_reason_to_fail(arguments, encoding):
    environment = os.environ | {"PYTHONIOENCODING": f"{encoding}:strict"}
    command = [sys.executable, "-m", "analysis", *arguments]
    found = subprocess.run(command, capture_output=True, env=environment)

    assert found.returncode == (arguments[0] == "batch")
    assert b"Traceback" not in found.stderr
    assert found.stdout + found.stderr


@pytest.mark.slow
def test_batch_tells_of_chinese_to_an_output_without(tmp_path, notebook):
    province = write_province(tmp_path / "province", 1)
    # a folder whose name is no text
    bad = os.fsencode(province) + b"/caf\xe9"
    os.rename(province / "100000", os.fsdecode(bad))
    command = [sys.executable, "-m", "analysis", "batch", str(province), "--format", "html"]
    command += ["--out", str(tmp_path / "out"), "--notebook", str(notebook), "--jobs", "1"]
    environment = os.environ | {"PYTHONIOENCODING": "ascii:strict"}
    found = subprocess.run(command, capture_output=True, env=environment, text=True)

    assert found.returncode == 0, found.stderr
    assert "1/1 caf- 2023\\uff1a\\u5b8c\\u6210" in found.stdout
    assert json.loads((tmp_path / "out/manifest.json").read_text(encoding="utf-8"))
    assert [file.name for file in (tmp_path / "out").glob("*.html")] != []


@pytest.mark.slow
def test_where_no_process_can_be_forked_a_new_one_makes_the_report(
    province, notebook, tmp_path, monkeypatch
):
    monkeypatch.delattr(os, "fork")
    jobs = jobs_for(province, notebook)[:1]
    (record,) = run_batch(jobs, tmp_path / "out", workers=1)

    assert record["status"] == "done", record["reasons"]
    assert identities(tmp_path / "out") == expected(province, 1)


def test_scheduler_is_spoken_to_by_the_certificates_of_dasks_configuration(
    province, notebook, tmp_path, monkeypatch
):
    """And by nobody else: without them, or without encryption, the batch is refused."""
    import dask
    from distributed import Scheduler, Security, SpecCluster

    secret = Security.temporary()
    tls = {}
    for name in ("ca_file", "client_cert", "client_key"):
        (tmp_path / name).write_text(getattr(secret, f"tls_{name}"))
        tls[name] = str(tmp_path / name)
    options = {"protocol": "tls://", "host": "127.0.0.1", "port": 0, "security": secret}
    options |= {"dashboard": False, "dashboard_address": "127.0.0.1:0"}
    monkeypatch.setattr(cluster_, "PATIENCE", 5)
    with SpecCluster(scheduler={"cls": Scheduler, "options": options}, security=secret) as theirs:
        address = theirs.scheduler_address
        configured = {
            "distributed.comm.tls.ca-file": tls["ca_file"],
            "distributed.comm.tls.client.cert": tls["client_cert"],
            "distributed.comm.tls.client.key": tls["client_key"],
        }
        with dask.config.set(configured), cluster_.client(None, address) as client:
            assert client.scheduler_info()["address"] == address
        with pytest.raises(InputError, match="scheduler cannot be reached"):
            run_batch(jobs_for(province, notebook), tmp_path / "out", scheduler=address)
        with (
            dask.config.set({"distributed.comm.require-encryption": True}),
            pytest.raises(InputError, match="encryption"),
        ):
            run_batch(jobs_for(province, notebook), tmp_path / "out", scheduler="tcp://127.0.0.1:9")


def test_root_without_counties_is_a_sentence(tmp_path):
    result = CliRunner().invoke(app, ["batch", str(tmp_path), "--out", str(tmp_path / "out")])

    assert result.exit_code == 1
    assert str(tmp_path) in result.stderr
    assert not (tmp_path / "out").exists()


@given(st.lists(st.integers(), max_size=30), st.integers(1, 9))
def test_shards_are_a_partition(items, n):
    parts = [shard(items, f"{i}/{n}") for i in range(1, n + 1)]

    assert sorted(itertools.chain(*parts)) == sorted(items)
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


@pytest.mark.parametrize("part", ["0/3", "4/3", "a/b", "1", "-1/3", "1/0"])
def test_wrong_shard_is_wrong_usage(part, tmp_path):
    options = ["--out", str(tmp_path / "out"), "--shard", part]

    assert CliRunner().invoke(app, ["batch", "230505-sifangtai", *options]).exit_code == 2


def test_counties_of_one_name_do_not_overwrite_each_other(tmp_path, notebook):
    write_province(tmp_path / "a", 1)
    write_province(tmp_path / "b", 1)

    found = run_batch(jobs_for(tmp_path, notebook), tmp_path / "out")

    assert [record["status"] for record in found] == ["failed", "failed"]
    assert "another county" in found[0]["reasons"][0] or "同名" in found[0]["reasons"][0]
    assert read(tmp_path / "out") == {}


def test_command_without_batch_does_not_import_dask():
    code = "import sys, analysis.cli.app, analysis.batch.progress; sys.exit('distributed' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


# --- what comes of it ----------------------------------------------------------------------------


@pytest.mark.slow
def test_every_report_is_of_the_county_and_year_asked_for(tmp_path, notebook, cluster):
    """60 reports: 20 counties in three years by two workers."""
    province = write_province(tmp_path / "province", 20, [2021, 2022, 2023])
    out = tmp_path / "out"

    found = run_batch(jobs_for(province, notebook, year="all"), out, scheduler=cluster)

    assert {(record["status"], *record["reasons"]) for record in found} == {("done",)}
    assert identities(out) == expected(province, 20, (2021, 2022, 2023))
    for record in found:
        assert record["outputs"] == {name: sha256(out / name) for name in record["outputs"]}
        assert (record["schools"], record["students"]) == (2, 201 + int(record["code"]) - 100000)


@pytest.mark.slow
def test_only_what_changed_is_made_again(province, notebook, tmp_path, cluster):
    out = tmp_path / "out"
    jobs = jobs_for(province, notebook)

    def again(jobs=jobs, **options):
        found = run_batch(jobs, out, scheduler=cluster, **options)
        return "".join(record["status"][0] for record in found)

    assert again() == "dddddd"
    first = read(out)
    assert again() == "uuuuuu"
    # a county, a report that is gone, a report that somebody edited
    table = province / "100001" / "school_years.csv"
    table.write_text(table.read_text().replace("101.0,", "150.0,"), encoding="utf-8")
    (out / "100002-2023.html").unlink()
    (out / "100003-2023.html").write_text("edited", encoding="utf-8")
    assert again() == "uddduu"
    assert again([replace(job, timeout=60) for job in jobs]) == "uuuuuu"
    assert again(force=True) == "dddddd"
    changed = {name for name, data in read(out).items() if data != first[name]}
    assert changed == {"100001-2023.html"}
    # the year by its number is another question with the same answer
    assert again(jobs_for(province, notebook, year="all")) == "dddddd"
    assert again(jobs_for(province, notebook, year="all")) == "uuuuuu"
    notebook.write_text(notebook.read_text().replace("brief(report)", "brief(report) "))
    assert again() == "dddddd"


@pytest.mark.slow
def test_format_of_an_earlier_run_is_not_left_behind_out_of_date(tmp_path, notebook, cluster):
    province, out = write_province(tmp_path / "province", 1), tmp_path / "out"
    jobs = jobs_for(province, notebook)
    run_batch([replace(jobs[0], formats=("html", "pdf"))], out, scheduler=cluster)
    table = province / "100000" / "school_years.csv"
    table.write_text(table.read_text().replace("101.0,", "150.0,"), encoding="utf-8")

    (record,) = run_batch(jobs, out, scheduler=cluster)

    assert set(record["outputs"]) == {"100000-2023.html", "100000-2023.pdf"}
    assert b"junheng 100000 2023 2 250" in (out / "100000-2023.pdf").read_bytes()


@pytest.mark.slow
def test_bad_counties_do_not_stop_the_others(tmp_path, cluster):
    """24 jobs: one with an error in its data, a damaged workbook, one whose notebook raises."""
    province, out = write_province(tmp_path / "province", 23), tmp_path / "out"
    table = province / "100003" / "school_years.csv"
    table.write_text(table.read_text().replace("101.0,", "-5,"), encoding="utf-8")
    (province / "100099.xlsx").write_bytes(random.Random(1).randbytes(3000))
    record = province / "100004" / "county.yaml"
    record.write_text(record.read_text().replace('"en": "100004"', '"en": "<b>A&B</b>"'))
    page = write_cover(tmp_path / "n.ipynb", "assert '100007' not in county, '<i>seven</i>'")
    options = ["--format", "html", "--notebook", str(page), "--lang", "en"]

    result = CliRunner().invoke(
        app, ["batch", str(province), "--out", str(out), "--scheduler", cluster, *options]
    )
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    by_status = {}
    for entry in manifest["reports"]:
        by_status.setdefault(entry["status"], []).append(entry)
    reasons = {entry["slug"]: " ".join(entry["reasons"]) for entry in by_status["failed"]}
    index = (out / "index.html").read_text(encoding="utf-8")

    assert result.exit_code == 1, result.output
    assert len(by_status["done"]) == 21
    assert set(reasons) == {"100003", "100099", "100007"}
    assert "-5" in reasons["100003"]
    assert "100099.xlsx" in reasons["100099"]
    assert "AssertionError: <i>seven</i>" in reasons["100007"]
    for reason in reasons.values():
        assert reason[:60] in result.output.replace("\n", " ") or reason[:20] in result.output
    assert "&lt;b&gt;A&amp;B&lt;/b&gt;" in index
    assert "&lt;i&gt;seven" in index
    assert "<b>A&B" not in index
    assert "<i>seven" not in index
    assert index.count('href="1') == 21


@pytest.mark.slow
def test_notebook_that_takes_too_long_is_stopped(tmp_path, cluster):
    province, out = write_province(tmp_path / "province", 2), tmp_path / "out"
    page = write_cover(tmp_path / "n.ipynb", "import time\ntime.sleep(600 * ('100001' in county))")
    jobs = [replace(job, timeout=5) for job in jobs_for(province, page)]

    good, slow = run_batch(jobs, out, scheduler=cluster)

    assert good["status"] == "done"
    assert slow["status"] == "failed"
    assert "5" in slow["reasons"][0]


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_report_that_hangs_outside_of_its_notebook_is_stopped(province, tmp_path, monkeypatch):
    monkeypatch.setattr("analysis.batch.work.PRINTING", 0)
    # nobody writes into it, so that reading never ends
    os.mkfifo(tmp_path / "pipe.xlsx")
    job = replace(jobs_for(province, "n.ipynb", lang="en")[0], timeout=0.5)
    job = replace(job, county=str(tmp_path / "pipe.xlsx"))
    record = run_job(job, str(tmp_path / "out"), program_digest())

    assert record["status"] == "failed"
    assert "the report was stopped after 0.5 seconds" in record["reasons"][0]


# --- a single job, without a cluster ---------------------------------------------------------------


@pytest.mark.slow
def test_year_without_data_is_not_a_failure(province, notebook, tmp_path):
    job = jobs_for(province, notebook, year=1999, lang="en")[0]
    record = run_job(job, str(tmp_path), program_digest())

    assert record["status"] == "not_enough_data"
    assert "2023" in record["reasons"][0]


@pytest.mark.slow
def test_worker_with_another_program_refuses(province, notebook, tmp_path):
    record = run_job(jobs_for(province, notebook)[0], str(tmp_path), "another")

    assert record["status"] == "failed"
    assert read(tmp_path) == {}


@pytest.mark.slow
def test_inputs_that_change_meanwhile_are_noticed(province, tmp_path):
    change = "open(county + '/schools.csv', 'a').write('\\n')"
    page = write_cover(tmp_path / "n.ipynb", change)
    record = run_job(jobs_for(province, page)[0], str(tmp_path / "out"), program_digest())

    assert record["status"] == "failed"
    assert read(tmp_path / "out") == {}
    assert [f.suffix for f in (tmp_path / "out" / STATE).iterdir()] == [".json"]


@pytest.mark.slow
def test_report_of_other_schools_is_refused(province, tmp_path):
    """A notebook that looks at another county of the same code and year."""
    other = write_province(tmp_path / "other", 2) / "100001"
    table = other / "county.yaml"
    table.write_text(table.read_text().replace("100001", "100000"), encoding="utf-8")
    page = write_cover(tmp_path / "n.ipynb", f"county = {str(other)!r}")
    job = replace(jobs_for(province, page)[0], lang="en")
    record = run_job(job, str(tmp_path / "out"), program_digest())

    assert record["status"] == "failed"
    assert "2 202, but 2 201 was asked for" in record["reasons"][0]


@pytest.mark.slow
def test_full_disk_is_a_sentence_and_leaves_nothing(province, notebook, tmp_path, monkeypatch):
    def full(path, data):
        raise OSError(28, "No space left on device", str(path))

    for module in ("analysis.base.storage.writing", "analysis.batch.records"):
        monkeypatch.setattr(f"{module}.write_whole", full)
    out = tmp_path / "out"
    job = replace(jobs_for(province, notebook)[0], lang="en")
    record = make(job, str(out), program_digest())

    assert record["status"] == "failed"
    assert "No space left on device" in record["reasons"][0]
    assert [file for file in out.rglob("*") if file.is_file()] == []


def test_totals_are_those_of_the_tables(province):
    assert totals(load_county(province / "100002"), 2023) == (2, 203)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("gethostname", "compute-standard-002"),
        ("boot", "another start of the same machine"),
        ("namespace", "pid:[1]"),
    ],
)
def test_scratch_of_another_machine_is_not_swept(tmp_path, monkeypatch, name, value):
    """Two machines of one name but for its end, a machine before its restart, two containers."""
    if name != "gethostname" and not os.path.exists("/proc/sys/kernel/random/boot_id"):
        pytest.skip("there is no /proc on this system")
    monkeypatch.setattr(scratch.socket, "gethostname", lambda: "compute-standard-001")
    scratch._machine.cache_clear()
    mine = tmp_path / f"junheng-{scratch._machine()}-999999999-1-abcdefgh"
    mine.mkdir()
    scratch._machine.cache_clear()
    with monkeypatch.context() as other:
        if name == "gethostname":
            other.setattr(scratch.socket, "gethostname", lambda: value)
        elif name == "namespace":
            other.setattr(scratch.os, "readlink", lambda path: value)
        else:
            text = scratch._text
            changed = {"/proc/sys/kernel/random/boot_id": value}
            other.setattr(scratch, "_text", lambda path: changed.get(path) or text(path))
        assert scratch.sweep(tmp_path) == 0
    scratch._machine.cache_clear()

    assert mine.is_dir()
    assert scratch.sweep(tmp_path) == 1
    assert not mine.exists()
    monkeypatch.undo()
    scratch._machine.cache_clear()


def test_number_of_a_dead_process_that_another_one_has_now_keeps_nothing(tmp_path):
    mine, now = os.getpid(), scratch._started(os.getpid())
    for started in (now, f"{int(now) + 1}"):
        (tmp_path / f"junheng-{scratch._machine()}-{mine}-{started}-abcdefgh").mkdir()

    assert scratch.sweep(tmp_path) == 1
    assert [path.name.split("-")[3] for path in tmp_path.iterdir()] == [now]


def test_scratch_of_a_dead_process_is_swept(tmp_path):
    code = "import os, sys; from analysis.base.storage.temporary import scratch; folder = scratch(sys.argv[1])\n"
    code += "folder.__enter__(); os._exit(9)"
    subprocess.run([sys.executable, "-c", code, str(tmp_path)])
    with scratch.scratch(tmp_path) as mine:
        assert len(list(tmp_path.iterdir())) == 2
        assert scratch.sweep(tmp_path) == 1
        assert list(tmp_path.iterdir()) == [mine]
    assert list(tmp_path.iterdir()) == []


def test_failures_of_other_shards_stay_in_the_list_and_old_ones_do_not(tmp_path):
    def put(county, **entry):
        job = Job(county, None, None, "zh", ("html",), "n.ipynb")
        record = refusal(job, ValueError("x")) | entry
        write_record(tmp_path, record)
        return record

    mine, _other, _gone = put("/p/mine"), put("/p/other"), put("/p/gone")
    put("/p/earlier", status="done", outputs={"earlier-2020.html": "0"})
    (tmp_path / "earlier-2020.html").touch()

    listed = listing.collect(tmp_path, [mine], {"/p/mine", "/p/other"})

    assert [record["county"] for record in listed] == ["/p/earlier", "/p/mine", "/p/other"]


# --- processes that die ----------------------------------------------------------------------------


def start(province, out, page, *options):
    """`junheng batch` as a process of its own, with its output."""
    command = [sys.executable, "-m", "analysis", "batch", str(province), "--out", str(out)]
    command += ["--notebook", str(page), "--format", "html", "--jobs", "2", *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def wait_for(condition, seconds=120):
    for _ in range(seconds * 20):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """A province of eight, a notebook that takes a moment, and the reports as they should be."""
    folder = tmp_path_factory.mktemp("undisturbed")
    province = write_province(folder / "province", 8)
    page = write_cover(folder / "n.ipynb", "import time\ntime.sleep(0.3)")
    process = start(province, folder / "out", page)
    output = process.communicate(timeout=300)[0]
    assert process.returncode == 0, output
    assert identities(folder / "out") == expected(province, 8)
    return province, page, read(folder / "out")


@pytest.mark.slow
def test_batch_survives_a_killed_worker(undisturbed, tmp_path):
    """Its server forks one process per report, which asks for a kernel; all of these are children."""
    province, page, reports = undisturbed
    process = start(province, tmp_path / "out", page)
    wait_for(lambda: len(read(tmp_path / "out")) >= 2)
    (server,) = psutil.Process(process.pid).children()
    # the first one is the warden; a kernel, whose death is its report's failure, is younger than who asked for it
    reported: list[psutil.Process] = []
    while not reported:
        reported = sorted(server.children(), key=lambda child: child.create_time())[1:]
    reported[0].kill()
    output = process.communicate(timeout=300)[0]

    assert process.returncode == 0, output
    assert read(tmp_path / "out") == reports


@pytest.mark.slow
@pytest.mark.parametrize("victim", ["server", "warden"])
def test_nothing_outlives_a_killed_server_and_nothing_listens(undisturbed, tmp_path, victim):
    """Its reports and kernels end with it, so that none goes on beside its retry."""
    province, page, reports = undisturbed
    process = start(province, tmp_path / "out", page)
    whole = psutil.Process(process.pid)
    listening = set()

    def family():
        found = [whole, *whole.children(recursive=True)]
        listening.update(where for each in found for where in _listening(each))
        return found

    wait_for(lambda: len(family()) > 5 and len(read(tmp_path / "out")) >= 2)
    (server,) = whole.children()
    first = server.children(recursive=True)
    killed = server if victim == "server" else min(first, key=lambda p: p.create_time())
    killed.kill()
    _ended, alive = psutil.wait_procs([server, *first], timeout=10)
    assert [p for p in alive if p.status() != psutil.STATUS_ZOMBIE] == []
    while process.poll() is None:
        last = family()[1:]
        time.sleep(0.05)
    output = process.communicate(timeout=300)[0]

    assert process.returncode == 0, output
    assert read(tmp_path / "out") == reports
    assert psutil.wait_procs(last, timeout=10)[1] == []
    # a kernel takes what its own forks print on loopback, from who knows a random key of 16 bytes
    # (ipykernel.iostream.IOPubThread); nobody else listens
    pids = [pid for pid, _ in listening]
    assert {ip for _, ip in listening} <= {"127.0.0.1"}
    assert len(pids) == len(set(pids))
    assert not {whole.pid, server.pid} & set(pids)


def _listening(process):
    """Process and address of the sockets that somebody could connect to by a network."""
    try:
        found = process.net_connections()
    except psutil.Error:
        return []
    return [(process.pid, c.laddr.ip) for c in found if c.status == psutil.CONN_LISTEN]


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_killed_batch_goes_on_where_it_stopped(undisturbed, tmp_path, how):
    province, page, reports = undisturbed
    out = tmp_path / "out"
    process = start(province, out, page)
    wait_for(lambda: len(read(out)) >= 3)
    family = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(how)
    output = process.communicate(timeout=120)[0]
    assert "Traceback" not in output
    assert process.returncode == (-how if how == signal.SIGKILL else 130)
    _gone, alive = psutil.wait_procs(family, timeout=60)
    assert [child for child in alive if child.status() != psutil.STATUS_ZOMBIE] == []
    # what is there is whole
    for name, data in read(out).items():
        assert data == reports[name]
    process = start(province, out, page)
    output = process.communicate(timeout=300)[0]
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    statuses = [entry["status"] for entry in manifest["reports"]]

    assert process.returncode == 0, output
    assert read(out) == reports
    assert statuses.count("unchanged") >= 2
    assert statuses.count("unchanged") + statuses.count("done") == 8
    assert {file.suffix for file in (out / STATE).iterdir()} == {".json"}


@pytest.mark.slow
def test_two_machines_by_a_scheduler(undisturbed, tmp_path):
    """A scheduler and two workers, each a process started by hand; one is killed in the middle."""
    province, page, reports = undisturbed
    out, where = tmp_path / "out", tmp_path / "scheduler.json"
    log = (tmp_path / "log").open("w")
    dask = [sys.executable, "-m", "dask"]
    command = [*dask, "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
    command += ["--scheduler-file", str(where)]
    processes = [subprocess.Popen(command, stdout=log, stderr=log)]
    try:
        wait_for(where.exists)
        address = json.loads(where.read_text())["address"]
        for _ in range(2):
            worker = [*dask, "worker", address, "--nthreads", "1", "--no-dashboard", "--no-nanny"]
            worker += ["--local-directory", str(tmp_path)]
            processes.append(subprocess.Popen(worker, stdout=log, stderr=log))
        batch_ = start(province, out, page, "--scheduler", address)
        wait_for(lambda: len(read(out)) >= 2)
        processes[1].kill()
        output = batch_.communicate(timeout=300)[0]

        assert batch_.returncode == 0, output
        assert read(out) == reports
    finally:
        for process in processes:
            process.kill()
            process.wait()
        log.close()


def test_scheduler_that_is_not_there_is_a_sentence(province, notebook, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster_, "PATIENCE", 1)
    with pytest.raises(InputError, match="scheduler cannot be reached"):
        run_batch(jobs_for(province, notebook), tmp_path / "out", scheduler="tcp://127.0.0.1:9")


@pytest.mark.slow
def test_shards_together_make_all(undisturbed, tmp_path):
    province, page, reports = undisturbed
    out = tmp_path / "out"
    assert start(province, out, page, "--shard", "1/2").wait(timeout=300) == 0
    assert len(read(out)) == 4
    assert start(province, out, page, "--shard", "2/2").wait(timeout=300) == 0
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))

    assert read(out) == reports
    assert len(manifest["reports"]) == 8
    assert Path(manifest["reports"][0]["county"]).name == "100000"

"""The widget in the kernel: what is done on the page, what it shows, pictures, mistakes, speed."""

import json
import re
import shutil
import statistics
import time
from pathlib import Path

import pytest

pytest.importorskip("anywidget")

from analysis import InputError, load_county
from analysis.data.paths import sample_folder
from analysis.explorer import Explorer, State
from analysis.explorer import widget as module

SAMPLE = "652323-hutubi"
STATIC = Path(module.__file__).parent / "static"


@pytest.fixture(scope="module")
def opened():
    return Explorer(SAMPLE, lang="en")


@pytest.fixture
def explorer(opened):
    """The explorer as it opens."""
    opened.state = State(SAMPLE, 2021)
    return opened


def do(explorer, **event):
    """What the page sends, and what it shows then."""
    explorer._told(explorer, {"number": 1} | event, [])
    return explorer.shown


def test_it_opens_on_the_last_year(explorer):
    assert explorer.state == State(SAMPLE, 2021)
    assert explorer.shown["sentence"].startswith("CV 0.530 (limit 0.50): not met.")
    assert [each["mark"] for each in explorer.shown["marks"]] == ["met", "near", "short"]
    assert not explorer.shown["changed"]


def test_it_shows_schools_of_which_nothing_is_asked(tmp_path):
    folder = shutil.copytree(sample_folder() / "150303-hainan", tmp_path / "county")
    file = folder / "county.yaml"
    file.write_text(
        re.sub("(?m)^standard:.*", "standard: cn-2012", file.read_text("utf-8")), encoding="utf-8"
    )
    found = Explorer(str(folder), indicator="library_books", lang="en")

    assert [each["text"] for each in found.shown["marks"]] == ["no threshold"]
    assert len(found.view.schools) == 6
    assert found.figure() is not None
    with pytest.raises(InputError, match="unknown indicator “multimedia_rooms”"):
        Explorer(str(folder), indicator="multimedia_rooms")


def test_schools_are_chosen_added_and_taken_away(explorer):
    ids = list(explorer.table["school_id"])
    do(explorer, choose=ids[-3:])
    assert explorer.state.chosen == tuple(ids[-3:])
    assert explorer.view.without.schools == 14
    assert explorer.shown["sentence"] == (
        "3 schools chosen: 34.8% of the squared CV. Without them the CV is 0.475 instead of 0.530: met."
    )
    do(explorer, choose=ids[:1], how="add")
    assert explorer.state.chosen == (*ids[-3:], ids[0])
    do(explorer, choose=ids[:1], how="toggle")
    do(explorer, choose=ids[-3:], how="toggle")
    assert explorer.state.chosen == ()


def test_a_figure_dragged_back_is_what_was_reported(explorer):
    before = explorer.shown
    key = explorer.table["school_id"][0]
    exact = explorer.table["value"][0]
    do(explorer, move=key, to=6.5)
    assert explorer.view.assumed.lacking < explorer.view.reported.lacking
    assert explorer.table["school_id"][0] == key  # the rows keep their places
    # the page knows two decimals of it
    assert round(exact, 2) != exact
    assert do(explorer, move=key, to=round(exact, 2)) == before
    do(explorer, move=key, to=6.5)
    assert do(explorer, move=key, to=None) == before


def test_a_threshold_and_a_limit_and_all_restored(explorer):
    before = explorer.shown
    do(explorer, rule="threshold", to=8.4)
    assert explorer.state.rules == {"sports_area.primary": 8.4}
    assert explorer.view.assumed.met < explorer.view.reported.met
    do(explorer, rule="limit", to=0.6)
    assert explorer.view.assumed.cv_status == "met"
    assert do(explorer, rule="threshold", to=7.5)["rules"]["threshold"]["changed"] is False
    assert do(explorer, restore="all") == before


def test_another_year_and_county_keep_what_exists_there(explorer):
    ids = list(explorer.table["school_id"])
    do(explorer, choose=ids[:2])
    do(explorer, move=ids[0], to=6.5)
    do(explorer, set={"year": 2020})
    assert (explorer.state.year, explorer.state.chosen) == (2020, tuple(ids[:2]))
    assert not explorer.state.moved
    do(explorer, set={"county": "150202-donghe"})
    assert explorer.state.county == "150202-donghe"
    assert explorer.state.chosen == ()


def test_a_county_or_another_year_is_compared(explorer):
    do(explorer, set={"compare": {"county": SAMPLE, "year": None}})
    assert explorer.state.compare == (SAMPLE, 2020)
    assert len(explorer.shown["hollow"]) == len(explorer.view.other)
    assert explorer.shown["legend"].startswith("hollow: Hutubi County, school year 2020")
    do(explorer, set={"compare": {"county": "150202-donghe", "year": None}})
    assert explorer.state.compare[0] == "150202-donghe"
    do(explorer, set={"compare": {"county": ""}})
    assert explorer.state.compare is None


@pytest.mark.parametrize(
    "event",
    [
        {"move": "nobody", "to": 3},
        {"move": "652323001", "to": "many"},
        {"move": "652323001", "to": float("inf")},
        {"rule": "threshold", "to": -1},
        {"rule": "nothing", "to": 1},
        {"set": {"county": "../../etc"}},
        {"set": {"year": 1999}},
        {"set": {"compare": {"county": "nowhere"}}},
        {"choose": ["nobody"]},
        {"run": "import os"},
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(explorer, event):
    before = explorer.shown
    assert do(explorer, **event) == before
    assert explorer.problem
    do(explorer, choose=[])
    assert explorer.problem == ""


def test_the_code_makes_the_same_again(explorer):
    ids = list(explorer.table["school_id"])
    do(explorer, choose=ids[-2:])
    do(explorer, move=ids[0], to=6.5)
    do(explorer, rule="limit", to=0.4)
    do(explorer, set={"kind": "strip", "compare": {"county": "150202-donghe"}})
    again = eval(explorer.code(), {"Explorer": Explorer})
    assert again.state == explorer.state
    # the order of the counties to choose among is its own affair
    assert again.shown | {"options": 0} == explorer.shown | {"options": 0}
    assert again.shown["code"] == explorer.code()


def test_a_county_that_is_read_already(make_county):
    county = make_county([{"students_junior": 400, "type": "junior"}])
    found = Explorer(county, counties=[load_county(SAMPLE)], lang="en")
    assert found.state.stage == "junior"
    assert [name for _, name in found.shown["options"]["county"]] == [
        "Test County",
        "Hutubi County",
    ]
    assert do(found, set={"stage": "primary"})["sentence"].startswith("No school of this stage")
    found.figure()


def test_wrong_names_are_refused_with_the_right_ones():
    with pytest.raises(
        InputError, match="unknown indicator “teachng_area”; the nearest: teaching_area"
    ):
        Explorer(SAMPLE, indicator="teachng_area")
    with pytest.raises(InputError, match="unknown school year “1999”; expected are 20"):
        Explorer(SAMPLE, 1999)
    with pytest.raises(InputError, match="no such county"):
        Explorer("nowhere")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", ["scatter", "strip"])
def test_the_page_is_json_and_the_figure_says_the_same(lang, kind):
    found = Explorer(SAMPLE, kind=kind, compare=("150202-donghe", 2021), lang=lang)
    found.choose(found.table["school_id"].tail(2))
    text = json.dumps(found.shown, ensure_ascii=False, allow_nan=False)
    words = {
        "zh": ["所选学校", "平方米/生", "空心：东河区"],
        "en": ["chosen: ", "m² per student", "hollow: Donghe"],
    }
    drawn = found.figure().to_svg()
    for word in words[lang]:
        assert word in drawn
    assert words[lang][1] in text
    if lang == "zh":
        shown = found.shown
        texts = [*shown["words"].values(), *shown["axes"].values(), shown["sentence"]]
        texts += [*shown["outcome"]["header"][1:], *shown["table"]["header"]]
        texts += [row["label"] for row in shown["outcome"]["rows"]]
        texts += [line["text"] for line in shown["lines"]]
        assert all(re.search(r"[一-鿿]", each) for each in texts), texts


def test_figures_of_unreported_schools_are_no_points(make_county):
    county = make_county(
        [{"students_primary": 100}, {"students_primary": 90, "equipment_value_cny": None}]
    )
    found = Explorer(county, indicator="equipment_value", counties=[], lang="en")
    json.dumps(found.shown, allow_nan=False)
    assert [each["value"] is None for each in found.shown["points"]].count(True) == 1
    assert "not assessed" in found.shown["sentence"]
    found.choose(["001"])
    assert found.figure().to_svg()


def test_the_page_asks_nobody_else_and_runs_no_text():
    script = (STATIC / "explorer.js").read_text(encoding="utf-8")
    style = (STATIC / "explorer.css").read_text(encoding="utf-8")
    assert set(re.findall(r"https?://[^\"']+", script + style)) == {"http://www.w3.org/2000/svg"}
    for word in (
        "innerHTML",
        "insertAdjacentHTML",
        "eval(",
        "fetch(",
        "import(",
        "import ",
        "@import",
        "url(",
    ):
        assert word not in script + style
    # words are said by the kernel, in its language
    assert not re.search(r"[一-鿿]", script)


@pytest.mark.slow
@pytest.mark.parametrize(
    "sample", sorted(p.parent.name for p in sample_folder().glob("*/county.yaml"))
)
def test_a_step_of_a_drag_is_answered_within_a_tenth_of_a_second(sample):
    found = Explorer(sample, lang="zh")
    found.choose(found.table["school_id"].tail(3))
    key = found.table["school_id"].iloc[0]
    taken = []
    for number in range(25):
        begun = time.process_time()
        do(found, move=key, to=3 + number / 10)
        taken.append(time.process_time() - begun)
    assert statistics.median(taken) < 0.1

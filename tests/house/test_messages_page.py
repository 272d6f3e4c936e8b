"""docs/messages.md lists every message about a user's files, and its examples are what is said."""

import re

import pytest
from docsite.markdown import cell
from make_messages_page import ADVICE, PAGES, messages, standing

from analysis.base.language import speak


def on_page(lang):
    """First columns of the tables, and the lines of the list of those without an example."""
    lines = PAGES[lang].read_text(encoding="utf-8").splitlines()
    bare = {line.removeprefix("- ") for line in lines if line.startswith("- ")}
    rows = {said: row for said, row in standing(lang).items() if not said.startswith("---")}
    return rows, bare


@pytest.mark.parametrize("lang", PAGES)
def test_every_message_of_the_code_is_on_the_page_and_no_other(lang):
    say = speak(lang)
    rows, bare = on_page(lang)
    listed = {said.partition("<br>")[0] for said in rows} | bare
    listed -= {"What is said", "提示"}

    assert listed == {cell(say(message)) for _, message in messages()}


@pytest.mark.parametrize("lang", PAGES)
def test_examples_are_what_the_messages_say(lang):
    say = speak(lang)
    rows, _ = on_page(lang)
    examples = {said.partition("<br>")[0]: example for said, (_, example) in rows.items()}
    for _, message in messages():
        said = cell(say(message))
        if said in examples:
            pattern = re.sub(r"\\{\w+\\}", ".*", re.escape(said))
            assert re.search(pattern, examples[said] + " "), (message, examples[said])


def test_every_message_has_an_example():
    rows, bare = on_page("en")

    assert not bare
    assert all(example for _, example in rows.values())


def test_what_to_do_stands_beside_a_message():
    rows, _ = on_page("zh")

    assert sum("处理：" in said for said in rows) == len(set(ADVICE) & {m for _, m in messages()})

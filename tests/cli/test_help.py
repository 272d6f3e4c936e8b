"""Help and usage errors in the language of who types; and quick."""

import re

import pytest
import typer.main
from typer.testing import CliRunner

from analysis.base.language import speak
from analysis.cli.app import COMMANDS, app
from analysis.cli.speech import language_of, refusal_in

#: What is English in both languages: names of programs, files, formats and of what is typed.
NAMES = re.compile(
    r"junheng|JUNHENG_LANG|CSV|JSON|Excel|PDF|Word|Makefile|Dask|JupyterLab|Junheng"
    r"|tls://host:8786|\.?\b(xlsx|csv|parquet|json|yaml|pdf|html|docx|zh|en|all|yuan|wan|year)\b"
    r"|\b(items|variation|most|schools|baseline|recognised|report|new|python|analysis|i|n|m|x)\b"
    r"|-[-\w]+|150202-donghe|env|\[.*?<=?.*?\]",
    re.ASCII,
)


def printed(*words, env=None):
    """What a command line prints on a wide screen, and its exit status."""
    environment = {"LANG": "", "LC_ALL": "", "COLUMNS": "200", "TERM": "dumb"} | (env or {})
    done = CliRunner().invoke(app, list(words), env=environment)
    return done.output, done.exit_code


def texts():
    """Every text of the help: of commands, of their arguments and options."""
    group = typer.main.get_command(app)
    for command in (group, *group.commands.values()):
        yield command.help
        yield from (parameter.help for parameter in command.params)


def test_no_help_is_missing_in_the_catalogue():
    say = speak("zh")

    assert [text for text in texts() if not text or say(text) == text] == []


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_is_all_chinese_or_all_english(name):
    words = [name, "--help"] if name else ["--help"]
    chinese, _ = printed(*words)
    english, status = printed(*words, "--lang", "en") if name else printed("--lang", "en", *words)

    assert status == 0
    assert "用法：" in chinese
    assert "选项" in chinese
    told = chinese.partition("用法")[2].split("\n", 1)[1]
    commands = "|".join(COMMANDS)
    assert re.findall("[A-Za-z]{2,}", NAMES.sub("", re.sub(rf"│ +({commands}) ", "│", told))) == []
    assert "Usage: " in english
    assert "Options" in english
    assert re.findall("[㐀-鿿]", re.sub("Junheng 均衡|元|万元", "", english)) == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["chekc"], "没有命令“chekc”，是否指“check”？"),
        (["check", "--yaer"], "没有选项：--yaer"),
        (["check"], "缺少参数“县”。"),
        (["form", "x"], "缺少选项“--out”。"),
        (["evaluate", "a", "b"], "多余的参数：b"),
        (["report", "a", "--out"], "选项“--out”后须有值。"),
        (["report", "a", "--brief=1"], "选项“--brief”不带值。"),
        (["form", "x", "--out", "a.xlsx", "--year", "abc"], "“--year”的值无效：应为整数"),
        (["remedy", "x", "--out", "y", "--seconds", "0"], "“--seconds”的值无效：应不小于1"),
        (["planner", "--port", "99999"], "“--port”的值无效：应不大于65535"),
        (["template", "a.pdf"], "工作簿的值无效：“a.pdf”：文件名应以.xlsx结尾"),
        (["check", "x", "--lang", "fr"], "--lang的值无效：“fr”：应为zh（中文）或en（英文）"),
        (["import", "x"], "--out的值无效：--out和--into须给出其中一个"),
    ],
)
def test_usage_errors_in_chinese(words, told):
    output, status = printed(*words)

    assert status == 2
    assert told in output
    assert "Error" not in output
    assert "Try" not in output


def test_usage_errors_in_english_as_before():
    output, status = printed("check", "--yaer", "--lang", "en")

    assert status == 2
    assert "No such option: --yaer" in output
    assert "Error" in output
    assert "Usage: " in output


@pytest.mark.parametrize(
    ("words", "environment", "lang"),
    [
        ([], {}, "zh"),
        ([], {"LANG": "en_GB.UTF-8"}, "en"),
        ([], {"LANG": "en_GB.UTF-8", "JUNHENG_LANG": "zh"}, "zh"),
        (["check", "--lang", "en"], {"LC_ALL": "zh_CN.UTF-8"}, "en"),
        (["check", "--lang", "fr"], {"LC_ALL": "zh_CN.UTF-8"}, "zh"),
    ],
)
def test_language_of_a_command_line(words, environment, lang):
    assert language_of(words, environment) == lang


def test_what_nobody_has_translated_stays_as_it_is():
    assert refusal_in(speak("zh"), "Something new.") == "Something new."

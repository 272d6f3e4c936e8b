"""Promise: one term for one thing. Texts and labels in both languages keep to the list of terms."""

import ast
import itertools
import re
from pathlib import Path

import pytest
import yaml
from babel.messages import pofile

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "analysis"
LIST = PACKAGE / "base" / "terms.yaml"
TERMS = yaml.safe_load(LIST.read_text(encoding="utf-8"))

#: (where, Chinese, English)
Pair = tuple[str, str, str]


def pairs_of_catalogue():
    path = PACKAGE / "base" / "locale" / "zh.po"
    with path.open("rb") as file:
        for message in pofile.read_po(file):
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            texts = message.string if isinstance(message.string, tuple) else (message.string,)
            for id in filter(None, ids):
                yield path.name, texts[0], id


def pairs_of_yaml():
    def within(value, where):
        if isinstance(value, dict):
            if isinstance(value.get("zh"), str) and isinstance(value.get("en"), str):
                yield where, value["zh"], value["en"]
            for part in value.values():
                yield from within(part, where)
        elif isinstance(value, list):
            for part in value:
                yield from within(part, where)

    for path in sorted(PACKAGE.rglob("*.yaml")):
        if path != LIST:
            yield from within(yaml.safe_load(path.read_text(encoding="utf-8")), path.name)


def chinese(text):
    return bool(re.search("[\u4e00-\u9fff]", text))


def pairs_of_code():
    """`{"zh": …, "en": …}`, and a Chinese text followed by an English one in a call."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Dict):
                texts = {
                    key.value: value.value
                    for key, value in zip(node.keys, node.values, strict=True)
                    if isinstance(key, ast.Constant) and isinstance(value, ast.Constant)
                }
                if {"zh", "en"} <= texts.keys():
                    yield path.name, texts["zh"], texts["en"]
            elif isinstance(node, ast.Call):
                given = [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args]
                for zh, en in itertools.pairwise(given):
                    if isinstance(zh, str) and isinstance(en, str) and chinese(zh) > chinese(en):
                        yield path.name, zh, en


@pytest.fixture(scope="module")
def pairs() -> list[Pair]:
    return [*pairs_of_catalogue(), *pairs_of_yaml(), *pairs_of_code()]


def phrase(text):
    """An English phrase as a whole word, in singular or plural."""
    words = re.escape(text) + "(e?s)?"
    return re.compile(rf"(?<![\w.-]){words}(?![\w-]|\.yaml)", 0 if text.isupper() else re.I)


PHRASES = sorted(
    ((phrase(en), en, term["zh"]) for term in TERMS for en in term["en"]),
    key=lambda row: -len(row[1]),
)


def unlike(zh, en):
    """Terms of the English text that the Chinese one does not use."""
    zh = zh.replace("\n", "")
    rest = re.sub(r"{\w*}|`[^`]*`", "{}", en.replace("\n", " "))
    for pattern, text, expected in PHRASES:
        rest, found = pattern.subn("", rest)
        if found and not any(term in zh for term in expected):
            yield f"“{text}” is {expected[0]}"


def forbidden(text):
    for term in TERMS:
        rest = re.sub("|".join(map(re.escape, term["zh"])), "", text)
        for variant in term.get("not", ()):
            found = variant in rest if chinese(variant) else phrase(variant).search(text)
            if found:
                yield f"“{variant}” is {term['zh'][0]}"


def test_every_pair_of_texts_uses_the_terms_of_the_list(pairs):
    wrong = [
        f"{where}: {finding}: {en!r} => {zh!r}"
        for where, zh, en in pairs
        for finding in unlike(zh, en)
    ]

    assert not wrong, "\n".join(wrong)


def test_no_text_uses_a_forbidden_variant(pairs):
    pages = [ROOT / "README.zh-CN.md", *sorted((ROOT / "notebooks").glob("*.ipynb"))]
    texts = [(where, text) for where, *both in pairs for text in both]
    texts += [(page.name, page.read_text(encoding="utf-8")) for page in pages]
    wrong = [f"{where}: {finding}" for where, text in texts for finding in forbidden(text)]

    assert not wrong, "\n".join(wrong)


def test_no_translation_lost_most_of_its_sentence():
    """One had become a word of its neighbour's: a sentence takes an eighth of its letters at least."""
    own = [row for row in pairs_of_catalogue() if not row[2].startswith("Input should be")]
    wrong = [f"{en!r} => {zh!r}" for _, zh, en in own if len(en) > 35 and 8 * len(zh) < len(en)]

    assert not wrong, "\n".join(wrong)


#: Words of speech, not of a document that an office signs.
SPOKEN = re.compile(
    "钱|搬|靠得住|两回事|最临界|读者|细心|看不出|来不及|够用|要紧|多半|满打满算|没有一年|无论怎样|花费?少"
)
#: Spaces beside figures, and marks of half width where Chinese stands.
ODD_MARKS = re.compile(
    r"[\u4e00-\u9fff] +[0-9]|(?<![-\w.])[0-9]+ +[\u4e00-\u9fff]|[\u4e00-\u9fff][,;!?]|"
    r"[，。；：、]{2}|的的|了了|\([^()A-Za-z]*[\u4e00-\u9fff][^()]*\)"
)


def test_no_chinese_text_speaks_as_people_talk(pairs):
    texts = [(where, zh) for where, zh, _ in pairs]
    wrong = [f"{where}: {found[0]}: {zh}" for where, zh in texts if (found := SPOKEN.search(zh))]

    assert not wrong, "\n".join(wrong)


def test_no_text_of_the_catalogue_has_odd_marks_or_spaces(pairs):
    texts = [(where, zh) for where, zh, _ in pairs_of_catalogue()]
    wrong = [f"{where}: {found[0]}: {zh}" for where, zh in texts if (found := ODD_MARKS.search(zh))]

    assert not wrong, "\n".join(wrong)


def test_the_list_names_each_term_once_and_every_term_is_used(pairs):
    first = [term["zh"][0] for term in TERMS]
    phrases = [en for term in TERMS for en in term["en"]]
    english = "\n".join(en for _, _, en in pairs)

    assert len(first) == len(set(first))
    assert len(phrases) == len(set(phrases))
    assert all(set(term) <= {"zh", "en", "from", "not"} and term["from"] for term in TERMS)
    unused = [
        term["zh"][0] for term in TERMS if not any(phrase(p).search(english) for p in term["en"])
    ]
    assert unused == []


@pytest.mark.parametrize(
    ("zh", "en", "finding"),
    [
        ("变异系数", "Coefficients of variation", "“coefficients of variation” is 校际差异系数"),
        ("室外运动场地", "Sports area", "“sports area” is 体育运动场馆"),
        ("室内体育用房", "Indoor sports area (m²)", None),
        ("名称", "{scenario} in scenario.yaml", None),
        ("本情景", "This scenario", None),
    ],
)
def test_a_pair_that_does_not_agree_is_found(zh, en, finding):
    assert list(unlike(zh, en)) == ([finding] if finding else [])


def test_a_forbidden_variant_is_found():
    assert list(forbidden("已启用宽限条款")) == ["“宽限” is 过渡性放宽"]
    assert list(forbidden("Operating funds per student")) == ["“operating funds” is 公用经费"]
    assert list(forbidden("operating_funds_cny")) == []
    assert list(forbidden("未评 ○")) == ["“未评” is 未评定"]
    assert list(forbidden("尚未评定")) == []


@pytest.mark.parametrize("text", ["共 3 处", "第 3处", "小学(初中)", "达标,未达标", "限值。。"])
def test_odd_marks_are_found(text):
    assert ODD_MARKS.search(text)


@pytest.mark.parametrize("text", ["第3处", "PDF 排版", "以 UTF-8 保存", "CV (CV)", "1.5平方米"])
def test_plain_texts_have_no_odd_marks(text):
    assert not ODD_MARKS.search(text)

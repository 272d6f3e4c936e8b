"""Words of the generated pages in both languages, where the program has none of its own."""

from __future__ import annotations

from analysis.base.schema.terms import Label
from analysis.present.terms import PART_NAMES

WORDS = {
    "column": Label("列名", "Column"),
    "label": Label("中文名称", "Label"),
    "other_label": Label("英文名称", "Chinese label"),
    "unit": Label("单位", "Unit"),
    "range": Label("取值", "Values"),
    "meaning": Label("说明", "Meaning"),
    "source": Label("依据", "Source"),
    "key": Label("（主键）", " (key)"),
    "optional_column": Label("（可缺列）", " (column may be absent)"),
    "optional_table": Label("选填表，可以没有。", "Optional table: it may be absent."),
    "needed_table": Label("必需表。", "The table must be there."),
    "input": Label("填报数据", "What a county fills in"),
    "input_about": Label(
        "CSV 文件名或工作表名即表名；列名用下列英文名或中文名称均可。空白表示未填报，不等于 0。"
        "由程序中的数据结构生成。",
        "The name of a table is that of its CSV file or sheet; columns may bear the id or the label of "
        "either language. A blank cell means not reported, never 0. Made from the schema of the program.",
    ),
    "items": Label("表 county_years 的事项", "Items of county_years"),
    "items_about": Label(
        "列 item 中填写的事项；须人工认定的事项以其标准条目编号填写。",
        "What may stand in the column item. Findings of persons stand under the id of their rule.",
    ),
    "results": Label("结果数据", "Tables of results"),
    "results_about": Label(
        "`study.<表名>` 得到的表；在 Python 中：`analysis.dictionary()`。",
        "What `study.<table>` gives; in Python: `analysis.dictionary()`.",
    ),
    "indicators": Label("七项资源配置指标", "The indicators"),
    "judged_items": Label("表 evaluation 的条目", "Items of the table evaluation"),
    "judged_items_about": Label(
        '以国家标准为例；其他标准：`analysis.dictionary("item", standard=…)`。数值和要求以下列单位计。',
        'Those of the national standard; of another one: `analysis.dictionary("item", standard=…)`. '
        "Value and requirement are in these units.",
    ),
    "rules": Label("标准条目", "Rules"),
    "rules_about": Label(
        "由标准文件生成：每个条目自某日起的数值及依据。带“—”的为只报告、不判定。",
        "Made from the profiles: every entry with its values by the day from which they hold, and where "
        "they are written. A dash: reported only, nothing is required.",
    ),
    "entry": Label("编号", "Id"),
    "requirement": Label("要求", "Requirement"),
    "value": Label("数值（自某日起）", "Value (from)"),
    "stage": Label("学段", "Stage"),
    "other_readings": Label("其他口径：", "Other readings: "),
    "extends": Label("在此标准基础上：", "Rests on: "),
    "only_own": Label(
        "下列条目与其不同，其余沿用。", "Only what differs is listed; the rest is inherited."
    ),
    "plan": Label("规划（本地自定目标）", "a plan (what a county or city set itself)"),
    "evaluation": Label("评估标准", "an evaluation standard"),
    "kind": Label("类别：", "Kind: "),
    "judged_on": Label("每学年判定日：", "Read on this day of a school year: "),
    "commands": Label("命令", "Commands"),
    "commands_about": Label(
        "由程序生成；命令行帮助只有英文，`junheng 命令 --help` 显示相同内容。输出语言用 `--lang` 或环境变量 "
        "`JUNHENG_LANG` 选择。",
        "Made from the program; `junheng COMMAND --help` says the same. The language of the output is "
        "chosen by `--lang`, or once for all by the environment variable `JUNHENG_LANG`.",
    ),
    "argument": Label("参数或选项", "Argument or option"),
    "default": Label("默认值", "Default"),
    "help": Label("说明", "What it says"),
    "api": Label("Python 接口", "Python"),
    "api_about": Label(
        "`import analysis` 后可用的全部名称，由程序中的说明（英文）生成。",
        "Every name that `import analysis` offers, made from its documentation in the code.",
    ),
    "decisions": Label("各项取舍的理由", "Decisions"),
    "decisions_about": Label(
        "为什么这样做（英文）。", "Why things are as they are, a few lines each."
    ),
    "samples": Label("样例县", "Samples"),
    "samples_about": Label(
        "随程序提供，以名称代替路径即可使用，例如 `junheng check 150202-donghe`；`junheng new desk --sample 名称` 复制一份供修改。"
        "所列文件载明的数字与原文一致，各校数据均为合成。",
        "They come with the package and go by their names: `junheng check 150202-donghe`; `junheng new desk "
        "--sample NAME` makes a copy to change. What the documents named here say is exact; all figures of "
        "single schools are synthetic.",
    ),
    "sample": Label("名称", "Name"),
    "county": Label("县区", "County"),
    "years": Label("学年", "School years"),
    "schools": Label("学校数", "Schools"),
    "students": Label("学生数（人）", "Students (persons)"),
    "standard": Label("标准", "Standard"),
    "scenarios": Label("情景", "Scenarios"),
    "exact": Label("数字出处", "Where exact figures are from"),
    "english_only": Label("本页只有英文。", ""),
    "file": Label("程序所带文件，原样显示。", "A file of the repository, as it is."),
    "from": Label("自 {date} 起", "from {date}"),
    "concession": Label("认定工作规程的过渡性规定", "Concessions of the Working Rules"),
    "option": Label("计算口径", "How it is calculated"),
}

#: Parts of a standard in the order of its pages.
PARTS = (*PART_NAMES, "concession", "option")


def word(name: str, lang: str, **values: str) -> str:
    text = WORDS[name][lang]
    return text.format(**values) if values else text

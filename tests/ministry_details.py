"""Makes detail tables: one row per school, merged heads of several rows, one workbook per stage."""

from __future__ import annotations

from pathlib import Path

import xlsxwriter

_GRADES = ["一年级", "二年级", "三年级", "四年级", "五年级", "六年级"]
_ABOUT = ["学校名称", "学校标识码", "统计三级", "办学类型", "城乡分类", "举办者", "是否计校数"]


def heads(stage: str) -> list[tuple[str, ...]]:
    """Paths of the columns of a stage's table (小学 or 初中)."""
    degrees = ["博士研究生", "硕士研究生", "本科", "专科", "高中阶段"]
    return [
        *((text,) for text in (*_ABOUT, "班数")),
        *(("在校生数", text) for text in ("合计", *_GRADES[: 6 if stage == "小学" else 3])),
        ("专任教师", "合计"),
        *(("专任教师", "#按学历分", text) for text in degrees),
        ("专任教师", "#按授课课程分", "体育与健康"),
        *(("专任教师", "#按授课课程分", "艺术", text) for text in ("计", "音乐", "美术")),
        ("教基1102", f"县级以上骨干教师({stage})"),
        ("校舍建筑面积", "教学及辅助用房", "计"),
        ("校舍建筑面积", "教学及辅助用房", "#室内体育用房"),
        ("占地面积", "#运动场地面积"),
        ("教学仪器设备资产值(万元)",),
        ("网络多媒体教室",),
    ]


def row(name: str, code: str, kind: str, stage: str, students: int, **other) -> dict:
    """A school's row by path; `other` goes before, by the last head of a path."""
    grades = 6 if stage == "小学" else 3
    values = dict(zip(_ABOUT, [name, code, "甲县", kind, "镇区", "县级教育部门", 1], strict=True))
    values |= {"班数": grades, "在校生数/合计": students * grades}
    values |= {f"在校生数/{grade}": students for grade in _GRADES[:grades]}
    values |= {"专任教师/合计": 20, "硕士研究生": 2, "本科": 12, "专科": 6, "体育与健康": 2}
    values |= {"艺术/计": 3, "音乐": 1, "美术": 2, f"县级以上骨干教师({stage})": 4}
    values |= {"教学及辅助用房/计": 2000.5, "#室内体育用房": 100, "#运动场地面积": 3000}
    return values | {"教学仪器设备资产值(万元)": 80.25, "网络多媒体教室": 12} | other


def write_table(path: Path, stage: str, rows: list[dict]) -> Path:
    """A workbook; a cell is looked up by the end of its path, blank if the row has none."""
    paths = heads(stage)
    depth = max(map(len, paths))
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("Sheet1")
        for level in range(depth):
            column = 0
            while column < len(paths):
                last, here = column, paths[column][: level + 1]
                if len(here) <= level:
                    column += 1
                    continue
                while last + 1 < len(paths) and paths[last + 1][: level + 1] == here:
                    last += 1
                bottom = depth - 1 if len(paths[column]) == level + 1 else level
                if (level, column) == (bottom, last):
                    page.write_string(level, column, here[-1])
                else:
                    page.merge_range(level, column, bottom, last, here[-1])
                column = last + 1
        for number, values in enumerate(rows, depth):
            for column, head in enumerate(paths):
                value = values.get("/".join(head[-2:]), values.get(head[-1]))
                if value is not None and value != "":
                    page.write(number, column, value)
    return path

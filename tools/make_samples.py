"""Synthetic sample counties, made from recipes.

``python tools/make_samples.py data/sample`` rewrites every sample folder from ``recipes.yaml``,
byte for byte the same each time. Numbers that somebody decided (exact facts, targets, stories)
live in the recipes; `synthetic` holds only the formulas.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from synthetic.county import generate_county
from synthetic.recipes import read_recipes


def county_yaml(recipe: dict) -> str:
    """The text of county.yaml: every text in double quotes, so that codes stay text."""

    def text(value) -> str:
        return json.dumps(value, ensure_ascii=False)

    lines = [f"code: {text(recipe['code'])}"]
    for name in ("name", "province"):
        lines.append(f"{name}: {{zh: {text(recipe[name]['zh'])}, en: {text(recipe[name]['en'])}}}")
    lines += [
        f"standard: {recipe['standard']}",
        f"target_year: {recipe['target_year']}",
        "synthetic: true",
        "sources:",
    ]
    for source in recipe["sources"]:
        lines += [f"  - title: {text(source['title'])}", f"    note: {text(source['note'])}"]
    return "\n".join(lines) + "\n"


def write_county(recipe: dict, root: Path) -> Path:
    """Write one sample folder below `root`; return it."""
    folder = Path(root) / recipe["folder"]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "county.yaml").write_bytes(county_yaml(recipe).encode())
    for name, table in generate_county(recipe).items():
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")
    return folder


def write_samples(root: Path, recipes: Path | None = None) -> list[Path]:
    """Write every sample county below `root` (recipes: ``root/recipes.yaml``)."""
    return [write_county(r, root) for r in read_recipes(recipes or Path(root) / "recipes.yaml")]


if __name__ == "__main__":
    for written in write_samples(Path(sys.argv[1] if len(sys.argv) > 1 else "data/sample")):
        print(written)

"""The recipes of the sample counties, as they stand in their file."""

from __future__ import annotations

from pathlib import Path

import yaml

RECIPES = Path(__file__).parents[2] / "data" / "sample" / "recipes.yaml"


def read_book(path: Path) -> dict:
    """The whole file of recipes."""
    with open(path, encoding="utf-8") as file:
        return yaml.safe_load(file)


def read_recipes(path: Path) -> list[dict]:
    """The recipes of all sample counties, each merged over the defaults one level deep."""
    book = read_book(path)
    recipes = []
    for own in book["counties"]:
        recipe = dict(book["defaults"])
        for name, value in own.items():
            deep = isinstance(value, dict) and isinstance(recipe.get(name), dict)
            merge = deep and name not in ("targets", "births_index")
            recipe[name] = {**recipe[name], **value} if merge else value
        recipes.append(recipe)
    return recipes

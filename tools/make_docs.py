"""The documentation site, in English and in Chinese: `python tools/make_docs.py site`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
NAMES = {"en": "Junheng: documentation", "zh": "均衡使用文档"}
#: The first page of the folder: which language.
FIRST = """<!doctype html>
<html lang="zh">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>均衡 Junheng</title>
<style>body { font: 1.2rem/2 system-ui, sans-serif; margin: 20vh auto; width: max-content }</style>
<h1>均衡 Junheng</h1>
<p><a href="zh/index.html" lang="zh">中文</a> · <a href="en/index.html" lang="en">English</a></p>
</html>
"""


def build(folder: Path) -> None:
    """Build both languages into a folder; a link without an end, or a warning, is an error."""
    folder = folder.resolve()
    for lang, name in NAMES.items():
        more = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tools")])}
        more |= {"JUNHENG_DOCS_LANG": lang, "JUNHENG_DOCS_NAME": name, "NO_MKDOCS_2_WARNING": "1"}
        command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--clean"]
        command += ["--config-file", str(ROOT / "mkdocs.yml"), "--site-dir", str(folder / lang)]
        done = subprocess.run(command, cwd=ROOT, env=os.environ | more)
        if done.returncode:
            shutil.rmtree(folder / lang, ignore_errors=True)
            raise SystemExit(done.returncode)
    (folder / "index.html").write_text(FIRST, encoding="utf-8")


if __name__ == "__main__":
    build(Path(sys.argv[1] if len(sys.argv) > 1 else "site"))

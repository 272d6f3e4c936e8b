#!/bin/sh
# Installs Junheng into a folder of its own, from this folder alone: nothing is fetched.
# 仅用本文件夹中的内容把均衡安装到单独的文件夹，不访问网络。
#   sh install.sh [FOLDER]        PYTHON=/path/to/python sh install.sh
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=${1:-"$HOME/junheng"}
python=${PYTHON:-python@PYTHON@}
command -v "$python" >/dev/null 2>&1 || python=python3
if ! "$python" -c 'import sys; sys.exit("%d.%d" % sys.version_info[:2] != "@PYTHON@")'; then
  echo "Python @PYTHON@ is needed; say PYTHON=/path/to/python@PYTHON@ sh install.sh" >&2
  echo "需要 Python @PYTHON@；请用 PYTHON=/路径/python@PYTHON@ sh install.sh 指明" >&2
  exit 1
fi
if [ -e "$target" ]; then
  echo "$target is there already; give another folder: sh install.sh FOLDER" >&2
  echo "$target 已经存在；请另指定文件夹：sh install.sh 文件夹" >&2
  exit 1
fi
"$python" "$here/verify.py"
trap 'rm -rf "$target"' EXIT
"$python" -m venv "$target"
"$target/bin/python" -m pip --isolated --disable-pip-version-check install --quiet --no-index --find-links "$here/wheels" junheng
"$target/bin/junheng" --version
trap - EXIT
echo "$target/bin/junheng"

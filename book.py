"""The front door: sets up .venv from requirements.lock, then hands the command to the press.

It needs nothing but Python, and says so in one line where that is too old.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit("This book needs Python 3.11 or newer; this is %d.%d." % sys.version_info[:2])

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from press.commands import parser

ROOT = Path(__file__).resolve().parent
LOCK = ROOT / "requirements.lock"
VENV = ROOT / ".venv"
STAMP = VENV / "installed"  # which lock, for which Python: written last, so that a broken set-up is done again
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def main() -> int:
    parser().parse_args()
    set_up()
    try:
        return subprocess.call([str(PYTHON), "-m", "press", *sys.argv[1:]], cwd=ROOT)
    except KeyboardInterrupt:  # the press has said what there is to say
        return 130


def set_up() -> None:
    """Makes .venv hold exactly what requirements.lock names."""
    wanted = f"{hashlib.sha256(LOCK.read_bytes()).hexdigest()} {sys.version} {ROOT}"
    if PYTHON.exists() and STAMP.exists() and STAMP.read_text(encoding="utf-8") == wanted:
        return
    print("setting up .venv, once for each requirements.lock …", file=sys.stderr, flush=True)
    shutil.rmtree(VENV, ignore_errors=True)
    uv = shutil.which("uv")
    if uv:
        run(uv, "venv", "--quiet", "--python", sys.executable, str(VENV))
    else:
        if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
            sys.exit("This Python has no venv: install it (on Debian and Ubuntu: sudo apt install python3-venv).")
        run(sys.executable, "-m", "venv", str(VENV))
        uv = install_uv()
    run(uv, "pip", "sync", "--quiet", "--require-hashes", "--python", str(PYTHON), str(LOCK))
    STAMP.write_text(wanted, encoding="utf-8")


def install_uv() -> str:
    """Puts the uv that requirements.lock names into .venv, by pip."""
    lines = LOCK.read_text(encoding="utf-8")
    pinned = re.search(r"^uv==.*(?:\n +--hash=.*)+", lines, re.MULTILINE)
    with tempfile.TemporaryDirectory() as folder:
        only_uv = Path(folder, "uv.txt")
        only_uv.write_text(pinned[0] + "\n", encoding="utf-8")
        run(str(PYTHON), "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps", "-r", str(only_uv))
    return str(PYTHON.with_name("uv.exe" if os.name == "nt" else "uv"))


def run(*command: str) -> None:
    """Runs a step of the set-up; where it fails, says which, after its own words."""
    status = subprocess.call(command)
    if status:
        sys.exit(
            f"Setting up .venv failed ({Path(command[0]).name} ended with status {status}); run the command again."
        )


if __name__ == "__main__":
    sys.exit(main())

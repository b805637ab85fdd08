"""The cache: results by the content that led to them. What is torn or foreign counts as missing."""

import hashlib
import json
import os
import tempfile
from pathlib import Path


def digest(*parts: object) -> str:
    """A name for some content."""
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


class Cache:
    """Results in one file each, written beside and renamed; `folder` None keeps nothing."""

    def __init__(self, folder: Path | None):
        self.folder = folder

    def get(self, key: str) -> object | None:
        if self.folder is None:
            return None
        try:
            seal, _, text = (self.folder / key).read_text(encoding="utf-8").partition("\n")
        except (OSError, UnicodeDecodeError):
            return None
        return json.loads(text) if seal == hashlib.sha256(text.encode()).hexdigest() else None

    def put(self, key: str, result: object) -> None:
        if self.folder is None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(result, ensure_ascii=False)
        handle, name = tempfile.mkstemp(dir=self.folder)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(f"{hashlib.sha256(text.encode()).hexdigest()}\n{text}")
        os.replace(name, self.folder / key)

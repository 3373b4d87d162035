"""The key that stays in the house: digests that are handed over are made with it.

A plain digest of counts lets whoever knows all counts but a few try every value of these until
the digest fits. With a key that nobody outside has, a digest tells only that nothing changed.
"""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path

from tingbjerg_eval.inputs.problems import InputRefused, Problem

KEY_FILE = "plan.key"
"""Stands beside the locked plan, readable by its owner only."""


def ensure_key(folder: Path) -> bytes:
    """The key of the study in ``folder``, made where there is none.

    Raises
    ------
    InputRefused
        Where it can be neither read nor written.
    """
    return read_key(folder) or _write(folder / KEY_FILE, secrets.token_hex(32))


def write_key(folder: Path, text: str) -> Path:
    """Write a given key, as a simulated study does so that its reports stay the same."""
    _write(folder / KEY_FILE, text)
    return folder / KEY_FILE


def read_key(folder: Path) -> bytes | None:
    """The key of the study in ``folder``; ``None`` where there is none."""
    path = folder / KEY_FILE
    if not path.exists():
        return None
    try:
        return path.read_bytes().strip() or None
    except OSError as error:
        raise _refused(path, error) from error


def keyed(key: bytes | None, digest: str) -> str:
    """The digest that is handed over for one that stays; empty without a key."""
    if key is None or not digest:
        return ""
    return hmac.new(key, digest.encode("ascii"), "sha256").hexdigest()


def _write(path: Path, text: str) -> bytes:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text + "\n")
        path.chmod(0o600)
    except OSError as error:
        raise _refused(path, error) from error
    return text.encode("ascii")


def _refused(path: Path, error: OSError) -> InputRefused:
    return InputRefused([
        Problem(
            code="house-key", file=path.name, found=str(error.strerror),
            wanted="a file that you can read, or a folder in which it can be made",
            mend="Give yourself access; the digests in reports are made with this key.",
        )
    ])  # fmt: skip

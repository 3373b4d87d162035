"""A private PostgreSQL cluster on a Unix socket, for as long as a test session lasts.

``python tests/services/postgres.py`` starts one, prints its URL and stops it on Enter.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SERVER_FOLDERS = "/usr/lib/postgresql"
INSTALL = "PostgreSQL is not installed; on Debian: apt-get install postgresql"


def programs() -> Path:
    """The folder with ``initdb`` and ``pg_ctl`` of the newest version installed."""
    folders = sorted(Path(SERVER_FOLDERS).glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    found = shutil.which("initdb") or (folders[-1] if folders else None)
    if found is None:
        raise RuntimeError(INSTALL)
    return Path(found).parent


@contextmanager
def cluster() -> Iterator[str]:
    """A running cluster that listens on no network address; yields SQLAlchemy's URL."""
    binaries = programs()
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as folder:
        user = _owner(Path(folder))
        data = f"{folder}/data"
        _run(user, binaries / "initdb", "-D", data, "-A", "trust", "-U", "tester", "-E", "UTF8",
             "--locale=C", "--no-sync")  # fmt: skip
        options = f"-c listen_addresses='' -k {folder} -c fsync=off"
        _run(
            user,
            binaries / "pg_ctl",
            "-D",
            data,
            "-w",
            "-o",
            options,
            "-l",
            f"{folder}/log",
            "start",
        )
        try:
            yield f"postgresql+psycopg://tester@/postgres?host={folder}"
        finally:
            _run(user, binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop")


def _owner(folder: Path) -> str | None:
    """The account that runs the server: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    account = pwd.getpwnam("postgres")
    os.chown(folder, account.pw_uid, account.pw_gid)
    return "postgres"


def _run(user: str | None, *command: object) -> None:
    subprocess.run([str(part) for part in command], check=True, user=user, cwd="/tmp",
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   env={"PATH": os.environ["PATH"], "LC_ALL": "C"})  # fmt: skip


if __name__ == "__main__":
    with cluster() as address:
        print(address)
        input("Enter to stop ")

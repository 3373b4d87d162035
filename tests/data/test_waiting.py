"""Who waits for a database is told so, and a query ends with whoever asked it."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
import yaml

COMMAND = Path(sys.executable).parent / "tingbjerg"
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
TABLE = (
    'CREATE TABLE IF NOT EXISTS waited ("Område" text, "Gerningsdato" text, "Gerningskode" text,'
    ' "Journalnummer" text)'
)


@pytest.fixture(scope="module")
def study(demo_folder, tmp_path_factory, postgres) -> Path:
    """The demo, whose police reports lie in a database."""
    folder = shutil.copytree(demo_folder, tmp_path_factory.mktemp("waiting") / "demo")
    path = folder / "study.yaml"
    written = yaml.safe_load(path.read_text(encoding="utf-8"))
    incidents = written["data"]["incidents"]
    for key in ("file", "encoding", "separator", "previous"):
        del incidents[key]
    incidents |= {"format": "database", "database": postgres, "query_table": "waited"}
    path.write_text(yaml.safe_dump(written, allow_unicode=True), encoding="utf-8")
    return path


@pytest.mark.parametrize("command", ["check", "run"])
def test_ctrl_c_ends_the_query_here_and_on_the_server(study, postgres, tmp_path, command):
    """Another session holds the table, so that the query would never end by itself."""
    engine = sa.create_engine(postgres)
    with engine.begin() as made:
        made.execute(sa.text(TABLE))
    with engine.begin() as holder, engine.connect() as watching:
        holder.execute(sa.text("LOCK TABLE waited IN ACCESS EXCLUSIVE MODE"))
        begun = subprocess.Popen(
            [COMMAND, command, study], cwd=tmp_path, stderr=subprocess.PIPE, text=True,
            # Also where the tests run in the background and ignore it.
            preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
        )  # fmt: skip
        word = next(line for line in begun.stderr if line.startswith("Waiting for the database"))
        assert "waited" in word
        assert "after 15 minutes" in word
        assert watching.execute(sa.text(WAITING)).scalar_one() == 1
        watching.rollback()
        begun.send_signal(signal.SIGINT)
        said = begun.communicate(timeout=300)[1]
        assert begun.returncode == 130
        assert "Traceback" not in said
        assert watching.execute(sa.text(WAITING)).scalar_one() == 0
        if command == "run":
            assert f"To go on: tingbjerg run {study}" in said
    engine.dispose()

"""JupyterLab as ``tingbjerg lab`` starts it, and a headless browser that visits it."""

import json
import os
import socket
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from shutil import which

import pytest

from tingbjerg_eval.run.lab import lab_command

HERE = Path(__file__).parent
BROWSER = which("chromium") or which("chromium-browser") or which("google-chrome")
TOKEN = "only-for-this-test"
MISSING = [
    name
    for name, there in (
        ("node", which("node")), ("a Chromium browser", BROWSER),
        ("make browser-tools", (HERE / "node_modules" / "playwright-core").exists()),
    )
    if not there
]  # fmt: skip
needs_a_browser = pytest.mark.skipif(bool(MISSING), reason=f"needs {', '.join(MISSING)}")


def visit(folder, home, pictures, *notebooks):
    """What a browser met that ran the ``notebooks`` of ``folder``, the first of which opens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = lab_command(folder, port=port, browser=False, home=home)
    command += [f"--IdentityProvider.token={TOKEN}", "--ServerApp.port_retries=0", "--allow-root",
                "--LabApp.expose_app_in_browser=True"]  # fmt: skip
    pictures = Path(os.environ.get("LAB_PICTURES") or pictures)
    pictures.mkdir(parents=True, exist_ok=True)
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        try:
            base = f"http://localhost:{port}"
            wait_until_served(f"{base}/api", server)
            told = subprocess.run(
                ["node", "visit.mjs", BROWSER, f"{base}/lab?token={TOKEN}", pictures, *notebooks],
                cwd=HERE, capture_output=True, text=True, timeout=900,
            )  # fmt: skip
        finally:
            server.terminate()
    assert told.returncode == 0, told.stderr
    print(told.stdout)
    return json.loads(told.stdout)


def wait_until_served(address, server):
    """Ask until the server answers; a refused connection is answered at once, so poll its end."""
    while True:
        try:
            with urllib.request.urlopen(address, timeout=60):
                return
        except urllib.error.URLError:
            try:
                server.wait(0.2)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError("JupyterLab ended before it answered") from None

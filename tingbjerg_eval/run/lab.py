"""JupyterLab on the notebooks: own settings, an arranged workspace, no use of the network."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from tingbjerg_eval.inputs.assets import asset

START = "notebooks/explore.ipynb"
SETTINGS = {
    "@jupyterlab/apputils-extension/notification.jupyterlab-settings": {
        "fetchNews": "false",
        "checkForUpdates": False,
    },
    "@jupyterlab/notebook-extension/tracker.jupyterlab-settings": {"windowingMode": "none"},
}
"""No news, and every cell kept on the page, so that a part out of sight follows the controls."""
WORKSPACE = {
    "data": {
        "layout-restorer:data": {
            "main": {
                "dock": {"type": "tab-area", "currentIndex": 0, "widgets": [f"notebook:{START}"]},
                "current": f"notebook:{START}",
            },
            "left": {"collapsed": False, "current": "filebrowser", "widgets": []},
        },
        f"notebook:{START}": {"data": {"path": START, "factory": "Notebook"}},
        "file-browser-filebrowser:cwd": {"path": "notebooks"},
    },
    "metadata": {"id": "default"},
}
"""The first page: the notebooks in the file browser, ``explore.ipynb`` open."""


def open_lab(*, port: int = 8888, browser: bool = True) -> int:
    """Open JupyterLab in the working folder and return its exit code when it ends.

    Where the folder lacks notebooks or a study, the project's own notebooks and the simulated
    demo study are put there first.
    """
    folder = Path.cwd()
    prepare(folder)
    try:
        return subprocess.call(lab_command(folder, port=port, browser=browser))
    except KeyboardInterrupt:
        return 130


def prepare(folder: Path) -> None:
    """Put the notebooks and the demo study into ``folder`` where it has none of its own."""
    if not (folder / "notebooks").exists():
        shutil.copytree(asset("notebooks"), folder / "notebooks")
    parameters = folder / "parameters"
    if not (parameters / "study.yaml").exists() or _lacks_demo_data(parameters):
        from tingbjerg_eval.demo.write import write_demo

        write_demo(parameters)


def _lacks_demo_data(parameters: Path) -> bool:
    own = (parameters / "study.yaml").read_bytes()
    demo = asset("parameters", "study.yaml").read_bytes()
    return own == demo and not (parameters / "data").exists()


def lab_command(
    folder: Path, *, port: int = 8888, browser: bool = True, home: Path | None = None
) -> list[str]:
    """The command that starts JupyterLab in ``folder``.

    News, update checks and the list of extensions would ask the network; all three are off.
    The settings and the workspace lie in ``home``, by default in the environment, so a person's
    own JupyterLab is as it was.
    """
    home = home or Path(sys.prefix) / "share" / "jupyter" / "tingbjerg"
    settings, workspaces = home / "settings", home / "workspaces"
    _keep(settings, SETTINGS)
    _arrange(workspaces)
    options = {
        "ServerApp.root_dir": folder,
        "ServerApp.port": port,
        "ServerApp.open_browser": browser,
        "LabApp.news_url": "",
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        "LabApp.extension_manager": "readonly",
        "LabApp.user_settings_dir": settings,
        "LabApp.workspaces_dir": workspaces,
    }
    given = [f"--{name}={value}" for name, value in options.items()]
    return [sys.executable, "-m", "jupyterlab", *given]


def _keep(folder: Path, files: dict[str, dict]) -> None:
    """Write each file that is not there yet, so that later choices of a person stay."""
    for name, content in files.items():
        path = folder / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(content, indent=1), encoding="utf-8")


def _arrange(folder: Path) -> None:
    """Save the first workspace, unless a person has arranged one already."""
    from jupyterlab_server.workspaces_handler import WorkspacesManager

    folder.mkdir(parents=True, exist_ok=True)
    if not any(folder.iterdir()):
        WorkspacesManager(folder).save("default", json.dumps(WORKSPACE))

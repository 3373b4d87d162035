"""JupyterLab on the notebooks: own settings, an arranged workspace, no use of the network."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from tingbjerg_eval.inputs.assets import asset
from tingbjerg_eval.study.reports import PROGRAMME, REPORT_KINDS

EXPLORE = "explore"
START = f"notebooks/{EXPLORE}.ipynb"
SETTINGS = {
    "@jupyterlab/apputils-extension/notification.jupyterlab-settings": {
        "fetchNews": "false",
        "checkForUpdates": False,
    },
    "@jupyterlab/notebook-extension/tracker.jupyterlab-settings": {"windowingMode": "none"},
}
"""No news, and every cell kept on the page, so that a part out of sight follows the controls."""


def workspace(start: str) -> dict[str, dict[str, object]]:
    """The first page: the notebooks in the file browser, the one called ``start`` open."""
    dock = {"type": "tab-area", "currentIndex": 0, "widgets": [f"notebook:{start}"]}
    return {
        "data": {
            "layout-restorer:data": {
                "main": {"dock": dock, "current": f"notebook:{start}"},
                "left": {"collapsed": False, "current": "filebrowser", "widgets": []},
            },
            f"notebook:{start}": {"data": {"path": start, "factory": "Notebook"}},
            "file-browser-filebrowser:cwd": {"path": "notebooks"},
        },
        "metadata": {"id": "default"},
    }


def open_lab(study: Path | None = None, *, port: int = 8888, browser: bool = True) -> int:
    """Open JupyterLab and return its exit code when it ends.

    Parameters
    ----------
    study
        The ``study.yaml`` in whose folder it opens, on notebooks of that study. Without one it
        opens in the working folder; where that lacks notebooks or a study, the project's own
        notebooks and the simulated demo study are put there first.

    Raises
    ------
    InputRefused
        Where ``study`` cannot be read.
    """
    if study is None:
        folder, start = Path.cwd(), START
        prepare(folder)
    else:
        folder = study.resolve().parent
        start = prepare_for(study.resolve())
    try:
        return subprocess.call(lab_command(folder, port=port, browser=browser, start=start))
    except KeyboardInterrupt:
        return 130


def prepare_for(study: Path) -> str:
    """Put notebooks of ``study`` beside it, each once: what a person has changed stays.

    Return the one to begin with. An effort in several areas has no ``explore.ipynb``: that looks
    at one area with its own windows, and each of theirs has others.
    """
    from tingbjerg_eval.study.settings_file import read_settings

    settings = read_settings(study)
    last = settings.periods.period[1]
    folder = study.parent / "notebooks"
    folder.mkdir(exist_ok=True)
    several = bool(settings.areas.programme)
    for source in sorted(asset("notebooks").glob("*.ipynb")):
        kind = REPORT_KINDS.get(source.stem)
        wanted = kind.names(settings) if kind else not (several and source.stem == EXPLORE)
        if wanted and not (folder / source.name).exists():
            own = {"study": study.name, "quarter": last}
            (folder / source.name).write_text(with_parameters(source, own), encoding="utf-8")
    return f"notebooks/{PROGRAMME}.ipynb" if several else START


def with_parameters(source: Path, values: dict[str, str]) -> str:
    """The notebook at ``source`` with other values of those parameters that it has."""
    from tingbjerg_eval.run.parameters import TAG, assigned

    notebook = json.loads(source.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if TAG in cell["metadata"].get("tags", ()):
            lines = [_with_value(line, assigned(line), values) for line in _lines(cell["source"])]
            cell["source"] = "\n".join(lines)
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _lines(source: str | list[str]) -> list[str]:
    return (source if isinstance(source, str) else "".join(source)).splitlines()


def _with_value(line: str, known: Iterable[str], values: dict[str, str]) -> str:
    name = next(iter(known), "")
    return f"{name} = {json.dumps(values[name])}" if name in values else line


def prepare(folder: Path) -> None:
    """Put the notebooks and the demo study into ``folder`` where it has none of its own."""
    if not (folder / "notebooks").exists():
        others = shutil.ignore_patterns(f"{PROGRAMME}.ipynb")
        shutil.copytree(asset("notebooks"), folder / "notebooks", ignore=others)
    parameters = folder / "parameters"
    if not (parameters / "study.yaml").exists() or _lacks_demo_data(parameters):
        from tingbjerg_eval.demo.write import write_demo

        write_demo(parameters)


def _lacks_demo_data(parameters: Path) -> bool:
    own = (parameters / "study.yaml").read_bytes()
    demo = asset("parameters", "study.yaml").read_bytes()
    return own == demo and not (parameters / "data").exists()


def lab_command(
    folder: Path,
    *,
    port: int = 8888,
    browser: bool = True,
    home: Path | None = None,
    start: str = START,
) -> list[str]:
    """The command that starts JupyterLab in ``folder``.

    News, update checks and the list of extensions would ask the network; all three are off.
    The settings and the workspace lie in ``home``, by default in the environment, so a person's
    own JupyterLab is as it was.
    """
    home = home or Path(sys.prefix) / "share" / "jupyter" / "tingbjerg"
    settings = home / "settings"
    workspaces = home / ("workspaces" if start == START else f"workspaces-{Path(start).stem}")
    _keep(settings, SETTINGS)
    _arrange(workspaces, start)
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
    given += ["--allow-root"] if _is_root() else []  # in a container nobody else may be there
    return [sys.executable, "-m", "jupyterlab", *given]


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _keep(folder: Path, files: Mapping[str, object]) -> None:
    """Write each file that is not there yet, so that later choices of a person stay."""
    for name, content in files.items():
        path = folder / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(content, indent=1), encoding="utf-8")


def _arrange(folder: Path, start: str) -> None:
    """Save the first workspace, unless a person has arranged one already."""
    from jupyterlab_server.workspaces_handler import WorkspacesManager

    folder.mkdir(parents=True, exist_ok=True)
    if not any(folder.iterdir()):
        WorkspacesManager(str(folder)).save("default", json.dumps(workspace(start)))

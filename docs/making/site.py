"""Build the documentation as a site: ``python -m docs.making.site [FOLDER]``.

The pages are copied to a folder of their own, the made ones (front page, reference, settings) are
written beside them, and Zensical builds the whole, strictly: a link that leads nowhere stops it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from docs.making.formulas import with_formulas
from docs.making.reference import reference
from docs.making.settings import settings_page

ROOT = Path(__file__).parents[2]
OFFLINE = Path(__file__).with_name("offline")
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^):]+)\)")
SHIM_ELSEWHERE = "https://unpkg.com/iframe-worker/shim"
"""The theme's one address: what lets search run where the site is a folder on a disk."""
SHIM = "assets/javascripts/iframe-worker-shim.js"


def build(site: Path) -> None:
    """Build the site into ``site``, in place of what was there.

    Raises
    ------
    SystemExit
        Where a link leads nowhere, with Zensical's words.
    """
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder).resolve()
        write_pages(work / "docs")
        shutil.copy(ROOT / "zensical.toml", work)
        _zensical(work)
        _keep_all_at_home(work / "site")
        shutil.rmtree(site, ignore_errors=True)
        shutil.copytree(work / "site", site)


def write_pages(folder: Path) -> None:
    """Every page of the site as Markdown: those of ``docs/``, and those made from other files."""
    shutil.copytree(ROOT / "docs", folder, ignore=shutil.ignore_patterns("making", "__pycache__"))
    for page in folder.rglob("*.md"):
        page.write_text(with_formulas(page.read_text(encoding="utf-8")), encoding="utf-8")
    made = {"index.md": front_page(), "reference.md": reference(), "settings.md": settings_page()}
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8")
    for name in ("site.css", "site.js"):
        shutil.copy(OFFLINE / name, folder)


def front_page() -> str:
    """The README, its links as they are inside ``docs/``; what lies outside is plain text."""
    return LINK.sub(_inside, (ROOT / "README.md").read_text(encoding="utf-8"))


def _inside(link: re.Match[str]) -> str:
    mark, text, target = link.groups()
    if target.startswith("docs/"):
        return f"{mark}[{text.removeprefix('docs/')}]({target.removeprefix('docs/')})"
    return text


def _zensical(work: Path) -> None:
    program = Path(sys.executable).with_name("zensical")
    told = subprocess.run(
        [program, "build", "--strict"], cwd=work, env={**os.environ, "NO_COLOR": "1"},
        capture_output=True, text=True,
    )  # fmt: skip
    if told.returncode:
        raise SystemExit(told.stdout + told.stderr.partition("Traceback")[0])


def _keep_all_at_home(site: Path) -> None:
    """A kept copy in place of what the pages would fetch from elsewhere."""
    shutil.copy(OFFLINE / Path(SHIM).name, site / SHIM)
    for page in site.rglob("*.html"):
        up = "../" * (len(page.relative_to(site).parts) - 1) or "./"
        text = page.read_text(encoding="utf-8")
        page.write_text(text.replace(SHIM_ELSEWHERE, up + SHIM), encoding="utf-8")


if __name__ == "__main__":
    build(Path(sys.argv[1]) if sys.argv[1:] else ROOT / "site")

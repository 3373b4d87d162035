"""The conda environment names the same packages and bounds as the package itself."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
CONDA_NAMES = {
    "duckdb": "python-duckdb", "jupyter-client": "jupyter_client",
    "matplotlib": "matplotlib-base", "typst": "typst-py",
}  # fmt: skip
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def bounds(requirement: str) -> tuple[str, str]:
    name, bound = re.fullmatch(r"([\w.-]+)(?:\[\w+\])?(.*)", requirement).groups()
    return CONDA_NAMES.get(name, name), bound


def of_project() -> dict[str, str]:
    extras = PROJECT["optional-dependencies"]
    wanted = PROJECT["dependencies"] + [one for extra in extras.values() for one in extra]
    return dict(bounds(one) for one in wanted if not one.startswith("tingbjerg-eval"))


def of_conda() -> dict[str, str]:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    named = [name for name in environment["dependencies"] if isinstance(name, str)]
    named += [name for kind in environment["dependencies"] if isinstance(kind, dict)
              for name in kind["pip"]]  # fmt: skip
    return {name: bound for name, bound in map(bounds, named) if name not in ("python", "pip")}


def test_the_conda_environment_has_the_packages_and_bounds_of_the_project():
    conda = of_conda()
    project = of_project()
    project.pop("pip", None)
    assert conda == project


def test_only_what_conda_forge_has_no_recipe_for_comes_by_pip():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    by_pip = next(one["pip"] for one in environment["dependencies"] if isinstance(one, dict))
    assert {bounds(one)[0] for one in by_pip} == {
        "font-source-sans-pro",
        "outloud",
        "pdfua",
        "zensical",
    }
    assert "jupyter_client>=8.6" in environment["dependencies"]


def test_both_ask_for_the_same_python():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    assert f"python{PROJECT['requires-python']}" in environment["dependencies"]


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-uv.lock"])
def test_every_locked_package_has_a_hash_and_no_address(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    pinned = re.findall(r"^\S+==\S+", text, flags=re.M)
    blocks = re.split(r"^(?=\S+==)", text, flags=re.M)[1:]
    assert pinned
    assert len(blocks) == len(pinned)
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in text


def test_the_lock_holds_every_dependency_of_the_project():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = set(re.findall(r"^([\w.-]+)==", text, flags=re.M))
    wanted = {re.match(r"[\w.-]+", one).group() for one in PROJECT["dependencies"]}
    assert wanted <= locked

"""``study.yaml`` read and held against its rules, every problem of the file at once."""

from __future__ import annotations

import zipfile
from pathlib import Path

from tingbjerg_eval.inputs.catalogue import worded
from tingbjerg_eval.inputs.problems import Problem
from tingbjerg_eval.inputs.strict_yaml import Document, read_yaml
from tingbjerg_eval.inputs.validation import read_model
from tingbjerg_eval.study.rules.study import study_rules
from tingbjerg_eval.study.settings import StudySettings


def read_settings(path: str | Path) -> StudySettings:
    """Read ``study.yaml``.

    Raises
    ------
    InputRefused
        With every problem of the file: place, what was found, what was wanted, how to mend it.
    """
    return settings_from(read_yaml(Path(path)))


def settings_from(document: Document) -> StudySettings:
    """:func:`read_settings` for a document that is already read."""
    return read_model(StudySettings, document, rules=study_rules)


def template_problems(settings: StudySettings, home: Path) -> list[Problem]:
    """What is wrong with the Word document that the memo is to be written in."""
    name = settings.case.memo_template
    if name is None or (Path(name).name == name and _is_word(home / name)):
        return []
    found = "no such file" if not (home / name).is_file() else "another place or kind of file"
    return [worded("memo-template", file=name, found=found)]


def _is_word(path: Path) -> bool:
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as packed:
        return "word/document.xml" in packed.namelist()

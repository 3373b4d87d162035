"""Small renderers and inspectors for the tests, called by name as the real ones are."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

TEXTS = Path(__file__).parent / "texts.toml"


def render(executed, context):
    """Every output as JSON, under the sentence of the texts file; counts its calls on request."""
    counted("rendered", context)
    shown = [cell.get("outputs", []) for cell in executed.cells]
    sentence = Path(context.get("texts", TEXTS)).read_text(encoding="utf-8")
    report = {"name": context["name"], "sentence": sentence, "shown": shown}
    return {"report.html": json.dumps(report, sort_keys=True).encode(), "cells.csv": b"a\n1\n"}


def counted(what, context):
    if context.get("counter"):
        with Path(context["counter"]).open("a", encoding="utf-8") as lines:
            lines.write(f"{what} {context['name']}\n")


def render_and_fail(_executed, _context):
    raise ValueError("no such sentence")


def render_and_die(_executed, _context):
    os.kill(os.getpid(), signal.SIGKILL)


def render_nothing(_executed, _context):
    return {}


def render_outside(_executed, _context):
    return {"../elsewhere.html": b"x"}


def render_unpicklable(_executed, _context):
    return {"report.html": lambda: None}


def pass_all(_files, _context):
    return []


def find_leak(_files, _context):
    return ["a number that looks like a CPR number in report.html"]

"""The engine that papermill finds by its entry point.

Papermill loads every entry point while it is itself being imported, so this module imports
nothing of papermill and brings in what runs notebooks when it is first used.
"""

from __future__ import annotations

from typing import Any


class WarmEngine:
    """``papermill --engine tingbjerg``: a notebook in a forked child of the warm parent."""

    @staticmethod
    def execute_notebook(*given: Any, **more: Any) -> Any:
        """As papermill's engines do it; see ``tingbjerg_eval.run.kernels.engines.WarmEngine``."""
        return _engine().execute_notebook(*given, **more)

    @staticmethod
    def nb_kernel_name(*given: Any, **more: Any) -> str:
        """The notebook's kernel name."""
        name: str = _engine().nb_kernel_name(*given, **more)
        return name

    @staticmethod
    def nb_language(*given: Any, **more: Any) -> str:
        """The notebook's language."""
        language: str = _engine().nb_language(*given, **more)
        return language


def _engine() -> Any:
    from tingbjerg_eval.run.kernels import engines as kernels

    return kernels.WarmEngine

"""The engine that papermill finds by its entry point: ``papermill --engine tingbjerg``.

Papermill loads every entry point while it is itself being imported, so this module imports
nothing of papermill and brings in what runs notebooks when it is first used.
"""

from __future__ import annotations

from typing import Any


class _Late:
    def __getattr__(self, name: str) -> Any:
        from tingbjerg_eval.run.kernels import engines

        return getattr(engines.WarmEngine, name)


WarmEngine = _Late()
"""See :class:`tingbjerg_eval.run.kernels.engines.WarmEngine`."""

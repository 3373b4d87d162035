"""Evaluate a local safety effort: was the target met, and would it have happened anyway?

``import tingbjerg_eval as te`` is the whole library for a notebook. Names load when they are
first used, so that opening the library costs next to nothing.
"""

import lazy_loader

from tingbjerg_eval.exploring.formatters import greet_notebook

__version__ = "0.1.0"
"""The version, here and nowhere else."""

_loaded, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str):
    from tingbjerg_eval.inputs.extras import named_extra

    greet_notebook()
    try:
        with named_extra():
            return _loaded(name)
    except AttributeError:
        from tingbjerg_eval.inputs.names import nearest

        near = nearest(name, __all__)
        meant = f"Did you mean {near}?" if near else "dir(te) lists what there is."
        raise AttributeError(f"tingbjerg_eval has no {name!r}. {meant}") from None

"""How anything is shown: words for values, blocks that hold them, figures. Knows no report."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submodules=["figures"])

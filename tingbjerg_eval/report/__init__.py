"""Tables, figures, wording, disclosure control and rendering."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submodules=["figures"])

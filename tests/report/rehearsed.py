"""Called in a child of a warm parent."""

from __future__ import annotations

from tingbjerg_eval.run.kernels.warm_server import threads


def there(**_):
    """Whether the rehearsal was kept; a second thread would have thrown it away."""
    from tingbjerg_eval.report.pages.render import _markdown

    return _markdown.cache_info().currsize == 1 and threads() == 1

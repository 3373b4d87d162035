"""Whether a person sits at the notebook, or it is run by a program."""

from __future__ import annotations

import os
import sys

SESSION = "JPY_SESSION_NAME"
"""Set by a Jupyter server for the kernels that it starts for a person's notebook."""
EDITOR = "VSCODE_PID"


def has_frontend() -> bool:
    """Whether controls would have somebody to use them.

    Papermill, nbval and the batch start kernels themselves; they have no session of a server.
    """
    return "ipykernel" in sys.modules and bool({SESSION, EDITOR} & os.environ.keys())

"""An evaluator looks around in JupyterLab."""

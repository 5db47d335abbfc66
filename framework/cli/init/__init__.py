"""The command ``init``: makes a project that runs."""

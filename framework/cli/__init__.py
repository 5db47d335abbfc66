"""The commands of ``python -m framework`` that work on a project's files: lint and the manual."""

"""Makes tapes and case files of what a browser sent: HAR files and curl lines."""

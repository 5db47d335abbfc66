"""Makes tapes and case files from the requests of a browser: HAR files and curl lines."""

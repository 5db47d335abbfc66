"""The nightly run: history, changes since the previous night, summary, notification."""

"""The assertion audit: mutates recorded replies in memory and reports the faults that no case notices."""

"""The assertion audit: what would the cases not notice? Recorded replies are mutated in memory and judged
again.
"""

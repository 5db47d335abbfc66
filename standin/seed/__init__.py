"""The data the stand-in starts with: the same policies, in the same order, at every start.

The facts of the ten newest policies (ids, titles, numbers, times, files) are those of the service's recorded
reply; all texts and all other policies are made here from small vocabularies, without a clock or a system's
randomness.
"""

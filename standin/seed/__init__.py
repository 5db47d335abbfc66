"""The data of the stand-in: the same policies in the same order at every start.

The facts of the ten newest policies (ids, titles, numbers, times, files) are those of the service's recorded
reply. All texts and all other policies are made from small vocabularies, without the clock or the system's
randomness.
"""

"""Case files of other harnesses, turned into ours: what can be carried over is, what cannot is named by its
line.
"""

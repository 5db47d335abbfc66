"""``lint``: reports the problems in the files of a project, and warns about legal but suspicious parts.

It sends nothing and needs no secret.
"""

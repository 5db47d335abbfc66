"""``lint``: what is wrong in the files of a project, and what is legal and suspicious. Sends nothing, needs
no secret.
"""

"""The domain: matchers for the records and the texts of official documents.

pytest.ini registers each matcher by its module, so that a run imports only the matchers its cases use: the
rules for texts compile about a hundred patterns.
"""

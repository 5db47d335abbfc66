"""The domain: matchers for records and texts of official documents.

pytest.ini registers each by its module, so a run imports only what its cases use: the rules for texts compile
a hundred patterns.
"""

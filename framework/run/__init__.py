"""Runs cases: from the plan of a run to the verdict of each case.

Three records describe a run. Each is made from the one before it:

* ``Plan``: everything that is known before anything is sent, from the command line and the project's files.
  This is enough to collect cases.
* ``Harness``: the live objects of one process, such as open connections and the masker. It is made before the
  first case and closed at the end.
* ``RunContext``: the part of the harness that running a case needs. Its functions can be replaced by fakes.
"""

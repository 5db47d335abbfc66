"""The stand-in: an embedded copy of the Chongqing youth policy list service.

It serves ``POST /api/service-qzh/auth/ycqYouthStartAppController/pageList``, and the attachments of its
replies, from 190 visible policies in SQLite. Its behaviour is either *evidenced* by the service's recorded
reply (ten policies of 190) or *assumed* of a usual Java service; every public docstring says which. The table
of the assumed behaviour is in :mod:`standin.contract`.

Run it alone with ``python -m standin --port 8000``, or start it from Python with
:class:`standin.process.StandinProcess`.
"""

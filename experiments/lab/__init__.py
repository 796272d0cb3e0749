"""`bnsim lab`: a page on this machine on which networks are set with sliders and run.

`spec.py` says what an experiment is; `networks/` has one file for each, or for several of a kind; `views.py` and
`curves.py` draw what they record; `setting.py` is an experiment with its values; `runs.py` carries it out, piece by
piece; `server.py` is between the page and the runs.
"""

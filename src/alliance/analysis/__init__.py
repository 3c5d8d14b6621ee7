"""Statistical methods as pure functions: data in, frozen results out.

Nothing in this package uses Django, files, the network or the clock, or keeps state. A method that
fails raises `alliance.analysis.errors.MethodError`; caveats of a result are codes in its
``warnings`` or ``notes``.
"""

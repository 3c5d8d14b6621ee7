"""Statistical methods as pure functions: data in, frozen results out.

Nothing here knows Django, files, the network or the clock, and nothing keeps state. A method
that cannot answer raises `alliance.analysis.errors.MethodError`; a method that answers with a
reservation says so in the ``warnings`` or ``notes`` of its result, as codes.
"""

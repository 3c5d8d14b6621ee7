"""The panel of a release: scores of all groups over all years, computed by an engine for tables.

`expression` says once, in Ibis, what is computed. `engines` runs it on DuckDB inside the process,
on PostgreSQL, or on a Spark cluster that is there already (`ALLIANCE_ENGINE_URL`). All three give
the same numbers. Only jobs and commands come here: no page waits for an engine.
"""

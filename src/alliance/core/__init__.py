"""What every app needs: ids, clock, errors, money, prices, audit, tasks, text, documents, files.

A closed list, not a drawer: what belongs to one app stays in that app.
"""

"""What every room needs: ids, clock, errors, money, prices, audit, tasks, text, documents, files.

A closed list, not a drawer: what belongs to one room stays in that room.
"""

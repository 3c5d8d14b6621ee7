"""Files of figures: read, understood, checked cell by cell, and taken over whole or not at all.

`reading.read_file` makes a `Table` of any format; `checking.check` turns it into figures and a
report of what was understood; `taking.take_over` writes them. Nothing is guessed: what could mean
two things is a fault that names the cell and the choice.
"""

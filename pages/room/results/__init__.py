"""The results of a room as one page that prints, and works from a file.

page.py        the whole page, and who may see it
questions.py   votes, what was measured, lines
made.py        what people trained, alone and together
curve.py       a curve as a picture within the page
"""

"""What a room does together and nobody could alone.

pairs.py    phones choose the better of two answers; who agrees with whom
taste.py    one reward model and one aligned model learn from these choices
following.py  the second of them begins when the first is there
seen.py     what projector and facilitator see of all this
corpus.py   the room's sentences become a corpus
counting.py   whose votes and words count: simulated people only where nobody else is there
race.py     the settings that most people wanted are trained side by side
work.py     what is under way for a room in this process

Everything that is made belongs to the host, lies on the host's bench or beside it, and is shown and
used by the host's ordinary pages.
"""

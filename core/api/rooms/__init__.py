"""A workshop's room over HTTP: plain JSON and one stream, for phones, projector and facilitator.

routes.py    the routes
streams.py   the stream of a room, for each who looks at it
rehearsals.py  simulated people, begun by the facilitator
benches.py   what the people of a room train, for the facilitator
"""

"""A workshop's room: one lesson, one facilitator, up to some forty people with phones.

lessons.py     a lesson is a file: what projector and phones show, step by step
codes.py       the room's code and the facilitator's secret
room.py        a room as it stands, and what may be done in it
views.py       what phone, projector and facilitator are shown of it
hall.py        tells everybody who looks at a room that it changed
rehearsal.py   simulated people, who go through the same routes as phones
simulated.py   one of them
wire.py        HTTP as they speak it
results/       what a room came to, as a table, too; nobody is named
together/      what a room trains together
lessons/       the shipped lessons

What is kept of a room is in core.store.rooms; the routes are in core.api.rooms.
"""

"""A workshop's room: the page that opens it, and the plain pages for phones, projector, lead."""

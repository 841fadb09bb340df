"""Drawing: shapes, colours and things, and how a scene becomes a page."""

"""Pictures over HTTP: drawn, or drawn anew in part, as one asks OpenAI's API for them."""

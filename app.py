"""The one web process: pages, HTTP API and live stream.

Start it with `streamlit run app.py` or `python app.py`. With `GLASSBOX_ROOM=1 python app.py` the
whole room can open it; see pages/kit/process.py for what else that switches on.
"""

import streamlit as st

from pages.kit import process
from pages.room.documents import routes

app = st.App(process.SHELL, **process.app_arguments(routes()))

if __name__ == "__main__":
    app.run(config=process.run_config())

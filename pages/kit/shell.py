"""The script Streamlit executes for every page.

It is here, not next to `pages/`: a folder of that name next to the executed script would switch
Streamlit into another mode. Worker processes spawned while it runs import it under another name,
and must find nothing to do.
"""

if __name__ == "__main__":
    from pages.kit.surround import draw

    draw()

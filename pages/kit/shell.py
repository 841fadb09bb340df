"""The script Streamlit executes for every page.

It lies here, not beside `pages/`: a folder of that name beside the executed script would switch
Streamlit into another mode. Worker processes that are spawned while it runs import it under another
name, and must find nothing to do.
"""

if __name__ == "__main__":
    from pages.kit.surround import draw

    draw()

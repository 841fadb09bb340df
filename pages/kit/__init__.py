"""All that knows Streamlit: the frame of a page, its controls, components, words and looks."""

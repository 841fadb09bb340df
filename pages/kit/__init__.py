"""Everything that depends on Streamlit: page frame, controls, components, words and look."""

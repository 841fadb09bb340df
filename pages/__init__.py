"""What a visitor sees: one Streamlit script a step, and the kit that they share."""

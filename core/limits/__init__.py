"""What is measured about limits: confidence against truth, and facts that are asked backwards."""

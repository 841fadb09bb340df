"""The station “prompting”: what a prompt changes, counted over many draws."""

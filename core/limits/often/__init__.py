"""How often must it be told? Villages told never to often, other wordings, the counted floor."""

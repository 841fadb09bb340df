"""What answering is in words: questions, examples, rules and the chat form."""

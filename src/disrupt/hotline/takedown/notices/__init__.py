"""What a notice says: its facts, its words, the same for programs and on paper."""

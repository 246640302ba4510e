"""How a bank of ten million is made and kept."""

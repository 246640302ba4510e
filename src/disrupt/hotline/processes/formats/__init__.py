"""How days are written, where Django’s own way can be read in two ways."""

"""The bank: fingerprints offered to partners, and the gapless sequence of its changes."""

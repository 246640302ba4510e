"""Figures: what the hotline did, for its regulator, its funders and itself."""

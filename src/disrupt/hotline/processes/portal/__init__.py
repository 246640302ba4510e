"""The portal process."""

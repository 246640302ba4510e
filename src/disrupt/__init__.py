"""Interrupt the diffusion of intimate content shared without consent."""

__version__ = "0.1.0"

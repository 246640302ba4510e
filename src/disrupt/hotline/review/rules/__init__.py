"""Rules by which later arrivals are decided: turned on and off, and what watching them has found."""

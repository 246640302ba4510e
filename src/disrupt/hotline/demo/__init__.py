"""The whole chain on one machine, step by step, over the same HTTP and SMTP that people and platforms use."""

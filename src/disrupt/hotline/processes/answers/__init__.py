"""The answers process: the page on which a recipient answers a notice; nothing else of the house."""

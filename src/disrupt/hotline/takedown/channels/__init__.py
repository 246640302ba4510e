"""How a notice reaches its recipient: by mail, through an interface, or by a person who fills a form."""

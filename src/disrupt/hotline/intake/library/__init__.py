"""The help pages: Markdown files in each language, the values they name, and the page that is shown."""

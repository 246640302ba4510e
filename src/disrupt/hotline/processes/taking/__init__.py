"""The process that takes other hotlines' lists in: it has the database, and calls nobody."""

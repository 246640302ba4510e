"""What a person is asked, a question a page, until the case is opened."""

"""What each host does with notices, and how fast: for analysts, and in a form that may go outside."""

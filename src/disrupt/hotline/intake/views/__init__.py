"""The portal's views: pages, the form, the code, the follow-up."""

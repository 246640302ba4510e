"""The worker answers no request."""

urlpatterns: list[object] = []

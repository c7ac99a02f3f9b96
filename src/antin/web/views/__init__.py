"""Views: read the request, ask the rooms, answer a page. No rule stands here."""

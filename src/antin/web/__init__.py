"""Pages: server-drawn, complete without script, in Vietnamese and English; no rule and no write of their own."""

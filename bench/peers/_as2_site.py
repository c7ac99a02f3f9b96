"""The settings of the peer's Django project. Read in the peer's own environment."""

import os
from pathlib import Path

PLACE = Path(os.environ["AS2_PLACE"])
"""A folder of this installation alone; its keys and files lie there."""

SECRET_KEY = "a throw-away installation"  # it lives for one measurement on this machine
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "pyas2.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
MEDIA_ROOT = str(PLACE / "files")
DATA_UPLOAD_MAX_MEMORY_SIZE = 50 * 1024 * 1024
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "pyas2",
]
MIDDLEWARE: list[str] = []
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": os.environ["AS2_SOCKETS"],
        "NAME": os.environ["AS2_DATABASE"],
        "USER": os.environ["AS2_DATABASE"],
        "CONN_MAX_AGE": 600,
    }
}
PYAS2: dict[str, str] = {}  # an absolute DATA_DIR makes it answer 400 to everything; its default is MEDIA_ROOT

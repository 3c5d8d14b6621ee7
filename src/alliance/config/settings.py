"""Django settings, built from the environment variables declared in `alliance.config.env`."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

import structlog
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from alliance.config import env

PACKAGE = Path(__file__).resolve().parent.parent
HOME = env.home()

MODE = env.get("MODE")
PRODUCTION = MODE == "production"
DEBUG = env.get("DEBUG")
SECRET_KEY = env.secret_key()
BIND = env.get("BIND")
BASE_URL = env.get("BASE_URL").rstrip("/") or f"http://{BIND}"
ALLOWED_HOSTS = env.get("ALLOWED_HOSTS") or ["127.0.0.1", "localhost", "[::1]", "testserver"]

if PRODUCTION:
    faults = [
        text
        for fault, text in (
            (DEBUG, "ALLIANCE_DEBUG must be no"),
            (not env.get("ALLOWED_HOSTS"), "ALLIANCE_ALLOWED_HOSTS must name your host"),
            (not env.get("BASE_URL"), "ALLIANCE_BASE_URL must be the address readers use"),
            (
                0 < len(env.get("SECRET_KEY")) < 40,
                "ALLIANCE_SECRET_KEY must have at least 40 characters, or be left empty",
            ),
        )
        if fault
    ]
    if faults:
        raise ImproperlyConfigured("Production refuses to start: " + "; ".join(faults))

NETWORK_NAME = env.get("NETWORK_NAME")
CONTACT_EMAIL = env.get("CONTACT_EMAIL")
TARGET_CURRENCY = env.get("TARGET_CURRENCY")
TARGET_PRICE_YEAR = env.get("TARGET_PRICE_YEAR")
LOAD_STARTER = env.get("LOAD_STARTER")
SEMANTIC = env.get("SEMANTIC")
TASK_LEASE_SECONDS = env.get("TASK_LEASE_SECONDS")
TASK_ATTEMPTS = env.get("TASK_ATTEMPTS")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "csp",
    "alliance.core",
    "alliance.accounts",
    "alliance.network",
    "alliance.knowledge",
    "alliance.search",
    "alliance.reports",
    "alliance.web",
    "alliance.starter",
]

MIDDLEWARE = [
    "alliance.web.middleware.RequestMetrics",
    "django.middleware.security.SecurityMiddleware",
    # Adds random bytes to its length, so that a secret in a page cannot be guessed from its size.
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "alliance.web.middleware.LanguageFromAddress",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "alliance.config.urls"
WSGI_APPLICATION = "alliance.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "alliance.web.context.site",
            ],
            "builtins": ["alliance.web.templatetags.components"],
        },
    }
]


def database(url: str) -> dict[str, object]:
    """The Django database entry for a postgresql:// address, or SQLite where it is empty."""
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(HOME / "alliance.sqlite3"),
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                # A deferred transaction that reads first and writes later fails under load.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured(
            f"ALLIANCE_DATABASE_URL: expected postgresql://…, not {parts.scheme}://…"
        )
    options: dict[str, object] = {}
    host = parts.hostname or ""
    for pair in parts.query.split("&"):
        key, _, value = pair.partition("=")
        if key == "host":
            host = unquote(value)
        elif key:
            options[key] = unquote(value)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


DATABASES = {"default": database(env.get("DATABASE_URL"))}

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "alliance",
        "OPTIONS": {"MAX_ENTRIES": 5000},
    }
}

TASKS = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend",
        "QUEUES": ["default"],
    }
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français"), ("sv", "Svenska")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "alliance.web.storage.ForgivingManifestStorage"},
}
MEDIA_ROOT = HOME / "media"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "alliance.web.views.csrf_failure"
SESSION_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_SECURE = PRODUCTION
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = HOME / "mail"

LOG_LEVEL = env.get("LOG_LEVEL").upper()
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                # A plain trace of errors: the values of variables stay out of the log.
                *(
                    [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
                    if PRODUCTION
                    else [
                        structlog.dev.ConsoleRenderer(
                            colors=False, exception_formatter=structlog.dev.plain_traceback
                        )
                    ]
                ),
            ],
            "foreign_pre_chain": [
                structlog.stdlib.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
            ],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {"django.request": {"level": "ERROR"}, "fontTools": {"level": "ERROR"}},
}
structlog.configure(
    processors=[
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
)

"""Django settings, built from the environment variables declared in `alliance.config.env`."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

import structlog
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from alliance.config import env, setting_values, sign_in

PACKAGE = Path(__file__).resolve().parent.parent
HOME = env.home()

MODE = env.get("MODE")
PRODUCTION = MODE == "production"
DEBUG = env.get("DEBUG")
SECRET_KEY = env.secret_key()
BIND = env.get("BIND")
BASE_URL = env.get("BASE_URL").rstrip("/") or f"http://{BIND}"
ALLOWED_HOSTS = env.get("ALLOWED_HOSTS") or ["127.0.0.1", "localhost", "[::1]", "testserver"]

if refused := env.production_faults():
    raise ImproperlyConfigured("\n".join(refused))

NETWORK_NAME = env.get("NETWORK_NAME")
LOGO = env.get("LOGO")
#: Whether the operator has chosen a name or a logo.
NETWORK_IS_NAMED = env.BY_NAME["NETWORK_NAME"].is_set or bool(LOGO)
CONTACT_EMAIL = env.get("CONTACT_EMAIL")
LEGAL_CHECKED = env.get("LEGAL_CHECKED")
TARGET_CURRENCY = env.get("TARGET_CURRENCY")
TARGET_PRICE_YEAR = env.get("TARGET_PRICE_YEAR")
LOAD_STARTER = env.get("LOAD_STARTER")
KEEP_STARTER = env.get("KEEP_STARTER")
READ_PUBLISHERS = env.get("READ_PUBLISHERS")
SEMANTIC = env.get("SEMANTIC")
CHECK_SOURCES = env.get("CHECK_SOURCES")
TASK_LEASE_SECONDS = env.get("TASK_LEASE_SECONDS")
TASK_ATTEMPTS = env.get("TASK_ATTEMPTS")
FILE_AT_ONCE = env.get("FILE_AT_ONCE")
FILE_MEMORY_MB = env.get("FILE_MEMORY_MB")
FILE_SECONDS = env.get("FILE_SECONDS")
FILE_CELLS = env.get("FILE_CELLS")
FILE_UNPACKED_MB = env.get("FILE_UNPACKED_MB")
SAVES_PER_HOUR = env.get("SAVES_PER_HOUR")
SENT_MB_PER_HOUR = env.get("SENT_MB_PER_HOUR")
FILES_PER_HOUR = env.get("FILES_PER_HOUR")
TEAM_BUDGET = env.get("TEAM_BUDGET")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "js_lib_leaflet",
    "django_tasks",
    "django_tasks_db",
    "csp",
    "alliance.core",
    "alliance.accounts",
    "alliance.network",
    "alliance.indicators",
    "alliance.cases",
    "alliance.evidence",
    "alliance.writing",
    "alliance.knowledge",
    "alliance.participation",
    "alliance.equity",
    "alliance.dialogues",
    "alliance.surveys",
    "alliance.budgeting",
    "alliance.campaigns",
    "alliance.plans",
    "alliance.groups",
    "alliance.workshops",
    "alliance.testbeds",
    "alliance.adoption",
    "alliance.research",
    "alliance.desk",
    "alliance.news",
    "alliance.opendata",
    "alliance.search",
    "alliance.reports",
    "alliance.thread",
    "alliance.web",
    "alliance.starter",
    "alliance.config",
    # After our own apps, whose templates override theirs.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
]

MIDDLEWARE = [
    "alliance.web.middleware.RequestMetrics",
    "django.middleware.security.SecurityMiddleware",
    # Adds random bytes, so that a secret in a page cannot be guessed from the compressed size.
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "alliance.web.middleware.LanguageFromAddress",
    # Inside of sessions and languages, which differ between readers; outside of all the rest.
    "alliance.web.page_cache.PageCache",
    "alliance.web.middleware.NoNulInAddresses",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "alliance.accounts.autosave.AutosaveMiddleware",
    "alliance.accounts.middleware.TooManyTries",
    "alliance.network.budgets.WritesWithinBudget",
]

ROOT_URLCONF = "alliance.config.urls"
WSGI_APPLICATION = "alliance.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
APPEND_SLASH = True

FORM_RENDERER = "alliance.web.rendering.Renderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "alliance.web.context.site",
                "alliance.accounts.context.people",
                "alliance.knowledge.context.work",
            ],
            "builtins": [
                "alliance.web.templatetags.components",
                "alliance.web.templatetags.charts",
                "alliance.core.templatetags.city_time",
            ],
        },
    },
    {
        # Emails are plain text: nothing is escaped, and components of pages are not available.
        "NAME": "letters",
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"autoescape": False, "builtins": ["alliance.web.templatetags.plain"]},
    },
]


def database(url: str) -> dict[str, object]:
    """The Django database entry for a postgresql:// address, or SQLite if it is empty."""
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(HOME / "alliance.sqlite3"),
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                # A deferred transaction that reads first and writes later fails under load.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # Deleted data are overwritten in the file, not only unlinked.
                "init_command": "PRAGMA journal_mode=WAL; "
                f"PRAGMA synchronous={env.get('SQLITE_SYNCHRONOUS')}; PRAGMA secure_delete=ON;",
            },
        }
    parts = urlsplit(url)
    # Without a limit a request to an unresponsive database waits for minutes.
    options: dict[str, object] = {"connect_timeout": "10"}
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

# Shared by all nodes, because allauth counts attempts in it.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    }
}

# With debugging on, pages show work in progress: none is cached.
PAGE_CACHE_BYTES = 0 if DEBUG else env.get("PAGE_CACHE_MB") * 1_000_000
GUESTS_PER_HOUR = env.get("GUESTS_PER_HOUR")
# If set, browsers of residents load map tiles from this server, and no other.
TILE_URL, TILE_ATTRIBUTION = env.get("TILE_URL"), env.get("TILE_ATTRIBUTION")
PRIVACY_FLOOR = env.get("PRIVACY_FLOOR")
PAGE_STATE = "alliance.config.page_state.page_state"

ENGINE_URL = env.get("ENGINE_URL")
ENGINE_MEMORY_MB = env.get("ENGINE_MEMORY_MB")

TASKS = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend",
        "QUEUES": ["default", "outgoing"],
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
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "alliance.config.assets.BuiltFiles",
]
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
        "img-src": [SELF, "data:", *setting_values.origins(TILE_URL)],
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
FILE_UPLOAD_HANDLERS = [
    "alliance.web.uploads.LimitedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_UPLOAD_PERMISSIONS = 0o600

_mail = sign_in.mail_server(env.get("EMAIL_URL"))
EMAIL_BACKEND = _mail.backend
EMAIL_FILE_PATH = HOME / "mail"
EMAIL_HOST, EMAIL_PORT = _mail.host, _mail.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.user, _mail.password
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.use_tls, _mail.use_ssl
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = sign_in.sender(
    env.get("EMAIL_FROM"), contact=CONTACT_EMAIL, network=NETWORK_NAME, base_url=BASE_URL
)

# -- signing in --------------------------------------------------------------------------------
TRUSTED_PROXIES = env.get("TRUSTED_PROXIES")
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "accounts:home"
SESSION_COOKIE_AGE = 14 * 24 * 3600
PASSWORD_RESET_TIMEOUT = 3600

ACCOUNT_ADAPTER = "alliance.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "alliance.accounts.person_fields.PersonFields"
ACCOUNT_SIGNUP_FORM_HONEYPOT_FIELD = "website"
ACCOUNT_FORMS = {
    "login": "alliance.accounts.forms.SignInForm",
    "signup": "alliance.accounts.forms.SignUpForm",
    "add_email": "alliance.accounts.forms.EmailForm",
    "change_password": "alliance.accounts.forms.PasswordChangeForm",
    "set_password": "alliance.accounts.forms.PasswordSetForm",
    "reset_password": "alliance.accounts.forms.PasswordResetForm",
    "reset_password_from_key": "alliance.accounts.forms.PasswordFromLinkForm",
    "reauthenticate": "alliance.accounts.forms.ProofByPasswordForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 3
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# Wrong passwords are counted by `accounts.limits`; `login_failed` is for codes and passkeys.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": "5/5m/key"}

MFA_ADAPTER = "alliance.accounts.adapters.MfaAdapter"
MFA_SUPPORTED_TYPES = ["recovery_codes", "totp", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
# A phone whose clock is off by half a minute must not lock its owner out.
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "alliance.accounts.forms.CodeForm",
    "reauthenticate": "alliance.accounts.forms.ProofByCodeForm",
    "activate_totp": "alliance.accounts.forms.AppForm",
    "add_webauthn": "alliance.accounts.forms.PasskeyForm",
    "edit_webauthn": "alliance.accounts.forms.PasskeyNameForm",
}

SOCIALACCOUNT_ADAPTER = "alliance.accounts.adapters.SocialAdapter"
SOCIALACCOUNT_FORMS = {"signup": "alliance.accounts.forms.SingleSignUpForm"}
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_PROVIDERS = sign_in.single_sign_on(
    env.get("OIDC_URL"),
    name=env.get("OIDC_NAME"),
    client_id=env.get("OIDC_CLIENT_ID"),
    secret=env.get("OIDC_SECRET"),
    trust_email=env.get("OIDC_TRUST_EMAIL"),
)

LOG_LEVEL = env.get("LOG_LEVEL")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                # Plain tracebacks: the values of variables stay out of the log.
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
    "filters": {"routes": {"()": "alliance.web.measuring.RoutesForAddresses"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["routes"],
        }
    },
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
        # Each outgoing request: commands should not print these lines.
        "httpx": {"level": "WARNING"},
    },
}
structlog.configure(
    processors=[
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
)

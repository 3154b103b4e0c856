"""Settings: one file, read from the environment.

TONGBAO_DATA_DIR  where the database, uploads and generated files live (default ./var)
DATABASE_URL      sqlite or postgres address (default: SQLite in the data directory)
TONGBAO_PUBLIC_URL  the address that QR codes on certificates lead to (default http://127.0.0.1:8000)
TONGBAO_CLOCK     a demo clock's start; turns demo mode on (see clock.py)
TONGBAO_SECRET_KEY, TONGBAO_HOSTS, TONGBAO_DEBUG   the usual
"""

import os
import secrets
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF

from tongbao import clock, flow

PROJECT_DIR = Path(__file__).resolve().parents[3]
DATA_DIR = Path(os.environ.get("TONGBAO_DATA_DIR") or PROJECT_DIR / "var").resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)
SCHEMES_DIR = PROJECT_DIR / "schemes"


def _secret_key() -> str:
    """The key from the environment, else one made once and kept, readable by the owner only, with the data."""
    if key := os.environ.get("TONGBAO_SECRET_KEY"):
        return key
    path = DATA_DIR / "secret-key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(64))
    return path.read_text()


SECRET_KEY = _secret_key()
DEBUG = os.environ.get("TONGBAO_DEBUG") == "1"
DEMO = clock.is_demo()
SERVES_HTTPS = os.environ.get("TONGBAO_HTTPS") == "1"
ALLOWED_HOSTS = os.environ.get("TONGBAO_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
# Where the public reaches this site: printed in QR codes.
PUBLIC_URL = os.environ.get("TONGBAO_PUBLIC_URL", "http://127.0.0.1:8000")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("TONGBAO_ORIGINS", "").split(",") if origin]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "template_partials",
    "django_tables2",
    "django_filters",
    "django_q",
    "csp",
    *(f"tongbao.{context}" for context in flow.CONTEXTS),
    "allauth",  # after the house's own apps, whose templates override its
    "allauth.account",
    "allauth.mfa",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tongbao.ui.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "tongbao.config.urls"
WSGI_APPLICATION = "tongbao.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tongbao.desk.context.shell",
            ],
            "builtins": ["tongbao.ui.templatetags.ui"],
        },
    }
]

DATABASES = {
    "default": dj_database_url.parse(os.environ.get("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'tongbao.sqlite3'}"),
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    # Nobody waits for ever: for a lock, or for a process that hangs with locks in its hands.
    _patience = "-c lock_timeout=10s -c idle_in_transaction_session_timeout=60s"
    _options = DATABASES["default"].setdefault("OPTIONS", {})
    _options["options"] = f"{_patience} {_options.get('options', '')}".strip()
    _options.setdefault("prepare_threshold", 5)  # how often a statement of `tongbao.once` is sent before it is prepared
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["tongbao.accounts.adapter.Backend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "tongbao.accounts.adapter.AccountAdapter"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = False  # a session ends with the browser: offices share computers
ACCOUNT_FORMS = {
    "login": "tongbao.accounts.forms.SignInForm",
    "reauthenticate": "tongbao.accounts.forms.ConfirmPasswordForm",
    "change_password": "tongbao.accounts.forms.ChangePasswordForm",
}
MFA_ADAPTER = "tongbao.accounts.adapter.MfaAdapter"
MFA_FORMS = {
    "authenticate": "tongbao.accounts.forms.SecondFactorForm",
    "reauthenticate": "tongbao.accounts.forms.ConfirmCodeForm",
    "activate_totp": "tongbao.accounts.forms.ActivateTotpForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "统保"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
STATIC_ROOT = PROJECT_DIR / "build" / "static"
STATICFILES_DIRS = [path for path in [PROJECT_DIR / "build" / "assets"] if path.exists()]
MEDIA_ROOT = DATA_DIR / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_HANDLERS = [
    "tongbao.batch.uploads.SizeLimit",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
CSRF_FAILURE_VIEW = "tongbao.ui.views.csrf_failure"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SERVES_HTTPS
SECURE_SSL_REDIRECT = SERVES_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SERVES_HTTPS else None  # set by the proxy in front
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SERVES_HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

Q_CLUSTER = {
    "name": "tongbao",
    "orm": "default",
    "workers": 1,
    "timeout": 600,
    "retry": 660,
    "poll": 2,
    "catch_up": False,
    "label": "jobs",
}
DJANGO_TABLES2_TEMPLATE = "ui/table.html"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "django.request": {"level": "ERROR"},  # a page not found or refused is an answer, not an event
        "django-q": {"handlers": ["console"], "level": "WARNING", "propagate": False},
    },
}
FILTERS_EMPTY_CHOICE_LABEL = "全部"

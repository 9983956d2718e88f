"""Settings of the desk, read from the environment (the README lists every variable).

Without any variable the desk runs embedded: SQLite and everything it writes below `.local/`.
"""

import secrets
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / ".local")))
DATA_DIR.mkdir(parents=True, exist_ok=True)


def kept_secret(path):
    """Return the store's own secret key, made on first use and readable by its owner only."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(64))
    return path.read_text().strip()


SECRET_KEY = env.str("SECRET_KEY", default="") or kept_secret(DATA_DIR / "secret_key")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])  # earlier keys; the audit's stamps need them
DEBUG = env.bool("DEBUG", default=False)
HTTPS = env.bool("HTTPS", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# Where customers reach the desk: the links in their messages begin with it.
SITE_URL = env.str("SITE_URL", default=f"http://127.0.0.1:{env.int('PORT', default=8000)}")
DEMO = env.bool("DEMO", default=False)  # shows the demo log-ins on the log-in page

INSTALLED_APPS = [
    "dealership.staff",
    "dealership.audit",
    "dealership.customers",
    "dealership.workshop",
    "dealership.catalogue",
    "dealership.outbox",
    "dealership.paperwork",
    "appointments",
    "reception",
    "workorders",
    "followup",
    "dealership.overview",
    "dealership.demo",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "csp",
    "axes",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "dealership.web.HealthMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "dealership.web.LoginMiddleware",
    "dealership.web.StoreMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "dealership.web.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "dealership.urls"
WSGI_APPLICATION = "dealership.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dealership.web.desk",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'desk.sqlite3'}")}
database = DATABASES["default"]
if database["ENGINE"] == "django.db.backends.sqlite3":
    database["OPTIONS"] = {
        # A deferred BEGIN fails at once under a second writer in WAL mode; IMMEDIATE waits its turn.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
else:
    database["CONN_MAX_AGE"] = 60
    database["CONN_HEALTH_CHECKS"] = True
    # Added to what DATABASE_URL says, such as sslmode.
    database.setdefault("OPTIONS", {})["options"] = "-c lock_timeout=3s -c idle_in_transaction_session_timeout=30s"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "staff.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "dealership.staff.backends.RoleBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "staff:login"
LOGIN_REDIRECT_URL = "overview:today"
LOGOUT_REDIRECT_URL = "staff:login"

AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "dealership.staff.views.locked_out"
AXES_IPWARE_PROXY_COUNT = env.int("PROXY_COUNT", default=0)

SESSION_COOKIE_AGE = 10 * 60 * 60  # one long shift
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if AXES_IPWARE_PROXY_COUNT else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # Bootstrap's own icons are data: pictures in its style sheet
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    },
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "dealership" / "locale"]
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
LANGUAGE_COOKIE_SECURE = HTTPS
FORMAT_MODULE_PATH = "dealership.formats"
USE_TZ = True
TIME_ZONE = env.str(
    "TIME_ZONE", default="Asia/Shanghai"
)  # each store has its own; this one serves where there is no store

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
VENDOR_ASSETS = DATA_DIR / "assets"  # put there by script/run and script/test from pinned packages
STATICFILES_DIRS = [BASE_DIR / "static", VENDOR_ASSETS]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = DATA_DIR / "media"
AUDIT_ANCHORS = DATA_DIR / "audit" / "anchors"  # one line a day and store; keep copies of it elsewhere

vars().update(env.email("EMAIL_URL", default="consolemail://"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="desk@localhost")

# The broker only carries wake-ups; the rows in the database are the duty and the sweep is the redelivery.
# Without REDIS_URL nobody listens: script/run always names a broker.
CELERY_BROKER_URL = env.str("REDIS_URL", default="memory://localhost//")
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CHANNEL_ERROR_RETRY = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
if CELERY_BROKER_URL.startswith("redis"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        "socket_keepalive": True,
        "health_check_interval": 10,
        "retry_on_timeout": True,
        "visibility_timeout": 3600,
    }

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
}

ARRIVAL_PAGE = "reception:here_code"  # what the code of a booked customer opens at the desk

# Where the next desk pulls: a link from a lower app's page to the app above it, which the lower one does not know.
DESK_LINKS = {
    "visit": [("workorders:of_visit", _("Work order"), "tools", "workorders.view_workorder")],
    "vehicle": [
        ("overview:vehicle", _("Visits and orders"), "clock-history", "reception.view_visit"),
        ("reception:walk_in?vehicle", _("Is here"), "box-arrow-in-right", "reception.record_arrival"),
        ("appointments:book?vehicle", _("Book"), "telephone-plus", "appointments.book_appointment"),
    ],
    "arrival": [("reception:walk_in?vehicle", _("Is here"), "box-arrow-in-right", "reception.record_arrival")],
    "unkept": [
        ("appointments:unkept", _("Appointments that cannot be kept"), "calendar-x", "appointments.book_appointment")
    ],
    "parts": [
        ("workorders:to_issue", _("To issue"), "box-arrow-right", "workorders.issue_parts"),
        ("workorders:short_parts", _("Short parts"), "exclamation-triangle", "workorders.issue_parts"),
        ("catalogue:stock", _("Parts in stock"), "box-seam", "catalogue.view_stock"),
        ("catalogue:to_order", _("To order"), "cart", "catalogue.order_goods"),
        ("catalogue:supplies", _("On order"), "truck", "catalogue.view_stock"),
        ("catalogue:count", _("Count stock"), "clipboard-check", "catalogue.correct_stock"),
    ],
    "transfers": [("catalogue:transfers", _("Transfers"), "arrow-left-right", "catalogue.transfer_goods")],
    "part": [("workorders:part", _("Movements"), "journal-text", "catalogue.view_stock")],
    "appointments": [
        ("appointments:calls", _("Calls"), "telephone-outbound", "appointments.book_appointment"),
        ("appointments:due", _("Cars due"), "calendar-heart", "appointments.book_appointment"),
        ("appointments:preparation", _("Preparation"), "list-check", "appointments.prepare_appointment"),
        ("appointments:parts", _("Parts for appointments"), "box-seam", "appointments.prepare_parts"),
        ("appointments:notices", _("Notices"), "bell", "appointments.see_notice"),
        ("appointments:welcome", _("Welcome board"), "easel", "appointments.view_appointment"),
        ("overview:sheet", _("Statistics sheet"), "table", "appointments.view_appointment"),
        ("overview:booking_figures", _("Figures"), "graph-up", "appointments.override_lead_time"),
    ],
}

# Pages that stand under another tab of the menu than their app.
DESK_TABS = dict.fromkeys(
    ["workorders:to_issue", "workorders:short_parts", "workorders:part", "workorders:counter"], "catalogue"
) | dict.fromkeys(["workorders:cashier", "workorders:pay", "workorders:refund", "workorders:day"], "workorders:cashier")

# The main menu: address, label, icon, permission that shows it.
DESK_MENU = [
    ("overview:today", _("Today"), "house", ""),
    ("appointments:grid", _("Appointments"), "calendar-week", "appointments.view_appointment"),
    ("reception:lane", _("Reception"), "car-front", "reception.view_visit"),
    ("workorders:board", _("Board"), "kanban", "workorders.view_workorder"),
    ("workorders:cashier", _("Cashier"), "cash-coin", "workorders.take_payment"),
    ("followup:worklist", _("Follow-up"), "telephone", "followup.view_followuptask"),
    ("catalogue:stock", _("Parts"), "box-seam", "catalogue.view_stock"),
    ("customers:search", _("Customers"), "people", "customers.view_customer"),
]

"""Ringing for the worker: a wake-up without content that may get lost, because the sweep comes anyway."""

import logging
import threading
import time

import redis.exceptions
from celery import current_app
from kombu import pools
from kombu.exceptions import KombuError

QUIET = 30.0  # seconds without another try after the broker failed: a dead broker costs one short wait, not each time
IMPATIENCE = {"socket_connect_timeout": 0.2, "socket_timeout": 0.5, "max_retries": 0}

logger = logging.getLogger(__name__)
_lock = threading.Lock()
_quiet_until = 0.0


def ring() -> None:
    """Wake a worker to deliver what is due; never raises, and waits at most half a second for a silent broker."""
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return
    if not _lock.acquire(blocking=False):
        return  # another request is ringing; whatever its worker should miss, the sweep takes
    try:
        with pools.producers[current_app.connection_for_write(transport_options=IMPATIENCE)].acquire() as producer:
            current_app.send_task("outbox.ring", producer=producer, expires=60, ignore_result=True, retry=False)
    except (KombuError, redis.exceptions.RedisError, OSError) as error:
        _quiet_until = time.monotonic() + QUIET
        logger.warning("The broker does not answer; messages wait for the sweep: %s", error)
    finally:
        _lock.release()

"""How settings are read from the environment: DISRUPT_* variables, as text, flags, lists and times."""

from __future__ import annotations

import datetime as dt
import os


def env(name: str, default: str = "") -> str:
    return os.environ.get(f"DISRUPT_{name}", default)


def env_flag(name: str) -> bool:
    return env(name).lower() in {"1", "true", "yes", "on"}


def env_list(name: str, default: str) -> list[str]:
    return [part.strip() for part in env(name, default).split(",") if part.strip()]


def env_hours(name: str, default: float) -> dt.timedelta:
    return dt.timedelta(hours=float(env(name, str(default))))


def env_days(name: str, default: float) -> dt.timedelta:
    return dt.timedelta(days=float(env(name, str(default))))

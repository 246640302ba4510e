#!/bin/sh
# Install what the tests need from Debian and is missing here: a C++ compiler (pdqhash has no wheel),
# gettext, Chromium, PostgreSQL and poppler; nginx, and WordPress with PHP and MariaDB, are unpacked beside the tests,
# not installed, so that no server starts by itself. `make demo` needs none of them.
set -eu
missing=""
command -v g++ >/dev/null 2>&1 || missing="$missing g++"
command -v msgfmt >/dev/null 2>&1 || missing="$missing gettext"
command -v pdftotext >/dev/null 2>&1 || missing="$missing poppler-utils"
[ -x /usr/bin/chromium ] || missing="$missing chromium"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
fc-list 2>/dev/null | grep -qi dejavu || missing="$missing fontconfig fonts-dejavu-core"
nginx="$(dirname "$0")/../.venv/nginx"
[ -x "$nginx/usr/sbin/nginx" ] || command -v nginx >/dev/null 2>&1 || proxy=yes
wordpress="$(cd "$(dirname "$0")/.." && pwd)/.venv/wordpress"
[ -e "$wordpress/usr/share/wordpress/wp-load.php" ] || ! grep -q bookworm /etc/os-release || forum=yes
[ -z "$missing${proxy:-}${forum:-}" ] && exit 0
sudo=""
[ "$(id -u)" = 0 ] || sudo="sudo"
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -qq
# shellcheck disable=SC2086
[ -z "$missing" ] || $sudo apt-get install -y -qq --no-install-recommends $missing
if [ -n "${proxy:-}" ]; then
  mkdir -p "$nginx"
  (cd "$nginx" && apt-get download -qq nginx && dpkg -x nginx_*.deb . && rm nginx_*.deb)
fi
if [ -n "${forum:-}" ]; then
  mkdir -p "$wordpress/debs/partial"
  (cd "$wordpress/debs" && apt-get download -qq wordpress php-getid3 php8.2-cli php8.2-common php8.2-mysql php8.2-gd \
    mariadb-server-core libaio1 liburing2 libgd3)
  # And the libraries of theirs that this machine lacks.
  $sudo apt-get install -y -qq --download-only --no-install-recommends -o Dir::Cache::archives="$wordpress/debs" \
    php8.2-cli php8.2-mysql php8.2-gd mariadb-server-core
  for one in "$wordpress"/debs/*.deb; do dpkg -x "$one" "$wordpress"; done
  rm -r "$wordpress/debs"
fi

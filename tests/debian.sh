#!/usr/bin/env bash
# The independent tools the tests check against, from Debian; says what is missing where it may not install.
set -euo pipefail
packages=()
need() { command -v "$1" >/dev/null 2>&1 || packages+=("$2"); }
need pdfsig poppler-utils
need qpdf qpdf
need xmlsec1 xmlsec1
need softhsm2-util softhsm2
need chromium chromium
need openssl openssl
[ -e /usr/share/fonts/truetype/croscore/Tinos-Regular.ttf ] || packages+=(fonts-croscore)
compgen -G "/usr/lib/postgresql/*/bin/postgres" >/dev/null || packages+=(postgresql)
[ ${#packages[@]} -eq 0 ] && exit 0
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! sudo -n true 2>/dev/null; then
    echo "The tests need these Debian packages: ${packages[*]}" >&2
    echo "Install them with: sudo apt-get install ${packages[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null

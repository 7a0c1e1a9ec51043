#!/bin/sh
# install.sh SYSTEM TARGET   Inside the image that is being built: Debian's packages, from SYSTEM/debs or the network, and
# Python's, from SYSTEM/wheels or the network, into the folder TARGET; then what nobody reads is removed.
set -eu
exec 2>&1   # one stream, and apt-get silent but for mistakes: so the line that explains a failure is the last
system=$1 target=$2
export DEBIAN_FRONTEND=noninteractive

command -v apt-get >/dev/null || { echo 'the base has no apt-get: a Debian or Ubuntu is expected'; exit 1; }

# Neither a daemon nor a page of documentation.
printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
printf 'path-exclude /usr/share/%s/*\n' doc man info locale lintian >/etc/dpkg/dpkg.cfg.d/conlink-compose
echo force-unsafe-io >>/etc/dpkg/dpkg.cfg.d/conlink-compose

if [ -d "$system/debs" ]; then
    apt-get install -qqy --no-install-recommends "$system"/debs/*.deb
else
    apt-get update -qq
    xargs apt-get install -qqy --no-install-recommends <"$system/debian-packages"
fi

mkdir -p "$target"
if [ -d "$system/wheels" ]; then
    for wheel in "$system"/wheels/*.whl; do python3 -m zipfile -e "$wheel" "$target"; done
else
    [ ! -d "$system/debs" ] || apt-get update -qq
    apt-get install -qqy --no-install-recommends python3-venv
    python3 -m venv /tmp/pip
    /tmp/pip/bin/pip install -q --only-binary :all: --no-compile --target "$target" -r "$system/requirements.txt"
    apt-get purge -qqy --auto-remove -o APT::AutoRemove::SuggestsImportant=false python3-venv
fi
rm -rf "$target/bin"
find "$target" -type d -name tests -prune -exec rm -rf {} +
python3 -m compileall -q "$target"

# gconv: the C library's tables of old character sets, 8 MB; Python has its own.
apt-get clean
rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/log/* /tmp/* /root/.cache /usr/lib/*/gconv \
    /usr/share/doc/* /usr/share/man/* /usr/share/info/* /usr/share/locale/* /usr/share/lintian

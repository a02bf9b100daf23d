#!/bin/sh
# Prints a certificate where there is nothing: see README.md. Needs root, debootstrap and util-linux.
# usage: tests/bare-root/run.sh [ROOT]    ROOT is kept and used again.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
project=$(cd "$here/../.." && pwd)
root=${1:-/tmp/touchstone-bare-root}
node=$(readlink -f "$project/node_modules/.bin/node")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ ! -x "$root/bin/sh" ]; then
  debootstrap --variant=minbase bookworm "$root" > "$work/debootstrap.log" || { tail "$work/debootstrap.log"; exit 1; }
fi
mkdir -p "$root/app" "$root/out"
chmod 1777 "$root/out"
rm -f "$root/out/sample.pdf"
install -m 755 "$node" "$root/usr/local/bin/node"
"$node" "$here/bundle-sample.ts" "$work/app"

# The mounts live and end with the shell in its own mount namespace.
unshare --mount sh -eu -c '
  mount --bind "$1" "$2/app"
  mount -o remount,bind,ro,noexec,nosuid "$2/app"
  mount -t proc proc "$2/proc"
  mount -t tmpfs -o mode=1777 tmpfs "$2/tmp"
  ! chroot "$2" sh -c "command -v fc-list chromium; ls /usr/lib/*/libnss3.so /usr/share/fonts" 2>/dev/null |
    grep -E "fc-list|chromium|libnss3|ttf" || { echo "the root is not bare"; exit 1; }
  chroot --userspec=65534:65534 "$2" env -i /usr/local/bin/node /app/print-sample.cjs /out/sample.pdf
  chroot --userspec=65534:65534 "$2" env -i /usr/local/bin/node /app/print-sample.cjs /out/sample.pdf
' bare-root "$work/app" "$root"

"$node" "$here/check-sample.ts" "$root/out/sample.pdf"

#!/usr/bin/env bash
# Makes demo/ anew: builds the sample maphot with the newest Go, stripped, and lets it die. The crash is real, so goroutine
# numbers and addresses differ from run to run; runs are repeated until the log shows the writer inside its write.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
version=1.27
cache=${FAULTLINE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/faultline}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$root/eng/toolchains.sh" "$version" > /dev/null
(cd "$root/samples" && CGO_ENABLED=0 GOTOOLCHAIN=local GOFLAGS=-mod=mod \
  "$cache/go/$version/bin/go" build -trimpath -buildvcs=false -ldflags='-s -w' -o "$work/maphot" ./maphot)

for attempt in $(seq 100); do
  GOTRACEBACK=all "$work/maphot" > "$work/crash.log" 2>&1 || true
  if grep -q '^fatal error: concurrent map' "$work/crash.log" && grep -q 'main\.(\*sessionStore)\.touch(' "$work/crash.log"; then
    mkdir -p "$root/demo"
    cp "$work/crash.log" "$root/samples/maphot/main.go" "$root/demo/"
    gzip -9nc "$work/maphot" > "$root/demo/maphot.gz"
    echo "demo made with $("$cache/go/$version/bin/go" version) after $attempt run(s)"
    exit 0
  fi
done
echo "make-demo: no run in 100 ended with the writer in the log" >&2
exit 1

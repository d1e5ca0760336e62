#!/usr/bin/env bash
# Everything that has to hold, in one run: build, format, native build, all tests. The last line is "N passed, N failed, N skipped",
# from the runners' own summaries; a step that fails, or a runner that gives no summary, counts as one failure.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 70
root=$PWD
passed=0 failed=0 skipped=0
limit=${FAULTLINE_TEST_LIMIT:-20m} # for one test project
results=$root/artifacts/test
mkdir -p "$results"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

finish() {
  echo "$passed passed, $failed failed, $skipped skipped"
  if [[ $failed -gt 0 || $passed -eq 0 ]]; then exit 1; fi
  exit 0
}

fail() {
  echo "eng/test.sh: FAILED: $*"
  failed=$((failed + 1))
}

step() {
  local name=$1
  shift
  echo "== $name"
  "$@" || { fail "$name"; return 1; }
}

# Tool and Debian package, one pair a line: the AOT link and the race detector, then the oracles, the recorder and the browser.
install_packages() {
  local missing=() tool package
  while read -r tool package; do
    command -v "$tool" > /dev/null || missing+=("$package")
  done <<'TOOLS'
gcc gcc
readelf binutils
gdb gdb
pahole dwarves
flock util-linux
xz xz-utils
zstd zstd
qemu-aarch64-static qemu-user-static
perf linux-perf
llvm-symbolizer llvm
debuginfod-find debuginfod
npm npm
dot graphviz
chromium chromium
zsh zsh
fish fish
mandoc mandoc
TOOLS
  [[ -e /usr/include/zlib.h ]] || missing+=(zlib1g-dev)
  [[ -e /usr/include/stdlib.h ]] || missing+=(libc6-dev)
  [[ ${#missing[@]} -gt 0 ]] || return 0
  if [[ $EUID -ne 0 ]] || ! command -v apt-get > /dev/null; then
    echo "missing: ${missing[*]}; install them first (Debian: sudo apt-get install ${missing[*]})"
    return 1
  fi
  { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"; } > "$results/apt.log" 2>&1 \
    || { tail -n 5 "$results/apt.log"; return 1; }
}

# One compiler process for all projects, which starts only once; it must not outlive the run, whose output it holds open.
build() {
  dotnet build Faultline.slnx -c Release -nodeReuse:false -v:quiet -p:UseSharedCompilation=true
  local status=$?
  dotnet build-server shutdown --vbcscompiler > /dev/null 2>&1
  return "$status"
}

# Reads the summary of one runner; strict, so that a changed format shows as a failure and not as zero tests.
count() {
  local log=$1 name=$2 status=$3 total bad good off
  total=$(sed -nE 's/^ +total: ([0-9]+)$/\1/p' "$log" | tail -n 1)
  bad=$(sed -nE 's/^ +failed: ([0-9]+)$/\1/p' "$log" | tail -n 1)
  good=$(sed -nE 's/^ +succeeded: ([0-9]+)$/\1/p' "$log" | tail -n 1)
  off=$(sed -nE 's/^ +skipped: ([0-9]+)$/\1/p' "$log" | tail -n 1)
  if ! grep -q '^Test run summary:' "$log" || [[ -z $total || -z $bad || -z $good || -z $off ]]; then
    fail "$name gave no summary (exit code $status)"
    return
  fi
  passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + off))
  if [[ $((good + bad + off)) -ne $total ]]; then fail "$name: its counts do not add up to $total"; fi
  if [[ $total -eq 0 ]]; then fail "$name ran no test"; return; fi
  if [[ $status -ne 0 && $bad -eq 0 ]]; then fail "$name ended with exit code $status"; fi
}

step "packages" install_packages
step "Go toolchains" ./eng/toolchains.sh
step "build" build || finish
# Style and analyzers are the build's; this is the layout of the text alone.
step "format" dotnet format whitespace Faultline.slnx --verify-no-changes --no-restore
step "native build" ./faultline --version && export FAULTLINE_BINARY=$root/artifacts/native/faultline

# The projects are the solution's, so a new one cannot be forgotten.
while read -r project; do
  name=$(basename "$project" .csproj)
  echo "== $name"
  log=$results/$name.log
  timeout --kill-after=30s "$limit" dotnet "artifacts/bin/$name/release/$name.dll" --no-ansi --progress off < /dev/null 2>&1 | tee "$log"
  count "$log" "$name" "${PIPESTATUS[0]}"
done < <(sed -nE 's/.*Path="(tests\/[^"]+\.csproj)".*/\1/p' Faultline.slnx)

finish

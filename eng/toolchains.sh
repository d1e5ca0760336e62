#!/usr/bin/env bash
# Brings the Go toolchains (and delve, and the sources of a large program) that the samples and oracles are built and checked with.
#
# The packages come from the Debian archive this machine already uses: the mirror is read from its apt sources, a private
# apt state is kept in the cache, and nothing is installed. A finished version carries a stamp and is never fetched again.
set -euo pipefail

readonly ALL_VERSIONS=(1.27 1.24 1.23 1.19 1.21 1.22 1.25 1.26)
readonly NATS_PACKAGES=(
  golang-github-nats-io-{nats-server,jwt,go-nats,nkeys,nuid}-dev golang-github-{klauspost-compress,minio-highwayhash,cespare-xxhash}-dev
  golang-golang-x-{crypto,sys,time,net,text,term}-dev golang-uber-automaxprocs-dev)
readonly KEYRING_FOLDER=/usr/share/keyrings
CACHE=${FAULTLINE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/faultline}

usage() {
  cat <<'TEXT'
usage: toolchains.sh [--list] [--help] [VERSION...]

Puts Go VERSION... (default: 1.19 1.21 1.22 1.23 1.24 1.25 1.26 1.27) and delve in the cache:
  $CACHE/go/1.NN     a relocatable GOROOT ($CACHE/go/1.NN/bin/go)
  $CACHE/bin/dlv     the delve debugger
  $CACHE/nats        a GOPATH with the sources of nats-server, a large program of others
where $CACHE is $FAULTLINE_CACHE, or $XDG_CACHE_HOME/faultline, or ~/.cache/faultline.

  --list   print the versions that the cache holds, one a line, and stop
  --help   print this text

Exit status: 0 when at least two Go versions are there, 64 for a usage error, 69 otherwise.
TEXT
}

suite_of() {
  case $1 in
    1.19) echo bookworm ;;
    1.21 | 1.22 | 1.23) echo bookworm-backports ;;
    1.24) echo trixie ;;
    1.25 | 1.26 | 1.27) echo trixie-backports ;;
    *) return 1 ;;
  esac
}

have() { [[ -e $CACHE/go/$1/.complete ]]; }
have_nats() { [[ -e $CACHE/nats/.complete ]]; }
have_delve() { [[ -x $CACHE/bin/dlv ]]; }

list() {
  local version
  for version in $(printf '%s\n' "${ALL_VERSIONS[@]}" | sort -V); do
    if have "$version"; then echo "$version"; fi
  done
}

# The first Debian archive URI of the machine's apt sources, in either of apt's two formats; the security archive has other suites.
mirror() {
  local deb822 oneline
  shopt -s nullglob
  deb822=(/etc/apt/sources.list.d/*.sources)
  oneline=(/etc/apt/sources.list /etc/apt/sources.list.d/*.list)
  {
    [[ ${#deb822[@]} -eq 0 ]] || awk '
      /^Enabled:[ \t]*no/ { off = 1 }
      /^URIs:/ { for (i = 2; i <= NF; i++) uris = uris $i "\n" }
      /^[ \t]*$/ { if (!off) printf "%s", uris; uris = ""; off = 0 }
      ENDFILE { if (!off) printf "%s", uris; uris = ""; off = 0 }
      END { if (!off) printf "%s", uris }' "${deb822[@]}" 2>/dev/null || true
    for file in "${oneline[@]}"; do
      [[ -e $file ]] && sed -nE 's/^deb([ \t]+\[[^]]*\])?[ \t]+([^ \t]+).*/\2/p' "$file"
    done
  } | awk '/\/debian\/?$/ && !seen { print; seen = 1 }'
}

apt_private() { APT_CONFIG=$CACHE/apt/apt.conf apt-get -q "$@"; }

# One apt-get update per run, and only when something is missing. Release files are always verified: a suite whose key is not
# in the machine's archive keyring is left out by apt, and its versions are then reported as not to be had.
prepare_apt() {
  [[ -z ${APT_READY:-} ]] || return 0
  local uri keyring
  uri=$(mirror)
  [[ -n $uri ]] || { echo "toolchains: no Debian archive in this machine's apt sources" >&2; return 1; }
  keyring=$KEYRING_FOLDER/debian-archive-keyring.gpg
  [[ -e $keyring ]] || { echo "toolchains: $keyring is missing (package debian-archive-keyring)" >&2; return 1; }

  mkdir -p "$CACHE"/apt/{state/lists/partial,cache/archives/partial,etc}
  printf "deb [arch=amd64 signed-by=$keyring] $uri %s main\n" "$@" > "$CACHE/apt/etc/sources.list"
  : > "$CACHE/apt/state/status"
  cat > "$CACHE/apt/apt.conf" <<CONF
Dir::State "$CACHE/apt/state";
Dir::State::status "$CACHE/apt/state/status";
Dir::Cache "$CACHE/apt/cache";
Dir::Etc::sourcelist "$CACHE/apt/etc/sources.list";
Dir::Etc::sourceparts "-";
Dir::Etc::preferencesparts "-";
APT::Architecture "amd64";
APT::Architectures { "amd64"; };
APT::Sandbox::User "";
APT::Update::Post-Invoke "";
APT::Update::Post-Invoke-Success "";
Acquire::Languages "none";
Acquire::Retries "3";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::IndexTargets::deb::DEP-11-icons-small::DefaultEnabled "false";
Acquire::IndexTargets::deb::DEP-11-icons::DefaultEnabled "false";
CONF
  # Even a partial update is of use: each version then says for itself whether it can be had.
  apt_private update > "$CACHE/apt/update.log" 2>&1 || tail -n 5 "$CACHE/apt/update.log" >&2
  APT_READY=1
}

# Downloads PACKAGE... of SUITE and unpacks them together into FOLDER.
unpack() {
  local suite=$1 folder=$2 package deb
  shift 2
  mkdir -p "$folder/debs" "$folder/root"
  for package in "$@"; do
    (cd "$folder/debs" && apt_private download "$package/$suite") >> "$folder/log" 2>&1 || { tail -n 3 "$folder/log" >&2; return 1; }
  done
  for deb in "$folder"/debs/*.deb; do dpkg -x "$deb" "$folder/root"; done
}

# Debian splits a GOROOT over /usr/lib/go-1.NN and /usr/share/go-1.NN and joins the halves with symbolic links.
join_goroot() {
  local root=$1 version=$2 goroot=$1/usr/lib/go-$2 link target
  while read -r link; do
    target=$(readlink "$link")
    [[ $target = /* ]] && target=$root$target || target=$(dirname "$link")/$target
    if [[ -e $target ]]; then
      target=$(realpath "$target")
      rm "$link"
      cp -al "$target" "$link"
    else
      rm "$link"
    fi
  done < <(find "$goroot" -type l)
}

fetch_go() {
  local version=$1 suite work goroot
  suite=$(suite_of "$version")
  work=$(mktemp -d "$CACHE/work.XXXXXX")
  if unpack "$suite" "$work" "golang-$version-go" "golang-$version-src"; then
    join_goroot "$work/root" "$version"
    goroot=$work/root/usr/lib/go-$version
    if GOROOT=$goroot GOTOOLCHAIN=local "$goroot/bin/go" version > "$goroot/.complete" 2>> "$work/log"; then
      mkdir -p "$CACHE/go"
      rm -rf "${CACHE:?}/go/$version"
      mv "$goroot" "$CACHE/go/$version"
      echo "toolchains: unpacked go $version from $suite" >&2
    else
      echo "toolchains: go $version does not run" >&2
    fi
  else
    echo "toolchains: go $version cannot be had from $suite" >&2
  fi
  rm -rf "$work"
}

fetch_delve() {
  local work
  work=$(mktemp -d "$CACHE/work.XXXXXX")
  if unpack sid "$work" delve && [[ -e $work/root/usr/bin/dlv ]] && "$work/root/usr/bin/dlv" version > "$work/version"; then
    mkdir -p "$CACHE/bin"
    mv "$work/root/usr/bin/dlv" "$CACHE/bin/dlv"
    mv "$work/version" "$CACHE/bin/.dlv-version"
  else
    echo "toolchains: delve cannot be had from sid" >&2
  fi
  rm -rf "$work"
}

fetch_nats() {
  local work
  work=$(mktemp -d "$CACHE/work.XXXXXX")
  if unpack bookworm "$work" "${NATS_PACKAGES[@]}"; then
    rm -rf "${CACHE:?}/nats"
    mv "$work/root/usr/share/gocode" "$CACHE/nats"
    touch "$CACHE/nats/.complete"
  else
    echo "toolchains: the sources of nats-server cannot be had from bookworm" >&2
  fi
  rm -rf "$work"
}

main() {
  local versions=() version missing=0
  while [[ $# -gt 0 ]]; do
    case $1 in
      --help) usage; return 0 ;;
      --list) list; return 0 ;;
      -*) echo "toolchains: unknown option $1" >&2; usage >&2; return 64 ;;
      *) suite_of "$1" > /dev/null || { echo "toolchains: unknown version $1" >&2; return 64; }; versions+=("$1") ;;
    esac
    shift
  done
  [[ ${#versions[@]} -gt 0 ]] || versions=("${ALL_VERSIONS[@]}")

  mkdir -p "$CACHE"
  exec 9> "$CACHE/toolchains.lock"
  for version in "${versions[@]}"; do have "$version" || missing=1; done
  have_delve && have_nats || missing=1
  if [[ $missing -eq 1 ]]; then
    flock 9
    if prepare_apt bookworm bookworm-backports trixie trixie-backports sid; then
      for version in "${versions[@]}"; do have "$version" || fetch_go "$version"; done
      have_delve || fetch_delve
      have_nats || fetch_nats
    fi
  fi

  for version in $(printf '%s\n' "${versions[@]}" | sort -V); do
    if have "$version"; then echo "go $version: $(cut -d' ' -f3 "$CACHE/go/$version/.complete") at $CACHE/go/$version"; fi
  done
  if have_delve; then echo "delve: $(sed -n 's/^Version: //p' "$CACHE/bin/.dlv-version" 2>/dev/null) at $CACHE/bin/dlv"; fi
  [[ $(list | wc -l) -ge 2 ]] || return 69
}

main "$@"

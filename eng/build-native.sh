# Sourced by ./faultline: builds the native binary into artifacts/native. Expects $root, $native, $binary and stamp().
# shellcheck shell=bash disable=SC2154

# Says what is wrong and what to do, then ends with "tool missing".
give_up() {
  printf 'faultline: %s\n' "$@" >&2
  exit 69
}

runtime_identifier() {
  local libc=linux
  if [[ -n $(find /lib -maxdepth 1 -name 'ld-musl-*' -print -quit 2> /dev/null) ]]; then libc=linux-musl; fi
  case $(uname -m) in
    x86_64) echo "$libc-x64" ;;
    aarch64) echo "$libc-arm64" ;;
    *) return 1 ;;
  esac
}

# Native AOT links with clang or gcc and needs zlib's development files.
have_linker() {
  local compiler
  for compiler in clang gcc; do
    if command -v "$compiler" > /dev/null && echo 'int main(void){return 0;}' | "$compiler" -x c - -lz -o /dev/null 2> /dev/null; then return 0; fi
  done
  return 1
}

need_tools() {
  command -v dotnet > /dev/null || give_up "the .NET 10 SDK is needed to build this tree. Install it: https://learn.microsoft.com/dotnet/core/install/linux"
  (cd "$root" && dotnet --version) > /dev/null 2>&1 || give_up "the .NET SDK that global.json asks for is missing (installed: $(dotnet --list-sdks 2> /dev/null | cut -d' ' -f1 | paste -sd' ')). Install .NET SDK 10: https://learn.microsoft.com/dotnet/core/install/linux"
  have_linker && return
  if [[ $EUID -eq 0 ]] && command -v apt-get > /dev/null; then
    echo "faultline: installing gcc and zlib1g-dev, which linking needs" >&2
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends gcc libc6-dev zlib1g-dev; } > "$root/artifacts/build.log" 2>&1 9>&- < /dev/null || true
    have_linker && return
  fi
  give_up "linking needs gcc (or clang) and zlib's development files. On Debian or Ubuntu: sudo apt-get install gcc libc6-dev zlib1g-dev"
}

build_native() {
  # The build runs in another folder than the caller's.
  root=$(cd "$root" && pwd)
  native=$root/artifacts/native
  binary=$native/faultline
  mkdir -p "$native"
  # Two that start at once: one builds, the other waits and finds it done. Nothing that is started below may keep the lock's
  # descriptor, or a build server would hold the lock for hours.
  exec 9> "$native/lock"
  flock 9
  local before log=$root/artifacts/build.log identifier
  before=$(stamp)
  if [[ ! -x $binary || ! -r $native/stamp || $before != "$(<"$native/stamp")" ]]; then
    need_tools
    identifier=$(runtime_identifier) || give_up "there is no native build for $(uname -m); x86_64 and aarch64 are known."
    echo "faultline: building the native binary, once until the sources change (a minute or two; log: artifacts/build.log)" >&2
    # The input of a pipe is for faultline, not for the build.
    if ! (cd "$root" && dotnet publish src/Faultline.Cli -c Release -r "$identifier" -o "$native/new" \
        --disable-build-servers -nodeReuse:false -p:UseSharedCompilation=false) > "$log" 2>&1 9>&- < /dev/null; then
      { grep -E ': error |error :' "$log" | sort -u | head -n 20 || tail -n 20 "$log"; } >&2
      echo "faultline: the build failed; the whole log is artifacts/build.log" >&2
      exit 70
    fi
    mv -f "$native/new/faultline" "$binary"
    rm -rf "$native/new"
    printf '%s\n' "$before" > "$native/stamp"
  fi
  exec 9>&-
}

#!/usr/bin/env bash
# Makes the logs of this folder again: record.sh [NAME-PATTERN]. Toolchains are looked up as $FAULTLINE_GO/1.NN
# (~/.cache/faultline/go/1.NN). README.md gets one line for each log, with the command that made it.
set -u
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
toolchains=${FAULTLINE_GO:-$HOME/.cache/faultline/go}
pattern=${1:-*}
export CGO_ENABLED=0 GOTOOLCHAIN=local GOPROXY=off GOFLAGS=-mod=mod GOCACHE=${GOCACHE:-$work/cache}
cp -r "$here/programs" "$work/src"
cd "$work/src" || exit 1
touch "$here/README.rows"

go_() { GOROOT="$toolchains/$1" "$toolchains/$1/bin/go" "${@:2}"; }

# record NAME VERSION BUILD COMMAND: BUILD makes ./it with go 1.NN as "go"; COMMAND is run by sh, its output is the log.
record() {
    local name=$1 version=$2 build=$3 command=$4
    # shellcheck disable=SC2053
    [[ "$name-$version" == $pattern ]] || return 0
    [[ -x "$toolchains/$version/bin/go" ]] || { echo "no Go $version" >&2; return 0; }
    (eval "go_ $version ${build#go }") >"$work/build.log" 2>&1 || { echo "$name-$version does not build" >&2; cat "$work/build.log" >&2; return 0; }
    timeout 60 sh -c "$command" >"$here/$name-$version.log" 2>&1
    grep -v "^| \`$name-$version.log\`" "$here/README.rows" >"$work/rows"
    echo "| \`$name-$version.log\` | $(go_ "$version" env GOVERSION) | \`$build\` | \`$command\` |" >>"$work/rows"
    sort "$work/rows" >"$here/README.rows"
}

crash="go build -trimpath -o it crash.go"
for v in 1.19 1.21 1.22 1.23 1.24 1.25 1.26 1.27; do
    record mapww-all $v "$crash" 'GOTRACEBACK=all ./it mapww'
    record maprw-default $v "$crash" './it maprw'
done
for v in 1.19 1.23 1.24 1.27; do
    record mapww-system $v "$crash" 'GOTRACEBACK=system ./it mapww'
    record scheddetail-fatal $v "$crash" 'GODEBUG=scheddetail=1 GOTRACEBACK=all ./it mapww'
    record scheddetail-panic $v "$crash" 'GODEBUG=scheddetail=1 ./it nilderef'
    record chain $v "$crash" './it chain'
    record repanic $v "$crash" './it repanic'
    record multiline $v "$crash" './it multiline'
    record nilderef $v "$crash" './it nilderef'
    record fault $v "$crash" './it fault'
    record deep $v "$crash" './it deep'
    record deadlock $v "$crash" './it deadlock'
    record quit-crash $v "$crash" 'GOTRACEBACK=crash timeout -s QUIT 0.2 ./it unlock || timeout -s QUIT 0.3 ./it park'
    record quit $v "$crash" 'timeout -s QUIT 0.3 ./it park'
    record arguments $v "$crash" './it arguments'
    record generic $v "$crash" './it generic'
    record fatalinpanic $v "$crash" './it fatalinpanic'
done
for v in 1.19 1.27; do
    record errvalue $v "$crash" './it errvalue'
    record custom $v "$crash" './it custom'
    record overflow $v "$crash" './it overflow'
    record goexit $v "$crash" './it goexit'
    record goexits $v "$crash" './it goexits'
    record unlock $v "$crash" 'GOTRACEBACK=all ./it unlock'
    record none $v "$crash" 'GOTRACEBACK=none ./it chain'
    record ancestors $v "$crash" 'GODEBUG=tracebackancestors=5 GOTRACEBACK=all ./it ancestors'
    record dumps $v "$crash" './it dumps'
    record noise $v "$crash" 'GOTRACEBACK=all ./it noise 2>&1 | tail -n 150'
    record mapiter $v "$crash" 'GOTRACEBACK=all ./it mapiter'
    record twice $v "$crash" './it nilderef; echo exit status 2; echo; echo starting again; ./it chain'
    record timeout $v 'go test -trimpath -c -o it ./hang' './it -test.timeout=1s'
done
record labels 1.26 "$crash" 'GODEBUG=tracebacklabels=1 GOTRACEBACK=all ./it labels'
record labels 1.27 "$crash" 'GODEBUG=tracebacklabels=1 GOTRACEBACK=all ./it labels'
record leak 1.26 'go build -trimpath -o it leak.go' 'GOTRACEBACK=all ./it'
record leak 1.27 'go build -trimpath -o it leak.go' 'GOTRACEBACK=all ./it'
for v in 1.25 1.27; do
    record bubble $v 'go test -trimpath -c -o it ./bubble' './it'
done
for v in 1.19 1.24 1.27; do
    CGO_ENABLED=1 record native-segv $v 'go build -trimpath -o it ./native' './it segv'
    CGO_ENABLED=1 record native-abort $v 'go build -trimpath -o it ./native' './it abort'
    CGO_ENABLED=1 record native-callback $v 'go build -trimpath -o it ./native' 'GOTRACEBACK=system ./it callback'
done
# Two threads that die at once (Go 1.23 and older): tried until both headlines are there.
for v in 1.19 1.23; do
    record double $v "$crash" 'for i in $(seq 500); do ./it mapww >log 2>&1; [ $(grep -c "^fatal" log) = 2 ] && break; done; cat log'
done

{
    sed '/^| `/d' "$here/README.md"
    cat "$here/README.rows"
} >"$work/README.md"
mv "$work/README.md" "$here/README.md"
rm "$here/README.rows"

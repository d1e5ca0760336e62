#!/usr/bin/env bash
# Fuzzes the readers in process, one target a format (Elf, Pclntab, Dwarf, CompressedDwarf), then the log carriers, the kinds of perf
# recordings and execution traces, one target each (recordings and traces are made on the spot; recordings need root):
#   eng/fuzz.sh [SECONDS] [SEED]
# Each target runs for SECONDS (default 60). A failure names the seed and the round and leaves the file in the temporary folder.
set -euo pipefail
cd "$(dirname "$0")/.."
export FAULTLINE_FUZZ_SECONDS=${1:-60} FAULTLINE_FUZZ_SEED=${2:-$RANDOM}
run() {
  dotnet build "tests/$1" -c Release -v:quiet --disable-build-servers -nodeReuse:false
  dotnet "artifacts/bin/$1/release/$1.dll" --no-ansi --progress off "${@:2}"
}
run Faultline.Binaries.Tests --filter-class '*.FuzzTests'
run Faultline.Evidence.Tests --filter-method '*.HostileCarrierTests.Fuzz' --filter-method '*.HostilePerfTests.Fuzz*' --filter-method '*.HostileTraceTests.Fuzz'

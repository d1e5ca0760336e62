#!/usr/bin/env bash
# Fuzzes the binary readers in process, one target a format (Elf, Pclntab, Dwarf, CompressedDwarf):
#   eng/fuzz.sh [SECONDS] [SEED]
# Each target runs for SECONDS (default 60). A failure names the seed and the round and leaves the file in the temporary folder.
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet build tests/Faultline.Binaries.Tests -c Release -v:quiet --disable-build-servers -nodeReuse:false
FAULTLINE_FUZZ_SECONDS=${1:-60} FAULTLINE_FUZZ_SEED=${2:-$RANDOM} exec dotnet artifacts/bin/Faultline.Binaries.Tests/release/Faultline.Binaries.Tests.dll \
  --no-ansi --progress off --filter-class '*.FuzzTests'

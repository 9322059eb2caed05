# shellcheck shell=bash disable=SC2034,SC2154 # variables are the runner's
about="bench/bundle: built, unpacked elsewhere, and run without Java, environment and network"
title="the bundle, on a machine that has nothing"

# The bundle must run on a machine that has nothing, so it gets nothing: no environment, no network where that can be taken away,
# and of all commands only the linker, which PoCL calls.
stage_run() {
  if [ "$(uname -sm)" != "Linux x86_64" ]; then
    skip "the bundle is for Linux on x86-64"
    return
  fi
  local archive=target/attention4j-bundle-linux-x64.tar.gz folder away=()
  rm -f $archive
  check "build it" bench/bundle || return 0
  check "it is smaller than 60 MB" test "$(wc -c <$archive)" -lt 60000000 || true
  folder=$(mktemp -d)
  tar -C "$folder" -xzf $archive
  if unshare -rn true 2>/dev/null; then
    away=(unshare -rn)
  else
    echo "    (with the network: this user may not take it away)"
  fi
  mkdir "$folder/bin"
  ln -s "$(command -v ld)" "$folder/bin/ld"
  check "run it on PoCL" in_nowhere "$folder" ${away[@]+"${away[@]}"} env -i "PATH=$folder/bin" "OCL_ICD_VENDORS=$PWD/$ICD/pocl" \
    "POCL_CACHE_DIR=$PWD/$POCL_CACHE" ../attention4j-bundle-linux-x64/run --quick --minutes 1 --device cpu:0 --json found.json ||
    true
  check "the file says that it is complete" grep '"state" : "complete"' "$folder/work/found.json" || true
  check "the file has answers that are right" grep '"outcome" : "right"' "$folder/work/found.json" || true
  check "the file says which tiles were tried" grep '"tried" : \[ {' "$folder/work/found.json" || true
  check "the file says what ran first" grep '"ran" : \[ {' "$folder/work/found.json" || true
  check "the file has steps of text generation" grep '"gbPerSecond"' "$folder/work/found.json" || true
  check "the file has results" grep '"shareOfMultiplyAdds"' "$folder/work/found.json" || true
  check "the file is small" test "$(wc -c <"$folder/work/found.json")" -lt 200000 || true
  check "the file names no folder" lacks "$folder" "$folder/work/found.json" || true
  rm -rf "$folder"
}

in_nowhere() { # FOLDER COMMAND...
  local folder=$1
  shift
  mkdir "$folder/work"
  (cd "$folder/work" && "$@")
}

lacks() { ! grep -F "$1" "$2"; } # TEXT FILE

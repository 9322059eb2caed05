# shellcheck shell=bash disable=SC2034,SC2154 # variables are the runner's
about="every GPU kernel with the offline compilers for NVIDIA, AMD and Intel: no spills, no private memory, within limits"
title="GPU kernels in the offline GPU compilers"
needs_build=yes
needs_tools=yes

stage_run() {
  if ! command -v python3 >/dev/null; then
    skip "there is no python3"
    return
  fi
  run_script "$build/gpu/results.txt" native-test/gpu-compile --changed --build "$build"
}

# shellcheck shell=bash disable=SC2034,SC2154 # variables are the runner's
about="the kernels for CPU devices compiled for AVX2, AVX-512 and Arm: no spills in their inner loops;
                 and that no GPU is asked for what only processors have"
title="kernels for CPU devices in a compiler for other processors"
needs_build=yes
needs_tools=yes

stage_run() {
  if ! command -v python3 >/dev/null; then
    skip "there is no python3"
    return
  fi
  run_script "$build/cpu/results.txt" native-test/cpu-compile --build "$build"
}

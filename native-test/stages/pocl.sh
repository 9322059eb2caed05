# shellcheck shell=bash disable=SC2034,SC2154 # variables are the runner's
about="all tests that a device takes part in, on PoCL, a CPU"
title="all tests with a device, on PoCL"
needs_build=yes

# The engine's own cache is off, except where tests of it name a folder: asked for a binary, PoCL compiles each kernel twice (27 programs
# in 64 s with it, 36 s without). The stage "driver" has it on.
stage_run() {
  # Halves that take equally long; SweepTest and DecodeTest have programs in common.
  halves_on_pocl pocl \
    'SweepTest,GradientsTest,DecodeTest,EveryTileConfigTest,CachedKeysTest,ForwardTest,GradientSweepTest,DotGradientsTest,MatrixGradientsTest,FaultInjectionTest,GoldenGradientsTest,OnnxConformanceTest' \
    "*Test,!SweepTest,!GradientsTest,!DecodeTest,!EveryTileConfigTest,!CachedKeysTest,!ForwardTest,!GradientSweepTest,!DotGradientsTest,!MatrixGradientsTest,!FaultInjectionTest,!GoldenGradientsTest,!OnnxConformanceTest,!io/github/attention4j/internal/java/**" -Dtest.cache=
}

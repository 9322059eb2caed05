# shellcheck shell=bash disable=SC2034,SC2154 # variables are the runner's
about="of pocl what another driver can change, with the program cache on, as users have it: a few programs of every
                 kernel family, instructions by hand, caches, README's examples; also inside the roots of distributions"
title="a few programs of everything, with the program cache on, on PoCL $(pocl_version)"
needs_build=yes

# Asked for a binary, PoCL compiles each kernel twice, so that all of pocl would take twice as long with this cache. Here each program is
# built once into an empty cache, and tests that open engines of their own load it from there.
stage_run() {
  local gradients= layers= configurations=
  if ! wanted pocl; then # which has all of these, and a cache changes none of them
    gradients=GradientsTest,
    layers=,LinearTest,RowLayersTest
    configurations=EveryTileConfigTest,ByteKeysTest,
  fi
  halves_on_pocl driver \
    "${gradients}${configurations}SweepTest,BuildLogTest,DotTest,MergeTest,RotateTest" \
    "$JDK_TESTS,!SweepTest,!MergeTest,!RotateTest,!GoldenTest,!HalfTest,DecodeTest,MatrixTest,ShuffleKernelTest,OtherDriverTest$layers" \
    -Dsweep.programs=2
}

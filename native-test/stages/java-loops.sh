# shellcheck shell=bash disable=SC2034,SC2154 # variables are the runner's
about="the pure-Java path in a JVM without the Vector API"
title="the pure-Java path without the Vector API"
needs_build=yes

stage_run() {
  OCL_ICD_VENDORS=$PWD/$ICD/none suite java-loops \
    -Dtest='io/github/attention4j/internal/java/**/*Test,!io/github/attention4j/internal/java/tiled/vector/**' \
    -Dtest.excludedGroups="$NEEDS_A_DEVICE" -Dtest.jvm.flags="--enable-native-access=ALL-UNNAMED -Xmx3g"
  if grep 'Using incubator modules' "$log" >/dev/null; then
    fail "the JVM had the Vector API after all"
  else
    passed
  fi
}

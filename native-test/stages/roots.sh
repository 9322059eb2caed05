# shellcheck shell=bash disable=SC2034 # variables are the runner's
. native-test/stages/distributions.sh # whose roots these are

about="what distributions runs in, made beforehand: unpacking a Debian uses one core"
title="the roots of other distributions"

stage_run() { each_distribution make_root; }

make_root() { # SUITE JDK
  check "$1" native-test/distribution "$1" "$2" java -version || true
}

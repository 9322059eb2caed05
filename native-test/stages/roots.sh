# shellcheck shell=bash disable=SC2034 # variables are the runner's
. native-test/stages/distributions.sh # whose roots these are

about="what distributions runs in, made beforehand: unpacking a Debian uses one core"
title="the roots of other distributions"

stage_run() {
  local problem distribution
  problem=$(native-test/distribution --check) || true
  if [ -n "$problem" ]; then
    skip "$problem"
    return
  fi
  for distribution in ${DISTRIBUTIONS:-$(usual_distributions)}; do
    check "${distribution%:*}" native-test/distribution "${distribution%:*}" "${distribution#*:}" java -version || true
  done
}

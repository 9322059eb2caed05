# shellcheck shell=bash disable=SC2034,SC2154 # variables are the runner's
about="the tests of bench/, and what its scripts say before they build anything"
title="the tests of bench/"

stage_run() {
  if [ ! -e bench/pom.xml ]; then
    skip "there is no bench/pom.xml"
    return
  fi
  run_script "$LOGS/first-words.txt" native-test/first-words "$LOGS/first-words.txt"
  # It takes the library and the models from the local repository.
  check "put the library where bench finds it" maven install \
    -DskipTests -Dmaven.javadoc.skip=true || return 0
  check "put the models that bench runs there, too" maven -f src/pom.xml -pl transformer -am install -DskipTests -Dmaven.javadoc.skip=true || return 0
  mkdir -p $POCL_CACHE-bench
  POCL_CACHE_DIR=$PWD/$POCL_CACHE-bench OCL_ICD_VENDORS=$PWD/$ICD/pocl \
    run_tests bench/target/surefire-reports maven -nsu -f bench/pom.xml test
}

# shellcheck shell=bash disable=SC2034,SC2154 # variables are the runner's
about="whole models, and the adapters to other frameworks, each tested against the real one (src/pom.xml)"
title="models and adapters (src/pom.xml)"

stage_run() {
  local module modules
  # They take the library from the local repository.
  check "put the library where they find it" maven install -DskipTests -Dmaven.javadoc.skip=true || return 0
  check "put what they share there, too" maven -f src/pom.xml install -N || return 0
  mkdir -p $POCL_CACHE-extensions
  modules=$(sed -n 's|^ *<module>\(.*\)</module>|\1|p' src/pom.xml)
  for module in $modules; do
    POCL_CACHE_DIR=$PWD/$POCL_CACHE-extensions OCL_ICD_VENDORS=$PWD/$ICD/pocl \
      run_tests "src/$module/target/surefire-reports" maven -nsu -f src/pom.xml -pl "$module" install
  done
}

# shellcheck shell=bash disable=SC2034,SC2154 # variables are the runner's
about="whole models, and the adapters to other frameworks, each tested against the real one (src/pom.xml)"
title="models and adapters (src/pom.xml)"

stage_run() {
  local module modules spark code=0
  # They take the library from the local repository.
  check "put the library where they find it" maven install -DskipTests -Dmaven.javadoc.skip=true || return 0
  check "put what they share there, too" maven -f src/pom.xml install -N || return 0
  mkdir -p $POCL_CACHE-extensions $POCL_CACHE-spark
  modules=$(sed -n 's|^ *<module>\(.*\)</module>|\1|p' src/pom.xml)
  for module in $modules; do
    case $module in
      spark) # Its tests mostly wait for processes that start: the others run beside them.
        rm -rf src/spark/target/surefire-reports
        extension spark $POCL_CACHE-spark >"$LOGS/spark.txt" 2>&1 &
        spark=$!
        ;;
      *) run_tests "src/$module/target/surefire-reports" extension "$module" $POCL_CACHE-extensions ;;
    esac
  done
  wait "$spark" || code=$?
  headline "tests of spark"
  cat "$LOGS/spark.txt" >>"$log"
  judge_tests src/spark/target/surefire-reports $code
}

extension() { # MODULE CACHE
  POCL_CACHE_DIR=$PWD/$2 OCL_ICD_VENDORS=$PWD/$ICD/pocl maven -nsu -f src/pom.xml -pl "$1" install
}

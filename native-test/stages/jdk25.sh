# shellcheck shell=bash disable=SC2034,SC2154 # variables are the runner's
about="build, java and, of pocl, what is about Java, on JDK 25 (JAVA25_HOME, or found in the usual folders)"
title="build, java and what is about Java of pocl on JDK 25"

stage_run() {
  local home build=target/jdk25
  home=$(find_jdk25)
  if [ -z "$home" ]; then
    skip "no JDK 25 found (set JAVA25_HOME)"
    return
  fi
  if [ "$(jdk_version "")" -ge 25 ]; then
    skip "all of the above already ran on JDK $(jdk_version "")"
    return
  fi
  echo "    $home"
  # Maven's own JVM is told what the tests' JVM is told by the pom, so that a warning in the log is one of ours.
  local -x JAVA_HOME=$home MAVEN_OPTS="${MAVEN_OPTS:-} --enable-native-access=ALL-UNNAMED"
  if compile; then
    # The random sweep is about kernels and arithmetic, which another JDK changes little.
    suite_java -Dsweep.programs=15
    jdk25_pocl
    if grep -n -i -E 'restricted method|native access' "$log" >"$LOGS/jdk25-warnings.txt"; then
      fail "warnings about native access"
      head -n 10 "$LOGS/jdk25-warnings.txt" | sed 's/^/    | /'
    else
      passed
    fi
  fi
}

find_jdk25() {
  local home version
  for home in "${JAVA25_HOME:-}" /usr/lib/jvm/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    if [ -n "$home" ] && version=$(jdk_version "$home") && [ "${version:-0}" -ge 25 ]; then
      echo "$home"
      break
    fi
  done
}

# Of the tests on PoCL those of everything in Java that talks to a driver, and some programs of every family; other kernels do not
# know which JDK runs them. What PoCL has compiled before is taken over.
jdk25_pocl() {
  local cache=$POCL_CACHE-25 half code=0
  mkdir -p $cache
  for half in 1 2; do
    if [ -e $POCL_CACHE-$half ]; then
      cp -R $POCL_CACHE-$half/. $cache/
    fi
  done
  part_on_pocl pocl 25 "$JDK_TESTS" -Dtest.cache= -Dsweep.programs=1 || code=$?
  judge_on_pocl pocl 25 $code -Dtest.cache= -Dsweep.programs=1
}

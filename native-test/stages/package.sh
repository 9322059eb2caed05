# shellcheck shell=bash disable=SC2034,SC2154 # variables are the runner's
about="the jars, the Javadoc without warnings, what is in the jar, and what the library depends on"
title="jars, Javadoc, contents, dependencies"

stage_run() {
  local jar
  rm -rf target/reports/apidocs # pages of what is gone would stay
  check "build the jars and the Javadoc" maven package -DskipTests || return 0
  jar=$(find target -maxdepth 1 -name 'attention4j-*.jar' ! -name '*-sources.jar' ! -name '*-javadoc.jar' ! -name '*-testing.jar' | head -n 1)
  check "sources and Javadoc jars" ls "${jar%.jar}-sources.jar" "${jar%.jar}-javadoc.jar" || true
  check "the Javadoc has a front page" jar_has "${jar%.jar}-javadoc.jar" index.html || true
  check "the Javadoc has no internal package" jar_lacks "${jar%.jar}-javadoc.jar" /internal/ || true
  check "every kernel is in the jar" kernels_in_jar "$jar" || true
  check "the jar has its license" jar_has "$jar" META-INF/LICENSE || true
  check "the jar names its main class" manifest_says "$jar" "Main-Class: io.github.attention4j.Diagnose" || true
  check "the same sources give the same jar" jar_is_repeatable || true
  check "the public API is what it was promised to be" maven japicmp:cmp@guard-api || true
  check "a public method that is gone fails the build" missing_method_is_told || true
  check "the pom says what Maven Central asks for" pom_has name description url licenses developers scm || true
  check "the library depends on JOCL and the SLF4J API only" dependencies_are "org.jocl:jocl org.slf4j:slf4j-api" || true
  rm -rf target/libraries
  check "its dependencies in a folder" maven dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=target/libraries ||
    return 0
  run_script target/module-path.txt native-test/module-path "$jar" target/libraries target/module-path.txt
}

jdk_jar() { "${JAVA_HOME:+$JAVA_HOME/bin/}jar" "$@"; }

jar_has() { # JAR ENTRY
  jdk_jar --list --file "$1" | grep -Fx "$2"
}

jar_is_repeatable() {
  local folder
  for folder in target/again-1 target/again-2; do
    rm -rf "$folder"
    maven package -Dmaven.test.skip=true -Dmaven.javadoc.skip=true "-Dbuild.folder=$folder" || return 1
  done
  cmp "target/again-1/${jar##*/}" "target/again-2/${jar##*/}"
}

# Compares the promised API with one in which a class has lost its methods.
missing_method_is_told() {
  local folder=$PWD/$LOGS/lost-method log=$PWD/$LOGS/lost-method.log
  rm -rf "$folder"
  mkdir -p "$folder/classes"
  echo "package io.github.attention4j; public final class AlibiSlopes { private AlibiSlopes() {} }" >"$folder/AlibiSlopes.java"
  (cd "$folder/classes" && jdk_jar --extract --file "$OLDPWD/src/japicmp/promised-api.jar") || return 1
  "${JAVA_HOME:+$JAVA_HOME/bin/}javac" --release 17 -d "$folder/classes" "$folder/AlibiSlopes.java" || return 1
  jdk_jar --create --file "$folder/api.jar" -C "$folder/classes" . || return 1
  if maven japicmp:cmp@guard-api "-Dapi.built=$folder/api.jar" >"$log" 2>&1; then
    echo "the build passed all the same"
    return 1
  fi
  grep -F "AlibiSlopes.of(int):METHOD_REMOVED" "$log"
}

pom_has() { # ELEMENTS
  local element
  for element in "$@"; do
    grep "^  <$element>" pom.xml || return 1
  done
}

jar_lacks() { # JAR PART
  ! jdk_jar --list --file "$1" | grep -F "$2"
}

kernels_in_jar() { # JAR
  local kernel
  while IFS= read -r kernel; do
    jar_has "$1" "io/github/attention4j/$kernel" || return 1
  done < <(find_kernels kernels)
}

manifest_says() { # JAR LINE
  local folder=$LOGS/manifest jar=$PWD/$1
  mkdir -p "$folder"
  (cd "$folder" && jdk_jar --extract --file "$jar" META-INF/MANIFEST.MF)
  tr -d '\r' <"$folder/META-INF/MANIFEST.MF" | grep -Fx "$2"
}

dependencies_are() { # NAMES
  local list=$PWD/$LOGS/dependencies.txt found
  maven dependency:list -DincludeScope=runtime -DoutputFile="$list" || return 1
  found=$(sed -n 's/^ *\([^: ]*:[^: ]*\):jar:.*/\1/p' "$list" | sort | paste -sd ' ' -)
  echo "found: $found"
  [ "$found" = "$1" ]
}

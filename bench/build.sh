# shellcheck shell=bash
# What bench/run and bench/bundle share: where things are, and building library and bench with Maven. Sourced by both.
# shellcheck disable=SC2034 # they use the variables

bench=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$bench")
target=$bench/target
built=$target # where Maven builds; the profile "peers" has a folder of its own
classpath=$built/classpath.txt
profile=()
script=$(basename "$0")

say() { echo "bench/$script: $*" >&2; }

# shellcheck source=native-test/tools.sh
. "$root/native-test/tools.sh"

# Where the JDK is, and what it has. Ends with a sentence if there is none that will do.
find_java() {
  local problem
  problem=$(build_problem)
  if [ -n "$problem" ]; then
    say "$problem"
    exit 1
  fi
  java=java
  if [ -n "${JAVA_HOME:-}" ]; then
    java=$JAVA_HOME/bin/java
  fi
  modules=$("$java" --list-modules)
  java_home=$("$java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java.home = //p')
  case $modules in
    java.base@2[4-9]*)
      # Older Mavens use what newer JVMs warn about; older JVMs do not know the flag.
      export MAVEN_OPTS="${MAVEN_OPTS:-} --sun-misc-unsafe-memory-access=allow"
      ;;
  esac
}

# Maven takes seconds even when there is nothing to do, so it is asked only after a change.
changed() {
  [ ! -e "$classpath" ] || [ -n "$(find "$root/pom.xml" "$root/src/main" "$root/src/pom.xml" "$root/src/transformer/pom.xml" "$root/src/transformer/src/main" "$root/src/examples" "$root/src/test/java/io/github/attention4j/testing" \
    "$root/kernels" "$bench/pom.xml" "$bench/help.txt" "$bench/src/main" "$bench/src/peers" \
    -newer "$classpath" -print -quit)" ]
}

build() {
  if changed; then
    say "building the library (without its tests)"
    watched -f "$root/pom.xml" -DskipTests -Dmaven.javadoc.skip=true install
    say "building the models that it runs"
    watched -f "$root/src/pom.xml" -pl transformer -am -DskipTests -Dmaven.javadoc.skip=true install
    say "building the bench (the first time this downloads the model, 83 MB)"
    rm -f "$classpath"
    watched "${profile[@]}" -f "$bench/pom.xml" compile
  fi
}

# Runs Maven and says what it is at: each step, and on a fresh machine how much it has downloaded. Prints all of it only if it fails.
watched() {
  local log status=0
  log=$(mktemp)
  mvn -B -Dstyle.color=never "$@" 2>&1 | tee "$log" | show_steps >&2 || status=$?
  if [ $status -ne 0 ]; then
    say "mvn $* failed:"
    grep -E '^\[(ERROR|WARNING)\]' "$log" | without_escapes | head -n 60 >&2 || without_escapes <"$log" | tail -n 40 >&2
    rm -f "$log"
    exit 1
  fi
  rm -f "$log"
}

show_steps() {
  awk -v script="bench/$script" '
    /^Downloaded from / || /^\[INFO\] Downloaded from / {
      files++
      if (files % 50 == 0) show("  downloaded " files " files")
    }
    /Downloading from .*all-minilm.*\.jar$/ { show("  downloading the model") }
    /^\[INFO\] --- / {
      step = $3
      sub(/^maven-/, "", step)
      sub(/-maven-plugin/, "", step)
      sub(/-plugin/, "", step)
      sub(/:[0-9][0-9.]*:/, ":", step)
      show("  " step)
    }
    function show(what) { print script ": " what; fflush() }'
}

# Builds with the other libraries that compute attention, too.
with_peers() {
  profile=(-Ppeers)
  built=$target/peers
  classpath=$built/classpath.txt
  [ -e "$classpath" ] || say "the first time, the peers' libraries are downloaded, 160 MB"
}

# Which version this is.
commit() {
  local commit
  commit=$(git -C "$root" rev-parse --short HEAD 2>/dev/null || echo unknown)
  if [ "$commit" != unknown ] && [ -n "$(git -C "$root" status --porcelain 2>/dev/null)" ]; then
    commit="$commit with changes"
  fi
  echo "$commit"
}

# shellcheck shell=bash disable=SC2034,SC2154 # variables are the runner's
about="driver and README's first command, on the drivers of other Debians, in roots that debootstrap makes under target: Debian 13;
                 if this stage is named, sid as well (or DISTRIBUTIONS=\"SUITE:JDK ...\"). Needs root"
title="the drivers of other distributions, in roots of their own"

stage_run() { each_distribution in_distribution; }

each_distribution() { # FUNCTION of SUITE and JDK
  local problem distribution
  problem=$(native-test/distribution --check) || true
  if [ -n "$problem" ]; then
    skip "$problem"
    return
  fi
  for distribution in ${DISTRIBUTIONS:-$(usual_distributions)}; do
    "$1" "${distribution%:*}" "${distribution#*:}"
  done
}

# sid changes from day to day, so it is not what every run depends on.
usual_distributions() {
  if [ -n "$selected" ]; then
    echo trixie:21 sid:25
  else
    echo trixie:21
  fi
}

in_distribution() { # SUITE JDK
  local suite=$1 jdk=$2 name="$1 with JDK $2" root=target/roots/$1 tree=target/roots/$1/home/tester/attention4j before=$failed status=0
  echo "    $name"
  check "$name: make it" native-test/distribution "$suite" "$jdk" java -version || return 0
  check "$name: a user without rights is told packages that there are" told_what_there_is "$suite" "$jdk" || true

  rm -rf "$tree/target/native-test"
  headline "$name: native-test/run --stage driver"
  native-test/distribution "$suite" "$jdk" native-test/run --stage driver >>"$log" 2>&1 || status=$?
  last_output | grep -E '^=== driver' | sed 's/^=== driver:/     /' || true
  add_findings "$name" "$tree/target/native-test/findings" $status
  native-test/distribution "$suite" "$jdk" dpkg-query -W -f '      ${Package} ${Version}\n' 'libpocl2*' ocl-icd-libopencl1 "openjdk-$jdk-jre-headless" 2>/dev/null |
    grep -E '^ +lib[^ ]* [0-9]|openjdk' || true # not virtual packages

  check "$name: bench/run" bench_in "$suite" "$jdk" || true
}

# What a run in the root found counts here; its first stage is its own set-up.
add_findings() { # NAME FILE STATUS
  local kind what before=$failed
  if [ ! -e "$2" ]; then
    fail "$1: native-test/run broke off (exit code $3)"
    show_log
    return
  fi
  while read -r kind what; do
    case $kind in
      failure)
        failures+=("$stage, $1: $what")
        echo "    FAILED: $what"
        ;;
      skip) skips+=("$stage, $1: $what") ;;
      total)
        # shellcheck disable=SC2086 # three numbers
        set -- "$1" "$2" "$3" $what
        tests=$((tests + $4))
        failed=$((failed + $5))
        skipped=$((skipped + $6))
        ;;
    esac
  done <"$2"
  if [ "$3" -ne 0 ] && [ "$failed" -eq "$before" ]; then
    fail "$1: native-test/run broke off (exit code $3)"
  fi
  if [ "$failed" -gt "$before" ]; then
    show_log
  fi
}

# The command that setup prints, tried without installing anything.
told_what_there_is() { # SUITE JDK
  local told packages
  told=$(native-test/distribution "$1" "$2" --user native-test/setup test) || true
  echo "$told"
  packages=$(sed -n 's/^  sudo .*--no-install-recommends //p' <<<"$told")
  if [ "$(grep -c '^  sudo ' <<<"$told")" -gt 1 ]; then
    echo "more than one command"
    return 1
  fi
  # shellcheck disable=SC2086 # words
  native-test/distribution "$1" "$2" apt-get install --simulate --no-install-recommends $packages
}

# Answers at once where it can, runs otherwise, and writes nothing into a file that only a terminal understands.
bench_in() { # SUITE JDK
  local output=$PWD/$LOGS/bench-in-$1.txt
  native-test/distribution "$1" "$2" bench/run --quiick >"$output" 2>&1 && return 1
  cat "$output"
  grep "Unknown option: '--quiick'; did you mean --quick?" "$output" || return 1
  native-test/distribution "$1" "$2" bench/run --device cpu:0,java --length 96 --rounds 1 >"$output" 2>&1 || {
    cat "$output"
    return 1
  }
  cat "$output"
  grep 'all of them right' "$output" || return 1
  ! grep "$(printf '\033')" "$output"
}

# shellcheck shell=bash
# Counts what stages find. Each stage has its counts, a row in the table, and a log. Sourced by 'native-test/run'.
# shellcheck disable=SC2154 # LOGS is the runner's

# From nothing: for all stages, and in each of the processes that run some of them beside others.
begin_counting() {
  rows=()
  failures=()
  skips=()
  total_tests=0
  total_failed=0
  total_skipped=0
}

stage=
begin_stage() { # NAME HEADLINE
  stage=$1
  tests=0
  failed=0
  skipped=0
  stage_start=$SECONDS
  log=$LOGS/$stage.log
  : >"$log"
  echo
  echo "=== $stage: $2"
}

end_stage() {
  local seconds=$((SECONDS - stage_start))
  rows+=("$(printf '%-15s %6d tests, %4d failed, %4d skipped %6d s' "$stage:" "$tests" "$failed" "$skipped" "$seconds")")
  total_tests=$((total_tests + tests))
  total_failed=$((total_failed + failed))
  total_skipped=$((total_skipped + skipped))
  echo "    $((tests - failed - skipped)) passed, $failed failed, $skipped skipped in $seconds s"
}

passed() { tests=$((tests + 1)); }

fail() { # WHAT
  tests=$((tests + 1))
  failed=$((failed + 1))
  failures+=("$stage: $1")
  echo "    FAILED: $1"
}

skip() { # WHY
  tests=$((tests + 1))
  skipped=$((skipped + 1))
  skips+=("$stage: $1")
  echo "    skipped: $1"
}

# The log of a stage holds the output of several commands, each under a headline of its own.
headline() {
  echo "--- $*" >>"$log"
  log_start=$(wc -l <"$log")
}

# What the last command printed.
last_output() { tail -n +$((log_start + 1)) "$log"; }

# What of it is about its failure: Maven's errors without its own stack and advice, or else its last words.
show_log() {
  {
    last_output | grep -E '^\[(ERROR|WARNING)\] .' | grep -v -E '^\[ERROR\] (\s+at |To see the full|Re-run Maven|For more info|\[Help|-> \[Help)' ||
      last_output | tail -n 40
  } | head -n 60 | cut -c 1-300 | sed 's/^/    | /' || true # head stops reading
}

# Runs a command as one test.
check() { # WHAT COMMAND...
  local what=$1
  shift
  headline "$what: $*"
  if "$@" >>"$log" 2>&1; then
    passed
  else
    fail "$what"
    show_log
    return 1
  fi
}

# The same for a command that says itself what it does.
check_loudly() { # COMMAND
  if $1; then
    passed
  else
    fail "$1"
  fi
}

# The tests in the reports of a test run, a line each: "passed TEST", "failed TEST" or "skipped TEST: REASON".
read_reports() { # FOLDER
  # Reports are files of one element a line, as Surefire writes them; elements start with their name.
  mkdir -p "$1" # none, when nothing ran
  find "$1" -name 'TEST-*.xml' -exec cat {} + | awk '
    function attribute(name) {
      if (!match($0, " " name "=\"[^\"]*\"")) return ""
      return substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4)
    }
    function end_test() {
      if (test != "") print kind " " test
      test = ""
    }
    /^ *<testcase / { end_test(); kind = "passed"; test = attribute("classname") "." attribute("name") }
    /^ *<(failure|error)[ >]/ { kind = "failed" }
    /^ *<skipped/ {
      reason = attribute("message")
      if (match($0, /Exception: .*/)) reason = substr($0, RSTART + 11) # an assumption, with its stack
      kind = "skipped"
      test = test ": " reason
    }
    END { end_test() }'
}

# Adds up the reports of a test run.
add_reports() { # FOLDER
  local kind test where=$stage
  if [ "$where" = jdk25 ]; then
    where="$stage, ${1##*/surefire-}" # the same tests run there more than once
  fi
  run_tests=0
  run_failed=0
  while read -r kind test; do
    run_tests=$((run_tests + 1))
    case $kind in
      failed)
        run_failed=$((run_failed + 1))
        failures+=("$where: $test")
        echo "    FAILED: $test"
        ;;
      skipped)
        skipped=$((skipped + 1))
        skips+=("$where: $test")
        ;;
    esac
  done < <(read_reports "$1")
  tests=$((tests + run_tests))
  failed=$((failed + run_failed))
}

# Runs a Maven command that leaves test reports. That they all pass is not enough: at least one test must have run.
run_tests() { # FOLDER COMMAND...
  local folder=$1 status=0
  shift
  rm -rf "$folder"
  headline "$@"
  "$@" >>"$log" 2>&1 || status=$?
  judge_tests "$folder" $status
}

# What came of a Maven command whose output is in the log and whose reports are in a folder.
judge_tests() { # FOLDER STATUS
  local run_tests run_failed
  last_output | grep -E '^(ONNX|SweepTest:|GradientSweepTest:|GRADIENTS|MATRIX|FAULTS) ' | sed 's/^/    /' || true # what tests count themselves
  add_reports "$1"
  if [ "$2" -ne 0 ] && { [ "$run_failed" -eq 0 ] || last_output | grep -E 'The forked VM terminated|starting fork' >/dev/null; }; then
    # The JVM died, or Maven could not start it: tests are missing in the reports. Its last words come before Maven's.
    fail "the test run broke off (exit code $2)"
    last_output | grep -m 1 -B 12 'Results:' | sed 's/^/    | /' || true
    show_log
  elif [ "$run_failed" -gt 0 ]; then
    show_log
  elif [ "$run_tests" -eq 0 ]; then
    fail "no test ran"
  fi
}

# Adds up what a script of ours wrote: a line for each test, "passed WHAT", "failed WHAT" or "skipped WHY". It prints the rest itself.
add_results() { # FILE
  local kind what
  while read -r kind what; do
    tests=$((tests + 1))
    case $kind in
      failed)
        failed=$((failed + 1))
        failures+=("$stage: $what")
        ;;
      skipped)
        skipped=$((skipped + 1))
        skips+=("$stage: $what")
        ;;
    esac
  done <"$1"
}

# Runs a script that leaves such results. At least one test must have run or said why it did not.
run_script() { # RESULTS COMMAND...
  local results=$1 status=0
  shift
  rm -f "$results"
  headline "$@"
  "$@" >>"$log" 2>&1 || status=$?
  last_output | grep -v '^passed' | cut -c 1-300 | sed 's/^/    /' || true
  if [ ! -s "$results" ]; then
    fail "$1 broke off (exit code $status)"
    return
  fi
  local before=$failed
  add_results "$results"
  if [ "$status" -ne 0 ] && [ "$failed" -eq "$before" ]; then
    fail "$1 broke off (exit code $status)"
  fi
}

# What was found, in a file for whoever started these stages: another process of this run, or a run outside of this root.
write_findings() { # FILE
  {
    printf 'row %s\n' ${rows[@]+"${rows[@]}"}
    printf 'failure %s\n' ${failures[@]+"${failures[@]}"}
    printf 'skip %s\n' ${skips[@]+"${skips[@]}"}
    echo "total $total_tests $total_failed $total_skipped"
  } | grep -v -E '^(row|failure|skip) $' >"$1"
}

# Of tests of one stage that were skipped for one reason, how many they are.
by_reason() {
  awk '
    {
      at = index($0, "Assumption failed: ")
      key = at == 0 ? $0 : substr($0, 1, index($0, ": ") - 1) ": " substr($0, at + 19)
      if (++count[key] == 1) first[key] = $0
    }
    END {
      for (key in count) {
        stage = substr(key, 1, index(key, ": ") - 1)
        print count[key] == 1 ? first[key] : stage ": " count[key] " tests: " substr(key, length(stage) + 3)
      }
    }' | sort
}

print_summary() {
  echo
  echo "=== summary ($((SECONDS / 60)) min $((SECONDS % 60)) s)"
  printf '%s\n' "${rows[@]}"
  if [ ${#skips[@]} -gt 0 ]; then
    echo
    echo "Skipped:"
    printf '%s\n' "${skips[@]}" | sort -u | by_reason | head -n 40 | sed 's/^/  /' || true # head stops reading
  fi
  if [ ${#failures[@]} -gt 0 ]; then
    echo
    echo "Failed:"
    printf '  %s\n' "${failures[@]}"
  fi
  echo
  echo "$((total_tests - total_failed - total_skipped)) passed, $total_failed failed, $total_skipped skipped"
}

# shellcheck shell=bash
# Runs stages, alone or side by side. Sourced by 'native-test/run'.
# shellcheck disable=SC2034,SC2154,SC2206 # variables are the runner's and the stages'; lanes are words

# What a stage's file says of it: about, title, needs_build, needs_tools, and its function "stage_run".
load_stage() { # NAME
  about=
  title=
  needs_build=no
  needs_tools=no
  # shellcheck source=/dev/null # the file of the name
  . "native-test/stages/$1.sh"
}

run_stage() { # NAME
  if wanted "$1"; then
    load_stage "$1"
    begin_stage "$1" "$title"
    if [ $needs_build = no ] || [ $compiled = yes ]; then
      stage_run
    else
      skip "the build failed"
    fi
    end_stage
  fi
}

# Lanes run at the same time, the stages of a lane one after the other. What a lane prints is shown when all are through, lane by lane,
# and so is what it found.
side_by_side() { # LANE...
  local lanes=() number pids=() name
  for number in "$@"; do
    for name in $number; do
      if wanted "$name"; then
        lanes+=("$number")
        break
      fi
    done
  done
  if [ ${#lanes[@]} -lt 2 ]; then
    for name in ${lanes[@]+${lanes[0]}}; do
      run_stage "$name"
    done
    return
  fi
  echo
  echo "=== side by side: $(printf '(%s) ' "${lanes[@]}")"
  set -m # a lane and all that it starts is a group, so that it can be ended
  for number in "${!lanes[@]}"; do
    run_lane "$LOGS/lane-$number" ${lanes[number]} >"$LOGS/lane-$number.txt" 2>&1 </dev/null &
    pids+=("$!")
    trap 'kill -- '"${pids[*]/#/-}"'; exit 130' INT TERM
  done
  set +m
  for number in "${!lanes[@]}"; do
    wait "${pids[number]}" || true # what failed is in its findings
  done
  trap - INT TERM
  for number in "${!lanes[@]}"; do
    cat "$LOGS/lane-$number.txt"
    take_over "$LOGS/lane-$number"
  done
}

run_lane() { # FINDINGS STAGES...
  local findings=$1 name
  shift
  rm -f "$findings"
  begin_counting
  for name in "$@"; do
    run_stage "$name"
  done
  write_findings "$findings"
}

take_over() { # FINDINGS
  local kind what complete=no
  if [ -e "$1" ]; then
    while read -r kind what; do
      case $kind in
        row) rows+=("$what") ;;
        failure) failures+=("$what") ;;
        skip) skips+=("$what") ;;
        total)
          complete=yes
          # shellcheck disable=SC2086 # three numbers
          set -- $what
          total_tests=$((total_tests + $1))
          total_failed=$((total_failed + $2))
          total_skipped=$((total_skipped + $3))
          ;;
      esac
    done <"$1"
  fi
  if [ $complete = no ]; then
    total_tests=$((total_tests + 1))
    total_failed=$((total_failed + 1))
    failures+=("some stages that ran side by side broke off")
    echo "    FAILED: this lane broke off"
  fi
}

# shellcheck shell=bash disable=SC2034,SC2154 # variables are the runner's
about="small problems, in a simulator that reports data races and accesses out of bounds"
title="small problems in the simulator, watched for races"
needs_build=yes
needs_tools=yes

# The tests tagged 'oclgrind' run with every check on, and the simulator must have nothing to say. Its exit code and results do
# not tell, only its log. Then a kernel with a planted race runs, and now the log must name it.
stage_run() {
  local clean=$LOGS/oclgrind-clean.txt planted=$LOGS/oclgrind-planted.txt
  if [ -z "$(oclgrind_library)" ]; then
    skip "oclgrind is not installed"
    return
  fi
  oclgrind_suite "$clean" oclgrind -Dtest.groups=oclgrind -Dtest.excludedGroups=oclgrind-only
  if [ -s "$clean" ]; then
    fail "oclgrind found something, see $clean"
    head -n 60 "$clean" | sed 's/^/    | /'
  else
    passed
  fi
  oclgrind_suite "$planted" oclgrind-only -Dtest.groups=oclgrind-only
  if grep -q 'data race' "$planted" && grep -q 'At line [0-9]* .*of planted_race\.cl' "$planted"; then
    passed
  else
    fail "oclgrind did not report the planted race, so its silence above proves nothing"
  fi
}

# Whenever a context is made the simulator opens its log anew and empties it, so the log is a pipe that is read all the while.
oclgrind_suite() { # LOG SUITE-ARGUMENTS...
  local report=$PWD/$1 pipe=$PWD/$1.pipe reader
  shift
  rm -f "$report" "$pipe"
  mkfifo "$pipe"
  cat "$pipe" >"$report" &
  reader=$!
  exec 8>"$pipe" # without a writer the reader would see the end
  # The local memory of the simulator is 32 KiB unless told; GPUs have 48 or more. The error limit is for the whole process.
  OCL_ICD_VENDORS=$PWD/$ICD/oclgrind OCLGRIND_LOG=$pipe OCLGRIND_DATA_RACES=1 OCLGRIND_CHECK_API=1 \
    OCLGRIND_LOCAL_MEM_SIZE=49152 OCLGRIND_MAX_ERRORS=1000000000 suite "$@" 8>&-
  exec 8>&-
  wait "$reader"
  rm -f "$pipe"
}

# shellcheck shell=bash
# Builds the library and runs parts of its tests. Sourced by 'native-test/run'; what more than one stage uses is here.
# shellcheck disable=SC2034,SC2154 # variables are the runner's and the stages'

ICD=native-test/.icd
POCL_CACHE=target/pocl-cache
NEEDS_A_DEVICE='opencl|oclgrind|oclgrind-only' # JUnit tags
JDK_TESTS='ArraysTest,AttentionOperandsTest,BuildWhileCollectingTest,DecodeCacheTest,DeviceTest,EngineTest,ExtremeValuesTest,GoldenTest,'\
'HalfTest,KvCache*Test,LayoutTest,MergeTest,NanTest,OutOfRangeTest,ProgramCacheTest,ExamplesTest,ResourceTest,RotateTest,SweepTest'

# Runs tests of the compiled classes. Each run has temporary files of its own, so that what it leaves behind is seen.
suite() { # NAME MAVEN-ARGUMENTS...
  run_tests "$build/surefire-$1" surefire "$@"
}

# A test that needs a device fails where there is none: stages leave such tests out themselves, and nothing is skipped unseen.
surefire() { # NAME MAVEN-ARGUMENTS...
  local name=surefire-$1 temporary=$PWD/$build/tmp/$1
  shift
  rm -rf "$temporary"
  mkdir -p "$temporary"
  maven surefire:test -Dbuild.folder="$build" -Dtest.reports="$name" -Dtest.tmp="$temporary" -Dtest.device=required \
    -Dsurefire.failIfNoSpecifiedTests=false "$@"
}

compile() {
  # From nothing, so that no class, kernel or cached program of a deleted file takes part.
  rm -rf "${build:?}/classes" "$build/test-classes" "$build/program-cache" "$build/maven-status"
  check "compile the library and its tests" maven test-compile -Dbuild.folder="$build"
}

suite_java() { # MAVEN-ARGUMENTS...
  OCL_ICD_VENDORS=$PWD/$ICD/none suite java -Dtest.excludedGroups="$NEEDS_A_DEVICE" "$@"
}

# Most of a run of tests on PoCL is PoCL's compiler, which uses one core, so two JVMs share the tests.
halves_on_pocl() { # NAME TESTS TESTS MAVEN-ARGUMENTS...
  local name=$1 one=$2 other=$3 code=0 other_code=0
  shift 3
  part_on_pocl "$name" 1 "$one" "$@" &
  part_on_pocl "$name" 2 "$other" "$@" || other_code=$?
  wait $! || code=$?
  judge_on_pocl "$name" 1 $code
  judge_on_pocl "$name" 2 $other_code
}

# Each part has a cache of PoCL's own, which all runs of this folder use: a process that cleans a cache up would fail the builds of another.
part_on_pocl() { # NAME NUMBER TESTS MAVEN-ARGUMENTS...
  local name=$1 number=$2 tests=$3
  shift 3
  mkdir -p "$POCL_CACHE-$number"
  rm -rf "$build/surefire-$name-$number"
  POCL_CACHE_DIR=$PWD/$POCL_CACHE-$number OCL_ICD_VENDORS=$PWD/$ICD/pocl surefire "$name-$number" -Dtest="$tests" \
    -Dtest.excludedGroups='oclgrind-only|no-device|races' "$@" >"$LOGS/$name-$number.txt" 2>&1
}

judge_on_pocl() { # NAME NUMBER STATUS
  headline "tests on PoCL: $1-$2"
  cat "$LOGS/$1-$2.txt" >>"$log"
  judge_tests "$build/surefire-$1-$2" "$3"
}

find_kernels() { # FOLDERS...
  find "$@" \( -name '*.cl' -o -name '*.clh' \) -print | sort
}

# One folder of drivers for each world a test may live in. The OpenCL loader looks into it instead of the system's.
register_drivers() {
  rm -rf $ICD
  mkdir -p $ICD/none $ICD/pocl $ICD/oclgrind $ICD/rusticl
  pocl_library >$ICD/pocl/pocl.icd
  oclgrind_library >$ICD/oclgrind/oclgrind.icd
  rusticl_library >$ICD/rusticl/rusticl.icd
}

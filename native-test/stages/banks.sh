# shellcheck shell=bash disable=SC2034,SC2154 # variables are the runner's
about="GPU kernels in the simulator: bank conflicts and uncoalesced accesses, by source line"
title="GPU kernels in the simulator, their accesses to memory counted"
needs_build=yes
needs_tools=yes

LLVM_14=/usr/lib/llvm-14 # the simulator is built with

# A plugin of the simulator counts how the accesses of each source line fit memory; gpu-banks judges.
stage_run() {
  local folder=$build/banks missing=
  if [ -z "$(oclgrind_library)" ]; then missing="oclgrind"; fi
  if [ ! -e /usr/include/oclgrind/Plugin.h ]; then missing="$missing liboclgrind-dev"; fi
  if [ ! -e /usr/include/CL/cl.h ]; then missing="$missing opencl-c-headers"; fi
  if [ ! -e "$LLVM_14"/include/llvm/IR/Instruction.h ]; then missing="$missing llvm-14-dev"; fi
  if ! command -v g++ >/dev/null; then missing="$missing g++"; fi
  if ! command -v python3 >/dev/null; then missing="$missing python3"; fi
  if [ -n "$missing" ]; then
    skip "not installed: $missing"
    return
  fi
  mkdir -p "$folder"
  rm -f "$folder"/*
  # Linked, because the JVM loads the simulator where a plugin does not see it.
  check "build the plugin" g++ -std=c++17 -O2 -Wall -Wextra -Werror -fPIC -fno-rtti -shared -isystem "$LLVM_14"/include \
    -o "$folder/libbanks.so" native-test/gpu/bank.cpp -loclgrind -L"$LLVM_14"/lib -lLLVM-14 || return 0
  OCL_ICD_VENDORS=$PWD/$ICD/oclgrind OCLGRIND_PLUGINS=$PWD/$folder/libbanks.so BANKS_REPORT=$PWD/$folder/counts.tsv \
    OCLGRIND_LOG=$PWD/$folder/oclgrind.txt OCLGRIND_LOCAL_MEM_SIZE=49152 suite banks -Dtest='WideGroupTest,PlantedBanksTest'
  if [ -s "$folder/oclgrind.txt" ]; then
    fail "oclgrind found something, see $folder/oclgrind.txt"
  fi
  run_script "$folder/results.txt" native-test/gpu-banks "$folder/counts.tsv"
}

# shellcheck shell=bash disable=SC2034,SC2154 # variables are the runner's
about="a few small programs on Mesa's OpenCL driver: another compiler, and a device that says it is a GPU"
title="a few small programs on Mesa's driver"
needs_build=yes
needs_tools=yes

# Mesa's software device runs on the CPU, but may be told to say that it is a GPU; then the planner takes the way of GPUs too.
stage_run() {
  if [ -z "$(rusticl_library)" ]; then
    skip "there is no rusticl (native-test/rusticl says why)"
    return
  fi
  local -x GALLIUM_PIPE_SEARCH_DIR=$PWD/$RUSTICL_FOLDER/gallium-pipe
  if [ ! -e "$GALLIUM_PIPE_SEARCH_DIR" ]; then
    unset GALLIUM_PIPE_SEARCH_DIR # a driver of the system's knows its own folder
  fi
  OCL_ICD_VENDORS=$PWD/$ICD/rusticl RUSTICL_ENABLE=llvmpipe RUSTICL_DEVICE_TYPE=gpu MESA_SHADER_CACHE_DIR=$PWD/$MESA_CACHE \
    suite rusticl -Dtest.groups=rusticl
}

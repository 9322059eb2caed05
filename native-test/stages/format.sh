# shellcheck shell=bash disable=SC2034,SC2154 # variables are the runner's
about="Java (Spotless) and kernels (clang-format) are formatted"
title="Java and kernels are formatted"
needs_tools=yes

stage_run() {
  check "Java is formatted (native-test/run --format does it)" maven spotless:check || true
  local tool
  tool=$(clang_format)
  if [ -z "$tool" ]; then
    skip "kernels: there is no clang-format $CLANG_FORMAT_VERSION"
  elif [ ${#kernels[@]} -gt 0 ]; then
    check "kernels are formatted (native-test/run --format does it)" "$tool" --dry-run --Werror "${kernels[@]}" || true
  fi
}

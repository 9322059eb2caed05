# shellcheck shell=bash disable=SC2034,SC2154 # variables are the runner's
# What native-test/run is asked for: sourced by it, after STAGES is set.

usage() {
  local name
  cat <<'END'
Usage: native-test/run [--stage NAME]... [--format]

Sets up what is needed (native-test/setup), then runs these stages; all of them, or only those named. Most use one core,
so some run side by side; what they print comes one after the other. All of it takes about 50 minutes on two cores.

END
  for name in $STAGES; do
    load_stage "$name"
    printf '  %-15s%s\n' "$name" "$about"
  done
  cat <<'END'

  --format       formats Java and kernels instead

Logs are in target/native-test, test reports in target/surefire-STAGE. The exit code is 0 if nothing failed.
END
}

wanted() { [ -z "$selected" ] || [[ " $selected " == *" $1 "* ]]; }

read_arguments() {
  selected=
  format_only=no
  while [ $# -gt 0 ]; do
    case $1 in
      --stage)
        case " $STAGES " in
          *" ${2:-none} "*) selected="$selected $2" ;;
          *)
            echo "--stage must be one of: $STAGES" >&2
            exit 2
            ;;
        esac
        shift
        ;;
      --format) format_only=yes ;;
      -h | --help)
        usage
        exit 0
        ;;
      *)
        usage >&2
        exit 2
        ;;
    esac
    shift
  done
}

format() {
  local tool
  maven -q spotless:apply
  tool=$(clang_format)
  if [ -z "$tool" ]; then
    echo "kernels are left alone: there is no clang-format $CLANG_FORMAT_VERSION" >&2
    exit 1
  fi
  if [ ${#kernels[@]} -gt 0 ]; then
    "$tool" -i "${kernels[@]}"
  fi
}

# shellcheck shell=bash
# Where the tools are that 'native-test/setup' installs and 'native-test/run' uses. Sourced by both, so that they agree.
# Each function prints what it found, or nothing. Works with the bash 3.2 of macOS.

# The folders in which the system looks for libraries.
library_folders() {
  PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null | sed -n 's|.* => \(/.*\)/[^/]*$|\1|p' | sort -u
}

# The path of a library, given as a path or as a file name.
library() {
  local folder
  case $1 in
    /*) if [ -e "$1" ]; then echo "$1"; fi ;;
    *)
      for folder in $(library_folders); do
        if [ -e "$folder/$1" ]; then
          echo "$folder/$1"
          break
        fi
      done
      ;;
  esac
}

# The registered OpenCL drivers (.icd files) whose library is there. An .icd file alone proves nothing: it is a configuration
# file and stays when a package is removed.
opencl_drivers() {
  local icd name
  for icd in /etc/OpenCL/vendors/*.icd; do
    [ -e "$icd" ] || continue
    name=
    read -r name <"$icd" || true # the last line may lack its end
    if [ -n "$name" ] && [ -n "$(library "$name")" ]; then
      echo "$icd"
    fi
  done
}

# Those of them that may have a device. The others are packages without the hardware: the checks of GPU kernels install Intel's driver
# for its compiler, and a distribution's OpenCL package may bring all drivers that there are.
usable_opencl_drivers() {
  local icd name
  for icd in $(opencl_drivers); do
    name=
    read -r name <"$icd" || true
    case $name in
      *libigdrcl*) has_intel_gpu || continue ;;
      *libnvidia*) [ -e /proc/driver/nvidia ] || [ -e /dev/dxg ] || continue ;;
      *amdocl*) [ -e /dev/kfd ] || [ -e /dev/dxg ] || continue ;;
      *Rusticl*) [ -n "${RUSTICL_ENABLE:-}" ] || continue ;; # has no devices unless told
      *libMesaOpenCL*) [ -e /dev/dri ] || continue ;;
      *oclgrind*) continue ;; # a simulator
    esac
    echo "$icd"
  done
}

has_intel_gpu() {
  [ -e /dev/dxg ] || grep -x 0x8086 /sys/class/drm/renderD*/device/vendor >/dev/null 2>&1
}

pocl_library() {
  local icd name=
  icd=$(opencl_drivers | grep -i '/[^/]*pocl[^/]*$' | head -n 1) || true
  if [ -n "$icd" ]; then
    read -r name <"$icd" || true
    library "$name"
  fi
}

# Such as 6.0; its library says it.
pocl_version() {
  local library
  library=$(pocl_library)
  if [ -n "$library" ]; then
    LC_ALL=C grep -a -o 'PoCL [0-9][0-9]*\.[0-9]*' "$library" | sed -n '1s/PoCL //p' || true
  fi
}

oclgrind_library() {
  local file
  for file in /usr/lib/oclgrind/liboclgrind-rt-icd.so /usr/lib/*/oclgrind/liboclgrind-rt-icd.so \
    /usr/local/lib/oclgrind/liboclgrind-rt-icd.so; do
    if [ -e "$file" ]; then
      echo "$file"
      break
    fi
  done
}

# Where native-test/rusticl puts Mesa's driver; relative to the folder above this one, from which everything runs.
RUSTICL_FOLDER=native-test/.rusticl
RUSTICL_NAME=libRusticlOpenCL.so.1

# The copy of our own, or a registered one.
rusticl_library() {
  local icd name=
  if [ -e "$RUSTICL_FOLDER/$RUSTICL_NAME" ]; then
    echo "$PWD/$RUSTICL_FOLDER/$RUSTICL_NAME"
    return
  fi
  icd=$(opencl_drivers | grep -i '/[^/]*rusticl[^/]*$' | head -n 1) || true
  if [ -n "$icd" ]; then
    read -r name <"$icd" || true
    library "$name"
  fi
}

# Other versions break lines elsewhere, so it must be this one.
CLANG_FORMAT_VERSION=14

clang_format() {
  if command -v "clang-format-$CLANG_FORMAT_VERSION" >/dev/null; then
    echo "clang-format-$CLANG_FORMAT_VERSION"
  elif clang-format --version 2>/dev/null | grep "version $CLANG_FORMAT_VERSION\." >/dev/null; then
    echo clang-format
  fi
}

# Debian packages with compilers for GPUs and headers of the simulator that are not there.
# Two clangs: 19 knows the GPUs' instructions, but a translator to SPIR-V reads its own LLVM's bitcode or older, and Debian 12 has none
# above 15. It costs 23 MB, for PoCL brings LLVM 15 already.
missing_gpu_packages() {
  command -v python3 >/dev/null || echo python3
  command -v g++ >/dev/null || echo g++
  command -v clang-19 >/dev/null || echo clang-19
  if [ ! -e /usr/lib/clc/nvptx64--nvidiacl.bc ]; then echo libclc-19; fi
  command -v ocloc >/dev/null || echo intel-opencl-icd
  command -v clang-15 >/dev/null || echo clang-15
  command -v llvm-spirv-15 >/dev/null || echo llvm-spirv-15
  command -v spirv-val >/dev/null || echo spirv-tools
  if [ ! -e /usr/include/oclgrind/Plugin.h ]; then echo liboclgrind-dev; fi
  if [ ! -e /usr/include/CL/cl.h ]; then echo opencl-c-headers; fi # liboclgrind-dev includes it without depending on it
  if [ ! -e /usr/lib/llvm-14/include/llvm/IR/Instruction.h ]; then echo llvm-14-dev; fi
}

# The major version of the JDK in a folder; of the one that Maven would use if the folder is empty.
jdk_version() {
  local javac=javac
  if [ -n "${1:-${JAVA_HOME:-}}" ]; then
    javac=${1:-$JAVA_HOME}/bin/javac
  fi
  "$javac" -version 2>&1 | sed -n -e 's/^javac 1\.\([0-9]*\).*/\1/p' -e 's/^javac \([0-9]*\).*/\1/p' | sed 1q || true
}

# What is wrong with Maven, and with the JDK that it would use, in a sentence with the way out; nothing if they will do.
build_problem() {
  local found remedy="install JDK 17 or newer (Debian and Ubuntu: apt-get install default-jdk-headless), or set JAVA_HOME to one"
  if [ -n "${JAVA_HOME:-}" ] && [ ! -x "$JAVA_HOME/bin/java" ]; then
    echo "JAVA_HOME is $JAVA_HOME, but there is no bin/java in it: set it to a JDK 17 or newer, or unset it"
    return
  fi
  found=$(jdk_version "")
  if [ -z "$found" ] && [ -n "${JAVA_HOME:-}" ]; then
    echo "JAVA_HOME is $JAVA_HOME, which has no compiler (bin/javac): it is a JRE; $remedy"
  elif [ -z "$found" ] && command -v java >/dev/null; then
    echo "there is a Java without its compiler (javac), a JRE: $remedy"
  elif [ -z "$found" ]; then
    echo "no JDK found: $remedy"
  elif [ "$found" -lt 17 ]; then
    echo "JDK $found is too old: $remedy"
  elif ! command -v mvn >/dev/null; then
    echo "no Maven found: install Maven 3.8 or newer (Debian and Ubuntu: apt-get install maven) so that 'mvn' is in the PATH"
  fi
}

# Maven, without colours where nobody sees them. Some versions end with bare escape codes even so, so those are taken out.
maven() {
  if [ -t 1 ]; then
    mvn -B -ntp "$@"
  else
    mvn -B -ntp -Dstyle.color=never "$@" 2>&1 | without_escapes
  fi
}

# A line of nothing else is left out altogether.
without_escapes() {
  LC_ALL=C awk '{ had = gsub(/\033\[[0-9;]*m/, "") } !had || $0 != "" { print; fflush() }'
}
